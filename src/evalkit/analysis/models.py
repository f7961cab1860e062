"""An ordered item on background items: a proportional-odds model of the respondents.

Each background item is taken as groups, also an ordered one: nothing is supposed of how far its
answers lie apart. The largest group is what the others are compared with (of two as large, the
first in the codebook). An odds ratio above 1 means answers nearer to the item's positive end, or,
where it has none, to its highest code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.analysis.answers import numbers
from evalkit.codebook import Answer, Codebook, Item, Text
from evalkit.intake import Responses
from evalkit.statistics.ordinal import Coefficient, OrdinalModel, proportional_odds
from evalkit.statistics.outcome import LEVEL


@dataclass(frozen=True)
class ModelGroup:
    """One answer to a background item: how many of the model gave it, and its coefficient.

    The reference has no coefficient, and nobody has one where the model was not fitted.
    """

    label: Text
    value: int
    n: int
    reference: bool
    coefficient: Coefficient | None


@dataclass(frozen=True)
class Background:
    """A background item of a model, with the groups that anybody of it belongs to."""

    item: Item
    title: Text
    groups: tuple[ModelGroup, ...]

    @property
    def reference(self) -> ModelGroup:
        """The group that the others are compared with."""
        return next(each for each in self.groups if each.reference)


@dataclass(frozen=True, repr=False)
class Model:
    """A model with true figures.

    `towards` is the answer that an odds ratio above 1 points to. `left_out` counts respondents who
    lack an opinion on the item or a background item. `fewest` are the fewest in any combination of
    groups, or of those left out who have an opinion on the item and lack the same background items.
    """

    item: Item
    title: Text
    number: str
    towards: Text
    backgrounds: tuple[Background, ...]
    fitted: OrdinalModel
    left_out: int
    fewest: int

    def __repr__(self) -> str:
        """The figures as a table, or why there are none: what a cell that ends with it shows."""
        on = " + ".join(each.item.name for each in self.backgrounds)
        why = f"\nno estimates: {self.fitted.reason}" if self.fitted.reason else ""
        return f"{self.item.name} ~ {on}, {self.left_out} left out{why}\n{self.frame().to_string()}"

    def frame(self) -> pd.DataFrame:
        """A row a group: `n, reference, odds_ratio, low, high, p`."""
        rows = [
            (
                background.item.name,
                group.label.best("sv").text,
                group.n,
                group.reference,
                *_figures(group.coefficient),
            )
            for background in self.backgrounds
            for group in background.groups
        ]
        columns = ["background", "answer", "n", "reference", "odds_ratio", "low", "high", "p"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(columns[4:], "Float64"))


def _figures(found: Coefficient | None) -> list[float | None]:
    if found is None:
        return [None] * 4
    return [found.odds_ratio.estimate, found.odds_ratio.low, found.odds_ratio.high, found.p]


def model(
    codebook: Codebook,
    responses: Responses,
    item: str,
    on: Sequence[str],
    level: float = LEVEL,
) -> Model:
    """The proportional-odds model of `item` on the background items `on`."""
    asked, backgrounds = codebook.item(item), [codebook.item(each) for each in on]
    columns = [numbers(responses, each) for each in (item, *on)]
    table = np.column_stack(columns)
    used = ~np.isnan(table).any(axis=1)
    answers, *given = (each[used] for each in columns)
    turned = asked.positive == "low"
    groups = [_groups(codebook, each, g) for each, g in zip(backgrounds, given, strict=True)]
    predictors, terms = _dummies(backgrounds, groups, given)
    if not predictors:
        predictors = {f"{on[0]}=": np.zeros(len(answers))}
        terms = None
    fitted = proportional_odds(
        -answers if turned else answers, predictors, terms=terms, level=level
    )
    named = {each.name: each for each in fitted.coefficients}
    return Model(
        asked,
        codebook.title(asked),
        codebook.number(asked),
        _towards(codebook, asked, turned),
        tuple(
            _background(codebook, each, found, named)
            for each, found in zip(backgrounds, groups, strict=True)
        ),
        fitted,
        int((~used).sum()),
        _fewest(table[~np.isnan(table[:, 0]), 1:]),
    )


def _fewest(given: NDArray[np.float64]) -> int:
    """Of answers to background items, the fewest alike; those who lack one count by what lacks."""
    lacking = np.isnan(given)
    alike = np.where(lacking.any(axis=1, keepdims=True), np.where(lacking, -np.inf, np.inf), given)
    return int(np.unique(alike, axis=0, return_counts=True)[1].min(initial=len(given)))


_Groups = tuple[tuple[Answer, int], ...]
"""Each answer that anybody gave, in the codebook's order, and how many did."""


def _groups(codebook: Codebook, item: Item, given: NDArray[np.float64]) -> _Groups:
    found = [(each, int((given == each.value).sum())) for each in codebook.scale(item).valid]
    return tuple(each for each in found if each[1])


def _reference(groups: _Groups) -> Answer:
    return max(groups, key=lambda each: each[1])[0]


def _name(item: Item, answer: Answer) -> str:
    return f"{item.name}={answer.value}"


def _dummies(
    backgrounds: Sequence[Item], groups: Sequence[_Groups], given: Sequence[NDArray[np.float64]]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, list[str]] | None]:
    """A column of 0 and 1 for each group but the reference, and the columns of each item."""
    predictors: dict[str, NDArray[np.float64]] = {}
    terms: dict[str, list[str]] = {}
    for item, found, values in zip(backgrounds, groups, given, strict=True):
        for answer, _ in found:
            if answer != _reference(found):
                name = _name(item, answer)
                predictors[name] = (values == answer.value).astype(np.float64)
                terms.setdefault(item.name, []).append(name)
    return predictors, terms


def _background(
    codebook: Codebook, item: Item, groups: _Groups, named: dict[str, Coefficient]
) -> Background:
    found = tuple(
        ModelGroup(
            answer.label,
            answer.value or 0,
            n,
            answer == _reference(groups),
            named.get(_name(item, answer)),
        )
        for answer, n in groups
    )
    return Background(item, codebook.title(item), found)


def _towards(codebook: Codebook, item: Item, turned: bool) -> Text:
    answers = [each for each in codebook.scale(item).valid if each.value is not None]
    ordered = sorted(answers, key=lambda each: each.value or 0, reverse=not turned)
    return ordered[0].label
