"""Numbers with their units, as people write them: "60 %", "1 771 kr", "−2,5"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_SPACES = " \u00a0\u202f\u2009"
_NUMBER = rf"[-\u2212+]?\d+(?:[{_SPACES}]\d{{3}})*(?:[.,]\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER})[{_SPACES}]*([^\W\d][^\W\d]*(?:/\w+)?|%|)")
_PERCENT = frozenset({"%", "procent", "percent", "per cent"})


@dataclass(frozen=True)
class Amount:
    """A number, exact, with the unit and the text that were written."""

    number: Fraction
    unit: str
    text: str

    @property
    def is_percent(self) -> bool:
        """Whether the unit is per cent."""
        return self.unit.casefold() in _PERCENT

    def same_unit(self, other: Amount) -> bool:
        """Whether two amounts can be compared as they stand."""
        if self.is_percent or other.is_percent:
            return self.is_percent and other.is_percent
        return self.unit.casefold() == other.unit.casefold()


def amount(text: str) -> Amount | None:
    """The number and unit that `text` consists of; None where it is anything else.

    A unit is one word, such as tkr, or %.
    """
    plain = re.sub(r"\bper cent$", "%", text.strip())
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return None
    return Amount(_fraction(found[1]), found[2], text.strip())


def number(text: str) -> Fraction | None:
    """The number that `text` is, without a unit; None where it is anything else."""
    found = re.fullmatch(_NUMBER, text.strip())
    return None if found is None else _fraction(found[0])


def _fraction(text: str) -> Fraction:
    bare = re.sub(rf"[{_SPACES}]", "", text).replace("\u2212", "-").replace(",", ".")
    return Fraction(bare)
