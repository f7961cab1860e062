"""The headings of a table of codings → what each column is, in Swedish, English and German.

`aliases.csv` has a row for each heading that is understood: the role of its column, and in
`only_with` another heading that has to be in the table too, where a heading alone would not tell.
Of several rows for a heading, the first that holds counts.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NAMES: Mapping[str, str] = {"text": "the text of the segment", "code": "its code"}
"""Roles that a table needs → what they are called in messages."""

SINGLE = frozenset(("text", "code", "codes", "category"))
"""Roles of which a table may not have two columns that say different things."""

REPEATED = frozenset(("parent", "place", "memo", "coder", "source", "left"))
"""Roles of which several columns are read."""

_WIDE = re.compile(r"code(?::\s*|\s+)(.+?)\s+applied", re.IGNORECASE | re.DOTALL)
_WIDE_MORE = re.compile(r"code(?::\s*|\s+).+?\s+(?:weight|range)", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"(file|case)var_(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Roles:
    """The columns of a table by role, each as places in a row, in the order of `aliases.csv`.

    `wide` are columns that stand for a code each, `variables` those of a case's or file's
    attribute, `unknown` those that are not understood.
    """

    header: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    wide: Mapping[int, str]
    variables: Mapping[int, tuple[str, str]]
    unknown: tuple[int, ...]

    def first(self, role: str) -> int | None:
        """The column of a role, None if there is none."""
        return next(iter(self.places.get(role, ())), None)

    @property
    def has_code(self) -> bool:
        """Whether any column tells the codes."""
        return bool(self.places.get("code") or self.places.get("codes") or self.wide)

    @property
    def is_segments(self) -> bool:
        """Whether this can be the heading of a table of segments."""
        return bool(self.places.get("text")) and self.has_code

    @property
    def is_codebook(self) -> bool:
        """Whether this can be the heading of a table of codes alone."""
        tells = any(self.places.get(role) for role in ("definition", "above", "label", "memo"))
        return bool(self.places.get("code")) and tells and not self.places.get("text")


@cache
def _aliases() -> tuple[tuple[str, str, str], ...]:
    text = (files("evalkit.codings") / "aliases.csv").read_text("utf-8")
    return tuple(
        (row["role"], key(row["heading"]), key(row["only_with"]))
        for row in csv.DictReader(text.splitlines())
    )


def key(heading: str) -> str:
    """A heading as headings are compared: words in small letters, without signs between them."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def understood(role: str) -> tuple[str, ...]:
    """The headings that are understood for a role."""
    return tuple(dict.fromkeys(own for each, own, _ in _aliases() if each == role))


def roles_of(header: Sequence[str]) -> Roles:
    """What each column of a table is, by its heading."""
    header = tuple(cell.strip() for cell in header)
    keys = [key(cell) for cell in header]
    places: dict[str, list[tuple[int, int]]] = {}
    wide: dict[int, str] = {}
    variables: dict[int, tuple[str, str]] = {}
    unknown: list[int] = []
    for at, (cell, own) in enumerate(zip(header, keys, strict=True)):
        applied, variable = _WIDE.fullmatch(cell), _VARIABLE.fullmatch(cell)
        role, rank = _role(own, keys)
        if applied:
            wide[at] = applied[1]
        elif variable:
            variables[at] = (variable[1].lower(), variable[2].strip())
        elif _WIDE_MORE.fullmatch(cell):
            places.setdefault("left", []).append((rank, at))
        elif role:
            places.setdefault(role, []).append((rank, at))
        elif own:
            unknown.append(at)
    ordered = {role: tuple(at for _, at in sorted(found)) for role, found in places.items()}
    return Roles(header, ordered, wide, variables, tuple(unknown))


def _role(own: str, keys: Sequence[str]) -> tuple[str, int]:
    for rank, (role, heading, only_with) in enumerate(_aliases()):
        if heading == own and (not only_with or only_with in keys):
            return role, rank
    return "", 0
