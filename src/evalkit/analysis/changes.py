"""Rounds side by side: what changed between the last of them and the one before.

A difference is always the last round's figure less that of the round before. Shares are those of
the rounds' own tables, of the same base; their interval is Newcombe's, that of a difference of
means Welch's. The test of an item looks at all its opinions: Mann–Whitney where they are ordered or
numbers, else chi-square, or Fisher's exact test where an expected count is below five; of a
multiple response set each option has its own. p is adjusted over all tests of the comparison. All
of this supposes that different people answered in the two rounds: `pairs` has what is right where
they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from evalkit.analysis.frequency import Frequency, Row, Share, Tallies, frequency, share, tallies
from evalkit.analysis.numeric import Numeric, numeric
from evalkit.codebook import SINGLE, Codebook, Item, Text
from evalkit.rounds import Why
from evalkit.statistics.intervals import difference_of_means, difference_of_proportions
from evalkit.statistics.multiplicity import adjust
from evalkit.statistics.outcome import Counts, Interval, SignificanceTest
from evalkit.statistics.ranks import mann_whitney
from evalkit.statistics.two_way import chi_square, fisher_freeman_halton
from evalkit.units import UnitCounts

CHANCE = 0.05
"""A difference is told as more than chance where its adjusted p is below this."""
LEAST_EXPECTED = 5
"""Cochran's rule of thumb for chi-square."""

Table = Frequency | Numeric
COMPARED = SINGLE | {"multiple", "numeric"}
"""The kinds of items that are compared."""


@dataclass(frozen=True)
class Measured:
    """One round: what it asked as it is shown, its tables by item, and its counts."""

    name: str
    codebook: Codebook
    tables: Mapping[str, Table]
    counted: Tallies


@dataclass(frozen=True)
class ShareChange:
    """The share that gave some answers, in each round, and how far the last two lie apart.

    `key` is the answer's, or "positive". A share is None where the round has none that may be
    compared; `difference` then is too, if it is one of the last two. `test` and `p_adjusted` are
    there of the options of a multiple response set.
    """

    key: str
    labels: tuple[Text, ...]
    shares: tuple[Share | None, ...]
    difference: Interval | None = None
    test: SignificanceTest | None = None
    p_adjusted: float | None = None

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the difference is more than chance usually gives; None without a test."""
        return None if self.p_adjusted is None else self.p_adjusted < CHANCE


@dataclass(frozen=True)
class ItemChange:
    """An item in each round, the oldest first.

    `tables` has None where the round's answers may not be compared with the last one's, for the
    reason in `why`. `main` is the share that an overview shows: the positive side, else the answer
    that most gave. None of a numeric item, and of a multiple response set, whose options are
    `answers`. `mean` is the difference of the means.
    """

    item: Item
    title: Text
    number: str
    section: str
    tables: tuple[Table | None, ...]
    why: tuple[Why, ...]
    main: ShareChange | None = None
    answers: tuple[ShareChange, ...] = ()
    mean: Interval | None = None
    test: SignificanceTest | None = None
    p_adjusted: float | None = None

    @property
    def last(self) -> Table:
        """The last round's table."""
        table = self.tables[-1]
        if table is None:
            raise AssertionError("the last round asked the item")
        return table

    @property
    def before(self) -> Table | None:
        """The table of the round before; None where the two may not be compared."""
        return self.tables[-2]

    @property
    def means(self) -> tuple[float | None, ...]:
        """The mean in each round."""
        return tuple(None if each is None else each.mean for each in self.tables)

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the difference is more than chance usually gives; None without a test."""
        return None if self.p_adjusted is None else self.p_adjusted < CHANCE

    @property
    def tests(self) -> tuple[SignificanceTest, ...]:
        """The item's test, or those of its options."""
        every = [self.test, *(each.test for each in self.answers)]
        return tuple(each for each in every if each is not None)


@dataclass(frozen=True)
class Uncompared:
    """An item of one of the last two rounds that is not compared between them."""

    item: Item
    title: Text
    why: Why


@dataclass(frozen=True)
class Changes:
    """All items of the last round that may be compared with the one before, and those that not.

    `rounds` are their names, the oldest first; `family` the number of tests that p is adjusted for.
    """

    rounds: tuple[str, ...]
    items: Mapping[str, ItemChange]
    uncompared: tuple[Uncompared, ...] = ()
    family: int = 0


def measured(name: str, codebook: Codebook, counted: Tallies, left_out: str = "") -> Measured:
    """The tables of a round, or of some of its units, from its counts.

    `left_out` is an item that is not compared: the one that tells the unit.
    """
    tables: dict[str, Table] = {}
    for each in codebook.items.values():
        known = each.name in counted or each.base == "units"
        if each.kind not in COMPARED or each.name == left_out or not known:
            continue
        of_numbers = each.kind == "numeric"
        table = numeric if of_numbers else frequency
        tables[each.name] = table(codebook, each, counted)
    return Measured(name, codebook, tables, counted)


def of_units(
    name: str, codebook: Codebook, units: UnitCounts, chosen: Sequence[str], left_out: str = ""
) -> Measured:
    """The same of the `chosen` units together."""
    places = [units.units.index(each) for each in chosen]
    together = units.whole.assign(n=units.n[places].sum(axis=0))
    return measured(name, codebook, tallies(together), left_out)


def changes(rounds: Sequence[Measured], why: Sequence[Mapping[str, Why]]) -> Changes:
    """Compare the last of the rounds with the one before, and set the others beside.

    `why` has for each earlier round why an item may not be compared with the last one, "" where it
    may.
    """
    last = rounds[-1]
    why = [*why, dict.fromkeys(last.codebook.items, "")]
    found = {
        name: _item_change(item, rounds, why)
        for name in last.tables
        if not why[-2].get(name, "not_asked")
        for item in [last.codebook.items[name]]
    }
    uncompared = tuple(_uncompared(rounds[-2], last, why[-2]))
    return _adjusted(Changes(tuple(each.name for each in rounds), found, uncompared))


def _uncompared(before: Measured, last: Measured, why: Mapping[str, Why]) -> Iterator[Uncompared]:
    """The items of both rounds, those of the last first; an option only if its set is compared."""
    for codebook, tables in ((last.codebook, last.tables), (before.codebook, before.tables)):
        for name, item in codebook.items.items():
            own = name in tables or (item.kind == "option" and item.part_of in tables)
            told = codebook is before.codebook and name in last.codebook.items
            reason = why.get(name, "")
            of_set = item.kind == "option" and bool(why.get(item.part_of))
            if own and reason and not told and not of_set:
                yield Uncompared(item, codebook.title(item), reason)


def _item_change(
    item: Item, rounds: Sequence[Measured], why: Sequence[Mapping[str, Why]]
) -> ItemChange:
    reasons = tuple(each.get(item.name, "not_asked") for each in why)
    tables = tuple(
        None if reason else each.tables.get(item.name)
        for each, reason in zip(rounds, reasons, strict=True)
    )
    codebook = rounds[-1].codebook
    change = ItemChange(
        item,
        codebook.title(item),
        codebook.number(item),
        item.section or codebook.items[item.part_of].section,
        tables,
        reasons,
    )
    if item.kind == "numeric":
        return _numeric_change(change, rounds)
    return _set_change(change, why) if item.kind == "multiple" else _scale_change(change)


def _scale_change(change: ItemChange) -> ItemChange:
    """An item with one answer of a scale."""
    tables = [each if isinstance(each, Frequency) else None for each in change.tables]
    rows = _every_row(tables)
    answers = tuple(_share_change(row.key, (row.label,), (row.key,), tables) for row in rows)
    last, before = tables[-1], tables[-2]
    if last is None or before is None:
        return replace(change, answers=answers)
    positive = last.positive_rows
    if positive:
        keys = tuple(row.key for row in positive)
        named = tuple(row.label for row in positive)
        main: ShareChange | None = _share_change("positive", named, keys, tables)
    else:
        main = _most_common(answers, {row.key for row in last.opinions})
    ordered = change.item.kind in ("likert", "ordinal")
    cells = _opinions(last, before)
    test = mann_whitney(cells) if ordered else independence(cells)
    mean = _mean_difference(last, before) if change.item.mean else None
    return replace(change, main=main, answers=answers, mean=mean, test=test)


def _every_row(tables: Sequence[Frequency | None]) -> list[Row]:
    """The rows that are a share of the base, in the last round's order; earlier ones' after."""
    found: dict[str, Row] = {}
    for table in reversed(tables):
        for row in () if table is None else table.shares:
            found.setdefault(row.key, row)
    opinions = [row for row in found.values() if row.status == "valid"]
    return [*opinions, *(row for row in found.values() if row.status != "valid")]


def _share_change(
    key: str,
    labels: tuple[Text, ...],
    keys: Sequence[str],
    tables: Sequence[Frequency | None],
) -> ShareChange:
    shares = tuple(None if each is None else _share_of(each, keys) for each in tables)
    return ShareChange(key, labels, shares, share_difference(shares[-1], shares[-2]))


def _share_of(table: Frequency, keys: Sequence[str]) -> Share:
    """How many gave any of the answers; an answer that the round does not have was not given."""
    return share(sum(row.n for row in table.rows if row.key in keys), table.base)


def share_difference(last: Share | None, before: Share | None) -> Interval | None:
    """The last share less the one before, as a part of 1; None where one of them is missing."""
    if last is None or before is None:
        return None
    return difference_of_proportions((last.n, before.n), (last.base, before.base))


def _most_common(answers: Sequence[ShareChange], opinions: set[str]) -> ShareChange | None:
    """The answer that most gave in the last round; of equal ones the first."""
    some = [each for each in answers if each.key in opinions]
    return max(some, key=lambda each: each.shares[-1].n if each.shares[-1] else 0, default=None)


def _opinions(last: Frequency, before: Frequency) -> Counts:
    """The opinions of the last round and of the one before: shape (2, answers), by code."""
    codes = sorted({row.value for each in (last, before) for row in each.opinions})  # type: ignore[type-var]
    given = [{row.value: row.n for row in each.opinions} for each in (last, before)]
    return np.array([[each.get(code, 0) for code in codes] for each in given], np.int64)


def independence(cells: Counts) -> SignificanceTest:
    """Chi-square, or Fisher's exact test where an expected count is below five."""
    found = chi_square(cells)
    if found.smallest_expected is None or found.smallest_expected >= LEAST_EXPECTED:
        return found.test
    return fisher_freeman_halton(cells)


def _mean_difference(last: Frequency, before: Frequency) -> Interval:
    first, second = (
        ([row.value or 0 for row in each.opinions], [row.n for row in each.opinions])
        for each in (last, before)
    )
    return difference_of_means(first, second)


def _numeric_change(change: ItemChange, rounds: Sequence[Measured]) -> ItemChange:
    if change.before is None:
        return change
    given = [_numbers(each.counted, change.item.name) for each in rounds[-1:-3:-1]]
    values = sorted({value for each in given for value in each})
    cells = np.array([[each.get(value, 0) for value in values] for each in given], np.int64)
    mean = difference_of_means((values, cells[0]), (values, cells[1]))
    return replace(change, mean=mean, test=mann_whitney(cells.reshape(2, len(values))))


def _numbers(counted: Tallies, item: str) -> dict[float, int]:
    return {
        float(level.value): n
        for level, n in counted[item].items()
        if level.status == "valid" and level.value is not None and n
    }


def _set_change(change: ItemChange, why: Sequence[Mapping[str, Why]]) -> ItemChange:
    """A multiple response set: each option by itself, as far as the rounds have it."""
    tables = [each if isinstance(each, Frequency) else None for each in change.tables]
    answers = []
    for row in () if tables[-1] is None else tables[-1].opinions:
        own = [
            table if not reasons.get(row.key, "not_asked") else None
            for table, reasons in zip(tables, why, strict=True)
        ]
        found = _share_change(row.key, (row.label,), (row.key,), own)
        answers.append(replace(found, test=_option_test(found.shares[-1], found.shares[-2])))
    return replace(change, answers=tuple(answers))


def _option_test(last: Share | None, before: Share | None) -> SignificanceTest | None:
    if last is None or before is None:
        return None
    both = [[each.n, each.base - each.n] for each in (last, before)]
    return independence(np.array(both, np.int64))


def _adjusted(found: Changes) -> Changes:
    """The same with p adjusted by Holm's method over all tests."""
    tests = [test for each in found.items.values() for test in each.tests]
    done = adjust([test.p for test in tests])
    p = dict(zip(map(id, tests), done.p, strict=True))

    def of(test: SignificanceTest | None) -> float | None:
        return None if test is None else p[id(test)]

    items = {
        name: replace(
            each,
            p_adjusted=of(each.test),
            answers=tuple(replace(row, p_adjusted=of(row.test)) for row in each.answers),
        )
        for name, each in found.items.items()
    }
    return replace(found, items=items, family=done.family)


@dataclass(frozen=True)
class MatchedUnits:
    """The units that took part in both of the last rounds, beside all.

    `about` has for both rounds how many each item's table is about in every unit: item → unit → n.
    `patterns` sorts the units of each round by the rounds of the study that they took part in.
    """

    units: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changes: Changes
    about: tuple[Mapping[str, Mapping[str, int]], Mapping[str, Mapping[str, int]]]
    patterns: tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]] = field(
        default=((), ())
    )


def taking_part(units: UnitCounts, unknown: str) -> tuple[str, ...]:
    """The units of a round in which anybody responded, without those of whom it is not known."""
    counted = zip(units.units, units.respondents.tolist(), strict=True)
    return tuple(name for name, n in counted if n and name != unknown)


def patterns(rounds: Mapping[str, Sequence[str]], of: str) -> tuple[frozenset[str], ...]:
    """The units of the round `of`, put together by which of the rounds they took part in.

    What is told of the units of any two rounds is told of such groups, and so is what is left.
    """
    found: dict[frozenset[str], set[str]] = {}
    for unit in rounds[of]:
        own = frozenset(name for name, units in rounds.items() if unit in units)
        found.setdefault(own, set()).add(unit)
    return tuple(map(frozenset, found.values()))
