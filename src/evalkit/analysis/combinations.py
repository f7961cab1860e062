"""Which options of a multiple response set go together: this truly needs the respondents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evalkit.analysis.frequency import Share, share
from evalkit.codebook import Codebook, Item
from evalkit.intake import Level, Responses

_BITS = 62
"""As many options as one whole number of 64 bits has room for, sign left aside."""


@dataclass(frozen=True)
class Combination:
    """Respondents who ticked exactly these options, in the codebook's order."""

    options: tuple[Item, ...]
    share: Share


@dataclass(frozen=True)
class Combinations:
    """The combinations of a set, most frequent first; `base` are those who ticked any option.

    `pooled` combinations are not in `rows`; those who gave them are together `pooled_share`.
    """

    item: Item
    number: str
    options: tuple[Item, ...]
    base: int
    rows: tuple[Combination, ...]
    pooled: int = 0
    pooled_share: Share | None = None

    def shortened(self, most: int, least: int) -> Combinations:
        """At most `most` rows, each of at least `least` respondents, and the others pooled.

        If the pooled ones are fewer than `least`, the smallest row is pooled too, and so on, so
        that nothing can be had by subtracting the rows from the base.
        """
        shown = [each for each in self.rows[:most] if each.share.n >= least]
        while 0 < self.base - _total(shown) < least and shown:
            shown.pop()
        rest = self.base - _total(shown)
        return replace(
            self,
            rows=tuple(shown),
            pooled=len(self.rows) - len(shown),
            pooled_share=share(rest, self.base) if rest else None,
        )


def _total(rows: Sequence[Combination]) -> int:
    return sum(each.share.n for each in rows)


def combinations(codebook: Codebook, item: Item, responses: Responses) -> Combinations:
    """Every combination of the options of a multiple response set that anybody ticked.

    Those who ticked none are no combination. Where several are as frequent, the order is that of
    the options.
    """
    options = codebook.parts(item)
    ticks = np.stack([_ticked(responses, each) for each in options], axis=1)
    patterns, times = _patterns(ticks[ticks.any(axis=1)])
    base = int(times.sum())
    rows = [
        Combination(
            tuple(each for each, has in zip(options, pattern, strict=True) if has),
            share(int(n), base),
        )
        for pattern, n in zip(patterns.tolist(), times.tolist(), strict=True)
    ]
    place = {each.name: at for at, each in enumerate(options)}
    rows.sort(key=lambda row: (-row.share.n, [place[each.name] for each in row.options]))
    return Combinations(item, codebook.number(item), options, base, tuple(rows))


def _ticked(responses: Responses, option: Item) -> NDArray[np.bool_]:
    """Whether each respondent ticked an option, of shape (respondents,)."""
    levels = responses.levels[option.name]
    ticked: NDArray[np.bool_] = responses.codes[option.name] == levels.index(Level(1, "valid"))
    return ticked


def _patterns(ticks: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """The rows of `ticks` that differ, and how often each is there.

    A row is one whole number, bit by bit, since numbers are sorted sooner than rows.
    """
    if ticks.shape[1] > _BITS:
        rows, times = np.unique(ticks, axis=0, return_counts=True)
        return rows, times
    bits = np.int64(1) << np.arange(ticks.shape[1], dtype=np.int64)
    numbers, times = np.unique(ticks @ bits, return_counts=True)
    return (numbers[:, None] & bits) > 0, times
