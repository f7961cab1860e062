"""budget.csv: posts with budget and outcome, each in the unit of its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evalkit.codebook import Text, normal
from evalkit.delimited import TextTable, read_table
from evalkit.errors import Problem, nearest
from evalkit.goals.amounts import number

KRONOR: Mapping[str, int] = {"kr": 1, "tkr": 1000, "mkr": 1_000_000, "mnkr": 1_000_000}
"""Units of money that can be made of one another, in kronor."""
SUMS = frozenset({"summa", "totalt", "total", "sum", "totalsumma"})
MISSING = frozenset({"", "..", "-", "–"})


@dataclass(frozen=True)
class Post:
    """One row: what is in the file, None where it is missing. A written 0 is 0."""

    label: Text
    budget: Fraction | None
    outcome: Fraction | None
    row: int
    is_sum: bool = False


@dataclass(frozen=True)
class Budget:
    """The posts in the order of the file, the sum row apart; the units are those of the headings.

    `factor` is how many units of the budget one unit of the outcome is.
    """

    posts: tuple[Post, ...]
    total: Post | None
    budget_unit: str
    outcome_unit: str
    factor: Fraction = Fraction(1)

    @property
    def converted(self) -> bool:
        """Whether the outcome is told in another unit than the budget."""
        return self.factor != 1


def read_budget(path: Path, file: str) -> tuple[Budget | None, tuple[Problem, ...]]:
    """The budget of a file, and every fault in it; None where there is none to be read.

    Raises `EvalkitError` when the file cannot be read at all.
    """
    table = read_table(path, file, ("post",), ("post_en",))
    problems: list[Problem] = []
    columns = {each: _column(table, each, file, problems) for each in ("budget", "outcome")}
    if problems:
        return None, tuple(problems)
    units = {each: heading.split("_", 1)[1] for each, heading in columns.items()}
    factor = _factor(units["budget"], units["outcome"])
    if factor is None:
        message = f"{units['outcome']} cannot be made into {units['budget']}."
        fix = f"Write both in one unit; kr, tkr and mnkr are known: budget_{units['outcome']}."
        return None, (Problem(file, 1, columns["outcome"], message, fix),)
    rows = [_post(n, row, columns, file, problems) for n, row in table.records()]
    kept = [each for each in rows if each is not None]
    sums = [each for each in kept if each.is_sum]
    posts = tuple(each for each in kept if not each.is_sum)
    problems += _row_problems(file, posts, sums)
    if not posts and not problems:
        problems.append(Problem(file, None, None, "The file has no post.", "Write a row a post."))
    total = sums[0] if sums else None
    budget = Budget(posts, total, units["budget"], units["outcome"], factor)
    problems += _sum_problems(file, budget, columns)
    return budget, tuple(problems)


def _column(table: TextTable, kind: str, file: str, problems: list[Problem]) -> str:
    """The heading of a kind, such as budget_tkr."""
    found = [each for each in table.header if re.fullmatch(rf"{kind}_\w+", each)]
    if len(found) == 1:
        return found[0]
    if found:
        message, fix = f"There are {len(found)} columns of the {kind}.", "Keep one of them."
    else:
        message = f"There is no column of the {kind} with its unit."
        fix = f"Call it {kind}_tkr or {kind}_kr. {nearest(f'{kind}_tkr', table.header)}"
    problems.append(Problem(file, 1, found[1] if found else f"{kind}_…", message, fix))
    return ""


def _factor(budget: str, outcome: str) -> Fraction | None:
    if normal(budget) == normal(outcome):
        return Fraction(1)
    one, other = KRONOR.get(normal(outcome)), KRONOR.get(normal(budget))
    return None if one is None or other is None else Fraction(one, other)


def _post(
    at: int, row: Mapping[str, str], columns: Mapping[str, str], file: str, problems: list[Problem]
) -> Post | None:
    if not any(row.values()):
        return None
    label = Text(row["post"], row.get("post_en", ""))
    if not label.sv:
        problems.append(Problem(file, at, "post", "The post has no name.", "Write one."))
    figures = [_figure(at, row, columns[each], file, problems) for each in ("budget", "outcome")]
    return Post(label, figures[0], figures[1], at, normal(label.sv) in SUMS)


def _figure(
    at: int, row: Mapping[str, str], heading: str, file: str, problems: list[Problem]
) -> Fraction | None:
    text = row[heading]
    if text in MISSING:
        return None
    found = number(text)
    if found is None:
        unit = heading.split("_", 1)[1]
        message = f'"{text}" is no number of {unit}.'
        fix = "Write digits alone, or leave the cell empty where the figure is missing."
        problems.append(Problem(file, at, heading, message, fix))
    return found


def _row_problems(file: str, posts: Sequence[Post], sums: Sequence[Post]) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for each in posts:
        name = normal(each.label.sv)
        if name and name in seen:
            message = f'The post "{each.label.sv}" stands there twice.'
            problems.append(Problem(file, each.row, "post", message, "Add them, or rename one."))
        seen.add(name)
    if len(sums) > 1:
        message = "There are two rows with a sum."
        problems.append(Problem(file, sums[1].row, "post", message, "Keep one of them."))
    return problems


def _sum_problems(file: str, budget: Budget, columns: Mapping[str, str]) -> list[Problem]:
    """A sum that is not what its parts add to. Parts that are missing are not taken for 0."""
    if budget.total is None:
        return []
    problems = []
    stated = {"budget": budget.total.budget, "outcome": budget.total.outcome}
    for kind, total in stated.items():
        parts = [each.budget if kind == "budget" else each.outcome for each in budget.posts]
        known = [each for each in parts if each is not None]
        if total is None or not known or len(known) < len(parts) or sum(known) == total:
            continue
        message = f"The sum is {plain(total)}, and the posts add to {plain(sum(known))}."
        fix = "Correct the one that is wrong; the report says that they differ."
        problems.append(Problem(file, budget.total.row, columns[kind], message, fix, "warning"))
    return problems


def plain(value: Fraction | int) -> str:
    """A number as it would be typed, such as 720 or 1.771."""
    return f"{float(value):.12g}"
