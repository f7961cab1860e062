"""Guesses of columns that are answered on a scale of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from evalkit.codebook import Answer, Text, normal
from evalkit.draft.facts import (
    WHICH_END,
    Facts,
    Guess,
    Habits,
    Sure,
    no_opinions,
    quoted,
    times,
)
from evalkit.draft.library import Form, Match, key, matches, near_matches


def on_library(facts: Facts, habits: Habits) -> Guess | None:
    """Answers that are all of one scale of the library."""
    found = matches(facts.opinions)
    if not found or not spelled_once(facts.opinions):
        return None
    match = chosen(found, habits)
    lone = len(match.steps) < 2 < len(match.form.steps)
    if lone and not habits.forms[match.form.name]:
        return None
    if not match.form.known and len(match.steps) < len(match.form.steps):
        sure: Sure = "low"
    elif len(match.steps) < 2 or not match.form.known:
        sure = "low" if len(match.steps) < 2 else "medium"
    else:
        sure = "high" if match.unseen <= 1 and facts.filled >= _FEW else "medium"
    seen = f"{len(match.steps)} of {times(len(match.form.steps), 'answer')} seen"
    why = f"Answers of the scale {match.form.name}, {seen}."
    return _on_form(match, facts, sure, why)


_FEW = 5


def spelled_once(texts: Collection[str]) -> bool:
    """Whether no answer is written in two ways."""
    return len({key(text) for text in texts}) == len({normal(text) for text in texts})


def chosen(found: Sequence[Match], habits: Habits) -> Match:
    """The closest match; where answers are unseen, rather one that other columns are on."""
    if not found[0].unseen:
        return found[0]
    return min(found, key=lambda each: (not habits.forms[each.form.name], each.unseen))


def _on_form(match: Match, facts: Facts, sure: Sure, why: str) -> Guess:
    form = match.form
    strange = [text for text in facts.opinions if key(text) in match.strange]
    decide = []
    if strange:
        decide.append(f"What does {quoted(strange)} mean? It is out of the mean until you say.")
    if not form.positive:
        decide.append(WHICH_END)
    if match.unseen and sure != "high":
        decide.append("Are the answers that nobody gave those of the questionnaire?")
    valid = _worded(match, facts.opinions)
    answers = (*valid, *no_opinions(facts.withheld, strange))
    return Guess(
        "likert" if form.kind == "likert" else "ordinal",
        sure,
        why,
        " ".join(decide),
        answers,
        form.name,
        form.positive,
        form.mean,
        language=form.language,
    )


def _worded(match: Match, texts: Iterable[str]) -> tuple[Answer, ...]:
    """The form's answers as the cells write them; one that is not seen in the same manner."""
    seen = {match.steps[key(text)]: text for text in texts if key(text) in match.steps}
    taken = {key(text) for text in texts}
    manner = _manner(match.form, seen)
    found = []
    for at, step in enumerate(match.form.steps):
        free = [each for each in step.labels[manner:] + step.labels if key(each) not in taken]
        text = seen.get(at) or next(iter(free), "")
        if text:
            taken.add(key(text))
            found.append(Answer(step.value, Text(text)))
    return tuple(found)


def _manner(form: Form, seen: Mapping[int, str]) -> int:
    """Which alternative of their answers most of the seen texts are."""
    places = Counter(
        [key(each) for each in form.steps[at].labels].index(key(text)) for at, text in seen.items()
    )
    return places.most_common(1)[0][0] if places else 0


def near_library(facts: Facts, _: Habits) -> Guess | None:
    """Answers most of which are of one scale of the library."""
    found = near_matches(facts.opinions)
    if not found or not spelled_once(facts.opinions):
        return None
    why = f"Most answers are those of the scale {found[0].form.name}."
    return _on_form(found[0], facts, "low", why)
