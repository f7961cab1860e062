"""A `.qdpx` or `.qdc` → a `CodingProject`, and what there is to tell of the import."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.codings.model import CodingProject, NotAsked
from evalkit.codings.refi import texts
from evalkit.codings.refi.archive import MOST_PROJECT, Archive
from evalkit.codings.refi.cases import cases, with_groups
from evalkit.codings.refi.codebook import codebook
from evalkit.codings.refi.notes import NOT_ASKED, Notes
from evalkit.codings.refi.segments import Names, coded, own_idents
from evalkit.codings.refi.sources import sources
from evalkit.codings.refi.tree import child, children, guid, parse, value
from evalkit.codings.tally import Tally
from evalkit.codings.unique import Unique
from evalkit.errors import fault

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def read_qdpx(path: Path) -> CodingProject:
    """Read a project with its texts. Raises `EvalkitError` for a file that is none."""
    with Archive(path, path.name) as archive:
        project = parse(archive.project(), "Project", path.name)
        return _project(project, archive.text, path.name)


def read_qde(path: Path) -> CodingProject:
    """Read the XML of a project alone: only the texts that stand in it are there."""
    return _project(parse(_bytes(path), "Project", path.name), lambda _: None, path.name)


def read_qdc(path: Path) -> CodingProject:
    """Read a codebook: codes without texts. Raises `EvalkitError` for a file that is none."""
    root = parse(_bytes(path), "CodeBook", path.name)
    tally = Tally(path.name)
    found = codebook(root, Notes(None, lambda _: ""))
    project = CodingProject(codes=found.codes)
    tally.read(project)
    _tell_sets(root, tally)
    return replace(project, told=tally.told)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(MOST_PROJECT + 1)
    except OSError as cause:
        raise fault(f"The file cannot be read ({cause.strerror}).", file=path.name) from cause
    if len(data) > MOST_PROJECT:
        raise fault("The file is out of all measure: it is too large.", file=path.name)
    return data


def _project(root: Element, inside: texts.Open, file: str) -> CodingProject:
    tally = Tally(file)
    notes = Notes(root, lambda note: _note_text(note, inside))
    codes = codebook(child(root, "CodeBook"), notes)
    raw = sources(root, inside, tally)
    coders = _coders(root)
    found = coded(raw, Names(codes.by_guid, coders), notes, tally)
    all_cases = cases(root, raw, found, tally)
    segments = with_groups(found, all_cases, own_idents(raw), tally)
    not_asked = _not_asked(notes.about(root, NOT_ASKED))
    _tell_sets(root, tally)
    tally.add("left_out", "notes", notes.left, "not_on_a_coding")
    tally.add("left_out", "links", _below(root, "Links", "Link"), "no_place")
    tally.add("left_out", "graphs", _below(root, "Graphs", "Graph"), "no_place")
    project = CodingProject(
        tuple(found.sources),
        tuple(segments),
        codes.codes,
        tuple(found.codings),
        tuple(all_cases),
        not_asked,
    )
    tally.read(project)
    return replace(project, told=tally.told)


def _tell_sets(root: Element, tally: Tally) -> None:
    tally.add("left_out", "sets", _below(root, "Sets", "Set"), "no_place")


def _below(root: Element, parent: str, name: str) -> int:
    return len(list(children(child(root, parent), name)))


def _coders(root: Element) -> Mapping[str, str]:
    """GUID → name of each user; two users of the same name stay two."""
    unique = Unique()
    users = enumerate(children(child(root, "Users"), "User"), start=1)
    return {
        guid(value(each, "guid")): unique.of(
            value(each, "name") or value(each, "id") or f"User {number}"
        )
        for number, each in users
    }


def _note_text(note: Element, inside: texts.Open) -> str:
    found = texts.text(note, inside).text
    return "" if found is None else found.plain.strip()


def _not_asked(text: str) -> tuple[NotAsked, ...]:
    """The lines of the note in which evalkit writes what was not asked."""
    rows = csv.reader(io.StringIO(text, newline=""))
    return tuple(NotAsked(*row) for row in rows if len(row) == 3)
