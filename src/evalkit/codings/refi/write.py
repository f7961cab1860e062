"""A `CodingProject` → `.qdpx` or `.qdc`, valid by the standard's schema; same project, same bytes.

The order of elements is the schema's. Text files are UTF-8 without a byte-order mark and with line
feeds, places are code points and half-open, so that the usual ways of counting agree on them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from evalkit.codings.model import Case, Code, Coding, CodingProject, Segment, Source, Told
from evalkit.codings.refi.card import card
from evalkit.codings.refi.cases import OF_A_GROUP
from evalkit.codings.refi.normal import normal
from evalkit.codings.refi.notes import CATEGORY, CODE_NAME, NOT_ASKED
from evalkit.errors import fault

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
_NAMESPACE = UUID("5c1ab40a-5f3c-5be1-9d6e-4f1a8c9a3a77")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COLOR = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Written:
    """The bytes of a file, and what the format could not hold."""

    data: bytes
    told: tuple[Told, ...] = ()


def qdpx(project: CodingProject, name: str = "evalkit") -> Written:
    """The project as `.qdpx`, its texts inside."""
    writer = _Writer(normal(project), name)
    root = writer.project()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(_member("project.qde"), _bytes(root))
        for file, text in writer.files.items():
            archive.writestr(_member(file), text.encode("utf-8"))
    return Written(packed.getvalue(), tuple(writer.told))


def qdc(project: CodingProject) -> Written:
    """The codes of the project as `.qdc`. Raises `EvalkitError` where there is none."""
    codes = normal(project)
    if not codes.codes:
        raise fault("There are no codes to be written to a codebook.")
    root = ET.Element("CodeBook", {"xmlns": CODEBOOK, "origin": "evalkit"})
    _Writer(codes, "").codes(root, with_notes=False)
    kinds = {
        "segments": codes.segments,
        "codings": codes.codings,
        "cases": codes.cases,
        "code_names": [each for each in codes.codes if each.name != each.label],
    }
    told = [Told("left_out", what, len(all_), "codes_only") for what, all_ in kinds.items() if all_]
    return Written(_bytes(root), tuple(told))


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    declaration = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    return declaration + ET.tostring(root, encoding="unicode").encode("utf-8") + b"\n"


class _Guids:
    """GUIDs of a project: those that things have, and made of names for those that have none."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], str] = {}
        self._used: set[str] = set()

    def of(self, kind: str, key: str, given: str = "") -> str:
        """The GUID of the thing of this kind and key, the same at every call."""
        if (kind, key) not in self._of:
            found = given.strip().strip("{}").lower()
            number = 0
            while not _GUID.fullmatch(found) or found in self._used:
                found = str(uuid5(_NAMESPACE, f"{kind}/{key}/{number or ''}"))
                number += 1
            self._used.add(found)
            self._of[kind, key] = found
        return self._of[kind, key]


class _Writer:
    """The elements of one project."""

    def __init__(self, project: CodingProject, name: str) -> None:
        self._project, self._name = project, name
        self._guids = _Guids()
        self._notes: dict[str, tuple[str, str]] = {}
        self._source = {each.name: each for each in project.sources}
        self._codings: dict[str, list[Coding]] = {}
        for coding in project.codings:
            self._codings.setdefault(coding.segment, []).append(coding)
        for each in project.sources:
            self._guids.of("source", each.name, each.guid)
        for code in project.codes:
            self._guids.of("code", code.name, code.guid)
        for segment in project.segments:
            self._guids.of("segment", segment.ident, segment.guid)
        self.files: dict[str, str] = {}
        self.told: list[Told] = []

    def project(self) -> ET.Element:
        """The root, its parts in the order of the schema."""
        root = ET.Element("Project", {"xmlns": PROJECT, "name": self._name, "origin": "evalkit"})
        self._users(root)
        if self._project.codes:
            self.codes(ET.SubElement(root, "CodeBook"), with_notes=True)
        self._variables(root)
        self._cases(root)
        self._sources(root)
        about_all = self._not_asked()
        self._write_notes(root)
        if about_all:
            self._refer(root, about_all)
        return root

    def _users(self, root: ET.Element) -> None:
        coders = [each for each in self._project.coders if each]
        if coders:
            users = ET.SubElement(root, "Users")
            for each in coders:
                ET.SubElement(users, "User", {"guid": self._guids.of("user", each), "name": each})

    def codes(self, parent: ET.Element, with_notes: bool) -> None:
        """`Codes` with every code, nested; each is written once even where parents go in a ring."""
        codes = self._project.codes
        below: dict[str, list[Code]] = {}
        for each in codes:
            below.setdefault(each.parent, []).append(each)
        labels = Counter(each.label for each in codes)
        done: set[str] = set()

        def write(into: ET.Element, code: Code) -> None:
            if code.name in done:
                return
            done.add(code.name)
            element = ET.SubElement(into, "Code", self._code(code))
            if code.definition:
                ET.SubElement(element, "Description").text = code.definition
            if with_notes and (code.name != code.label or labels[code.label] > 1):
                self._refer(element, self._note(CODE_NAME, code.name))
            for each in below.get(code.name, ()):
                write(element, each)

        top = ET.SubElement(parent, "Codes")
        for code in (*below.get("", ()), *codes):  # those in a ring are below none of the first
            write(top, code)

    def _code(self, code: Code) -> dict[str, str]:
        found = {
            "guid": self._guids.of("code", code.name),
            "name": code.label,
            "isCodable": str(code.codable).lower(),
        }
        return found | ({"color": code.color} if _COLOR.fullmatch(code.color) else {})

    def _variables(self, root: ET.Element) -> None:
        names = dict.fromkeys(name for each in self._project.cases for name in each.attributes)
        if names:
            variables = ET.SubElement(root, "Variables")
            for each in names:
                guid = self._guids.of("variable", each)
                attributes = {"guid": guid, "name": each, "typeOfVariable": "Text"}
                ET.SubElement(variables, "Variable", attributes)

    def _cases(self, root: ET.Element) -> None:
        groups: dict[str, list[str]] = {}
        for each in self._project.segments:
            groups.setdefault(each.group, []).append(each.ident)
        named = {each.name for each in self._project.cases}
        made = [name for name in groups if name and name not in named]
        if self._project.cases or made:
            cases = ET.SubElement(root, "Cases")
            for at, case in enumerate(self._project.cases):
                self._case(cases, at, case)
            for name in made:
                guid = self._guids.of("group", name)
                element = ET.SubElement(cases, "Case", {"guid": guid, "name": name})
                ET.SubElement(element, "Description").text = OF_A_GROUP
                self._refer_to_segments(element, groups[name])

    def _case(self, parent: ET.Element, at: int, case: Case) -> None:
        guid = self._guids.of("case", f"{at}/{case.name}", case.guid)
        element = ET.SubElement(parent, "Case", {"guid": guid, "name": case.name})
        for name, text in case.attributes.items():
            value = ET.SubElement(element, "VariableValue")
            variable = self._guids.of("variable", name)
            ET.SubElement(value, "VariableRef", {"targetGUID": variable})
            ET.SubElement(value, "TextValue").text = text
        for name in filter(self._source.__contains__, case.sources):
            guid = self._guids.of("source", name)
            ET.SubElement(element, "SourceRef", {"targetGUID": guid})
        self._refer_to_segments(element, case.segments)

    def _refer_to_segments(self, element: ET.Element, idents: Sequence[str]) -> None:
        for ident in filter(self._project.segment.__contains__, idents):
            guid = self._guids.of("segment", ident)
            ET.SubElement(element, "SelectionRef", {"targetGUID": guid})

    def _sources(self, root: ET.Element) -> None:
        placed: dict[str, list[Segment]] = {each.name: [] for each in self._project.sources}
        unplaced: dict[str, list[Segment]] = {}
        for each in self._project.segments:
            if each.start is not None and each.source in placed:
                placed[each.source].append(each)
            elif each.text:
                unplaced.setdefault(each.group or each.source or "Segments", []).append(each)
            else:
                self.told.append(Told("left_out", "segments", 1, "empty"))
        if placed or unplaced:
            sources = ET.SubElement(root, "Sources")
            for source in self._project.sources:
                self._text_source(sources, source, placed[source.name], "source")
            for name, segments in unplaced.items():
                self._text_source(sources, *_gathered(name, segments), "gathered")

    def _text_source(
        self, parent: ET.Element, source: Source, segments: Sequence[Segment], kind: str
    ) -> None:
        guid = self._guids.of(kind, source.name)
        attributes = {"guid": guid, "name": source.name}
        if source.text is not None:
            file = f"{guid}.txt"
            attributes["plainTextPath"] = f"internal://{file}"
            self.files[f"sources/{file}"] = source.text
        element = ET.SubElement(parent, "TextSource", attributes)
        for each in segments:
            self._selection(element, each, placed=kind == "source")

    def _selection(self, parent: ET.Element, segment: Segment, placed: bool) -> None:
        attributes = {
            "guid": self._guids.of("segment", segment.ident),
            "name": segment.text,
            "startPosition": str(segment.start),
            "endPosition": str(segment.end),
        }
        element = ET.SubElement(parent, "PlainTextSelection", attributes)
        known = self._project.segment[segment.ident]
        ET.SubElement(element, "Description").text = card(known, placed)
        for coding in self._codings.get(segment.ident, ()):
            self._coding(element, coding)

    def _coding(self, parent: ET.Element, coding: Coding) -> None:
        key = "/".join((coding.segment, coding.code, coding.coder, coding.category))
        attributes = {"guid": self._guids.of("coding", key)}
        if coding.coder:
            attributes["creatingUser"] = self._guids.of("user", coding.coder)
        element = ET.SubElement(parent, "Coding", attributes)
        ET.SubElement(element, "CodeRef", {"targetGUID": self._guids.of("code", coding.code)})
        if coding.category:
            self._refer(element, self._note(CATEGORY, coding.category))
        if coding.memo:
            self._refer(element, self._note("Memo", coding.memo))

    def _not_asked(self) -> str:
        lines = io.StringIO()
        rows = [(each.group, each.code, each.note) for each in self._project.not_asked]
        csv.writer(lines, lineterminator="\n").writerows(rows)
        return self._note(NOT_ASKED, lines.getvalue()) if rows else ""

    def _note(self, title: str, text: str) -> str:
        """The GUID of the note with this title and text, which is written once."""
        guid = self._guids.of("note", f"{title}/{text}")
        self._notes[guid] = (title, text)
        return guid

    def _write_notes(self, root: ET.Element) -> None:
        if self._notes:
            notes = ET.SubElement(root, "Notes")
            for guid, (title, text) in self._notes.items():
                note = ET.SubElement(notes, "Note", {"guid": guid, "name": title})
                ET.SubElement(note, "PlainTextContent").text = text

    @staticmethod
    def _refer(element: ET.Element, guid: str) -> None:
        ET.SubElement(element, "NoteRef", {"targetGUID": guid})


def _gathered(name: str, segments: Sequence[Segment]) -> tuple[Source, list[Segment]]:
    """Segments without a place one after another, as a text in which they have one."""
    return Source(name, _GAP.join(each.text for each in segments)), list(_in_a_row(segments))


_GAP = "\n\n"


def _in_a_row(segments: Sequence[Segment]) -> Iterator[Segment]:
    at = 0
    for each in segments:
        yield replace(each, start=at, end=at + len(each.text))
        at += len(each.text) + len(_GAP)
