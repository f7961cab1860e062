"""SPSS `.sav` and `.zsav` → an export: labels, user-missing values and ranges, response sets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evalkit.codebook import Status
from evalkit.intake.cells import moment_text, time_text
from evalkit.intake.export import Column, ColumnSet, Export, Reason
from evalkit.intake.statistical import Delivered, deliver, missing_status, number_or_moment

_EPOCH = dt.datetime(1582, 10, 14)  # noqa: DTZ001 - a survey's clock has no zone
_DATES = frozenset("DATE ADATE EDATE JDATE SDATE QYR MOYR WKYR".split())
_MOMENTS = frozenset("DATETIME YMDHMS".split())
_TIMES = frozenset("TIME DTIME MTIME".split())


def read(path: Path, file: str, encoding: str | None = None) -> Export:
    """Read an SPSS file; columns are headed by variable names, rows are case numbers.

    Raises `EvalkitError` when the file is damaged.
    """
    found = deliver(path, file, "SPSS", encoding)
    columns = tuple(_column(found, variable) for variable in found.values)
    rows = tuple(range(1, len(columns[0].cells) + 1))
    return Export(file, "sav", columns, rows, (Reason("how_spss"),), _sets(found))


def _column(found: Delivered, variable: str) -> Column:
    text = _text(found, variable)
    values, labels = found.values[variable], found.labels(variable)
    known = {each: text(each) for each in dict.fromkeys((*labels, *values))}
    return Column(
        variable,
        tuple(known[each] for each in values),
        found.question(variable),
        labels={known[each]: label.strip() for each, label in labels.items() if label.strip()},
        missing=_missing(found, variable, known),
    )


def _missing(found: Delivered, variable: str, known: Mapping[Any, str]) -> dict[str, Status]:
    """The texts of the codes that the file declares as missing, alone or as a range."""
    ranges: Any = found.meta.missing_ranges.get(variable, [])
    labels = found.labels(variable)
    return {
        text: missing_status(labels.get(value, ""))
        for value, text in known.items()
        if text and any(_inside(value, each["lo"], each["hi"]) for each in ranges)
    }


def _inside(value: Any, low: Any, high: Any) -> bool:
    return isinstance(value, str) == isinstance(low, str) and bool(low <= value <= high)


def _sets(found: Delivered) -> tuple[ColumnSet, ...]:
    variables = {str(each).casefold(): each for each in found.values}
    return tuple(
        ColumnSet(
            name,
            each["label"].strip(),
            tuple(variables.get(v.casefold(), v) for v in each["variable_list"]),
            found.counted.get(name, "").strip() if each["is_dichotomy"] else None,
        )
        for name, each in found.meta.mr_sets.items()
    )


def _text(found: Delivered, variable: str) -> Callable[[Any], str]:
    """How a value of the variable becomes text."""
    number = found.number(variable)
    moment = _moment(found.format(variable))

    def text(value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        return number_or_moment(value, number, moment)

    return text


def _moment(form: str) -> Callable[[float], str] | None:
    """How seconds become text in a variable of a date or time format; None in another."""
    word = re.sub(r"[^A-Z].*", "", form.upper())
    if word in _DATES:
        return lambda seconds: (_EPOCH + dt.timedelta(seconds=seconds)).date().isoformat()
    if word in _MOMENTS:
        return lambda seconds: moment_text(_EPOCH + dt.timedelta(seconds=seconds))
    if word in _TIMES:
        return lambda seconds: time_text(dt.timedelta(seconds=seconds))
    return None
