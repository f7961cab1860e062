"""Areas: what units are part of, by SCB's code or by a name, and what is wrong with either.

An area is known by a key: a county's code ("14"), or the name of an area that the study has made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from evalkit.codebook import Text, normal
from evalkit.collation import swedish
from evalkit.errors import nearest
from evalkit.sweden import (
    code_fix,
    counties,
    find_county,
    find_municipality,
    is_called,
    municipalities,
)

_Fault = tuple[str, str, str]
"""Column, message and what to do."""


def area_key(part_of: str, code: str) -> str:
    """The area of a unit: what `part_of` names comes before the county of its code."""
    county = find_county(part_of) if part_of else counties().get(code[:2]) if code else None
    return part_of if county is None else county.code


def area_labels(keys: Iterable[str]) -> dict[str, Text]:
    """Area → its label, in Swedish order."""
    labels = {key: counties()[key].name if key in counties() else Text(key) for key in keys}
    return dict(sorted(labels.items(), key=lambda each: swedish(each[1].sv)))


def are_counties(keys: Iterable[str]) -> bool:
    """Whether every area is a county of Sweden."""
    return all(key in counties() for key in keys)


def place_faults(code: str, part_of: str, label: str, taken: Mapping[str, str]) -> Iterator[_Fault]:
    """Codes that are none, or another unit's: `taken` is code → unit."""
    if code and code not in municipalities() and code not in counties():
        message = f'"{code}" is no code of a municipality or county.'
        yield "code", message, code_fix(code, label)
    elif code and code in taken:
        fix = "Write the area of units that share one in `part_of`, and leave `code` empty."
        yield "code", f"{code} is the code of {taken[code]} too.", fix
    if part_of.isdigit() and part_of not in counties():
        place = find_municipality(part_of)
        fix = code_fix(part_of, "") if place is None else f"Its county is {place.county.code}."
        yield "part_of", f'"{part_of}" is no code of a county.', fix


def place_warnings(row: Mapping[str, str]) -> Iterator[_Fault]:
    """A code that is another place's than the unit's name, an area that is called a county."""
    code, part_of = row.get("code", ""), row.get("part_of", "")
    names = [row["unit"], row["label"], row.get("label_en", "")]
    place = _called(code)
    if place and not any(is_called(each, code) for each in names if each):
        message = f"{code} is the code of {place}, and the unit is called {row['label']}."
        other = find_municipality(row["label"]) or find_county(row["label"])
        fix = f"The code of that is {other.code}." if other else "Look whether they are the same."
        yield "code", message, fix
    if normal(part_of).endswith((" län", " county")) and find_county(part_of) is None:
        message = f'"{part_of}" is no county of Sweden, and is taken for an area of its own.'
        yield "part_of", message, nearest(part_of, [each.name.sv for each in counties().values()])


def _called(code: str) -> str:
    if code in municipalities():
        return municipalities()[code].name
    return counties()[code].name.sv if code in counties() else ""
