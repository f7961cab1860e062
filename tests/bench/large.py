"""(e), (f), (g): a large file of label texts → counts, against pandas' own readers."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import measure

HERE = Path(__file__).resolve().parent
OTHER_PYTHON = "EVALKIT_BENCH_PANDAS"
"""Names another Python, which has pandas with pyarrow, for reading Parquet."""


def _way(name: str, file: Path, *more: str, python: str = sys.executable) -> measure.Sample:
    return measure.command(python, HERE / "large_ways.py", name, file, *more, peak=True)


@contextmanager
def _made(name: str, respondents: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="evalkit-bench-") as folder:
        file = Path(folder) / name
        _way("make", file, str(respondents))
        yield file


def _compared(
    name: str, respondents: int, rounds: int, others: Sequence[str], python: str = sys.executable
) -> str:
    """Every item by municipality, and every item of all, against pandas in the same two ways."""
    with _made(name, respondents) as file:
        if others and python == sys.executable:
            _way("same", file)
        blocks = [f"{file.stat().st_size:,} bytes"]
        for own, other in (
            ("evalkit-by", "pandas-crosstab"),
            ("evalkit", "pandas-value-counts"),
        ):
            ways = {own: partial(_way, own, file)}
            if other in others:
                ways[other] = partial(_way, other, file, python=python)
            blocks.append(measure.table(measure.interleaved(ways, rounds), own))
    return "\n".join(blocks)


BOTH = ("pandas-crosstab", "pandas-value-counts")


def csv(rounds: int) -> str:
    """(e) CSV of 1 million × 20."""
    return _compared("answers.csv", 1_000_000, rounds, BOTH)


def parquet(rounds: int) -> str:
    """(f) The same from Parquet; pandas cannot read it by itself."""
    python = os.environ.get(OTHER_PYTHON) or sys.executable
    engines = [each for each in ("pyarrow", "fastparquet") if importlib.util.find_spec(each)]
    if python != sys.executable or engines:
        return _compared("answers.parquet", 1_000_000, rounds, BOTH, python)
    alone = _compared("answers.parquet", 1_000_000, rounds, ())
    return f"{alone}\npandas needs pyarrow for Parquet: {OTHER_PYTHON} may name a Python with both."


def xlsx(rounds: int) -> str:
    """(g) XLSX of 50 000 × 20."""
    return _compared("answers.xlsx", 50_000, rounds, BOTH[:1])
