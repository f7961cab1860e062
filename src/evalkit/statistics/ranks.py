"""Tests by ranks: whether ordered answers differ between groups, or between two times.

Exact p is the probability, over all ways to deal the answers (or the signs) that were given, ties
and all, of a statistic at least as far from its expectation: P(|Z| ≥ |z|). Doubling a one-sided p
gives another number when the distribution is not symmetric.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics import margins
from evalkit.statistics.outcome import (
    Counts,
    Floats,
    Reason,
    SignificanceTest,
    clip,
    counts_table,
)
from evalkit.statistics.two_way import TIE, two_sided

Zeros = Literal["pratt", "drop"]

# Multiplications after which an exact distribution is given up: some tenths of a second.
WORK = 300_000_000
# As many times that is computed when it is asked for.
PATIENCE = 50


def twice_midranks(levels: Counts) -> Counts:
    """Twice the mean rank of each level's answers, a whole number; `levels` counts them."""
    ends = np.cumsum(levels)
    ranks: Counts = 2 * ends - levels + 1
    return ranks


def mann_whitney(
    table: ArrayLike, *, exact: bool | None = None, corrected: bool = True
) -> SignificanceTest:
    """Mann and Whitney (1947) for two groups in rows and ordered answers in columns.

    `statistic` is U of the first group: in how many pairs its answer is the higher, ties half.
    Exact while quick (two groups of seventy), and further when `exact` is True; else normal with
    the variance for ties (Lehmann 1975) and, if `corrected`, ½ taken off the distance. `z` has no
    correction where p is exact.
    """
    method = "mann_whitney"
    cells = counts_table(table, rows=2)
    cells = cells[:, cells.sum(axis=0) > 0]
    first, second = (int(each) for each in cells.sum(axis=1))
    n = first + second
    reason = _missing(cells)
    if reason is not None:
        return SignificanceTest(method=method, n=n, reason=reason)
    levels = cells.sum(axis=0)
    ranks = twice_midranks(levels)
    rank_sum = int(cells[0] @ ranks)
    u = (rank_sum - first * (first + 1)) / 2
    distance = rank_sum / 2 - first * (n + 1) / 2
    spread = math.sqrt(first * second / 12 * (n + 1 - _ties(levels) / (n * (n - 1))))
    if _is_exact(exact, _rank_sum_work(levels, min(first, second))):
        p = _rank_sum_p(levels, ranks, first, rank_sum)
        z, corrected = distance / spread, False
    else:
        z = _towards_zero(distance, 0.5 if corrected else 0.0) / spread
        p = two_sided(z)
        return SignificanceTest(
            method=method, n=n, kind="asymptotic", statistic=u, z=z, p=p, corrected=corrected
        )
    return SignificanceTest(method=method, n=n, kind="exact", statistic=u, z=z, p=p)


def _is_exact(asked: bool | None, work: int) -> bool:
    """Whether to compute exactly: as asked, else what takes no time."""
    if asked and work > PATIENCE * WORK:
        raise ValueError("There are too many answers for the exact distribution.")
    return work <= WORK if asked is None else asked


def _missing(cells: Counts) -> Reason | None:
    if cells.size == 0:
        return Reason.NO_ANSWERS
    if (cells.sum(axis=1) == 0).any():
        return Reason.EMPTY_GROUP
    if cells.shape[1] < 2:
        return Reason.ALL_EQUAL
    return None


def _ties(levels: Counts) -> float:
    """Σ (t³ − t) over the groups of equal answers."""
    return float(sum(t**3 - t for t in levels.tolist()))


def _towards_zero(distance: float, by: float) -> float:
    return math.copysign(max(abs(distance) - by, 0.0), distance)


def _rank_sum_work(levels: Counts, smaller: int) -> int:
    sums = smaller * (smaller + 1) + 2 * smaller * (int(levels.sum()) - smaller)
    return smaller * int(np.minimum(levels, smaller).sum()) * sums


def _rank_sum_p(levels: Counts, ranks: Counts, first: int, rank_sum: int) -> float:
    """P(|R − E R| ≥ |r − E R|) for the rank sum R (doubled) of `first` answers of all."""
    n = int(levels.sum())
    if first > n - first:
        rank_sum = n * (n + 1) - rank_sum
        first = n - first
    sums, chances = rank_sum_distribution(levels, ranks, first)
    expected = first * (n + 1)
    far = np.abs(sums - expected) >= abs(rank_sum - expected)
    return clip(math.fsum(chances[far].tolist()), 0, 1)


def rank_sum_distribution(levels: Counts, ranks: Counts, first: int) -> tuple[Counts, Floats]:
    """The rank sums (doubled) that `first` answers can have, and their probabilities.

    Level by level: from how many are chosen so far and their sum, to one level more with the
    probability that so many of this level are among those still to be chosen.
    """
    least = first * (first + 1)
    span = 2 * first * (int(levels.sum()) - first) + 1
    logs = margins.log_factorials(int(levels.sum()))
    rest = int(levels.sum())
    state = np.zeros((first + 1, least + span))
    state[0, 0] = 1.0
    for size, rank in zip(levels.tolist(), ranks.tolist(), strict=True):
        after = np.zeros_like(state)
        for chosen in range(first + 1):
            row = state[chosen]
            if not row.any():
                continue
            wanted = first - chosen
            for taken in range(max(0, wanted - (rest - size)), min(size, wanted) + 1):
                chance = math.exp(
                    logs[size] - logs[taken] - logs[size - taken]
                    + logs[rest - size] - logs[wanted - taken]
                    - logs[rest - size - wanted + taken]
                    - logs[rest] + logs[wanted] + logs[rest - wanted]
                )  # fmt: skip
                moved = taken * rank
                after[chosen + taken, moved:] += chance * row[: len(row) - moved]
        state, rest = after, rest - size
    sums = np.flatnonzero(state[first])
    return sums.astype(np.int64), state[first, sums]


def kruskal_wallis(
    table: ArrayLike, *, exact: bool | None = None, limit: int = 1_000_000
) -> SignificanceTest:
    """Kruskal and Wallis (1952) for groups in rows and ordered answers in columns; H for ties.

    Groups without answers are left out. Exact while that takes at most `limit` ways (three groups
    of ten on five answers do), else chi-square with groups − 1 degrees of freedom. `exact` True or
    False forces one, and True raises ValueError where it is not feasible.
    """
    method = "kruskal_wallis"
    cells = counts_table(table)
    cells = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    n = int(cells.sum())
    reason = None
    if cells.size == 0:
        reason = Reason.NO_ANSWERS
    elif cells.shape[0] < 2:
        reason = Reason.ONE_GROUP
    elif cells.shape[1] < 2:
        reason = Reason.ALL_EQUAL
    if reason is not None:
        return SignificanceTest(method=method, n=n, reason=reason)
    levels, sizes = cells.sum(axis=0), cells.sum(axis=1)
    centred = (twice_midranks(levels) - (n + 1)) / 2
    # The variance of the ranks, n − 1 as divisor, holds the correction for ties.
    variance = float(centred**2 @ levels) / (n - 1)
    h = float(((cells @ centred) ** 2 / sizes).sum()) / variance
    df = float(len(sizes) - 1)
    p = None if exact is False else _kruskal_exact(levels, sizes, centred, variance, h, limit)
    if p is not None:
        return SignificanceTest(method=method, n=n, kind="exact", statistic=h, df=df, p=p)
    if exact:
        raise ValueError("The table is too large for the exact distribution.")
    from scipy.special import chdtrc

    p = float(chdtrc(df, h))
    return SignificanceTest(method=method, n=n, kind="asymptotic", statistic=h, df=df, p=p)


def _kruskal_exact(
    levels: Counts, sizes: Counts, centred: Floats, variance: float, h: float, limit: int
) -> float | None:
    sizes = np.sort(sizes)

    def contribution(number: int, column: Counts) -> Floats:
        added: Floats = (column @ centred) ** 2 / (sizes[number] * variance)
        return added

    found = margins.walk(levels, sizes, contribution, limit=limit)
    if found is None:
        return None
    values, probabilities = found
    return clip(math.fsum(probabilities[values >= h - TIE].tolist()), 0, 1)


def signed_rank(
    differences: ArrayLike,
    *,
    zeros: Zeros = "pratt",
    exact: bool | None = None,
    corrected: bool = True,
) -> SignificanceTest:
    """Wilcoxon's (1945) signed-rank test of paired `differences`, with ties.

    `pratt` (Pratt 1959) ranks the differences of 0 with the others and then leaves them out; `drop`
    leaves them out before. The two give different p: the method's key says which. `statistic` is
    the rank sum of the positive differences and `n` counts the differences other than 0. Exact over
    all signs up to some 500 of them, and further when `exact` is True.
    """
    method = f"wilcoxon_{zeros}"
    given = np.asarray(differences, dtype=np.float64).ravel()
    if not np.isfinite(given).all():
        raise ValueError("A difference is missing or not finite; leave the pair out before.")
    changed = given[given != 0]
    n = len(changed)
    if n == 0:
        reason = Reason.NO_CHANGE if len(given) else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=0, reason=reason)
    _, which, levels = np.unique(np.abs(changed), return_inverse=True, return_counts=True)
    ranks = twice_midranks(levels) + (2 * (len(given) - n) if zeros == "pratt" else 0)
    positive = int(ranks[which][changed > 0].sum())
    total = int(ranks @ levels)
    distance = positive / 2 - total / 4
    spread = math.sqrt(float((ranks / 2.0) ** 2 @ levels) / 4)
    if _is_exact(exact, n * total):
        p = _signs_p(ranks[which], positive)
        kind: Literal["exact", "asymptotic"] = "exact"
        z, corrected = distance / spread, False
    else:
        z = _towards_zero(distance, 0.5 if corrected else 0.0) / spread
        p, kind = two_sided(z), "asymptotic"
    return SignificanceTest(
        method=method, n=n, kind=kind, statistic=positive / 2, z=z, p=p, corrected=corrected
    )


def _signs_p(ranks: Counts, positive: int) -> float:
    """P(|V − E V| ≥ |v − E V|) where each of `ranks` (doubled) is in V with probability ½."""
    total = int(ranks.sum())
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for rank in ranks.tolist():
        chances[rank:] = (chances[rank:] + chances[:-rank]) / 2
        chances[:rank] /= 2
    far = np.abs(2 * np.arange(total + 1) - total) >= abs(2 * positive - total)
    return clip(math.fsum(chances[far].tolist()), 0, 1)
