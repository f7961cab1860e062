"""What to do about a cell that is no answer: the line of the data log that declares it."""

from __future__ import annotations

from evalkit.codebook import Item
from evalkit.datalog import FILE, line_for
from evalkit.intake.personal import unsaid


def how_to_declare(item: Item, cell: str) -> str:
    """The line to write, without personal data that the cell may hold."""
    return f"declare it in {FILE}: {line_for(item, unsaid(cell, len(cell)))}"
