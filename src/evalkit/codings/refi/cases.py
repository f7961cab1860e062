"""Cases, what is known of them, and which group a segment belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.codings.model import Case, Segment
from evalkit.codings.refi.segments import Coded
from evalkit.codings.refi.sources import RawSource
from evalkit.codings.refi.tree import child, children, guid, local, target, text_of, value
from evalkit.codings.tally import Tally

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

OF_A_GROUP = "Made by evalkit of the group that its segments name."


def cases(project: Element, raw: Sequence[RawSource], found: Coded, tally: Tally) -> list[Case]:
    """The cases of a project; a source that has variables of its own is one too."""
    variables = {
        guid(value(each, "guid")): value(each, "name")
        for each in children(child(project, "Variables"), "Variable")
    }
    below = [
        each
        for each in children(child(project, "Cases"), "Case")
        if text_of(each, "Description") != OF_A_GROUP
    ]
    made = [_case(each, at, variables, found, tally) for at, each in enumerate(below, start=1)]
    names = {each.name for each in made}
    for each in raw:
        attributes = _attributes(each.element, variables, tally)
        if attributes and each.name not in names:
            tally.add("matched", "cases", 1, "of_sources")
            made.append(Case(each.name, attributes, (each.name,)))
    return made


def _case(
    element: Element, number: int, variables: Mapping[str, str], found: Coded, tally: Tally
) -> Case:
    """A case; what it refers to that is not there is told."""
    sources = [found.source_by_guid.get(target(each)) for each in children(element, "SourceRef")]
    segments = [found.by_guid.get(target(each)) for each in children(element, "SelectionRef")]
    tally.add("left_out", "references", (sources + segments).count(None), "of_cases")
    tally.add("left_out", "references", len(list(children(element, "CodeRef"))), "codes_of_cases")
    return Case(
        value(element, "name") or f"Case {number}",
        _attributes(element, variables, tally),
        tuple(dict.fromkeys(each for each in sources if each is not None)),
        tuple(dict.fromkeys(each for each in segments if each is not None)),
        guid(value(element, "guid")),
    )


def _attributes(element: Element, variables: Mapping[str, str], tally: Tally) -> dict[str, str]:
    """Name of a variable → what it says of this one, without those that say nothing."""
    found: dict[str, str] = {}
    for each in children(element, "VariableValue"):
        reference = child(each, "VariableRef")
        name = "" if reference is None else variables.get(target(reference), "")
        if not name:
            tally.add("left_out", "values", 1, "unknown_variable")
            continue
        text = "".join("".join(one.itertext()) for one in each if local(one).endswith("Value"))
        if text.strip():
            found[name] = text.strip()
    return found


def with_groups(
    found: Coded, all_cases: Sequence[Case], own: Set[str], tally: Tally
) -> list[Segment]:
    """Segments with the one case that they, or else their source, belong to as their group.

    Those in `own` have said themselves whether they have one; one that several cases claim gets
    none.
    """
    of_segment, of_source = _belonging(all_cases)
    grouped = []
    for each in found.segments:
        claimed = of_segment.get(each.ident) or of_source.get(each.source) or ()
        if each.ident in own or not claimed:
            grouped.append(each)
        elif len(claimed) > 1:
            tally.add("left_out", "groups", 1, "several_cases")
            grouped.append(each)
        else:
            tally.add("matched", "groups", 1, "of_case")
            grouped.append(replace(each, group=next(iter(claimed))))
    return grouped


def _belonging(
    all_cases: Sequence[Case],
) -> tuple[dict[str, dict[str, None]], dict[str, dict[str, None]]]:
    of_segment: dict[str, dict[str, None]] = {}
    of_source: dict[str, dict[str, None]] = {}
    for each in all_cases:
        for ident in each.segments:
            of_segment.setdefault(ident, {})[each.name] = None
        for name in each.sources:
            of_source.setdefault(name, {})[each.name] = None
    return of_segment, of_source
