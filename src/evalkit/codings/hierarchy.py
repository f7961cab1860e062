"""Paths of labels → codes with parents, whatever a program joins the labels with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalkit.codings.model import Code

Path = tuple[str, ...]
"""The labels from the top down to a code."""

JOINED = " > "


@dataclass(frozen=True)
class Entry:
    """A code as a file has it, before it has a name that is unique in the project."""

    path: Path
    definition: str = ""
    codable: bool = True
    color: str = ""
    label: str = ""


@dataclass(frozen=True)
class Hierarchy:
    """Codes, parents before their children, and the name of each path."""

    codes: tuple[Code, ...]
    names: Mapping[Path, str]


def hierarchy(entries: Iterable[Entry]) -> Hierarchy:
    """The codes of `entries` in their order; a parent that is not among them only holds others.

    Entries with the same path are one code: the first definition counts, and one that is codable.
    """
    known: dict[Path, Entry] = {}
    for entry in entries:
        for depth in range(1, len(entry.path)):
            above = entry.path[:depth]
            known.setdefault(above, Entry(above, codable=False))
        known[entry.path] = _both(known.get(entry.path), entry)
    names = _names(tuple(known))
    codes = tuple(
        Code(
            names[path],
            entry.label or path[-1],
            names[path[:-1]] if path[:-1] else "",
            entry.definition,
            entry.codable,
            entry.color,
        )
        for path, entry in known.items()
    )
    return Hierarchy(codes, names)


def _both(one: Entry | None, other: Entry) -> Entry:
    if one is None:
        return other
    return Entry(
        one.path,
        one.definition or other.definition,
        one.codable or other.codable,
        one.color or other.color,
        one.label or other.label,
    )


def _names(paths: tuple[Path, ...]) -> dict[Path, str]:
    """The last label where no other code has it, else the whole path."""
    often = Counter(path[-1] for path in paths)
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        wanted = path[-1] if often[path[-1]] == 1 else JOINED.join(path)
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        names[path] = name
        taken.add(name)
    return names


_SEPARATORS = (
    re.compile(r"\s+>\s+"),
    re.compile(r"\s*\\\s*"),
    re.compile(r"\s*::\s*"),
    re.compile(r"\s+/\s+"),
)


def paths_of(texts: Iterable[str]) -> dict[str, Path]:
    r"""Each text of a column of codes → its path.

    All are split by the same separator: the first of " > ", "\", "::" and " / " that stands in
    any of them. "/" without spaces is only one where what stands before it is a code too, since it
    is a sign of ordinary labels ("barn/unga").
    """
    distinct = list(dict.fromkeys(texts))
    for separator in _SEPARATORS:
        if any(separator.search(text.strip()) for text in distinct):
            return {text: _split(text, separator) for text in distinct}
    known = {text.strip() for text in distinct}
    return {text: _slashed(text.strip(), known) for text in distinct}


_LONGEST = 1000
"""What is longer is no path but a text in the wrong column."""


_NVIVO = re.compile(r"\w+\\\\")
"""NVivo begins every path with the folder of its codes and two signs: "Codes\\\\Tid\\Brist"."""


def _split(text: str, separator: re.Pattern[str]) -> Path:
    if len(text) > _LONGEST:
        return _parts([text])
    return _parts(separator.split(_NVIVO.sub("", text, count=1) if _NVIVO.match(text) else text))


def _parts(parts: Iterable[str]) -> Path:
    return tuple(kept for each in parts if (kept := each.strip())) or ("",)


def _slashed(text: str, known: set[str]) -> Path:
    if len(text) > _LONGEST:
        return _parts([text])
    places = [at for at, sign in enumerate(text) if sign == "/" and text[:at].strip() in known]
    return _parts(text[one:other] for one, other in _between(places, len(text)))


def dotted(texts: Iterable[str]) -> dict[str, Path]:
    """The paths of tags that are joined by full stops, as in Taguette: "mote.tid".

    A full stop before a space or at the end, or between two digits, is one of the label, unless
    what stands before it is a tag too.
    """
    distinct = list(dict.fromkeys(texts))
    known = set(distinct)
    return {text: _undotted(text, known) for text in distinct}


def _undotted(text: str, known: set[str]) -> Path:
    if len(text) > _LONGEST:
        return _parts([text])
    places = [
        at
        for at, sign in enumerate(text)
        if sign == "." and (text[:at] in known or _joins(text, at))
    ]
    return _parts(text[one:other] for one, other in _between(places, len(text)))


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or not after or before.isspace() or after.isspace() or "." in (before, after):
        return False
    return not (before.isdigit() and after.isdigit())


def _between(places: list[int], length: int) -> Iterable[tuple[int, int]]:
    return zip([0, *(at + 1 for at in places)], [*places, length], strict=True)
