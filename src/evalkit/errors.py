"""One family of errors: each says where the fault is, what it is and what to do.

A mistake in a user's file is a `Problem`. Readers collect every problem they can see and raise
them together in one `EvalkitError`, so that a person mends a file once and not line by line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one place.

    `row` counts from 1 as a spreadsheet does (the heading is row 1); `column` is the heading's text
    or a field's name. Either is None where the whole file is meant.
    """

    file: str
    row: int | None
    column: str | None
    message: str
    fix: str = ""
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """Where the fault is: `file, row 3, column "q01"`."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f'column "{self.column}"')
        return ", ".join(parts)

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} {self.fix}" if self.fix else text


class EvalkitError(Exception):
    """A mistake that the user can mend; `problems` has at least one entry."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def fault(message: str, fix: str = "", *, file: str = "", row: int | None = None) -> EvalkitError:
    """The error for a single fault."""
    return EvalkitError(Problem(file, row, None, message, fix))


def raise_if_any(problems: Sequence[Problem]) -> None:
    """Raise one error with all of `problems` when one of them is more than a warning."""
    if any(problem.severity == "error" for problem in problems):
        raise EvalkitError(problems)


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known word closest to `name`, or lists what there is.

    Closeness is `difflib.SequenceMatcher.ratio` without regard to case; of equals, the first.
    """
    names = [str(each) for each in known]
    if names:
        ratios = [_ratio(name, each) for each in names]
        if max(ratios) >= _CLOSE:
            return f'Did you mean "{names[ratios.index(max(ratios))]}"?'
    if not names:
        return "There is none."
    listed = ", ".join(names[:12])
    return f"There is: {listed}{', …' if len(names) > len(names[:12]) else ''}."


_CLOSE = 0.5


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio()
