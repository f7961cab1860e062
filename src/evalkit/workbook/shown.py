"""A frequency as a data frame that shows itself as the report's table and chart."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language
from evalkit.present import html, tables
from evalkit.present.sentences import sentences
from evalkit.present.words import word
from evalkit.release import release_internally
from evalkit.workbook.blocks import block


class FrequencyFrame(pd.DataFrame):
    """The rows of a frequency. Anything worked out from it is an ordinary frame.

    `table` is the frequency itself, with its bases, mean, sd and median.
    """

    _metadata: ClassVar[list[str]] = ["table", "language"]
    table: Frequency | None = None
    language: Language

    @classmethod
    def of(cls, table: Frequency, language: Language) -> FrequencyFrame:
        """The frame of a frequency."""
        frame = cls(table.frame())
        frame.table = table
        frame.language = language
        return frame

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        """Table and chart with true figures, said to be internal."""
        from evalkit.present import charts

        if self.table is None:
            return str(pd.DataFrame(self)._repr_html_())  # type: ignore[operator]
        released = release_internally(self.table)
        parts = [
            html.paragraph(word("internal_banner", self.language), "banner"),
            tables.frequency_table(released, self.language),
            charts.bar_chart(released, self.language),
            html.paragraph(html.escape(sentences(released, self.language)), "finding"),
        ]
        return block(f'<div data-edition="internal">{"".join(parts)}</div>', styled=True)
