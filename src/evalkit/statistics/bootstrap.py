"""Intervals by drawing units anew: the bootstrap of measures that are functions of sums.

Efron and Tibshirani (1993): as many units as there are, drawn with replacement, from which the
measure is worked out again. A draw in which it is not defined (nothing varies) is left out and
counted; above one in ten there is no interval. All measures that are given together see the same
draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from evalkit.statistics.agreement import TINY, Agreement, Coefficient, Drawn, known, undefined
from evalkit.statistics.outcome import LEVEL, Floats, Interval, Reason

Way = Literal["percentile", "bca"]

DRAWS = 2000
SEED = 2012
MOST_UNDEFINED = 0.1
# How many cells (draws × units) are drawn at a time, so that memory stays small.
BLOCK = 2_000_000


def bootstrap(
    coefficients: Sequence[Coefficient],
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
    way: Way = "percentile",
) -> tuple[Agreement, ...]:
    """Each measure with its interval over units, by percentiles or corrected for bias (BCa).

    BCa is Efron's (1987), with the acceleration from the jackknife. The standard error is the
    standard deviation over the draws. ValueError if the measures rest on different units.
    """
    if way not in {"percentile", "bca"}:
        raise ValueError(f"There is no bootstrap of the name {way}.")
    units = {len(each.parts) for each in coefficients}
    if len(units) > 1:
        raise ValueError("Measures that are drawn together rest on the same units.")
    n = units.pop() if units else 0
    if n < 2:
        return tuple(_without_draws(each, n, level, way) for each in coefficients)
    sums = _drawn_sums(np.hstack([each.parts for each in coefficients]), draws, seed)
    ends = np.cumsum([each.parts.shape[1] for each in coefficients])[:-1]
    return tuple(
        _outcome(each, each.figures(own), level, seed, way)
        for each, own in zip(coefficients, np.split(sums, ends, axis=1), strict=True)
    )


def _drawn_sums(parts: Floats, draws: int, seed: int) -> Floats:
    """Sums over units drawn with replacement, shape (draws, m)."""
    units = len(parts)
    generator = np.random.default_rng(seed)
    chance = np.full(units, 1 / units)
    size = max(BLOCK // units, 1)
    blocks = [
        generator.multinomial(units, chance, min(size, draws - start)) @ parts
        for start in range(0, draws, size)
    ]
    return np.vstack(blocks)


def _without_draws(coefficient: Coefficient, units: int, level: float, way: Way) -> Agreement:
    method = f"bootstrap_{way}"
    observed, expected, estimate = coefficient.whole
    if not units or known(estimate) is None:
        return undefined(coefficient, units, level, method)
    interval = Interval(method=method, level=level, estimate=estimate, reason=Reason.ONE_UNIT)
    return _agreement(coefficient, interval, observed, expected, None)


def _outcome(
    coefficient: Coefficient, drawn: Floats, level: float, seed: int, way: Way
) -> Agreement:
    method = f"bootstrap_{way}"
    observed, expected, estimate = coefficient.whole
    if known(estimate) is None:
        return undefined(coefficient, len(coefficient.parts), level, method)
    there = drawn[~np.isnan(drawn)]
    how = Drawn(draws=len(drawn), undefined=len(drawn) - len(there), seed=seed)
    bounds = _bounds(coefficient, there, len(drawn), estimate, level, way)
    if isinstance(bounds, Reason):
        interval = Interval(method=method, level=level, estimate=estimate, reason=bounds)
    else:
        low, high = bounds
        interval = Interval(
            method=method,
            level=level,
            estimate=estimate,
            low=low,
            high=high,
            error=float(np.std(there, ddof=1)),
        )
    return _agreement(coefficient, interval, observed, expected, how)


def _bounds(
    coefficient: Coefficient, there: Floats, draws: int, estimate: float, level: float, way: Way
) -> tuple[float, float] | Reason:
    if len(there) < 2 or draws - len(there) > MOST_UNDEFINED * draws:
        return Reason.UNDEFINED_DRAWS
    if np.ptp(there) <= TINY:
        return Reason.NO_SPREAD
    tails = ((1 - level) / 2, (1 + level) / 2)
    if way == "bca":
        moved = _bca_tails(coefficient, there, estimate, tails)
        if moved is None:
            return Reason.EXTREME
        tails = moved
    low, high = np.quantile(there, tails)
    return float(low), float(high)


def _bca_tails(
    coefficient: Coefficient, there: Floats, estimate: float, tails: tuple[float, float]
) -> tuple[float, float] | None:
    """The tails moved by bias and acceleration; None where the estimate is beyond all draws."""
    from scipy.special import ndtr, ndtri

    below = float((there < estimate - TINY).mean() + (there <= estimate + TINY).mean()) / 2
    without = coefficient.figures(coefficient.parts.sum(axis=0) - coefficient.parts)
    without = without[~np.isnan(without)]
    if below in {0.0, 1.0} or not len(without):
        return None
    away = without.mean() - without
    square = float((away**2).sum())
    pace = float((away**3).sum()) / (6 * square**1.5) if square > TINY else 0.0
    bias = float(ndtri(below))

    def moved(tail: float) -> float:
        z = bias + float(ndtri(tail))
        return float(ndtr(bias + z / (1 - pace * z)))

    return moved(tails[0]), moved(tails[1])


def _agreement(
    coefficient: Coefficient,
    interval: Interval,
    observed: float,
    expected: float,
    drawn: Drawn | None,
) -> Agreement:
    return Agreement(
        method=coefficient.method,
        scale=coefficient.scale,
        interval=interval,
        units=len(coefficient.parts),
        observed=known(observed),
        expected=known(expected),
        drawn=drawn,
    )
