"""What the layouts of survey tools share: heading rows, and question and option in a heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from evalkit.codebook import tidy
from evalkit.errors import fault
from evalkit.intake.export import Export, Sheet
from evalkit.intake.plain import with_headings

STEM = " - "
"""What stands between a question and its row or option, in the tables of several tools."""


def heading_rows(sheet: Sheet, rows: int) -> tuple[tuple[str, ...], ...]:
    """The first `rows` rows, tidy and equally wide; raises `EvalkitError` when there are fewer."""
    if len(sheet.rows) < rows:
        message = f"The format has {rows} heading rows, the file has {len(sheet.rows)} rows."
        raise fault(message, "Name another format in study.yaml.", file=sheet.file)
    found = [[tidy(cell) for cell in cells] for _, cells in sheet.rows[:rows]]
    width = max(len(row) for row in found)
    return tuple((*row, *[""] * (width - len(row))) for row in found)


def with_unique_headings(sheet: Sheet, form: str, headings: Sequence[str], first: int) -> Export:
    """The export under `headings`, of which the second that is the same becomes "… (2)".

    Columns at the end without a heading and without a cell are left out; other columns without a
    heading are called by their place in the file.
    """
    named = [text or f"({at})" for at, text in enumerate(headings, start=1)]
    export = with_headings(sheet, form, tuple(numbered(named)), first)
    width = len(headings)
    while width and not headings[width - 1] and not any(export.columns[width - 1].cells):
        width -= 1
    return Export(sheet.file, form, export.columns[:width], export.rows)


def numbered(texts: Sequence[str]) -> Iterator[str]:
    """Each text, with a number after it when it stands there already."""
    taken = set(texts)
    times: Counter[str] = Counter()
    for text in texts:
        times[text] += 1
        if times[text] == 1:
            yield text
            continue
        while f"{text} ({times[text]})" in taken:
            times[text] += 1
        taken.add(f"{text} ({times[text]})")
        yield f"{text} ({times[text]})"


def stems(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(question, option) of each text: "stem - item" where a neighbour has the same stem."""
    found = [_stems_of(text) for text in texts]
    return tuple(
        _split(text, found[at], {*(found[at - 1] if at else ()), *_at(found, at + 1)})
        for at, text in enumerate(texts)
    )


def _at(found: Sequence[Sequence[str]], at: int) -> Sequence[str]:
    return found[at] if at < len(found) else ()


def _stems_of(text: str) -> list[str]:
    """Every stem that a text could have, the longest first."""
    parts = text.split(STEM)
    return [STEM.join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def _split(text: str, own: Sequence[str], neighbours: set[str]) -> tuple[str, str]:
    stem = next((each for each in own if each in neighbours), None)
    return (text, "") if stem is None else (stem.strip(), text[len(stem) + len(STEM) :].strip())


def bracketed(text: str) -> tuple[str, str]:
    """(question, option) of "Question [option]"; of two, "[row][column]", as "row, column"."""
    rest, options = text, list[str]()
    while rest.endswith("]"):
        start = _opening(rest)
        if start is None:
            break
        options.insert(0, rest[start + 1 : -1].strip())
        rest = rest[:start]
    question = rest.strip()
    return (question, ", ".join(options)) if question and options else (text, "")


def _opening(text: str) -> int | None:
    """Where the bracket stands that the one at the end of `text` closes."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None
