"""How sure the figures of a round are, and who did not answer, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from evalkit.analysis.certainty import Certainty, certainty
from evalkit.analysis.tables import Tables
from evalkit.estimate_release import ShownCertainty, release_certainty
from evalkit.present import charts, html, tables
from evalkit.present.certainty import certainty_findings, certainty_lead, certainty_notes
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.study import Study
from evalkit.workbook.blocks import Block
from evalkit.workbook.pages import Report
from evalkit.workbook.sources import RoundData


def certainty_of(study: Study, data: RoundData, true: Tables) -> Certainty:
    """The intervals of every item of a round, with true figures.

    The item that tells the unit is left out where the frame tells how many were invited in each.
    """
    name = data.round_name
    known = [study.settings.unit] if name in study.frames else []
    called = study.settings.respondents.text
    return certainty(true, data.counts, study.population(name), known, called)


@dataclass(frozen=True, repr=False)
class CertaintyBlocks:
    """How sure the figures of a round are: intervals, weights, and who did not answer.

    `found` has true figures; what is shown comes from `released`.
    """

    report: Report
    found: Certainty

    @cached_property
    def released(self) -> Released[ShownCertainty]:
        """The intervals that may be shown."""
        return release_certainty(self.found, self.report.released)

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield "sakerhet"
        shown = opened(self.released)
        if shown is not None and any(row.shares for row in shown.rows):
            yield "sakerhet-diagram"
            yield "sakerhet-andelar-text"
        if shown is not None and any(row.mean for row in shown.rows):
            yield "sakerhet-medel-text"

    def intervals(self) -> Block:
        """How sure shares and means are: lead, finding, chart, tables, CSV and notes."""
        language = self.report.language
        title = html.heading(2, word("certainty", language), "sakerhet")
        if opened(self.released) is None:
            content = html.paragraph(word("certainty_none", language), "note withheld")
            return Block("certainty", f'<section class="certainty">{title}{content}</section>')
        found = self.released
        parts = [html.paragraph(html.escape(each)) for each in certainty_lead(found, language)]
        parts += _paragraphs(certainty_findings(found, language), "finding")
        parts.append(f'<div class="overview">{charts.interval_chart(found, language)}</div>')
        parts += [tables.shares_table(found, language), tables.means_table(found, language)]
        figures = tables.certainty_csv(found, language)
        parts.append(html.data_link(word("download_certainty", language), figures, "sakerhet.csv"))
        parts += _paragraphs(certainty_notes(found, language), "note")
        return Block("certainty", f'<section class="certainty">{title}{"".join(parts)}</section>')


def _paragraphs(texts: tuple[str, ...], kind: str) -> list[str]:
    return [html.paragraph(html.escape(each), kind) for each in texts]
