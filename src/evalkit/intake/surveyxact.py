"""Tables with "stem - item" headings: SurveyXact, Defgo and others alike.

SurveyXact is recognised by its columns for the status of the respondent ("Samlet status - Ny", or
`statoverall_1` where headings are names). Other such tables have nothing of their own to know them
by; `format: stem-item` reads them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from evalkit.codebook import normal
from evalkit.intake.export import Export, Reason, Sheet
from evalkit.intake.headings import heading_rows, stems, with_unique_headings

_STATUS = re.compile(
    r"stato(?:verall)?_[0-9]+|(?:samlet|samlad|overall) status - .+|sammanlagd status - .+"
)


def recognise(sheet: Sheet) -> Reason | None:
    """A SurveyXact table has at least two columns of the respondent's status."""
    if not sheet.rows:
        return None
    status = [cell for cell in sheet.rows[0][1] if _STATUS.fullmatch(normal(cell))]
    return Reason("how_surveyxact", {"column": status[0]}) if len(status) > 1 else None


def read(sheet: Sheet) -> Export:
    """Read one heading row of "stem - item"."""
    return read_stems(sheet, "surveyxact")


def read_stem_item(sheet: Sheet) -> Export:
    """The same for a table of another tool."""
    return read_stems(sheet, "stem-item")


def read_stems(sheet: Sheet, form: str) -> Export:
    """The export whose columns have the stem as question and the item as option."""
    (headings,) = heading_rows(sheet, 1)
    export = with_unique_headings(sheet, form, headings, 1)
    columns = (
        replace(column, question=question, option=option)
        for column, (question, option) in zip(
            export.columns, stems(headings[: len(export.columns)]), strict=True
        )
    )
    return replace(export, columns=tuple(columns))
