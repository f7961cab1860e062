"""Guesses of columns whose codes the file itself labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalkit.codebook import Answer, Text, normal, tidy
from evalkit.draft import cells
from evalkit.draft.by_library import chosen
from evalkit.draft.facts import (
    WHICH_END,
    Facts,
    Guess,
    Habits,
    Sort,
    name_of,
    status_of,
    turned,
    writable,
)
from evalkit.draft.library import Match, key, matches, missing_words


def coded(facts: Facts, habits: Habits) -> Guess | None:
    """Codes whose labels the file itself holds: their answers are the file's, with its codes."""
    labels = {code: tidy(text) for code, text in facts.column.labels.items() if tidy(text)}
    labels = {code: text for code, text in labels.items() if code not in facts.column.missing}
    seen = dict.fromkeys(facts.texts)
    if not labels or len({*labels.values(), *seen}) > _MOST_CODED:
        return None
    if not all(text in labels.values() or cells.whole(text) is not None for text in seen):
        return None
    if len({normal(text) for text in labels.values()}) < len(labels) or not all(
        writable(text) for text in labels.values()
    ):
        return None
    values = _file_codes(labels, [text for text in seen if text not in labels.values()])
    by_label = {text: (value, text) for value, text in values.items()}
    opinions = [t for t in by_label if key(t) not in missing_words()] or list(by_label)
    found = matches(t for t in opinions if cells.whole(t) is None)
    numbered = [text for text in opinions if cells.whole(text) is not None]
    answers = tuple(
        Answer(value, Text(text), status_of(text) if text not in opinions else "valid")
        for value, text in sorted(values.items(), reverse=True)
    )
    if not found or len(opinions) < 2:
        ordered = len(labels) < len(opinions) or cells.in_number_order(opinions) is not None
        sort: Sort = "ordinal" if ordered else "nominal"
        name = name_of(facts)
        decide = "Are the answers ordered? Then write ordinal or likert, and the positive end."
        return Guess(
            sort, "medium", "The file labels its codes.", decide, answers, name, mean=False
        )
    match = chosen(found, habits)
    up = _runs_up(match, {key(text): value for value, text in values.items()})
    positive = match.form.positive if up else turned(match.form.positive)
    why = f"The file labels its codes; they are answers of the scale {match.form.name}."
    return Guess(
        "likert" if match.form.kind == "likert" and not numbered else "ordinal",
        "high",
        why,
        "" if positive else WHICH_END,
        answers,
        name_of(facts) if numbered else match.form.name,
        positive,
        match.form.mean,
        language=match.form.language,
    )


_MOST_CODED = 40


def _file_codes(labels: Mapping[str, str], bare: Sequence[str]) -> dict[int, str]:
    """The file's codes as whole numbers; counted up from 1 where they are something else.

    Where it labels the ends of numbers alone, with every number between them.
    """
    numbers = {code: cells.whole(code) for code in labels}
    if None in numbers.values() or len(set(numbers.values())) < len(numbers):
        found = {len(labels) - at: text for at, text in enumerate(labels.values())}
    else:
        found = {n: labels[code] for code, n in numbers.items() if n is not None}
    seen = {n: text for text in bare if (n := cells.whole(text)) is not None}
    opinions = [n for n, text in found.items() if key(text) not in missing_words()]
    ends = [*opinions, *seen]
    if seen and max(ends) - min(ends) <= 10:
        seen |= {n: str(n) for n in range(min(ends), max(ends)) if n not in seen}
    return seen | found


def _runs_up(match: Match, codes: Mapping[str, int]) -> bool:
    """Whether the file's codes rise with the library's."""
    pairs = sorted(
        (match.form.steps[step].value, codes[each]) for each, step in match.steps.items()
    )
    return pairs[0][1] <= pairs[-1][1]
