"""Agreement of two coders from the table of their categories: Cohen, Scott, and what lies behind.

A table has the first coder's categories in rows and the second's in columns, in the same order;
units that one of them has not coded are not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.agreement import TINY, Agreement, Coefficient, over, with_error
from evalkit.statistics.distances import Weights, agreement_weights
from evalkit.statistics.intervals import normal_quantile
from evalkit.statistics.outcome import LEVEL, Counts, Floats, counts_table


@dataclass(frozen=True, kw_only=True)
class YesNo:
    """What lies behind the kappa of a yes/no code (Byrt, Bishop and Carlin 1993).

    `positive` and `negative` agreement are 2a/(2a + b + c) and 2d/(2d + b + c) (Cicchetti and
    Feinstein 1990), None where nobody said yes (no); `prevalence_index` is (a − d)/n,
    `bias_index` (b − c)/n, where a is both yes, b the first alone, c the second alone, d both no.
    """

    n: int
    observed: float | None
    positive: float | None
    negative: float | None
    prevalence_index: float | None
    bias_index: float | None


def yes_no(table: ArrayLike) -> YesNo:
    """The figures of a 2 × 2 table whose first row and column are yes."""
    cells = counts_table(table, rows=2)
    if cells.shape[1] != 2:
        raise ValueError(f"A table of 2 × 2 is wanted, not {cells.shape}.")
    (a, b), (c, d) = cells.tolist()
    n = a + b + c + d
    return YesNo(
        n=n,
        observed=_part(a + d, n),
        positive=_part(2 * a, 2 * a + b + c),
        negative=_part(2 * d, 2 * d + b + c),
        prevalence_index=_part(a - d, n),
        bias_index=_part(b - c, n),
    )


def cohen_kappa(
    table: ArrayLike, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """Cohen's (1960, weighted 1968) kappa with the error of Fleiss, Cohen and Everitt (1969)."""
    cells = _square(table)
    matrix = agreement_weights(weights, len(cells))
    coefficient = cohen(cells, matrix, _scale(weights))
    n = int(cells.sum())

    def error(expected: float, kappa: float) -> float:
        share = cells / n
        mean = _means(share, matrix)
        spread = (share * (matrix - (1 - kappa) * mean) ** 2).sum()
        spread -= (kappa - expected * (1 - kappa)) ** 2
        return math.sqrt(max(float(spread), 0.0) / n) / (1 - expected)

    return with_error(
        coefficient,
        n,
        error,
        quantile=normal_quantile(level),
        level=level,
        null_error=_null_error(cells, matrix),
    )


def scott_pi(
    table: ArrayLike, weights: Weights | ArrayLike = "nominal", level: float = LEVEL
) -> Agreement:
    """Scott's (1955) pi; the standard error is by linearisation (Gwet 2014), as that of kappa."""
    cells = _square(table)
    matrix = agreement_weights(weights, len(cells))
    n = int(cells.sum())

    def error(expected: float, pi: float) -> float:
        share = cells / n
        chosen = matrix @ (share.sum(axis=0) + share.sum(axis=1)) / 2
        spread = (share * (matrix - (1 - pi) * (chosen[:, np.newaxis] + chosen)) ** 2).sum()
        spread -= ((share * matrix).sum() - 2 * (1 - pi) * expected) ** 2
        return math.sqrt(max(float(spread), 0.0) / n) / (1 - expected)

    coefficient = Coefficient(
        method="scott_pi",
        scale=_scale(weights),
        parts=cells.reshape(1, -1).astype(np.float64),
        of=lambda sums: _scott(sums, matrix),
    )
    return with_error(coefficient, n, error, quantile=normal_quantile(level), level=level)


def cohen(tables: Counts, weights: Floats, scale: str = "nominal") -> Coefficient:
    """Cohen's kappa from tables of shape (q, q), or (units, q, q) with one for each unit."""
    size = len(weights)
    return Coefficient(
        method="cohen_kappa",
        scale=scale,
        parts=tables.reshape(-1, size * size).astype(np.float64),
        of=lambda sums: _cohen(sums, weights),
    )


def _cohen(sums: Floats, weights: Floats) -> tuple[Floats, Floats]:
    share, rows, columns = _shares(sums, len(weights))
    return (share * weights).sum(axis=(-2, -1)), ((rows @ weights) * columns).sum(axis=-1)


def _scott(sums: Floats, weights: Floats) -> tuple[Floats, Floats]:
    share, rows, columns = _shares(sums, len(weights))
    both = (rows + columns) / 2
    return (share * weights).sum(axis=(-2, -1)), ((both @ weights) * both).sum(axis=-1)


def _shares(sums: Floats, size: int) -> tuple[Floats, Floats, Floats]:
    cells = sums.reshape(*sums.shape[:-1], size, size)
    share = over(cells, cells.sum(axis=(-2, -1), keepdims=True))
    return share, share.sum(axis=-1), share.sum(axis=-2)


def _means(share: Floats, weights: Floats) -> Floats:
    """The mean weight of a row's category with the columns', plus that of a column's with rows'."""
    of_rows = weights @ share.sum(axis=0)
    of_columns = weights @ share.sum(axis=1)
    return np.asarray(of_rows[:, np.newaxis] + of_columns, dtype=np.float64)


def _null_error(cells: Counts, weights: Floats) -> float | None:
    n = int(cells.sum())
    if n == 0:
        return None
    share = cells / n
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    expected = float((chance * weights).sum())
    if 1 - expected <= TINY:
        return None
    spread = float((chance * (weights - _means(share, weights)) ** 2).sum()) - expected**2
    return math.sqrt(max(spread, 0.0) / n) / (1 - expected)


def _square(table: ArrayLike) -> Counts:
    cells = counts_table(table)
    if cells.shape[0] != cells.shape[1]:
        raise ValueError(f"A square table is wanted, not {cells.shape}.")
    return cells


def _scale(weights: Weights | ArrayLike) -> str:
    return weights if isinstance(weights, str) else "given"


def _part(some: int, whole: int) -> float | None:
    return some / whole if whole else None
