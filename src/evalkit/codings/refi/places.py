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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

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

    @cached_property
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
    """Places counted with line breaks and characters of some width → places in the plain text."""

    def __init__(self, text: Text, newline: str, unit: str) -> None:
        self._length = len(text.plain)
        self._at: list[int] = []  # the wide characters, and how many places they have taken in all
        self._more: list[int] = []
        more = 0
        for place, extra in _wide(text, newline, unit):
            more += extra
            self._at.append(place)
            self._more.append(more)
        self._starts = [
            place + total - extra
            for place, total, extra in zip(
                self._at, self._more, _differences(self._more), strict=True
            )
        ]
        self.key = tuple(zip(self._at, self._more, strict=True))

    def span(self, start: int, end: int, last: int) -> tuple[int, int] | None:
        """The half-open places, `last` characters behind the end; None of those outside."""
        one, other = self._index(start), self._index(end)
        if one is None or other is None:
            return None
        other += last
        return (one, other) if one <= other <= self._length else None

    def _index(self, place: int) -> int | None:
        if place < 0:
            return None
        known = bisect_right(self._starts, place) - 1
        if known < 0:
            return place if place <= self._length else None
        found = max(place - self._more[known], self._at[known])
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


def _wide_characters(plain: str, unit: str) -> Iterator[tuple[int, int]]:
    if unit == "utf16":
        for each in re.finditer("[\U00010000-\U0010ffff]", plain):
            yield each.start(), 1
    elif unit == "bytes" and not plain.isascii():
        for each in re.finditer("[^\x00-\x7f]", plain):
            yield each.start(), len(each[0].encode("utf-8", "surrogatepass")) - 1


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
    fits = {key: _Fits(texts[key], marked[key]) for key in marked}
    best = {key: each.by_text() for key, each in fits.items()}
    elsewhere: Counter[Counting] = Counter()
    if None in best.values():
        telling = [fits[key] for key, found in best.items() if found is not None]
        for each in telling[:_TELLING_TEXTS]:
            elsewhere.update(each.credit())
    return {key: _chosen(fits[key], best[key], elsewhere) for key in marked}


_TELLING_TEXTS = 200


def _chosen(fits: _Fits, by_text: Counting | None, elsewhere: Counter[Counting]) -> Placed:
    if by_text is not None:
        taken, why = by_text, "said"
    elif elsewhere:
        taken = max(_ALL, key=lambda each: (elsewhere[each], fits.score(each).bounds))
        why = "others"
    elif (by_bounds := _by_bounds(fits)) is not None:
        taken, why = by_bounds, "bounds"
    else:
        taken, why = STANDARD, "nothing"
    matched, spans = fits.applied(taken)
    said = sum(bool(each.said) for each in fits.marked)
    return Placed(taken, why, matched, said, spans)


class _Fits:
    """How well each counting fits a text; of very many selections, some are tried."""

    def __init__(self, text: Text, marked: Sequence[Marked]) -> None:
        self.text, self.marked = text, marked
        self.tried = marked[:: -(-len(marked) // _TRIED) or 1]
        self._rulers: dict[tuple[str, str], _Ruler] = {}
        self._scores: dict[object, _Score] = {}

    def by_text(self) -> Counting | None:
        """The counting under which most selections are found again; None where none is."""
        said = sum(bool(each.said) for each in self.tried)
        if not said:
            return None
        if self.score(STANDARD).whole == said:
            return STANDARD
        # max takes the first of equals, and what is nearest to the standard stands first.
        best = max(_ALL, key=lambda each: _key(self.score(each)))
        return best if self.score(best).matched else None

    def credit(self) -> dict[Counting, int]:
        """How many selections speak for each counting."""
        return {each: self.score(each).matched for each in _ALL}

    def score(self, counting: Counting) -> _Score:
        """How well a counting fits what is tried."""
        ruler, before = self._ruler(counting), self._before(counting)
        key = (ruler.key, before, counting.end)
        if key not in self._scores:
            spans = [self._span(each, counting, ruler, before) for each in self.tried]
            self._scores[key] = _score(self.text.plain, spans, self.tried)
        return self._scores[key]

    def applied(self, counting: Counting) -> tuple[int, tuple[tuple[int, int] | None, ...]]:
        """How many of all selections are found again by a counting, and where all lie."""
        ruler, before = self._ruler(counting), self._before(counting)
        spans = tuple(self._span(each, counting, ruler, before) for each in self.marked)
        return _score(self.text.plain, spans, self.marked).matched, spans

    def _ruler(self, counting: Counting) -> _Ruler:
        key = (counting.newline, counting.unit)
        if key not in self._rulers:
            self._rulers[key] = _Ruler(self.text, *key)
        return self._rulers[key]

    def _before(self, counting: Counting) -> int:
        mark = 3 if counting.unit == "bytes" else 1
        return counting.first + mark * (counting.bom and self.text.raw.startswith(BOM))

    @staticmethod
    def _span(
        each: Marked, counting: Counting, ruler: _Ruler, before: int
    ) -> tuple[int, int] | None:
        return ruler.span(each.start - before, each.end - before, counting.end == "inclusive")


_TRIED = 100


def _key(score: _Score) -> tuple[int, int, int, int]:
    return (score.whole, score.begun, score.exact, score.bounds)


def _by_bounds(fits: _Fits) -> Counting | None:
    """The counting by which selections end where words end: the standard's, or clearly another."""
    n, standard = len(fits.tried), fits.score(STANDARD).bounds
    if n >= _ENOUGH and standard >= _MOST * n:
        return STANDARD
    best = max(_ALL, key=lambda each: fits.score(each).bounds)
    if n < _ENOUGH or fits.score(best).bounds < _MOST * n:
        return None
    return best if standard <= n - _MOST * n else None


_ENOUGH, _MOST = 3, 0.8


def _score(plain: str, spans: Sequence[tuple[int, int] | None], marked: Sequence[Marked]) -> _Score:
    whole = begun = exact = bounds = 0
    for span, each in zip(spans, marked, strict=True):
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
    one, other = " ".join(taken.split()), squeezed(said)
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
