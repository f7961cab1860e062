"""Counts of every unit of a round, side by side, from responses or from files of counts.

All units are counted in one pass, into one array. The whole is what the units add to, and with it
those of whom it is not known which unit they belong to: these stand under the name `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.codebook import Codebook, Status
from evalkit.counts import add, count, counts_of, tally
from evalkit.delimited import TextTable, read_table
from evalkit.errors import Problem
from evalkit.frame import RESERVED, UNKNOWN, WHOLE, name_faults
from evalkit.intake import Level, Responses


@dataclass(frozen=True)
class UnitCounts:
    """Counts of each unit.

    `whole` has the counts of the round, a row for each item and level as `counts.count` gives them;
    `n` has shape (units, rows of `whole`): column k belongs to row k.
    """

    units: tuple[str, ...]
    whole: pd.DataFrame
    n: NDArray[np.int64]

    @cached_property
    def _places(self) -> Mapping[str, NDArray[np.intp]]:
        """Item → the rows of `whole` that are about it."""
        items = self.whole["item"].to_numpy()
        return {str(name): np.flatnonzero(items == name) for name in dict.fromkeys(items)}

    def of(self, unit: str) -> pd.DataFrame:
        """The counts of one unit, in the rows of `whole`."""
        return self.whole.assign(unit=unit, n=self.n[self.units.index(unit)])

    def together(self, names: Collection[str]) -> pd.DataFrame:
        """The counts of several units, added, in the rows of `whole`."""
        chosen = [each in names for each in self.units]
        return self.whole.assign(n=self.n[chosen].sum(axis=0))

    @property
    def frame(self) -> pd.DataFrame:
        """The counts of all units, one below the other, with the columns of `whole`."""
        rows = np.tile(np.arange(len(self.whole)), len(self.units))
        below = self.whole.iloc[rows].reset_index(drop=True)
        return below.assign(unit=np.repeat(self.units, len(self.whole)), n=self.n.ravel())

    def table(self, item: str) -> tuple[tuple[Level, ...], NDArray[np.int64]]:
        """The levels of an item, and its counts of shape (units, levels)."""
        rows = self._places[item]
        about = self.whole.iloc[rows]
        values = [None if pd.isna(each) else each for each in about["value"]]
        levels = map(Level, values, about["status"])
        return tuple(levels), self.n[:, rows]

    def with_status(self, item: str, statuses: frozenset[Status]) -> NDArray[np.int64]:
        """How many in each unit have one of `statuses` at an item: shape (units,)."""
        rows = self._places[item]
        wanted = self.whole["status"].to_numpy()[rows]
        chosen = rows[[each in statuses for each in wanted]]
        found: NDArray[np.int64] = self.n[:, chosen].sum(axis=1)
        return found

    def in_order(self, names: Sequence[str]) -> UnitCounts:
        """The same units in the order of `names`, which has all of them and may have others."""
        units = [each for each in names if each in self.units]
        return replace(self, units=tuple(units), n=self.n[[self.units.index(e) for e in units]])

    @property
    def respondents(self) -> NDArray[np.int64]:
        """How many respondents each unit has: every item adds to that, shape (units,)."""
        sums = [self.n[:, rows].sum(axis=1) for rows in self._places.values()]
        return np.max(sums, axis=0) if sums else np.zeros(len(self.units), np.int64)


def count_units(
    responses: Responses,
    round_name: str,
    group: NDArray[np.integer[Any]],
    units: Sequence[str],
) -> UnitCounts:
    """Count every item within each unit, in one pass.

    `group` has shape (respondents,) and holds places in `units`.
    """
    sizes = [len(responses.levels[name]) for name in responses.codes]
    tables = tally(list(responses.codes.values()), sizes, group, len(units))
    n = np.concatenate(tables, axis=1) if tables else np.zeros((len(units), 0), np.int64)
    return UnitCounts(tuple(units), count(responses, round_name), n)


def side_by_side(frames: Mapping[str, pd.DataFrame]) -> UnitCounts:
    """Counts of several units, a frame each; the whole is what they add to."""
    whole = _by_item(add(*(each.assign(unit=WHOLE) for each in frames.values())))
    place = {key: at for at, key in enumerate(_keys(whole))}
    n = np.zeros((len(frames), len(whole)), np.int64)
    for at, each in enumerate(frames.values()):
        n[at, [place[key] for key in _keys(each)]] = each["n"].to_numpy()
    return UnitCounts(tuple(frames), whole, n)


def _by_item(counts: pd.DataFrame) -> pd.DataFrame:
    """The rows of each item together; a level that only a later unit has comes last of them."""
    order = {name: at for at, name in enumerate(counts["item"].unique())}
    return counts.sort_values(
        "item", key=lambda names: names.map(order), kind="stable"
    ).reset_index(drop=True)


def _keys(counts: pd.DataFrame) -> list[tuple[Any, ...]]:
    values = counts["value"].astype(object).where(counts["value"].notna(), None)
    return list(zip(counts["item"], values, counts["status"], strict=True))


def rolled_up(units: UnitCounts, area_of: Mapping[str, str]) -> UnitCounts:
    """Counts of each area: the sum of its units, in the order of the first unit of each.

    Units that `area_of` does not have, such as those of whom the unit is not known, add to
    `UNKNOWN`, which stands last. The whole stays as it is.
    """
    areas = [area_of.get(unit, UNKNOWN) for unit in units.units]
    names = list(dict.fromkeys(each for each in areas if each != UNKNOWN))
    names += [UNKNOWN] * (UNKNOWN in areas)
    n = np.zeros((len(names), units.n.shape[1]), np.int64)
    np.add.at(n, [names.index(each) for each in areas], units.n)
    return UnitCounts(tuple(names), units.whole, n)


@dataclass(frozen=True)
class Return:
    """What a file of counts holds: its whole, and its units if it tells them apart."""

    whole: pd.DataFrame
    units: UnitCounts | None
    rows: Mapping[str, int]
    """The row in which each unit first stands."""


def read_return(
    path: Path, file: str, codebook: Codebook, round_name: str, respondents: int | None = None
) -> tuple[Return, tuple[Problem, ...]]:
    """Read a file of counts that may have a column `unit`, and every fault in it.

    `respondents` is how many a file without units is about, where that is known.

    Rows of the unit "all", as `evalkit counts` writes them, are the whole. Where the units stand
    there too, these have to add to it. Raises `EvalkitError` when the file cannot be read at all.
    """
    table = read_table(path, file, ("item", "value", "status", "n"), ("unit",))
    if "unit" not in table.header:
        whole, problems = counts_of(table, codebook, round_name, respondents)
        return Return(whole, None, {}), problems
    found: list[Problem] = []
    parts, rows = _parts(table, found)
    frames = {}
    for unit, part in parts.items():
        frame, problems = counts_of(part, codebook, round_name)
        frames[unit] = frame.assign(unit=unit)
        found += [_of_unit(each, unit) for each in problems]
    given = frames.pop(WHOLE, None)
    if not frames:
        whole = counts_of(table, codebook, round_name)[0] if given is None else given
        return Return(whole, None, {}), tuple(found)
    units = side_by_side(frames)
    if given is not None and not found:
        found += _sum_problems(file, units, given)
    return Return(units.whole, units, rows), tuple(found)


def _of_unit(problem: Problem, unit: str) -> Problem:
    """A problem that has no row says which unit it is about."""
    if problem.row is not None or unit == WHOLE:
        return problem
    return replace(problem, message=f"{unit}: {problem.message}")


def _parts(
    table: TextTable, problems: list[Problem]
) -> tuple[dict[str, TextTable], dict[str, int]]:
    """The rows of each unit as a table of their own, and where each begins."""
    at = table.header.index("unit")
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for number, cells in table.rows:
        unit = cells[at].strip()
        if unit not in rows and unit not in RESERVED:
            others = {each: None for each in rows if each not in RESERVED}
            for column, message, fix in name_faults(unit, others):
                problems.append(Problem(table.file, number, column, message, fix))
        rows.setdefault(unit, []).append((number, cells))
    first = {unit: each[0][0] for unit, each in rows.items()}
    return {unit: replace(table, rows=tuple(each)) for unit, each in rows.items()}, first


def _sum_problems(file: str, units: UnitCounts, given: pd.DataFrame) -> list[Problem]:
    """Where the rows of "all" are not what the units add to."""
    sums = dict(zip(_keys(units.whole), units.whole["n"], strict=True))
    said = dict(zip(_keys(given), given["n"], strict=True))
    return [
        Problem(
            file,
            None,
            "n",
            f'The units add to {sums.get(key, 0)} at {key[0]} {_level(key)}, "{WHOLE}" has {n}.',
            f'Correct one of them, or leave the rows of "{WHOLE}" out.',
        )
        for key in {**said, **sums}
        if (n := said.get(key, 0)) != sums.get(key, 0)
    ]


def _level(key: tuple[Any, ...]) -> str:
    return str(key[2] if key[1] is None else key[1])
