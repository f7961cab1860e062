"""Segments as units of coding: those with the same text are one, and who has coded it is known.

A segment that a coder has given no code at all is not coded by them: that is missing, not "no".
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.codings.model import CodingProject, Segment
from evalkit.statistics.ratings import same_units


@dataclass(frozen=True, kw_only=True)
class CodedUnit:
    """One text with the segments that have it, and every coder's codes and categories.

    `codes` and `categories` have the coders who coded any of the segments. A coder who coded
    copies differently is in `uneven`: a code counts as given that any of the copies has.
    """

    segments: tuple[str, ...]
    text: str
    codes: Mapping[str, frozenset[str]]
    categories: Mapping[str, frozenset[str]]
    uneven: tuple[str, ...] = ()


def coded_units(project: CodingProject) -> tuple[CodedUnit, ...]:
    """Every unit of a project, in the order of its first segment."""
    codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    categories: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in project.codings:
        place = (each.segment, each.coder)
        codes[place] |= {each.code} - {""}
        categories[place] |= {each.category} - {""}
    return tuple(
        _unit([project.segments[index] for index in same], project.coders, codes, categories)
        for same in same_units(_key(each) for each in project.segments)
    )


def _key(segment: Segment) -> tuple[str, str]:
    """What two segments share that are one unit: their text, but for spaces; no text is its own."""
    text = " ".join(unicodedata.normalize("NFC", segment.text).split())
    return ("text", text) if text else ("segment", segment.ident)


def _unit(
    segments: list[Segment],
    coders: tuple[str, ...],
    codes: Mapping[tuple[str, str], set[str]],
    categories: Mapping[tuple[str, str], set[str]],
) -> CodedUnit:
    idents = tuple(each.ident for each in segments)
    places = {
        coder: [(ident, coder) for ident in idents if (ident, coder) in codes] for coder in coders
    }
    coded = {coder: there for coder, there in places.items() if there}
    return CodedUnit(
        segments=idents,
        text=segments[0].text,
        codes={
            coder: frozenset().union(*(codes[each] for each in there))
            for coder, there in coded.items()
        },
        categories={
            coder: frozenset().union(*(categories[each] for each in there))
            for coder, there in coded.items()
        },
        uneven=tuple(
            coder
            for coder, there in coded.items()
            if any(codes[each] != codes[there[0]] for each in there)
        ),
    )
