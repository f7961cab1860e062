"""The register of municipalities and counties: what a code stands for, and a name's code.

The files beside this module say of when they are and where from (`README.md`). Codes are texts of
digits, four for a municipality and two for a county; the first two of a municipality's are those
of its county.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evalkit.codebook import Text, normal
from evalkit.collation import swedish
from evalkit.errors import nearest


@dataclass(frozen=True)
class County:
    """A county ("14", "Västra Götalands län")."""

    code: str
    name: Text


@dataclass(frozen=True)
class Municipality:
    """A municipality ("0180", "Stockholm"), named without "kommun"."""

    code: str
    name: str

    @property
    def county(self) -> County:
        """The county that it is part of."""
        return counties()[self.code[:2]]


@cache
def counties() -> Mapping[str, County]:
    """The 21 counties by code, in Swedish order of their names."""
    rows = sorted(_rows("counties.csv"), key=lambda row: swedish(row["name"]))
    return {row["code"]: County(row["code"], Text(row["name"], row["name_en"])) for row in rows}


@cache
def municipalities() -> Mapping[str, Municipality]:
    """The 290 municipalities by code, in Swedish order of their names."""
    rows = sorted(_rows("municipalities.csv"), key=lambda row: swedish(row["name"]))
    return {row["code"]: Municipality(row["code"], row["name"]) for row in rows}


def _rows(file: str) -> Iterator[dict[str, str]]:
    text = (files("evalkit.sweden") / file).read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def find_municipality(text: str) -> Municipality | None:
    """The municipality with this code or name ("Malmö", "Malmö kommun", "Göteborgs stad")."""
    known = municipalities()
    if text in known:
        return known[text]
    names = _bare(text, _MUNICIPALITY)
    return next((by for each in names if (by := _by_name().get(each))), None)


def find_county(text: str) -> County | None:
    """The county with this code or name ("Uppsala län", "Uppsala", "Hallands län", "Halland")."""
    known = counties()
    if text in known:
        return known[text]
    names = _bare(text, _COUNTY)
    return next((by for each in names if (by := _county_by_name().get(each))), None)


def is_called(text: str, code: str) -> bool:
    """Whether `text` is a name of the municipality or county with the code."""
    found = find_county(text) if len(code) == 2 else find_municipality(text)
    return found is not None and found.code == code


@cache
def _by_name() -> Mapping[str, Municipality]:
    return {normal(each.name): each for each in municipalities().values()}


@cache
def _county_by_name() -> Mapping[str, County]:
    """County by its name without "län" and "County", in Swedish and in English."""
    return {
        bare: each
        for each in counties().values()
        for name in (each.name.sv, each.name.en)
        for bare in _bare(name, _COUNTY)
    }


_BEFORE = ("region ", "municipality of ", "city of ")
_MUNICIPALITY = (" kommun", " stad", " municipality")
_COUNTY = (" län", " county")


def _bare(text: str, behind: tuple[str, ...]) -> tuple[str, ...]:
    """A name without what says what kind of place it is; then also without a genitive's s."""
    name = normal(text)
    for each in _BEFORE:
        name = name.removeprefix(each)
    stripped = name
    for each in behind:
        stripped = stripped.removesuffix(each)
    if stripped != name and stripped.endswith("s"):
        return stripped, stripped[:-1]
    return (stripped,)


def code_fix(code: str, label: str) -> str:
    """What to do about a code that is none, of a unit that is called `label`."""
    padded = f"0{code}"
    known: Mapping[str, Municipality | County] = {**municipalities(), **counties()}
    if padded in known:
        fix = f"Did you mean {padded} ({_name(known[padded])})? A leading zero is part of the code."
        return f"{fix} A spreadsheet keeps it in a column of text."
    place = find_municipality(label) or find_county(label)
    if place is not None:
        return f"The code of {_name(place)} is {place.code}."
    return nearest(code, known)


def _name(place: Municipality | County) -> str:
    return place.name if isinstance(place, Municipality) else place.name.sv
