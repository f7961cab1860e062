"""Ticks of one question that stand joined in one cell, matched with the options that there are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from evalkit.codebook import normal

_SEPARATOR = re.compile(r"[,;\n\r][\s,;]*")
_BETWEEN = re.compile(r"\s*[,;\n\r][\s,;]*|\s*\Z")
_AROUND = " \t\n\r,;"


class Ticked(NamedTuple):
    """The places of the options found in a cell, in the cell's order, and what was none of them."""

    options: tuple[int, ...]
    rest: str


class Options:
    """The texts of a set's options, ready to be looked for in cells.

    `texts` holds the texts by which each option is known (Swedish, English).
    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        known: dict[str, int] = {}
        for at, each in enumerate(texts):
            for text in each:
                known.setdefault(normal(text).strip(_AROUND), at)
        longest = sorted(known, key=len, reverse=True)
        self._patterns = [(_pattern(text), known[text]) for text in longest if text]

    def find(self, cell: str) -> Ticked:
        """The options of a cell, the longest first where one begins as another does.

        Where that leaves something over, and another way of reading the cell does not, that way is
        taken.
        """
        given = unicodedata.normalize("NFC", cell).strip(_AROUND)
        text = given.casefold()
        found, left = self._greedy(text)
        if left:
            found, left = self._whole(text) or (found, left)
        original = given if len(given) == len(text) else text
        return Ticked(tuple(found), ", ".join(original[start:end].strip() for start, end in left))

    def _here(self, text: str, at: int) -> list[tuple[int, int]]:
        """(option, where the next may begin) of each option that stands at `at`, longest first."""
        found = []
        for pattern, option in self._patterns:
            match = pattern.match(text, at)
            between = _BETWEEN.match(text, match.end()) if match else None
            if between:
                found.append((option, between.end()))
        return found

    def _greedy(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        found: list[int] = []
        left: list[tuple[int, int]] = []
        at = 0
        while at < len(text):
            here = self._here(text, at)
            if here:
                option, at = here[0]
                found.append(option)
                continue
            between = _SEPARATOR.search(text, at)
            left.append((at, between.start() if between else len(text)))
            at = between.end() if between else len(text)
        return found, left

    def _whole(self, text: str) -> tuple[list[int], list[tuple[int, int]]] | None:
        """A way of reading the whole cell, or None."""
        steps: dict[int, tuple[int, int]] = {}
        for at in range(len(text) - 1, -1, -1):
            here = self._here(text, at)
            step = next((each for each in here if each[1] == len(text) or each[1] in steps), None)
            if step:
                steps[at] = step
        if 0 not in steps:
            return None
        found, at = list[int](), 0
        while at < len(text):
            option, at = steps[at]
            found.append(option)
        return found, []


def _pattern(text: str) -> re.Pattern[str]:
    """The text with whatever space there is between its words and before its separators."""
    words = re.sub(r"\s+([,;])", r"\1", text).split()
    return re.compile(re.sub(r"([,;])", r"\\s*\1", r"\s+".join(map(re.escape, words))))
