"""Tables of coded segments (CSV, TSV, XLSX, ODS) of any program, by their headings.

MAXQDA, ATLAS.ti, Dedoose, QualCoder, Taguette, requal and OpenQDA write such tables, and people
make them. A row is a segment with one code (most), with several in a cell (ATLAS.ti), or with a
column for each code (Dedoose). Rows with the same source, place and text are of one segment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evalkit.codings.headings import NAMES, REPEATED, SINGLE, Roles, roles_of, understood
from evalkit.codings.hierarchy import Entry, Hierarchy, dotted, hierarchy, paths_of
from evalkit.codings.hierarchy import Path as Labels
from evalkit.codings.model import Case, Coding, CodingProject, Segment, Source, Told
from evalkit.codings.tally import telling, told
from evalkit.errors import EvalkitError, Problem, fault
from evalkit.intake.export import Sheet
from evalkit.intake.read import open_sheet

SUFFIXES = frozenset((".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"))
_HEAD_WITHIN = 30


def recognise(path: Path) -> bool:
    """Whether it is called as a table is."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


def read(path: Path, file: str) -> CodingProject:
    """Read a table of segments or of codes, called `file` in messages.

    Raises `EvalkitError` when no row can be its heading (and says what is missing), when two
    columns could be the same, or when rows do not fit the heading.
    """
    sheet, at, roles = _found(path, file)
    rows = _rows(sheet, at, len(roles.header))
    if roles.is_codebook:
        return _codebook(_Table(file, roles, rows))
    return _segments(_Table(file, roles, rows))


# Which row is the heading


def _found(path: Path, file: str) -> tuple[Sheet, int, Roles]:
    """The sheet, the place of its heading among the rows, and what its columns are."""
    sheet = open_sheet(path, file)
    tried = [sheet, *_other_sheets(path, sheet)]
    for fits in (_fits_segments, _fits_codebook):
        for each in tried:
            heads = [
                (at, roles_of(cells)) for at, (_, cells) in enumerate(each.rows[:_HEAD_WITHIN])
            ]
            for at, roles in heads:
                if fits(roles):
                    _refuse_ambiguous(each, at, roles)
                    return each, at, roles
    raise _no_heading(sheet)


def _fits_segments(roles: Roles) -> bool:
    return roles.is_segments


def _fits_codebook(roles: Roles) -> bool:
    return roles.is_codebook


def _other_sheets(path: Path, sheet: Sheet) -> Iterator[Sheet]:
    """The sheets after the first, while any is asked for."""
    for name in filter(None, str(sheet.how.fields.get("others", "")).split(", ")):
        try:
            yield open_sheet(path, sheet.file, sheet=name)
        except EvalkitError:
            continue  # a name with ", " in it


def _no_heading(sheet: Sheet) -> EvalkitError:
    """What the most likely heading lacks, and which headings would be understood."""
    rows = [(number, roles_of(cells)) for number, cells in sheet.rows[:_HEAD_WITHIN]]
    number, best = max(rows, key=lambda each: sum(map(len, each[1].places.values())))
    missing = [
        role for role in NAMES if not (best.has_code if role == "code" else best.places.get(role))
    ]
    problems = []
    for role in missing:
        names = ", ".join(understood(role)[:14])
        problems.append(
            Problem(
                sheet.file,
                number,
                None,
                f"No column has {NAMES[role]}.",
                f"Give its heading one of the names that are understood: {names}, …",
            )
        )
    return EvalkitError(problems)


def _refuse_ambiguous(sheet: Sheet, at: int, roles: Roles) -> None:
    """Raise where two columns have the same role and say different things."""
    problems = []
    for role, columns in roles.places.items():
        if role not in SINGLE or len(columns) < 2:
            continue
        first, *others = (_column(sheet, at, column) for column in columns)
        if any(any(cell.strip() for cell in each) and each != first for each in others):
            named = ", ".join(f'"{roles.header[column]}"' for column in columns)
            problems.append(
                Problem(
                    sheet.file,
                    sheet.rows[at][0],
                    None,
                    f"These columns could all be the same thing ({role}): {named}.",
                    "Remove those that are not meant, or give them other headings.",
                )
            )
    if problems:
        raise EvalkitError(problems)


def _column(sheet: Sheet, at: int, column: int) -> list[str]:
    return [cells[column] if column < len(cells) else "" for _, cells in sheet.rows[at + 1 :]]


def _rows(sheet: Sheet, at: int, width: int) -> list[tuple[int, tuple[str, ...]]]:
    """The rows below the heading, all as wide as it; blank ones are left out."""
    problems: list[Problem] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in sheet.rows[at + 1 :]:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[width:]):
            message = f"The row has {len(cells)} cells, the heading has {width}."
            fix = "Look for a separator inside a text that is not in quotation marks."
            problems.append(Problem(sheet.file, number, None, message, fix))
        rows.append((number, (*cells[:width], *[""] * (width - len(cells)))))
    if problems:
        raise EvalkitError(problems)
    return rows


@dataclass(frozen=True)
class _Table:
    file: str
    roles: Roles
    rows: Sequence[tuple[int, tuple[str, ...]]]

    def cell(self, cells: Sequence[str], role: str) -> str:
        """The first cell of the columns of a role that holds anything."""
        for at in self.roles.places.get(role, ()):
            if text := cells[at].strip():
                return text
        return ""

    def cells(self, cells: Sequence[str], role: str) -> tuple[str, ...]:
        """Every cell of the columns of a role, in the order of the columns."""
        return tuple(cells[at].strip() for at in sorted(self.roles.places.get(role, ())))


# Codes


_Paths = Callable[[Sequence[str]], Mapping[str, Labels]]


def _paths_by(roles: Roles) -> _Paths:
    """How the labels of a path are joined: Taguette's by full stops, all others' by the sign."""
    taguette = any(roles.header[at].casefold() == "tag" for at in roles.places.get("code", ()))
    return dotted if taguette else paths_of


_AT_LINES = re.compile(r"\s*;?\s*\n\s*")
_AT_SIGNS = re.compile(r"\s*;\s*")
_AT_COMMAS = re.compile(r"\s*,\s*")


def _codes_of(table: _Table) -> list[tuple[str, ...]]:
    """The codes of each row, as the table writes them."""
    if table.roles.wide:
        return [
            tuple(name for at, name in table.roles.wide.items() if _ticked(cells[at]))
            for _, cells in table.rows
        ]
    role = "codes" if table.roles.places.get("codes") else "code"
    texts = [table.cell(cells, role) for _, cells in table.rows]
    splits = _separator(table, texts) if role == "codes" else _list_separator(texts)
    return [tuple(_names(splits.split(text) if splits else [text])) for text in texts]


_MARKS = "●○•◦◌ "
"""What ATLAS.ti may put before a code."""


def _names(parts: Sequence[str]) -> Iterator[str]:
    return filter(None, (each.strip().lstrip(_MARKS) for each in parts))


def _list_separator(texts: Sequence[str]) -> re.Pattern[str] | None:
    """What stands between several codes of a cell in a column for one, if there are such cells.

    A sign is believed to be one where some code beside it also stands alone in another cell.
    """
    for pattern in (_AT_LINES, _AT_SIGNS):
        alone = {text for text in texts if not pattern.search(text)}
        parts = {part for text in texts if text not in alone for part in pattern.split(text)}
        if parts & (alone - {""}):
            return pattern
    return None


def _separator(table: _Table, texts: Sequence[str]) -> re.Pattern[str]:
    """What stands between the codes of a cell: one sign for the whole table."""
    for pattern in (_AT_LINES, _AT_SIGNS):
        if any(pattern.search(text) for text in texts):
            return pattern
    at = table.roles.first("codes")
    combined = at is not None and "combined" in table.roles.header[at].casefold()
    return _AT_COMMAS if combined else _AT_LINES


def _ticked(cell: str) -> bool:
    return cell.strip().casefold() in _TICKS


_TICKS = frozenset("true 1 1.0 yes x ja sant wahr".split())


def _tree(
    table: _Table, codes: Sequence[tuple[str, ...]]
) -> tuple[Hierarchy, Mapping[str, Labels]]:
    """The codes of a table, and the path of each as it is written.

    Where columns tell what stands above a code, nearest first, its path is made of these.
    """
    labels = {
        code: table.cell(cells, "label")
        for (_, cells), row in zip(table.rows, codes, strict=True)
        for code in row
    }
    if not table.roles.places.get("parent"):
        paths = _paths_by(table.roles)([code for row in codes for code in row])
        return hierarchy(Entry(own, label=labels[code]) for code, own in paths.items()), paths
    known: dict[str, Labels] = {}
    for (_, cells), row in zip(table.rows, codes, strict=True):
        for code in row:
            known.setdefault(code, (*filter(None, table.cells(cells, "parent")[::-1]), code))
    return hierarchy(Entry(path) for path in known.values()), known


def _codebook(table: _Table) -> CodingProject:
    """A table of codes with what they mean, and no segments."""
    codes = [table.cell(cells, "code") for _, cells in table.rows]
    problems = [
        Problem(table.file, number, None, "The row has no code.", "Give it one, or remove it.")
        for (number, _), code in zip(table.rows, codes, strict=True)
        if not code
    ]
    if problems:
        raise EvalkitError(problems)
    above = {
        code: table.cell(cells, "above") for (_, cells), code in zip(table.rows, codes, strict=True)
    }
    paths = _paths_by(table.roles)(codes)
    entries = [
        Entry(
            _below(code, above, paths),
            table.cell(cells, "definition") or table.cell(cells, "memo"),
            label=table.cell(cells, "label"),
        )
        for (_, cells), code in zip(table.rows, codes, strict=True)
    ]
    found = hierarchy(entries)
    return telling(CodingProject(codes=found.codes), table.file, _told_columns(table))


def _below(code: str, above: Mapping[str, str], paths: Mapping[str, Labels]) -> Labels:
    """The path of a code below the one that a column says stands above it."""
    chain, at = [code], above.get(code, "")
    while at and at in paths and at not in chain:
        chain.append(at)
        at = above.get(at, "")
    return tuple(label for each in chain[::-1] for label in paths[each])


# Segments


@dataclass(frozen=True)
class _Key:
    """What makes a row's segment another than the next row's."""

    ident: str
    source: str
    group: str
    speaker: str
    places: tuple[str, ...]
    text: str


def _segments(table: _Table) -> CodingProject:
    codes = _codes_of(table)
    tree, paths = _tree(table, codes)
    of_text = [
        (cells, own)
        for (_, cells), own in zip(table.rows, codes, strict=True)
        if not _OF_PICTURE.match(table.cell(cells, "ident"))
    ]
    with_text = [(cells, own) for cells, own in of_text if table.cell(cells, "text")]
    if not with_text:
        raise fault("No row has a text.", "Export the segments with their texts.", file=table.file)
    offsets, uncertain = _offsets(table, [cells for cells, _ in with_text])
    own_ident = _ident_is_of_segment(table, [cells for cells, _ in with_text])
    known: dict[_Key, Segment] = {}
    taken: set[str] = set()
    codings: dict[tuple[str, str, str], Coding] = {}
    doubles = 0
    for cells, own in with_text:
        key = _key(table, cells, with_ident=own_ident)
        if key not in known:
            known[key] = _segment(table, cells, key, offsets, taken)
        for code in dict.fromkeys(own):
            coding = Coding(
                known[key].ident,
                tree.names[paths[code]],
                table.cell(cells, "coder"),
                table.cell(cells, "category"),
                table.cell(cells, "memo"),
            )
            where = (coding.segment, coding.code, coding.coder)
            doubles += where in codings
            codings.setdefault(where, coding)
    segments = tuple(known.values())
    cases, several = _cases(table, [cells for cells, _ in with_text])
    project = CodingProject(
        tuple(Source(name) for name in dict.fromkeys(each.source for each in segments) if name),
        segments,
        tree.codes,
        tuple(codings.values()),
        cases,
    )
    pictures, empty = len(table.rows) - len(of_text), len(of_text) - len(with_text)
    lines = (
        *told("left_out", "codings", pictures, "not_text", file=table.file),
        *told("left_out", "rows", empty, "no_text", file=table.file),
        *told("left_out", "codings", doubles, "twice", file=table.file),
        *_told_segments(table, segments, project.codings, uncertain=uncertain),
        *several,
        *_told_columns(table),
    )
    return telling(project, table.file, lines)


def _key(table: _Table, cells: Sequence[str], *, with_ident: bool) -> _Key:
    places = tuple(
        cell for role in ("start", "end", "place", "page") for cell in table.cells(cells, role)
    )
    return _Key(
        table.cell(cells, "ident") if with_ident else "",
        _source(table, cells),
        _group(table, cells),
        table.cell(cells, "speaker"),
        places,
        table.cell(cells, "text"),
    )


_OF_CODING = re.compile(r"ctid:", re.IGNORECASE)
_OF_PICTURE = re.compile(r"(?:imid|avid):", re.IGNORECASE)
"""How QualCoder begins the identifiers of codings of texts, and of pictures and sound."""


def _ident_is_of_segment(table: _Table, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the identifiers are those of segments; QualCoder's are of single codings."""
    return not any(_OF_CODING.match(table.cell(cells, "ident")) for cells in rows)


_FOLDER = re.compile(r"^(?:[A-Za-z]:)?[\\/].*[\\/]", re.DOTALL)


def _source(table: _Table, cells: Sequence[str]) -> str:
    """The source's name, without the folder that it had on somebody's machine."""
    return _FOLDER.sub("", table.cell(cells, "source"))


_BETWEEN_GROUPS = re.compile(r"\s*[\n;]\s*")


def _groups(table: _Table, cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN_GROUPS.split(table.cell(cells, "groups"))))


def _group(table: _Table, cells: Sequence[str]) -> str:
    groups = _groups(table, cells)
    return table.cell(cells, "group") or (groups[0] if len(groups) == 1 else "")


_VERBATIM = {
    **dict.fromkeys("yes ja 1 true sant wahr".split(), True),
    **dict.fromkeys("no nej nein 0 false falskt falsch".split(), False),
}


def _segment(
    table: _Table, cells: Sequence[str], key: _Key, offsets: _Offsets, taken: set[str]
) -> Segment:
    start, end = offsets(table.cell(cells, "start"), table.cell(cells, "end"))
    ident = wanted = key.ident or f"s{len(taken) + 1}"
    number = 1
    while ident in taken:
        number += 1
        ident = f"{wanted} ({number})"
    taken.add(ident)
    return Segment(
        ident,
        key.text,
        key.source,
        start,
        end,
        key.group,
        key.speaker,
        _VERBATIM.get(table.cell(cells, "verbatim").casefold()),
        table.cell(cells, "page"),
    )


_Offsets = Callable[[str, str], tuple[int | None, int | None]]


def _offsets(table: _Table, rows: Sequence[Sequence[str]]) -> tuple[_Offsets, int]:
    """How the places of the table are read, and how many there are if they cannot be.

    The lengths of the texts tell: places are half-open, or from 1 with the last included, as in R.
    """
    pairs = [(table.cell(cells, "start"), table.cell(cells, "end")) for cells in rows]
    lengths = [len(table.cell(cells, "text")) for cells in rows]
    numbers = [
        (int(one), int(other), length)
        for (one, other), length in zip(pairs, lengths, strict=True)
        if _is_place(one) and _is_place(other)
    ]
    if not numbers:
        return _nowhere, 0
    half_open = sum(other - one == length for one, other, length in numbers)
    inclusive = sum(other - one + 1 == length and one > 0 for one, other, length in numbers)
    if 2 * max(half_open, inclusive) < len(numbers):
        return _nowhere, len(numbers)
    return partial(_place, shift=int(inclusive > half_open)), 0


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _nowhere(_one: str, _other: str) -> tuple[None, None]:
    return None, None


def _place(one: str, other: str, shift: int) -> tuple[int | None, int | None]:
    if not (_is_place(one) and _is_place(other)):
        return None, None
    start, end = int(one) - shift, int(other)
    return (start, end) if 0 <= start <= end else (None, None)


# Cases


def _cases(
    table: _Table, rows: Sequence[Sequence[str]]
) -> tuple[tuple[Case, ...], tuple[Told, ...]]:
    """Groups of documents and QualCoder's variables, and what is told of documents in several."""
    attributes: dict[str, dict[str, str]] = {}
    sources: dict[str, dict[str, None]] = {}
    several: dict[str, tuple[str, ...]] = {}
    for cells in rows:
        source, groups = _source(table, cells), _groups(table, cells)
        for group in groups:
            sources.setdefault(group, {})[source] = None
        if len(groups) > 1:
            several[source] = groups
        for at, (kind, name) in table.roles.variables.items():
            owner = _group(table, cells) if kind == "case" else source
            if owner and cells[at].strip():
                attributes.setdefault(owner, {}).setdefault(name, cells[at].strip())
    cases = tuple(
        Case(name, attributes.get(name, {}), tuple(filter(None, sources.get(name, ()))))
        for name in dict.fromkeys((*sources, *attributes))
    )
    lines = tuple(
        line
        for groups in several.values()
        for line in told(
            "read", "sources", 1, "several_groups", file=table.file, groups=", ".join(groups)
        )
    )
    return cases, lines


# What is told


def _told_segments(
    table: _Table, segments: Sequence[Segment], codings: Sequence[Coding], *, uncertain: int
) -> Iterator[Told]:
    file = table.file
    coded = {each.segment for each in codings}
    placed = sum(each.start is not None for each in segments)
    yield from told("read", "segments", placed, "places_unchecked", file=file)
    yield from told("left_out", "places", uncertain, "places_uncertain", file=file)
    bare = sum(each.ident not in coded for each in segments)
    yield from told("read", "segments", bare, "uncoded", file=file)
    yield from told(
        "read", "codings", sum(not each.coder for each in codings), "no_coder", file=file
    )


def _told_columns(table: _Table) -> Iterator[Told]:
    header, places = table.roles.header, table.roles.places
    used = [at for role, found in places.items() if role != "left" for at in found]
    used += [*table.roles.wide, *table.roles.variables]
    left = [*places.get("left", ()), *table.roles.unknown]
    twice = [at for role, found in places.items() if role not in REPEATED for at in found[1:]]
    for action, columns, why in (
        ("read", used, "layout"),
        ("left_out", left, "columns"),
        ("left_out", twice, "columns_twice"),
    ):
        named = ", ".join(header[at] for at in sorted(columns)[:30])
        yield from told(action, "columns", len(columns), why, file=table.file, columns=named)
