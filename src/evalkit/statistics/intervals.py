"""How sure a proportion, a mean or a difference of two is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics.outcome import LEVEL, Floats, Interval, Reason, clip, whole_counts

ProportionMethod = Literal["wilson", "clopper_pearson", "agresti_coull", "jeffreys"]


def normal_quantile(level: float) -> float:
    """The z that a standard normal variable keeps within ±z with probability `level`."""
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"The level is {level}; it lies between 0 and 1.")
    return float(ndtri(0.5 + level / 2))


def proportion(
    yes: int, answered: int, level: float = LEVEL, method: ProportionMethod = "wilson"
) -> Interval:
    """The share `yes` of `answered`, who are a sample of many.

    `wilson` (E. B. Wilson 1927, without continuity correction) is the default;
    `clopper_pearson` (1934) is never below its level and wide; `agresti_coull` (1998);
    `jeffreys` (Brown, Cai and DasGupta 2001: equal tails of Beta(yes + ½, no + ½), with 0 as the
    lower bound of 0 % and 1 as the upper bound of 100 %).
    """
    _check_part(yes, answered)
    if answered == 0:
        return Interval(method=method, level=level, reason=Reason.NO_ANSWERS)
    low, high = _PROPORTION[method](yes, answered, level)
    estimate = yes / answered
    return Interval(
        method=method,
        level=level,
        estimate=estimate,
        low=clip(low, 0, estimate),
        high=clip(high, estimate, 1),
    )


def wilson_bounds(
    share: NDArray[np.float64] | float, n: NDArray[np.float64] | float, z: float
) -> tuple[Floats, Floats]:
    """Wilson's (1927) bounds for a share of n answers; arrays of one shape, n above 0."""
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    middle = share + z * z / (2 * n)
    reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return np.where(share <= 0, 0.0, low), np.where(share >= 1, 1.0, high)


def _wilson(yes: int, answered: int, level: float) -> tuple[float, float]:
    low, high = wilson_bounds(yes / answered, answered, normal_quantile(level))
    return float(low), float(high)


def _clopper_pearson(yes: int, answered: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    no = answered - yes
    low = float(betaincinv(yes, no + 1, tail)) if yes else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no else 1.0
    return low, high


def _agresti_coull(yes: int, answered: int, level: float) -> tuple[float, float]:
    z = normal_quantile(level)
    n = answered + z * z
    share = (yes + z * z / 2) / n
    reach = z * math.sqrt(share * (1 - share) / n)
    return max(share - reach, 0.0), min(share + reach, 1.0)


def _jeffreys(yes: int, answered: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    no = answered - yes
    low = float(betaincinv(yes + 0.5, no + 0.5, tail)) if yes else 0.0
    high = float(betaincinv(yes + 0.5, no + 0.5, 1 - tail)) if no else 1.0
    return low, high


_PROPORTION: dict[str, Callable[[int, int, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper_pearson": _clopper_pearson,
    "agresti_coull": _agresti_coull,
    "jeffreys": _jeffreys,
}


def mean(
    values: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    population: int | None = None,
    level: float = LEVEL,
) -> Interval:
    """The mean of `values`, each given by `counts` respondents (one each if left out).

    Student's t interval; with a known `population` the standard error has the finite-population
    correction √(1 − n/N) (Cochran 1977, section 2.6). It supposes that those who did not answer are
    missing at random.
    """
    method = "t" if population is None else "t_fpc"
    n, average, variance = moments(values, counts)
    if population is not None and n > population:
        raise ValueError(f"{n} answers of a population of {population}.")
    if n == 0:
        return Interval(method=method, level=level, reason=Reason.NO_ANSWERS)
    reason = None
    if population is not None and n == population:
        reason = Reason.EVERYBODY_ANSWERED
    elif n == 1:
        reason = Reason.ONE_ANSWER
    elif variance == 0:
        reason = Reason.ALL_EQUAL
    if reason is not None:
        return Interval(method=method, level=level, estimate=average, reason=reason)
    share_left = 1.0 if population is None else 1 - n / population
    error = math.sqrt(variance / n * share_left)
    return _t_interval(method, level, average, error, n - 1)


def moments(values: ArrayLike, counts: ArrayLike | None = None) -> tuple[int, float, float]:
    """Number of answers, mean, and variance with n − 1; 0 where there are too few."""
    given = np.asarray(values, dtype=np.float64).ravel()
    often = np.ones(given.shape, np.int64) if counts is None else whole_counts(counts).ravel()
    if given.shape != often.shape:
        raise ValueError(f"{given.size} values and {often.size} counts.")
    given, often = given[often > 0], often[often > 0]
    if not np.isfinite(given).all():
        raise ValueError("A value is missing or not finite; leave it out before.")
    n = int(often.sum())
    if n == 0:
        return 0, 0.0, 0.0
    if len(np.unique(given)) == 1:
        return n, float(given[0]), 0.0
    average = float(np.dot(given, often) / n)
    return n, average, float(np.dot((given - average) ** 2, often) / (n - 1))


def _t_interval(method: str, level: float, estimate: float, error: float, df: float) -> Interval:
    from scipy.special import stdtrit

    reach = float(stdtrit(df, 0.5 + level / 2)) * error
    return Interval(
        method=method,
        level=level,
        estimate=estimate,
        low=estimate - reach,
        high=estimate + reach,
        error=error,
    )


def difference_of_proportions(
    yes: tuple[int, int], answered: tuple[int, int], level: float = LEVEL
) -> Interval:
    """The first share less the second, of two groups that do not overlap.

    Newcombe (1998, Statistics in Medicine 17: 873–890), method 10: Wilson's bounds of each share,
    squared and added, without continuity correction.
    """
    method = "newcombe"
    for part, whole in zip(yes, answered, strict=True):
        _check_part(part, whole)
    if 0 in answered:
        return Interval(method=method, level=level, reason=Reason.EMPTY_GROUP)
    first, second = yes[0] / answered[0], yes[1] / answered[1]
    low, high = _square_and_add((first, second), answered, 0.0, level)
    return Interval(method=method, level=level, estimate=first - second, low=low, high=high)


def difference_of_paired_proportions(table: ArrayLike, level: float = LEVEL) -> Interval:
    """The share of yes at the first time less that at the second, of the same respondents.

    `table` is [[yes yes, yes no], [no yes, no no]] with the first time in the rows. Newcombe (1998,
    Statistics in Medicine 17: 2635–2650), method 10: as for two groups, with the correlation φ of
    the two answers, which is taken nearer to 0 when it is positive.
    """
    method = "newcombe_paired"
    cells = whole_counts(table)
    if cells.shape != (2, 2):
        raise ValueError(f"A table of two by two is wanted, not {cells.shape}.")
    (a, b), (c, d) = cells.tolist()
    n = a + b + c + d
    if n == 0:
        return Interval(method=method, level=level, reason=Reason.NO_ANSWERS)
    shares = ((a + b) / n, (a + c) / n)
    low, high = _square_and_add(shares, (n, n), _newcombe_phi(a, b, c, d), level)
    return Interval(method=method, level=level, estimate=(b - c) / n, low=low, high=high)


def _newcombe_phi(a: int, b: int, c: int, d: int) -> float:
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    product = float(a * d - b * c)
    if product > 0:
        product = max(product - (a + b + c + d) / 2, 0.0)
    return product / math.sqrt(margins)


def _square_and_add(
    shares: tuple[float, float], answered: tuple[int, int], phi: float, level: float
) -> tuple[float, float]:
    low, high = wilson_bounds(
        np.array(shares), np.array(answered, dtype=float), normal_quantile(level)
    )
    down = (shares[0] - low[0], high[1] - shares[1])
    up = (high[0] - shares[0], shares[1] - low[1])
    reach = [
        math.sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))
        for one, other in (down, up)
    ]
    difference = shares[0] - shares[1]
    return clip(difference - reach[0], -1, 1), clip(difference + reach[1], -1, 1)


def difference_of_means(
    first: tuple[ArrayLike, ArrayLike | None],
    second: tuple[ArrayLike, ArrayLike | None],
    level: float = LEVEL,
) -> Interval:
    """The mean of the first group less that of the second; each is (values, counts or None).

    Welch (1947) with the degrees of freedom of Satterthwaite (1946). For the same respondents
    twice, give their differences to `mean`.
    """
    method = "welch"
    (n1, mean1, var1), (n2, mean2, var2) = moments(*first), moments(*second)
    if 0 in {n1, n2}:
        return Interval(method=method, level=level, reason=Reason.EMPTY_GROUP)
    estimate = mean1 - mean2
    if 1 in {n1, n2}:
        return Interval(method=method, level=level, estimate=estimate, reason=Reason.ONE_ANSWER)
    one, two = var1 / n1, var2 / n2
    if one + two == 0:
        return Interval(method=method, level=level, estimate=estimate, reason=Reason.ALL_EQUAL)
    df = (one + two) ** 2 / (one**2 / (n1 - 1) + two**2 / (n2 - 1))
    return _t_interval(method, level, estimate, math.sqrt(one + two), df)


def _check_part(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share.")
