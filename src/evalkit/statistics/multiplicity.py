"""Many tests at once: p adjusted over a family of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evalkit.statistics.outcome import Counts, Floats

Adjustment = Literal["holm", "benjamini_hochberg"]


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """Adjusted p in the order given, None where there was none, and the size of the family."""

    method: Adjustment
    p: tuple[float | None, ...]
    family: int


def adjust(
    p_values: Sequence[float | None], method: Adjustment = "holm", family: int | None = None
) -> Adjusted:
    """Holm (1979: the chance of any false finding) or Benjamini and Hochberg (1995: their share).

    The family is the tests that have a p. `family` makes it larger, when only some of its tests are
    given here: the others then count as 1. (statsmodels' `multipletests` gives the same, but
    collects garbage at every call, 60 ms and more; a table calls this for every row.)
    """
    known = [index for index, p in enumerate(p_values) if p is not None]
    given = np.array([p_values[index] for index in known], dtype=np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("A p is a number from 0 to 1, or None.")
    size = len(known) if family is None else family
    if size < len(known):
        raise ValueError(f"{len(known)} tests are not a family of {size}.")
    adjusted: list[float | None] = [None] * len(p_values)
    whole = np.concatenate([given, np.ones(size - len(known))])
    for index, p in zip(known, _HOW[method](whole).tolist(), strict=False):
        adjusted[index] = p
    return Adjusted(method=method, p=tuple(adjusted), family=size)


def _holm(p: Floats) -> Floats:
    order = np.argsort(p, kind="stable")
    steps = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return _back(steps, order)


def _benjamini_hochberg(p: Floats) -> Floats:
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _back(np.minimum.accumulate(steps[::-1])[::-1], order)


def _back(steps: Floats, order: Counts) -> Floats:
    """`steps`, which are in the order of p, in the order in which p was given."""
    adjusted = np.empty_like(steps)
    adjusted[order] = steps
    return adjusted


_HOW: dict[Adjustment, Callable[[Floats], Floats]] = {
    "holm": _holm,
    "benjamini_hochberg": _benjamini_hochberg,
}
