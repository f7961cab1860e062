"""Which reader a file needs, and the export that it gives.

A file is first opened as what it is by its first bytes, whatever it is called. Text or a
spreadsheet is then a sheet of cells, whose headings each survey tool lays out in its own way: a
layout. SPSS, Stata and Parquet files name their variables themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from evalkit.delimited import SEPARATORS, read_rows
from evalkit.errors import fault, nearest
from evalkit.intake import (
    enalyzer,
    forms,
    large,
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
from evalkit.intake.large import Batches

T = TypeVar("T")


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
    "parquet": "Parquet file",
}
"""Format → what kind of file it is; every layout is one of text or of a spreadsheet."""

_WITH_NAMES = ("SPSS file", "Stata file", "Parquet file")
"""Files that name their variables themselves."""

_BEGINNINGS = (
    (re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "spreadsheet"),
    (re.compile(rb"\$FL[23]"), "SPSS file"),
    (re.compile(rb"PAR1"), "Parquet file"),
    (re.compile(rb"<stata_dta>|[hilnoqrs][\x01\x02]\x01"), "Stata file"),
)


def read(
    path: Path, file: str, form: str = "", encoding: str | None = None, sheet: str = ""
) -> Export:
    """Read an export, called `file` in messages, by the format `form` or by the one recognised.

    `sheet` names one of a spreadsheet. Raises `EvalkitError` when there is no
    such format or the file cannot be read.
    """
    return read_batches(path, file, form, encoding, sheet, _at_once)


def _at_once(batches: Batches) -> Export:
    (export,) = batches()
    return export


def read_batches(
    path: Path,
    file: str,
    form: str,
    encoding: str | None,
    sheet: str,
    use: Callable[[Batches], T],
) -> T:
    """What `use` makes of an export's batches of rows; `use` may be called more than once.

    A large text of the plain layout and a Parquet file come in as many as are asked for, all other
    files in one. Raises `EvalkitError` as `read` does.
    """
    formats = (*LAYOUTS, *_CONTAINERS)
    if form and form not in formats:
        raise fault(f'There is no format "{form}".', nearest(form, formats), file=file)
    container = _CONTAINERS.get(form) or _container(path)
    if container in _WITH_NAMES and form in LAYOUTS:
        fix = f'Leave out "format: {form}" in study.yaml.'
        raise fault(f"This is a {container}, not text or a spreadsheet.", fix, file=file)
    if container == "Parquet file":
        return large.read_parquet(path, file, use)
    if container == "text" and form in ("", "plain"):
        found = large.read_text(path, file, encoding, partial(_plain, form=form), use)
        if found is not None:
            return found
    export = _read_whole(path, file, container, form, encoding, sheet)
    return use(lambda size=None: iter([export]))  # noqa: ARG005 - it is there already


def open_sheet(path: Path, file: str, encoding: str | None = None, sheet: str = "") -> Sheet:
    """The cells of a text file or a spreadsheet, before anybody says which row is the heading.

    Raises `EvalkitError` when it is neither, or cannot be read.
    """
    container = _container(path)
    if container in _WITH_NAMES:
        raise fault(f"This is a {container}, not text or a spreadsheet.", file=file)
    return _open_sheet(path, file, container, encoding, sheet)


def _read_whole(
    path: Path, file: str, container: str, form: str, encoding: str | None, sheet: str
) -> Export:
    if container in _WITH_NAMES:
        reader = spss.read if container == "SPSS file" else stata.read
        return reader(path, file, encoding)
    cells = replace(_open_sheet(path, file, container, encoding, sheet), path=path)
    layout, reason = _layout(cells, form)
    return _explained(layout.read(cells), cells, reason)


def _layout(sheet: Sheet, form: str) -> tuple[Layout, Reason]:
    """The layout named, or the first that recognises the sheet, and why."""
    if form in LAYOUTS:
        return LAYOUTS[form], Reason("how_named", {"format": form})
    for layout in LAYOUTS.values():
        reason = layout.recognise(sheet)
        if reason is not None:
            return layout, reason
    raise AssertionError("the plain layout takes every sheet")


def _plain(sheet: Sheet, form: str) -> Reason | None:
    layout, reason = _layout(sheet, form)
    return reason if layout is LAYOUTS["plain"] else None


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
