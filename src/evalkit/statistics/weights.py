"""Weights that make the respondents add up to a known population, and estimates with weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.outcome import LEVEL, Counts, Floats, Interval, Reason

TOLERANCE = 1e-8
ITERATIONS = 1000


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """A weight a respondent, or None and the reason.

    `margins` are the sums of weights by group, an array for each margin, `iterations` the rounds
    over all margins that were made, and `worst` the largest relative distance to a known margin.
    """

    method: str
    weights: Floats | None
    margins: tuple[Floats, ...] = ()
    iterations: int = 0
    worst: float | None = None
    reason: Reason | None = None


def post_stratify(
    strata: ArrayLike, population: ArrayLike, start: ArrayLike | None = None
) -> Weighting:
    """Weights in proportion to `start` (1 if left out) that add to `population` in each stratum.

    `strata` are codes from 0, one a respondent; `population` has one number a stratum (Holt and
    Smith 1979). A stratum of the population without respondents has to be joined to another first.
    """
    return _fitted("post_stratification", [strata], [population], start, TOLERANCE, 2)


def rake(
    groups: Sequence[ArrayLike],
    margins: Sequence[ArrayLike],
    start: ArrayLike | None = None,
    *,
    tolerance: float = TOLERANCE,
    iterations: int = ITERATIONS,
) -> Weighting:
    """Iterative proportional fitting to several margins (Deming and Stephan 1940).

    `groups` are arrays of codes from 0, one a respondent; `margins` the known number in each group
    of each. It ends when no sum of weights is farther from its margin than `tolerance`, as a part
    of the margin. Margins that differ in total by more than that have no solution.
    """
    return _fitted("raking", groups, margins, start, tolerance, iterations)


def _fitted(
    method: str,
    groups: Sequence[ArrayLike],
    margins: Sequence[ArrayLike],
    start: ArrayLike | None,
    tolerance: float,
    iterations: int,
) -> Weighting:
    known = [_amounts(each) for each in margins]
    codes = [_codes(each, len(of)) for each, of in zip(groups, known, strict=True)]
    n = len(codes[0]) if codes else 0
    weights = np.ones(n) if start is None else _amounts(start)
    if any(len(each) != n for each in codes) or len(weights) != n:
        raise ValueError("Groups and weights have one entry a respondent.")
    reason = _unfit(codes, known, weights, tolerance)
    if reason is not None:
        return Weighting(method=method, weights=None, reason=reason)
    done = 0
    worst = _worst(codes, known, weights)
    while worst > tolerance and done < iterations:
        for code, margin in zip(codes, known, strict=True):
            sums = np.bincount(code, weights, minlength=len(margin))
            factor = np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)
            weights = weights * factor[code]
        done += 1
        worst = _worst(codes, known, weights)
    if worst > tolerance:
        return Weighting(
            method=method, weights=None, iterations=done, worst=worst, reason=Reason.NOT_CONVERGED
        )
    reached: tuple[Floats, ...] = tuple(
        np.asarray(np.bincount(code, weights, minlength=len(margin)), dtype=np.float64)
        for code, margin in zip(codes, known, strict=True)
    )
    return Weighting(method=method, weights=weights, margins=reached, iterations=done, worst=worst)


def _unfit(
    codes: list[Counts], known: list[Floats], weights: Floats, tolerance: float
) -> Reason | None:
    if len(weights) == 0:
        return Reason.NO_ANSWERS
    if weights.sum() == 0:
        return Reason.NO_WEIGHT
    totals = [float(each.sum()) for each in known]
    if max(totals) - min(totals) > tolerance * max(totals):
        return Reason.MARGINS_DISAGREE
    for code, margin in zip(codes, known, strict=True):
        if ((np.bincount(code, weights, minlength=len(margin)) == 0) & (margin > 0)).any():
            return Reason.EMPTY_STRATUM
    return Reason.NO_WEIGHT if max(totals) == 0 else None


def _worst(codes: list[Counts], known: list[Floats], weights: Floats) -> float:
    off = 0.0
    for code, margin in zip(codes, known, strict=True):
        sums = np.bincount(code, weights, minlength=len(margin))
        scale = np.where(margin > 0, margin, 1.0)
        off = max(off, float((np.abs(sums - margin) / scale).max()))
    return off


def trim(weights: ArrayLike, low: float = 0.0, high: float = math.inf) -> Weighting:
    """Weights brought within `low` and `high`, with their sum kept.

    What is cut off is shared equally between those that were not cut, again and again until none
    lies outside (Potter 1990; R's `survey::trimWeights` with `strict`).
    """
    method = "trimming"
    made = _amounts(weights)
    n, total = len(made), float(made.sum())
    if n == 0 or total == 0:
        return Weighting(method=method, weights=None, reason=_no_weight(n))
    edge = TOLERANCE * total / n
    if low * n > total + edge or high * n < total - edge:
        return Weighting(method=method, weights=None, reason=Reason.BOUNDS_TOO_NARROW)
    done = 0
    while (outside := (made < low - edge) | (made > high + edge)).any():
        if done == ITERATIONS:
            return Weighting(method=method, weights=None, reason=Reason.NOT_CONVERGED)
        cut = np.clip(made, low, high)
        spare = float((made - cut).sum())
        if outside.all():
            # Some bound holds for all: the sum can only be kept by moving off it.
            outside = cut >= high if spare > 0 else cut <= low
        cut[~outside] += spare / int((~outside).sum())
        made = cut
        done += 1
    return Weighting(method=method, weights=made, iterations=done)


def _no_weight(n: int) -> Reason:
    return Reason.NO_WEIGHT if n else Reason.NO_ANSWERS


@dataclass(frozen=True, kw_only=True)
class Kish:
    """How many equally weighted respondents the weights are worth, and the loss by weighting."""

    n: int
    effective_n: float | None
    design_effect: float | None
    reason: Reason | None = None


def kish(weights: ArrayLike) -> Kish:
    """Kish's (1965, section 11.7) effective n, (Σw)²/Σw², and design effect, n Σw²/(Σw)².

    Respondents of weight 0 do not count.
    """
    given = _amounts(weights)
    given = given[given > 0]
    n = len(given)
    if n == 0:
        reason = _no_weight(np.size(np.asarray(weights)))
        return Kish(n=0, effective_n=None, design_effect=None, reason=reason)
    relative = given / given.max()
    effective = float(relative.sum()) ** 2 / float((relative**2).sum())
    return Kish(n=n, effective_n=effective, design_effect=n / effective)


def weighted_mean(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    population: int | None = None,
    level: float = LEVEL,
) -> Interval:
    """The weighted mean, its standard error by linearisation, and a t interval.

    The error of Σwy/Σw is √((1 − f) n/(n − 1) Σw²(y − ȳ)²)/Σw (Särndal, Swensson and Wretman 1992,
    section 5.7), f = n/population, the degrees of freedom n − 1. The weights are taken as given:
    what post-stratification and raking save in variance is not counted. Respondents of weight 0 do
    not count.
    """
    method = "linearised_t" if population is None else "linearised_t_fpc"
    found = _linearised(method, values, weights, population, level)
    if isinstance(found, Interval):
        return found
    estimate, error, n = found
    reach = _t(n - 1, level) * error
    return Interval(
        method=method,
        level=level,
        estimate=estimate,
        low=estimate - reach,
        high=estimate + reach,
        error=error,
    )


def weighted_proportion(
    yes: ArrayLike,
    weights: ArrayLike,
    *,
    population: int | None = None,
    level: float = LEVEL,
) -> Interval:
    """The weighted share of `yes` (1, or 0 for no), its linearised error, and a logit interval.

    The t interval of the logit, as R's `svyciprop(method = "logit")`. At 0 and 100 % the error is
    0 and there is no interval.
    """
    answers = np.asarray(yes, dtype=np.float64).ravel()
    if not np.isin(answers, (0.0, 1.0)).all():
        raise ValueError("Yes is 1 and no is 0.")
    method = "linearised_logit" if population is None else "linearised_logit_fpc"
    found = _linearised(method, answers, weights, population, level)
    if isinstance(found, Interval):
        return found
    estimate, error, n = found
    reach = _t(n - 1, level) * error / (estimate * (1 - estimate))
    middle = math.log(estimate / (1 - estimate))
    return Interval(
        method=method,
        level=level,
        estimate=estimate,
        low=_logistic(middle - reach),
        high=_logistic(middle + reach),
        error=error,
    )


def _linearised(
    method: str, values: ArrayLike, weights: ArrayLike, population: int | None, level: float
) -> Interval | tuple[float, float, int]:
    """Estimate, standard error and n; or the outcome that says why there is no interval."""
    given = np.asarray(values, dtype=np.float64).ravel()
    amounts = _amounts(weights)
    if given.shape != amounts.shape or not np.isfinite(given).all():
        raise ValueError("One value and one weight a respondent are wanted, none missing.")
    size = len(given)
    given, amounts = given[amounts > 0], amounts[amounts > 0]
    n = len(given)
    if n == 0:
        return Interval(method=method, level=level, reason=_no_weight(size))
    if population is not None and n > population:
        raise ValueError(f"{n} answers of a population of {population}.")
    amounts = amounts / amounts.max()
    equal = np.ptp(given) == 0
    estimate = float(given[0]) if equal else float(amounts @ given / amounts.sum())
    reason = None
    if population is not None and n == population:
        reason = Reason.EVERYBODY_ANSWERED
    elif n == 1:
        reason = Reason.ONE_ANSWER
    elif equal:
        reason = Reason.ALL_EQUAL
    if reason is not None:
        return Interval(method=method, level=level, estimate=estimate, reason=reason)
    left = 1.0 if population is None else 1 - n / population
    squares = float((amounts**2 * (given - estimate) ** 2).sum())
    error = math.sqrt(left * n / (n - 1) * squares) / float(amounts.sum())
    return estimate, error, n


def _t(df: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2))


def _logistic(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-min(value, 700.0)))
    scaled = math.exp(max(value, -700.0))
    return scaled / (1 + scaled)


def _amounts(numbers: ArrayLike) -> Floats:
    amounts = np.array(numbers, dtype=np.float64).ravel()
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise ValueError("Weights and margins are finite numbers from 0 up.")
    return amounts


def _codes(given: ArrayLike, size: int) -> Counts:
    array = np.asarray(given).ravel()
    codes: Counts = array.astype(np.int64)
    if (codes != array).any() or ((codes < 0) | (codes >= size)).any():
        raise ValueError(f"Groups are coded from 0 to {size - 1}.")
    return codes
