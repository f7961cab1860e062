"""Every table that a report of a study and round can show, worked out from its counts.

Disclosure control has to see all tables before the first is shown, since they share cells; so they
are declared here, in one place, and handed on together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from evalkit.analysis.combinations import Combinations, combinations
from evalkit.analysis.frequency import (
    USUAL,
    Frequency,
    Grid,
    Tallies,
    frequency,
    grid,
    tallies,
)
from evalkit.analysis.numeric import Numeric, numeric
from evalkit.analysis.open_answers import OpenAnswers, open_answers
from evalkit.analysis.ranking import Ranking, ranking
from evalkit.analysis.response import Answered, ItemNonresponse, ResponseRate, item_nonresponse
from evalkit.codebook import RANKINGS, SINGLE, Answer, Codebook, Text
from evalkit.intake import Responses
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
    `grids` those that join several items, `numbers` numeric and `open_answers` open ones,
    `rankings` those of options put in order. `combinations` has the multiple response sets of which
    there are respondents.
    """

    items: Mapping[str, Frequency]
    grids: Mapping[str, Grid]
    overviews: tuple[Overview, ...]
    response: ResponseRate
    nonresponse: ItemNonresponse
    numbers: Mapping[str, Numeric] = field(default_factory=dict)
    open_answers: Mapping[str, OpenAnswers] = field(default_factory=dict)
    rankings: Mapping[str, Ranking] = field(default_factory=dict)
    combinations: Mapping[str, Combinations] = field(default_factory=dict)


_FREQUENCIES = SINGLE | {"multiple"}
"""The kinds that are shown as a frequency."""


def declared_tables(
    codebook: Codebook,
    counts: pd.DataFrame,
    invited: int | None,
    responded: int | None = None,
    excluded: int = 0,
    respondents: Text = USUAL,
    responses: Responses | None = None,
    written: Mapping[str, tuple[Written, ...]] | None = None,
) -> Tables:
    """Work out every table from `counts`, the counts of one round and unit.

    `responded` is how many took part, where that is known; else the most that any item adds to, and
    the `excluded`, whose answers are not in `counts`. `respondents` is what those who answer are
    called. `responses` are the respondents, where there are any whose answers may be put together;
    `written` is what was written to open items, where that is at hand.
    """
    counted = tallies(counts)
    items = {
        each.name: frequency(codebook, each, counted, respondents)
        for each in codebook.items.values()
        if each.kind in _FREQUENCIES
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
    grids = {
        each.name: grid(codebook, each, counted, respondents)
        for each in codebook.questions
        if each.kind == "grid"
    }
    rankings = {
        each.name: ranking(codebook, each, counted, respondents)
        for each in codebook.questions
        if each.kind in RANKINGS
    }
    return Tables(
        items,
        grids,
        overviews(codebook, items),
        _response(counted, invited, responded, excluded),
        item_nonresponse(_about_respondents(codebook, {**items, **numbers, **opened, **rankings})),
        numbers,
        opened,
        rankings,
        {} if responses is None else _combinations(codebook, responses),
    )


def _response(
    counted: Tallies, invited: int | None, responded: int | None, excluded: int
) -> ResponseRate:
    took_part = _respondents(counted) + excluded if responded is None else responded
    return ResponseRate(took_part, invited, excluded)


def _about_respondents(codebook: Codebook, tables: Mapping[str, Answered]) -> tuple[Answered, ...]:
    """The tables of what each respondent was asked, in the codebook's order."""
    return tuple(
        tables[each.name]
        for each in codebook.items.values()
        if each.name in tables and each.kind != "priority"
    )


def _combinations(codebook: Codebook, responses: Responses) -> dict[str, Combinations]:
    """Of each multiple response set whose options all have answers."""
    return {
        each.name: combinations(codebook, each, responses)
        for each in codebook.questions
        if each.kind == "multiple"
        and len(codebook.parts(each)) > 1
        and all(option.name in responses.codes for option in codebook.parts(each))
    }


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
