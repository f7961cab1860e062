"""What changed between rounds, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.change_release import ShownChanges
from evalkit.release import Released
from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class ChangeBlocks:
    """What changed between rounds."""

    report: Report
    released: Released[ShownChanges] | None

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from ()
