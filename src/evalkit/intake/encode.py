"""Large tables as codes of their distinct texts; polars is imported here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evalkit.errors import EvalkitError, Problem, fault
from evalkit.intake.cells import cell_text, number_text
from evalkit.intake.export import Encoded

if TYPE_CHECKING:
    import polars as pl

_EXACT = 2**53


class Encoder:
    """Gathers the cells of a table's columns, some rows at a time."""

    def __init__(self, width: int) -> None:
        import polars as pl

        self._texts = [pl.Categories.random() for _ in range(width)]
        kinds = {str(at): pl.Categorical(each) for at, each in enumerate(self._texts)}
        # polars keeps a column's texts as long as there is a series of their kind. The first is
        # the empty cell.
        self._kept = pl.DataFrame([pl.Series(name, [""], kind) for name, kind in kinds.items()])
        self._codes: list[list[NDArray[np.integer[Any]]]] = [[] for _ in range(width)]

    def add_text(self, block: bytes, separator: str) -> int | None:
        """Take the rows of a UTF-8 text: how many they are; None, and nothing taken, on a fault.

        A row that is too narrow is not found here.
        """
        import polars as pl

        try:
            frame = pl.scan_csv(
                block,
                has_header=False,
                separator=separator,
                schema=self._kept.schema,
                empty_string_is_null=False,
                extra_columns="raise",
            )
            codes = frame.select(pl.all().to_physical().fill_null(0)).collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None
        self._add(codes)
        return codes.height

    def add_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Take rows of cells."""
        import polars as pl

        columns = zip(*rows, strict=True)
        self.add_frame(
            pl.DataFrame([pl.Series(str(at), each, pl.String) for at, each in enumerate(columns)])
        )

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Take a frame of texts."""
        import polars as pl

        frame.columns = self._kept.columns
        self._add(frame.cast(self._kept.schema).select(pl.all().to_physical().fill_null(0)))

    def _add(self, physical: pl.DataFrame) -> None:
        for found, series in zip(self._codes, physical, strict=True):
            codes = series.to_numpy()
            small = codes.max(initial=0) < np.iinfo(np.int16).max
            found.append(codes.astype(np.int16 if small else np.int32))

    def columns(self) -> Iterator[Encoded]:
        """Each column's cells; can be asked for once."""
        for at, categories in enumerate(self._texts):
            codes = np.concatenate(self._codes[at])
            self._codes[at] = []
            texts = categories.to_series().to_list()
            if (codes == 0).any():
                yield Encoded(tuple(texts), codes)
            else:
                yield Encoded(tuple(texts[1:]), codes - codes.dtype.type(1))


class Parquet:
    """A Parquet file whose columns hold texts, numbers, truth values, dates or times."""

    def __init__(self, path: Path, file: str) -> None:
        import polars as pl

        self._file = file
        with _readable(file):
            self._frame = pl.scan_parquet(path, glob=False)
            self.schema = dict(self._frame.collect_schema())
            self.height = int(self._frame.select(pl.len()).collect().item())
        self._refuse_nested()

    def _refuse_nested(self) -> None:
        import polars as pl

        nested = [
            name for name, kind in self.schema.items() if kind.is_nested() or kind == pl.Object
        ]
        message, fix = (
            "The column holds lists or tables.",
            "Write its cells as text, or leave it out.",
        )
        if nested:
            raise EvalkitError(Problem(self._file, None, each, message, fix) for each in nested)

    def rows(self, first: int, count: int) -> pl.DataFrame:
        """Some rows, each cell as a person reads it; null where there is none."""
        with _readable(self._file):
            frame = self._frame.slice(first, count).collect()
            return frame.with_columns(_texts(series) for series in frame)


class _readable:  # noqa: N801 - used as a function
    """Turns whatever polars raises, a panic too, into the error for a damaged file."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, cause: BaseException | None, where: object) -> None:
        import polars as pl

        if isinstance(cause, EvalkitError) or cause is None:
            return
        if isinstance(cause, Exception | pl.exceptions.PanicException):
            why = (str(cause).splitlines() or [type(cause).__name__])[0][:200].rstrip(".")
            message = f"The Parquet file is damaged or cannot be read ({why})."
            fix = "Write it again, or save it as CSV."
            raise fault(message, fix, file=self._file) from cause


def _texts(series: pl.Series) -> pl.Series:
    """The series as text, each distinct value by `intake.cells`."""
    import polars as pl

    kind = series.dtype
    if isinstance(kind, pl.String):
        return series
    if isinstance(kind, pl.Categorical | pl.Enum) or _exact(series):
        return series.cast(pl.String)
    if kind.is_float():
        series = series.fill_nan(None)
    values = series.drop_nulls().unique()
    texts = pl.Series([_text(each, kind) for each in values.to_list()], dtype=pl.String)
    return series.replace_strict(values, texts, default=None, return_dtype=pl.String)


def _exact(series: pl.Series) -> bool:
    """Whether a column is of whole numbers that are shown with every digit."""
    if not series.dtype.is_integer():
        return False
    least, most = series.min(), series.max()
    return least is None or bool(least >= -_EXACT and most <= _EXACT)  # type: ignore[operator]


def _text(value: Any, kind: pl.DataType) -> str:
    import polars as pl

    if isinstance(kind, pl.Float32):
        return number_text(value, 7)
    if isinstance(value, Decimal):
        return number_text(float(value))
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dt.time):
        return value.isoformat()
    return cell_text(value)
