"""Stata `.dta` → an export: value labels, and the extended missing values .a to .z kept apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evalkit.intake.cells import moment_text
from evalkit.intake.export import Column, Export, Reason
from evalkit.intake.statistical import Delivered, deliver, missing_status, number_or_moment

_EPOCH = dt.datetime(1960, 1, 1)  # noqa: DTZ001 - a survey's clock has no zone


def read(path: Path, file: str, encoding: str | None = None) -> Export:
    """Read a Stata file; columns are headed by variable names, rows are observation numbers.

    Raises `EvalkitError` when the file is damaged.
    """
    found = deliver(path, file, "Stata", encoding)
    columns = tuple(_column(found, variable) for variable in found.values)
    rows = tuple(range(1, len(columns[0].cells) + 1))
    return Export(file, "dta", columns, rows, (Reason("how_stata"),))


def _column(found: Delivered, variable: str) -> Column:
    """The column; an extended missing value is the cell ".a"."""
    text = _text(found, variable)
    values = found.values[variable]
    labels = {text(value): label.strip() for value, label in found.labels(variable).items()}
    tags = [f".{each}" for each in found.meta.missing_user_values.get(variable, ())]
    missing = {tag: missing_status(labels.get(tag, "")) for tag in sorted(tags)}
    cells = {each: text(each) for each in dict.fromkeys(values)}
    return Column(
        variable,
        tuple(cells[each] for each in values),
        found.question(variable),
        labels={code: label for code, label in labels.items() if label},
        missing=missing,
    )


def _text(found: Delivered, variable: str) -> Callable[[Any], str]:
    """How a value of the variable becomes text.

    pyreadstat gives an extended missing value of a numeric variable as its letter.
    """
    strings = found.meta.readstat_variable_types.get(variable, "").startswith("string")
    number = found.number(variable)
    moment = _moment(found.format(variable))

    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value if strings else f".{value}"
        return number_or_moment(value, number, moment)

    return text


def _moment(form: str) -> Callable[[float], str] | None:
    """How a number becomes text in a variable of a date format; None in another."""
    word = form.replace("%-", "%")
    if word.startswith(("%td", "%d")):
        return lambda days: (_EPOCH + dt.timedelta(days=days)).date().isoformat()
    if word.lower().startswith("%tc"):
        return lambda ms: moment_text(_EPOCH + dt.timedelta(milliseconds=ms))
    if word.startswith("%tm"):
        return lambda months: f"{1960 + int(months // 12)}-{int(months % 12) + 1:02}"
    return None
