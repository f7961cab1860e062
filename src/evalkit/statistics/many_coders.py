"""Agreement of two or more coders, of whom not all need to have coded every unit.

`counts` has shape (units, categories): how many coders put a unit into a category. Missing ratings
are treated as Gwet (2014) does: observed agreement is the mean over units with two ratings or more,
what chance would give comes from all units with a rating. Standard errors are his, linearised,
with t and n − 1 degrees of freedom, n the units with a rating.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.agreement import TINY, Agreement, Coefficient, over, with_error
from evalkit.statistics.distances import Weights, agreement_weights
from evalkit.statistics.outcome import LEVEL, Counts, Floats, Interval, Reason, counts_table
from evalkit.statistics.ratings import MISSING, Ratings


def percent_agreement(
    counts: ArrayLike, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """The share of pairs of coders that agree, as a mean over units. Chance is not counted off."""
    table, matrix = _given(counts, weights)
    coefficient = percent(table, matrix, _scale(weights))
    return _with_gwets_error(coefficient, table, np.zeros(len(table)), level)


def fleiss_kappa(
    counts: ArrayLike, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """Fleiss' (1971) kappa for many coders, who need not be the same for each unit.

    Where each unit has as many ratings, `null_error` is that of Fleiss, Nee and Landis (1979).
    """
    table, matrix = _given(counts, weights)
    coefficient = fleiss(table, matrix, _scale(weights))
    chance = _chosen(table) @ (matrix @ _chosen(table).mean(axis=0)) if len(table) else np.empty(0)
    null = _null_error(table) if isinstance(weights, str) and weights == "nominal" else None
    return _with_gwets_error(coefficient, table, 2 * chance, level, null)


def gwet_ac(
    counts: ArrayLike, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """Gwet's (2008) AC1, or AC2 with weights, for as many categories as `counts` has columns.

    Categories that could be chosen but were not count too: they make chance agreement less likely.
    """
    table, matrix = _given(counts, weights)
    coefficient = gwet(table, matrix, _scale(weights))
    size = len(matrix)
    if size < 2 or not len(table):
        return _with_gwets_error(coefficient, table, np.zeros(len(table)), level)
    chosen = _chosen(table)
    chance = matrix.sum() / (size * (size - 1)) * (chosen @ (1 - chosen.mean(axis=0)))
    return _with_gwets_error(coefficient, table, 2 * chance, level)


def conger_kappa(
    given: Ratings, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """Conger's (1980) kappa: Cohen's for many coders, each with habits of their own."""
    matrix = agreement_weights(weights, len(given.categories))
    codes = given.codes[:, (given.codes != MISSING).any(axis=0)]
    codes = codes[(codes != MISSING).any(axis=1)]
    rated = Ratings(codes=codes, categories=given.categories)
    coefficient = conger(rated, matrix, _scale(weights))
    linear = _conger_chance(rated, matrix) if codes.size else np.zeros(len(codes))
    return _with_gwets_error(coefficient, rated.counts, 2 * linear, level)


def percent(counts: Counts, weights: Floats, scale: str = "nominal") -> Coefficient:
    """Per cent agreement as a function of sums over units."""

    def of(sums: Floats) -> tuple[Floats, Floats]:
        observed = over(sums[..., 1], sums[..., 0])
        return observed, np.zeros_like(observed)

    return Coefficient(
        method="percent_agreement", scale=scale, parts=_observed_parts(counts, weights), of=of
    )


def fleiss(counts: Counts, weights: Floats, scale: str = "nominal") -> Coefficient:
    """Fleiss' kappa as a function of sums over units."""

    def of(sums: Floats) -> tuple[Floats, Floats]:
        chosen = over(sums[..., 3:], sums[..., 2:3])
        expected = ((chosen @ weights) * chosen).sum(axis=-1)
        return over(sums[..., 1], sums[..., 0]), expected

    return Coefficient(method="fleiss_kappa", scale=scale, parts=_parts(counts, weights), of=of)


def gwet(counts: Counts, weights: Floats, scale: str = "nominal") -> Coefficient:
    """AC1 or AC2 as a function of sums over units; not defined where one category was used."""
    size = len(weights)

    def of(sums: Floats) -> tuple[Floats, Floats]:
        chosen = over(sums[..., 3:], sums[..., 2:3])
        expected = weights.sum() / max(size * (size - 1), 1) * (chosen * (1 - chosen)).sum(axis=-1)
        return (
            over(sums[..., 1], sums[..., 0]),
            np.where(chosen.max(axis=-1, initial=0.0) >= 1 - TINY, np.nan, expected),
        )

    method = "gwet_ac1" if (weights == np.eye(size)).all() else "gwet_ac2"
    return Coefficient(method=method, scale=scale, parts=_parts(counts, weights), of=of)


def conger(given: Ratings, weights: Floats, scale: str = "nominal") -> Coefficient:
    """Conger's kappa as a function of sums over units: the coders' own distributions are sums."""
    coders, size = given.codes.shape[1], len(weights)
    own = (given.codes[:, :, np.newaxis] == np.arange(size)).astype(np.float64)

    def of(sums: Floats) -> tuple[Floats, Floats]:
        cells = sums[..., 2:].reshape(*sums.shape[:-1], coders, size)
        share = over(cells, cells.sum(axis=-1, keepdims=True))
        total = share.sum(axis=-2)
        of_two = ((total @ weights) * total).sum(axis=-1)
        of_one = ((share @ weights) * share).sum(axis=(-2, -1))
        pairs = np.full(of_two.shape, float(coders * (coders - 1)))
        return over(sums[..., 1], sums[..., 0]), over(of_two - of_one, pairs)

    parts = np.hstack(
        [_observed_parts(given.counts, weights), own.reshape(len(own), coders * size)]
    )
    return Coefficient(method="conger_kappa", scale=scale, parts=parts, of=of)


def _observed_parts(counts: Counts, weights: Floats) -> Floats:
    """Of each unit: whether two coders rated it, and the share of their pairs that agree."""
    raters = counts.sum(axis=1)
    pairs = (raters * (raters - 1)).astype(np.float64)
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1)
    return np.column_stack([pairs > 0, np.nan_to_num(over(agreeing, pairs))]).astype(np.float64)


def _parts(counts: Counts, weights: Floats) -> Floats:
    """The same, whether anybody rated the unit, and the shares of the categories in it."""
    rated = counts.sum(axis=1) > 0
    return np.column_stack([_observed_parts(counts, weights), rated, _chosen(counts)])


def _chosen(counts: Counts) -> Floats:
    """The share of each category among the ratings of a unit; 0 where there is none."""
    return np.nan_to_num(over(counts, counts.sum(axis=1, keepdims=True)))


def _conger_chance(given: Ratings, weights: Floats) -> Floats:
    """What each unit adds to the chance agreement, linearised in every coder's distribution."""
    units, coders = given.codes.shape
    if coders < 2:
        return np.zeros(units)
    own = (given.codes[:, :, np.newaxis] == np.arange(len(weights))).astype(np.float64)
    rated = own.sum(axis=2)
    share = rated.mean(axis=0)
    chosen = own.mean(axis=0) / share[:, np.newaxis]
    moved = own - (rated - share)[:, :, np.newaxis] * chosen
    others = chosen.sum(axis=0) - chosen
    added = ((moved @ weights) * others).sum(axis=2) / share
    return np.asarray(added.sum(axis=1) / (coders * (coders - 1)), dtype=np.float64)


def _with_gwets_error(
    coefficient: Coefficient,
    counts: Counts,
    chance: Floats,
    level: float,
    null_error: float | None = None,
) -> Agreement:
    """With the standard error of Gwet (2014); `chance` is the derivative of chance agreement."""
    n = len(counts)
    pairable = coefficient.parts[:, 0]

    def error(expected: float, estimate: float) -> float:
        beyond = coefficient.parts[:, 1] - expected * pairable
        own = n / pairable.sum() * beyond / (1 - expected)
        own = own - (1 - estimate) * (chance - 2 * expected) / (1 - expected)
        return math.sqrt(((own - estimate) ** 2).sum() / (n * (n - 1)))

    if not pairable.sum():
        return Agreement(
            method=coefficient.method,
            scale=coefficient.scale,
            interval=Interval(method=coefficient.method, level=level, reason=Reason.NO_PAIRS),
            units=n,
        )
    quantile = _t(n - 1, level) if n > 1 else 0.0
    return with_error(coefficient, n, error, quantile=quantile, level=level, null_error=null_error)


def _t(df: int, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2))


def _null_error(counts: Counts) -> float | None:
    raters = set(counts.sum(axis=1).tolist())
    if len(raters) != 1 or min(raters) < 2:
        return None
    n, r = len(counts), raters.pop()
    share = counts.sum(axis=0) / (n * r)
    spread = float((share * (1 - share)).sum())
    if spread <= TINY:
        return None
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    return math.sqrt(max(2 / (n * r * (r - 1)) * (spread**2 - skew), 0.0)) / spread


def _given(counts: ArrayLike, weights: Weights | ArrayLike) -> tuple[Counts, Floats]:
    table = counts_table(counts)
    return table[table.sum(axis=1) > 0], agreement_weights(weights, table.shape[1])


def _scale(weights: Weights | ArrayLike) -> str:
    return weights if isinstance(weights, str) else "given"
