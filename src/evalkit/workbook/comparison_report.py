"""What the notebook about groups and rounds shows, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.codebook import Language
from evalkit.workbook.certainty_blocks import CertaintyBlocks
from evalkit.workbook.change_blocks import ChangeBlocks
from evalkit.workbook.group_blocks import GroupBlocks
from evalkit.workbook.index_blocks import IndexBlocks
from evalkit.workbook.model_blocks import ModelBlocks
from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class ComparisonReport:
    """How sure the figures are, how groups differ, and what changed since the last round.

    `all` is the report of the round, in the same edition and language.
    """

    all: Report
    certainty: CertaintyBlocks
    groups: GroupBlocks
    changes: ChangeBlocks
    indices: IndexBlocks
    models: ModelBlocks

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<comparisons of {self.all.study.name}, {self.all.cover.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        return self.all.cover.shown()

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.all.language

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from self.certainty.declared
        yield from self.groups.declared
        yield from self.indices.declared
        yield from self.models.declared
        yield from self.changes.declared
