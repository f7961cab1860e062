"""The frame of a round: how many were invited in each unit, from a file of the study.

A row a unit: `unit, label, label_en, invited` and, where only counts came in, `responded`. `unit`
is the unit's key, by which counts, the command line and other programs know it. Units with the same
`similar` are compared with each other.

Units may be part of areas. `code` is SCB's code of a municipality or county, from which the county
follows; `part_of` names an area, a county or one of the study's own, and comes before the code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.areas import are_counties, area_key, area_labels, place_faults, place_warnings
from evalkit.codebook import Text, normal, slug
from evalkit.delimited import read_table
from evalkit.errors import Problem

WHOLE = "all"
"""The name of the unit that stands for everybody."""
UNKNOWN = "unknown"
"""The name of those of whom it is not known which unit they belong to."""
RESERVED = (WHOLE, UNKNOWN)


@dataclass(frozen=True)
class FrameUnit:
    """One unit: `row` is its row in the file; `responded` is None where responses tell it.

    `code` is SCB's. `area` is the key of the area that it is part of: a county's code, or the name
    of an area that the study has made; empty where the frame has no areas. `similar` is the name of
    a group of similar units, empty where it is in none.
    """

    name: str
    label: Text
    invited: int
    responded: int | None = None
    row: int | None = None
    code: str = ""
    area: str = ""
    similar: str = ""


@dataclass(frozen=True)
class Frame:
    """Every unit that was asked, by name, in the order of the file."""

    file: str
    units: Mapping[str, FrameUnit]

    @property
    def invited(self) -> int:
        """How many were invited in all."""
        return sum(each.invited for each in self.units.values())

    @property
    def groups(self) -> Mapping[str, str]:
        """Unit → the group of units that it is compared with, of those that are in one.

        By `similar` if any unit has it, else by area: one kind of groups alone, so that no unit can
        be worked out from groups that overlap.
        """
        if any(each.similar for each in self.units.values()):
            return {name: each.similar for name, each in self.units.items() if each.similar}
        return {name: each.area for name, each in self.units.items() if each.area}

    def group_label(self, group: str) -> Text:
        """What a group of `groups` is called."""
        return self.areas.get(group, Text(group))

    @property
    def responded(self) -> int | None:
        """How many took part in all; None where the file does not tell."""
        known = [each.responded for each in self.units.values() if each.responded is not None]
        return sum(known) if known else None

    @property
    def areas(self) -> Mapping[str, Text]:
        """The areas that the units are part of, key → label, in Swedish order."""
        return area_labels({each.area for each in self.units.values() if each.area})

    @property
    def in_counties(self) -> bool:
        """Whether every area is a county of Sweden."""
        return are_counties(self.areas)


def read_frame(path: Path, file: str) -> tuple[Frame, tuple[Problem, ...]]:
    """Read a frame: the units without fault, and every fault.

    Raises `EvalkitError` when the file cannot be read at all.
    """
    table = read_table(path, file, ("unit", "label", "invited"), _OPTIONAL)
    problems: list[Problem] = []
    units: dict[str, FrameUnit] = {}
    has_responded = "responded" in table.header
    for number, row in table.records():
        if not any(row.values()):
            continue
        found = [Problem(file, number, *each) for each in _faults(row, units, has_responded)]
        problems += found
        problems += [Problem(file, number, *each, "warning") for each in place_warnings(row)]
        if not found:
            label = Text(row["label"], row.get("label_en", ""))
            responded = int(row["responded"]) if has_responded else None
            name, code = row["unit"], row.get("code", "")
            area = area_key(row.get("part_of", ""), code)
            invited, similar = int(row["invited"]), row.get("similar", "")
            units[name] = FrameUnit(name, label, invited, responded, number, code, area, similar)
    problems += _without_area(file, units.values())
    if not units and not problems:
        problems.append(Problem(file, None, None, "The frame has no unit.", "Write a row a unit."))
    return Frame(file, units), tuple(problems)


_OPTIONAL = ("label_en", "responded", "code", "part_of", "similar")
_Fault = tuple[str, str, str]
"""Column, message and what to do."""


def _faults(
    row: Mapping[str, str], units: Mapping[str, FrameUnit], has_responded: bool
) -> Iterator[_Fault]:
    yield from name_faults(row["unit"], units)
    if not row["label"]:
        yield "label", "The unit has no label.", "Write its name as the report is to show it."
    elif any(normal(each.label.sv) == normal(row["label"]) for each in units.values()):
        yield "label", f'"{row["label"]}" stands there twice.', "Give each unit its own."
    for column in ("invited", "responded") if has_responded else ("invited",):
        if not _is_count(row[column]):
            yield column, f'"{row[column]}" is not a number of people.', "Write a whole number."
    if has_responded and _is_count(row["invited"]) and _is_count(row["responded"]):
        invited, responded = int(row["invited"]), int(row["responded"])
        if responded > invited:
            message = f"{invited} were invited in {row['unit']} and {responded} responded."
            yield "responded", message, "Correct one of them."
    code, part_of = row.get("code", ""), row.get("part_of", "")
    yield from place_faults(code, part_of, row["label"], {e.code: e.name for e in units.values()})
    yield from _area_name_faults(area_key(part_of, code), units)


def _area_name_faults(area: str, units: Mapping[str, FrameUnit]) -> Iterator[_Fault]:
    """Why an area cannot have a name: taken by evalkit, or nearly that of another."""
    if area in RESERVED:
        yield "part_of", f'"{area}" is no name for an area: evalkit uses it.', "Write another."
    other = next((e.area for e in units.values() if e.area and slug(e.area) == slug(area)), area)
    if other != area:
        message = f'"{area}" and "{other}" differ in signs and capitals alone.'
        yield "part_of", message, "Write both in the same way."


def _without_area(file: str, units: Collection[FrameUnit]) -> Iterator[Problem]:
    """Units that are in no area where others are: the areas would not add to the whole."""
    if not any(each.area for each in units):
        return
    for each in units:
        if not each.area:
            message = f"{each.name} is in no area, and other units are."
            fix = "Write its code, or the name of its area in `part_of`."
            yield Problem(file, each.row, "part_of", message, fix)


def name_faults(name: str, others: Mapping[str, object]) -> Iterator[_Fault]:
    """Why a unit cannot have a name: empty, reserved, taken, or a folder's name that is taken."""
    if not name:
        yield "unit", "The unit has no name.", "Write a short one, such as its label."
    elif name in RESERVED:
        yield "unit", f'"{name}" is no name for a unit: evalkit uses it.', "Write another."
    elif name in others:
        yield "unit", f'"{name}" stands there twice.', "Keep one row for each unit."
    elif slug(name) in {slug(each) for each in others}:
        other = next(each for each in others if slug(each) == slug(name))
        message = f'"{name}" and "{other}" would have reports in the same folder.'
        yield "unit", message, "Give them names that differ in letters or digits."


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
