"""Respondents weighted to all who were invited: shares and means beside the unweighted ones.

Who lacks an answer to an item that is weighted to is left out of the weighted figures, and counted.
The weights have a mean of 1. Standard errors are linearised, with the finite-population correction
for the invited, and take the weights as given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.analysis.answers import numbers
from evalkit.analysis.frequency import STATUSES_ASKED, Frequency
from evalkit.analysis.tables import Tables
from evalkit.codebook import ANSWERED, Codebook, Item, Status, Text
from evalkit.intake import Responses
from evalkit.statistics.outcome import LEVEL, Floats, Interval, Reason
from evalkit.statistics.weights import (
    TOLERANCE,
    Kish,
    kish,
    post_stratify,
    rake,
    trim,
    weighted_mean,
    weighted_proportion,
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Weights:
    """A weight a respondent, 0 for those left out, or the reason why there are none.

    `method` is `post_stratification` or `raking`, `rounds` how many rounds over the margins it
    took. `trimmed` is how many weights were brought within the bounds, and `off` how far a margin
    is from the known one after that, as a part of it. `fewest` are the fewest respondents in a
    category. `weights` have a mean of 1 among those not left out.
    """

    to: tuple[Item, ...]
    method: str
    weights: Floats | None
    reason: Reason | None
    left_out: int
    rounds: int = 0
    trimmed: int = 0
    off: float = 0.0
    fewest: int = 0
    kish: Kish | None = None

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest weight of those not left out."""
        if self.weights is None:
            return None
        given = self.weights[self.weights > 0]
        return float(given.min()), float(given.max())


@dataclass(frozen=True)
class WeightedFigure:
    """A share (of the answers `labels`) or a mean (no labels), unweighted and weighted.

    `n` are those it is of, without those left out; `fewest` the fewest of them in a category that
    is weighted to. `unweighted` is of everybody, as in the report.
    """

    labels: tuple[Text, ...]
    n: int
    fewest: int
    unweighted: float | None
    weighted: Interval

    @property
    def change(self) -> float:
        """Weighted less unweighted; 0 where one of them does not exist."""
        if self.unweighted is None or self.weighted.estimate is None:
            return 0.0
        return self.weighted.estimate - self.unweighted


@dataclass(frozen=True)
class WeightedItem:
    """The figures of one item."""

    item: Item
    title: Text
    number: str
    shares: tuple[WeightedFigure, ...]
    mean: WeightedFigure | None


@dataclass(frozen=True, repr=False)
class Weighted:
    """How a round is weighted, and its figures; none where there are no weights."""

    weights: Weights
    rows: tuple[WeightedItem, ...]

    def __repr__(self) -> str:
        """The figures as a table: what a cell that ends with it shows."""
        to = ", ".join(each.name for each in self.weights.to)
        return f"{self.weights.method} to {to}\n{self.frame().to_string()}"

    def frame(self) -> pd.DataFrame:
        """A row a figure: `item, figure, answers, n, unweighted, weighted, low, high`."""
        rows = [
            (
                row.item.name,
                "share" if each.labels else "mean",
                " / ".join(label.best("sv").text for label in each.labels),
                each.n,
                each.unweighted,
                each.weighted.estimate,
                each.weighted.low,
                each.weighted.high,
            )
            for row in self.rows
            for each in (*row.shares, *filter(None, [row.mean]))
        ]
        columns = ["item", "figure", "answers", "n", "unweighted", "weighted", "low", "high"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(columns[4:], "Float64"))


def weights_of(
    codebook: Codebook,
    responses: Responses,
    population: Mapping[str, Mapping[int, int]],
    to: Sequence[str],
    bounds: tuple[float, float] | None,
) -> Weights:
    """Post-stratified to one item of `population`, or raked to several; then trimmed to `bounds`.

    `population` is item → code → how many of the invited; `bounds` are parts of the mean weight.
    """
    items = tuple(codebook.item(each) for each in to)
    answers = [numbers(responses, each) for each in to]
    used = ~np.isnan(np.column_stack(answers)).any(axis=1)
    groups, margins = [], []
    for name, given in zip(to, answers, strict=True):
        codes = sorted({*population[name], *(int(each) for each in given[used])})
        groups.append(np.searchsorted(codes, given[used]))
        margins.append(np.array([float(population[name].get(each, 0)) for each in codes]))
    left_out = int((~used).sum())
    found = post_stratify(groups[0], margins[0]) if len(to) == 1 else rake(groups, margins)
    if found.weights is None:
        return Weights(items, found.method, None, found.reason, left_out, found.iterations)
    made = found.weights / found.weights.mean()
    trimmed = 0
    if bounds is not None:
        within = trim(made, *bounds)
        if within.weights is None:
            return Weights(items, found.method, None, within.reason, left_out, found.iterations)
        outside = (made < bounds[0] - TOLERANCE) | (made > bounds[1] + TOLERANCE)
        trimmed, made = int(outside.sum()), within.weights
    weights = np.zeros(responses.n)
    weights[used] = made
    return Weights(
        items,
        found.method,
        weights,
        None,
        left_out,
        found.iterations,
        trimmed,
        _off(groups, margins, made) if trimmed else 0.0,
        _fewest(groups, margins, np.ones(len(made), dtype=bool)),
        kish(made),
    )


def _off(groups: Sequence[NDArray[np.intp]], margins: Sequence[Floats], made: Floats) -> float:
    worst = 0.0
    for codes, margin in zip(groups, margins, strict=True):
        reached = np.bincount(codes, made, minlength=len(margin)) / made.sum()
        wanted = margin / margin.sum()
        worst = max(
            worst, float((np.abs(reached - wanted) / np.where(wanted > 0, wanted, 1)).max())
        )
    return worst


def _fewest(groups: Iterable[NDArray[np.intp]], margins: Sequence[Floats], who: Mask) -> int:
    return min(
        int(np.bincount(codes[who], minlength=len(margin)).min())
        for codes, margin in zip(groups, margins, strict=True)
    )


def weighted(
    codebook: Codebook,
    responses: Responses,
    tables: Tables,
    weights: Weights,
    invited: int | None,
    without: Sequence[str] = (),
    level: float = LEVEL,
) -> Weighted:
    """The shares and means of every item, weighted; `without` names items that are left aside.

    The items weighted to are left aside as well: their shares are now those of the invited.
    """
    if weights.weights is None:
        return Weighted(weights, ())
    maker = _Maker(codebook, responses, weights, weights.weights, invited, level)
    aside = {*without, *(each.name for each in weights.to)}
    rows = [
        maker.item(table)
        for name, table in tables.items.items()
        if name not in aside and table.answered_known
    ]
    return Weighted(weights, tuple(rows))


@dataclass(frozen=True)
class _Maker:
    codebook: Codebook
    responses: Responses
    how: Weights
    weights: Floats
    invited: int | None
    level: float

    def item(self, table: Frequency) -> WeightedItem:
        positive = table.positive_rows
        groups = [positive] if positive else [(row,) for row in table.opinions]
        base = self._base(table) & (self.weights > 0)
        shares = []
        for rows in groups:
            yes = self._yes(table, [row.key for row in rows])
            interval = weighted_proportion(
                yes[base].astype(float),
                self.weights[base],
                population=self.invited,
                level=self.level,
            )
            n = sum(row.n for row in rows)
            share = n / table.base if table.base else None
            labels = tuple(row.label for row in rows)
            shares.append(self._figure(labels, base, share, interval))
        return WeightedItem(table.item, table.title, table.number, tuple(shares), self._mean(table))

    def _mean(self, table: Frequency) -> WeightedFigure | None:
        if not table.item.mean or table.overlapping:
            return None
        given = numbers(self.responses, table.item.name)
        base = ~np.isnan(given) & (self.weights > 0)
        interval = weighted_mean(
            given[base], self.weights[base], population=self.invited, level=self.level
        )
        return self._figure((), base, table.mean, interval)

    def _figure(
        self, labels: tuple[Text, ...], base: Mask, share: float | None, interval: Interval
    ) -> WeightedFigure:
        return WeightedFigure(labels, int(base.sum()), self._least(base), share, interval)

    def _least(self, base: Mask) -> int:
        """The fewest of `base` in any category that is weighted to and has respondents."""
        least = []
        for item in self.how.to:
            given = numbers(self.responses, item.name)
            there = np.unique(given[self.weights > 0])
            least += [int((given[base] == each).sum()) for each in there]
        return min(least, default=0)

    def _base(self, table: Frequency) -> Mask:
        """Those whom the table's per cents are of."""
        name = table.item.name
        if table.base_kind == "ticked":
            return np.asarray(numbers(self.responses, name) == 1)
        return self._with(name, STATUSES_ASKED if table.base_kind == "asked" else ANSWERED)

    def _with(self, name: str, statuses: frozenset[Status]) -> Mask:
        wanted = np.array([each.status in statuses for each in self.responses.levels[name]])
        found: Mask = wanted[self.responses.codes[name]]
        return found

    def _yes(self, table: Frequency, keys: Sequence[str]) -> Mask:
        if table.overlapping:
            ticks = [numbers(self.responses, key) == 1 for key in keys]
            return np.asarray(np.any(ticks, axis=0))
        given = numbers(self.responses, table.item.name)
        return np.isin(given, [float(key) for key in keys])
