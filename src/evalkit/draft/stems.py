"""Columns side by side that share a question: the rows of a grid, the options of a set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.codebook import normal, tidy
from evalkit.intake.export import Column


@dataclass(frozen=True)
class Group:
    """Neighbouring columns `first` … `last` − 1 with a common stem; `parts` is what follows it."""

    stem: str
    first: int
    parts: tuple[str, ...]

    @property
    def members(self) -> range:
        """The columns' places."""
        return range(self.first, self.first + len(self.parts))


def groups(columns: Sequence[Column]) -> tuple[Group, ...]:
    """Every run of two columns or more that share a stem, each column in one run at most."""
    splits = [_splits(each) for each in columns]
    found: list[Group] = []
    at = 0
    while at < len(columns):
        best = max(
            (_run(splits, at, stem) for stem in splits[at]),
            key=lambda each: len(each.parts),
            default=None,
        )
        if best is not None and len(best.parts) > 1:
            found.append(best)
            at += len(best.parts)
        else:
            at += 1
    return tuple(found)


def _run(splits: Sequence[dict[str, str]], first: int, stem: str) -> Group:
    parts: list[str] = []
    for each in splits[first:]:
        if stem not in each:
            break
        parts.append(each[stem])
    return Group(stem, first, tuple(parts))


_BRACKET = re.compile(r"(?P<stem>.*\S)\s*\[(?P<part>[^\[\]]+)\]\s*")
_DASH = re.compile(r"\s[-–—|]\s|\s?\._\.\s?|:\s|\s*>\s*|/\s")
_NUMBERED = re.compile(r"(?P<stem>\S*[0-9]\S*?)[_.:\-](?P<part>[0-9A-Za-z]{1,20})")
_ITEM = re.compile(r"(?P<stem>[^\W\d_]?[0-9]{1,3}[a-z]?[.)])\s+(?P<part>\S.*)")
_LETTERED = re.compile(r"(?P<stem>[^\W\d_]{1,6}[0-9]{1,3})(?P<part>[a-z])")


def _splits(column: Column) -> dict[str, str]:
    """Every stem that a column could have with what follows it, the most particular first."""
    if column.option and column.question:
        return {tidy(column.question): tidy(column.option)}
    heading = tidy(column.heading)
    if own := _own_text(column, heading):
        return own | _dashed(heading)
    if match := _BRACKET.fullmatch(heading):
        return {match["stem"]: match["part"]}
    if column.question and normal(column.question) != normal(heading):
        return _dashed(tidy(column.question)) or _coded(heading)
    return _dashed(heading) or _coded(heading)


def _own_text(column: Column, heading: str) -> dict[str, str]:
    """What stands before the one text that the cells hold, where the heading ends with it."""
    texts = {tidy(cell) for cell in set(column.cells) if cell} - {""}
    text = texts.pop() if len(texts) == 1 else ""
    stem = heading.removesuffix(text).rstrip(" -–—|:>/") if text else ""
    return {stem: text} if stem and stem != heading and not stem[-1].isalnum() else {}


def _dashed(text: str) -> dict[str, str]:
    found = [
        (text[: match.start()].strip(), text[match.end() :].strip())
        for match in _DASH.finditer(text)
    ]
    return {stem: part for stem, part in reversed(found) if stem and part}


def _coded(heading: str) -> dict[str, str]:
    for pattern in (_NUMBERED, _LETTERED, _ITEM):
        if match := pattern.fullmatch(heading):
            return {match["stem"]: match["part"]}
    return {}
