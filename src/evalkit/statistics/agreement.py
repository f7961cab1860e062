"""What a measure of agreement between coders is: agreement beyond what chance would give.

Every measure here is (observed − expected) / (1 − expected), and both are functions of sums over
units. So one description, a `Coefficient`, serves the estimate, the bootstrap and the jackknife.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evalkit.statistics.outcome import LEVEL, Counts, Floats, Interval, Reason, clip

# What rounding errors leave of 0.
TINY = 1e-12

Pooled = Literal["pooled_kappa", "pooled_ac1"]
POOLED: tuple[Pooled, ...] = ("pooled_kappa", "pooled_ac1")

# The rule of `prevalence_paradox`.
MUCH_AGREEMENT = 0.80
LITTLE_BEYOND_CHANCE = 0.60
RARE = 0.20


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """A measure as a function of sums over units.

    `parts` has shape (units, m): what each unit adds. `of` takes sums of shape (…, m) and gives
    observed and expected agreement, each of shape (…), NaN where there is none.
    """

    method: str
    scale: str
    parts: Floats
    of: Callable[[Floats], tuple[Floats, Floats]]

    def figures(self, sums: Floats) -> Floats:
        """The measure for sums of shape (…, m); NaN where it is not defined."""
        observed, expected = self.of(sums)
        return over(observed - expected, 1.0 - expected)

    @property
    def whole(self) -> tuple[float, float, float]:
        """Observed and expected agreement and the measure, over all units; NaN where undefined."""
        sums = self.parts.sum(axis=0)
        observed, expected = self.of(sums)
        return float(observed), float(expected), float(self.figures(sums))


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How a bootstrap was drawn; `undefined` of the `draws` have no figure and were left out."""

    draws: int
    undefined: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A measure of agreement over `units`, with its interval or the reason for none.

    `method` names the measure, `interval.method` how the interval was made. `scale` tells how
    categories were compared. `observed` and `expected` are the agreement that there is and that
    chance would give; for alpha 1 less the disagreement. `null_error` is the standard error if
    there were no agreement beyond chance. An estimate is missing where nothing varies.
    """

    method: str
    scale: str
    interval: Interval
    units: int
    observed: float | None = None
    expected: float | None = None
    null_error: float | None = None
    drawn: Drawn | None = None

    @property
    def estimate(self) -> float | None:
        """The measure, or None."""
        return self.interval.estimate

    @property
    def reason(self) -> Reason | None:
        """Why there is no estimate, or no interval."""
        return self.interval.reason


def over(numerator: Floats | Counts, denominator: Floats | Counts) -> Floats:
    """`numerator` / `denominator`, NaN where the latter is 0 or not there."""
    wide = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    below = np.broadcast_to(denominator, wide)
    there = np.abs(np.nan_to_num(below)) > TINY
    out = np.full(wide, np.nan)
    np.divide(np.broadcast_to(numerator, wide), below, out=out, where=there)
    return out


def known(figure: float) -> float | None:
    """`figure`, or None for NaN."""
    return None if math.isnan(figure) else float(figure)


def undefined(coefficient: Coefficient, units: int, level: float, method: str = "") -> Agreement:
    """The outcome of a measure that is not defined, with the reason."""
    observed, expected, _ = coefficient.whole if units else (math.nan, math.nan, math.nan)
    reason = Reason.NOTHING_VARIES if units else Reason.NO_PAIRS
    return Agreement(
        method=coefficient.method,
        scale=coefficient.scale,
        interval=Interval(method=method or coefficient.method, level=level, reason=reason),
        units=units,
        observed=known(observed),
        expected=known(expected),
    )


def with_error(
    coefficient: Coefficient,
    units: int,
    error: Callable[[float, float], float],
    *,
    quantile: float,
    level: float = LEVEL,
    null_error: float | None = None,
) -> Agreement:
    """The outcome with the interval estimate ± `quantile` × the standard error, within ±1.

    `error` gives the standard error from the expected agreement and the estimate; it is asked only
    where the measure is defined and there are two units.
    """
    observed, expected, estimate = coefficient.whole if units else (math.nan,) * 3
    if math.isnan(estimate):
        return undefined(coefficient, units, level)
    spread = error(expected, estimate) if units > 1 else 0.0
    if spread <= TINY:
        reason = Reason.NO_SPREAD if units > 1 else Reason.ONE_UNIT
        interval = Interval(
            method=coefficient.method, level=level, estimate=estimate, reason=reason
        )
    else:
        reach = quantile * spread
        interval = Interval(
            method=coefficient.method,
            level=level,
            estimate=estimate,
            low=clip(estimate - reach, -1.0, 1.0),
            high=clip(estimate + reach, -1.0, 1.0),
            error=spread,
        )
    return Agreement(
        method=coefficient.method,
        scale=coefficient.scale,
        interval=interval,
        units=units,
        observed=known(observed),
        expected=known(expected),
        null_error=null_error,
    )


def pooled(coefficients: Sequence[Coefficient], method: Pooled, units: int) -> Coefficient:
    """One measure over many codes: mean observed and mean expected agreement over them.

    De Vries, Elliott, Kanouse and Teleki (2008) for kappa. A code that nobody gave (in a sample
    drawn, too) says nothing about agreement and is left out. All rest on the same `units`.
    """
    ends = np.cumsum([each.parts.shape[1] for each in coefficients], dtype=int)[:-1]

    def of(sums: Floats) -> tuple[Floats, Floats]:
        slices = np.split(sums, ends, axis=-1) if coefficients else []
        found = [each.of(part) for each, part in zip(coefficients, slices, strict=True)]
        shape = (len(found), *sums.shape[:-1])
        observed = np.array([each for each, _ in found]).reshape(shape)
        expected = np.array([each for _, each in found]).reshape(shape)
        says = ~np.isnan(over(observed - expected, 1.0 - expected))
        number = says.sum(axis=0)
        return (
            over(np.where(says, observed, 0.0).sum(axis=0), number),
            over(np.where(says, expected, 0.0).sum(axis=0), number),
        )

    parts = [np.zeros((units, 0)), *(each.parts for each in coefficients)]
    return Coefficient(method=method, scale="nominal", parts=np.hstack(parts), of=of)


def prevalence_paradox(
    observed: float | None, estimate: float | None, prevalence: float | None
) -> bool:
    """Whether a low kappa or alpha of a yes/no code may come from its being rare or common alone.

    Feinstein and Cicchetti (1990) saw the paradox but set no limits; these are ours: at least 80 %
    agreement, yet a measure below 0.60, and a code given in at most 20 % (or at least 80 %) of the
    ratings. Chance alone then gives two coders 68 % agreement or more.
    """
    if observed is None or estimate is None or prevalence is None:
        return False
    skewed = min(prevalence, 1 - prevalence) <= RARE + TINY
    return skewed and observed >= MUCH_AGREEMENT - TINY and estimate < LITTLE_BEYOND_CHANCE
