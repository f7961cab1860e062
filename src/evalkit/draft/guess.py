"""What a column is: one guess each, with how sure it is, why, and what a person has to decide."""

from __future__ import annotations

from evalkit.draft.by_heading import amount, by_being_unique, by_heading, dates, timing
from evalkit.draft.by_labels import coded
from evalkit.draft.by_library import near_library, on_library
from evalkit.draft.by_numbers import labelled_numbers, number_codes, numbers, other_numbers
from evalkit.draft.by_texts import in_words, joined, nominal, ranges
from evalkit.draft.facts import Facts, Guess, Habits, writable


def guess(facts: Facts, habits: Habits) -> Guess:
    """The guess for one column (or for columns on one scale) by its cells and its heading."""
    if not facts.texts:
        return Guess("empty", "high", "Every cell is empty.")
    if not all(writable(text) for text in facts.texts):
        return Guess("unclear", "low", "Cells hold signs that cannot be shown.", _LOOK)
    for tell in _TELLS:
        found = tell(facts, habits)
        if found is not None:
            return found
    return in_words(facts)


_LOOK = "Look at the column in the export."


_TELLS = (
    by_heading,
    coded,
    timing,
    dates,
    amount,
    on_library,
    by_being_unique,
    labelled_numbers,
    numbers,
    number_codes,
    other_numbers,
    near_library,
    ranges,
    joined,
    nominal,
)
"""Asked one after the other; the first that knows a column decides."""
