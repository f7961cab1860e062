"""The codes of a project or a codebook, nested as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.codings.model import Code
from evalkit.codings.refi.notes import CODE_NAME, Notes
from evalkit.codings.refi.tree import children, guid, text_of, value
from evalkit.codings.unique import Unique

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BETWEEN = " > "


@dataclass(frozen=True)
class Codebook:
    """Codes in the order in which they stand, a parent before its children, and by GUID."""

    codes: tuple[Code, ...]
    by_guid: Mapping[str, str]


@dataclass(frozen=True)
class _Found:
    element: Element
    path: tuple[str, ...]
    above: int | None
    name: str


def codebook(parent: Element | None, notes: Notes) -> Codebook:
    """The codes below `Codes`; `parent` is the element that holds it, None if there is none.

    A code's name is its label, or where the same label stands twice, the labels from the top.
    """
    found = [each for codes in children(parent, "Codes") for each in _walk(codes, notes)]
    names = _names(found)
    codes = tuple(
        _code(each, names[at], "" if each.above is None else names[each.above], notes)
        for at, each in enumerate(found)
    )
    return Codebook(codes, {each.guid: each.name for each in reversed(codes) if each.guid})


def _walk(
    codes: Element,
    notes: Notes,
) -> Iterator[_Found]:
    """Every code below, depth first; depth is bounded by the parser."""
    count = 0

    def below(element: Element, path: tuple[str, ...], above: int | None) -> Iterator[_Found]:
        nonlocal count
        for each in children(element, "Code"):
            label = value(each, "name") or text_of(each, "Name") or "?"
            mine, count = count, count + 1
            yield _Found(each, (*path, label), above, notes.about(each, CODE_NAME))
            yield from below(each, (*path, label), mine)

    yield from below(codes, (), None)


def _names(found: list[_Found]) -> list[str]:
    """A name for each code, no two the same."""
    labels = Counter(each.path[-1] for each in found)
    wanted = [
        each.name or (each.path[-1] if labels[each.path[-1]] == 1 else BETWEEN.join(each.path))
        for each in found
    ]
    unique = Unique()
    return [unique.of(each) for each in wanted]


def _code(found: _Found, name: str, parent: str, notes: Notes) -> Code:
    each = found.element
    definition = "\n".join(filter(None, (text_of(each, "Description"), notes.memo(each))))
    codable = value(each, "isCodable").lower() not in ("false", "0")
    return Code(
        name,
        found.path[-1],
        parent,
        definition,
        codable,
        value(each, "color"),
        guid(value(each, "guid")),
    )
