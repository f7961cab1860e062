"""How answers differ between groups, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class GroupBlocks:
    """How answers differ between groups."""

    report: Report

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from ()
