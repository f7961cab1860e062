"""When a questionnaire was begun and finished, as survey tools write it → how long it took."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook
from evalkit.errors import Problem
from evalkit.intake.export import Column, Export

_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>am|pm|fm|em))?(?:\s+[a-z]{2,5}(?:[+\-−]\d{1,2}(?::?\d\d)?)?)?"
)
_YEAR_FIRST = re.compile(rf"(?P<a>\d{{4}})([-/.])(?P<b>\d{{1,2}})\2(?P<c>\d{{1,2}})[T ,]+{_CLOCK}")
_YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})([-/.])(?P<b>\d{{1,2}})\2(?P<c>\d{{4}}|\d\d)[T ,]+{_CLOCK}"
)
_LENGTH = re.compile(r"(\d+):(\d\d):(\d\d)(?:[.,]\d+)?")
_SECONDS = re.compile(r"\d+(?:[.,]\d+)?")


def seconds_of(
    export: Export, codebook: Codebook
) -> tuple[NDArray[np.float64] | None, list[Problem]]:
    """How many seconds each respondent took, NaN where that is not known; shape (respondents,).

    From the column of kind `duration`, else from those of `started` and `completed`; None where
    there is neither. What cannot be read is a warning for each column.
    """
    problems: list[Problem] = []
    columns = {item.kind: item.column for item in codebook.items.values()}
    there = {each.heading: each for each in export.columns}
    duration = there.get(columns.get("duration", ""))
    if duration is not None:
        taken = [_length(cell or "") for cell in duration.cells]
        problems += _unread(export, duration, [each is not None for each in taken])
        return np.array([np.nan if each is None else each for each in taken]), problems
    ends = [there.get(columns.get(kind, "")) for kind in ("started", "completed")]
    found = [each for each in ends if each is not None]
    if len(found) < 2:
        return None, problems
    moments = [read_moments([cell or "" for cell in each.cells]) for each in found]
    for column, read in zip(found, moments, strict=True):
        problems += _unread(export, column, [each is not None for each in read])
    taken = [_between(*each) for each in zip(*moments, strict=True)]
    both = [None not in each for each in zip(*moments, strict=True)]
    backwards = [has and each is None for has, each in zip(both, taken, strict=True)]
    if any(backwards):
        row = export.rows[backwards.index(True)]
        message = f"{sum(backwards)} respondents ended before they began; their time is not used."
        problems.append(Problem(export.file, row, found[1].heading, message, "", "warning"))
    return np.array([np.nan if each is None else each for each in taken]), problems


def _unread(export: Export, column: Column, read: Sequence[bool]) -> list[Problem]:
    """A warning if cells with something in them could not be read, at the first such."""
    bad = [
        at
        for at, (cell, done) in enumerate(zip(column.cells, read, strict=True))
        if not done and cell and cell.strip()
    ]
    if not bad:
        return []
    message = f'"{(column.cells[bad[0]] or "")[:60]}" cannot be read as a time'
    message += f", nor can {len(bad) - 1} more." if len(bad) > 1 else "."
    fix = "Write 2026-03-01 12:34:56, or a duration as seconds or 0:12:34; it is left aside."
    return [Problem(export.file, export.rows[bad[0]], column.heading, message, fix, "warning")]


def _length(cell: str) -> float | None:
    """Seconds, from a number of them or from hours, minutes and seconds."""
    text = cell.strip()
    if _SECONDS.fullmatch(text):
        return float(text.replace(",", "."))
    match = _LENGTH.fullmatch(text)
    return 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3]) if match else None


def _between(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    if start is None or end is None or (start.tzinfo is None) != (end.tzinfo is None):
        return None
    taken = (end - start).total_seconds()
    return taken if taken >= 0 else None


def read_moments(cells: Sequence[str]) -> list[dt.datetime | None]:
    """The moment of each cell of a column; None where it cannot be read.

    ISO 8601, the year first with - / or ., or last. Where the year is last, the month comes first
    as in the United States (Microsoft Forms writes so wherever it is), unless points stand between,
    or some first number of the column is over 12 and no second number is.
    """
    lasts = [_YEAR_LAST.fullmatch(cell.strip().lower()) for cell in cells]
    firsts = max((int(each["a"]) for each in lasts if each), default=0)
    seconds = max((int(each["b"]) for each in lasts if each), default=0)
    day_first = firsts > 12 >= seconds
    return [
        _last(match, day_first) if match else _moment(cell)
        for cell, match in zip(cells, lasts, strict=True)
    ]


def _moment(cell: str) -> dt.datetime | None:
    text = cell.strip()
    match = _YEAR_FIRST.fullmatch(text.lower())
    if match:
        return _built(int(match["a"]), int(match["b"]), int(match["c"]), match)
    if ":" not in text:  # a day alone does not tell how long anything took
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _last(match: re.Match[str], day_first: bool) -> dt.datetime | None:
    year = int(match["c"]) + (2000 if len(match["c"]) == 2 else 0)
    first, second = int(match["a"]), int(match["b"])
    day, month = (first, second) if day_first or match[2] == "." else (second, first)
    return _built(year, month, day, match)


def _built(year: int, month: int, day: int, clock: re.Match[str]) -> dt.datetime | None:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock["half"] in ("pm", "em") else 0)
    try:
        return dt.datetime(  # noqa: DTZ001 - exports are in local time, and only differences count
            year, month, day, hour, int(clock["minute"]), int(clock["second"] or 0)
        )
    except ValueError:
        return None
