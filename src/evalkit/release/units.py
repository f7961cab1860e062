"""What may be shown of units: the part of disclosure control that looks at all of them together.

Units add to the whole, so what is kept back of one must not be left over when the others are taken
from the whole. For each item the units with fewer than `min_respondents` answers are kept back, and
those beside which so few are left; then, smallest first, as many more as it takes until those kept
back have at least `min_respondents` answers together. This is decided from the figures of all
units, not of the one that is asked for: each gets the same answer whichever reports are made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from evalkit.analysis.differences import Differences, differences
from evalkit.analysis.frequency import Frequency, Share
from evalkit.analysis.funnels import Funnel, funnel
from evalkit.analysis.units import Beside, BesideGrid, UnitRate, UnitRates, UnitTables
from evalkit.codebook import Codebook, Item, Text
from evalkit.release.areas import Kept, kept_back_in_areas
from evalkit.release.tables import Released, Rule
from evalkit.units import UnitCounts

Reason = Literal["few", "rest", "others", "whole"]
"""Fewer than the rule allows answered: in the unit, in the rest of the whole, in other units; or
the table of the whole, which the unit's would tell, is kept back."""


@dataclass(frozen=True)
class RateRow:
    """A unit's response rate; the figures are None where they may not be shown, or do not exist.

    `hidden` tells the two apart.
    """

    name: str
    label: Text
    invited: int | None
    responded: int | None
    rate: Share | None
    hidden: bool = False


@dataclass(frozen=True)
class RateRows:
    """The response rate of each unit and area as it may be shown, and of all.

    `in_counties` says that the areas are counties of Sweden.
    """

    rows: tuple[RateRow, ...]
    total: RateRow
    areas: tuple[RateRow, ...] = ()
    in_counties: bool = False

    @property
    def hidden(self) -> bool:
        """Whether any unit's figures are kept back."""
        return any(each.hidden for each in self.rows)

    def only(self, name: str) -> RateRows:
        """One unit and the total, without the areas."""
        return RateRows(tuple(each for each in self.rows if each.name == name), self.total)


@dataclass(frozen=True)
class ReleasedUnit:
    """Every table of one unit beside the whole as it may be shown; `reasons` of those that not.

    `last_round` is the round that `before` of the tables is about.
    """

    rule: Rule
    items: Mapping[str, Released[Beside]]
    grids: Mapping[str, Released[BesideGrid]]
    reasons: Mapping[str, Reason]
    others: tuple[Item, ...]
    last_round: str = ""

    def of(self, item: Item) -> Released[Any]:
        """The table of a question, whatever its kind."""
        tables: Mapping[str, Released[Any]] = self.grids if item.kind == "grid" else self.items
        return tables[item.name]


def release_rates(rates: UnitRates | None, rule: Rule) -> Released[RateRows] | None:
    """The response rate of each unit; None without units, content None where all is kept back.

    A unit in which fewer than the rule allows have responded is kept back, and if it is the only
    one, the next smallest too: else it could be taken from the total. Where areas are shown, what
    is kept back of units and areas is decided together. How many were invited and did not answer
    is shown of the others: who was asked is known, and not to answer is no answer.
    """
    if rates is None:
        return None
    if not rule.allows(rates.total.responded):
        return Released(None, rule)
    kept = _kept_rates(rates, rule)
    rows = tuple(_rate_row(each, kept.units) for each in rates.rows)
    areas = tuple(_rate_row(each, kept.areas) for each in rates.areas)
    whole = _rate_row(rates.total, frozenset())
    return Released(RateRows(rows, whole, areas, rates.in_counties), rule)


def _kept_rates(rates: UnitRates, rule: Rule) -> Kept:
    if rule.edition == "internal":
        return Kept(frozenset(), frozenset())
    responded = {each.name: each.responded for each in rates.rows}
    if rates.areas:
        area_of = {each.name: each.area for each in rates.rows}
        return kept_back_in_areas(responded, area_of, rule.min_respondents)
    few = [name for name, n in responded.items() if not rule.allows(n)]
    return Kept(kept_back(responded, few, units=2), frozenset())


def _rate_row(rate: UnitRate, hidden: Collection[str]) -> RateRow:
    if rate.name in hidden:
        return RateRow(rate.name, rate.label, None, None, None, hidden=True)
    return RateRow(rate.name, rate.label, rate.invited, rate.responded, rate.rate)


def hidden_by_rate(rates: Released[RateRows] | None) -> frozenset[str]:
    """The units whose response rate is kept back."""
    rows = () if rates is None or rates.content is None else rates.content.rows
    return frozenset(each.name for each in rows if each.hidden)


def telling_of_units(item: str, rates: Released[RateRows] | None) -> frozenset[str]:
    """The item that tells which unit a respondent belongs to, where some unit is kept back."""
    content = None if rates is None else rates.content
    return frozenset({item}) if item and content is not None and content.hidden else frozenset()


def kept_back(
    respondents: Mapping[str, int], few: Collection[str], units: int = 1, together: int = 0
) -> frozenset[str]:
    """The units `few`, and others, smallest first, until nothing is left over.

    Where any is kept back, at least so many `units` are, and with at least so many respondents
    `together` (if they have any). Of units of the same size the first by name is taken.
    """
    hidden = set(few)
    kept = sum(respondents[name] for name in hidden)
    for n, name in sorted((n, name) for name, n in respondents.items() if name not in hidden):
        if not hidden or (len(hidden) >= units and not 0 < kept < together):
            break
        hidden.add(name)
        kept += n
    return frozenset(hidden)


@dataclass(frozen=True)
class Standing:
    """Where a unit differs from the rest, and its place among the units at what differs most."""

    differences: Differences
    funnels: tuple[Funnel, ...]


MOST_FUNNELS = 3


def release_standing(
    codebook: Codebook,
    units: UnitCounts,
    released: ReleasedUnit,
    tables: UnitTables,
    labels: Mapping[str, Text],
    rates: Released[RateRows] | None = None,
) -> Released[Standing]:
    """Compare what may be shown of a unit, and nothing else: the family is the items shown.

    A p adjusted over items that are kept back would tell of them. In a funnel stand the units whose
    own table of the item may be shown.
    """
    rule, kept = released.rule, hidden_by_rate(rates)
    shown = [
        each.content
        for each in released.items.values()
        if each.content is not None and each.content.item.part_of not in released.reasons
    ]
    found = differences(codebook, shown)
    funnels = []
    for row in [each for each in found.rows if not each.chosen][:MOST_FUNNELS]:
        about = tables.about[row.item.part_of if row.is_option else row.item.name]
        seen = set(about) - hidden_units(about, rule, kept)
        funnels.append(funnel(codebook, units, row, tables.name, labels, seen))
    return Released(Standing(found, tuple(funnels)) if found.rows else None, rule)


@dataclass(frozen=True)
class LastRound:
    """A unit in an earlier round as its own report shows it.

    `comparable` are the items that may be compared between the two rounds.
    """

    round_name: str
    released: ReleasedUnit
    comparable: frozenset[str]

    def of(self, item: str) -> Frequency | None:
        """The unit's table of an item then; None where there is none to be shown."""
        table = self.released.items.get(item) if item in self.comparable else None
        return None if table is None or table.content is None else table.content.unit


def release_unit(
    tables: UnitTables,
    rule: Rule,
    rates: Released[RateRows] | None = None,
    last: LastRound | None = None,
    withheld: Collection[str] = (),
) -> ReleasedUnit:
    """Decide for each table of a unit whether it may be shown beside the whole.

    `withheld` are items of which the table of the whole is kept back.

    A unit whose response rate is kept back is kept back altogether: a table would tell how many
    have responded in it. The rest of the whole may be shown where the unit may.
    """
    kept = hidden_by_rate(rates)
    reasons: dict[str, Reason] = {name: "whole" for name in tables.items if name in withheld}
    for name in tables.items:
        reason = why_kept_back(tables.about[name], tables.name, rule, kept)
        if reason is not None:
            reasons[name] = reason
    shown = {
        name: _shown(each, tables, rule, kept, last)
        for name, each in tables.items.items()
        if name not in reasons
    }
    grids = {}
    for name, grid in tables.grids.items():
        names = [each.item.name for each in grid.parts]
        parts = [reasons[each] for each in names if each in reasons]
        if parts:
            reasons[name] = parts[0]
        may_be = None if parts else replace(grid, parts=tuple(shown[each] for each in names))
        grids[name] = Released(may_be, rule, grid.item, grid.item.number)
    items = {
        name: Released(shown.get(name), rule, each.item, each.whole.number)
        for name, each in tables.items.items()
    }
    before = "" if last is None else last.round_name
    return ReleasedUnit(rule, items, grids, reasons, tables.others, before)


def _shown(
    table: Beside,
    tables: UnitTables,
    rule: Rule,
    kept: frozenset[str],
    last: LastRound | None,
) -> Beside:
    """An item's table with the similar units and the last round as far as they may be shown."""
    name = table.item.name
    hidden = hidden_groups(tables.about[name], tables.group_of, rule, kept)
    alike = None if tables.group_of.get(tables.name, "") in hidden else table.alike
    return replace(table, alike=alike, before=None if last is None else last.of(name))


def why_kept_back(
    about: Mapping[str, int], name: str, rule: Rule, kept: frozenset[str] = frozenset()
) -> Reason | None:
    """Why the table of one of several groups is kept back; None where it is not.

    `about` has how many answered in each of the groups that add to the whole: units, or groups by
    an item. `kept` are kept back anyhow.
    """
    if rule.edition == "internal":
        return None
    least, whole = rule.min_respondents, sum(about.values())
    if about[name] < least:
        return "few"
    if 0 < whole - about[name] < least:
        return "rest"
    return "others" if name in hidden_units(about, rule, kept) else None


def hidden_units(about: Mapping[str, int], rule: Rule, kept: frozenset[str]) -> frozenset[str]:
    """The units whose table is kept back; `about` has how many it is about in each unit."""
    if rule.edition == "internal":
        return frozenset()
    least, whole = rule.min_respondents, sum(about.values())
    some = {unit: n for unit, n in about.items() if n}
    few = [unit for unit, n in some.items() if unit in kept or n < least or 0 < whole - n < least]
    return kept_back(some, few, together=least)


def hidden_groups(
    about: Mapping[str, int], group_of: Mapping[str, str], rule: Rule, kept: frozenset[str]
) -> frozenset[str]:
    """The groups of units that may not be shown at an item, "" for the units that are in none.

    Of each group what counts is how many are left when the units shown are taken from it.
    """
    if rule.edition == "internal":
        return frozenset()
    left = dict.fromkeys(group_of.values(), 0)
    for unit in hidden_units(about, rule, kept):
        group = group_of.get(unit, "")
        left[group] = left.get(group, 0) + about[unit]
    some = {group: n for group, n in left.items() if n}
    few = [group for group, n in some.items() if not group or n < rule.min_respondents]
    return kept_back(some, few, together=rule.min_respondents)
