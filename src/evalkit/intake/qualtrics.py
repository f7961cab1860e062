"""Qualtrics: rows of names, of texts and of {"ImportId": …}; in the older form names and texts.

A question with several answers is one column, joined by commas, or one column for each option.
Where the export recodes questions that were seen and not answered (−99), an empty cell was not
shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from evalkit.intake.export import Column, Export, Reason, Sheet
from evalkit.intake.headings import heading_rows, stems, with_unique_headings

_UNANSWERED = "-99"
_WHOLE_QUESTION = {"selected choice"}
_OLD_SYSTEM = re.compile(r"V[0-9]+|Location(?:Latitude|Longitude|Accuracy)|")


def recognise(sheet: Sheet) -> Reason | None:
    """The third row has import identifiers, or the first begins V1, V2 over ResponseID."""
    if _import_ids(sheet):
        return Reason("how_qualtrics")
    if len(sheet.rows) < 2:
        return None
    names, texts = heading_rows(sheet, 2)
    old = names[:2] == ("V1", "V2") and {"ResponseID", "ResponseSet"} & set(texts)
    return Reason("how_qualtrics_old") if old else None


def read(sheet: Sheet) -> Export:
    """Read the heading rows, and tell unanswered from not shown where the file does."""
    ids = _import_ids(sheet)
    names, texts = heading_rows(sheet, 3 if ids else 2)[:2]
    export = with_unique_headings(sheet, "qualtrics", names, 3 if ids else 2)
    parts = stems(texts)
    columns = tuple(
        replace(
            column,
            question=question,
            option="" if option.casefold() in _WHOLE_QUESTION else option,
        )
        for column, (question, option) in zip(export.columns, parts, strict=False)
    )
    asked = {at for at, name in enumerate(names) if _is_question(name, ids, at)}
    if not any(_UNANSWERED in column.cells for at, column in enumerate(columns) if at in asked):
        return replace(export, columns=columns)
    columns = tuple(
        _shown_or_not(column) if at in asked else column for at, column in enumerate(columns)
    )
    return replace(export, columns=columns, how=(Reason("how_qualtrics_unanswered"),))


def _import_ids(sheet: Sheet) -> tuple[str, ...]:
    """The import identifier of each column; nothing where the third row is not of them."""
    if len(sheet.rows) < 3:
        return ()
    cells = sheet.rows[2][1]
    found = tuple(_import_id(cell) for cell in cells)
    others = any(cell.strip() and not name for name, cell in zip(found, cells, strict=True))
    return found if any(found) and not others else ()


def _import_id(cell: str) -> str:
    if not cell.lstrip().startswith("{"):
        return ""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("ImportId") or "") if isinstance(found, dict) else ""


def _is_question(name: str, ids: Sequence[str], at: int) -> bool:
    if ids:
        return at < len(ids) and ids[at].startswith("QID")
    return _OLD_SYSTEM.fullmatch(name) is None


def _shown_or_not(column: Column) -> Column:
    cells = tuple(cell if cell and cell.strip() else None for cell in column.cells)
    return replace(column, cells=cells, missing={_UNANSWERED: "no_answer"})
