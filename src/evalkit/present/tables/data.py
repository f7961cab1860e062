"""What every table needs: classes of cells, its id, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.words import word
from evalkit.rounding import half_up

NUMBER = "number"
VALUE = "value"


def table_ident(number: str) -> str:
    """The permanent id of a numbered table."""
    return html.anchor("tabell", number)


Cell = str | int | float | None


def as_csv(keys: Sequence[str], rows: Sequence[Sequence[Cell]], language: Language) -> str:
    """Rows under headings; numbers with up to four decimals, half up.

    Swedish: semicolons and decimal comma, as a Swedish spreadsheet expects; English: comma and
    point.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language == "sv" else ",", lineterminator="\r\n")
    writer.writerow([word(f"csv_{key}", language) for key in keys])
    writer.writerows([_csv_cell(each, language) for each in row] for row in rows)
    return out.getvalue()


def _csv_cell(cell: Cell, language: Language) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
    text = f"{half_up(cell, 4):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if language == "sv" else text
