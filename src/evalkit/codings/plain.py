"""A folder of plain CSV files → a `CodingProject`: what people write by hand.

    segments.csv         segment, page, group, speaker, text, verbatim
                         [, source, start, end, approved]
    codings_KIM.csv      segment, code, category [, coder, memo]; the coder is in the file's name
    codebook.csv         code, label, definition [, parent, codable, color, label_en, definition_en]
    not_asked.csv        group, code, note
    case_attributes.csv  group and a column for each attribute (or case_matrix.csv, cases.csv)
    sources.csv          source, text

`segments.csv` alone is enough. Every fault is told with file, row, column and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evalkit.codings.model import (
    Case,
    Code,
    Coding,
    CodingProject,
    NotAsked,
    Segment,
    Source,
)
from evalkit.codings.tally import Tally
from evalkit.delimited import TextTable, read_table
from evalkit.errors import EvalkitError, Problem, nearest

SEGMENTS, CODEBOOK, NOT_ASKED, SOURCES = (
    "segments.csv",
    "codebook.csv",
    "not_asked.csv",
    "sources.csv",
)
CASES = ("case_attributes.csv", "case_matrix.csv", "cases.csv")
CODINGS = "codings_"
YES, NO = ("yes", "ja", "true", "sant", "1", "x"), ("no", "nej", "false", "falskt", "0")

_OF_SEGMENT = ("page", "group", "speaker", "verbatim", "approved")
_OF_CODE = ("label", "definition", "parent", "codable", "color", "label_en", "definition_en")

Row = Mapping[str, str]


@dataclass
class _Faults:
    """The problems found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, file: str, row: int, column: str | None, message: str, fix: str = "") -> None:
        self.found.append(Problem(file, row, column, message, fix))


def read_plain(folder: Path) -> CodingProject:
    """Read a folder with a `segments.csv`; raises one `EvalkitError` with every fault in it."""
    faults = _Faults()
    read = _reading(folder, faults)
    sources = _sources(read(SOURCES, ("source", "text"), ()), faults)
    optional = (*_OF_SEGMENT, "source", "start", "end")
    table = read(SEGMENTS, ("segment", "text"), optional)
    segments = _segments(table, sources, faults)
    codes = _codes(read(CODEBOOK, ("code",), _OF_CODE), faults)
    names = {each.name for each in codes}
    files = sorted(each.name for each in folder.glob(f"{CODINGS}*.csv"))
    idents = None if table is None else {each.strip() for each in table.column("segment")}
    codings: list[Coding] = []
    for file in files:
        coded = read(file, ("segment", "code"), ("category", "coder", "memo"))
        codings += _codings(coded, file, idents, names if codes else None, faults)
    not_asked = _not_asked(read(NOT_ASKED, ("group", "code"), ("note",)), names, faults)
    attributes = next((each for each in CASES if (folder / each).is_file()), CASES[0])
    cases = _cases(read(attributes, ("group",), ()), segments, faults)
    if faults.found:
        raise EvalkitError(faults.found)
    if not codes:
        codes = [Code(each, each) for each in dict.fromkeys(one.code for one in codings)]
    project = CodingProject(
        tuple(sources.values()),
        tuple(segments),
        tuple(codes),
        tuple(codings),
        tuple(cases),
        tuple(not_asked),
    )
    tally = Tally(folder.name)
    tally.read(project)
    return replace(project, told=tally.told)


def _reading(
    folder: Path, faults: _Faults
) -> Callable[[str, tuple[str, ...], tuple[str, ...]], TextTable | None]:
    """A function that reads one of the folder's files; None where it is missing or faulty."""

    def read(file: str, required: tuple[str, ...], optional: tuple[str, ...]) -> TextTable | None:
        if file != SEGMENTS and not (folder / file).is_file():
            return None
        try:
            return read_table(folder / file, file, required, optional)
        except EvalkitError as error:
            faults.found.extend(error.problems)
            return None

    return read


def _rows(table: TextTable | None) -> Iterator[tuple[int, Row]]:
    """The rows that have something in them."""
    for number, row in table.records() if table is not None else ():
        if any(row.values()):
            yield number, row


def _once(table: TextTable | None, column: str, faults: _Faults) -> Iterator[tuple[int, str, Row]]:
    """The rows with what identifies them, without those that have nothing there or stand twice."""
    seen: dict[str, int] = {}
    for number, row in _rows(table):
        key, file = row[column], table.file if table is not None else ""
        if not key:
            faults.add(file, number, column, "The cell is empty.", f"Write the {column}.")
        elif key in seen:
            message = f'"{key}" stands in row {seen[key]} already.'
            faults.add(file, number, column, message, "Remove or rename one of them.")
        else:
            seen[key] = number
            yield number, key, row


def _sources(table: TextTable | None, faults: _Faults) -> dict[str, Source]:
    found: dict[str, Source] = {}
    texts = (
        dict(zip(map(str.strip, table.column("source")), table.column("text"), strict=True))
        if table
        else {}
    )
    for _, name, _ in _once(table, "source", faults):
        found[name] = Source(name, texts[name].replace("\r\n", "\n") or None)
    return found


def _segments(
    table: TextTable | None, sources: dict[str, Source], faults: _Faults
) -> list[Segment]:
    found = []
    for number, ident, row in _once(table, "segment", faults):
        if not row["text"]:
            faults.add(SEGMENTS, number, "text", "The cell is empty.", "Write what was said.")
        source = row.get("source", "")
        if source:
            sources.setdefault(source, Source(source))
        start, end = _place(row, number, sources.get(source), faults)
        text = row["text"]
        whole = sources[source].text if source else None
        if whole is not None and start is not None and end is not None:
            text = whole[start:end]
        verbatim = _yes_or_no(row, "verbatim", "whether it is a quotation", number, faults)
        approved = _yes_or_no(row, "approved", "whether it may be published", number, faults)
        group, speaker, page = (row.get(each, "") for each in ("group", "speaker", "page"))
        place = (source, start, end)
        found.append(
            Segment(ident, text, *place, group, speaker, verbatim, page, approved=approved)
        )
    return found


def _place(
    row: Row, number: int, source: Source | None, faults: _Faults
) -> tuple[int | None, int | None]:
    start, end = row.get("start", ""), row.get("end", "")
    if not start and not end:
        return None, None
    if not (start.isdecimal() and end.isdecimal()) or source is None:
        fix = "Write source, start and end (0 is the first character), or none of them."
        faults.add(SEGMENTS, number, "start", "The place is not complete.", fix)
        return None, None
    places = int(start), int(end)
    text = source.text
    if places[0] > places[1] or (text is not None and places[1] > len(text)):
        faults.add(
            SEGMENTS, number, "end", "The place is not in its source.", "Mend start and end."
        )
        return None, None
    if text is not None and _words(text[slice(*places)]) != _words(row["text"]):
        message = "Another text stands there in the source."
        faults.add(SEGMENTS, number, "start", message, "Mend start and end, or remove them.")
    return places


def _words(text: str) -> list[str]:
    return text.split()


def _yes_or_no(row: Row, column: str, meaning: str, number: int, faults: _Faults) -> bool | None:
    cell = row.get(column, "")
    answer = cell.casefold()
    if answer and answer not in YES + NO:
        message = f'"{cell}" does not say {meaning}.'
        faults.add(SEGMENTS, number, column, message, "Write yes, no or nothing.")
    return None if answer not in YES + NO else answer in YES


def _codes(table: TextTable | None, faults: _Faults) -> list[Code]:
    rows = list(_once(table, "code", faults))
    parents = {code: row.get("parent", "") for _, code, row in rows}
    rings = _in_rings(parents)
    for number, code, row in rows:
        parent = row.get("parent", "")
        if parent and parent not in parents:
            message = f'There is no code "{parent}".'
            faults.add(CODEBOOK, number, "parent", message, nearest(parent, parents))
        elif code in rings:
            message = f'"{code}" stands below itself, or too deep.'
            faults.add(CODEBOOK, number, "parent", message, "Give one of them no parent.")
    return [
        Code(
            code,
            row.get("label", "") or code,
            row.get("parent", ""),
            row.get("definition", ""),
            row.get("codable", "").casefold() not in NO,
            row.get("color", ""),
            label_en=row.get("label_en", ""),
            definition_en=row.get("definition_en", ""),
        )
        for _, code, row in rows
    ]


def _in_rings(parents: Mapping[str, str]) -> set[str]:
    """The codes above which there is no end."""
    ends: set[str] = {""}
    for code in parents:
        way: list[str] = []
        at = code
        while at not in ends and at not in way and len(way) < _DEEPEST:
            way.append(at)
            at = parents.get(at, "")
        if at in ends:
            ends.update(way)
    return set(parents) - ends


_DEEPEST = 200


def _codings(
    table: TextTable | None,
    file: str,
    idents: set[str] | None,
    codes: set[str] | None,
    faults: _Faults,
) -> list[Coding]:
    """The codings of a file; without a codebook (`codes` is None) any code is one."""
    found: dict[tuple[str, ...], Coding] = {}
    rows: dict[tuple[str, ...], int] = {}
    by_file = file.removeprefix(CODINGS).removesuffix(".csv")
    for number, row in _rows(table):
        segment, code = row["segment"], row["code"]
        _check_known(file, number, "segment", segment, idents, faults)
        _check_known(file, number, "code", code, codes, faults)
        key = (segment, code, row.get("coder", by_file))
        if key in found:
            message = f'The segment has the code "{code}" in row {rows[key]} already.'
            faults.add(file, number, "code", message, "Remove one of the two rows.")
            continue
        rows[key] = number
        found[key] = Coding(*key, row.get("category", ""), row.get("memo", ""))
    return list(found.values())


_MANY = 100  # after so many faults it takes too long to look for what was meant


def _check_known(
    file: str, row: int, column: str, name: str, known: set[str] | None, faults: _Faults
) -> None:
    if not name:
        faults.add(file, row, column, "The cell is empty.", f"Write the {column}.")
    elif known is not None and name not in known:
        fix = nearest(name, sorted(known)) if len(faults.found) < _MANY else ""
        faults.add(file, row, column, f'There is no {column} "{name}".', fix)


def _not_asked(table: TextTable | None, codes: set[str], faults: _Faults) -> list[NotAsked]:
    found: dict[tuple[str, str], NotAsked] = {}
    for number, row in _rows(table):
        group, code = row["group"], row["code"]
        if not group:
            faults.add(NOT_ASKED, number, "group", "The cell is empty.", "Write the group.")
        _check_known(NOT_ASKED, number, "code", code, codes or None, faults)
        if (group, code) in found:
            faults.add(
                NOT_ASKED, number, "code", "The row stands there twice.", "Remove one of them."
            )
        found[group, code] = NotAsked(group, code, row.get("note", ""))
    return list(found.values())


def read_cases(path: Path, file: str, segments: Sequence[Segment]) -> list[Case]:
    """A table with a column `group` and one for each attribute; `EvalkitError` with its faults."""
    faults = _Faults()
    cases = _cases(read_table(path, file, ("group",)), segments, faults)
    if faults.found:
        raise EvalkitError(faults.found)
    return cases


def _cases(table: TextTable | None, segments: Sequence[Segment], faults: _Faults) -> list[Case]:
    """A case for each row; its segments are those of the group of that name."""
    of_group: dict[str, list[str]] = {}
    for each in segments:
        of_group.setdefault(each.group, []).append(each.ident)
    return [
        Case(
            group,
            {key: cell for key, cell in row.items() if key not in ("group", "") and cell},
            segments=tuple(of_group.get(group, ())),
        )
        for _, group, row in _once(table, "group", faults)
    ]
