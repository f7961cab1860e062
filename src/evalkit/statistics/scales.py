"""Do several items measure one thing? Cronbach's alpha and how each item goes with the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.outcome import LEVEL, Floats, Interval, Reason, clip


@dataclass(frozen=True, kw_only=True)
class ScaleItem:
    """An item's correlation with the sum of the others, and alpha without the item."""

    item_total: float | None
    item_total_reason: Reason | None
    alpha_if_dropped: float | None
    dropped_reason: Reason | None


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Alpha with its interval, each item in the order given, and how many answers it rests on.

    `left_out` counts the respondents who did not answer all items.
    """

    alpha: Interval
    items: tuple[ScaleItem, ...]
    respondents: int
    left_out: int


def cronbach_alpha(answers: ArrayLike, level: float = LEVEL) -> Reliability:
    """Cronbach's (1951) alpha of `answers`, shape (respondents, items), NaN where one is missing.

    Respondents with a missing answer are left out. The interval is Feldt's (1965):
    1 − (1 − α) F with n − 1 and (n − 1)(k − 1) degrees of freedom, n the respondents and k the
    items; it supposes items of equal variances and correlations, and answers near to normal.
    """
    method = "feldt"
    matrix = np.asarray(answers, dtype=np.float64)
    if matrix.ndim != 2 or np.isinf(matrix).any():
        raise ValueError(f"Numbers in respondents × items are wanted, not shape {matrix.shape}.")
    complete = matrix[~np.isnan(matrix).any(axis=1)]
    n, k = complete.shape
    estimate, reason = _alpha(complete)
    if estimate is None:
        alpha = Interval(method=method, level=level, reason=reason)
    else:
        low, high = feldt_bounds(estimate, n, k, level)
        alpha = Interval(method=method, level=level, estimate=estimate, low=low, high=high)
    return Reliability(
        alpha=alpha,
        items=tuple(_item(complete, index) for index in range(k)),
        respondents=n,
        left_out=len(matrix) - n,
    )


def _alpha(complete: Floats) -> tuple[float | None, Reason | None]:
    n, k = complete.shape
    if k < 2:
        return None, Reason.TOO_FEW_ITEMS
    if n < 2:
        return None, Reason.ONE_ANSWER if n else Reason.NO_ANSWERS
    if (np.ptp(complete, axis=0) == 0).all():
        return None, Reason.ALL_EQUAL
    total = _variance(complete.sum(axis=1))
    if total == 0:
        return None, Reason.NO_TOTAL_VARIANCE
    of_items = sum(_variance(item) for item in complete.T)
    return k / (k - 1) * (1 - of_items / total), None


def _variance(numbers: Floats) -> float:
    """The variance with n − 1; exactly 0 when the numbers are equal but for rounding."""
    if np.ptp(numbers) <= 1e-12 * max(float(np.abs(numbers).max()), 1.0):
        return 0.0
    return float(np.var(numbers, ddof=1))


def feldt_bounds(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Feldt's interval for the alpha of `n` respondents and `k` items."""
    from scipy.stats import f

    tail = (1 - level) / 2
    high, low = f.ppf([tail, 1 - tail], n - 1, (n - 1) * (k - 1))
    return 1 - (1 - alpha) * float(low), 1 - (1 - alpha) * float(high)


def _item(complete: Floats, index: int) -> ScaleItem:
    others = np.delete(complete, index, axis=1)
    correlation, why = _item_total(complete[:, index], others)
    dropped, why_dropped = _alpha(others)
    return ScaleItem(
        item_total=correlation,
        item_total_reason=why,
        alpha_if_dropped=dropped,
        dropped_reason=why_dropped,
    )


def _item_total(item: Floats, others: Floats) -> tuple[float | None, Reason | None]:
    """Pearson's correlation of an item with the sum of the others ("corrected")."""
    if others.shape[1] == 0:
        return None, Reason.TOO_FEW_ITEMS
    if len(item) < 2:
        return None, Reason.ONE_ANSWER if len(item) else Reason.NO_ANSWERS
    total = others.sum(axis=1)
    product = _variance(item) * _variance(total)
    if product == 0:
        return None, Reason.ALL_EQUAL if _variance(item) == 0 else Reason.NO_TOTAL_VARIANCE
    covariance = float(np.cov(item, total, ddof=1)[0, 1])
    return clip(covariance / math.sqrt(product), -1, 1), None
