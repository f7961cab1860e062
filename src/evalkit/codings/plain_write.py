"""A `CodingProject` → a folder of plain CSV files, as `plain` reads them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from evalkit.codings.model import CodingProject, Told
from evalkit.codings.plain import CASES, CODEBOOK, CODINGS, NOT_ASKED, SEGMENTS, SOURCES
from evalkit.codings.refi.normal import normal

_WORDS = {True: "yes", False: "no", None: ""}


def plain(project: CodingProject) -> tuple[dict[str, str], tuple[Told, ...]]:
    """Name of a file → its text, and what these files could not hold."""
    project = normal(project)
    files = {SEGMENTS: _segments(project), CODEBOOK: _codebook(project), **_codings(project)}
    if any(each.text is not None for each in project.sources):
        rows = ((each.name, each.text or "") for each in project.sources)
        files[SOURCES] = _table(("source", "text"), rows)
    if project.not_asked:
        not_asked = ((each.group, each.code, each.note) for each in project.not_asked)
        files[NOT_ASKED] = _table(("group", "code", "note"), not_asked)
    if project.cases:
        files[CASES[0]] = _cases(project)
    return files, _lost(project)


def _segments(project: CodingProject) -> str:
    header = ["segment", "page", "group", "speaker", "text", "verbatim"]
    with_place = any(each.source for each in project.segments)
    decided = any(each.approved is not None for each in project.segments)
    rows = []
    for each in project.segments:
        verbatim = _WORDS[each.verbatim]
        row = [each.ident, each.page, each.group, each.speaker, each.text, verbatim]
        place = [each.source, *("" if at is None else str(at) for at in (each.start, each.end))]
        row += [_WORDS[each.approved]] * decided
        rows.append([*row, *(place if with_place else ())])
    header += ["approved"] * decided
    return _table([*header, *(("source", "start", "end") if with_place else ())], rows)


def _codebook(project: CodingProject) -> str:
    codes = project.codes
    nested = any(each.parent for each in codes)
    more = any(each.color or not each.codable for each in codes)
    english = any(each.label_en or each.definition_en for each in codes)
    header = ["code", "label", "definition"]
    header += ["parent"] * nested + ["codable", "color"] * more
    header += ["label_en", "definition_en"] * english
    rows = [
        [each.name, each.label, each.definition]
        + [each.parent] * nested
        + [_WORDS[each.codable], each.color] * more
        + [each.label_en, each.definition_en] * english
        for each in codes
    ]
    return _table(header, rows)


def _codings(project: CodingProject) -> dict[str, str]:
    files: dict[str, str] = {}
    with_memo = any(each.memo for each in project.codings)
    for coder in project.coders:
        stem = _stem(coder, files)
        named = stem != coder
        header = ["segment", "code", "category"] + ["memo"] * with_memo + ["coder"] * named
        rows = [
            [each.segment, each.code, each.category] + [each.memo] * with_memo + [coder] * named
            for each in project.codings
            if each.coder == coder
        ]
        files[f"{CODINGS}{stem}.csv"] = _table(header, rows)
    return files


def _stem(coder: str, files: dict[str, str]) -> str:
    """What a coder's file is called, on any machine."""
    stem = re.sub(r"[^\w-]+", "_", coder).strip("_")[:60] or "unknown"
    taken = {each.casefold() for each in files}
    found, number = stem, 2
    while f"{CODINGS}{found}.csv".casefold() in taken:
        found, number = f"{stem}_{number}", number + 1
    return found


def _cases(project: CodingProject) -> str:
    names = list(dict.fromkeys(name for each in project.cases for name in each.attributes))
    rows = (
        [each.name, *(each.attributes.get(name, "") for name in names)] for each in project.cases
    )
    return _table(["group", *names], rows)


def _lost(project: CodingProject) -> tuple[Told, ...]:
    """Cases hold their segments by group here, so what a case has beside that is lost."""
    group = {each.ident: each.group for each in project.segments}
    sources = sum(len(each.sources) for each in project.cases)
    others = sum(group.get(one) != each.name for each in project.cases for one in each.segments)
    lost = sources + others
    return (Told("left_out", "references", lost, "by_group"),) if lost else ()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
