"""Guesses of columns of texts that no library knows: ranges, joined ticks, names, own words."""

from __future__ import annotations

import re

from evalkit.codebook import Answer, Text, normal
from evalkit.draft import cells
from evalkit.draft.by_heading import headings
from evalkit.draft.by_library import spelled_once
from evalkit.draft.facts import Facts, Guess, Habits, Sure, name_of, no_opinions, times
from evalkit.intake.joined import Options


def ranges(facts: Facts, _: Habits) -> Guess | None:
    """Answers such as 18–29 år, 30–44 år, 45 år eller äldre, in the order of their numbers."""
    if not recurs(facts):
        return None
    ordered = cells.in_number_order(facts.opinions)
    if ordered is None or len(ordered) > _MOST_TEXTS or not spelled_once(facts.opinions):
        return None
    valid = [Answer(at, Text(text)) for at, text in reversed(list(enumerate(ordered, start=1)))]
    answers = (*valid, *no_opinions(facts.withheld))
    why = f"{len(ordered)} answers that begin with numbers, in their order."
    decide = "Is the order right, and is any answer of the questionnaire missing?"
    return Guess("ordinal", "medium", why, decide, answers, name_of(facts))


def joined(facts: Facts, _: Habits) -> Guess | None:
    """Several answers in one cell: ticks, or an order."""
    ranked = cells.ranked_options(facts.texts)
    if ranked:
        why = "Every cell holds the same answers in an order of its own."
        return Guess("ranking", "high", why, options=ranked)
    options = cells.joined_options(facts.texts)
    known = Options([[each] for each in options])
    if not options or any(known.find(text).rest for text in facts.texts):
        return None
    once = sum(1 for each in options if sum(each in text for text in facts.texts) == 1)
    decide = f"{times(once, 'option')} stand in one text only: written by hand?" if once else ""
    why = f"Cells hold several of {len(options)} answers."
    sure: Sure = "medium" if once else "high"
    return Guess("multiple", sure, why, decide, options=options, scale="vald")


_MOST_TEXTS = 30
_LONGEST_TEXT = 100
_TIMES = 5
"""So often on average, also a longer text is an answer to choose, and none in own words."""


def recurs(facts: Facts) -> bool:
    """Whether most filled cells hold a text that stands there again."""
    again = sum(n for n in facts.texts.values() if n > 1)
    return len(facts.opinions) > 1 and 2 * again >= facts.filled


def nominal(facts: Facts, _: Habits) -> Guess | None:
    """A few texts that recur."""
    if len(facts.opinions) == 1:
        why = "Every filled cell holds the same."
        return Guess("constant", "medium", why, "Add it to codebook.csv if it is a question.")
    if _written(facts):
        return None
    again = facts.filled >= _TIMES * len(facts.texts)
    longest = _LONGEST_TEXT if not again else 3 * _LONGEST_TEXT
    few = len(facts.opinions) <= _MOST_TEXTS and max(map(len, facts.texts)) <= longest
    if not few or not recurs(facts):
        return None
    merged: dict[str, str] = {}
    for text in sorted(facts.opinions, key=lambda each: (-facts.opinions[each], each)):
        merged.setdefault(normal(text), text)
    last = [text for text in merged.values() if _OTHER.match(normal(text))]
    ordered = [text for text in merged.values() if text not in last] + last
    valid = [Answer(at, Text(text)) for at, text in enumerate(ordered, start=1)]
    answers = (*valid, *no_opinions(facts.withheld))
    many = 3 * len(ordered) <= facts.filled
    why = f"{len(ordered)} different texts in {facts.filled} filled cells."
    decide = "Are the answers ordered? Then write ordinal and give codes in that order."
    return Guess("nominal", "medium" if many else "low", why, decide, answers, name_of(facts))


_WRITTEN = re.compile(
    r"kommentar|synpunkt|beskriv|motivera|varför|övriga|förslag|fritext|utveckla|berätta|tillägga"
    r"|comment|describe|explain|\bwhy\b|suggest|anything else|please specify|\btell us"
)
_ASKS = re.compile(r"(?:[0-9]+[a-z]?[.:)]?\s*)?(?:vad|what|hur kan|how could|how can)\b")


def _written(facts: Facts) -> bool:
    """Whether the texts are the respondents' own, though they recur."""
    above = headings(facts.column)
    sentences = sum(text.count(" ") >= 4 for text in facts.texts)
    asked = any(_WRITTEN.search(each) for each in above)
    open_question = any(_ASKS.match(each) for each in above)
    few = facts.filled < 0.7 * facts.rows
    return bool(sentences) and (asked or (few and open_question))


_OTHER = re.compile(r"annat|annan|andra|övrig|other|inget av|ingen av|none of")


def in_words(facts: Facts) -> Guess:
    """Answers in the respondents' own words: what is nothing else."""
    longest = max(len(text) for text in facts.texts)
    sure: Sure = "high" if longest > 40 and len(facts.texts) > 2 else "medium"
    different = times(len(facts.texts), "different text")
    return Guess("open", sure, f"{different} in {times(facts.filled, 'filled cell')}.")
