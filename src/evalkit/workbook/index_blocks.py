"""Indices of several items, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.codebook import slug
from evalkit.present import html, tables
from evalkit.present.indices import index_findings, index_notes
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.estimates import release_index
from evalkit.workbook.blocks import Block
from evalkit.workbook.estimates import index_of
from evalkit.workbook.pages import Report
from evalkit.workbook.respondents import why_not


@dataclass(frozen=True, repr=False)
class IndexBlocks:
    """The indices that study.yaml declares."""

    report: Report

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<indices of {self.report.study.name}, {self.report.cover.subtitle}>"

    @property
    def names(self) -> tuple[str, ...]:
        """The indices by name."""
        return tuple(self.report.study.settings.indices)

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from ["index"] if self.names else []
        yield from (html.anchor("index", name) for name in self.names)

    def all(self) -> Block:
        """Every index: how its items go together, in words and as a table."""
        if not self.names:
            return Block("indices", "")
        language = self.report.language
        title = html.heading(2, word("indices", language), "index")
        lead = html.paragraph(word("indices_lead", language))
        content = "".join(self._index(each) for each in self.names)
        return Block("indices", f'<section class="indices">{title}{lead}{content}</section>')

    def _index(self, name: str) -> str:
        report, language = self.report, self.report.language
        wanted = report.study.settings.indices[name]
        label = wanted.label.text if wanted.label.sv or wanted.label.en else None
        shown = html.escape(name) if label is None else html.in_language(label, language)
        ident = f"index-{slug(name)}"
        heading = html.heading(3, word("index_title", language, label=shown), ident)
        return f'<section class="item">{heading}{self._content(name, ident)}</section>'

    def _content(self, name: str, ident: str) -> str:
        report, language = self.report, self.report.language
        study, data = report.study, report.data
        reason = why_not(study, data, study.settings.indices[name].items)
        if reason:
            return html.paragraph(word(f"index_why_{reason}", language), "note")
        released = release_index(index_of(study, data, name), report.released.rule)
        if opened(released) is None:
            least = whole(2 * released.rule.min_respondents, language)
            return html.paragraph(word("index_withheld", language, least=least), "note withheld")
        parts = [
            html.paragraph(html.escape(each), "finding")
            for each in index_findings(released, language)
        ]
        parts.append(tables.index_table(released, f"{ident}-tabell", language))
        figures = tables.index_csv(released, language)
        parts.append(html.data_link(word("download_index", language), figures, f"{ident}.csv"))
        parts += [
            html.paragraph(html.escape(each), "note") for each in index_notes(released, language)
        ]
        return "".join(parts)
