"""Many tests at once: p adjusted over a family of tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Adjustment = Literal["holm", "benjamini_hochberg"]

_STATSMODELS = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}


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
    given here: the others then count as 1.
    """
    known = [index for index, p in enumerate(p_values) if p is not None]
    given = np.array([p_values[index] for index in known], dtype=np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("A p is a number from 0 to 1, or None.")
    size = len(known) if family is None else family
    if size < len(known):
        raise ValueError(f"{len(known)} tests are not a family of {size}.")
    adjusted: list[float | None] = [None] * len(p_values)
    if known:
        from statsmodels.stats.multitest import multipletests

        whole = np.concatenate([given, np.ones(size - len(known))])
        found = multipletests(whole, method=_STATSMODELS[method])[1]
        for index, p in zip(known, found[: len(known)].tolist(), strict=True):
            adjusted[index] = min(p, 1.0)
    return Adjusted(method=method, p=tuple(adjusted), family=size)
