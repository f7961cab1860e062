"""Where selections lie in a text, by the way of counting that their own text speaks for.

The standard counts Unicode code points from 0 (section 10.2). Programs differ in whether a
byte-order mark counts, whether a line break written as CRLF counts as one or two, whether `é` or an
emoji counts as more than one (UTF-16, bytes), and whether the last place is in the selection. Most
write what was selected beside it; the counting under which most of these texts are found again is
taken. A text without any takes what the project's other texts speak for.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

BOM = "\ufeff"


@dataclass(frozen=True)
class Counting:
    """A way to count places; the values here are the standard's, as programs write it.

    `newline`: "file" as it stands in the file, "one" or "two" whatever stands there. `unit`:
    code_points, utf16 or bytes. `end`: half_open or inclusive. `first`: what the first place is.
    """

    bom: bool = False
    newline: str = "file"
    unit: str = "code_points"
    end: str = "half_open"
    first: int = 0


STANDARD = Counting()
_ALL = tuple(
    Counting(bom, newline, unit, end, first)
    for first, unit, end, newline, bom in itertools.product(
        (0, 1),
        ("code_points", "utf16", "bytes"),
        ("half_open", "inclusive"),
        ("file", "one", "two"),
        (False, True),
    )
)


@dataclass(frozen=True)
class Text:
    """A text as its file has it; `plain` is what places in a project refer to.

    `plain` has no byte-order mark and a line feed for each line break, nothing else is changed.
    """

    raw: str

    @property
    def plain(self) -> str:
        """The text that a `Source` gets."""
        return _NEWLINE.sub("\n", self.raw.removeprefix(BOM))


_NEWLINE = re.compile("\r\n|\r")


@dataclass(frozen=True)
class Marked:
    """A selection as the file has it: two places, and what was selected, as far as it says."""

    start: int
    end: int
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """How the selections of one text are counted: `why` is said, others, bounds or nothing."""

    counting: Counting
    why: str
    matched: int
    said: int
    spans: tuple[tuple[int, int] | None, ...]


class _Ruler:
    """Places of one counting → places in the plain text."""

    def __init__(self, text: Text, counting: Counting) -> None:
        plain, self._counting = text.plain, counting
        self._length = len(plain)
        self._at: list[int] = []  # the wide characters, and how many places they have taken in all
        self._more: list[int] = []
        more = 0
        for place, extra in _wide(text, counting.newline, counting.unit):
            more += extra
            self._at.append(place)
            self._more.append(more)
        self._starts = [
            place + total - extra
            for place, total, extra in zip(
                self._at, self._more, _differences(self._more), strict=True
            )
        ]
        mark = 3 if counting.unit == "bytes" else 1
        self._before = counting.first + (mark if counting.bom and text.raw.startswith(BOM) else 0)

    def span(self, marked: Marked) -> tuple[int, int] | None:
        """The half-open places in the plain text; None of those outside it."""
        start, end = self._index(marked.start), self._index(marked.end)
        if start is None or end is None:
            return None
        end += self._counting.end == "inclusive"
        return (start, end) if start <= end <= self._length else None

    def _index(self, place: int) -> int | None:
        place -= self._before
        if place < 0:
            return None
        known = bisect_right(self._starts, place) - 1
        if known < 0:
            return place if place <= self._length else None
        behind = place - self._more[known]
        found = max(behind, self._at[known])
        return found if found <= self._length else None


def _differences(totals: Sequence[int]) -> Iterable[int]:
    return (now - before for before, now in itertools.pairwise((0, *totals)))


def _wide(text: Text, newline: str, unit: str) -> list[tuple[int, int]]:
    """The places of the characters that count as more than one, with how much more."""
    plain = text.plain
    wide = dict(_wide_characters(plain, unit))
    if newline == "two":
        wide |= {each.start(): 1 for each in re.finditer("\n", plain)}
    elif newline == "file":
        for gone, each in enumerate(re.finditer("\r\n", text.raw.removeprefix(BOM))):
            wide[each.start() - gone] = 1
    return sorted(wide.items())


@lru_cache(maxsize=8)
def _wide_characters(plain: str, unit: str) -> tuple[tuple[int, int], ...]:
    if unit == "code_points":
        return ()
    if unit == "utf16":
        return tuple((each.start(), 1) for each in re.finditer("[\U00010000-\U0010ffff]", plain))
    return tuple(
        (each.start(), len(each[0].encode("utf-8", "surrogatepass")) - 1)
        for each in re.finditer("[^\x00-\x7f]", plain)
    )


@dataclass(frozen=True, order=True)
class _Score:
    """How well a counting fits, most telling first."""

    whole: int = 0
    begun: int = 0
    exact: int = 0
    bounds: int = 0

    @property
    def matched(self) -> int:
        return self.whole + self.begun


def place(texts: Mapping[str, Text], marked: Mapping[str, Sequence[Marked]]) -> dict[str, Placed]:
    """Key of a text → how its selections are counted, and where they lie in the plain text."""
    scores = {key: _scores(texts[key], marked[key]) for key in marked}
    elsewhere: Counter[Counting] = Counter()
    for found in scores.values():
        best = max(score.matched for score in found.values())
        if best:
            elsewhere.update({each: score.matched for each, score in found.items()})
    return {key: _chosen(texts[key], marked[key], scores[key], elsewhere) for key in marked}


def _chosen(
    text: Text,
    marked: Sequence[Marked],
    scores: Mapping[Counting, _Score],
    elsewhere: Counter[Counting],
) -> Placed:
    said = sum(bool(each.said) for each in marked)
    # max takes the first of equals, and the standard's counting stands first.
    by_text = max(_ALL, key=lambda each: (*_key(scores[each]), elsewhere[each]))
    if scores[by_text].matched:
        taken, why = by_text, "said"
    elif elsewhere:
        taken, why = max(_ALL, key=lambda each: (elsewhere[each], scores[each].bounds)), "others"
    elif (by_bounds := _by_bounds(scores, len(marked))) is not None:
        taken, why = by_bounds, "bounds"
    else:
        taken, why = STANDARD, "nothing"
    ruler = _Ruler(text, taken)
    spans = tuple(ruler.span(each) for each in marked)
    return Placed(taken, why, scores[taken].matched, said, spans)


def _key(score: _Score) -> tuple[int, int, int, int]:
    return (score.whole, score.begun, score.exact, score.bounds)


def _by_bounds(scores: Mapping[Counting, _Score], n: int) -> Counting | None:
    """The counting by which selections end where words end: the standard's, or clearly another."""
    best = max(_ALL, key=lambda each: scores[each].bounds)
    if n < _ENOUGH or scores[best].bounds < _MOST * n:
        return None
    if scores[STANDARD].bounds >= _MOST * n:
        return STANDARD
    return best if scores[STANDARD].bounds <= n - _MOST * n else None


_ENOUGH, _MOST = 3, 0.8


def _scores(text: Text, marked: Sequence[Marked]) -> dict[Counting, _Score]:
    known: dict[tuple[object, ...], _Score] = {}
    found: dict[Counting, _Score] = {}
    plain = text.plain
    for counting in _ALL:
        bom = counting.bom and text.raw.startswith(BOM)
        wide = tuple(_wide(text, counting.newline, counting.unit))
        same = (bom, counting.unit == "bytes" and bom, wide, counting.end, counting.first)
        if same not in known:
            known[same] = _score(plain, _Ruler(text, counting), marked)
        found[counting] = known[same]
    return found


def _score(plain: str, ruler: _Ruler, marked: Sequence[Marked]) -> _Score:
    whole = begun = exact = bounds = 0
    for each in marked:
        span = ruler.span(each)
        if span is None:
            continue
        taken = plain[slice(*span)]
        fit = max((_fit(taken, said) for said in each.said), default=0)
        whole += fit >= 2
        begun += fit == 1
        exact += fit == 3
        bounds += _between_words(plain, *span)
    return _Score(whole, begun, exact, bounds)


def _fit(taken: str, said: str) -> int:
    """3 the same, 2 the same but for space, 1 begins with what is said, 0 something else."""
    if taken == said:
        return 3
    one, other = squeezed(taken), squeezed(said)
    if not one or not other:
        return 0
    if one == other:
        return 2
    beginning = _MORE.sub("", other)
    cut = beginning != other or len(other) >= _CUT
    return int(cut and len(beginning) >= _TELLING and one.startswith(beginning))


_MORE = re.compile(r"\s*(…|\.\.\.)$")
_CUT, _TELLING = 30, 8


@lru_cache(maxsize=65_536)
def squeezed(text: str) -> str:
    """Text with every run of white space as one space, to compare by."""
    return " ".join(text.replace(BOM, "").split())


def _between_words(plain: str, start: int, end: int) -> bool:
    if start >= end or plain[start].isspace() or plain[end - 1].isspace():
        return False
    cut_before = start > 0 and plain[start - 1].isalnum() and plain[start].isalnum()
    cut_behind = end < len(plain) and plain[end - 1].isalnum() and plain[end].isalnum()
    return not (cut_before or cut_behind)
