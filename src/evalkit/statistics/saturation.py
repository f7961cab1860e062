"""How many themes are new in one more group, in whatever order the groups are taken."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics.cooccurrence import yes_no_matrix
from evalkit.statistics.outcome import LEVEL, Counts, Floats, Kind

DRAWS = 10_000
SEED = 2012
MOST_GROUPS = 12


@dataclass(frozen=True, kw_only=True)
class Band:
    """A number of themes after 1, 2, … groups: mean over all orders, and quantiles of `level`."""

    mean: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Saturation:
    """Themes that have been raised (`found`) and those that the last group added (`new`).

    `kind` is exact where the band is over all `orders` of the groups, else it is over that many
    drawn with a fixed seed; the means are exact always. `as_given` is what was found in the order
    in which the groups stand. `themes` counts those that any group raised.
    """

    kind: Kind
    level: float
    orders: int
    groups: int
    themes: int
    found: Band
    new: Band
    as_given: tuple[int, ...]


def saturation(
    raised: ArrayLike, *, level: float = LEVEL, draws: int = DRAWS, seed: int = SEED
) -> Saturation:
    """From `raised`, shape (groups, themes): 1 or True where the group raised the theme.

    Up to twelve groups, every order counts; what was found depends only on which groups are in, so
    that all sets of groups are gone through instead. A theme that a group was not asked about is no
    theme that it did not raise: leave it out, or say so.
    """
    marks = yes_no_matrix(raised)
    if not 0 < level < 1:
        raise ValueError(f"The level is {level}; it lies between 0 and 1.")
    groups = len(marks)
    exact = groups <= MOST_GROUPS
    found, new = _of_all_sets(marks) if exact else _of_drawn_orders(marks, draws, seed)
    expected = expected_found(marks.sum(axis=0), groups)
    steps = np.diff(np.concatenate([[0.0], expected]))
    return Saturation(
        kind="exact" if exact else "monte_carlo",
        level=level,
        orders=math.factorial(groups) if exact else draws,
        groups=groups,
        themes=int(marks.any(axis=0).sum()),
        found=_band(expected, found, level),
        new=_band(steps, new, level),
        as_given=tuple(np.logical_or.accumulate(marks, axis=0).sum(axis=1).tolist()),
    )


def expected_found(groups_with: ArrayLike, groups: int) -> Floats:
    """The mean number of themes found in 1, 2, … of `groups`, over all orders.

    A theme that n of N groups raised is missed by g of them with probability C(N − n, g)/C(N, g)
    (Hurlbert 1971; for samples, Colwell and others 2004). `groups_with` has n for each theme.
    """
    often = np.asarray(groups_with).tolist()
    return np.array(
        [
            sum(1 - math.comb(groups - n, g) / math.comb(groups, g) for n in often)
            for g in range(1, groups + 1)
        ],
        dtype=np.float64,
    )


def _of_all_sets(marks: NDArray[np.bool_]) -> tuple[list[Counts], list[Counts]]:
    """Themes found in every set of groups, by its size, and new with each of its groups as last."""
    groups = len(marks)
    reached = np.zeros((1, marks.shape[1]), dtype=bool)
    for row in marks:
        reached = np.vstack([reached, reached | row])
    number = reached.sum(axis=1)
    sets = np.arange(len(reached))
    inside = (sets[:, np.newaxis] >> np.arange(groups)) & 1
    size = inside.sum(axis=1)
    found: list[Counts] = [number[size == g] for g in range(1, groups + 1)]
    new: list[Counts] = []
    for g in range(1, groups + 1):
        which, last = np.nonzero(inside[size == g])
        whole = sets[size == g][which]
        new.append(number[whole] - number[whole & ~(1 << last)])
    return found, new


def _of_drawn_orders(
    marks: NDArray[np.bool_], draws: int, seed: int
) -> tuple[list[Counts], list[Counts]]:
    generator = np.random.default_rng(seed)
    found = np.array(
        [
            np.logical_or.accumulate(marks[generator.permutation(len(marks))], axis=0).sum(axis=1)
            for _ in range(draws)
        ]
    )
    new = np.diff(found, axis=1, prepend=0)
    return list(found.T), list(new.T)


def _band(mean: Floats, each: list[Counts], level: float) -> Band:
    tails = ((1 - level) / 2, (1 + level) / 2)
    bounds = [np.quantile(one, tails, method="inverted_cdf").astype(int).tolist() for one in each]
    return Band(
        mean=tuple(mean.tolist()),
        low=tuple(low for low, _ in bounds),
        high=tuple(high for _, high in bounds),
    )
