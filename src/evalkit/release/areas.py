"""Which units and areas are kept back together, so that none of them can be worked out.

Units add to their area and areas to the whole, and all these sums are shown. What is kept back can
be worked out where a sum holds one figure that is kept back and else only figures that are shown.
So of an area that is shown none or at least two units are kept back; of the areas none or at least
two are; and of an area that is kept back at least one unit is, since its units would add to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple


class Kept(NamedTuple):
    """The units and the areas that are kept back."""

    units: frozenset[str]
    areas: frozenset[str]


def kept_back_in_areas(
    respondents: Mapping[str, int], area_of: Mapping[str, str], least: int
) -> Kept:
    """The units and areas with fewer than `least` respondents, and as many more as it takes.

    `area_of` is unit → area, for every unit; there is more than one area. What is taken along is
    the smallest first, and of the same size the first by name; of the areas first those of which
    units are kept back anyhow.
    """
    sizes = _sizes(respondents, area_of)
    units = {name for name, n in respondents.items() if n < least}
    areas = {name for name, n in sizes.items() if n < least}
    before = None
    while before != (len(units), len(areas)):
        before = (len(units), len(areas))
        for area in sizes:
            _complete_area(area, units, areas, respondents, area_of)
        if len(areas) == 1:
            others = [each for each in sizes if each not in areas]
            touched = {area_of[each] for each in units}
            areas.add(min(others, key=lambda each: (each not in touched, sizes[each], each)))
    return Kept(frozenset(units), frozenset(areas))


def _sizes(respondents: Mapping[str, int], area_of: Mapping[str, str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for unit, n in respondents.items():
        sizes[area_of[unit]] = sizes.get(area_of[unit], 0) + n
    return sizes


def _complete_area(
    area: str,
    units: set[str],
    areas: set[str],
    respondents: Mapping[str, int],
    area_of: Mapping[str, str],
) -> None:
    """Add to `units` and `areas` what one area needs."""
    here = [each for each in respondents if area_of[each] == area]
    kept = [each for each in here if each in units]
    if kept and len(here) == 1:
        areas.add(area)  # the unit and its area are one and the same figure
    wanted = (1 if area in areas else 2) if kept or area in areas else 0
    units.update(_smallest(here, kept, wanted - len(kept), respondents))


def _smallest(
    here: Collection[str], kept: Collection[str], more: int, respondents: Mapping[str, int]
) -> list[str]:
    shown = [each for each in here if each not in kept]
    return sorted(shown, key=lambda each: (respondents[each], each))[: max(more, 0)]
