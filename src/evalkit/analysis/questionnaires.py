"""How the questionnaires were filled in: partly, twice, all alike, or faster than one can read.

A flag is a reason to look at a questionnaire, not to drop it: what is left out is declared in the
data log. This needs respondents; counts cannot tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import ANSWERED, Answer, Codebook, Item
from evalkit.intake import Responses

LEAST_ANSWERED = 10
"""Fewer equal answers than this may well be two persons who think alike."""
LEAST_ROWS = 4
LEAST_ITEMS = 5
LEAST_ANSWERS = 3
LEAST_TIMES = 10
"""Fewer times than this have no median to compare with."""
FAST = 2.0
"""So many times as fast as the median is implausible."""

Rows = NDArray[np.intp]
"""Places of respondents, in order."""


@dataclass(frozen=True)
class Questionnaires:
    """Places of respondents by what their questionnaires are like; None where that is not judged.

    `complete`, `partly` and `without` share out all of them; `under_half` are some of `partly`. All
    are None where single respondents were rebuilt from tables.
    """

    n: int
    complete: Rows | None = None
    partly: Rows | None = None
    under_half: Rows | None = None
    without: Rows | None = None
    same_identifier: Rows | None = None
    same_answers: Rows | None = None
    straight: Rows | None = None
    fast: Rows | None = None


def questionnaires(
    codebook: Codebook,
    responses: Responses,
    identifiers: Sequence[Sequence[str | None]] = (),
    seconds: NDArray[np.float64] | None = None,
) -> Questionnaires:
    """Look at each respondent's questionnaire as a whole.

    Every item asked counts but answers in words, which many leave out, and the options of a
    set, which count as one. `identifiers` holds the cells of each column of kind id, `seconds` how
    long each respondent took (NaN where not known); both in the order of the responses.
    """
    judged = [
        each
        for each in codebook.counted
        if each.name in responses.codes and each.kind not in ("option", "ranked", "open")
    ]
    asked, answered = _asked_answered(responses, judged)
    complete = (answered == asked) & (answered > 0)
    partly = (answered < asked) & (answered > 0)
    return Questionnaires(
        responses.n,
        _places(complete),
        _places(partly),
        _places(partly & (2 * answered < asked)),
        _places(answered == 0),
        _same_identifier(identifiers) if identifiers else None,
        _same_answers(codebook, responses, answered) if len(judged) >= LEAST_ANSWERED else None,
        _straight(codebook, responses),
        None if seconds is None else _fast(seconds),
    )


def _places(flags: NDArray[np.bool_]) -> Rows:
    return np.flatnonzero(flags)


def _asked_answered(
    responses: Responses, items: Sequence[Item]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How many items each respondent was asked, and how many of them they answered."""
    asked = np.zeros(responses.n, np.int32)
    answered = np.zeros(responses.n, np.int32)
    for item in items:
        statuses = [level.status for level in responses.levels[item.name]]
        codes = responses.codes[item.name]
        asked += np.array([each != "not_asked" for each in statuses])[codes]
        answered += np.array([each in ANSWERED for each in statuses])[codes]
    return asked, answered


def _same_identifier(columns: Sequence[Sequence[str | None]]) -> Rows:
    found: set[int] = set()
    for cells in columns:
        where: dict[str, list[int]] = defaultdict(list)
        for at, cell in enumerate(cells):
            if cell and cell.strip():
                where[cell.strip()].append(at)
        found.update(at for places in where.values() if len(places) > 1 for at in places)
    return np.array(sorted(found), np.intp)


def _same_answers(codebook: Codebook, responses: Responses, answered: NDArray[np.int32]) -> Rows:
    """Those with the very answers of another, where both answered enough to tell.

    Rows are told apart by a number mixed of their codes; those whose numbers are equal are then
    compared code by code.
    """
    names = [
        each.name
        for each in codebook.items.values()
        if each.name in responses.codes and each.kind != "open"
    ]
    able = np.flatnonzero(answered >= LEAST_ANSWERED)
    mixed = np.zeros(len(able), np.uint64)
    for name in names:
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hash, modulo 2^64
        mixed ^= mixed >> np.uint64(29)
        mixed += responses.codes[name][able].astype(np.uint64) + np.uint64(1)
    _, back, times = np.unique(mixed, return_inverse=True, return_counts=True)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for at in able[times[back] > 1]:
        alike[tuple(int(responses.codes[name][at]) for name in names)].append(int(at))
    found = [at for places in alike.values() if len(places) > 1 for at in places]
    return np.array(sorted(found), np.intp)


def _straight(codebook: Codebook, responses: Responses) -> Rows | None:
    """Those with one opinion on every row of a grid, or on every item of a scale that many share.

    Judged are the rows that the respondent was asked; None where there is nothing long enough.
    """
    sets = _long_sets(codebook, responses)
    if not sets:
        return None
    flags = np.zeros(responses.n, bool)
    for items, least in sets:
        flags |= _all_alike(responses, items, least)
    return _places(flags)


def _long_sets(codebook: Codebook, responses: Responses) -> list[tuple[list[Item], int]]:
    """Grids and scales with enough rows and answers, and how many rows have to be answered."""

    def has_answers(items: Sequence[Item]) -> bool:
        return len(codebook.scale(items[0]).valid) >= LEAST_ANSWERS

    there = [each for each in codebook.counted if each.name in responses.codes]
    grids = [
        [each for each in codebook.parts(head) if each in there]
        for head in codebook.questions
        if head.kind == "grid"
    ]
    shared: Mapping[tuple[Answer, ...], list[Item]] = defaultdict(list)
    for each in there:
        if each.kind == "likert":
            shared[codebook.scale(each).valid].append(each)
    found = [(each, LEAST_ROWS) for each in grids if len(each) >= LEAST_ROWS]
    found += [(each, LEAST_ITEMS) for each in shared.values() if len(each) >= LEAST_ITEMS]
    return [(items, least) for items, least in found if has_answers(items)]


def _all_alike(responses: Responses, items: Sequence[Item], least: int) -> NDArray[np.bool_]:
    """Who gave the same valid answer to each of `items` that they were asked, `least` at least."""
    alike = np.ones(responses.n, bool)
    times = np.zeros(responses.n, np.int32)
    first = np.zeros(responses.n, np.int64)
    for item in items:
        levels = responses.levels[item.name]
        codes = responses.codes[item.name]
        asked = np.array([each.status != "not_asked" for each in levels])[codes]
        valid = np.array([each.status == "valid" for each in levels])[codes]
        value = np.array([0 if each.value is None else each.value for each in levels])[codes]
        first = np.where(valid & (times == 0), value, first)
        alike &= ~asked | (valid & (value == first))
        times += asked & valid
    return alike & (times >= least)


def _fast(seconds: NDArray[np.float64]) -> Rows | None:
    """Those who took less than half of the median time; None where too few times are known.

    The median divided by one's own time is the relative speed index, after Leiner, D. J. (2019),
    "Too Fast, too Straight, too Weird: Non-Reactive Indicators for Meaningless Data in Internet
    Surveys", Survey Research Methods 13(3), 229–248, who works it out page by page. Exports seldom
    have the time of a page, so it is here that of the whole questionnaire. `FAST` and `LEAST_TIMES`
    are our choice: half of the median is what survey firms commonly use.
    """
    known = seconds[~np.isnan(seconds)]
    if len(known) < LEAST_TIMES:
        return None
    return _places(seconds * FAST < np.median(known))
