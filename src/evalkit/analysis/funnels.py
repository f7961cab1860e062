"""A unit's place among the others: the share of every unit against how many answered there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.analysis.differences import Difference, Place, place_of
from evalkit.analysis.frequency import Share, share
from evalkit.analysis.units import about_units
from evalkit.codebook import ANSWERED, Codebook, Item, Text
from evalkit.intake.responses import level_key
from evalkit.statistics.funnel import USUAL, WIDE, funnel_limits
from evalkit.units import UnitCounts

_STEPS = 80


@dataclass(frozen=True)
class FunnelPoint:
    """A unit: its share, and the limits (0–100, level 0.95) for as many answers as it has."""

    name: str
    label: Text
    share: Share
    low: float
    high: float
    place: Place


@dataclass(frozen=True)
class FunnelCurve:
    """Both pairs of limits (0–100) for units of `n` answers."""

    n: int
    low: float
    high: float
    far_low: float
    far_high: float


@dataclass(frozen=True)
class Funnel:
    """The units at one item (of a set: one option), around the share of the whole.

    `own` is the unit that it is about, `left_out` how many with answers may not be shown.
    """

    item: Item
    title: Text
    number: str
    answers: tuple[Text, ...]
    own: str
    target: Share
    points: tuple[FunnelPoint, ...]
    curve: tuple[FunnelCurve, ...]
    left_out: int

    @property
    def outside(self) -> int:
        """How many units lie outside the limits of 95 per cent."""
        return sum(each.place != "within" for each in self.points)


def funnel(
    codebook: Codebook,
    units: UnitCounts,
    row: Difference,
    own: str,
    labels: Mapping[str, Text],
    shown: Collection[str],
) -> Funnel:
    """The funnel of what `row` is about, with the units `shown` of those that have a label."""
    yes, bases = _shares(codebook, units, row)
    target = row.whole.n / row.whole.base
    at = [
        place
        for place, name in enumerate(units.units)
        if name in labels and name in shown and bases[place]
    ]
    limits = funnel_limits(target, bases[at])
    points = tuple(
        _point(units.units[place], labels, share(int(yes[place]), int(bases[place])), row.whole,
               float(low), float(high))
        for place, low, high in zip(at, limits.low, limits.high, strict=True)
    )  # fmt: skip
    most = max(each.share.base for each in points)
    with_answers = sum(1 for n in bases.tolist() if n)
    return Funnel(
        row.item,
        row.title,
        row.number,
        row.answers,
        own,
        row.whole,
        points,
        _curve(target, most),
        with_answers - len(points),
    )


def _point(
    name: str, labels: Mapping[str, Text], found: Share, whole: Share, low: float, high: float
) -> FunnelPoint:
    return FunnelPoint(name, labels[name], found, 100 * low, 100 * high, place_of(found, whole))


def _curve(target: float, most: int) -> tuple[FunnelCurve, ...]:
    """The limits for up to `most` answers and a little more."""
    sizes = np.unique(np.linspace(1, max(most * 1.08, most + 1), _STEPS).round().astype(np.int64))
    near, far = (funnel_limits(target, sizes, level) for level in (USUAL, WIDE))
    return tuple(
        FunnelCurve(n, *(100 * each for each in bounds))
        for n, *bounds in zip(
            sizes.tolist(),
            near.low.tolist(),
            near.high.tolist(),
            far.low.tolist(),
            far.high.tolist(),
            strict=True,
        )
    )


def _shares(
    codebook: Codebook, units: UnitCounts, row: Difference
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many said yes in each unit, and of how many."""
    levels, n = units.table(row.item.name)
    if not row.is_option:
        keys = [level_key(level) in row.keys for level in levels]
        return n[:, keys].sum(axis=1), units.with_status(row.item.name, ANSWERED)
    ticked = [level.value == 1 and level.status == "valid" for level in levels]
    home = codebook.items[row.item.part_of]
    bases = about_units(units, home)
    if home.base == "asked":
        all_levels, all_n = units.table(home.name)
        bases = all_n[:, [level.status != "not_asked" for level in all_levels]].sum(axis=1)
    return n[:, ticked].sum(axis=1), bases
