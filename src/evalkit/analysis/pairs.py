"""The same respondents in two rounds: who could be found again, and how each changed an answer.

A pair is a respondent with an opinion (or a number) in both rounds. Ordered answers and numbers are
tested by the signed ranks of their differences, with Pratt's zeros: who did not change is ranked
with the others and then left out. Two-valued items and options have McNemar's exact test, other
unordered ones Bowker's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalkit.analysis.changes import CHANCE, Changes, ItemChange
from evalkit.analysis.frequency import Frequency, Share, share
from evalkit.codebook import Text, tidy
from evalkit.intake import Responses
from evalkit.statistics.effects import matched_rank_biserial
from evalkit.statistics.intervals import difference_of_paired_proportions, mean
from evalkit.statistics.multiplicity import adjust
from evalkit.statistics.outcome import Counts, Floats, Interval, SignificanceTest
from evalkit.statistics.paired import bowker, mcnemar, transition_table
from evalkit.statistics.ranks import signed_rank

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Identified:
    """A round's respondents and the identifier of each ("" where there is none)."""

    idents: Sequence[str]
    responses: Responses


@dataclass(frozen=True)
class Matching:
    """Who was found in both rounds: places in either, and how many were not, by reason.

    `twice` counts respondents whose identifier stands there more than once in their round, whom
    nobody can tell apart; `without` those who have none. Both are of the two rounds together.
    """

    before: Places
    after: Places
    only_before: int
    only_after: int
    twice: int
    without: int

    @property
    def n(self) -> int:
        """How many were found in both rounds."""
        return len(self.before)


@dataclass(frozen=True)
class Pairs:
    """How the same respondents answered an item, or one option, in the two rounds.

    `table` has those of the round before in rows and the last round's in columns, both in the order
    of `labels`; it is empty for numbers. `key` is the option's name, else empty. `before` and
    `after` are the share that the overview shows, among the pairs. `up` and `down` count those
    whose answer has a higher or lower code or number; of unordered answers `changed` alone tells.
    `crossed` are how many came to that share, and how many left it.
    """

    key: str
    labels: tuple[Text, ...]
    n: int
    table: Counts
    up: int
    same: int
    down: int
    ordered: bool
    counted: tuple[Text, ...] = ()
    before: Share | None = None
    after: Share | None = None
    difference: Interval | None = None
    crossed: tuple[int, int] = (0, 0)
    means: tuple[float, float] | None = None
    mean: Interval | None = None
    test: SignificanceTest | None = None
    effect: Interval | None = None
    p_adjusted: float | None = None

    @property
    def changed(self) -> int:
        """How many gave another answer than before."""
        return self.up + self.down

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the change is more than chance usually gives; None without a test."""
        return None if self.p_adjusted is None else self.p_adjusted < CHANCE


@dataclass(frozen=True)
class PairedChanges:
    """Every item's pairs: item → one of it, or one of each option."""

    matching: Matching
    items: Mapping[str, tuple[Pairs, ...]]
    family: int = 0


def match(before: Iterable[str | None], after: Iterable[str | None]) -> Matching:
    """Find respondents of one round again in the next, by their identifiers as written."""
    first, second = ([tidy(each or "") for each in given] for given in (before, after))
    times = [Counter(given) for given in (first, second)]
    once = [
        {ident: at for at, ident in enumerate(given) if ident and counted[ident] == 1}
        for given, counted in zip((first, second), times, strict=True)
    ]
    # Whoever stands twice in one round is nobody in particular, in the other round too.
    unclear = {ident for counted in times for ident, n in counted.items() if ident and n > 1}
    both = [ident for ident in once[0] if ident in once[1]]
    alone = [
        sum(ident not in other and ident not in unclear for ident in own)
        for own, other in (once, reversed(once))
    ]
    return Matching(
        np.array([once[0][ident] for ident in both], np.intp),
        np.array([once[1][ident] for ident in both], np.intp),
        alone[0],
        alone[1],
        sum(n for counted in times for ident, n in counted.items() if ident in unclear),
        sum(counted[""] for counted in times),
    )


def paired_changes(found: Changes, before: Identified, after: Identified) -> PairedChanges:
    """How the respondents of both rounds changed each item that may be compared."""
    matching = match(before.idents, after.idents)
    codes = (
        _Both(before.responses, matching.before),
        _Both(after.responses, matching.after),
    )
    items = {
        name: tuple(_pairs_of(each, *codes))
        for name, each in found.items.items()
        if each.before is not None and _there(each, *codes)
    }
    return _adjusted(PairedChanges(matching, {name: each for name, each in items.items() if each}))


@dataclass(frozen=True)
class _Both:
    """The matched respondents of one round."""

    responses: Responses
    places: Places

    def values(self, item: str) -> Floats:
        """The opinion or number of each, NaN where there is none: shape (pairs,)."""
        levels = self.responses.levels[item]
        of_level = [
            float(each.value) if each.status == "valid" and each.value is not None else np.nan
            for each in levels
        ]
        return np.array(of_level, np.float64)[self.responses.codes[item][self.places]]


def _there(change: ItemChange, *rounds: _Both) -> bool:
    if change.item.kind == "multiple":
        return True
    return all(change.item.name in each.responses.codes for each in rounds)


def _pairs_of(change: ItemChange, before: _Both, after: _Both) -> list[Pairs]:
    if change.item.kind == "multiple":
        return [
            _option_pairs(row.key, row.labels, before, after)
            for row in change.answers
            if row.difference is not None
            and all(row.key in each.responses.codes for each in (before, after))
        ]
    name = change.item.name
    first, second = _both_given(before.values(name), after.values(name))
    if change.item.kind == "numeric":
        return [_of_ordered(_empty("", first, second, ordered=True), first, second)]
    table = change.last
    if not isinstance(table, Frequency):
        return []
    ordered = change.item.kind in ("likert", "ordinal")
    labels = {float(row.value): row.label for row in table.opinions if row.value is not None}
    given = set(first.tolist()) | set(second.tolist())
    levels = [*labels, *sorted(given - set(labels))]
    pairs = replace(
        _empty("", first, second, ordered=ordered),
        labels=tuple(labels.get(each, Text(f"{each:g}")) for each in levels),
        table=transition_table(first, second, levels),
    )
    main = change.main
    if main is not None:
        keys = {row.key for row in table.positive_rows} if main.key == "positive" else {main.key}
        wanted = [row.value or 0 for row in table.opinions if row.key in keys]
        pairs = _with_share(pairs, main.labels, np.isin(first, wanted), np.isin(second, wanted))
    if ordered:
        return [_of_ordered(pairs, first, second, means=change.item.mean)]
    two = len(levels) == 2
    return [replace(pairs, test=mcnemar(pairs.table) if two else bowker(pairs.table))]


def _both_given(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    given = ~np.isnan(first) & ~np.isnan(second)
    return first[given], second[given]


def _empty(key: str, first: Floats, second: Floats, *, ordered: bool) -> Pairs:
    up, down = int((second > first).sum()), int((second < first).sum())
    n = len(first)
    return Pairs(key, (), n, np.zeros((0, 0), np.int64), up, n - up - down, down, ordered)


def _with_share(
    pairs: Pairs, labels: tuple[Text, ...], first: NDArray[Any], second: NDArray[Any]
) -> Pairs:
    """The pairs with the share of yes in both rounds, and its difference."""
    if not pairs.n:
        return replace(pairs, counted=labels)
    table = [
        [int((first & second).sum()), int((~first & second).sum())],
        [int((first & ~second).sum()), int((~first & ~second).sum())],
    ]
    # The last round stands in the rows, so that the difference is its share less the one before.
    return replace(
        pairs,
        counted=labels,
        before=share(int(first.sum()), pairs.n),
        after=share(int(second.sum()), pairs.n),
        difference=difference_of_paired_proportions(table),
        crossed=(table[0][1], table[1][0]),
    )


def _of_ordered(pairs: Pairs, first: Floats, second: Floats, *, means: bool = True) -> Pairs:
    """The signed-rank test with its effect and, if wanted, the mean of the differences."""
    differences = second - first
    done = replace(pairs, test=signed_rank(differences), effect=matched_rank_biserial(differences))
    if not means or not len(first):
        return done
    both = (float(first.mean()), float(second.mean()))
    return replace(done, means=both, mean=mean(differences))


def _option_pairs(key: str, labels: tuple[Text, ...], before: _Both, after: _Both) -> Pairs:
    """One option of a multiple response set: ticked or not, of those who answered the set."""
    first, second = _both_given(before.values(key), after.values(key))
    pairs = replace(
        _empty(key, first, second, ordered=False),
        labels=labels,
        table=transition_table(first, second, [1.0, 0.0]),
    )
    pairs = _with_share(pairs, labels, first == 1, second == 1)
    return replace(pairs, test=mcnemar(pairs.table))


def _adjusted(found: PairedChanges) -> PairedChanges:
    """The same with p adjusted by Holm's method over all tests of pairs."""
    every = [pairs for each in found.items.values() for pairs in each]
    done = adjust([None if each.test is None else each.test.p for each in every])
    p = iter(done.p)
    items = {
        name: tuple(replace(pairs, p_adjusted=next(p)) for pairs in each)
        for name, each in found.items.items()
    }
    return replace(found, items=items, family=done.family)
