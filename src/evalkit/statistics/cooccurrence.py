"""Which codes stand on the same segments: counts and Jaccard's index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics.outcome import Counts

Masked: TypeAlias = np.ma.MaskedArray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Cooccurrence:
    """`counts` of shape (codes, codes): segments with both; in the diagonal, segments with one.

    `jaccard` is segments with both as a part of segments with either (Jaccard 1912), masked where
    neither code was given and between a code and itself.
    """

    counts: Counts
    jaccard: Masked
    segments: int


def cooccurrence(given: ArrayLike) -> Cooccurrence:
    """From `given`, shape (codes, segments): 1 or True where the segment has the code."""
    marks = yes_no_matrix(given)
    whole = marks.astype(np.int64)
    counts: Counts = whole @ whole.T
    alone = np.diag(counts)
    either = alone[:, np.newaxis] + alone - counts
    shown = (either > 0) & ~np.eye(len(counts), dtype=bool)
    index = np.zeros(counts.shape)
    np.divide(counts, either, out=index, where=shown)
    return Cooccurrence(
        counts=counts, jaccard=np.ma.array(index, mask=~shown), segments=marks.shape[1]
    )


def yes_no_matrix(given: ArrayLike) -> NDArray[np.bool_]:
    """`given` as a two-dimensional array of yes and no; ValueError if it cannot be one."""
    matrix: NDArray[Any] = np.asarray(given)
    if matrix.ndim != 2 or not np.isin(matrix, (0, 1)).all():
        raise ValueError(f"A matrix of yes and no is wanted, not shape {matrix.shape}.")
    return matrix.astype(bool)
