"""What may be shown of units: the part of disclosure control that looks at all of them together.

Units add to the whole, so what is kept back of one must not be left over when the others are taken
from the whole. For each item the units with fewer than `min_respondents` answers are kept back, and
those beside which so few are left; then, smallest first, as many more as it takes until those kept
back have at least `min_respondents` answers together. This is decided from the figures of all
units, not of the one that is asked for: each gets the same answer whichever reports are made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evalkit.analysis.frequency import Share
from evalkit.analysis.units import Beside, BesideGrid, UnitRate, UnitRates, UnitTables
from evalkit.area_release import Kept, kept_back_in_areas
from evalkit.codebook import Item, Text
from evalkit.release import Released, Rule

Reason = Literal["few", "rest", "others"]
"""Fewer than the rule allows answered: in the unit, in the rest of the whole, in other units."""


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
    """Every table of one unit beside the whole as it may be shown; `reasons` of those that not."""

    rule: Rule
    items: Mapping[str, Released[Beside]]
    grids: Mapping[str, Released[BesideGrid]]
    reasons: Mapping[str, Reason]
    others: tuple[Item, ...]

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


def release_unit(
    tables: UnitTables, rule: Rule, rates: Released[RateRows] | None = None
) -> ReleasedUnit:
    """Decide for each table of a unit whether it may be shown beside the whole.

    A unit whose response rate is kept back is kept back altogether: a table would tell how many
    have responded in it.
    """
    rows = () if rates is None or rates.content is None else rates.content.rows
    kept = frozenset(each.name for each in rows if each.hidden)
    reasons = {
        name: reason
        for name in tables.items
        if (reason := _reason(tables.about[name], tables.name, rule, kept)) is not None
    }
    grids = {}
    for name, grid in tables.grids.items():
        parts = [reasons[each.item.name] for each in grid.parts if each.item.name in reasons]
        if parts:
            reasons[name] = parts[0]
        grids[name] = Released(None if parts else grid, rule, grid.item, grid.item.number)
    items = {
        name: Released(None if name in reasons else each, rule, each.item, each.whole.number)
        for name, each in tables.items.items()
    }
    return ReleasedUnit(rule, items, grids, reasons, tables.others)


def _reason(about: Mapping[str, int], name: str, rule: Rule, kept: frozenset[str]) -> Reason | None:
    """Why the table of a unit is kept back; None where it is not. `kept` are kept back anyhow."""
    if rule.edition == "internal":
        return None
    least, whole = rule.min_respondents, sum(about.values())
    if about[name] < least:
        return "few"
    if 0 < whole - about[name] < least:
        return "rest"
    some = {unit: n for unit, n in about.items() if n}
    few = [unit for unit, n in some.items() if unit in kept or n < least or 0 < whole - n < least]
    return "others" if name in kept_back(some, few, together=least) else None
