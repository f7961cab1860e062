"""A survey's open answers as sources to code, with the respondent as the case.

They come from responses that are at hand: `workbook.sources.written_in` gives none for a round of
counts or a study that is reconstructed. Segments and cases are called by the row of the file, so
that answers of one respondent to several items stay together. **These names are for use inside
the project alone**: with them, answers of the same person can be laid side by side. What a reader
may see of the texts is for `release` to say, as with every table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalkit.codings.model import Case, CodingProject, Segment, Source
from evalkit.codings.tally import telling, told
from evalkit.intake.personal import masked
from evalkit.intake.written import Written

MASK = "[personuppgift]"


def from_written(
    written: Mapping[str, Sequence[Written]], round_name: str = "", mask: str = MASK
) -> CodingProject:
    """Each answer as a source with one segment, the whole of it; `written` is by item.

    A segment is called item and row ("q17:12"), with the round before it if one is named, and a
    case likewise ("2024:12"). `mask` stands for personal data, which is not taken along.
    """
    before = f"{round_name}:" if round_name else ""
    segments = [
        _segment(f"{before}{item}:{each.row}", f"{before}{each.row}", each, mask)
        for item, answers in written.items()
        for each in answers
    ]
    by_respondent: dict[str, list[str]] = {}
    for each in segments:
        by_respondent.setdefault(each.group, []).append(each.ident)
    replaced = sum(bool(each.personal) for answers in written.values() for each in answers)
    cases = tuple(
        Case(name, sources=tuple(idents), segments=tuple(idents))
        for name, idents in sorted(by_respondent.items(), key=lambda each: _row(each[0]))
    )
    sources = tuple(Source(each.ident, each.text) for each in segments)
    lines = (
        *told("read", "segments", replaced, "personal_data"),
        *told("left_out", "items", int(not segments), "no_texts"),
    )
    return telling(CodingProject(sources, tuple(segments), cases=cases), "", lines)


def _segment(ident: str, respondent: str, answer: Written, mask: str) -> Segment:
    text = masked(answer.text, answer.personal, mask)
    return Segment(ident, text, ident, 0, len(text), respondent, verbatim=True)


def _row(name: str) -> int:
    return int(name.rpartition(":")[2])
