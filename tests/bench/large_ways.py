"""What (e), (f) and (g) measure, each in a process of its own: a file of label texts → counts.

    python large_ways.py WAY FILE [RESPONDENTS]

The file has a column of municipalities and 20 items. The last line printed is the most memory that
the process had, in bytes.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ITEMS = [f"q{at:02}" for at in range(1, 21)]
LABELS = ("I mycket hög grad", "I ganska hög grad", "I ganska låg grad", "I mycket låg grad")
ANSWERS = (*LABELS, "Vet ej", "")
SHARES = (0.20, 0.34, 0.24, 0.12, 0.06, 0.04)
UNITS = [f"Kommun {at:03}" for at in range(1, 291)]


# The files


def table(respondents: int) -> Iterator[list[list[str]]]:
    """The answers, some rows at a time, the same each time."""
    import numpy as np

    random = np.random.default_rng(20121)
    answers, units = np.array(ANSWERS, object), np.array(UNITS, object)
    for first in range(0, respondents, 50_000):
        n = min(50_000, respondents - first)
        given = answers[random.choice(len(ANSWERS), (n, len(ITEMS)), p=SHARES)]
        unit = units[random.integers(0, len(UNITS), n)]
        yield np.column_stack([unit, given]).tolist()


def make_csv(path: Path, respondents: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for rows in [[["kommun", *ITEMS]]], table(respondents):
            file.writelines("".join(",".join(row) + "\r\n" for row in part) for part in rows)


def make_parquet(path: Path, respondents: int) -> None:
    import polars as pl

    parts = [pl.DataFrame(rows, ["kommun", *ITEMS], orient="row") for rows in table(respondents)]
    frame = pl.concat(parts).with_columns(pl.col(ITEMS).replace("", None))
    frame.write_parquet(path, compression="snappy")


def make_xlsx(path: Path, respondents: int) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["kommun", *ITEMS])
        number = 0
        for rows in table(respondents):
            for number, row in enumerate(rows, start=number + 1):  # noqa: B020 - it goes on
                for at, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, at, cell)


# The ways


def evalkit(path: Path, by: tuple[str, ...]) -> Any:
    from evalkit.codebook import Answer, Codebook, Item, Scale, Text
    from evalkit.counts import count
    from evalkit.intake import read_export

    grades = [Answer(4 - at, Text(label)) for at, label in enumerate(LABELS)]
    scales = {
        "grad": Scale("grad", (*grades, Answer(None, Text("Vet ej"), "dont_know"))),
        "kommun": Scale("kommun", tuple(Answer(at, Text(u)) for at, u in enumerate(UNITS))),
    }
    items = {each: Item(each, "likert", Text(each), each, scale="grad") for each in ITEMS}
    items["kommun"] = Item("kommun", "nominal", Text("kommun"), "kommun", scale="kommun")
    reading = read_export(path, path.name, Codebook(items, scales, {}))
    assert not reading.problems
    return count(reading.responses, "1", by=by)


def pandas_read(path: Path) -> Any:
    import pandas as pd

    if path.suffix == ".csv":
        return pd.read_csv(path)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_excel(path, engine="openpyxl")


def pandas_crosstab(path: Path) -> Any:
    import pandas as pd

    frame = pandas_read(path)
    return {each: pd.crosstab(frame["kommun"], frame[each]) for each in ITEMS}


def pandas_value_counts(path: Path) -> Any:
    frame = pandas_read(path)
    return {each: frame[each].value_counts(dropna=False) for each in ITEMS}


def same(path: Path) -> None:
    """Both ways give the same counts of every item in every municipality."""
    counts = evalkit(path, ("kommun",))
    counts = counts[counts["status"].isin(["valid", "dont_know"])]
    for name, crosstab in pandas_crosstab(path).items():
        own = counts[counts["item"] == name]["n"].to_numpy().reshape(len(UNITS) + 1, -1)[:-1]
        assert (crosstab.reindex(index=UNITS, columns=ANSWERS[:5]).to_numpy() == own).all()


WAYS = {
    "evalkit-by": lambda path: evalkit(path, ("kommun",)),
    "evalkit": lambda path: evalkit(path, ()),
    "pandas-crosstab": pandas_crosstab,
    "pandas-value-counts": pandas_value_counts,
    "same": same,
}
MAKERS = {".csv": make_csv, ".parquet": make_parquet, ".xlsx": make_xlsx}


def most_memory() -> int:
    """Bytes; the kernel's own count for this program, where it has one.

    `ru_maxrss` also counts the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def main() -> None:
    way, path = sys.argv[1], Path(sys.argv[2])
    if way == "make":
        MAKERS[path.suffix](path, int(sys.argv[3]))
    else:
        WAYS[way](path)
    print(most_memory())


if __name__ == "__main__":
    main()
