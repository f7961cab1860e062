"""SurveyMonkey: two heading rows, of which the first has a question only over its first column.

The second row has "Response" or "Open-Ended Response" where the question has one column, else the
option or the row of the grid. Cells hold the text of what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalkit.codebook import normal
from evalkit.intake.export import Export, Reason, Sheet
from evalkit.intake.headings import heading_rows, with_unique_headings

_RESPONDENT = {"respondentid", "respondentensid"}
_COLLECTOR = {"collectorid", "insamlarid", "insamlarensid", "insamlingsid"}
_RESPONSE = {"response", "open-ended response", "svar", "öppet svar", "öppna svar", "fritextsvar"}


def recognise(sheet: Sheet) -> Reason | None:
    """The first columns are those of the respondent and the collector, with nothing under them.

    Where they were left out: "Response" in the second row, and either a question over several
    columns or no column with anything else under its question.
    """
    if len(sheet.rows) < 2:
        return None
    names, options = heading_rows(sheet, 2)
    first = [normal(name).replace(" ", "").replace("-", "") for name in names[:4]]
    under = [option for name, option in zip(names, options, strict=True) if normal(name) in _IDS]
    if _RESPONDENT & set(first) and _COLLECTOR & set(first) and not any(under):
        return Reason("how_surveymonkey", {"column": names[0]})
    second = {normal(each) for each in options} - {""}
    response = second & {"response", "open-ended response"}
    continued = any(not name and option for name, option in zip(names, options, strict=True))
    alone = len(options) > 2 and second <= _RESPONSE
    if response and (continued or alone) and names[0]:
        return Reason("how_surveymonkey_rows")
    return None


_IDS = {"respondent id", "collector id", "respondentid", "collectorid", "insamlar-id"}


def read(sheet: Sheet) -> Export:
    """Read the two heading rows; a column is called "Question" or "Question [option]"."""
    names, options = heading_rows(sheet, 2)
    parts = tuple(_parts(names, options))
    headings = [f"{question} [{option}]" if option else question for question, option in parts]
    export = with_unique_headings(sheet, "surveymonkey", headings, 2)
    columns = tuple(
        replace(column, question=question, option=option)
        for column, (question, option) in zip(export.columns, parts, strict=False)
    )
    return replace(export, columns=columns)


def _parts(names: Sequence[str], options: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(question, option) of each column; a question goes on where the next columns have none."""
    question = ""
    for name, option in zip(names, options, strict=True):
        question = name or (question if option else "")
        yield question, "" if normal(option) in _RESPONSE else option
