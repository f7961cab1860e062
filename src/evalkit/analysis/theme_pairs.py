"""Themes side by side: which stand on the same segments, and how many more groups would add.

The work is done in `statistics`; here its matrices are made of codings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from evalkit.analysis.themes import Themes
from evalkit.codings.model import CodingProject
from evalkit.codings.units import coded_units


@dataclass(frozen=True)
class CodePair:
    """Two codes: segments that have both and either, and texts with both (copies count once)."""

    codes: tuple[str, str]
    both: int
    either: int
    texts: int
    jaccard: float


def code_pairs(project: CodingProject, themes: Themes) -> tuple[CodePair, ...]:
    """Every pair of codes that stand on one segment, the most frequent first.

    Codes count as they were given, without those below them.
    """
    from evalkit.statistics.cooccurrence import cooccurrence

    given: dict[str, set[str]] = defaultdict(set)
    for each in project.codings:
        if each.coder == themes.coder and each.code:
            given[each.code].add(each.segment)
    codes = [each.code for each in themes.themes if each.code in given]
    if not codes:
        return ()
    idents = [each.ident for each in project.segments]
    found = cooccurrence([[ident in given[code] for ident in idents] for code in codes])
    texts = [
        {code for ident in unit.segments for code in codes if ident in given[code]}
        for unit in coded_units(project)
    ]
    pairs = []
    for first, one in enumerate(codes):
        for second, other in enumerate(codes[first + 1 :], start=first + 1):
            both = int(found.counts[first, second])
            if both:
                either = int(found.counts[first, first] + found.counts[second, second]) - both
                units = sum({one, other} <= each for each in texts)
                share = float(found.jaccard[first, second])
                pairs.append(CodePair((one, other), both, either, units, share))
    return tuple(sorted(pairs, key=lambda each: (-each.both, -each.jaccard)))


@dataclass(frozen=True)
class Saturated:
    """Themes found after 1, 2, … groups, over all orders of the groups: mean and band.

    `themes` of the `all_themes` were raised by any group; `new` is the mean number that the last
    group adds. `not_asked` counts pairs of theme and group that were not asked about.
    """

    groups: int
    themes: int
    all_themes: int
    mean: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    new: tuple[float, ...]
    orders: int
    exact: bool
    level: float
    not_asked: int


def saturated(themes: Themes) -> Saturated | None:
    """How many themes groups have raised; None with fewer than two groups or no theme raised.

    Themes are the codes that have none below them.
    """
    from evalkit.statistics.saturation import saturation

    groups = [each.name for each in themes.groups if each.coded]
    codes = [each for each in themes.themes if not each.below]
    raised = [[each.cells[name].state == "raised" for each in codes] for name in groups]
    if len(groups) < 2 or not any(map(any, raised)):
        return None
    found = saturation(raised)
    return Saturated(
        found.groups,
        found.themes,
        len(codes),
        found.found.mean,
        found.found.low,
        found.found.high,
        found.new.mean,
        found.orders,
        found.kind == "exact",
        found.level,
        sum(each.cells[name].state == "not_asked" for each in codes for name in groups),
    )
