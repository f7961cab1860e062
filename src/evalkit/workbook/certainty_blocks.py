"""How sure the figures of a round are, and who did not answer, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class CertaintyBlocks:
    """How sure the figures of a round are: intervals, weights, and who did not answer."""

    report: Report

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from ()
