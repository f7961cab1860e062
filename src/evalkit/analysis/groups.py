"""How an item was answered in each of several groups of respondents, beside the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.analysis.frequency import USUAL, Frequency, Tallies, frequency, tallies
from evalkit.analysis.units import about_units
from evalkit.codebook import ANSWERED, SINGLE, Codebook, Item, Kind, Text
from evalkit.intake import Level, Responses
from evalkit.units import UnitCounts

ORDERED: frozenset[Kind] = frozenset({"likert", "ordinal"})
"""Answers, or groups, of which one is more than another."""


@dataclass(frozen=True)
class Group:
    """Those who gave one answer to a background item; `known` is False for those who gave none.

    `value` is the answer's code, by which ordered groups are ordered.
    """

    key: str
    label: Text
    value: int | None = None
    known: bool = True


@dataclass(frozen=True)
class Division:
    """Respondents in parts that do not overlap: `part` has shape (respondents,), places in `keys`.

    A key is a group's; "" stands for all others.
    """

    keys: tuple[str, ...]
    part: NDArray[np.intp]


@dataclass(frozen=True)
class Grouped:
    """Respondents in groups, with the counts of each.

    `by` is the background item, or "unit". The groups are a partition of all respondents, unless
    they are `overlapping` (a multiple response set: who ticked each option). `divisions` tells the
    group of each respondent, where there are respondents: one, or one for each overlapping group.
    """

    by: str
    title: Text
    groups: tuple[Group, ...]
    counts: UnitCounts
    ordered: bool = False
    overlapping: bool = False
    divisions: tuple[Division, ...] = ()

    @property
    def known(self) -> tuple[Group, ...]:
        """The groups of those whose answer is known."""
        return tuple(each for each in self.groups if each.known)


@dataclass(frozen=True)
class Crosstab:
    """An item in each group, and in the whole; `about` is how many each group's table is about."""

    whole: Frequency
    groups: Mapping[str, Frequency]
    about: Mapping[str, int]

    @property
    def item(self) -> Item:
        """The item."""
        return self.whole.item

    def frame(self, grouped: Grouped) -> pd.DataFrame:
        """One row for each group and answer: `group, label, value, answer, status, n, percent`.

        `base` is what the per cent is of. The whole comes last, as the group "all".
        """
        named = [(each.key, each.label, self.groups[each.key]) for each in grouped.groups]
        rows: list[tuple[Any, ...]] = []
        for key, label, table in [*named, ("all", Text(), self.whole)]:
            own = {row.key: row for row in table.rows}
            for row in self.whole.rows:
                mine = own.get(row.key)
                n = mine.n if mine else 0
                share = None if row.percent is None or not table.base else 100 * n / table.base
                text = (label.best("sv").text, row.value, row.label.best("sv").text)
                rows.append((key, *text, row.status, n, share, table.base))
        columns = ["group", "group_label", "value", "answer", "status", "n", "percent", "base"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"value": "Int64", "percent": "Float64"})


def compared_items(
    codebook: Codebook, grouped: Grouped, named: Sequence[str], left_out: frozenset[str]
) -> tuple[Item, ...]:
    """The items to compare, in the order of the questionnaire: those `named`, or all that can be.

    A grid stands for its parts. The background item is not compared by itself, and those of
    `left_out` only where they are named.
    """
    counted = set(grouped.counts.whole["item"])
    found = []
    for question in codebook.questions:
        parts = codebook.parts(question) if question.kind == "grid" else (question,)
        for item in parts:
            names = {item.name, question.name}
            wanted = bool(names & set(named)) if named else not names & left_out
            if wanted and grouped.by not in names and _has_answers(item, counted):
                found.append(item)
    return tuple(found)


def _has_answers(item: Item, counted: set[Any]) -> bool:
    there = item.name in counted or item.base == "units"
    return there and item.kind in SINGLE | {"multiple"}


def crosstabs(
    codebook: Codebook, grouped: Grouped, items: Sequence[Item], respondents: Text = USUAL
) -> dict[str, Crosstab]:
    """The table of each item in each group; `respondents` is what those who answer are called."""
    counts = grouped.counts
    whole = tallies(counts.whole)
    own: dict[str, Tallies] = {each.key: tallies(counts.of(each.key)) for each in grouped.groups}
    return {
        item.name: Crosstab(
            frequency(codebook, item, whole, respondents),
            {key: frequency(codebook, item, each, respondents) for key, each in own.items()},
            dict(zip(counts.units, about_units(counts, item).tolist(), strict=True)),
        )
        for item in items
    }


def about_each(responses: Responses, item: Item) -> NDArray[np.bool_]:
    """Whom the table of an item is about, as `Frequency.about` counts them: (respondents,)."""
    if item.base == "units":
        return np.ones(responses.n, np.bool_)
    levels = responses.levels[item.name]
    wanted = [
        level == Level(1, "valid") if item.base == "ticked" else level.status in ANSWERED
        for level in levels
    ]
    return np.array(wanted)[responses.codes[item.name]]


def ticked_groups(responses: Responses, options: Sequence[Item]) -> Iterator[NDArray[np.bool_]]:
    """Who ticked each option: shape (respondents,)."""
    for each in options:
        levels = responses.levels[each.name]
        ticks = np.array([level == Level(1, "valid") for level in levels])
        yield ticks[responses.codes[each.name]]
