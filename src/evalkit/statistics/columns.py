"""Which columns of a table differ in a row: every pair of column proportions, with letters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from numpy.typing import ArrayLike

from evalkit.statistics.multiplicity import Adjusted, Adjustment, adjust
from evalkit.statistics.outcome import LEVEL, Reason, SignificanceTest, counts_table
from evalkit.statistics.two_way import two_sided

Family = Literal["row", "table"]


@dataclass(frozen=True, kw_only=True)
class PairOfColumns:
    """The share of `first` less that of `second` in `row`, counted from 0, and its test."""

    row: int
    first: int
    second: int
    difference: float | None
    test: SignificanceTest
    p_adjusted: float | None


@dataclass(frozen=True, kw_only=True)
class ColumnProportions:
    """All pairs, and the letters: `letters[row][column]` names the columns that lie below.

    Columns are lettered A, B, … from the left. A letter stands in the column with the higher share,
    as in SPSS's tables. `family` is the number of tests that p was adjusted for, in a row or, if
    so chosen, in the table.
    """

    pairs: tuple[PairOfColumns, ...]
    letters: tuple[tuple[str, ...], ...]
    adjustment: Adjustment
    family: tuple[int, ...]


def two_proportions_z(yes: tuple[int, int], answered: tuple[int, int]) -> SignificanceTest:
    """The z test of two shares with the pooled variance, uncorrected; z² is the chi-square."""
    method = "two_proportions_z"
    n = sum(answered)
    if 0 in answered:
        reason = Reason.EMPTY_GROUP if n else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=n, reason=reason)
    pooled = sum(yes) / n
    if pooled in {0.0, 1.0}:
        return SignificanceTest(method=method, n=n, reason=Reason.ALL_EQUAL)
    error = math.sqrt(pooled * (1 - pooled) * (1 / answered[0] + 1 / answered[1]))
    z = (yes[0] / answered[0] - yes[1] / answered[1]) / error
    return SignificanceTest(method=method, n=n, kind="asymptotic", statistic=z, z=z, p=two_sided(z))


def column_proportions(
    table: ArrayLike,
    level: float = LEVEL,
    adjustment: Adjustment = "holm",
    family: Family = "row",
) -> ColumnProportions:
    """The z test of every pair of columns in every row, adjusted within the row or the table.

    `table` has answers in rows and groups that do not overlap in columns, at most 26.
    """
    cells = counts_table(table)
    rows, columns = cells.shape
    if columns > 26:
        raise ValueError("There are letters for 26 columns.")
    bases = cells.sum(axis=0).tolist()
    compared = list(combinations(range(columns), 2))
    tests = [
        [
            two_proportions_z((row[i], row[j]), (bases[i], bases[j]))
            for i, j in compared
        ]
        for row in cells.tolist()
    ]  # fmt: skip
    adjusted = _adjusted(tests, adjustment, family)
    pairs = tuple(
        PairOfColumns(
            row=row,
            first=i,
            second=j,
            difference=_difference(cells[row].tolist(), bases, i, j),
            test=tests[row][k],
            p_adjusted=adjusted[row].p[k],
        )
        for row in range(rows)
        for k, (i, j) in enumerate(compared)
    )
    return ColumnProportions(
        pairs=pairs,
        letters=_letters(pairs, rows, columns, 1 - level),
        adjustment=adjustment,
        family=tuple(each.family for each in adjusted),
    )


def _adjusted(
    tests: list[list[SignificanceTest]], adjustment: Adjustment, family: Family
) -> list[Adjusted]:
    if family == "row":
        return [adjust([each.p for each in row], adjustment) for row in tests]
    whole = adjust([each.p for row in tests for each in row], adjustment)
    size = len(tests[0]) if tests else 0
    return [
        Adjusted(method=adjustment, p=whole.p[k * size : (k + 1) * size], family=whole.family)
        for k in range(len(tests))
    ]


def _difference(row: list[int], bases: list[int], i: int, j: int) -> float | None:
    if 0 in {bases[i], bases[j]}:
        return None
    return row[i] / bases[i] - row[j] / bases[j]


def _letters(
    pairs: tuple[PairOfColumns, ...], rows: int, columns: int, alpha: float
) -> tuple[tuple[str, ...], ...]:
    marks: list[list[list[int]]] = [[[] for _ in range(columns)] for _ in range(rows)]
    for pair in pairs:
        if pair.p_adjusted is None or pair.p_adjusted > alpha or pair.difference is None:
            continue
        higher, lower = pair.first, pair.second
        if pair.difference < 0:
            higher, lower = lower, higher
        marks[pair.row][higher].append(lower)
    return tuple(
        tuple("".join(chr(ord("A") + each) for each in sorted(lower)) for lower in row)
        for row in marks
    )
