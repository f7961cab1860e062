"""Every table that a report of a study and round can show, worked out from its counts.

Disclosure control has to see all tables before the first is shown, since they share cells; so they
are declared here, in one place, and handed on together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evalkit.analysis.frequency import Frequency, Grid, Tallies, frequency, grid, tallies
from evalkit.analysis.numeric import Numeric, numeric
from evalkit.analysis.open_answers import OpenAnswers, open_answers
from evalkit.analysis.response import ItemNonresponse, ResponseRate, item_nonresponse
from evalkit.codebook import SINGLE, Answer, Codebook
from evalkit.intake.written import Written


@dataclass(frozen=True)
class Overview:
    """All items that are answered on the same scale, side by side.

    Items with and without a Vet ej are together as long as their valid answers are the same.
    """

    answers: tuple[Answer, ...]
    rows: tuple[Frequency, ...]


@dataclass(frozen=True)
class Tables:
    """The tables of one study and round, with true figures.

    `items` holds the tables of single items, grid rows and multiple response sets by item;
    `grids` those that join several items, `numbers` numeric and `open_answers` open ones.
    """

    items: Mapping[str, Frequency]
    grids: Mapping[str, Grid]
    overviews: tuple[Overview, ...]
    response: ResponseRate
    nonresponse: ItemNonresponse
    numbers: Mapping[str, Numeric]
    open_answers: Mapping[str, OpenAnswers]


def declared_tables(
    codebook: Codebook,
    counts: pd.DataFrame,
    invited: int | None,
    responded: int | None = None,
    written: Mapping[str, tuple[Written, ...]] | None = None,
) -> Tables:
    """Work out every table from `counts`, the counts of one round and unit.

    `responded` is how many took part, where that is known; else the most that any item adds to.
    `written` holds what was written to open items, where that is at hand.
    """
    counted = tallies(counts)
    items = {
        each.name: frequency(codebook, each, counted)
        for each in codebook.counted
        if each.kind in SINGLE | {"multiple"}
    }
    numbers = {
        each.name: numeric(codebook, each, counted)
        for each in codebook.counted
        if each.kind == "numeric"
    }
    opened = {
        each.name: open_answers(codebook, each, counted, written or {})
        for each in codebook.counted
        if each.kind == "open"
    }
    questions = {**items, **numbers, **opened}
    grids = {
        each.name: grid(codebook, each, counted)
        for each in codebook.questions
        if each.kind == "grid"
    }
    return Tables(
        items,
        grids,
        overviews(codebook, items),
        ResponseRate(_respondents(counted) if responded is None else responded, invited),
        item_nonresponse(
            questions[each.name] for each in codebook.counted if each.name in questions
        ),
        numbers,
        opened,
    )


def _respondents(counted: Tallies) -> int:
    """Every item has a row for each status, so any of them adds to the number of respondents."""
    return max((sum(given.values()) for given in counted.values()), default=0)


def overviews(codebook: Codebook, items: Mapping[str, Frequency]) -> tuple[Overview, ...]:
    """An overview for each set of ordered answers that two items or more are answered on."""
    found: dict[tuple[Answer, ...], list[Frequency]] = {}
    for each in items.values():
        if each.item.kind == "likert":
            found.setdefault(codebook.scale(each.item).valid, []).append(each)
    return tuple(Overview(answers, tuple(rows)) for answers, rows in found.items() if len(rows) > 1)
