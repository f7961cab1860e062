"""QualCoder: its project, a SQLite file `data.qda` in a folder of its own.

What it holds is taken from QualCoder's source, database versions 1 to 17. Places of a coding are
half-open and meant as code points, but come from an editor that counts UTF-16 units: a text with an
emoji has them one off behind it. Each coding keeps its text, against which they are held. Folders
in which QualCoder keeps pictures and sound are not looked at, and where it keeps them not shown.

Its reports as CSV and XLSX are tables as others (`tables`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalkit.codings.anchors import Selection, Span, anchored, plain_breaks
from evalkit.codings.hierarchy import Entry, Hierarchy, hierarchy
from evalkit.codings.hierarchy import Path as Labels
from evalkit.codings.model import Case, Coding, CodingProject, Segment, Source, Told
from evalkit.codings.sqlite import Database, Row, opened, text_of, whole
from evalkit.codings.tally import telling, told

TABLES = frozenset(("source", "code_name", "code_cat", "code_text"))


def read(path: Path, file: str) -> CodingProject:
    """Read `data.qda`, called `file` in messages."""
    with opened(path, file) as database:
        return read_database(database)


def read_database(database: Database) -> CodingProject:
    """Sources, segments, codes, codings and cases of a project."""
    file = database.file
    sources = _sources(database)
    codes, names, loops, shared = _codes(database)
    rows = database.rows("code_text", ("cid", "fid", "seltext", "pos0", "pos1", "owner"), ("memo",))
    there = [row for row in rows if row["fid"] in sources]
    kept = [row for row in there if row["cid"] in names]
    by_source: dict[object, list[Row]] = {}
    for row in kept:
        by_source.setdefault(row["fid"], []).append(row)
    placed = [_place(sources[fid], rows) for fid, rows in by_source.items()]
    segment_of = {id(row): ident for each in placed for row, ident in each.idents}
    cases = _cases(database, sources, placed)
    codings = _codings(kept, segment_of, names)
    project = CodingProject(
        tuple(Source(each.name, each.text) for each in sources.values()),
        tuple(_grouped(segment, cases) for each in placed for segment in each.segments),
        codes.codes,
        codings,
        cases.cases,
    )
    lines = (
        *(line for each in placed for line in each.told(file)),
        *told("left_out", "codings", len(rows) - len(there), "source_missing", file=file),
        *told("left_out", "codings", len(there) - len(kept), "code_missing", file=file),
        *told("read", "codes", loops, "loop", file=file),
        *told("read", "codes", shared, "same_name", file=file),
        *told("read", "segments", len(cases.several), "several_cases", file=file),
        *told("read", "codings", sum(not each.coder for each in codings), "no_coder", file=file),
        *_unread(database, sources),
    )
    return telling(project, file, lines)


@dataclass(frozen=True)
class _Text:
    name: str
    raw: str | None

    @property
    def text(self) -> str | None:
        return None if self.raw is None else plain_breaks(self.raw)


_FROM_ROOT = re.compile(r"^(?:[A-Za-z]:)?[\\/].*[\\/]", re.DOTALL)


def _sources(database: Database) -> dict[object, _Text]:
    """Identifier → name, without a folder, and text; pictures and sound have none."""
    found: dict[object, _Text] = {}
    taken: set[str] = set()
    for row in database.rows("source", ("id", "name", "fulltext")):
        name = wanted = _FROM_ROOT.sub("", text_of(row["name"])).strip() or f"source {row['id']}"
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        taken.add(name)
        raw = None if row["fulltext"] is None else text_of(row["fulltext"])
        found[row["id"]] = _Text(name, raw or None)
    return found


# Codes


def _codes(database: Database) -> tuple[Hierarchy, dict[object, str], int, int]:
    """The codes below their categories, each code's name, how many loops and shared names."""
    categories = database.rows("code_cat", ("catid", "name"), ("memo", "supercatid"))
    codes = database.rows("code_name", ("cid", "name"), ("memo", "catid", "color", "supercid"))
    above = {row["catid"]: row["supercatid"] for row in categories}
    above_code = {row["cid"]: row["supercid"] for row in codes}
    labels = {row["catid"]: _label(row) for row in categories}
    label_of = {row["cid"]: _label(row) for row in codes}
    category_of = {row["cid"]: row["catid"] for row in codes}
    loops = 0
    paths: dict[object, Labels] = {}
    entries: list[Entry] = []
    for row in categories:
        path, looped = _path(row["catid"], above, labels)
        loops += looped
        entries.append(Entry(path, text_of(row["memo"]).strip(), codable=False))
    own = {each.path for each in entries}
    for row in codes:
        chain, looped = _chain(row["cid"], above_code, label_of)
        top, strange = _path(category_of.get(chain[0]), above, labels)
        loops += looped and not strange
        path = (*top, *(label_of[each] for each in chain))
        paths[row["cid"]] = path
        entries.append(Entry(path, text_of(row["memo"]).strip(), color=text_of(row["color"])))
    shared = len(own & set(paths.values()))
    found = hierarchy(entries)
    return found, {cid: found.names[path] for cid, path in paths.items()}, loops, shared


def _label(row: Row) -> str:
    return " ".join(text_of(row["name"]).split()) or "?"


_DEEPEST = 50


def _chain(
    start: object, above: Mapping[object, object], known: Mapping[object, str]
) -> tuple[list[object], bool]:
    """The identifiers from the top down to `start`, and whether they went in a circle."""
    chain: list[object] = []
    at: object = start
    while at is not None and at in known:
        if at in chain or len(chain) == _DEEPEST:
            return [start], True
        chain.append(at)
        at = above.get(at)
    return chain[::-1], False


def _path(
    start: object, above: Mapping[object, object], labels: Mapping[object, str]
) -> tuple[Labels, bool]:
    chain, looped = _chain(start, above, labels)
    return tuple(labels[each] for each in chain), looped


def _codings(
    rows: Sequence[Row], segment_of: Mapping[int, str], names: Mapping[object, str]
) -> tuple[Coding, ...]:
    return tuple(
        Coding(
            segment_of[id(row)],
            names[row["cid"]],
            text_of(row["owner"]).strip(),
            memo=text_of(row["memo"]).strip(),
        )
        for row in rows
    )


# Segments


@dataclass(frozen=True)
class _Placed:
    """The segments of one source, with each coding's identifier of its segment.

    `declared` are the places as the program has them, by segment: those of cases count alike.
    """

    source: _Text
    segments: tuple[Segment, ...]
    declared: Mapping[str, Span]
    idents: tuple[tuple[Row, str], ...]
    unit: str
    matched: int
    found: int

    def told(self, file: str) -> Iterator[Told]:
        n, name = len(self.segments), self.source.name
        if self.source.raw is None:
            yield from told("read", "segments", n, "no_source_text", file=file, source=name)
            return
        why = "places_as_declared" if self.unit == "points" else "places_otherwise"
        yield from told(
            "matched", "segments", self.matched, why, file=file, source=name, unit=self.unit
        )
        yield from told(
            "matched", "segments", self.found, "places_by_search", file=file, source=name
        )
        lost = n - self.matched - self.found
        yield from told("left_out", "places", lost, "places_unknown", file=file, source=name)


def _place(source: _Text, rows: Sequence[Row]) -> _Placed:
    """The segments of a source: codings of the same place are of one segment."""
    distinct: dict[tuple[object, object, str], list[Row]] = {}
    for row in rows:
        key = (row["pos0"], row["pos1"], text_of(row["seltext"]))
        distinct.setdefault(key, []).append(row)
    selections = [Selection(whole(one), whole(two), text) for one, two, text in distinct]
    result = anchored(source.raw or "", selections)
    segments: list[Segment] = []
    idents: list[tuple[Row, str]] = []
    declared: dict[str, Span] = {}
    taken: set[str] = set()
    for (own, selection), span in zip(
        zip(distinct.values(), selections, strict=True), result.spans, strict=True
    ):
        ident = _ident(own[0], taken)
        taken.add(ident)
        text = plain_breaks(selection.text) if span is None else result.text[slice(*span)]
        start, end = span or (None, None)
        segments.append(Segment(ident, text, source.name, start, end, verbatim=True))
        idents += [(row, ident) for row in own]
        if selection.start is not None and selection.end is not None:
            declared[ident] = (selection.start, selection.end)
    own_idents = tuple(idents)
    return _Placed(
        source, tuple(segments), declared, own_idents, result.unit, result.matched, result.found
    )


def _ident(row: Row, taken: set[str]) -> str:
    """The source and the place: the same whenever the project is exported again."""
    ident = f"{row['fid']}:{text_of(row['pos0'])}-{text_of(row['pos1'])}"
    while ident in taken:
        ident += "+"
    return ident


# Cases


@dataclass(frozen=True)
class _Cases:
    cases: tuple[Case, ...]
    group_of: Mapping[str, str]
    several: frozenset[str]


def _grouped(segment: Segment, cases: _Cases) -> Segment:
    group = cases.group_of.get(segment.ident, "")
    if not group:
        return segment
    return replace(segment, group=group)


def _cases(
    database: Database, sources: Mapping[object, _Text], placed: Sequence[_Placed]
) -> _Cases:
    """Cases with their attributes; a source with attributes of its own is one too."""
    if "cases" not in database.tables:
        return _Cases((), {}, frozenset())
    names = {
        row["caseid"]: text_of(row["name"]).strip()
        for row in database.rows("cases", ("caseid", "name"))
    }
    attributes, of_sources = _attributes(database)
    whole_sources: dict[object, list[str]] = {}
    parts: dict[object, list[str]] = {}
    belongs: dict[str, list[str]] = {}
    by_name = {each.source.name: each for each in placed}
    for row in _optional(database, "case_text", ("caseid", "fid", "pos0", "pos1")):
        case, source = row["caseid"], sources.get(row["fid"])
        if case not in names or source is None:
            continue
        start, end = whole(row["pos0"]) or 0, whole(row["pos1"]) or 0
        inside = _inside(by_name.get(source.name), start, end)
        for ident in inside:
            belongs.setdefault(ident, []).append(names[case])
        if source.raw is None or (start == 0 and end >= len(source.raw) - 1):
            whole_sources.setdefault(case, []).append(source.name)
        else:
            parts.setdefault(case, []).extend(inside)
    cases = [
        Case(
            name,
            attributes.get(case, {}),
            tuple(dict.fromkeys(whole_sources.get(case, ()))),
            tuple(dict.fromkeys(parts.get(case, ()))),
        )
        for case, name in names.items()
    ]
    taken = set(names.values())
    cases += [
        Case(source.name, of_sources[fid], (source.name,))
        for fid, source in sources.items()
        if fid in of_sources and source.name not in taken
    ]
    distinct = {ident: set(found) for ident, found in belongs.items()}
    return _Cases(
        tuple(cases),
        {ident: next(iter(found)) for ident, found in distinct.items() if len(found) == 1},
        frozenset(ident for ident, found in distinct.items() if len(found) > 1),
    )


def _inside(placed: _Placed | None, start: int, end: int) -> list[str]:
    if placed is None:
        return []
    return [
        ident for ident, (one, other) in placed.declared.items() if start <= one and other <= end
    ]


def _attributes(database: Database) -> tuple[dict[object, dict[str, str]], ...]:
    """Identifier → attribute → value, of cases and of sources; empty values are left out."""
    found: dict[str, dict[object, dict[str, str]]] = {"case": {}, "file": {}}
    for row in _optional(database, "attribute", ("name", "attr_type", "value", "id")):
        own = found.get(text_of(row["attr_type"]))
        value = text_of(row["value"]).strip()
        if own is not None and value:
            own.setdefault(row["id"], {})[text_of(row["name"]).strip()] = value
    return found["case"], found["file"]


def _optional(database: Database, table: str, columns: Sequence[str]) -> list[Row]:
    return database.rows(table, columns) if table in database.tables else []


# What is not read

_NOT_TEXT = {"code_image": "cid", "code_av": "cid"}
_NOTES = {"annotation": "fid", "journal": "name"}


def _unread(database: Database, sources: Mapping[object, _Text]) -> Iterator[Told]:
    file = database.file
    without = sum(each.raw is None for each in sources.values())
    yield from told("read", "sources", without, "no_source_text", file=file)
    for tables, what, why in (
        (_NOT_TEXT, "codings", "not_text"),
        (_NOTES, "notes", "notes"),
    ):
        n = sum(len(_optional(database, table, (column,))) for table, column in tables.items())
        yield from told("left_out", what, n, why, file=file)
