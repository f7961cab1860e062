"""Google Forms and Microsoft Forms: one heading row; ticks of one question joined in one cell.

Google joins with ", " and Microsoft with ";" and one at the end. The cells are left as they stand:
only the codebook's options tell where one ends (see `place`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from evalkit.codebook import normal
from evalkit.intake.export import Export, Reason, Sheet
from evalkit.intake.headings import bracketed, heading_rows, with_unique_headings

_TIMESTAMP = {"timestamp", "tidstämpel", "tidsstempel", "tidsstämpel", "zeitstempel", "aikaleima"}
_DATE = re.compile(r"\s*[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}\b")
_START = {"start time", "starttid", "starttidspunkt"}
_END = {
    "completion time",
    "slutförandetid",
    "tid för slutförande",
    "sluttid",
    "fuldførelsestidspunkt",
    "fullføringstidspunkt",
}


def recognise_google(sheet: Sheet) -> Reason | None:
    """The first column is the time stamp, and a cell of it is a date."""
    heading, cells = _first_column(sheet)
    if normal(heading) in _TIMESTAMP and any(_DATE.match(cell) for cell in cells):
        return Reason("how_google_forms", {"column": heading})
    return None


def _first_column(sheet: Sheet) -> tuple[str, tuple[str, ...]]:
    cells = tuple(row[0] if row else "" for _, row in sheet.rows)
    return (cells[0], cells[1:]) if cells else ("", ())


def read_google(sheet: Sheet) -> Export:
    """Read a Google sheet; a row of a grid stands there as "Question [row]"."""
    (headings,) = heading_rows(sheet, 1)
    export = with_unique_headings(sheet, "google-forms", headings, 1)
    parts = [bracketed(text) for text in headings[: len(export.columns)]]
    columns = tuple(
        replace(column, question=question, option=option)
        for column, (question, option) in zip(export.columns, parts, strict=True)
    )
    return replace(export, columns=columns)


def recognise_microsoft(sheet: Sheet) -> Reason | None:
    """Among the first columns are an ID, the start time and the completion time."""
    first = [normal(cell) for cell in sheet.rows[0][1][:4]] if sheet.rows else []
    if first[:1] == ["id"] and _START & set(first) and _END & set(first):
        return Reason("how_microsoft_forms", {"columns": ", ".join(sheet.rows[0][1][:3])})
    return None


def read_microsoft(sheet: Sheet) -> Export:
    """Read the sheet of Microsoft Forms; a statement of a Likert question is its own column."""
    (headings,) = heading_rows(sheet, 1)
    export = with_unique_headings(sheet, "microsoft-forms", headings, 1)
    columns = tuple(
        replace(column, question=text)
        for column, text in zip(export.columns, headings, strict=False)
    )
    return replace(export, columns=columns)
