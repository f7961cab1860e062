"""What SPSS and Stata files have in common: variables with labels, codes with labels, no headings.

pyreadstat is imported here and nowhere else.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evalkit.codebook import Status, normal
from evalkit.errors import fault
from evalkit.intake.cells import number_text
from evalkit.intake.sav_records import check_dictionary

if TYPE_CHECKING:
    from pyreadstat import metadata_container

_TIGHTEST = 1100
"""No file packs so many cases into one byte: deflate reaches 1 : 1032."""

_WORDS: Mapping[Status, str] = {
    "not_asked": "fick (inte|ej) frågan|(inte|ej) fått frågan|(inte|ej) ställd|(inte|ej) tillfråga"
    "|not asked|not shown|skipped|filtered",
    "not_applicable": "(inte|ej) aktuell|(inte|ej) relevant|(inte|ej) tillämplig"
    "|not applicable|inapplicable|not relevant|does not apply|n/a",
    "refused": "(vill|ville) (inte|ej)|vägra|avstår|avstod|refuse|refusal|prefer not",
    "dont_know": r"vet (inte|ej)\b|(don't|do not|dont|didn't) know|can't say|cannot say",
    "no_answer": "(inget|ej|inte) svar|uppgift saknas|svar saknas|no answer|not answered|missing",
}
_STATUSES = {status: re.compile(rf"\b({words})") for status, words in _WORDS.items()}


@dataclass(frozen=True)
class Delivered:
    """A file as pyreadstat gives it: values by variable, None for system-missing, and its words.

    `counted` has the counted value of a multiple response set of dichotomies, by its name.
    """

    values: Mapping[str, Sequence[Any]]
    meta: metadata_container
    counted: Mapping[str, str] = field(default_factory=dict)

    def question(self, variable: str) -> str:
        """The variable's label."""
        return (self.meta.column_names_to_labels.get(variable) or "").strip()

    def format(self, variable: str) -> str:
        """How the file's program shows the variable: "F4.0", "%td"."""
        return self.meta.original_variable_types.get(variable) or ""

    def labels(self, variable: str) -> Mapping[Any, str]:
        """The variable's value labels, by value as pyreadstat gives it."""
        return self.meta.variable_value_labels.get(variable, {})

    def number(self, variable: str) -> Callable[[float], str]:
        """How a number of the variable becomes text."""
        digits = 7 if self.meta.readstat_variable_types.get(variable) == "float" else 15
        return lambda value: number_text(value, digits)


def deliver(
    path: Path, file: str, kind: Literal["SPSS", "Stata"], encoding: str | None
) -> Delivered:
    """Read a file of `kind`; raises `EvalkitError` when it is damaged or has no respondent."""
    import pyreadstat

    read: Callable[..., Any] = pyreadstat.read_sav if kind == "SPSS" else pyreadstat.read_dta
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a variable that stands there twice gets a new name
            counted = check_dictionary(path, encoding) if kind == "SPSS" else {}
            _check_end(path)
            _, known = read(path, metadataonly=True, encoding=encoding)
            _check_rows(known.number_rows or 0, path)
            values, meta = read(
                path,
                encoding=encoding,
                user_missing=True,
                output_format="dict",
                disable_datetime_conversion=True,
            )
    except Exception as cause:  # pyreadstat raises of every kind, also UnicodeDecodeError
        fix = f"Save it again in {kind}, or export it as CSV."
        message = f"The {kind} file is damaged or cannot be read ({_plain(cause)})."
        raise fault(message, fix, file=file) from cause
    if not values or not any(len(each) for each in values.values()):
        raise fault("The file has no respondent.", file=file)
    return Delivered(values, meta, counted)


def _check_end(path: Path) -> None:
    """Refuse a Stata file without its end mark: ReadStat would lose value labels unseen."""
    with path.open("rb") as file:
        modern = file.read(11) == b"<stata_dta>"
        file.seek(max(0, path.stat().st_size - 12))
        if modern and file.read() != b"</stata_dta>":
            raise ValueError("it ends too early")


def _check_rows(rows: int, path: Path) -> None:
    """Refuse a damaged number of rows before memory is set aside for them."""
    if rows > path.stat().st_size * _TIGHTEST:
        raise ValueError(f"it has no room for {rows} rows")


def _plain(cause: Exception) -> str:
    return (str(cause).splitlines() or [type(cause).__name__])[0][:200].rstrip(".")


def missing_status(label: str) -> Status:
    """What a code that the file declares as missing means, by its label; without one, "invalid"."""
    text = normal(label).replace("’", "'")
    return next((each for each, words in _STATUSES.items() if words.search(text)), "invalid")


def number_or_moment(
    value: float, number: Callable[[float], str], moment: Callable[[float], str] | None
) -> str:
    """A number as text, as a date or time where its variable is one and the number can be."""
    try:
        return moment(value) if moment else number(value)
    except (OverflowError, ValueError):
        return number(value)
