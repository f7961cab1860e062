"""What may be shown of rounds side by side: the part of disclosure control that compares rounds.

A round's figures are those of its own released tables, and a difference needs both. What is new are
three parts of a round: the units of both rounds, the respondents of both rounds, and how these
answered twice. A part and the whole together tell the rest, so in the published edition

- the units of both rounds are shown for an item only if they, and those of each other pattern of
  rounds taken part in, have at least `min_respondents` answers or none, and the units that are kept
  back beside the whole add to so many, or to none, in each of these;
- shares and means of the same respondents only if the pairs, and the others of either round, are so
  many (or there are no others), and likewise beside the units of both rounds;
- how many changed, and which way, only if none of these numbers is from 1 to below the rule's. A
  test or an interval of pairs would tell them, so it goes with them: what is left is whether the
  change is more than chance;
- the table of from and to only if each answer, then and now, was given by so many of the pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.analysis.changes import (
    Changes,
    ItemChange,
    MatchedUnits,
    ShareChange,
    Table,
    Uncompared,
)
from evalkit.analysis.frequency import Share
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.pairs import Matching, PairedChanges, Pairs
from evalkit.codebook import Item, Text
from evalkit.frame import UNKNOWN
from evalkit.release.tables import Released, ReleasedTables, Rule
from evalkit.release.units import RateRows, hidden_units
from evalkit.statistics.outcome import Counts, Interval, SignificanceTest

PairsHidden = Literal["", "few", "rest"]
"""Why shares and means of pairs are not shown: too few pairs, or too few others."""


@dataclass(frozen=True)
class ShownItem:
    """An item in each round as it may be shown.

    `change` has None for a round whose table is kept back, which `hidden` tells from one that
    cannot be compared. `beyond` is whether the difference is more than chance, also where the test
    itself would tell too much.
    """

    change: ItemChange
    hidden: tuple[bool, ...]
    beyond: bool | None


@dataclass(frozen=True)
class ShownPairs:
    """How the same respondents answered an item or option twice; None stands for what is withheld.

    `points` is the difference of the shares, which stands without its interval where that would
    tell more. `moves` are how many have a higher, the same and a lower answer.
    """

    item: Item
    title: Text
    key: str
    labels: tuple[Text, ...]
    counted: tuple[Text, ...]
    ordered: bool
    hidden: PairsHidden
    n: int | None = None
    before: Share | None = None
    after: Share | None = None
    points: float | None = None
    difference: Interval | None = None
    means: tuple[float, float] | None = None
    mean: Interval | None = None
    moves: tuple[int, int, int] | None = None
    changed: int | None = None
    table: Counts | None = None
    test: SignificanceTest | None = None
    effect: Interval | None = None
    p_adjusted: float | None = None
    beyond: bool | None = None


@dataclass(frozen=True)
class ShownPairedChanges:
    """The same respondents; `pairs` in the order of the items."""

    matching: Matching
    pairs: tuple[ShownPairs, ...]
    family: int


@dataclass(frozen=True)
class ShownUnits:
    """The units of both rounds; `more` are groups of which some may not be named.

    `names` are those of both rounds, of the last alone and of the one before alone.
    """

    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    more: tuple[bool, bool, bool]
    items: tuple[ShownItem, ...]
    withheld: tuple[Text, ...]
    family: int


@dataclass(frozen=True)
class ShownChanges:
    """Rounds side by side as they may be shown; `withheld` are items kept back in a round."""

    rounds: tuple[str, ...]
    items: tuple[ShownItem, ...]
    withheld: tuple[Text, ...]
    uncompared: tuple[Uncompared, ...]
    family: int
    paired: ShownPairedChanges | None = None
    units: ShownUnits | None = None


def release_changes(
    found: Changes,
    rounds: Sequence[ReleasedTables],
    rule: Rule,
    paired: PairedChanges | None = None,
    matched: MatchedUnits | None = None,
    rates: Sequence[Released[RateRows] | None] = (None, None),
) -> Released[ShownChanges]:
    """Decide what of each item's rounds may be shown.

    `rounds` are the released tables of the rounds in the same order; `rates` the response rates by
    unit of the last round and of the one before.
    """
    shown, withheld = [], []
    for each in found.items.values():
        item = _item(each, rounds, rule)
        if item is None:
            withheld.append(each.title)
        else:
            shown.append(item)
    units = None if matched is None else _units(matched, shown, rule, rates)
    content = ShownChanges(
        found.rounds,
        tuple(shown),
        tuple(withheld),
        found.uncompared,
        found.family,
        None if paired is None else _paired(paired, shown, units, rule),
        units,
    )
    return Released(content, rule)


def _item(change: ItemChange, rounds: Sequence[ReleasedTables], rule: Rule) -> ShownItem | None:
    """The item with the rounds' released tables; None where one of the last two is kept back."""
    tables = tuple(
        None if table is None else released.questions[change.item.name].content
        for table, released in zip(change.tables, rounds, strict=True)
    )
    hidden = tuple(
        table is not None and shown is None
        for table, shown in zip(change.tables, tables, strict=True)
    )
    if hidden[-1] or hidden[-2]:
        return None
    kept = replace(
        change,
        tables=tables,
        main=None if change.main is None else _without(change.main, hidden),
        answers=tuple(_without(each, hidden) for each in change.answers),
    )
    return _scrubbed(kept, hidden, rule)


def _without(change: ShareChange, hidden: Sequence[bool]) -> ShareChange:
    shares = tuple(None if gone else each for each, gone in zip(change.shares, hidden, strict=True))
    return replace(change, shares=shares)


def _scrubbed(change: ItemChange, hidden: tuple[bool, ...], rule: Rule) -> ShownItem:
    """Without what would tell the spread of few numbers, as the rounds' own tables are."""
    few = [
        table.bases.valid < 2 * rule.min_respondents
        for table in change.tables[-2:]
        if isinstance(table, Numeric)
    ]
    beyond = change.beyond_chance
    if rule.edition == "published" and any(few):
        change = replace(change, mean=None, test=None, p_adjusted=None)
    return ShownItem(change, hidden, beyond)


def _units(
    matched: MatchedUnits,
    shown: Sequence[ShownItem],
    rule: Rule,
    rates: Sequence[Released[RateRows] | None],
) -> ShownUnits:
    kept = [_kept(each) for each in rates]
    items, withheld = [], []
    for each in shown:
        change = matched.changes.items.get(each.change.item.name)
        if change is None:
            continue
        if all(
            _may_part(about[change.item.name], matched.units, groups, rule, hidden)
            for about, groups, hidden in zip(matched.about, matched.patterns, kept, strict=True)
        ):
            items.append(_of_part(change, rule))
        else:
            withheld.append(change.title)
    of_rounds = (kept[0] | kept[1], kept[0], kept[1])
    named = (matched.units, matched.new, matched.gone)
    return ShownUnits(
        _named(named, of_rounds),
        _more(named, of_rounds),
        tuple(items),
        tuple(withheld),
        matched.changes.family,
    )


def _of_part(change: ItemChange, rule: Rule) -> ShownItem:
    """An item in the units of both rounds; of numbers only the mean, since spreads add up too."""
    numbers = any(isinstance(each, Numeric) for each in change.tables)
    beyond = change.beyond_chance
    if numbers and rule.edition == "published":
        tables = tuple(map(_mean_alone, change.tables))
        change = replace(change, tables=tables, mean=None, test=None, p_adjusted=None)
    return ShownItem(change, (False, False), beyond)


def _mean_alone(table: Table | None) -> Table | None:
    if not isinstance(table, Numeric):
        return table
    return replace(table, sd=None, lower_quartile=None, median=None, upper_quartile=None, bins=())


Three = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _named(groups: Three, kept: Sequence[frozenset[str]]) -> Three:
    first, second, third = (
        tuple(each for each in group if each not in hidden)
        for group, hidden in zip(groups, kept, strict=True)
    )
    return first, second, third


def _more(groups: Three, kept: Sequence[frozenset[str]]) -> tuple[bool, bool, bool]:
    first, second, third = (
        any(each in hidden for each in group) for group, hidden in zip(groups, kept, strict=True)
    )
    return first, second, third


def _kept(rates: Released[RateRows] | None) -> frozenset[str]:
    rows = () if rates is None or rates.content is None else rates.content.rows
    return frozenset(each.name for each in rows if each.hidden)


def _may_part(
    about: Mapping[str, int],
    chosen: Collection[str],
    groups: Sequence[frozenset[str]],
    rule: Rule,
    kept: frozenset[str],
) -> bool:
    """Whether a table of the units `chosen` may stand beside that of all.

    `groups` part the units; those of whom the unit is not known are left over with the smallest
    group that is not chosen.
    """
    if rule.edition == "internal":
        return True
    if not rule.allows(sum(about.get(each, 0) for each in chosen)):
        return False
    hidden = hidden_units(about, rule, kept)
    rest = [each for each in groups if not each <= set(chosen)]
    unknown = frozenset({UNKNOWN} & set(about))
    smallest = min(rest, key=lambda each: sum(about.get(u, 0) for u in each), default=frozenset())
    parts = [each | unknown if each == smallest else each for each in groups]
    parts += [] if smallest else [unknown]
    return all(
        _nobody_or_enough(sum(about.get(unit, 0) for unit in some), rule)
        for part in parts
        for some in (part, part & hidden)
    )


def _nobody_or_enough(n: int, rule: Rule) -> bool:
    return n == 0 or rule.allows(n)


def _paired(
    paired: PairedChanges, shown: Sequence[ShownItem], units: ShownUnits | None, rule: Rule
) -> ShownPairedChanges:
    parts = {} if units is None else {each.change.item.name: each.change for each in units.items}
    found = []
    for each in shown:
        change = each.change
        labels = {row.key: row.labels[0] for row in change.answers}
        for pairs in paired.items.get(change.item.name, ()):
            title = labels[pairs.key] if pairs.key else change.title
            beside = _beside(change, parts.get(change.item.name))
            found.append(_pairs(pairs, change, title, beside, rule))
    return ShownPairedChanges(paired.matching, tuple(found), paired.family)


def _beside(change: ItemChange, part: ItemChange | None) -> list[int]:
    """How many opinions each table has that pairs could be taken from: all, and the units of both.

    The same respondents are mostly in the units of both rounds, often every one of them.
    """
    tables = [*change.tables[-2:], *(() if part is None else part.tables[-2:])]
    return [0 if each is None else each.bases.valid for each in tables]


def _pairs(
    pairs: Pairs, change: ItemChange, title: Text, beside: Sequence[int], rule: Rule
) -> ShownPairs:
    own = ShownPairs(
        change.item, title, pairs.key, pairs.labels, pairs.counted, pairs.ordered, "few"
    )
    if not rule.allows(pairs.n):
        return own
    moves, changed, table = _moves(pairs, rule)
    enough = all(_nobody_or_enough(max(n - pairs.n, 0), rule) for n in beside)
    own = replace(
        own,
        n=pairs.n,
        hidden="" if enough else "rest",
        moves=moves,
        changed=changed,
        beyond=pairs.beyond_chance,
    )
    if enough:
        own = _with_margins(own, pairs, moves, rule)
    if table and enough:
        own = replace(own, table=pairs.table)
    tested = moves is not None if _two_ways(pairs) else own.table is not None
    untold = pairs.test is not None and pairs.test.reason is not None and changed is not None
    if tested or untold:
        own = replace(own, test=pairs.test, effect=pairs.effect, p_adjusted=pairs.p_adjusted)
    return own


def _two_ways(pairs: Pairs) -> bool:
    """Whether a change is up or down: of ordered answers, numbers, and of two answers."""
    return pairs.ordered or len(pairs.table) == 2


def _moves(pairs: Pairs, rule: Rule) -> tuple[tuple[int, int, int] | None, int | None, bool]:
    """Who moved up, stayed and moved down; how many changed; whether from–to may be shown."""
    three = (pairs.up, pairs.same, pairs.down)
    two = _two_ways(pairs)
    moves = three if two and all(_nobody_or_enough(n, rule) for n in three) else None
    # Where there is an up and a down, how many changed and how far would tell how many each way.
    plain = all(_nobody_or_enough(n, rule) for n in (pairs.changed, pairs.same))
    changed = pairs.changed if plain and (moves is not None or not two) else None
    sums = [*pairs.table.sum(axis=0).tolist(), *pairs.table.sum(axis=1).tolist()]
    told = moves is not None if two else changed is not None
    return moves, changed, told and bool(sums) and all(_nobody_or_enough(n, rule) for n in sums)


def _with_margins(
    own: ShownPairs, pairs: Pairs, moves: tuple[int, int, int] | None, rule: Rule
) -> ShownPairs:
    """The shares and means of the pairs; an interval only if what it would tell is shown too."""
    crossed = all(_nobody_or_enough(n, rule) for n in pairs.crossed)
    spread = moves is not None and rule.allows(pairs.n // 2)
    return replace(
        own,
        before=pairs.before,
        after=pairs.after,
        points=None if pairs.difference is None else pairs.difference.estimate,
        difference=pairs.difference if crossed else None,
        means=pairs.means,
        mean=pairs.mean if spread else None,
    )
