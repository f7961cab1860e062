"""Responses → counts: the only place that counts, and how counts are read and written.

A frame of counts has one row for each answer that could be given, also when nobody gave it, with
the columns `COLUMNS`: `round, unit, item, value, status, n`, and columns for groups between `unit`
and `item` when asked for. `value` is a nullable integer, missing where the status has no code; it
is a nullable float when a numeric item has a number that is not whole. Of a numeric item there is
a row for each number that was given.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.codebook import RANKINGS, STATUSES, Codebook, Item
from evalkit.delimited import TextTable, read_table
from evalkit.errors import Problem, nearest
from evalkit.frame import WHOLE
from evalkit.intake import Level, Responses
from evalkit.intake.numbers import read_number
from evalkit.intake.ranks import ties_and_gaps
from evalkit.intake.responses import (
    RANKING_LEVELS,
    SET_LEVELS,
    WRITTEN,
    Number,
    level_key,
    levels_of,
    option_levels,
    ranked_levels,
)

COLUMNS = ("round", "unit", "item", "value", "status", "n")

_BINS = 1 << 16
"""As many bins as a joint code of 16 bits can name; passes over 16 bits are the cheapest."""


def tally(
    codes: Sequence[NDArray[np.integer[Any]]],
    sizes: Sequence[int],
    group: NDArray[np.integer[Any]] | None = None,
    groups: int = 1,
) -> list[NDArray[np.int64]]:
    """Count integer codes: for each item an array of shape (groups, sizes[item]).

    `codes[item]` and `group` have shape (n,); codes lie in 0 … size − 1, groups in 0 … groups − 1.
    Several items are counted in one pass over a joint code and summed apart afterwards, as long as
    the joint table fits the cache: the passes over the respondents are what costs.
    """
    tables: list[NDArray[np.int64]] = []
    most = min(_BINS, len(codes[0])) if codes else 0  # more bins than respondents do not pay
    for first, last in _bundles(sizes, groups, most):
        bundle = list(sizes[first:last])
        joint = _joint(codes[first:last], bundle, group, groups)
        counted = np.bincount(joint, minlength=groups * int(np.prod(bundle)))
        cube = counted.reshape(groups, *bundle)
        for axis in range(1, len(bundle) + 1):
            others = tuple(each for each in range(1, len(bundle) + 1) if each != axis)
            tables.append(cube.sum(axis=others))
    return tables


def _bundles(sizes: Sequence[int], groups: int, most: int) -> list[tuple[int, int]]:
    """Runs of items, as (first, last), whose joint table has at most `most` bins."""
    bundles: list[tuple[int, int]] = []
    first, bins = 0, groups
    for at, size in enumerate(sizes):
        if at > first and bins * size > most:
            bundles.append((first, at))
            first, bins = at, groups
        bins *= size
    return [*bundles, (first, len(sizes))] if sizes else []


def _joint(
    codes: Sequence[NDArray[np.integer[Any]]],
    sizes: Sequence[int],
    group: NDArray[np.integer[Any]] | None,
    groups: int,
) -> NDArray[np.integer[Any]]:
    """One code for each combination of group and answers; in 16 bits where that is enough."""
    small = groups * int(np.prod(sizes)) <= _BINS
    kind = np.dtype(np.uint16 if small else np.intp)
    joint: NDArray[Any] = np.zeros(len(codes[0]), kind) if group is None else group.astype(kind)
    for code, size in zip(codes, sizes, strict=True):
        joint *= kind.type(size)
        np.add(joint, code, out=joint, dtype=kind, casting="unsafe")
    return joint


def count(
    responses: Responses,
    round_name: str,
    unit: str = WHOLE,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Count every item of `responses`; with `by`, within each combination of those items' answers.

    A `by` column holds the answer's code as text, or its status where there is no code.
    """
    items = [name for name in responses.codes if name not in by]
    sizes = [len(responses.levels[name]) for name in items]
    names = [[level_key(level) for level in responses.levels[each]] for each in by]
    combinations = list(itertools.product(*names))
    group = None
    if by:
        by_sizes = [len(responses.levels[each]) for each in by]
        group = _joint([responses.codes[each] for each in by], by_sizes, None, 1)
    tables = tally([responses.codes[each] for each in items], sizes, group, len(combinations))
    rows = [
        (round_name, unit, *combination, name, level.value, level.status, int(table[at, code]))
        for name, table in zip(items, tables, strict=True)
        for at, combination in enumerate(combinations)
        for code, level in enumerate(responses.levels[name])
    ]
    return _frame(rows, by)


def _frame(rows: list[tuple[Any, ...]], by: Sequence[str] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*COLUMNS[:2], *by, *COLUMNS[2:]])
    whole = not any(isinstance(row[-3], float) for row in rows)
    return frame.astype({"value": "Int64" if whole else "Float64", "n": "int64"})


def written(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts as they are written to a file: 3 and 2.5, also where a column holds both."""
    if counts["value"].dtype != "Float64":
        return counts
    values = [None if pd.isna(each) else plain_number(each) for each in counts["value"]]
    return counts.assign(value=pd.Series(values, index=counts.index, dtype=object))


def plain_number(value: float) -> Number:
    """The same number, as an int where it is whole."""
    return int(value) if value == int(value) else float(value)


def add(*frames: pd.DataFrame) -> pd.DataFrame:
    """Counts of several units or files as one; rows that mean the same are added.

    A number that only a later frame has stands with its item, after what the first has.
    """
    together = pd.concat(frames, ignore_index=True)
    keys = [each for each in together.columns if each != "n"]
    summed = together.groupby(keys, sort=False, dropna=False, as_index=False).agg({"n": "sum"})
    of_item = [each for each in keys if each not in ("value", "status")]
    place = summed.groupby(of_item, sort=False, dropna=False).ngroup().to_numpy()
    return summed.iloc[np.argsort(place, kind="stable")][list(together.columns)].reset_index(
        drop=True
    )


def levels(codebook: Codebook, item: Item) -> tuple[Level, ...]:
    """The levels that `item` can have, in the order in which they are shown.

    Of a numeric item those that are no numbers.
    """
    if item.kind == "multiple":
        return SET_LEVELS
    if item.kind in RANKINGS:
        return RANKING_LEVELS
    if item.kind == "ranked":
        return ranked_levels(len(codebook.parts(codebook.item(item.part_of))))
    scale = codebook.scale(item)
    if item.kind == "open":
        return (WRITTEN, *levels_of(scale))
    return option_levels(scale) if item.kind == "option" else levels_of(scale)


Found = dict[tuple[str, Level], int]
"""The counts of a file: (item, level) → n."""


def read_counts(
    path: Path, file: str, codebook: Codebook, round_name: str, units: int | None = None
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Read a file with the headings `item, value, status, n`: the counts, and every fault in it.

    An answer of a scale that has no row was given by nobody. `units` is how many took part, where
    that is known otherwise than by the items that everybody has a row for; of a set with the base
    `units`, only ticks are written, and the rest of the units have not ticked. Raises
    `EvalkitError` when the file cannot be read at all.
    """
    table = read_table(path, file, ("item", "value", "status", "n"))
    return counts_of(table, codebook, round_name, units)


def counts_of(
    table: TextTable, codebook: Codebook, round_name: str, units: int | None = None
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """The counts in a table with these headings, and every fault in it."""
    problems: list[Problem] = []
    found = _cells(table, codebook, problems)
    problems += _complete_ticks(table.file, codebook, found, units)
    _complete_orders(codebook, found)
    rows = []
    for item in codebook.counted:
        known = levels(codebook, item)
        extra = [level for name, level in found if name == item.name and level not in known]
        ordered = (*_ascending(extra), *known) if item.kind == "numeric" else (*known, *extra)
        rows += [
            (round_name, WHOLE, item.name, *level, found.get((item.name, level), 0))
            for level in ordered
        ]
    problems += _uneven(table.file, codebook, found)
    return _frame(rows), tuple(problems)


def _ascending(levels: Sequence[Level]) -> list[Level]:
    """Numbers in order, then what is none."""
    return sorted(levels, key=lambda level: (level.value is None, level.value or 0))


def _sums(codebook: Codebook, found: Found) -> dict[str, int]:
    sums = {item.name: 0 for item in codebook.counted}
    for (name, _), n in found.items():
        sums[name] += n
    return sums


def _complete_ticks(
    file: str, codebook: Codebook, found: Found, units: int | None
) -> Iterator[Problem]:
    """Write in `found` how many units did not tick each option of a set with the base `units`."""
    sums = _sums(codebook, found)
    ticked = [
        each
        for head in codebook.items.values()
        if head.base == "units"
        for each in codebook.parts(head)
    ]
    others = [sums[each.name] for each in codebook.counted if _by_everybody(codebook, each)]
    total = max(others, default=0) or units
    for option in ticked:
        n = found.get((option.name, Level(1, "valid")), 0)
        if total is None:
            message = f"How many units {option.part_of} was put to is not known."
            fix = "Write `responded` of the round in study.yaml."
            yield Problem(file, None, "n", message, fix)
            return
        if n > total:
            message = f"{n} have ticked {option.name}, and there are {total}."
            yield Problem(file, None, "n", message, "Correct the count, or those of other items.")
        elif sums[option.name] == n:
            found[option.name, Level(0, "valid")] = total - n


def _by_everybody(codebook: Codebook, item: Item) -> bool:
    """Whether the counts of an item add to the number of respondents as they stand in a file."""
    head = _of(codebook, item)
    return head.kind != "priority" and head.base != "units"


def _complete_orders(codebook: Codebook, found: Found) -> None:
    """Write in `found` of what kind the order of one body is, where the file does not say so."""
    for head in codebook.counted:
        options = codebook.parts(head)
        if head.kind != "priority" or any(name == head.name for name, _ in found):
            continue
        ranks = [_only_rank(found, option) for option in options]
        given = np.array([[each or 0 for each in ranks]], np.int16)
        if None not in ranks and given.any():
            ties, gaps = ties_and_gaps(given)
            kind = 1 + int(ties[0]) + 2 * int(gaps[0])
            found[head.name, Level(kind, "valid")] = 1


def _only_rank(found: Found, option: Item) -> int | None:
    """The rank that one body gave an option, 0 for none; None where several bodies are counted."""
    given = {level: n for (name, level), n in found.items() if name == option.name and n}
    level = next(iter(given), None)
    one = len(given) == 1 and sum(given.values()) == 1
    if not one or level is None or level.status != "valid" or level.value is None:
        return None
    return int(level.value)


def _cells(table: TextTable, codebook: Codebook, problems: list[Problem]) -> Found:
    found: Found = {}
    for number, row in table.records():
        at = len(problems)
        problems += _cell_problems(table.file, number, row, codebook)
        if len(problems) > at:
            continue
        value = read_number(row["value"])
        status = next(each for each in STATUSES if each == row["status"])
        key = (row["item"], Level(value, status))
        if key in found:
            message = f"{row['item']} {row['value']} {row['status']} stands there twice."
            problems.append(Problem(table.file, number, "item", message, "Remove one of them."))
        found[key] = int(row["n"])
    return found


def _cell_problems(
    file: str, number: int, row: Mapping[str, str], codebook: Codebook
) -> list[Problem]:
    counted = {item.name: item for item in codebook.counted}
    if row["item"] not in counted:
        message, fix = f'There is no item "{row["item"]}".', nearest(row["item"], counted)
        return [Problem(file, number, "item", message, fix)]
    problems = []
    if row["status"] not in STATUSES:
        message, fix = f'"{row["status"]}" is not a status.', nearest(row["status"], STATUSES)
        problems.append(Problem(file, number, "status", message, fix))
    if not (row["n"].isascii() and row["n"].isdigit() and len(row["n"]) <= 15):
        fix = "Write how many gave the answer."
        problems.append(Problem(file, number, "n", f'"{row["n"]}" is not a count.', fix))
    fault = _value_fault(row, codebook, counted[row["item"]])
    return [*problems, *([Problem(file, number, *fault)] if fault else [])]


def _value_fault(
    row: Mapping[str, str], codebook: Codebook, item: Item
) -> tuple[str, str, str] | None:
    """What is wrong with an answer: column, message and what to do."""
    value, status = row["value"], row["status"]
    known = levels(codebook, item)
    statuses = {str(level.value): level.status for level in known if level.value is not None}
    if value in statuses:
        if statuses[value] != status:
            message = f"The answer {value} of {item.name} is {statuses[value]}."
            return "status", message, "Write that status, or leave the value empty."
        return None
    given = read_number(value) if item.kind == "numeric" else None
    if given is not None and (status != "valid" or str(given) in statuses):
        message = f"The number {value} of {item.name} cannot be {status}."
        return "status", message, "Write valid, or give the code a row in scales.csv."
    if given is None and (value or status == "valid"):
        return "value", f'"{value}" is not an answer of {item.name}.', nearest(value, statuses)
    return None


def _uneven(file: str, codebook: Codebook, found: Found) -> list[Problem]:
    """Every item was put to the same respondents, so the statuses of each add to the same sum.

    The order of one body is not about respondents; it adds to the bodies that it is of.
    """
    sums = _sums(codebook, found)
    groups = [[each for each in codebook.counted if _of(codebook, each).kind != "priority"]]
    groups += [
        [each for each in codebook.counted if _of(codebook, each) == head]
        for head in codebook.counted
        if head.kind == "priority"
    ]
    return [
        Problem(
            file,
            None,
            "n",
            f"The counts of {item.name} add to {sums[item.name]}, those of other items to {most}.",
            "Add the missing rows, also for no_answer and not_asked.",
        )
        for group in groups
        for most in [max((sums[each.name] for each in group), default=0)]
        for item in group
        if sums[item.name] != most
    ]


def _of(codebook: Codebook, item: Item) -> Item:
    """The grid, set or ranking that an item is a part of, or else itself."""
    return codebook.items.get(item.part_of, item)
