"""A project as XML and text files can hold it, with places that still hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from evalkit.codings.model import Case, Code, Coding, CodingProject, NotAsked, Segment, Source

# What XML 1.0 cannot hold (section 2.2), each taken as one character so that places hold.
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GONE = re.compile("^\ufeff|\r(?=\n)")


def normal(project: CodingProject) -> CodingProject:
    """The project without byte-order marks, with a line feed for each line break.

    Nothing else of a text is changed (no Unicode normalisation); places move along. A segment
    whose text is not what stands at its place in its source loses the place.
    """
    places = {each.name: _gone(each.text) for each in project.sources if each.text is not None}
    sources = tuple(
        replace(each, name=_line(each.name), text=None if each.text is None else _text(each.text))
        for each in project.sources
    )
    by_name = {each.name: each for each in sources}
    segments = tuple(_segment(each, places, by_name) for each in project.segments)
    return replace(
        project,
        sources=sources,
        segments=segments,
        codes=_codes(project),
        codings=_codings(project),
        cases=tuple(_case(each) for each in project.cases),
        not_asked=tuple(
            NotAsked(_line(each.group), _line(each.code), _line(each.note))
            for each in project.not_asked
        ),
        told=(),
    )


def _segment(segment: Segment, places: dict[str, list[int]], sources: dict[str, Source]) -> Segment:
    start, end = segment.start, segment.end
    found = sources.get(_line(segment.source))
    text = _text(segment.text)
    if start is not None and end is not None and segment.source in places:
        gone = places[segment.source]
        start, end = start - bisect_left(gone, start), end - bisect_left(gone, end)
    whole = "" if found is None else found.text
    if start is None or end is None or (whole is not None and whole[slice(start, end)] != text):
        start = end = None
    return replace(
        segment,
        ident=_line(segment.ident),
        text=text,
        source=_line(segment.source),
        start=start,
        end=end,
        group=_line(segment.group),
        speaker=_line(segment.speaker),
        page=_line(segment.page),
    )


def _codes(project: CodingProject) -> tuple[Code, ...]:
    """The codes, with those that are only used or named as parents."""
    known = {_line(each.name): _code(each) for each in project.codes}
    used = [each.code for each in project.codings] + [each.code for each in project.not_asked]
    for name in (*[each.parent for each in known.values()], *map(_line, used)):
        if name and name not in known:
            known |= {name: Code(name, name)}
    return tuple(known.values())


def _code(code: Code) -> Code:
    name = _line(code.name)
    return replace(
        code,
        name=name,
        label=_line(code.label) or name,
        parent=_line(code.parent),
        definition=_text(code.definition).strip(),
    )


def _codings(project: CodingProject) -> tuple[Coding, ...]:
    """The codings, each coder's code on a segment once."""
    found: dict[tuple[str, ...], Coding] = {}
    for each in map(_coding, project.codings):
        found.setdefault((each.segment, each.code, each.coder), each)
    return tuple(found.values())


def _coding(coding: Coding) -> Coding:
    return Coding(
        _line(coding.segment),
        _line(coding.code),
        _line(coding.coder),
        _line(coding.category),
        _text(coding.memo).strip(),
    )


def _case(case: Case) -> Case:
    attributes = {_line(key): _text(text).strip() for key, text in case.attributes.items()}
    return replace(
        case,
        name=_line(case.name),
        attributes={key: text for key, text in attributes.items() if key and text},
        sources=tuple(map(_line, case.sources)),
        segments=tuple(map(_line, case.segments)),
    )


def _gone(text: str) -> list[int]:
    return [each.start() for each in _GONE.finditer(text)]


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", _GONE.sub("", text).replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_text(text).split())
