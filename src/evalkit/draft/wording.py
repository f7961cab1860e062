"""How like each other two texts of a questionnaire are, and what differs, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from evalkit.codebook import tidy

_OWN_NUMBER = re.compile(
    r"\s*(?:(?:fråga|question|q|f)\s*)?[0-9]{1,3}[a-zåäö]?\s*[.:)]\s+(?=\S)", re.IGNORECASE
)


def words(text: str) -> list[str]:
    """The words of a text as compared: without its own number, signs and case."""
    return re.findall(r"\w+", _OWN_NUMBER.sub("", tidy(text), count=1).casefold())


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the share of words in common and in order (difflib's ratio)."""
    if words(one) == words(other):
        return 1.0
    return SequenceMatcher(None, words(one), words(other), autojunk=False).ratio()


def letters_alike(one: str, other: str) -> float:
    """The same by letters, for rows and options of a word or two."""
    texts = (" ".join(words(one)), " ".join(words(other)))
    return SequenceMatcher(None, *texts, autojunk=False).ratio()


def word_diff(was: str, now: str) -> str:
    """What was taken away and put in: `Hur [-nöjd-] {+trygg+} är du`."""
    before, after = (_OWN_NUMBER.sub("", tidy(e), count=1).split() for e in (was, now))
    pieces: list[str] = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for tag, first, last, start, end in steps:
        if tag == "equal":
            pieces += before[first:last]
            continue
        if first < last:
            pieces.append(f"[-{' '.join(before[first:last])}-]")
        if start < end:
            pieces.append(f"{{+{' '.join(after[start:end])}+}}")
    return " ".join(pieces)
