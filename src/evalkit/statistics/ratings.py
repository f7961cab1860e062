"""Who put which unit into which category: the ratings that measures of agreement start from."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalkit.statistics.outcome import Counts

MISSING = -1


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """`codes` of shape (units, coders): places in `categories`, −1 where there is no rating."""

    codes: Counts
    categories: tuple[Hashable, ...]

    @property
    def counts(self) -> Counts:
        """How many coders put a unit into a category, shape (units, categories)."""
        every = np.arange(len(self.categories))
        counts: Counts = (self.codes[:, :, np.newaxis] == every).sum(axis=1, dtype=np.int64)
        return counts

    def table(self, first: int = 0, second: int = 1) -> Counts:
        """Units by the category of one coder (rows) and of another, of those that both rated."""
        size = len(self.categories)
        pairs = self.codes[:, [first, second]]
        pairs = pairs[(pairs != MISSING).all(axis=1)]
        cells = np.bincount(pairs[:, 0] * size + pairs[:, 1], minlength=size * size)
        return cells.astype(np.int64).reshape(size, size)


def ratings(rows: Iterable[Sequence[Any]], categories: Sequence[Hashable] | None = None) -> Ratings:
    """The ratings in `rows`, a unit each, with one value a coder; None or NaN where there is none.

    `categories` are those that could be chosen, in order. Left out, they are those that were
    chosen: numbers and texts sorted, others (sets of codes) as they first appear.
    """
    given = [[_known(each) for each in row] for row in rows]
    if len({len(row) for row in given}) > 1:
        raise ValueError("Every unit has one place for each coder.")
    every = _categories(given) if categories is None else tuple(dict.fromkeys(categories))
    place = {category: index for index, category in enumerate(every)}
    unknown = {each for row in given for each in row if each is not None} - set(place)
    if unknown:
        raise ValueError(f"{unknown} are not among the categories.")
    codes = [[MISSING if each is None else place[each] for each in row] for row in given]
    coders = len(given[0]) if given else 0
    return Ratings(
        codes=np.array(codes, dtype=np.int64).reshape(len(given), coders), categories=every
    )


def same_units(keys: Iterable[Hashable]) -> tuple[tuple[int, ...], ...]:
    """The places of those with the same key, as one unit each, in the order of the first.

    Copies of a text are no independent evidence of agreement: they count once.
    """
    places: dict[Hashable, list[int]] = {}
    for index, key in enumerate(keys):
        places.setdefault(key, []).append(index)
    return tuple(tuple(each) for each in places.values())


def _known(value: Any) -> Hashable | None:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    known: Hashable = value
    return known


def _categories(rows: list[list[Hashable | None]]) -> tuple[Hashable, ...]:
    found = dict.fromkeys(each for row in rows for each in row if each is not None)
    numbers = all(isinstance(each, (int, float)) for each in found)
    if numbers or all(isinstance(each, str) for each in found):
        return tuple(sorted(found))  # type: ignore[type-var]
    return tuple(found)
