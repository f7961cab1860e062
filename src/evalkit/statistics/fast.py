"""Every unit against the rest, for all items at once: arrays in, arrays out, no loop over units.

Counts have the shape (…, units, levels): levels in their order, whatever there is before the units
(items, rounds) is kept. The rest of a unit is the whole less the unit, so that the two do not
overlap; the whole is the sum of the units, unless respondents without a unit make it larger.
Approximate p: with few answers in a unit, take that unit's exact test from `ranks` or `two_way`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics.intervals import normal_quantile, wilson_bounds
from evalkit.statistics.outcome import LEVEL, Counts, Floats, Reason, whole_counts

Masked: TypeAlias = np.ma.MaskedArray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class EveryUnit:
    """Figures of shape (…, units), masked where `reason` (a key of `Reason`, else empty) says why.

    `effect` is the method's own: Cramér's V, Cliff's delta of the unit over the rest, or the
    difference of the shares, which alone has `low` and `high`. `smallest_expected` is that of the
    chi-square table.
    """

    method: str
    statistic: Masked
    p: Masked
    effect: Masked
    reason: NDArray[np.str_]
    df: Masked | None = None
    low: Masked | None = None
    high: Masked | None = None
    smallest_expected: Masked | None = None


def chi_square(counts: ArrayLike, whole: ArrayLike | None = None) -> EveryUnit:
    """Pearson's chi-square of each unit's answers against the rest's, uncorrected.

    Levels that nobody of the whole chose are left out of the degrees of freedom.
    """
    from scipy.special import chdtrc

    units, total = _with_whole(counts, whole)
    n = units.sum(axis=-1, dtype=np.float64)
    of_all = total.sum(axis=-1, dtype=np.float64)
    rest = of_all - n
    used = total > 0
    reason = _reasons(n, rest, used.sum(axis=-1) < 2)
    there = reason == ""
    safe = np.where(there, n * rest, 1.0)
    expected = n[..., None] * total / np.where(of_all > 0, of_all, 1.0)[..., None]
    distance = (units - expected) ** 2 / np.where(used, total, 1)
    statistic = distance.sum(axis=-1) * of_all**2 / safe
    df = np.broadcast_to(used.sum(axis=-1) - 1.0, n.shape)
    smaller = np.minimum(n, rest) / np.where(of_all > 0, of_all, 1.0)
    least = np.where(used, total, np.iinfo(np.int64).max).min(axis=-1) * smaller
    return EveryUnit(
        method="chi_square",
        statistic=_masked(statistic, there),
        p=_masked(chdtrc(np.maximum(df, 1.0), statistic), there),
        effect=_masked(np.sqrt(statistic / np.where(there, of_all, 1.0)), there),
        reason=reason,
        df=_masked(df, there),
        smallest_expected=_masked(least, there),
    )


def mann_whitney(
    counts: ArrayLike, whole: ArrayLike | None = None, *, corrected: bool = True
) -> EveryUnit:
    """Mann and Whitney's test of each unit's ordered answers against the rest's, normal with ties.

    Unit and rest together are the whole, so all units have the same midranks. `statistic` is z.
    """
    from scipy.special import ndtr

    units, total = _with_whole(counts, whole)
    n = units.sum(axis=-1, dtype=np.float64)
    of_all = total.sum(axis=-1, dtype=np.float64)
    rest = of_all - n
    reason = _reasons(n, rest, (total > 0).sum(axis=-1) < 2)
    there = reason == ""
    size = np.where(there, of_all, 2.0)
    ranks = np.cumsum(total, axis=-1) - (total - 1) / 2
    rank_sum = (units * ranks).sum(axis=-1)
    distance = rank_sum - n * (of_all + 1) / 2
    often = total.astype(np.float64)
    ties = (often**3 - often).sum(axis=-1)
    variance = n * rest / 12 * (size + 1 - ties / (size * (size - 1)))
    spread = np.sqrt(np.where(there, variance, 1.0))
    reach = np.maximum(np.abs(distance) - (0.5 if corrected else 0.0), 0.0)
    z = np.copysign(reach, distance) / spread
    delta = 2 * distance / np.where(there, n * rest, 1.0)
    return EveryUnit(
        method="mann_whitney",
        statistic=_masked(z, there),
        p=_masked(2 * ndtr(-np.abs(z)), there),
        effect=_masked(delta, there),
        reason=reason,
    )


def proportions(
    yes: ArrayLike,
    answered: ArrayLike,
    whole: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = LEVEL,
) -> EveryUnit:
    """Each unit's share of yes less the rest's: pooled z, and Newcombe's interval (method 10).

    `yes` and `answered` have the shape (…, units); `whole` is (yes, answered) of the whole. An
    interval is given where there is a test.
    """
    from scipy.special import ndtr

    part, base = whole_counts(yes), whole_counts(answered)
    if part.shape != base.shape or (part > base).any():
        raise ValueError("Each unit has as many yes as answers, or fewer.")
    of_whole = (None, None) if whole is None else whole
    x, all_yes = _shares_with_whole(part, of_whole[0])
    n, all_n = _shares_with_whole(base, of_whole[1])
    other_x, other_n = all_yes - x, all_n - n
    if (other_x > other_n).any():
        raise ValueError("The rest has as many yes as answers, or fewer.")
    reason = _reasons(n, other_n, (all_yes == 0) | (all_yes == all_n))
    there = reason == ""
    n, other_n = np.where(there, n, 1.0), np.where(there, other_n, 1.0)
    share, other = np.where(there, x, 0.0) / n, np.where(there, other_x, 0.0) / other_n
    pooled = np.broadcast_to(all_yes / np.where(all_n > 0, all_n, 1.0), share.shape)
    variance = pooled * (1 - pooled) * (1 / n + 1 / other_n)
    z = (share - other) / np.sqrt(np.where(there, variance, 1.0))
    quantile = normal_quantile(level)
    low1, high1 = wilson_bounds(share, n, quantile)
    low2, high2 = wilson_bounds(other, other_n, quantile)
    difference = share - other
    low = difference - np.hypot(share - low1, high2 - other)
    high = difference + np.hypot(high1 - share, other - low2)
    return EveryUnit(
        method="two_proportions_z",
        statistic=_masked(z, there),
        p=_masked(2 * ndtr(-np.abs(z)), there),
        effect=_masked(difference, there),
        reason=reason,
        low=_masked(np.clip(low, -1, 1), there),
        high=_masked(np.clip(high, -1, 1), there),
    )


def _with_whole(counts: ArrayLike, whole: ArrayLike | None) -> tuple[Counts, Counts]:
    """Units, and the whole of shape (…, 1, levels)."""
    units = whole_counts(counts)
    if units.ndim < 2:
        raise ValueError(f"Counts of units × levels are wanted, not shape {units.shape}.")
    if whole is None:
        total: Counts = units.sum(axis=-2, keepdims=True)
        return units, total
    total = whole_counts(whole)[..., None, :]
    if total.shape != (*units.shape[:-2], 1, units.shape[-1]) or (units > total).any():
        raise ValueError("The whole has a unit's shape, and is nowhere smaller than a unit.")
    return units, total


def _shares_with_whole(counts: Counts, whole: ArrayLike | None) -> tuple[Floats, Floats]:
    """Counts of shape (…, units), and the whole of shape (…, 1)."""
    of_whole = None if whole is None else np.asarray(whole)[..., None]
    units, total = _with_whole(counts[..., None], of_whole)
    return units[..., 0].astype(np.float64), total[..., 0].astype(np.float64)


def _reasons(n: Floats, rest: Floats, equal: NDArray[np.bool_]) -> NDArray[np.str_]:
    keys = np.full(n.shape, "", dtype="U32")
    keys[np.broadcast_to(equal, n.shape)] = Reason.ALL_EQUAL.value
    keys[(n == 0) | (rest == 0)] = Reason.EMPTY_GROUP.value
    keys[(n == 0) & (rest == 0)] = Reason.NO_ANSWERS.value
    return keys


def _masked(figures: Floats, there: NDArray[np.bool_]) -> Masked:
    """Where there is no figure, no number stands behind the mask either."""
    kept = np.where(there, figures, 0.0)
    return np.ma.MaskedArray(kept, mask=~there)
