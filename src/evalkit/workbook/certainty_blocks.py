"""How sure the figures of a round are, and who did not answer, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from evalkit.analysis.certainty import Certainty
from evalkit.analysis.nonresponse import Nonresponse
from evalkit.analysis.tables import Tables
from evalkit.codebook import slug
from evalkit.present import charts, html, tables
from evalkit.present.certainty import certainty_findings, certainty_lead, certainty_notes
from evalkit.present.nonresponse import nonresponse_finding, nonresponse_notes
from evalkit.present.numbers import whole
from evalkit.present.weighted import weighted_finding, weights_lead, weights_notes
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import (
    ShownCertainty,
    ShownNonresponse,
    ShownWeighted,
    release_certainty,
    release_nonresponse,
    release_weighted,
)
from evalkit.workbook.blocks import Block
from evalkit.workbook.estimates import weighted_of, why_not_weighted
from evalkit.workbook.group_blocks import GroupBlocks
from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class CertaintyBlocks:
    """How sure the figures of a round are: intervals, weights, and who did not answer.

    `found`, `true` and `answered` have true figures; what is shown comes from `released`,
    `released_nonresponse` and `released_weighted`.
    """

    report: Report
    groups: GroupBlocks
    found: Certainty
    true: Tables
    answered: tuple[Nonresponse, ...] = ()

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<how sure {self.report.study.name} is, {self.report.cover.subtitle}>"

    @cached_property
    def released(self) -> Released[ShownCertainty]:
        """The intervals that may be shown."""
        return release_certainty(self.found, self.report.released)

    @cached_property
    def released_nonresponse(self) -> tuple[Released[ShownNonresponse], ...]:
        """Who answered, as it may be shown."""
        rule, rates = self.report.released.rule, self.report.unit_rates
        rows = () if rates is None or rates.content is None else rates.content.rows
        units = frozenset(row.name for row in rows if row.hidden)
        return tuple(
            release_nonresponse(each, rule, units if each.key == "unit" else frozenset())
            for each in self.answered
        )

    @cached_property
    def released_weighted(self) -> Released[ShownWeighted]:
        """The weighted figures that may be shown."""
        report = self.report
        found = weighted_of(report.study, report.data, self.true)
        kept = [self.groups.kept_back_by(each.name) for each in found.weights.to]
        return release_weighted(found, report.released, frozenset().union(*kept))

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
        if self.answered:
            yield "vilka-svarade"
        if self.report.study.settings.weighting is not None:
            yield "vagda-siffror"

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

    def who_answered(self) -> Block:
        """Who answered against all who were invited, by unit and by what is known of them."""
        if not self.answered:
            return Block("who answered", "")
        language = self.report.language
        title = html.heading(2, word("frame", language), "vilka-svarade")
        lead = html.paragraph(word("frame_lead", language))
        content = "".join(
            self._answered_by(each, released)
            for each, released in zip(self.answered, self.released_nonresponse, strict=True)
        )
        return Block("who answered", f'<section class="frame">{title}{lead}{content}</section>')

    def _answered_by(self, found: Nonresponse, released: Released[ShownNonresponse]) -> str:
        language, ident = self.report.language, f"vilka-svarade-{slug(found.key)}"
        label = html.in_language(found.title, language)
        heading = html.heading(3, word("frame_title", language, title=label), ident)
        if opened(released) is None:
            least = whole(released.rule.min_respondents, language)
            note = html.paragraph(word("frame_withheld", language, least=least), "note withheld")
            return f'<section class="item">{heading}{note}</section>'
        finding = nonresponse_finding(released, language)
        parts = _paragraphs((finding,) if finding else (), "finding")
        parts.append(tables.frame_table(released, f"{ident}-tabell", language))
        figures = tables.frame_csv(released, language)
        parts.append(html.data_link(word("download_frame", language), figures, f"{ident}.csv"))
        parts += _paragraphs(nonresponse_notes(released, language), "note")
        return f'<section class="item">{heading}{"".join(parts)}</section>'

    def weights(self) -> Block:
        """Weighted figures beside the unweighted, where study.yaml asks for them."""
        study, language = self.report.study, self.report.language
        if study.settings.weighting is None:
            return Block("weights", "")
        title = html.heading(2, word("weights", language), "vagda-siffror")
        reason = why_not_weighted(study, self.report.data)
        content = (
            html.paragraph(word(f"weights_why_{reason}", language), "note")
            if reason
            else self._weights()
        )
        return Block("weights", f'<section class="weights">{title}{content}</section>')

    def _weights(self) -> str:
        language, released = self.report.language, self.released_weighted
        shown = opened(released)
        if shown is None:
            least = whole(released.rule.min_respondents, language)
            return html.paragraph(word("weights_withheld_all", language, least=least), "note")
        parts = _paragraphs((weights_lead(shown.weights, language),), "")
        finding = weighted_finding(released, language)
        parts += _paragraphs((finding,) if finding else (), "finding")
        if shown.rows:
            parts.append(tables.weighted_table(released, "vagda-siffror-tabell", language))
            figures = tables.weighted_csv(released, language)
            link = word("download_weights", language)
            parts.append(html.data_link(link, figures, "vagda-siffror.csv"))
        parts += _paragraphs(weights_notes(released, language), "note")
        return "".join(parts)


def _paragraphs(texts: tuple[str, ...], kind: str) -> list[str]:
    return [html.paragraph(html.escape(each), kind) for each in texts]
