"""Where a unit differs from the rest of the whole, and whether that is more than chance gives.

A row for each item with one answer and for each option of a multiple response set. What is compared
is a share: of the answers on the positive side of the scale, of those who ticked the option, or,
where a scale has no positive side, of the answer at which the two differ most. The test looks at
the whole item: ranks where answers are ordered, else independence. Unit and rest do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypedDict

import numpy as np

from evalkit.analysis.frequency import Frequency, Row, Share, share
from evalkit.analysis.units import Beside
from evalkit.codebook import Codebook, Item, Text
from evalkit.statistics.effects import cliffs_delta
from evalkit.statistics.funnel import USUAL, WIDE, outside
from evalkit.statistics.intervals import difference_of_proportions
from evalkit.statistics.multiplicity import adjust
from evalkit.statistics.outcome import Counts, Interval, SignificanceTest
from evalkit.statistics.ranks import mann_whitney
from evalkit.statistics.two_way import chi_square, fisher_freeman_halton

ALPHA = 0.05
EXACT = 1000
"""Up to so many answers independence is tested exactly; beyond, where a cell expects few."""
_FEW = 5

Verdict = Literal["more", "doubtful", "chance", "none"]
"""More than chance; so by itself, but not among so many items; within chance; nothing to test."""

Place = Literal["within", "above", "below", "far_above", "far_below"]
"""Where a unit lies among the limits of a funnel: of 95 per cent, and far ones of 99.8."""


@dataclass(frozen=True)
class Difference:
    """An item in a unit and in the rest.

    `item` is the option where it is one of a set, whose number and table it has. `answers` name
    what the shares are of; `chosen` says that it was picked because they differ most there, so that
    it has no interval and no place in a funnel. `difference` is in shares, unit less rest; `delta`
    Cliff's, above 0 where the unit answers higher, or more positively where the scale has such a
    side. `p` is adjusted over the family. `before` is the unit's share in the last round.
    """

    item: Item
    title: Text
    number: str
    answers: tuple[Text, ...]
    keys: tuple[str, ...]
    chosen: bool
    unit: Share
    rest: Share
    whole: Share
    before: Share | None
    difference: Interval
    delta: Interval | None
    test: SignificanceTest
    p: float | None = None

    @property
    def is_option(self) -> bool:
        """Whether it is an option of a multiple response set."""
        return self.item.kind == "option"

    @property
    def size(self) -> float:
        """How far the two lie apart, in shares."""
        return abs(self.difference.estimate or 0.0)

    @property
    def verdict(self) -> Verdict:
        """Whether the difference is more than chance gives."""
        if self.p is None or self.test.p is None:
            return "none"
        if self.p < ALPHA:
            return "more"
        return "doubtful" if self.test.p < ALPHA else "chance"

    @property
    def place(self) -> Place | None:
        """Where the unit lies in the funnel around the whole; None where it has no place."""
        return None if self.chosen else place_of(self.unit, self.whole)


@dataclass(frozen=True)
class Differences:
    """Every row, the largest difference first; `family` is how many tests p is adjusted over."""

    rows: tuple[Difference, ...]
    family: int

    @property
    def unit_bases(self) -> tuple[int, int]:
        """The fewest and the most answers that a share of the unit is of."""
        bases = [each.unit.base for each in self.rows]
        return min(bases), max(bases)

    @property
    def rest_bases(self) -> tuple[int, int]:
        """The same of the rest."""
        bases = [each.rest.base for each in self.rows]
        return min(bases), max(bases)

    def about(self, item: str) -> tuple[Difference, ...]:
        """The rows of an item or of the options of a set."""
        return tuple(each for each in self.rows if item in (each.item.name, each.item.part_of))

    def with_verdict(self, verdict: Verdict) -> tuple[Difference, ...]:
        """The rows of which so much can be said."""
        return tuple(each for each in self.rows if each.verdict == verdict)


def place_of(unit: Share, whole: Share) -> Place:
    """Where `unit` lies among the limits around the share of the whole."""
    target = whole.n / whole.base
    far, near = (int(outside([unit.n], [unit.base], target, level)[0]) for level in (WIDE, USUAL))
    if far:
        return "far_above" if far > 0 else "far_below"
    if near:
        return "above" if near > 0 else "below"
    return "within"


def differences(codebook: Codebook, tables: Iterable[Beside]) -> Differences:
    """Compare the unit of each table with the rest; p is adjusted (Holm) over all of them."""
    rows = [row for each in tables for row in _rows(codebook, each)]
    adjusted = adjust([each.test.p for each in rows])
    told = [replace(row, p=p) for row, p in zip(rows, adjusted.p, strict=True)]
    return Differences(tuple(sorted(told, key=lambda row: -round(row.size, 12))), adjusted.family)


def _rows(codebook: Codebook, table: Beside) -> Iterator[Difference]:
    if table.rest is None or not table.rest.base or not table.unit.base:
        return
    if table.whole.overlapping:
        yield from _options(codebook, table, table.rest)
    elif (found := _single(table, table.rest)) is not None:
        yield found


def _options(codebook: Codebook, table: Beside, rest: Frequency) -> Iterator[Difference]:
    for row in table.whole.opinions:
        option = codebook.items[row.key]
        yes = [_n(side, row.key) for side in (table.unit, rest)]
        bases = [table.unit.base, rest.base]
        cells = np.array([[n, base - n] for n, base in zip(yes, bases, strict=True)])
        yield Difference(
            option,
            codebook.title(option),
            table.whole.number,
            (row.label,),
            (row.key,),
            chosen=False,
            **_shares(table, rest, [row.key]),
            difference=difference_of_proportions((yes[0], yes[1]), (bases[0], bases[1])),
            delta=None,
            test=_independent(cells),
        )


def _single(table: Beside, rest: Frequency) -> Difference | None:
    rows = table.whole.positive_rows or _most_different(table, rest)
    if not rows:
        return None
    keys = [row.key for row in rows]
    yes = [sum(_n(side, key) for key in keys) for side in (table.unit, rest)]
    found = difference_of_proportions((yes[0], yes[1]), (table.unit.base, rest.base))
    ordered = table.item.kind in ("likert", "ordinal")
    cells = _by_code(table, rest)
    test = mann_whitney(cells) if ordered else _independent(cells)
    return Difference(
        table.item,
        table.whole.title,
        table.whole.number,
        tuple(row.label for row in rows),
        tuple(keys),
        chosen=not table.whole.positive_rows,
        **_shares(table, rest, keys),
        difference=found,
        delta=cliffs_delta(cells) if ordered else None,
        test=test,
    )


class _Shares(TypedDict):
    unit: Share
    rest: Share
    whole: Share
    before: Share | None


def _shares(table: Beside, rest: Frequency, keys: Sequence[str]) -> _Shares:
    def of(side: Frequency) -> Share:
        return share(sum(_n(side, key) for key in keys), side.base)

    before = None if table.before is None or not table.before.base else of(table.before)
    return {"unit": of(table.unit), "rest": of(rest), "whole": of(table.whole), "before": before}


def _n(table: Frequency, key: str) -> int:
    return next((row.n for row in table.rows if row.key == key), 0)


def _most_different(table: Beside, rest: Frequency) -> tuple[Row, ...]:
    """The answer at which unit and rest lie furthest apart; the first of several."""

    def apart(row: Row) -> float:
        shares = [_n(side, row.key) / side.base for side in (table.unit, rest)]
        return abs(shares[0] - shares[1])

    return tuple(sorted(table.whole.opinions, key=apart, reverse=True)[:1])


def _by_code(table: Beside, rest: Frequency) -> Counts:
    """Unit and rest in rows, the opinions in columns: from low to high, or towards the positive."""
    rows = sorted(table.whole.opinions, key=lambda row: row.value or 0)
    if table.item.positive == "low":
        rows.reverse()
    cells: Counts = np.array([[_n(side, row.key) for row in rows] for side in (table.unit, rest)])
    return cells


def _independent(cells: Counts) -> SignificanceTest:
    """Exact where answers are few, or few are expected somewhere; else chi-square."""
    if cells.sum() > EXACT:
        found = chi_square(cells)
        if found.smallest_expected is not None and found.smallest_expected >= _FEW:
            return found.test
    return fisher_freeman_halton(cells)
