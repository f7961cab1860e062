"""Krippendorff's alpha: any number of coders, missing ratings, any distance between categories."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics import distances
from evalkit.statistics.agreement import Agreement, Coefficient, over, undefined
from evalkit.statistics.bootstrap import DRAWS, SEED, Way, bootstrap
from evalkit.statistics.outcome import LEVEL, Counts, Floats, counts_table

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(
    counts: ArrayLike,
    metric: Metric | ArrayLike = "nominal",
    values: ArrayLike | None = None,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
    way: Way = "percentile",
) -> Agreement:
    """Alpha (Krippendorff 2019) of `counts`, shape (units, categories), with a bootstrap interval.

    `metric` is one of Krippendorff's four, or a matrix of distances between the categories (such
    as `distances.masi` of sets), which is taken as it is, not squared. `values` are the categories'
    numbers for an interval or a ratio scale. A unit with one rating says nothing and is left out.
    """
    table = counts_table(counts)
    coefficient = alpha(table[table.sum(axis=1) > 1], metric, values)
    units = len(coefficient.parts)
    if not units:
        return undefined(coefficient, 0, level)
    return bootstrap([coefficient], level=level, draws=draws, seed=seed, way=way)[0]


def alpha(
    counts: Counts,
    metric: Metric | ArrayLike = "nominal",
    values: ArrayLike | None = None,
    scale: str = "",
) -> Coefficient:
    """Alpha as a function of sums over units, of which each has two ratings or more."""
    size = counts.shape[1]
    raters = counts.sum(axis=1)
    if (raters < 2).any():
        raise ValueError("Units with fewer than two ratings are left out before.")
    name = scale or (metric if isinstance(metric, str) else "given")
    if isinstance(metric, str) and metric == "ordinal":
        return Coefficient(
            method="krippendorff_alpha",
            scale=name,
            parts=_coincidences(counts),
            of=lambda sums: _ordinal(sums, size),
        )
    apart = _distances(metric, values, size)
    apart = apart / (apart.max(initial=0.0) or 1.0)
    within = ((counts @ apart) * counts).sum(axis=1) / (raters - 1)
    return Coefficient(
        method="krippendorff_alpha",
        scale=name,
        parts=np.column_stack([within, counts]).astype(np.float64),
        of=lambda sums: _alpha(sums, apart),
    )


def _distances(metric: Metric | ArrayLike, values: ArrayLike | None, size: int) -> Floats:
    if not isinstance(metric, str):
        return distances.given_distances(metric, size)
    if metric == "nominal":
        return distances.nominal(size)
    if metric not in {"interval", "ratio"}:
        raise ValueError(f"There is no metric of the name {metric}.")
    scores = np.asarray([] if values is None else values, dtype=np.float64)
    if scores.shape != (size,):
        raise ValueError("An interval or ratio scale needs the number of each category.")
    return distances.interval(scores) if metric == "interval" else distances.ratio(scores)


def _alpha(sums: Floats, apart: Floats) -> tuple[Floats, Floats]:
    """1 − observed and 1 − expected disagreement, as parts of the largest distance."""
    values = sums[..., 1:]
    n = values.sum(axis=-1)
    between = ((values @ apart) * values).sum(axis=-1)
    return 1.0 - over(sums[..., 0], n), 1.0 - over(between, n * (n - 1))


def _coincidences(counts: Counts) -> Floats:
    """Each unit's pairs of values, both ways, each worth 1/(ratings − 1); shape (units, q²)."""
    pairs = counts[:, :, np.newaxis] * counts[:, np.newaxis, :]
    size = counts.shape[1]
    diagonal = np.arange(size)
    pairs[:, diagonal, diagonal] -= counts
    worth = (counts.sum(axis=1) - 1)[:, np.newaxis, np.newaxis]
    return np.asarray(pairs / worth, dtype=np.float64).reshape(len(counts), size * size)


def _ordinal(sums: Floats, size: int) -> tuple[Floats, Floats]:
    """The ordinal distance counts the values that lie between: it is that of mean ranks, squared.

    So it depends on how often the values were given, and is worked out anew for each sample.
    """
    pairs = sums.reshape(*sums.shape[:-1], size, size)
    values = pairs.sum(axis=-1)
    n = values.sum(axis=-1)
    ranks = over(np.cumsum(values, axis=-1) - values / 2, n[..., np.newaxis])
    apart = (ranks[..., :, np.newaxis] - ranks[..., np.newaxis, :]) ** 2
    together = values[..., :, np.newaxis] * values[..., np.newaxis, :]
    within = (pairs * apart).sum(axis=(-2, -1))
    between = (together * apart).sum(axis=(-2, -1))
    return 1.0 - over(within, n), 1.0 - over(between, n * (n - 1))
