"""Whether an item is answered otherwise in one group than in another: which test, and its result.

The test follows from the kinds of both variables alone (docs/statistics.md has the table):

- answers in no order: chi-square where five or more are expected in every cell, else
  Fisher–Freeman–Halton; with Cramér's V (corrected for its bias);
- ordered answers of two groups: Mann–Whitney, with Cliff's delta;
- ordered answers of several ordered groups: linear-by-linear, with the correlation of the scores;
- ordered answers of several groups in no order: Kruskal–Wallis, with Cramér's V;
- an option of a multiple response set: ticked or not, as answers in no order.

Only opinions are compared, not Vet ej, and only groups that do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.analysis.frequency import Frequency, Row
from evalkit.analysis.groups import ORDERED, Crosstab, Group, Grouped
from evalkit.codebook import Item, Text
from evalkit.statistics.columns import column_proportions
from evalkit.statistics.effects import cliffs_delta, score_correlation
from evalkit.statistics.multiplicity import adjust
from evalkit.statistics.outcome import Counts, Interval, Reason, SignificanceTest
from evalkit.statistics.ranks import kruskal_wallis, mann_whitney
from evalkit.statistics.two_way import (
    chi_square,
    cramers_v,
    fisher_freeman_halton,
    linear_by_linear,
)

ALPHA = 0.05
"""A smaller p is told as more than chance usually gives."""
EXPECTED = 5.0
"""As many answers have to be expected for an approximation to be trusted."""
MOST_EXACT = 60
"""Of more answers, several groups are not even tried exactly: that seldom ends, and takes long."""


@dataclass(frozen=True)
class GroupTest:
    """A test of an item, or of one option of a multiple response set, over the groups `of`.

    The adjusted p are over the `family` of all tests of one grouping. Cliff's delta is positive
    where the second of the groups has the higher answers.
    """

    item: Item
    title: Text
    number: str
    test: SignificanceTest
    effect: Interval | None
    of: tuple[Group, ...]
    option: str = ""
    p_holm: float | None = None
    p_bh: float | None = None
    family: int = 0

    @property
    def notable(self) -> bool:
        """Whether the test taken singly finds more than chance usually gives."""
        return self.test.p is not None and self.test.p <= ALPHA

    @property
    def differs(self) -> bool:
        """Whether the groups differ more than chance gives, the whole family considered."""
        return self.p_holm is not None and self.p_holm <= ALPHA


def group_tests(table: Crosstab, grouped: Grouped, shown: Iterable[str]) -> tuple[GroupTest, ...]:
    """The tests of one item over the groups `shown` of whom the answer is known.

    One test, or one for each option of a multiple response set. None where groups overlap.
    """
    keys = set(shown)
    groups = [each for each in grouped.known if each.key in keys]
    if grouped.overlapping:
        return ()
    whole = table.whole
    if whole.overlapping:
        return tuple(
            _test(_ticks(table, groups, row), groups, grouped, whole, row) for row in whole.opinions
        )
    return (_test(_answers(table, groups), groups, grouped, whole, None),)


def _answers(table: Crosstab, groups: Sequence[Group]) -> Counts:
    """Opinions by group: shape (groups, answers), ordered answers from the lowest code."""
    rows = list(table.whole.opinions)
    if table.item.kind in ORDERED:
        rows.sort(key=lambda row: row.value or 0)
    cells = [[_n(table.groups[each.key], row) for row in rows] for each in groups]
    return np.array(cells, np.int64).reshape(len(groups), len(rows))


def _ticks(table: Crosstab, groups: Sequence[Group], row: Row) -> Counts:
    """Ticked and not ticked by group: shape (groups, 2)."""
    tables = [table.groups[each.key] for each in groups]
    cells = [[_n(each, row), each.about - _n(each, row)] for each in tables]
    return np.array(cells, np.int64).reshape(len(groups), 2)


def _n(table: Frequency, row: Row) -> int:
    return next((each.n for each in table.rows if each.key == row.key), 0)


def _test(
    cells: Counts, groups: Sequence[Group], grouped: Grouped, whole: Frequency, option: Row | None
) -> GroupTest:
    ordered = option is None and whole.item.kind in ORDERED
    used, kept = _used(cells, groups)
    if grouped.ordered:
        order = sorted(range(len(kept)), key=lambda at: kept[at].value or 0)
        used, kept = used[order], [kept[at] for at in order]
    test, effect = _result(used, ordered, grouped.ordered)
    title = whole.title
    if option is not None:
        title = _joined(whole.title, option.label)
    key = "" if option is None else option.key
    return GroupTest(whole.item, title, whole.number, test, effect, tuple(kept), key)


def _joined(title: Text, option: Text) -> Text:
    english = f"{title.en}: {option.en}" if title.en and option.en else ""
    return Text(f"{title.sv}: {option.sv}", english)


def _used(cells: Counts, groups: Sequence[Group]) -> tuple[Counts, list[Group]]:
    """Without the groups that have no answers, where two are left all the same."""
    there = cells.sum(axis=1) > 0
    if int(there.sum()) < 2:
        return cells, list(groups)
    return cells[there], [each for each, some in zip(groups, there, strict=True) if some]


def _result(
    cells: Counts, ordered: bool, ordered_groups: bool
) -> tuple[SignificanceTest, Interval | None]:
    if len(cells) < 2:
        n = int(cells.sum())
        reason = Reason.ONE_GROUP if n else Reason.NO_ANSWERS
        method = "mann_whitney" if ordered else "fisher_freeman_halton"
        return SignificanceTest(method=method, n=n, reason=reason), None
    if not ordered:
        approximate = chi_square(cells)
        least = approximate.smallest_expected
        few = least is None or least < EXPECTED
        test = fisher_freeman_halton(cells) if few else approximate.test
        return test, _corrected_v(cells)
    if len(cells) == 2:
        return mann_whitney(cells[::-1]), cliffs_delta(cells[::-1])
    if ordered_groups:
        return linear_by_linear(cells), score_correlation(cells)
    exact = False if int(cells.sum()) > MOST_EXACT else None
    return kruskal_wallis(cells, exact=exact), _corrected_v(cells)


def _corrected_v(cells: Counts) -> Interval:
    """Cramér's V corrected for its bias, with the interval of V in the population.

    The plain V of many groups with few answers each lies above the whole interval.
    """
    found = cramers_v(cells)
    if found.corrected is None:
        return found.interval
    return replace(found.interval, method="cramers_v_corrected", estimate=found.corrected)


def with_family(tests: Sequence[GroupTest]) -> tuple[GroupTest, ...]:
    """The same tests with p adjusted over all of them that have one."""
    p = [each.test.p for each in tests]
    holm, bh = adjust(p, "holm"), adjust(p, "benjamini_hochberg")
    return tuple(
        replace(each, p_holm=one, p_bh=other, family=holm.family)
        for each, one, other in zip(tests, holm.p, bh.p, strict=True)
    )


def tests_frame(tests: Sequence[GroupTest]) -> pd.DataFrame:
    """The tests as a frame, a row each; missing where there is no figure, with the `reason`."""
    rows = [
        (
            each.item.name,
            each.option,
            each.title.best("sv").text,
            each.test.method,
            each.test.kind,
            each.test.statistic,
            each.test.df,
            each.test.p,
            each.p_holm,
            each.p_bh,
            *_effect_cells(each.effect),
            each.test.n,
            "" if each.test.reason is None else each.test.reason.value,
        )
        for each in tests
    ]
    frame = pd.DataFrame(rows, columns=["item", "option", "label", *_TESTS, "n", "reason"])
    return frame.astype(dict.fromkeys(_FIGURES, "Float64"))


_TESTS = (
    "test", "kind", "statistic", "df", "p", "p_holm", "p_bh", "effect", "estimate", "low", "high",
)  # fmt: skip
_FIGURES = ("statistic", "df", "p", "p_holm", "p_bh", "estimate", "low", "high")


def _effect_cells(
    effect: Interval | None,
) -> tuple[str, float | None, float | None, float | None]:
    if effect is None:
        return "", None, None, None
    return effect.method, effect.estimate, effect.low, effect.high


Letters = Mapping[str, Mapping[str, str]]
"""Row of a table → group → the letters of the groups whose share lies below."""


def letters_of(table: Crosstab, groups: Sequence[Group]) -> Letters:
    """Which shares differ: the z test of every pair of groups in every row, Holm within the row.

    Pairs in which fewer than five are expected on either side are not told of. Nothing where there
    are more groups than letters.
    """
    if not 2 <= len(groups) <= 26:
        return {}
    bases = [table.groups[each.key].base for each in groups]
    found: dict[str, dict[str, str]] = {}
    for row in table.whole.shares:
        yes = np.array([_n(table.groups[each.key], row) for each in groups])
        letters = _row_letters(yes, np.array(bases))
        found[row.key] = {
            each.key: text for each, text in zip(groups, letters, strict=True) if text
        }
    return {key: each for key, each in found.items() if each}


def _row_letters(yes: NDArray[np.int64], bases: NDArray[np.int64]) -> list[str]:
    lower: list[list[int]] = [[] for _ in yes]
    for pair in column_proportions([yes.tolist(), (bases - yes).tolist()]).pairs:
        if pair.row or pair.p_adjusted is None or pair.p_adjusted > ALPHA:
            continue
        i, j = pair.first, pair.second
        pooled = (yes[i] + yes[j]) / (bases[i] + bases[j])
        least = min(bases[i], bases[j]) * min(pooled, 1 - pooled)
        if least < EXPECTED or pair.difference is None:
            continue
        high, low = (i, j) if pair.difference > 0 else (j, i)
        lower[high].append(low)
    return ["".join(chr(ord("A") + at) for at in sorted(each)) for each in lower]
