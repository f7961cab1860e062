"""The plain layout: one heading row, then one row a respondent."""

from __future__ import annotations

from evalkit.delimited import rectangular
from evalkit.errors import EvalkitError, fault
from evalkit.intake.export import Column, Export, Reason, Sheet


def recognise(sheet: Sheet) -> Reason | None:  # noqa: ARG001 - it takes every sheet
    """Every sheet can be read as plain."""
    return Reason("how_plain")


def read(sheet: Sheet) -> Export:
    """Read a sheet whose first row is the heading."""
    return with_headings(sheet, "plain", tuple(cell.strip() for cell in sheet.rows[0][1]), 1)


def with_headings(sheet: Sheet, form: str, headings: tuple[str, ...], first: int) -> Export:
    """The export of a sheet whose respondents begin at index `first` of its rows."""
    rows, problems = rectangular(len(headings), sheet.rows[first:], sheet.file)
    if problems:
        raise EvalkitError(problems)
    if not rows:
        raise fault("The file has a heading and no respondent.", file=sheet.file)
    cells = zip(*(each for _, each in rows), strict=True)
    columns = tuple(Column(h, tuple(c)) for h, c in zip(headings, cells, strict=True))
    return Export(sheet.file, form, columns, tuple(number for number, _ in rows))
