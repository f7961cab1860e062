"""Units of a round: the response rate of each, and one unit beside the whole that it is part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evalkit.analysis.frequency import (
    USUAL,
    Frequency,
    Share,
    Tallies,
    frequency,
    share,
    tallies,
)
from evalkit.codebook import ANSWERED, SINGLE, Codebook, Item, Text
from evalkit.frame import UNKNOWN, Frame
from evalkit.intake import Level
from evalkit.units import UnitCounts


@dataclass(frozen=True)
class UnitRate:
    """Who answered in one unit, or in an area.

    `invited` is None where the frame does not know the unit; `area` is the area that a unit is
    part of, if any.
    """

    name: str
    label: Text
    invited: int | None
    responded: int
    area: str = ""

    @property
    def rate(self) -> Share | None:
        """Those who answered, of those invited; None where nobody was."""
        return share(self.responded, self.invited) if self.invited else None


@dataclass(frozen=True)
class UnitRates:
    """The response rate of every unit, of the areas they are part of, and of all together.

    There are no `areas` where these would be the same as the units, or as the whole.
    """

    rows: tuple[UnitRate, ...]
    total: UnitRate
    areas: tuple[UnitRate, ...] = ()
    in_counties: bool = False


def unit_rates(
    labels: Mapping[str, Text],
    frame: Frame | None,
    units: UnitCounts | None,
    responded: int,
    invited: int | None,
    excluded: Mapping[str, int] | None = None,
) -> UnitRates | None:
    """The response rate of each unit in `labels`; None where nothing tells who answered in it.

    `responded` and `invited` are those of the whole. `excluded` are respondents of a unit who are
    not in its counts. What a frame says of those who responded comes before what both add to.
    """
    counted = (
        {} if units is None else dict(zip(units.units, units.respondents.tolist(), strict=True))
    )
    for unit, n in (excluded or {}).items():
        counted[unit] = counted.get(unit, 0) + n
    told = {} if frame is None else {name: each.responded for name, each in frame.units.items()}
    if units is None and not any(each is not None for each in told.values()):
        return None
    rows = []
    for name, label in labels.items():
        by_frame = told.get(name)
        asked = None if frame is None else frame.units[name].invited
        n = counted.get(name, 0) if by_frame is None else by_frame
        area = "" if frame is None else frame.units[name].area
        rows.append(UnitRate(name, label, asked, n, area))
    if counted.get(UNKNOWN):
        rows.append(UnitRate(UNKNOWN, Text(), None, counted[UNKNOWN], UNKNOWN))
    total = UnitRate("", Text(), invited, responded)
    areas = () if frame is None else _area_rates(frame.areas, rows)
    return UnitRates(tuple(rows), total, areas, frame is not None and frame.in_counties)


def _area_rates(labels: Mapping[str, Text], rows: Sequence[UnitRate]) -> tuple[UnitRate, ...]:
    """The sum of each area's units; none where there is one area, or one unit in each."""
    found = []
    for key, label in {**labels, UNKNOWN: Text()}.items():
        units = [each for each in rows if each.area == key]
        invited = [each.invited for each in units if each.invited is not None]
        if units:
            asked = sum(invited) if len(invited) == len(units) else None
            found.append(UnitRate(key, label, asked, sum(each.responded for each in units)))
    return tuple(found) if labels and 1 < len(found) < len(rows) else ()


@dataclass(frozen=True)
class Beside:
    """An item in one unit, in the whole, which the unit is part of, and in all the rest of it.

    `alike` is the other units of its group, `before` the unit itself in the last round; None where
    there is nothing of the kind, or nothing that may be shown.
    """

    unit: Frequency
    whole: Frequency
    rest: Frequency | None = None
    alike: Frequency | None = None
    before: Frequency | None = None

    @property
    def item(self) -> Item:
        """The item."""
        return self.whole.item


@dataclass(frozen=True)
class BesideGrid:
    """Several items on the same answers that are shown as one table."""

    item: Item
    parts: tuple[Beside, ...]


@dataclass(frozen=True)
class UnitTables:
    """Every table of one unit beside the whole, with true figures.

    `about` has how many each item's table is about in every unit, since units share the whole: item
    → unit → n. `others` are the questions that are not compared. `group_of` is the group of similar
    units that each unit is in, of those that are in one.
    """

    name: str
    items: Mapping[str, Beside]
    grids: Mapping[str, BesideGrid]
    about: Mapping[str, Mapping[str, int]]
    others: tuple[Item, ...]
    group_of: Mapping[str, str] = field(default_factory=dict)


def unit_tables(
    codebook: Codebook,
    units: UnitCounts,
    name: str,
    unit_item: str = "",
    respondents: Text = USUAL,
    group_of: Mapping[str, str] | None = None,
) -> UnitTables:
    """Work out every table of the unit `name` beside the whole, the rest, and similar units.

    `unit_item` tells which unit a respondent belongs to: it would say that all of a unit are in it,
    and of the whole how many responded in each of the other units, which is for the rates to tell.
    `respondents` is what those who answer are called.
    """
    groups = group_of or {}
    own, whole = tallies(units.of(name)), tallies(units.whole)
    rest = _less(whole, own)
    alike = [
        each for each in units.units if each != name and groups.get(each, "") == groups.get(name)
    ]
    some = 0 < len(alike) < len(units.units) - 1  # else it is the rest
    of_alike = tallies(units.together(alike)) if some else None
    items: dict[str, Beside] = {}
    grids: dict[str, BesideGrid] = {}
    others: list[Item] = []
    for question in codebook.questions:
        parts = codebook.parts(question) if question.kind == "grid" else (question,)
        comparable = parts and question.name != unit_item
        if not comparable or not all(_has_frequency(each, whole) for each in parts):
            others.append(question)
            continue
        found = {
            each.name: Beside(
                frequency(codebook, each, own, respondents),
                frequency(codebook, each, whole, respondents),
                _if_any(frequency(codebook, each, rest, respondents)),
                None
                if of_alike is None
                else _if_any(frequency(codebook, each, of_alike, respondents)),
            )
            for each in parts
        }
        items |= found
        if question.kind == "grid":
            grids[question.name] = BesideGrid(question, tuple(found.values()))
    about = {
        each: dict(zip(units.units, about_units(units, table.item).tolist(), strict=True))
        for each, table in items.items()
    }
    return UnitTables(name, items, grids, about, tuple(others), groups)


def _less(whole: Tallies, own: Tallies) -> Tallies:
    """What the whole has beyond the unit."""
    return {
        item: {level: n - own[item][level] for level, n in levels.items()}
        for item, levels in whole.items()
    }


def _if_any(table: Frequency) -> Frequency | None:
    return table if table.about else None


def _has_frequency(item: Item, counted: Tallies) -> bool:
    there = item.name in counted or item.base == "units"
    return there and item.kind in SINGLE | {"multiple"}


def about_units(units: UnitCounts, item: Item) -> NDArray[np.int64]:
    """How many an item's table is about in each unit, as `Frequency.about` has it: shape (units,).

    Of a set with the base `units` it is all of them, since who answered is not known; of a numeric
    item those who gave a number.
    """
    if item.kind == "numeric":
        return units.with_status(item.name, frozenset({"valid"}))
    if item.base == "units":
        return units.respondents
    if item.base == "ticked":
        levels, n = units.table(item.name)
        return n[:, levels.index(Level(1, "valid"))]
    return units.with_status(item.name, ANSWERED)
