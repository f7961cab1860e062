"""What an import has to tell, in words: the keys of `Told.why` and the sentence of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from evalkit.codings.model import CodingProject, Told

WHY: Mapping[str, str] = {
    "places_as_declared": "{file}: the places of {source} count {unit}, as the program says.",
    "places_otherwise": "{file}: the places of {source} count {unit}; their own texts show it.",
    "places_by_search": "The text did not stand at its place; it was found elsewhere in {source}.",
    "places_unknown": "The text stands nowhere in {source}; the segment is kept without a place.",
    "places_unchecked": "The file has places but no source texts, so they could not be checked.",
    "places_uncertain": "The places do not agree with the lengths of the texts; they are not used.",
    "source_missing": "The segment belongs to a source that the file does not hold.",
    "no_source_text": "The source has no text in the file (picture, sound, film, scanned PDF).",
    "not_text": "Codings of pictures, sound and film are not read.",
    "notes": "Notes, annotations and journals are not read.",
    "code_missing": "The coding names a code that is not in the file.",
    "segment_missing": "The row belongs to a segment that is not in the file.",
    "no_text": "The row has a code and no text.",
    "twice": "The same coder has the same code on the same segment more than once.",
    "uncoded": "The segment has no code; it is kept.",
    "no_coder": "The file does not say who coded.",
    "same_name": "A code and a category have the same name and place; they are taken for one.",
    "loop": "The code stands above itself in the file; it is put at the top.",
    "several_groups": "A document is in several groups ({groups}): none is who said it.",
    "several_cases": "The segment belongs to several cases; none is taken for who said it.",
    "columns": "Columns that are not used: {columns}.",
    "columns_twice": "Another column is taken for the same thing; not read: {columns}.",
    "other_projects": "The file holds other projects, which are empty.",
    "layout": "Read as a table with the columns: {columns}.",
    "no_texts": "There are no texts: the round came in as counts, or the study is reconstructed.",
    "personal_data": "Personal data in the texts has been replaced.",
}
"""Key → sentence with its fields in braces."""


def told(
    action: str, what: str, n: int, why: str = "", *, file: str = "", **fields: str
) -> tuple[Told, ...]:
    """One line of the report, or none where there is nothing to tell of."""
    return (Told(action, what, n, why, fields, file),) if n else ()


def telling(project: CodingProject, file: str, lines: Iterable[Told]) -> CodingProject:
    """The project with what was read of each kind, and then `lines`."""
    read = {
        "sources": len(project.sources),
        "segments": len(project.segments),
        "codes": len(project.codes),
        "codings": len(project.codings),
        "coders": len([each for each in project.coders if each]),
        "cases": len(project.cases),
    }
    counted = (line for what, n in read.items() for line in told("read", what, n, file=file))
    return replace(project, told=(*counted, *lines))
