"""Several items looked at as one scale: whether they go together, and their mean.

An item whose positive end is its low one is turned round where others point the other way, within
the codes of its own scale, so that high means the same in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.analysis.answers import numbers
from evalkit.codebook import Codebook, Item, Text
from evalkit.intake import Responses
from evalkit.statistics.intervals import mean
from evalkit.statistics.outcome import LEVEL, Interval
from evalkit.statistics.scales import Reliability, ScaleItem, cronbach_alpha


@dataclass(frozen=True)
class IndexItem:
    """An item of an index: its label, its mean among the complete, and how it goes with the rest.

    `turned` says that its codes were turned round; the mean is after that, None where nobody
    answered all items.
    """

    item: Item
    title: Text
    number: str
    turned: bool
    mean: float | None
    scale: ScaleItem


@dataclass(frozen=True, repr=False)
class Index:
    """An index with true figures.

    `complete` answered all items with an opinion, `partly` some but not all. `mean` is of the means
    of the complete. `ends` are the lowest and highest code that the items share; None where their
    scales differ. `positive` is the end of the index that is the good one; empty where the items
    do not all have one.
    """

    name: str
    label: Text
    items: tuple[IndexItem, ...]
    complete: int
    partly: int
    alpha: Interval
    mean: Interval
    ends: tuple[int, int] | None
    positive: Literal["high", "low", ""]

    def __repr__(self) -> str:
        """The figures as tables: what a cell that ends with an index shows."""
        figures = pd.Series(self.statistics(), dtype="Float64").to_string()
        return f"{self.name}\n{figures}\n\n{self.frame().to_string()}"

    def frame(self) -> pd.DataFrame:
        """A row an item: `turned, mean, item_total, alpha_if_dropped`."""
        rows = [
            (each.turned, each.mean, each.scale.item_total, each.scale.alpha_if_dropped)
            for each in self.items
        ]
        columns = ["turned", "mean", "item_total", "alpha_if_dropped"]
        names = pd.Index([each.item.name for each in self.items], name="item")
        frame = pd.DataFrame(rows, columns=columns, index=names)
        return frame.astype(dict.fromkeys(columns[1:], "Float64"))

    def statistics(self) -> dict[str, float | int | None]:
        """The figures of the whole index by name, unrounded."""
        return {
            "alpha": self.alpha.estimate,
            "low": self.alpha.low,
            "high": self.alpha.high,
            "complete": self.complete,
            "partly": self.partly,
            "mean": self.mean.estimate,
            "mean_low": self.mean.low,
            "mean_high": self.mean.high,
        }


def index(
    codebook: Codebook,
    responses: Responses,
    name: str,
    label: Text,
    items: Sequence[str],
    population: int | None,
    level: float = LEVEL,
) -> Index:
    """Cronbach's alpha of `items`, how each goes with the rest, and the mean of the index.

    `population` is how many were invited in a census; None for a sample.
    """
    chosen = [codebook.item(each) for each in items]
    ends = [_ends(codebook, each) for each in chosen]
    turned = _turned(chosen)
    matrix = np.column_stack(
        [
            low + high - numbers(responses, each.name) if turn else numbers(responses, each.name)
            for each, (low, high), turn in zip(chosen, ends, turned, strict=True)
        ]
    )
    found = cronbach_alpha(matrix, level)
    given = ~np.isnan(matrix)
    complete = matrix[given.all(axis=1)]
    return Index(
        name,
        label,
        _items(codebook, chosen, turned, complete, found),
        found.respondents,
        int((given.any(axis=1) & ~given.all(axis=1)).sum()),
        found.alpha,
        mean(complete.mean(axis=1), population=population, level=level),
        ends[0] if len(set(ends)) == 1 else None,
        _positive(chosen),
    )


def _ends(codebook: Codebook, item: Item) -> tuple[int, int]:
    codes = [each.value for each in codebook.scale(item).valid if each.value is not None]
    return min(codes), max(codes)


def _positive(items: Sequence[Item]) -> Literal["high", "low", ""]:
    """The good end of the index: low where it is that of all items, high where some were turned."""
    ends = {each.positive for each in items}
    if ends == {"low"}:
        return "low"
    return "high" if ends <= {"high", "low"} else ""


def _turned(items: Sequence[Item]) -> list[bool]:
    """Whether each item is turned round: its good end is the low one, and others' the high one."""
    mixed = any(each.positive == "high" for each in items)
    return [mixed and each.positive == "low" for each in items]


def _items(
    codebook: Codebook,
    items: Sequence[Item],
    turned: Sequence[bool],
    complete: NDArray[np.float64],
    found: Reliability,
) -> tuple[IndexItem, ...]:
    means = complete.mean(axis=0).tolist() if len(complete) else [None] * len(items)
    return tuple(
        IndexItem(each, codebook.title(each), codebook.number(each), turn, average, scale)
        for each, turn, average, scale in zip(items, turned, means, found.items, strict=True)
    )
