"""The evaluator's table of what survey and themes are about together, and themes without counts.

`joint_display.csv` has a row for each construct: which items and themes are about it, how they
relate and what that means. Relation and meaning are the evaluator's; nothing fills in an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evalkit.codebook import Text, normal
from evalkit.delimited import TextTable, read_table
from evalkit.errors import EvalkitError, Problem, nearest, raise_if_any

Relation = Literal["confirms", "expands", "contradicts", "silent"]
"""Both tell the same; one adds to the other; they differ; only one of them tells anything."""

RELATIONS: Mapping[str, Relation] = {
    "confirms": "confirms",
    "bekräftar": "confirms",
    "expands": "expands",
    "vidgar": "expands",
    "contradicts": "contradicts",
    "motsäger": "contradicts",
    "silent": "silent",
    "tyst": "silent",
}
"""What may stand in the column `relation`."""

NOT_REPORTED = "not_reported"
"""How many brought a theme up is not known."""


@dataclass(frozen=True)
class Construct:
    """Something that items, themes or both are about.

    `segments` are those that the evaluator has chosen to show. `relation` is None and `meaning`
    empty while nobody has interpreted them; `read_by` is who has.
    """

    name: str
    label: Text
    items: tuple[str, ...]
    themes: tuple[str, ...]
    segments: tuple[str, ...]
    relation: Relation | None
    meaning: Text
    read_by: Text

    @property
    def texts(self) -> tuple[Text, ...]:
        """Everything in it that a reader may see."""
        return (self.label, self.meaning, self.read_by)


@dataclass(frozen=True)
class OpenTheme:
    """A theme that open questions brought up; `n` respondents, None where that is not reported."""

    name: str
    category: Text
    label: Text
    items: tuple[str, ...]
    n: int | None


@dataclass(frozen=True)
class JointDisplay:
    """What stands in a study's own tables: constructs, and themes without codings."""

    constructs: tuple[Construct, ...]
    open_themes: Mapping[str, OpenTheme]


_REQUIRED = ("construct", "label", "items", "themes", "relation", "meaning")
_OPTIONAL = ("label_en", "segments", "meaning_en", "read_by", "read_by_en")


def read_constructs(
    path: Path,
    file: str,
    items: Collection[str],
    themes: Collection[str],
    segments: Collection[str] = (),
    unfit: Collection[str] = (),
) -> tuple[tuple[Construct, ...], tuple[Problem, ...]]:
    """The rows of a `joint_display.csv`, in its order, and warnings.

    `items`, `themes` and `segments` are those that there are, `unfit` items that have no
    distribution of answers. Raises `EvalkitError` with every fault.
    """
    table = read_table(path, file, _REQUIRED, _OPTIONAL)
    known = {"items": items, "themes": themes, "segments": segments}
    problems = [
        problem
        for number, row in table.records()
        for problem in _faults_of(file, number, row, known, unfit)
    ]
    problems += _twice(table, file, "construct")
    raise_if_any(problems)
    return tuple(_construct(row) for _, row in table.records()), tuple(problems)


def _construct(row: Mapping[str, str]) -> Construct:
    return Construct(
        row["construct"],
        Text(row["label"], row.get("label_en", "")),
        _several(row["items"]),
        _several(row["themes"]),
        _several(row.get("segments", "")),
        RELATIONS.get(row["relation"].casefold()),
        Text(row["meaning"], row.get("meaning_en", "")),
        Text(row.get("read_by", ""), row.get("read_by_en", "")),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.split(";") if each.strip())


def _faults_of(
    file: str,
    number: int,
    row: Mapping[str, str],
    known: Mapping[str, Collection[str]],
    unfit: Collection[str],
) -> Iterator[Problem]:
    for column in ("construct", "label"):
        if not row[column]:
            fix = f"Write the {column}."
            yield Problem(file, number, column, "The cell is empty.", fix)
    if not (_several(row["items"]) or _several(row["themes"])):
        fix = "Name an item or a theme, or remove the row."
        yield Problem(file, number, "items", "The row has neither items nor themes.", fix)
    for column, names in known.items():
        wanted = _several(row.get(column, ""))
        yield from _unfit(file, number, column, [each for each in wanted if each in unfit])
        yield from _unknown(
            file, number, column, [each for each in wanted if each not in unfit], names
        )
    relation = row["relation"]
    if relation and relation.casefold() not in RELATIONS:
        fix = f"{nearest(relation, RELATIONS)} An empty cell stands for not yet interpreted."
        yield Problem(file, number, "relation", f'There is no relation "{relation}".', fix)
    for column in ("meaning", "meaning_en"):
        for typed in _TYPED.findall(row.get(column, "")):
            message = f'The figure "{typed}" is typed.'
            fix = "Leave it out: the figures stand beside it, and are live there."
            yield Problem(file, number, column, message, fix, "warning")


_TYPED = re.compile(r"\d+(?:[.,]\d+)?\s*(?:%|procent|per ?cent)")


def _unfit(file: str, number: int, column: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in names if column == "items" else ():
        message = f"{name} has no answers on a scale to be shown as shares."
        fix = "Name an item on a scale, a grid or a multiple response set."
        yield Problem(file, number, column, message, fix)


def _unknown(
    file: str, number: int, column: str, names: Sequence[str], known: Collection[str]
) -> Iterator[Problem]:
    for at, name in enumerate(names):
        if name not in known:
            message = f'There is no {column.removesuffix("s")} "{name}".'
            yield Problem(file, number, column, message, nearest(name, known))
        elif name in names[:at]:
            yield Problem(file, number, column, f'"{name}" stands there twice.', "Name it once.")


def shared_units(labels: Mapping[str, Text], groups: Sequence[str]) -> dict[str, str]:
    """Unit → the group of the same name, in the units' order; a unit by its name or label."""
    named = {normal(each): each for each in groups}
    found: dict[str, str] = {}
    for unit, label in labels.items():
        texts = [normal(each) for each in (unit, label.sv, label.en) if each]
        group = next((named[each] for each in texts if each in named), None)
        if group is not None:
            found[unit] = group
    return found


def _twice(table: TextTable, file: str, column: str) -> Iterator[Problem]:
    rows: dict[str, int] = {}
    for number, row in table.records():
        name = row[column]
        if name and rows.setdefault(name, number) != number:
            message = f'"{name}" stands in row {rows[name]} too.'
            yield Problem(file, number, column, message, "Give each row a name of its own.")


def read_open_themes(path: Path, file: str, items: Collection[str]) -> dict[str, OpenTheme]:
    """Themes by name: `code` where the table has that column, else the theme's text.

    `n_respondents` is a number, or `not_reported` (or nothing). Raises `EvalkitError` with every
    fault.
    """
    required = ("category", "theme", "related_items", "n_respondents")
    table = read_table(path, file, required, ("code", "category_en", "theme_en"))
    column = "code" if "code" in table.header else "theme"
    problems = list(_twice(table, file, column))
    found: dict[str, OpenTheme] = {}
    for number, row in table.records():
        related, n = _several(row["related_items"]), row["n_respondents"]
        if not row["theme"] or not row[column]:
            fix = "Write what the theme is called."
            problems.append(Problem(file, number, column, "The cell is empty.", fix))
        problems += _unknown(file, number, "related_items", related, items)
        if n not in ("", NOT_REPORTED) and not (n.isascii() and n.isdigit()):
            fix = f"Write a whole number, or {NOT_REPORTED}."
            problems.append(Problem(file, number, "n_respondents", f'"{n}" is no number.', fix))
            n = ""
        found[row[column]] = OpenTheme(
            row[column],
            Text(row["category"], row.get("category_en", "")),
            Text(row["theme"], row.get("theme_en", "")),
            related,
            int(n) if n not in ("", NOT_REPORTED) else None,
        )
    if problems:
        raise EvalkitError(problems)
    return found
