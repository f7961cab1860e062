"""Filters: who did not get a question, where the codebook says who did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook, Condition, Item, conditions_of, settled_order
from evalkit.errors import Problem
from evalkit.intake.export import Export
from evalkit.intake.responses import NO_ANSWER, NOT_ASKED, Codes, Level, level_key

Mask = NDArray[np.bool_]
"""True for the respondents that something holds for; shape (n,)."""


def in_order(codebook: Codebook) -> tuple[Item, ...]:
    """The items, each after those that its condition is about, and heads after their parts."""
    return settled_order(codebook.items)


def not_asked(
    export: Export,
    codebook: Codebook,
    item: Item,
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
) -> Iterator[Problem]:
    """Make an empty cell "not asked" for each respondent who does not meet the item's conditions.

    Who answered all the same keeps the answer, and is told of. The options of a set, which one
    respondent answers together, are settled with their set: who ticked one of them got it.
    """
    if item.kind in _TOGETHER:
        yield from _together(export, codebook, item, codes, levels)
    elif item.name in codes:
        conditions = conditions_of(codebook.items, item)
        if item.kind in ("option", "ranked"):
            conditions = (item.asked_if,) if item.asked_if else ()
        unmet = _unmet(conditions, codes, levels)
        if unmet is not None:
            empty = _is(NO_ANSWER, item, codes, levels)
            if not item.column:  # ticks stand joined: an option that is not among them is empty
                empty |= _is(Level(0, "valid"), item, codes, levels)
            _put(NOT_ASKED, unmet & empty, item, codes, levels)
            answered = unmet & ~empty & ~_is(NOT_ASKED, item, codes, levels)
            head = codebook.items.get(item.part_of)
            column = item.column or (head.column if head else "")
            yield from _answered(export, column, answered, conditions)


_TOGETHER = frozenset({"multiple", "ranking"})


def _together(
    export: Export,
    codebook: Codebook,
    head: Item,
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
) -> Iterator[Problem]:
    parts = [each for each in codebook.parts(head) if each.name in codes]
    conditions = (head.asked_if,) if head.asked_if else ()
    unmet = _unmet(conditions, codes, levels)
    if unmet is None or not parts:
        return
    silent = [
        _is(NO_ANSWER, each, codes, levels) | _is(NOT_ASKED, each, codes, levels) for each in parts
    ]
    empty = np.logical_and.reduce(silent)
    whole = [head] if head.name in codes else []  # of a ranking; a set's comes from its options
    for each in (*parts, *whole):
        blank = _is(NO_ANSWER, each, codes, levels)
        _put(NOT_ASKED, unmet & empty & blank, each, codes, levels)
    column = head.column or next((each.column for each in parts if each.column), "")
    yield from _answered(export, column, unmet & ~empty, conditions)


def _unmet(
    conditions: Sequence[Condition], codes: dict[str, Codes], levels: dict[str, tuple[Level, ...]]
) -> Mask | None:
    """Who does not meet one of the conditions; None where nobody can tell or there is none."""
    told = [each for each in conditions if each.item in codes]
    masks = [~_meets(each, codes, levels) for each in told]
    return np.logical_or.reduce(masks) if masks else None


def _meets(
    condition: Condition, codes: dict[str, Codes], levels: dict[str, tuple[Level, ...]]
) -> Mask:
    """A level meets a condition that names its code or its status."""
    wanted = set(condition.keys)
    meets = np.array([bool({level_key(e), e.status} & wanted) for e in levels[condition.item]])
    found: Mask = meets[codes[condition.item]]
    return found


def _is(
    level: Level, item: Item, codes: dict[str, Codes], levels: dict[str, tuple[Level, ...]]
) -> Mask:
    own = levels[item.name]
    if level not in own:
        return np.zeros(len(codes[item.name]), np.bool_)
    found: Mask = codes[item.name] == own.index(level)
    return found


def _put(
    level: Level,
    where: Mask,
    item: Item,
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
) -> None:
    """Give the item `level` where the mask is true; new arrays, since others may hold the old."""
    if level not in levels[item.name]:
        levels[item.name] = (*levels[item.name], level)
    own = codes[item.name]
    codes[item.name] = np.where(where, own.dtype.type(levels[item.name].index(level)), own)


def _answered(
    export: Export, column: str, where: Mask, conditions: Sequence[Condition]
) -> Iterator[Problem]:
    """A warning for each respondent who answered what the conditions say was not asked."""
    said = " and ".join(f"{each.item} = {', '.join(each.keys)}" for each in conditions)
    message = f"The question was for those with {said}, and is answered here."
    fix = "The answer is kept; look at asked_if in codebook.csv, or at the questionnaire."
    for at in np.flatnonzero(where).tolist():
        yield Problem(export.file, export.rows[at], column, message, fix, "warning")
