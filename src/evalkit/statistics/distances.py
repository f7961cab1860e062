"""How far apart two categories are (for alpha), and how much they agree (for weighted kappa).

A matrix of distances is symmetric with 0 in the diagonal; agreement weights have 1 there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evalkit.statistics.outcome import Floats

Weights = Literal["nominal", "linear", "quadratic"]


def agreement_weights(weights: Weights | ArrayLike, size: int) -> Floats:
    """The weights of `size` ordered categories: 1 for the same, less the further apart.

    "nominal" counts the same alone; "linear" and "quadratic" take off |i − j|/(q − 1) and its
    square (Cicchetti and Allison 1971; Fleiss and Cohen 1973), i and j the places of the two.
    """
    if isinstance(weights, str):
        if weights not in {"nominal", "linear", "quadratic"}:
            raise ValueError(f"There are no weights of the name {weights}.")
        places = np.arange(size)
        apart = np.abs(places[:, np.newaxis] - places) / max(size - 1, 1)
        if weights == "nominal":
            return np.eye(size)
        return np.asarray(1.0 - (apart if weights == "linear" else apart**2), dtype=np.float64)
    given: Floats = np.asarray(weights, dtype=np.float64)
    if not (_is_symmetric(given, size) and (np.diag(given) == 1).all() and (given <= 1).all()):
        raise ValueError("Weights are a symmetric matrix of at most 1, with 1 for the same.")
    return given


def nominal(size: int) -> Floats:
    """0 for the same, 1 for others."""
    return 1.0 - np.eye(size)


def interval(values: ArrayLike) -> Floats:
    """The square of the difference (Krippendorff 2019)."""
    scores = _scores(values)
    return np.asarray((scores[:, np.newaxis] - scores) ** 2, dtype=np.float64)


def ratio(values: ArrayLike) -> Floats:
    """The square of the difference as a part of the sum (Krippendorff 2019); from 0 up."""
    scores = _scores(values)
    if (scores < 0).any():
        raise ValueError("A ratio scale has no values below 0.")
    total = scores[:, np.newaxis] + scores
    apart = np.abs(scores[:, np.newaxis] - scores)
    return np.asarray((apart / np.where(total == 0, 1.0, total)) ** 2, dtype=np.float64)


def jaccard(sets: Sequence[AbstractSet[Any]]) -> Floats:
    """1 − |A ∩ B| / |A ∪ B| (Jaccard 1912); 0 for two empty sets."""
    return _of_sets(sets, _jaccard)


def masi(sets: Sequence[AbstractSet[Any]]) -> Floats:
    """Passonneau's (2006) distance: 1 − Jaccard's similarity × how the two sets lie.

    The latter is 1 for the same sets, 2/3 where one holds the other, 1/3 where they share
    something, 0 where nothing.
    """
    return _of_sets(sets, lambda a, b: 1.0 - (1.0 - _jaccard(a, b)) * _monotonicity(a, b))


def given_distances(matrix: ArrayLike, size: int) -> Floats:
    """A matrix of distances of the caller's own; ValueError if it cannot be one."""
    given: Floats = np.asarray(matrix, dtype=np.float64)
    if not (_is_symmetric(given, size) and (np.diag(given) == 0).all() and (given >= 0).all()):
        raise ValueError("Distances are a symmetric matrix from 0 up, with 0 for the same.")
    return given


def _is_symmetric(matrix: Floats, size: int) -> bool:
    if matrix.shape != (size, size) or not np.isfinite(matrix).all():
        return False
    return bool((matrix == matrix.T).all())


def _scores(values: ArrayLike) -> Floats:
    scores: Floats = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1 or not np.isfinite(scores).all():
        raise ValueError("The categories of this scale are numbers.")
    return scores


def _of_sets(
    sets: Sequence[AbstractSet[Any]],
    distance: Callable[[AbstractSet[Any], AbstractSet[Any]], float],
) -> Floats:
    apart = np.zeros((len(sets), len(sets)))
    for i, first in enumerate(sets):
        for j, second in enumerate(sets[:i]):
            apart[i, j] = apart[j, i] = distance(first, second)
    return apart


def _jaccard(first: AbstractSet[Any], second: AbstractSet[Any]) -> float:
    either = len(first | second)
    return 1.0 - len(first & second) / either if either else 0.0


def _monotonicity(first: AbstractSet[Any], second: AbstractSet[Any]) -> float:
    if first == second:
        return 1.0
    if first <= second or second <= first:
        return 2 / 3
    return 1 / 3 if first & second else 0.0
