"""Values as a person sees them: the text of a cell that a file holds as a number or a date."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

_EXACT = 2**53
"""Up to here every whole number is one of its own in a file's floating point."""


def number_text(value: float, digits: int = 15) -> str:
    """4.0 → "4", 2.5 → "2.5": with the digits that a spreadsheet shows, and no others."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) <= _EXACT:
        return str(int(value))
    return f"{value:.{digits}g}"


def time_text(value: dt.timedelta) -> str:
    """A length of time as hours, minutes and seconds, also beyond a day: "36:00:00"."""
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < dt.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def moment_text(value: dt.datetime) -> str:
    """A date and time in ISO 8601, with a space between; parts of a second only if there are."""
    return value.isoformat(" ", "seconds" if value.microsecond == 0 else "milliseconds")


def cell_text(value: Any) -> str:
    """The text of any cell; "" for None."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if isinstance(value, dt.timedelta):
        return time_text(value)
    return "" if value is None else str(value)  # of a date or time, this is ISO 8601
