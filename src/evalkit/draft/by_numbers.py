"""Guesses of columns that hold numbers: a scale of numbers, codes, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalkit.codebook import Answer, Positive, Text
from evalkit.draft import cells
from evalkit.draft.by_texts import nominal
from evalkit.draft.facts import (
    RANGES,
    WHICH_END,
    Facts,
    Guess,
    Habits,
    Sort,
    Sure,
    no_opinions,
    numeric,
    quoted,
    turned,
)
from evalkit.draft.library import key, matches


def labelled_numbers(facts: Facts, habits: Habits) -> Guess | None:
    """Numbers of which the ends or all have words: "1 Inte alls", 2, 3, 4, "5 Helt"."""
    found = cells.labelled_numbers(facts.opinions)
    if not found:
        return None
    low, high = min(found), max(found)
    ends = _ends(low, high, habits, facts.filled)
    if ends is None:
        return None
    named = matches(cells.words_of(found[n]) for n in (low, high) if cells.words_of(found[n]))
    positive: Positive = ""
    if named and cells.words_of(found[high]):
        step = named[0].steps[key(cells.words_of(found[high]))]
        top = 2 * step < len(named[0].form.steps)
        positive = named[0].form.positive if top else turned(named[0].form.positive)
    valid = [Answer(n, Text(found.get(n, str(n)))) for n in range(ends[1], ends[0] - 1, -1)]
    return Guess(
        "ordinal",
        "high" if ends == (low, high) else "medium",
        f"Numbers {ends[0]}–{ends[1]} with words.",
        "" if positive else WHICH_END,
        (*valid, *no_opinions(facts.withheld)),
        f"numeric_{ends[0]}_{ends[1]}",
        positive,
        mean=True,
        language=named[0].form.language if named else None,
    )


_CODES_OF_NOTHING = frozenset(
    {66, 77, 88, 97, 98, 99, 997, 998, 999, -1, -7, -8, -9, -77, -88, -99, 9999}
)


def numbers(facts: Facts, habits: Habits) -> Guess | None:
    """Whole numbers from 0 or 1 to at most 10."""
    given = cells.wholes(facts.opinions)
    if given is None:
        return None
    special = [n for n in given if n in _CODES_OF_NOTHING or n in _apart(given, facts.filled)]
    numbers = [n for n in given if n not in special]
    ends = _ends(min(numbers), max(numbers), habits, facts.filled) if numbers else None
    if ends is None or (len(numbers) < 2 and not habits.numbers[ends]):
        return None
    written = {int(text): text for text in facts.opinions}
    valid = [Answer(n, Text(written.get(n, str(n)))) for n in range(ends[1], ends[0] - 1, -1)]
    odd = [Answer(n, Text(written[n]), "dont_know") for n in sorted(special)]
    full = ends == (min(numbers), max(numbers))
    sort, sure, decide = _number_words(ends, full, special)
    return Guess(
        sort,
        sure,
        f"Whole numbers, {min(numbers)}–{max(numbers)} seen.",
        decide,
        (*valid, *odd, *no_opinions(facts.withheld)),
        f"numeric_{ends[0]}_{ends[1]}",
        mean=ends[1] - ends[0] > 2,
    )


def _apart(given: Sequence[int], filled: int) -> list[int]:
    """8 and 9 where many respondents used 1 to 5 and nobody 6 or 7: codes of no opinion."""
    low = [n for n in given if n < 8]
    far = bool(low) and filled >= _MANY and len(low) > 2 and max(low) <= 5
    return [n for n in given if n in (8, 9)] if far and max(given) < 10 else []


def _number_words(
    ends: tuple[int, int], full: bool, special: Sequence[int]
) -> tuple[Sort, Sure, str]:
    decide = [f"Write what {quoted(map(str, special))} mean."] if special else []
    if ends[1] - ends[0] < 3:
        decide.append("Are these codes of answers? Write their labels in scales.csv.")
        return ("nominal" if ends[1] - ends[0] == 1 else "ordinal"), "low", " ".join(decide)
    decide.append("What do the ends mean, and which is the good one?")
    sure: Sure = "low" if special else "high" if full and ends != (1, 4) else "medium"
    return "ordinal", sure, " ".join(decide)


_MANY = 20
"""So many respondents would have used more than two numbers of a longer scale."""


def _ends(low: int, high: int, habits: Habits, filled: int) -> tuple[int, int] | None:
    """The ends of the scale that the numbers are on, rather one that other columns are on."""
    if high - low == 1 and (filled >= _MANY or not habits.numbers):
        return low, high
    holding = [each for each in RANGES if each[0] <= low and high <= each[1]]
    holding = [each for each in holding if (each[0] == 0) == (low == 0) or habits.numbers[each]]
    if (low, high) not in holding and not any(habits.numbers[each] for each in holding):
        holding = [each for each in holding if each != (1, 3)] or holding
    return min(holding, key=lambda each: (not habits.numbers[each], each[1]), default=None)


def number_codes(facts: Facts, habits: Habits) -> Guess | None:
    """A few numbers of three digits or more, each of many respondents: codes of answers."""
    numbers = cells.wholes(facts.opinions) or []
    lengths = {len(text) for text in facts.opinions}
    few = 1 < len(numbers) <= 12 and facts.filled >= _TIMES * len(numbers)
    if not few or len(lengths) > 1 or min(lengths) < 3:
        return None
    found = nominal(facts, habits)
    return found and replace(found, sure="low", decide="Write what the codes mean, in scales.csv.")


_TIMES = 5


def other_numbers(facts: Facts, _: Habits) -> Guess | None:
    """Numbers that are on no scale."""
    if cells.are_numbers(facts.opinions):
        return numeric(facts, "medium", "Every cell is a number.")
    return None
