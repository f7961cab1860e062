"""Are two variables independent? Tests and measures on a table of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics import margins
from evalkit.statistics.outcome import (
    LEVEL,
    Counts,
    Floats,
    Interval,
    Reason,
    SignificanceTest,
    clip,
    counts_table,
    without_empty,
)

DRAWS = 100_000
SEED = 2012
# Two tables of the same probability, computed in another order; R uses the same.
TIE = 1e-7
_GRID_WORK = 200_000_000
_ARCS = 20_000
_CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ChiSquare:
    """The test, and how far its approximation can be trusted."""

    test: SignificanceTest
    smallest_expected: float | None
    cells_below_five: int
    cells: int


def missing_table(table: Counts) -> Reason | None:
    """Why nothing can be said of a table whose empty rows and columns have been left out."""
    if table.size == 0:
        return Reason.NO_ANSWERS
    if table.shape[0] < 2:
        return Reason.ONE_GROUP
    if table.shape[1] < 2:
        return Reason.ALL_EQUAL
    return None


def chi_square(table: ArrayLike) -> ChiSquare:
    """Pearson's chi-square (1900) for groups in rows and answers in columns, uncorrected.

    Rows and columns that nobody is in are left out, of the degrees of freedom too.
    """
    from scipy.stats import chi2_contingency

    cells = without_empty(counts_table(table))
    n = int(cells.sum())
    reason = missing_table(cells)
    if reason is not None:
        test = SignificanceTest(method="chi_square", n=n, reason=reason)
        return ChiSquare(test=test, smallest_expected=None, cells_below_five=0, cells=cells.size)
    found = chi2_contingency(cells, correction=False)
    expected: Floats = np.asarray(found.expected_freq)
    test = SignificanceTest(
        method="chi_square",
        n=n,
        kind="asymptotic",
        statistic=float(found.statistic),
        df=float(found.dof),
        p=float(found.pvalue),
    )
    return ChiSquare(
        test=test,
        smallest_expected=float(expected.min()),
        cells_below_five=int((expected < 5).sum()),
        cells=cells.size,
    )


def fisher_freeman_halton(
    table: ArrayLike, *, draws: int = DRAWS, seed: int = SEED, limit: int = margins.LIMIT
) -> SignificanceTest:
    """The probability of all tables with the same margins that are no more probable than this one.

    Freeman and Halton (1951), exact by a walk through the network of Mehta and Patel (1983), which
    drops a way as soon as no or every table that it can become counts. Where that takes more than
    `limit` ways, or the bounds of the ways would cost too much (four rows of 25 are feasible, five
    of 20 are not), `draws` tables are drawn with a fixed `seed`, and p = (1 + as improbable) /
    (1 + drawn), with its standard error.
    """
    method = "fisher_freeman_halton"
    cells = without_empty(counts_table(table))
    n = int(cells.sum())
    reason = missing_table(cells)
    if reason is not None:
        return SignificanceTest(method=method, n=n, reason=reason)
    if cells.shape[0] > cells.shape[1]:
        cells = cells.T
    p = _fisher_exact(cells, limit)
    if p is not None:
        return SignificanceTest(method=method, n=n, kind="exact", p=clip(p, 0, 1))
    p, error = _fisher_drawn(cells, draws, seed)
    return SignificanceTest(method=method, n=n, kind="monte_carlo", p=p, p_error=error)


def _fisher_exact(cells: Counts, limit: int) -> float | None:
    rows = np.sort(cells.sum(axis=1))
    columns = np.sort(cells.sum(axis=0))[::-1]
    logs = margins.log_factorials(int(cells.sum()))
    observed = -float(logs[cells].sum())
    bounds = _bounds(rows, columns, logs)
    if bounds is None:
        return None
    counted: list[float] = []

    def settle(filled: int, ways: margins.Ways) -> NDArray[np.bool_]:
        index = tuple(ways.left[:, :-1].T)
        most, least = bounds[filled]
        inside = ways.value + most[index] <= observed + TIE
        outside = ways.value + least[index] > observed + TIE
        counted.append(float(ways.probability[inside].sum()))
        settled: NDArray[np.bool_] = inside | outside
        return settled

    def contribution(_number: int, column: Counts) -> Floats:
        added: Floats = -logs[column].sum(axis=1)
        return added

    rest = margins.walk(rows, columns, contribution, alike=True, settle=settle, limit=limit)
    if rest is None:
        return None
    values, probabilities = rest
    counted.append(float(probabilities[values <= observed + TIE].sum()))
    return math.fsum(counted)


def _bounds(rows: Counts, columns: Counts, logs: Floats) -> list[tuple[Floats, Floats]] | None:
    """After 0, 1, … columns: the most and the least that the others can add to −Σ ln n!.

    Each is an array over what is left of all rows but the last, whose rest follows.
    """
    shape = tuple((rows[:-1] + 1).tolist())
    numbers = [margins.number_of_fillings(int(total), rows) for total in columns[1:-1]]
    if max(numbers, default=0) > _ARCS or sum(numbers) * math.prod(shape) > _GRID_WORK:
        return None
    left = np.indices(shape)
    last = int(columns[-1]) - left.sum(axis=0)
    fits = (last >= 0) & (last <= rows[-1])
    only = -(logs[left].sum(axis=0) + logs[np.where(fits, last, 0)])
    most, least = np.where(fits, only, -np.inf), np.where(fits, only, np.inf)
    found = [(most, least)]
    total = int(columns[-1])
    for size in columns[-2:0:-1].tolist():
        total += size
        most, least = _one_column_more(most, least, margins.fillings(size, rows), logs)
        fits = (total - left.sum(axis=0) >= 0) & (total - left.sum(axis=0) <= rows[-1])
        most, least = np.where(fits, most, -np.inf), np.where(fits, least, np.inf)
        found.append((most, least))
    found.append(found[-1])  # before the first column: never looked up
    return found[::-1]


def _one_column_more(
    most: Floats, least: Floats, column: Counts, logs: Floats
) -> tuple[Floats, Floats]:
    above, below = np.full_like(most, -np.inf), np.full_like(least, np.inf)
    adds = -logs[column].sum(axis=1)
    for taken, add in zip(column[:, :-1].tolist(), adds.tolist(), strict=True):
        to = tuple(slice(each, None) for each in taken)
        of = tuple(slice(0, size - each) for each, size in zip(taken, most.shape, strict=True))
        np.maximum(above[to], most[of] + add, out=above[to])
        np.minimum(below[to], least[of] + add, out=below[to])
    return above, below


def _fisher_drawn(cells: Counts, draws: int, seed: int) -> tuple[float, float]:
    from scipy.stats import random_table

    logs = margins.log_factorials(int(cells.sum()))
    family = random_table(cells.sum(axis=1), cells.sum(axis=0))
    generator = np.random.default_rng(seed)
    edge = TIE - float(logs[cells].sum())
    at_once = max(1, _CELLS_AT_ONCE // cells.size)
    as_improbable = 0
    for first in range(0, draws, at_once):
        drawn = family.rvs(size=min(at_once, draws - first), random_state=generator)
        values = -logs[drawn.astype(np.int64)].sum(axis=(1, 2))
        as_improbable += int((values <= edge).sum())
    p = (1 + as_improbable) / (1 + draws)
    return p, math.sqrt(p * (1 - p) / draws)


def linear_by_linear(
    table: ArrayLike,
    row_scores: ArrayLike | None = None,
    column_scores: ArrayLike | None = None,
    *,
    exact: bool | None = None,
    limit: int = 1_000_000,
) -> SignificanceTest:
    """Linear-by-linear association of two ordered variables: M² = (n − 1) r² (Mantel 1963).

    Scores are 1, 2, … unless given. Exact is P(|T − E T| ≥ |t − E T|) for T = Σ uᵢ vⱼ nᵢⱼ over all
    tables with the same margins (Agresti, Mehta and Patel 1990), while that takes at most `limit`
    ways; `exact` True or False forces one, and True raises ValueError where it is not feasible.
    """
    method = "linear_by_linear"
    cells = counts_table(table)
    u, v = _scores(row_scores, cells.shape[0]), _scores(column_scores, cells.shape[1])
    u, v = u[cells.sum(axis=1) > 0], v[cells.sum(axis=0) > 0]
    cells = without_empty(cells)
    n = int(cells.sum())
    reason = missing_table(cells)
    if reason is None and (np.ptp(u) == 0 or np.ptp(v) == 0):
        reason = Reason.ALL_EQUAL
    if reason is not None:
        return SignificanceTest(method=method, n=n, reason=reason)
    u, v = _standardised(u, cells.sum(axis=1)), _standardised(v, cells.sum(axis=0))
    r = clip(float(u @ cells @ v) / n, -1, 1)
    z = r * math.sqrt(n - 1)
    found = SignificanceTest(
        method=method, n=n, kind="asymptotic", statistic=z * z, z=z, df=1.0, p=two_sided(z)
    )
    if exact is False:
        return found
    p = _exact_correlation(cells, u, v, r, limit)
    if p is None:
        if exact:
            raise ValueError("The table is too large for the exact distribution.")
        return found
    return SignificanceTest(method=method, n=n, kind="exact", statistic=z * z, z=z, df=1.0, p=p)


def two_sided(z: float) -> float:
    """P(|Z| ≥ |z|) of the standard normal distribution."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _scores(given: ArrayLike | None, size: int) -> Floats:
    scores = np.arange(1.0, size + 1) if given is None else np.asarray(given, dtype=np.float64)
    if scores.shape != (size,) or not np.isfinite(scores).all():
        raise ValueError(f"{size} scores are wanted.")
    return scores


def _standardised(scores: Floats, counts: Counts) -> Floats:
    """`scores` with mean 0 and variance 1 over `counts`."""
    centred: Floats = scores - (scores @ counts) / counts.sum()
    return centred / math.sqrt((centred**2 @ counts) / counts.sum())


def _exact_correlation(cells: Counts, u: Floats, v: Floats, r: float, limit: int) -> float | None:
    if cells.shape[0] > cells.shape[1]:
        cells, u, v = cells.T, v, u
    n = int(cells.sum())

    def contribution(number: int, column: Counts) -> Floats:
        added: Floats = (column @ u) * v[number] / n
        return added

    found = margins.walk(cells.sum(axis=1), cells.sum(axis=0), contribution, limit=limit)
    if found is None:
        return None
    values, probabilities = found
    return clip(math.fsum(probabilities[np.abs(values) >= abs(r) - TIE].tolist()), 0, 1)


@dataclass(frozen=True, kw_only=True)
class CramersV:
    """Cramér's V with its interval, and V corrected for its bias."""

    interval: Interval
    corrected: float | None


def cramers_v(table: ArrayLike, level: float = LEVEL) -> CramersV:
    """Cramér's (1946) V = √(χ²/(n (k − 1))), k the smaller number of rows or columns in use.

    The interval is that of the noncentrality λ of χ² (Steiger and Fouladi 1997), as
    √(λ/(n (k − 1))). V is hardly ever 0, even without any association: with few answers it is far
    too high. The interval is about V in the population, and so is `corrected` (Bergsma 2013); the
    plain estimate may lie above the whole interval.
    """
    method = "cramers_v"
    cells = without_empty(counts_table(table))
    found = chi_square(cells).test
    if found.statistic is None or found.df is None:
        interval = Interval(method=method, level=level, reason=found.reason)
        return CramersV(interval=interval, corrected=None)
    n, (r, c) = found.n, cells.shape
    scale = n * (min(r, c) - 1)
    low, high = (
        math.sqrt(_noncentrality(found.statistic, found.df, at) / scale)
        for at in (0.5 + level / 2, 0.5 - level / 2)
    )
    interval = Interval(
        method=method,
        level=level,
        estimate=clip(math.sqrt(found.statistic / scale), 0, 1),
        low=clip(low, 0, 1),
        high=clip(high, 0, 1),
    )
    return CramersV(interval=interval, corrected=_bergsma(found.statistic, n, r, c))


def _noncentrality(statistic: float, df: float, at: float) -> float:
    """The λ under which χ² is below `statistic` with probability `at`; 0 where none is."""
    from scipy.optimize import brentq
    from scipy.special import chdtr, chndtr

    def off(noncentral: float) -> float:
        return float(chndtr(statistic, df, noncentral)) - at

    if float(chdtr(df, statistic)) <= at:
        return 0.0
    high = max(statistic, 1.0)
    while off(high) > 0:
        high *= 2
    return float(brentq(off, 0.0, high, xtol=1e-10))


def _bergsma(statistic: float, n: int, rows: int, columns: int) -> float | None:
    if n < 2:
        return None
    phi = max(statistic / n - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    r, c = (size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    smaller = min(r, c) - 1
    return None if smaller <= 0 else clip(math.sqrt(phi / smaller), 0, 1)
