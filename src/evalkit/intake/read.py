"""Which reader a file needs, and the export that it gives.

A file is first opened as what it is by its first bytes, whatever it is called. Text or a
spreadsheet is then a sheet of cells, whose headings each survey tool lays out in its own way: a
layout. SPSS and Stata files name their variables themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evalkit.delimited import SEPARATORS, read_rows
from evalkit.errors import fault, nearest
from evalkit.intake import (
    enalyzer,
    forms,
    limesurvey,
    plain,
    qualtrics,
    spreadsheet,
    spss,
    stata,
    surveymonkey,
    surveyxact,
)
from evalkit.intake.export import Export, Reason, Sheet


@dataclass(frozen=True)
class Layout:
    """How a survey tool lays out a sheet; `recognise` gives the reason, or None if it does not."""

    recognise: Callable[[Sheet], Reason | None]
    read: Callable[[Sheet], Export]


def _never(sheet: Sheet) -> Reason | None:  # noqa: ARG001 - study.yaml has to name it
    """Nothing in the file tells the format."""
    return None


LAYOUTS: Mapping[str, Layout] = {
    "qualtrics": Layout(qualtrics.recognise, qualtrics.read),
    "surveymonkey": Layout(surveymonkey.recognise, surveymonkey.read),
    "limesurvey": Layout(limesurvey.recognise, limesurvey.read),
    "microsoft-forms": Layout(forms.recognise_microsoft, forms.read_microsoft),
    "google-forms": Layout(forms.recognise_google, forms.read_google),
    "surveyxact": Layout(surveyxact.recognise, surveyxact.read),
    "enalyzer": Layout(_never, enalyzer.read),
    "enalyzer-value": Layout(_never, enalyzer.read_value),
    "enalyzer-position": Layout(_never, enalyzer.read_position),
    "stem-item": Layout(_never, surveyxact.read_stem_item),
    "plain": Layout(plain.recognise, plain.read),
}
"""Format → layout, the most particular first; `plain` takes everything."""


_CONTAINERS = {
    "xlsx": "spreadsheet",
    "xls": "spreadsheet",
    "xlsb": "spreadsheet",
    "ods": "spreadsheet",
    "sav": "SPSS file",
    "zsav": "SPSS file",
    "dta": "Stata file",
}
"""Format → what kind of file it is; every layout is one of text or of a spreadsheet."""

_BEGINNINGS = (
    (re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "spreadsheet"),
    (re.compile(rb"\$FL[23]"), "SPSS file"),
    (re.compile(rb"<stata_dta>|[hilnoqrs][\x01\x02]\x01"), "Stata file"),
)


def read(
    path: Path, file: str, form: str = "", encoding: str | None = None, sheet: str = ""
) -> Export:
    """Read an export, called `file` in messages, by the format `form` or by the one recognised.

    `sheet` names one of a spreadsheet. Raises `EvalkitError` when there is no
    such format or the file cannot be read.
    """
    formats = (*LAYOUTS, *_CONTAINERS)
    if form and form not in formats:
        raise fault(f'There is no format "{form}".', nearest(form, formats), file=file)
    container = _CONTAINERS.get(form) or _container(path)
    if container in ("SPSS file", "Stata file"):
        if form in LAYOUTS:
            fix = f'Leave out "format: {form}" in study.yaml.'
            raise fault(f"This is a {container}, not text or a spreadsheet.", fix, file=file)
        reader = spss.read if container == "SPSS file" else stata.read
        return reader(path, file, encoding)
    cells = replace(_open_sheet(path, file, container, encoding, sheet), path=path)
    if form in LAYOUTS:
        export = LAYOUTS[form].read(cells)
        return _explained(export, cells, Reason("how_named", {"format": form}))
    for layout in LAYOUTS.values():
        reason = layout.recognise(cells)
        if reason is not None:
            return _explained(layout.read(cells), cells, reason)
    raise AssertionError("the plain layout takes every sheet")


def _container(path: Path) -> str:
    """What kind of file it is, by its first bytes; "text" also when it cannot be opened."""
    try:
        with path.open("rb") as opened:
            beginning = opened.read(16)
    except (OSError, ValueError):
        return "text"  # whose reader says what is wrong
    return next((kind for known, kind in _BEGINNINGS if known.match(beginning)), "text")


def _open_sheet(
    path: Path, file: str, container: str, encoding: str | None, sheet_name: str
) -> Sheet:
    if container == "spreadsheet":
        return spreadsheet.read(path, file, sheet_name)
    found = read_rows(path, file, encoding)
    how = Reason(
        f"how_text_{SEPARATORS[found.separator]}",
        {"encoding": found.encoding},
    )
    return Sheet(file, found.rows, how)


def _explained(export: Export, sheet: Sheet, reason: Reason) -> Export:
    return replace(export, how=(sheet.how, reason, *export.how))
