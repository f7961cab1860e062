"""The sources of a project and what was selected in them, as the file has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.codings.refi import texts
from evalkit.codings.refi.card import read_card
from evalkit.codings.refi.tree import as_written, child, children, guid, text_of, value
from evalkit.codings.tally import Tally
from evalkit.codings.unique import Unique

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class Selection:
    """A selection: its two places if it has any, and what the file says that was selected."""

    element: Element
    guid: str
    start: int | None
    end: int | None
    said: tuple[str, ...]
    card: Mapping[str, str]
    whole: bool = False


@dataclass(frozen=True)
class RawSource:
    """A text with its selections; `guids` are all by which the file refers to it."""

    element: Element
    name: str
    guids: tuple[str, ...]
    found: texts.Found
    selections: tuple[Selection, ...] = field(default_factory=tuple)


_SOURCES = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
_MEDIA = ("PictureSelection", "AudioSelection", "VideoSelection")


def sources(project: Element, inside: texts.Open, tally: Tally) -> list[RawSource]:
    """Every text of the project, with a name of its own; what is no text is told in `tally`."""
    found: list[RawSource] = []
    unique = Unique()
    for each in children(child(project, "Sources"), *_SOURCES):
        for text_element, selections in _texts(each, tally):
            name = unique.of(_name(each, text_element, len(found) + 1))
            guids = tuple(dict.fromkeys(guid(value(one, "guid")) for one in (each, text_element)))
            text = texts.text(text_element, inside)
            found.append(RawSource(each, name, guids, text, selections))
    return found


def _texts(source: Element, tally: Tally) -> Iterator[tuple[Element, tuple[Selection, ...]]]:
    """The texts of a source: itself, or what stands for a PDF, a picture, a recording."""
    kind = source.tag.rpartition("}")[2]
    whole = _whole(source)
    if kind == "TextSource":
        yield source, (*_plain(source), *whole)
        return
    for name in _MEDIA:
        for each in children(source, name):
            tally.add("left_out", "codings", len(list(children(each, "Coding"))), "media")
    if kind == "PDFSource":
        text = child(source, "Representation")
        areas = tuple(_areas(source, tally))
        if text is not None or areas or whole:
            text = source if text is None else text
            yield text, (*_plain(text), *areas, *whole)
    elif kind == "PictureSource" and (text := child(source, "TextDescription")) is not None:
        yield text, (*_plain(text), *whole)
    elif transcripts := list(children(source, "Transcript")):
        for at, each in enumerate(transcripts):
            yield each, (*_synchronous(each), *(() if at else whole))
    else:
        tally.add("left_out", "sources", 1, "media_source")
        tally.add("left_out", "codings", len(whole), "media")


def _plain(text: Element) -> Iterator[Selection]:
    for each in children(text, "PlainTextSelection"):
        yield _selection(each, value(each, "startPosition"), value(each, "endPosition"))


def _synchronous(transcript: Element) -> Iterator[Selection]:
    """The selections of a transcript, whose places are those of two of its points in time."""
    points = {
        guid(value(each, "guid")): value(each, "position")
        for each in children(transcript, "SyncPoint")
    }
    for each in children(transcript, "TranscriptSelection"):
        start, end = (
            points.get(guid(value(each, name)), "") for name in ("fromSyncPoint", "toSyncPoint")
        )
        yield _selection(each, start, end)
    yield from _plain(transcript)


def _areas(source: Element, tally: Tally) -> Iterator[Selection]:
    """The areas of a PDF's pages for which the file gives the text."""
    known = {each.guid for each in _plain(source) if each.guid}
    text = child(source, "Representation")
    if text is not None:
        known |= {each.guid for each in _plain(text) if each.guid}
    for each in children(source, "PDFSelection"):
        said = text_of(child(each, "Representation"), "PlainTextContent") or value(each, "name")
        of_a_text = guid(value(each, "guid")) in known
        if not of_a_text and (not said or _A_NUMBER.fullmatch(said)):
            tally.add("left_out", "codings", len(list(children(each, "Coding"))), "area")
            continue
        yield _selection(each, "", "", said)


_A_NUMBER = re.compile(r"\D{0,20}\d+(:\d+)?")


def _selection(element: Element, start: str, end: str, text: str = "") -> Selection:
    description = text_of(element, "Description")
    noted = read_card(description)
    said = (text, as_written(element, "name"), "" if noted else description)
    return Selection(
        element,
        guid(value(element, "guid")),
        _number(start),
        _number(end),
        tuple(dict.fromkeys(filter(None, said))),
        noted,
    )


def _number(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,12})(\.0*)?", text)
    return int(found[1]) if found else None


def _whole(source: Element) -> tuple[Selection, ...]:
    """The codings of a source as a whole, as one selection of all of it."""
    if child(source, "Coding") is None:
        return ()
    return (Selection(source, "", None, None, (), {}, whole=True),)


def _name(source: Element, text: Element, number: int) -> str:
    """What the source is called, without the folders of somebody's machine."""
    name = value(source, "name") or value(text, "name")
    if _PATH.match(name):
        name = re.split(r"[\\/]", name.rstrip("\\/"))[-1]
    return name or f"Text {number}"


_PATH = re.compile(r"([A-Za-z]:)?[\\/]|(file|absolute|relative|internal)://", re.IGNORECASE)
