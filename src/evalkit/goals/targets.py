"""Targets as people write them: `>= 60 %`, `minst 60 %`, `ökar`, `minskar med minst 5`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from evalkit.codebook import Text
from evalkit.goals.amounts import amount
from evalkit.goals.model import Sign, Target

_SIGNS: Mapping[str, Sign] = {
    ">=": ">=", "≥": ">=", "minst": ">=", "at least": ">=",
    "<=": "<=", "≤": "<=", "högst": "<=", "at most": "<=",
    ">": ">", "mer än": ">", "more than": ">",
    "<": "<", "mindre än": "<", "less than": "<",
    "=": "=", "==": "=",
}  # fmt: skip
_WAYS: Mapping[str, bool] = {
    "ökar": True, "öka": True, "increase": True, "increases": True,
    "minskar": False, "minska": False, "decrease": False, "decreases": False,
}  # fmt: skip
_UNITS = frozenset({"", "procentenheter", "procentenhet", "percentagepoints", "points"})
_LEVEL = re.compile(r"(>=|<=|==|[≥≤><=]|(?:minst|högst|mer än|mindre än)\b|at least|at most|"
                    r"more than|less than)\s*(.+)", re.IGNORECASE)  # fmt: skip
_CHANGE = re.compile(r"(\w+)(?:\s+(?:med\s+|by\s+)?(?:minst\s+|at least\s+)?(.+))?", re.IGNORECASE)


def read_target(text: Text) -> tuple[Target, bool]:
    """The target that a cell holds, and whether it looks like a comparison and cannot be read.

    What begins with a sign has to be one; other words are a target in words.
    """
    written = " ".join(text.sv.split())
    level = _LEVEL.fullmatch(written)
    if level is not None:
        found = amount(level[2])
        if found is None:
            return Target(text), not level[1][0].isalpha()
        return Target(text, _SIGNS[level[1].lower()], found), False
    change = _CHANGE.fullmatch(written)
    if change is None or change[1].lower() not in _WAYS:
        return Target(text), written[:1] in ("<", ">", "=", "≥", "≤")
    by = amount(change[2].replace("percentage points", "points")) if change[2] else None
    if change[2] and (by is None or by.unit.lower() not in _UNITS or by.number <= 0):
        return Target(text), by is not None  # 10 % more could be of the figure or in points
    rising = _WAYS[change[1].lower()]
    return Target(text, rising=rising, by=Fraction(0) if by is None else by.number), False
