"""Enalyzer's table of answers, of which a column is delivered as Text, Värde or Etikettnummer.

Text is the answer's label and Värde its value. Etikettnummer is the answer's place in the list of
answers, counted from 1: it says nothing of the value, and is found by the order of the scale. A
file does not tell which of them it holds, so study.yaml has to (`enalyzer`, `enalyzer-value`,
`enalyzer-position`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from evalkit.intake.export import Column, Export, Reason, Sheet
from evalkit.intake.surveyxact import read_stems

_POSITION = re.compile(r"[1-9][0-9]{0,2}")


def read(sheet: Sheet) -> Export:
    """Read cells that are labels."""
    return replace(read_stems(sheet, "enalyzer"), how=(Reason("how_enalyzer_text"),))


def read_value(sheet: Sheet) -> Export:
    """Read cells that are values."""
    export = read_stems(sheet, "enalyzer-value")
    return replace(export, how=(Reason("how_enalyzer_value"),))


def read_position(sheet: Sheet) -> Export:
    """Read cells that are places in the list of answers; a column with other cells is as it stands.

    Enalyzer gives the options of a multiple response set as values also then.
    """
    export = read_stems(sheet, "enalyzer-position")
    columns = tuple(replace(each, positions=_positions(each)) for each in export.columns)
    return replace(export, columns=columns, how=(Reason("how_enalyzer_position"),))


def _positions(column: Column) -> bool:
    cells = [cell.strip() for cell in column.cells if cell and cell.strip()]
    return bool(cells) and all(_POSITION.fullmatch(cell) for cell in cells)
