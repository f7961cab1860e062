"""Taguette: its project (a SQLite file) and its page of highlights (HTML).

Its highlights as CSV and XLSX, and its codebook, are tables as others (`tables`). What a project
holds, and how Taguette counts, is taken from its source, versions 1.0 to 1.5: a highlight's places
are UTF-8 bytes of the text between the tags of the document, and its snippet is HTML. Who tagged
stands in the log of commands alone, where each `highlight_add` has all tags that a highlight then
had: a tag is by the one whose command had it first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalkit.codings.anchors import Finder
from evalkit.codings.hierarchy import Entry, dotted, hierarchy
from evalkit.codings.markup import Stripped, Token, stripped, tokens
from evalkit.codings.model import Coding, CodingProject, Segment, Source, Told
from evalkit.codings.sqlite import Database, Row, opened, text_of, whole
from evalkit.codings.tally import telling, told
from evalkit.delimited import read_bytes
from evalkit.errors import fault

TABLES = frozenset(("documents", "highlights", "highlight_tags", "tags"))


def read(path: Path, file: str) -> CodingProject:
    """Read a project, called `file` in messages."""
    with opened(path, file) as database:
        return read_database(database)


def read_database(database: Database) -> CodingProject:
    """The one project of a database; `EvalkitError` if it holds several that are not empty."""
    file = database.file
    documents = database.rows("documents", ("id", "name", "contents"), ("project_id",))
    tags = database.rows("tags", ("id", "path"), ("description", "project_id"))
    project, others = _project(database, documents)
    documents = [each for each in documents if each["project_id"] == project]
    tags = [each for each in tags if each["project_id"] == project]
    sources = _sources(documents)
    highlights = database.rows(
        "highlights", ("id", "document_id", "start_offset", "end_offset", "snippet")
    )
    placed = [_placed(row, sources) for row in highlights if row["document_id"] in sources]
    by_tag = {row["id"]: text_of(row["path"]).strip() for row in tags}
    paths = dotted(by_tag.values())
    codes = hierarchy(
        Entry(paths[by_tag[row["id"]]], text_of(row["description"]).strip()) for row in tags
    )
    names = {tag: codes.names[paths[path]] for tag, path in by_tag.items()}
    links, lost = _links(database, [each.row["id"] for each in placed], names)
    coders = _coders(database, project)
    project_read = CodingProject(
        tuple(Source(each.name, each.text.text) for each in sources.values()),
        tuple(each.segment for each in placed),
        codes.codes,
        tuple(
            Coding(str(highlight), names[tag], coders.get((highlight, tag), ""))
            for highlight, tag in links
        ),
    )
    lines = (
        *_told_places(placed, file),
        *told("left_out", "codings", lost, "code_missing", file=file),
        *told("left_out", "projects", others, "other_projects", file=file),
        *_told_codings(placed, links, coders, file),
    )
    return telling(project_read, file, lines)


def _project(database: Database, documents: Sequence[Row]) -> tuple[object, int]:
    """The identifier of the project that has documents, and how many others there are."""
    if "projects" not in database.tables:
        return (documents[0]["project_id"] if documents else None), 0
    projects = database.rows("projects", ("id", "name"))
    used = {each["project_id"] for each in documents}
    filled = [each for each in projects if each["id"] in used]
    if len(filled) > 1:
        names = ", ".join(f'"{text_of(each["name"])[:60]}"' for each in filled)
        raise fault(
            f"The database holds several projects: {names}.",
            'Choose "Export project" in Taguette for the one that you mean, and name that file.',
            file=database.file,
        )
    taken = filled or projects[:1]
    if not taken:
        return None, 0
    return taken[0]["id"], len(projects) - 1


@dataclass(frozen=True)
class _Document:
    name: str
    text: Stripped
    from_first: Stripped
    finder: Finder


def _sources(documents: Sequence[Row]) -> dict[object, _Document]:
    """Document → its text; names that stand there twice get a number."""
    found: dict[object, _Document] = {}
    taken: set[str] = set()
    for row in documents:
        name = wanted = text_of(row["name"]).strip() or f"document {row['id']}"
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        taken.add(name)
        contents = text_of(row["contents"])
        text = stripped(contents)
        beginning = stripped(contents, from_first=True) if text.text[:1].isspace() else text
        found[row["id"]] = _Document(name, text, beginning, Finder(text.text))
    return found


@dataclass(frozen=True)
class _Placed:
    row: Row
    segment: Segment
    how: str
    """`matched`, `found` or `lost`."""


def _placed(row: Row, sources: Mapping[object, _Document]) -> _Placed:
    """A highlight as a segment, held against its snippet."""
    document = sources[row["document_id"]]
    snippet = stripped(text_of(row["snippet"]))
    start, end = whole(row["start_offset"]), whole(row["end_offset"])
    text = document.text
    span = None
    if start is not None and end is not None:
        span = _span(document, start, end, snippet.bare)
    how = "matched"
    if span is None:
        near = text.span(0, max(start or 0, 1))
        span = document.finder.place(snippet.text.strip(), near[1] if near else 0)
        how = "lost" if span is None else "found"
    own = snippet.text if span is None else text.text[span[0] : span[1]]
    first, last = span or (None, None)
    segment = Segment(str(row["id"]), own, document.name, first, last, verbatim=True)
    return _Placed(row, segment, how)


def _span(document: _Document, start: int, end: int, wanted: str) -> tuple[int, int] | None:
    """The places of a highlight, if its snippet stands there."""
    shift = len(document.text.text) - len(document.from_first.text)
    for text, more in ((document.text, 0), (document.from_first, shift)):
        span = text.span(start, end)
        if span is not None and _alike(text.text[slice(*span)], wanted):
            return span[0] + more, span[1] + more
    return None


def _alike(one: str, other: str) -> bool:
    return not other.strip() or "".join(one.split()) == "".join(other.split())


def _links(
    database: Database, highlights: Sequence[object], names: Mapping[object, str]
) -> tuple[list[tuple[object, object]], int]:
    """Highlight and tag of each coding, and how many name a tag that is not there."""
    order = {highlight: at for at, highlight in enumerate(highlights)}
    rows = database.rows("highlight_tags", ("highlight_id", "tag_id"))
    links = [(row["highlight_id"], row["tag_id"]) for row in rows]
    own = [each for each in links if each[0] in order]
    kept = [each for each in own if each[1] in names]
    kept.sort(key=lambda each: order[each[0]])
    return kept, len(own) - len(kept)


def _coders(database: Database, project: object) -> dict[tuple[object, object], str]:
    """Highlight and tag → the login of the first whose command gave it that tag."""
    if "commands" not in database.tables:
        return {}
    rows = database.rows("commands", ("user_login", "payload"), ("project_id",))
    coders: dict[tuple[object, object], str] = {}
    now: dict[object, set[object]] = {}
    for row in rows:
        if row["project_id"] in (project, None):
            _follow(_payload(row["payload"]), text_of(row["user_login"]), coders, now)
    return coders


def _payload(cell: object) -> Mapping[str, object]:
    try:
        found = json.loads(text_of(cell))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _follow(
    command: Mapping[str, object],
    login: str,
    coders: dict[tuple[object, object], str],
    now: dict[object, set[object]],
) -> None:
    """Carry one command into `coders` and into what each highlight has `now`."""
    kind, highlight = command.get("type"), command.get("highlight_id")
    if kind == "highlight_add" and isinstance(highlight, int):
        given = command.get("tags")
        listed = given if isinstance(given, list) else []
        tags: set[object] = {each for each in listed if isinstance(each, int)}
        for tag in tags - now.get(highlight, set()):
            coders[highlight, tag] = login
        now[highlight] = tags
    elif kind == "tag_merge":
        gone, kept = command.get("src_tag_id"), command.get("dest_tag_id")
        for one, own in now.items():
            if gone in own:
                own.discard(gone)
                if kept not in own:
                    own.add(kept)
                    coders[one, kept] = coders.get((one, gone), login)


def _told_places(placed: Sequence[_Placed], file: str) -> Iterator[Told]:
    yield from told("matched", "segments", sum(each.how == "matched" for each in placed), file=file)
    for how, action, why in (
        ("found", "matched", "places_by_search"),
        ("lost", "left_out", "places_unknown"),
    ):
        what = "segments" if how == "found" else "places"
        by_source: dict[str, int] = {}
        for each in placed:
            if each.how == how:
                by_source[each.segment.source] = by_source.get(each.segment.source, 0) + 1
        for source, n in by_source.items():
            yield from told(action, what, n, why, file=file, source=source)


def _told_codings(
    placed: Sequence[_Placed],
    links: Sequence[tuple[object, object]],
    coders: Mapping[tuple[object, object], str],
    file: str,
) -> Iterator[Told]:
    coded = {highlight for highlight, _ in links}
    bare = sum(each.row["id"] not in coded for each in placed)
    yield from told("read", "segments", bare, "uncoded", file=file)
    unknown = sum(not coders.get(each) for each in links)
    yield from told("read", "codings", unknown, "no_coder", file=file)


# The page of highlights

_PAGE = re.compile(rb"<title>\s*Taguette\b", re.IGNORECASE)
_MOST_BYTES = 100_000_000


def recognise_page(path: Path) -> bool:
    """Whether the file is an HTML page that Taguette made."""
    try:
        with path.open("rb") as opened_file:
            return bool(_PAGE.search(opened_file.read(4000)))
    except (OSError, ValueError):
        return False


def read_page(path: Path, file: str) -> CodingProject:
    """Read the page of highlights, whatever language its headings have.

    Each highlight is its HTML, then a paragraph with two headings in bold, after which document and
    tags stand. Raises `EvalkitError` for Taguette's other pages.
    """
    data = read_bytes(path, file)
    if len(data) > _MOST_BYTES:
        raise fault("The page is too large to be read.", "Export a part of it.", file=file)
    found = list(_highlights(list(tokens(data.decode("utf-8", "replace").removeprefix("\ufeff")))))
    if not found:
        raise fault(
            "The page has no highlights.",
            'Choose "Export this view" in Taguette with all highlights shown, or "Export project".',
            file=file,
        )
    paths = dotted(tag for each in found for tag in each.tags)
    codes = hierarchy(Entry(path) for path in paths.values())
    codings = tuple(
        Coding(str(number), codes.names[paths[tag]])
        for number, each in enumerate(found, start=1)
        for tag in dict.fromkeys(each.tags)
    )
    project = CodingProject(
        tuple(Source(name) for name in dict.fromkeys(each.document for each in found)),
        tuple(
            Segment(str(number), each.text, each.document, verbatim=True)
            for number, each in enumerate(found, start=1)
        ),
        codes.codes,
        codings,
    )
    uncoded = sum(not each.tags for each in found)
    lines = (
        *told("read", "segments", uncoded, "uncoded", file=file),
        *told("read", "codings", len(codings), "no_coder", file=file),
    )
    return telling(project, file, lines)


@dataclass(frozen=True)
class _Highlight:
    text: str
    document: str
    tags: tuple[str, ...]


def _highlights(page: Sequence[Token]) -> Iterator[_Highlight]:
    """Each highlight of a page: what stands between the rules, or after the page's heading."""
    begins = 0
    for at, token in enumerate(page):
        if token[:2] == ("end", "h1"):
            begins = at + 1
            break
    held: list[Token] = []
    for token in [*page[begins:], Token("start", "hr")]:
        if token[:2] == ("start", "hr"):
            one = _highlight(held)
            if one is not None:
                yield one
            held = []
        else:
            held.append(token)


def _highlight(held: Sequence[Token]) -> _Highlight | None:
    """A highlight of its tokens, if they end with the paragraph of document and tags."""
    last = max((at for at, each in enumerate(held) if each[:2] == ("start", "p")), default=-1)
    if last < 0:
        return None
    parts: list[str] = []
    bold = False
    for kind, text, _ in held[last:]:
        if text == "strong" and kind != "text":
            bold = kind == "start"
            parts += [""] if bold else []
        elif kind == "end" and text == "p":
            break
        elif kind == "text" and parts and not bold:
            parts[-1] += text
    if len(parts) != 2:
        return None
    document, listed = parts
    joined = r",\s*\n\s*" if "\n" in listed.strip() else r"\n"
    tags = tuple(tag for each in re.split(joined, listed) if (tag := each.strip()))
    return _Highlight(_shown(held[:last]), document.strip(), tags)


def _shown(held: Sequence[Token]) -> str:
    parts = [_written(each) for each in held]
    return stripped("".join(parts)).text.strip()


def _written(token: Token) -> str:
    """A token as HTML again."""
    if token.kind == "text":
        return token.text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<{'/' * (token.kind == 'end')}{token.text}>"
