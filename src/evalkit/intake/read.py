"""Which reader a file needs, and the export that it gives.

A file is first opened as what it is. Text is then a sheet of cells, whose headings each survey tool
lays out in its own way: a layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.delimited import SEPARATORS, read_rows
from evalkit.errors import fault, nearest
from evalkit.intake import plain
from evalkit.intake.export import Export, Reason, Sheet


@dataclass(frozen=True)
class Layout:
    """How a survey tool lays out a sheet; `recognise` gives the reason, or None if it does not."""

    recognise: Callable[[Sheet], Reason | None]
    read: Callable[[Sheet], Export]


LAYOUTS: Mapping[str, Layout] = {
    "plain": Layout(plain.recognise, plain.read),
}
"""Format → layout, the most particular first; `plain` takes everything."""


def read(path: Path, file: str, form: str = "", encoding: str | None = None) -> Export:
    """Read an export, called `file` in messages, by the layout `form` or by the one recognised.

    Raises `EvalkitError` when there is no such format or the file cannot be read.
    """
    if form and form not in LAYOUTS:
        raise fault(f'There is no format "{form}".', nearest(form, LAYOUTS), file=file)
    sheet = _open_sheet(path, file, encoding)
    if form:
        export = LAYOUTS[form].read(sheet)
        return _explained(export, sheet, Reason("how_named", {"format": form}))
    for layout in LAYOUTS.values():
        reason = layout.recognise(sheet)
        if reason is not None:
            return _explained(layout.read(sheet), sheet, reason)
    raise AssertionError("the plain layout takes every sheet")


def _open_sheet(path: Path, file: str, encoding: str | None) -> Sheet:
    found = read_rows(path, file, encoding)
    how = Reason(
        f"how_text_{SEPARATORS[found.separator]}",
        {"encoding": found.encoding},
    )
    return Sheet(file, found.rows, how)


def _explained(export: Export, sheet: Sheet, reason: Reason) -> Export:
    return Export(export.file, export.format, export.columns, export.rows, (sheet.how, reason))
