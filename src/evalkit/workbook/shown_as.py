"""A round's responses and counts under the names and on the answers that they are shown by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from evalkit.codebook import Text
from evalkit.intake import Level, Responses
from evalkit.intake.responses import levels_of
from evalkit.rounds import Key, Link, RoundItems, key


def shown_responses(responses: Responses, items: RoundItems) -> Responses:
    """The responses of a round as they are shown; the same object where nothing differs."""
    if not items.links:
        return responses
    codes, levels = {}, {}
    for name, own in responses.codes.items():
        link = items.links.get(name, Link(name))
        before = responses.levels[name]
        after = _levels(link, before, items)
        places = [after.index(_shown(link, level)) for level in before]
        codes[link.name] = np.array(places, own.dtype)[own] if link.answers else own
        levels[link.name] = after
    return Responses(responses.n, codes, levels)


def _levels(link: Link, before: tuple[Level, ...], items: RoundItems) -> tuple[Level, ...]:
    """The levels of the scale that an item is shown on, then those that it has beside them."""
    if not link.answers:
        return before
    own = levels_of(items.shown.scale(items.shown.items[link.name]))
    extra = dict.fromkeys(_shown(link, level) for level in before)
    return (*own, *(each for each in extra if each not in own))


def _shown(link: Link, level: Level) -> Level:
    value = None if level.value is None else int(level.value)  # numbers are never recoded
    return (
        Level(*link.answers[value, level.status])
        if (value, level.status) in link.answers
        else level
    )


def shown_counts(counts: pd.DataFrame, items: RoundItems) -> pd.DataFrame:
    """The counts of a round as they are shown; the same frame where nothing differs."""
    if not items.links:
        return counts
    pieces = []
    for name, piece in counts.groupby("item", sort=False):
        link = items.links.get(str(name), Link(str(name)))
        named = piece.assign(item=link.name)
        pieces.append(_recoded(named, link, items) if link.answers else named)
    return pd.concat(pieces, ignore_index=True)[list(counts.columns)]


def _recoded(counts: pd.DataFrame, link: Link, items: RoundItems) -> pd.DataFrame:
    """The counts of one item on the answers that it is shown by: a row each, in their order."""
    groups = [each for each in counts.columns if each not in ("value", "status", "n")]
    rows = []
    for group, piece in counts.groupby(groups, sort=False):
        before = [
            _level(value, status) for value, status in zip(piece.value, piece.status, strict=True)
        ]
        n = dict.fromkeys(_levels(link, tuple(before), items), 0)
        for level, times in zip(before, piece.n, strict=True):
            n[_shown(link, level)] += int(times)
        rows += [(*group, *level, times) for level, times in n.items()]
    frame = pd.DataFrame(rows, columns=[*groups, "value", "status", "n"])
    return frame.astype({each: counts.dtypes[each] for each in frame.columns})


def _level(value: object, status: object) -> Level:
    found: Key = (None if pd.isna(value) else int(value), status)  # type: ignore[assignment, call-overload]
    return Level(*found)


def recoded_items(items: RoundItems) -> Iterator[tuple[Text, tuple[tuple[Text, Text], ...]]]:
    """Each recoded item's label, with its answers and those that they are shown as."""
    for name, link in items.links.items():
        if not link.answers:
            continue
        new, shown = items.delivered.items[name], items.shown.items[link.name]
        labels = {key(each): each.label for each in items.shown.scale(shown).answers}
        answers = items.delivered.scale(new).answers
        told = _told(link.answers, labels, {key(each): each.label for each in answers})
        yield items.delivered.title(new), told


def _told(
    answers: Mapping[Key, Key], after: Mapping[Key, Text], before: Mapping[Key, Text]
) -> tuple[tuple[Text, Text], ...]:
    return tuple((before[a], after[b]) for a, b in answers.items() if a in before and b in after)
