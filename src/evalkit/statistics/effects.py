"""How far the ordered answers of two groups, or of two times, lie apart."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.intervals import normal_quantile
from evalkit.statistics.outcome import (
    LEVEL,
    Counts,
    Floats,
    Interval,
    Reason,
    clip,
    counts_table,
)
from evalkit.statistics.ranks import Zeros, twice_midranks
from evalkit.statistics.two_way import linear_by_linear


def cliffs_delta(table: ArrayLike, level: float = LEVEL) -> Interval:
    """P(first higher) − P(second higher), of two groups in rows and ordered answers in columns.

    Cliff (1993) with his unbiased variance and his asymmetric interval, at the t of n₁ + n₂ − 2
    degrees of freedom (Feng and Cliff 2004). There is no interval where the groups do not overlap
    at all: the variance is then 0.
    """
    method = "cliffs_delta"
    cells = counts_table(table, rows=2)
    n1, n2 = (int(each) for each in cells.sum(axis=1))
    if 0 in {n1, n2}:
        reason = Reason.EMPTY_GROUP if n1 or n2 else Reason.NO_ANSWERS
        return Interval(method=method, level=level, reason=reason)
    delta, rows, columns = _dominance(cells)
    if 1 in {n1, n2}:
        return Interval(method=method, level=level, estimate=delta, reason=Reason.ONE_ANSWER)
    if int((cells.sum(axis=0) > 0).sum()) < 2:
        return Interval(method=method, level=level, estimate=delta, reason=Reason.ALL_EQUAL)
    of_rows = float(((rows - delta) ** 2) @ cells[0])
    of_columns = float(((columns - delta) ** 2) @ cells[1])
    ties = float((cells[0] * cells[1]).sum()) / (n1 * n2)
    all_pairs = n1 * n2 * (1 - ties - delta * delta)
    variance = n2 * n2 * of_rows + n1 * n1 * of_columns - all_pairs
    variance /= n1 * n2 * (n1 - 1) * (n2 - 1)
    # Cliff's floor: the unbiased estimate can come out below 0.
    variance = max(variance, (1 - delta * delta) / (n1 * n2 - 1))
    if 1 - abs(delta) < 1e-12:
        return Interval(method=method, level=level, estimate=delta, reason=Reason.EXTREME)
    low, high = _cliff_bounds(delta, variance, n1 + n2 - 2, level)
    return Interval(
        method=method,
        level=level,
        estimate=delta,
        low=low,
        high=high,
        error=math.sqrt(variance),
    )


def _dominance(cells: Counts) -> tuple[float, Floats, Floats]:
    """δ; of each level the mean dominance of a first-group answer, and over a second-group one."""
    first, second = cells
    below = np.cumsum(second) - second
    above = second.sum() - below - second
    rows = (below - above) / second.sum()
    columns = ((first.sum() - np.cumsum(first)) - (np.cumsum(first) - first)) / first.sum()
    return clip(float(rows @ first) / int(first.sum()), -1, 1), rows, columns


def _cliff_bounds(delta: float, variance: float, df: int, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    t = float(stdtrit(df, 0.5 + level / 2))
    spread = t * t * variance
    reach = t * math.sqrt(variance) * math.sqrt((1 - delta * delta) ** 2 + spread)
    below = 1 - delta * delta + spread
    middle = delta - delta**3
    return clip((middle - reach) / below, -1, 1), clip((middle + reach) / below, -1, 1)


def rank_biserial(table: ArrayLike, level: float = LEVEL) -> Interval:
    """The rank-biserial correlation of two groups (Wendt 1972), which is Cliff's delta.

    The interval is Fisher's z with the variance of the Mann–Whitney statistic under no difference,
    √((n₁ + n₂ + 1)/(3 n₁ n₂)), as in R's `effectsize`: simple, and rough when there is a
    difference or many ties. Prefer `cliffs_delta`.
    """
    method = "rank_biserial"
    found = cliffs_delta(table, level)
    n1, n2 = (int(each) for each in counts_table(table, rows=2).sum(axis=1))
    if found.estimate is None or found.reason is Reason.ALL_EQUAL:
        return Interval(method=method, level=level, estimate=found.estimate, reason=found.reason)
    return _fisher_z(method, level, found.estimate, math.sqrt((n1 + n2 + 1) / (3 * n1 * n2)))


def matched_rank_biserial(
    differences: ArrayLike, *, zeros: Zeros = "pratt", level: float = LEVEL
) -> Interval:
    """(R₊ − R₋)/(R₊ + R₋) of the signed ranks of paired `differences` (Kerby 2014).

    Fisher's z with the variance of the signed-rank sum under no difference, as in `effectsize`,
    whose `zeros` are dropped.
    """
    method = f"matched_rank_biserial_{zeros}"
    given = np.asarray(differences, dtype=np.float64).ravel()
    if not np.isfinite(given).all():
        raise ValueError("A difference is missing or not finite; leave the pair out before.")
    changed = given[given != 0]
    n = len(changed)
    if n == 0:
        reason = Reason.NO_CHANGE if len(given) else Reason.NO_ANSWERS
        return Interval(method=method, level=level, reason=reason)
    _, which, levels = np.unique(np.abs(changed), return_inverse=True, return_counts=True)
    ranks = twice_midranks(levels)[which] + (2 * (len(given) - n) if zeros == "pratt" else 0)
    r = float((np.sign(changed) * ranks).sum() / ranks.sum())
    pairs = n * (n + 1)
    return _fisher_z(method, level, r, math.sqrt(pairs * (2 * n + 1) / 6) / (pairs / 2))


def _fisher_z(method: str, level: float, r: float, error: float) -> Interval:
    if 1 - abs(r) < 1e-12:
        return Interval(method=method, level=level, estimate=clip(r, -1, 1), reason=Reason.EXTREME)
    reach = normal_quantile(level) * error
    middle = math.atanh(r)
    return Interval(
        method=method,
        level=level,
        estimate=r,
        low=math.tanh(middle - reach),
        high=math.tanh(middle + reach),
    )


def score_correlation(table: ArrayLike, level: float = LEVEL) -> Interval:
    """The correlation r of two ordered variables with the scores 1, 2, … of `linear_by_linear`.

    Fisher's z with 1/√(n − 3): good where both are near to normal, rough with few answers.
    """
    method = "score_correlation"
    test = linear_by_linear(table, exact=False)
    if test.z is None:
        return Interval(method=method, level=level, reason=test.reason)
    r = clip(test.z / math.sqrt(test.n - 1), -1, 1)
    if test.n < 4:
        return Interval(method=method, level=level, estimate=r, reason=Reason.TOO_FEW_ANSWERS)
    return _fisher_z(method, level, r, 1 / math.sqrt(test.n - 3))
