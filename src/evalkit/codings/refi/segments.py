"""Selections → segments and codings: one segment for each place, whoever selected it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalkit.codings.model import Coding, Segment, Source
from evalkit.codings.refi.card import UNPLACED, WORDS
from evalkit.codings.refi.notes import CATEGORY, Notes
from evalkit.codings.refi.places import Counting, Marked, Placed, Text, place, squeezed
from evalkit.codings.refi.sources import RawSource, Selection
from evalkit.codings.refi.tree import children, guid, target, text_of, value
from evalkit.codings.tally import Tally

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class Names:
    """What GUIDs stand for: codes and coders."""

    codes: Mapping[str, str]
    coders: Mapping[str, str]


@dataclass
class Coded:
    """Segments and codings as they are gathered; `by_guid` is from a selection to its segment."""

    sources: list[Source] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    by_guid: dict[str, str] = field(default_factory=dict)
    source_by_guid: dict[str, str] = field(default_factory=dict)


def coded(raw: Sequence[RawSource], names: Names, notes: Notes, tally: Tally) -> Coded:
    """The sources with their segments and codings, in the order in which the file has them."""
    placed = _placed(raw, tally)
    gathering = _Gathering(names, notes, tally, own_idents(raw))
    for each in raw:
        gathering.add(each, placed.get(each.name))
    return gathering.finished()


def _placed(raw: Sequence[RawSource], tally: Tally) -> dict[str, Placed]:
    texts = {each.name: each.found.text for each in raw if each.found.text is not None}
    marked = {
        each.name: [
            Marked(one.start, one.end, one.said)
            for one in each.selections
            if one.start is not None and one.end is not None
        ]
        for each in raw
        if each.name in texts
    }
    marked = {name: found for name, found in marked.items() if found}
    found = place(texts, marked)
    invented = {each.name for each in raw if is_gathered(each)}
    for name, each in found.items():
        if name in invented:
            continue
        fields = _fields(each.counting, texts[name])
        n, of = len(each.spans), str(each.said)
        if each.why == "said":
            tally.add("matched", "places", each.matched, "said", source=name, of=of, **fields)
        else:
            tally.add("matched", "places", n, each.why, source=name, **fields)
    return found


def _fields(counting: Counting, text: Text) -> dict[str, str]:
    """The counting, as far as the text makes a difference by it."""
    raw = text.raw
    fields = {"end": counting.end, "first": str(counting.first)}
    if raw.startswith("\ufeff"):
        fields["bom"] = "counted" if counting.bom else "not_counted"
    if "\n" in raw or "\r" in raw:
        as_it_stands = "two" if "\r\n" in raw else "one"
        fields["newline"] = as_it_stands if counting.newline == "file" else counting.newline
    if not raw.isascii():
        fields["unit"] = counting.unit
    return fields


def is_gathered(raw: RawSource) -> bool:
    """Whether evalkit made this text of segments that have no place in any."""
    return bool(raw.selections) and all(
        each.card.get("place") == UNPLACED for each in raw.selections
    )


def own_idents(raw: Sequence[RawSource]) -> set[str]:
    """The identifiers that segments bring along from evalkit."""
    return {one.card["segment"] for each in raw for one in each.selections if one.card}


class _Gathering:
    """Turns selections into segments, and remembers which place is which segment."""

    def __init__(self, names: Names, notes: Notes, tally: Tally, idents: set[str]) -> None:
        self._names, self._notes, self._tally = names, notes, tally
        self._reserved = idents
        self._used: set[str] = set()
        self._found = Coded()
        self._at: dict[tuple[str, int, int], str] = {}
        self._texts: dict[str, str] = {}
        self._codings: dict[tuple[str, str, str], Coding] = {}

    def add(self, raw: RawSource, placed: Placed | None) -> None:
        """Add a source and what was selected in it."""
        text = None if raw.found.text is None else raw.found.text.plain
        if raw.found.why:
            self._tally.add("left_out", "texts", 1, raw.found.why)
        elif raw.found.encoding != "utf-8":
            self._tally.add("matched", "texts", 1, "encoding", encoding=raw.found.encoding)
        if not is_gathered(raw):
            self._found.sources.append(Source(raw.name, text, raw.guids[0]))
        self._found.source_by_guid.update(dict.fromkeys(filter(None, raw.guids), raw.name))
        spans = iter(placed.spans if placed else ())
        for each in raw.selections:
            has_places = each.start is not None and each.end is not None
            span = next(spans, None) if text is not None and has_places else None
            segment = self._segment(raw.name, text, each, span)
            ident = None if segment is None else self._kept(segment, each)
            if ident is None:
                self._leave_out(each)
            else:
                self._code(ident, each)

    def finished(self) -> Coded:
        """What was gathered."""
        self._found.codings = list(self._codings.values())
        return self._found

    def _segment(
        self, source: str, text: str | None, each: Selection, span: tuple[int, int] | None
    ) -> Segment | None:
        """The segment of a selection, still without an identifier; None where nothing is left."""
        said = each.said[0] if each.said else ""
        if each.whole:
            end = None if text is None else len(text)
            return Segment("", text or "", source, None if end is None else 0, end)
        if text is None:
            if not said:
                self._tally.add("left_out", "segment_texts", 1, "no_text")
            return Segment("", said, source, each.start, each.end)
        if span is not None and span[0] < span[1]:
            return Segment("", text[slice(*span)], source, *span)
        known = self._found.by_guid.get(each.guid)
        if not said and known is None:
            return None
        if known is None and each.start is not None:
            self._tally.add("matched", "segments", 1, "outside")
        return Segment("", said, source)

    def _kept(self, segment: Segment, each: Selection) -> str:
        """The identifier of the segment, which may be there already."""
        if not each.card:
            key = (segment.source, segment.start or 0, segment.end or 0)
            known = self._at.get(key) if segment.end is not None else None
            known = known or self._found.by_guid.get(each.guid)
            if known is not None:
                self._tally.add("matched", "selections", 1, "same_place")
                self._remember(each.guid, known)
                return known
            ident = self._next_ident()
            if segment.end is not None:
                self._at[key] = ident
        else:
            segment = _with_card(segment, each.card)
            ident = each.card["segment"]
            ident = ident if ident not in self._used else self._next_ident()
        self._used.add(ident)
        self._found.segments.append(replace(segment, ident=ident, guid=each.guid))
        self._texts[ident] = segment.text
        self._remember(each.guid, ident)
        return ident

    def _remember(self, found: str, ident: str) -> None:
        if found:
            self._found.by_guid.setdefault(found, ident)

    def _next_ident(self) -> str:
        number = len(self._found.segments) + 1
        while f"s{number:02d}" in self._reserved or f"s{number:02d}" in self._used:
            number += 1
        return f"s{number:02d}"

    def _leave_out(self, each: Selection) -> None:
        self._tally.add("left_out", "selections", 1, "nowhere")
        codings = len(list(children(each.element, "Coding")))
        self._tally.add("left_out", "codings", codings, "nowhere")

    def _code(self, ident: str, each: Selection) -> None:
        description = text_of(each.element, "Description")
        is_text = each.whole or squeezed(description) == squeezed(self._texts[ident])
        above = "" if each.card or is_text else description
        above = _lines(above, "" if each.whole else self._notes.memo(each.element))
        for coding in children(each.element, "Coding"):
            codes = list(children(coding, "CodeRef"))
            if not codes:
                self._tally.add("left_out", "codings", 1, "no_code")
            for code in codes:
                self._one(ident, coding, each.element, target(code), above)

    def _one(self, ident: str, coding: Element, selection: Element, code: str, above: str) -> None:
        name = self._names.codes.get(code)
        if name is None:
            self._tally.add("left_out", "codings", 1, "unknown_code")
            return
        coder = self._coder(coding, selection)
        key = (ident, name, coder)
        if key in self._codings:
            self._tally.add("left_out", "codings", 1, "twice")
            return
        category = self._notes.about(coding, CATEGORY)
        memo = _lines(above, self._notes.memo(coding))
        self._codings[key] = Coding(ident, name, coder, category, memo)

    def _coder(self, coding: Element, selection: Element) -> str:
        for each in (coding, selection):
            user = guid(value(each, "creatingUser"))
            if user in self._names.coders:
                return self._names.coders[user]
            if user:
                self._tally.add("left_out", "coders", 1, "unknown_user")
                return ""
        self._tally.add("left_out", "coders", 1, "no_user")
        return ""


def _with_card(segment: Segment, noted: Mapping[str, str]) -> Segment:
    unplaced = noted.get("place") == UNPLACED
    answers = {word: answer for answer, word in WORDS.items()}
    return replace(
        segment,
        source=noted.get("source", "") if unplaced else segment.source,
        start=None if unplaced else segment.start,
        end=None if unplaced else segment.end,
        group=noted.get("group", ""),
        speaker=noted.get("speaker", ""),
        page=noted.get("page", ""),
        verbatim=answers.get(noted.get("verbatim", "")),
        approved=answers.get(noted.get("approved", "")),
    )


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))
