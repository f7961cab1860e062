"""Where in a source's text each selection stands, whatever a program counts in.

Programs count code points, UTF-16 units or bytes, with or without the mark at the beginning, a line
break of two signs as one or as two. The texts of the selections themselves tell: each way of
counting is tried, and the one by which most selections read as they should is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

Span = tuple[int, int]
BOM = "\ufeff"


@dataclass(frozen=True)
class Selection:
    """A selection as a program gives it: its first place, the one after its last, its text."""

    start: int | None
    end: int | None
    text: str


@dataclass(frozen=True)
class Anchored:
    """`text` is the source's with plain line breaks; `spans` are the selections' places in it.

    A span is None where the selection's text is not in the source. `unit` says what places count:
    "points" (characters) or "utf16", with "-lf" where a line break counts as one, and "-bare"
    without the mark at the beginning.
    `matched` selections stood at their place, `found` ones stood elsewhere.
    """

    text: str
    spans: tuple[Span | None, ...]
    unit: str
    matched: int
    found: int


def plain_breaks(text: str) -> str:
    """The text without a mark at the beginning, every line break as one line feed."""
    text = text.removeprefix(BOM).replace("\r\n", "\n")
    return text.replace("\r", "\n").replace("\u2029", "\n")


def anchored(raw: str, selections: Sequence[Selection]) -> Anchored:
    """Find the places of `selections` in the text `raw` of their source."""
    text = plain_breaks(raw)
    wanted = [plain_breaks(each.text) for each in selections]
    best: list[Span | None] = []
    unit, most = "points", -1
    for way, marks in _ways(raw):
        spans = [_span(each, marks, len(text)) for each in selections]
        hits = sum(_reads(text, *pair) for pair in zip(spans, wanted, strict=True))
        if hits > most:
            best, unit, most = spans, way, hits
        if most == len(selections):
            break
    return _searched(text, wanted, best, unit)


def _searched(
    text: str, wanted: Sequence[str], spans: Sequence[Span | None], unit: str
) -> Anchored:
    """Those that do not read as they should are looked for, the nearest place first."""
    placed: list[Span | None] = []
    matched = found = 0
    finder = Finder(text)
    for span, own in zip(spans, wanted, strict=True):
        if _reads(text, span, own):
            placed.append(span)
            matched += 1
        else:
            placed.append(finder.place(own, span[0] if span else 0))
            found += placed[-1] is not None
    return Anchored(text, tuple(placed), unit, matched, found)


def _ways(raw: str) -> Iterator[tuple[str, list[int] | None]]:
    """Each way of counting that differs for this text: for each sign, the place where it begins."""
    wide = any(ord(sign) > 0xFFFF for sign in raw)
    marked = raw.startswith(BOM)
    paired = "\r\n" in raw
    choices = [(False, True)[: 1 + there] for there in (marked, paired, wide)]
    for bare, lines, units in product(*choices):
        name = f"{'utf16' if units else 'points'}{'-lf' * lines}{'-bare' * bare}"
        plain = not (units or marked or paired)
        yield name, None if plain else _marks(raw, bare=bare, lines=lines, units=units)


def _marks(raw: str, *, bare: bool, lines: bool, units: bool) -> list[int]:
    """For each sign of the plain text, and for its end, the place that the program gives it."""
    offset = 0 if bare or not raw.startswith(BOM) else 1
    body = raw.removeprefix(BOM)
    sizes = []
    skip = False
    for at, sign in enumerate(body):
        if skip:
            skip = False
            continue
        size = 2 if units and ord(sign) > 0xFFFF else 1
        if sign == "\r" and body[at + 1 : at + 2] == "\n":
            skip = True
            size = 1 if lines else 2
        sizes.append(size)
    return list(accumulate(sizes, initial=offset))


def _span(selection: Selection, marks: list[int] | None, length: int) -> Span | None:
    start, end = selection.start, selection.end
    if start is None or end is None or start < 0:
        return None
    if marks is not None:
        start, end = bisect_left(marks, start), bisect_left(marks, end)
    return (start, end) if start <= end <= length else None


def _reads(text: str, span: Span | None, own: str) -> bool:
    """Whether the selection stands there; without a text of its own, any place is believed."""
    if span is None:
        return False
    return text[span[0] : span[1]] == own if own else span[0] < span[1]


_MOST_WORK = 1_000_000_000
"""How many signs of one source are looked through for texts that are not at their place."""


_LONGEST_PATTERN = 50_000


class Finder:
    """Looks in a text for others; gives up in the end where ever so many are not there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = _MOST_WORK

    def place(self, wanted: str, near: int) -> Span | None:
        """The place of `wanted` nearest to `near`; spaces may differ where it is nowhere else."""
        self._left -= len(self._text)
        if self._left < 0 or not wanted.strip() or len(wanted) > 2 * len(self._text):
            return None
        near = min(max(near, 0), len(self._text))
        after = self._text.find(wanted, near)
        before = self._text.rfind(wanted, 0, near + len(wanted) - 1)
        places = [at for at in (before, after) if at >= 0]
        if places:
            start = min(places, key=lambda at: abs(at - near))
            return start, start + len(wanted)
        self._left -= 10 * len(self._text)
        if len(wanted) > _LONGEST_PATTERN:
            return None
        pattern = r"\s+".join(map(re.escape, wanted.split()))
        spans = [match.span() for match in re.finditer(pattern, self._text)]
        return min(spans, key=lambda span: abs(span[0] - near), default=None)
