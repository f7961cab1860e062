"""The population of a round: how many of all invited there are at each answer of some items.

A file with `item, value, n`; `value` is an answer's code or label. It is known from elsewhere, such
as a register, and also of those who did not answer. An answer without a row has nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.codebook import SINGLE, Codebook, Item, normal
from evalkit.delimited import read_table
from evalkit.errors import Problem, nearest


@dataclass(frozen=True)
class Population:
    """Item → code of an answer → how many of the invited; and the row of each in the file."""

    file: str
    invited: Mapping[str, Mapping[int, int]]
    rows: Mapping[tuple[str, int], int]


def read_population(
    path: Path, file: str, codebook: Codebook, invited: int | None
) -> tuple[Population, tuple[Problem, ...]]:
    """Read a population: what is without fault, and every fault.

    `invited` is how many were invited in all, to which each item has to add. Raises `EvalkitError`
    when the file cannot be read at all.
    """
    table = read_table(path, file, ("item", "value", "n"))
    problems: list[Problem] = []
    found: dict[str, dict[int, int]] = {}
    rows: dict[tuple[str, int], int] = {}
    for number, row in table.records():
        if not any(row.values()):
            continue
        faults = [Problem(file, number, *each) for each in _faults(row, codebook)]
        if faults:
            problems += faults
            continue
        item = codebook.items[row["item"]]
        code = _code(row["value"], item, codebook)
        if code is None:
            continue
        if (item.name, code) in rows:
            message = f'"{row["value"]}" of {item.name} stands in row {rows[item.name, code]} too.'
            problems.append(Problem(file, number, "value", message, "Keep one of them."))
            continue
        rows[item.name, code] = number
        found.setdefault(item.name, {})[code] = int(row["n"])
    if not problems:
        problems += _sums(file, found, invited)
    return Population(file, found, rows), tuple(problems)


_Fault = tuple[str, str, str]
"""Column, message and what to do."""


def _faults(row: Mapping[str, str], codebook: Codebook) -> Iterator[_Fault]:
    item = codebook.items.get(row["item"])
    usable = [each.name for each in codebook.items.values() if each.kind in SINGLE]
    if item is None:
        yield "item", f'There is no item "{row["item"]}".', nearest(row["item"], usable)
    elif item.kind not in SINGLE:
        message = f"{item.name} is {item.kind}: its answers divide nobody."
        yield "item", message, "Name an item with one answer of a scale."
    elif _code(row["value"], item, codebook) is None:
        labels = [each.label.sv for each in codebook.scale(item).valid]
        yield (
            "value",
            f'"{row["value"]}" is no answer to {item.name}.',
            nearest(row["value"], labels),
        )
    if not (row["n"].isascii() and row["n"].isdigit() and len(row["n"]) <= 15):
        yield "n", f'"{row["n"]}" is not a number of people.', "Write a whole number."


def _code(value: str, item: Item, codebook: Codebook) -> int | None:
    """The code of a valid answer named by label or code."""
    answers = [each for each in codebook.scale(item).valid if each.value is not None]
    for each in answers:
        if normal(value) in (normal(each.label.sv), normal(each.label.en)) and value:
            return each.value
    return next((each.value for each in answers if str(each.value) == value), None)


def _sums(
    file: str, found: Mapping[str, Mapping[int, int]], invited: int | None
) -> Iterator[Problem]:
    """Each item has to add to the invited; to the same number where that is not known."""
    sums = {name: sum(each.values()) for name, each in found.items()}
    if not sums:
        yield Problem(file, None, None, "The population has no row.", "Write a row an answer.")
        return
    wanted = next(iter(sums.values())) if invited is None else invited
    for name, total in sums.items():
        if total != wanted:
            what = "were invited" if invited is not None else f"are at {next(iter(sums))}"
            message = f"The answers of {name} add to {total}, and {wanted} {what}."
            fix = "Count everybody who was invited once at each item."
            yield Problem(file, None, "n", message, fix)
