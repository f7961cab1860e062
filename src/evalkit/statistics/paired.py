"""How the same respondents answered twice: the transition table, and tests of change."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.outcome import (
    Counts,
    Floats,
    Reason,
    SignificanceTest,
    clip,
    counts_table,
)
from evalkit.statistics.two_way import two_sided

McNemar = Literal["exact", "mid_p", "asymptotic", "asymptotic_corrected"]


def transition_table(before: ArrayLike, after: ArrayLike, levels: ArrayLike) -> Counts:
    """How many went from each of `levels` (rows) to each (columns); one pair a respondent."""
    codes = np.asarray(levels).ravel()
    first, second = np.asarray(before).ravel(), np.asarray(after).ravel()
    if first.shape != second.shape:
        raise ValueError(f"{first.size} answers before and {second.size} after.")
    table: Counts = np.zeros((len(codes), len(codes)), dtype=np.int64)
    if len(first) == 0:
        return table
    order = np.argsort(codes)
    placed = []
    for each in (first, second):
        place = np.searchsorted(codes[order], each).clip(max=max(len(codes) - 1, 0))
        if len(codes) == 0 or (codes[order][place] != each).any():
            raise ValueError("An answer is not one of the levels; leave the pair out before.")
        placed.append(order[place])
    np.add.at(table, (placed[0], placed[1]), 1)
    return table


def mcnemar(table: ArrayLike, how: McNemar = "exact") -> SignificanceTest:
    """McNemar (1947): whether as many go from yes to no as from no to yes.

    `table` is [[yes yes, yes no], [no yes, no no]]. `exact` is the two-sided binomial test of those
    who changed; `mid_p` takes off half the probability of what was seen (Fagerland, Lydersen and
    Laake 2013) and is less cautious; `asymptotic` is the chi-square, also with a continuity
    correction (Edwards 1948). `statistic` is the chi-square, or the number of yes to no when exact.
    """
    if how not in get_args(McNemar):
        raise ValueError(f'"{how}" is none of {", ".join(get_args(McNemar))}.')
    method = f"mcnemar_{how.removesuffix('_corrected')}"
    cells = counts_table(table, rows=2)
    if cells.shape != (2, 2):
        raise ValueError(f"A table of two by two is wanted, not {cells.shape}.")
    lost, won = int(cells[0, 1]), int(cells[1, 0])
    n = lost + won
    if n == 0:
        reason = Reason.NO_CHANGE if cells.sum() else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=0, reason=reason)
    if how in {"exact", "mid_p"}:
        p = _binomial_half(min(lost, won), n, mid=how == "mid_p")
        return SignificanceTest(method=method, n=n, kind="exact", statistic=float(lost), p=p)
    corrected = how == "asymptotic_corrected"
    z = math.copysign(max(abs(lost - won) - corrected, 0), lost - won) / math.sqrt(n)
    return SignificanceTest(
        method=method,
        n=n,
        kind="asymptotic",
        statistic=z * z,
        z=z,
        df=1.0,
        p=two_sided(z),
        corrected=corrected,
    )


def _binomial_half(fewer: int, n: int, *, mid: bool) -> float:
    """Two-sided p of `fewer` (at most half) of n at probability ½."""
    from scipy.stats import binom

    # Twice the tail counts what lies in the middle twice.
    middle = 2 * fewer == n
    p = 1.0 if middle else 2 * float(binom.cdf(fewer, n, 0.5))
    if mid:
        p -= float(binom.pmf(fewer, n, 0.5)) * (0.5 if middle else 1.0)
    return clip(p, 0, 1)


def bowker(table: ArrayLike) -> SignificanceTest:
    """Bowker (1948): whether the changes between each two answers are as many both ways.

    Pairs of answers between which nobody changed are left out, of `df` too; with them the statistic
    would be 0/0. `n` counts those who changed.
    """
    method = "bowker"
    cells = _square(table)
    upper = np.triu_indices(len(cells), 1)
    there, back = cells[upper], cells.T[upper]
    changed = there + back
    n, df = int(changed.sum()), int((changed > 0).sum())
    if n == 0:
        reason = Reason.NO_CHANGE if cells.sum() else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=0, reason=reason)
    used = changed > 0
    statistic = float(((there - back)[used] ** 2 / changed[used]).sum())
    return _chi_square(method, n, statistic, df)


def marginal_homogeneity(table: ArrayLike) -> SignificanceTest:
    """Stuart (1955) and Maxwell (1970): whether each answer is as frequent before as after.

    Answers that nobody left or came to are left out. Where answers fall into groups between which
    nobody changed, each group has its own last answer, so that `df` is the rank of the covariance.
    """
    method = "stuart_maxwell"
    cells = _square(table)
    off = cells - np.diag(np.diag(cells))
    n = int(off.sum())
    if n == 0:
        reason = Reason.NO_CHANGE if cells.sum() else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=0, reason=reason)
    difference: Floats = (off.sum(axis=1) - off.sum(axis=0)).astype(np.float64)
    covariance = np.diag(off.sum(axis=1) + off.sum(axis=0)) - off - off.T
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    inverse = np.linalg.pinv(covariance, hermitian=True)
    return _chi_square(method, n, float(difference @ inverse @ difference), rank)


def marginal_scores(table: ArrayLike, scores: ArrayLike | None = None) -> SignificanceTest:
    """Whether the mean score is the same before and after; scores are 1, 2, … unless given.

    z = Σd/√Σd² over the changes d: marginal homogeneity with scores (Agresti 2002, section 10.3).
    """
    method = "marginal_scores"
    cells = _square(table)
    given = np.arange(1.0, len(cells) + 1) if scores is None else np.asarray(scores, float)
    if given.shape != (len(cells),) or not np.isfinite(given).all():
        raise ValueError(f"{len(cells)} scores are wanted.")
    change = given[None, :] - given[:, None]
    squares = float((cells * change**2).sum())
    n = int(cells[change != 0].sum())
    if n == 0:
        reason = Reason.NO_CHANGE if cells.sum() else Reason.NO_ANSWERS
        return SignificanceTest(method=method, n=0, reason=reason)
    z = float((cells * change).sum()) / math.sqrt(squares)
    return SignificanceTest(
        method=method, n=n, kind="asymptotic", statistic=z * z, z=z, df=1.0, p=two_sided(z)
    )


def _square(table: ArrayLike) -> Counts:
    cells = counts_table(table)
    if cells.shape[0] != cells.shape[1]:
        raise ValueError(f"A square table is wanted, not {cells.shape}.")
    return cells


def _chi_square(method: str, n: int, statistic: float, df: int) -> SignificanceTest:
    from scipy.special import chdtrc

    return SignificanceTest(
        method=method,
        n=n,
        kind="asymptotic",
        statistic=statistic,
        df=float(df),
        p=float(chdtrc(df, statistic)),
    )
