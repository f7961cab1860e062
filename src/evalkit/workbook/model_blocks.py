"""Models of an ordered item on background items, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalkit.codebook import Text
from evalkit.present import html, tables
from evalkit.present.models import model_findings, model_notes, names_text
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.estimates import release_model
from evalkit.workbook.blocks import Block
from evalkit.workbook.estimates import model_of
from evalkit.workbook.group_blocks import GroupBlocks
from evalkit.workbook.pages import Report
from evalkit.workbook.respondents import why_not


@dataclass(frozen=True, repr=False)
class ModelBlocks:
    """The models that study.yaml declares."""

    report: Report
    groups: GroupBlocks

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<models of {self.report.study.name}, {self.report.cover.subtitle}>"

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        models = self.report.study.settings.models
        yield from ["modeller"] if models else []
        yield from (f"modell-{at}" for at in range(1, len(models) + 1))

    def all(self) -> Block:
        """Every model: what its odds ratios say, in words and as a table."""
        models, language = self.report.study.settings.models, self.report.language
        if not models:
            return Block("models", "")
        title = html.heading(2, word("models", language), "modeller")
        lead = html.paragraph(word("models_lead", language))
        content = "".join(
            self._model(each.item, each.on, f"modell-{at}")
            for at, each in enumerate(models, start=1)
        )
        return Block("models", f'<section class="models">{title}{lead}{content}</section>')

    def _model(self, item: str, on: Sequence[str], ident: str) -> str:
        language = self.report.language
        name = names_text(self._title(item), [self._title(each) for each in on], language)
        heading = html.heading(3, word("model_title", language, name=html.escape(name)), ident)
        content = self._content(item, on, ident)
        return f'<section class="item">{heading}{content}</section>'

    def _title(self, name: str) -> Text:
        codebook = self.report.study.codebook
        return codebook.title(codebook.items[name])

    def _content(self, item: str, on: Sequence[str], ident: str) -> str:
        report, language = self.report, self.report.language
        reason = why_not(report.study, report.data, (item, *on))
        if reason:
            return html.paragraph(word(f"model_why_{reason}", language), "note")
        found = model_of(report.study, report.data, item, on)
        kept = any(item in self.groups.kept_back_by(each) for each in on)
        released = release_model(found, report.released.rule, kept)
        if opened(released) is None:
            least = whole(released.rule.min_respondents, language)
            return html.paragraph(word("model_withheld", language, least=least), "note withheld")
        parts = [
            html.paragraph(html.escape(each), "finding")
            for each in model_findings(released, language)
        ]
        table = tables.model_table(released, f"{ident}-tabell", language)
        if table:
            figures = tables.model_csv(released, language)
            link = html.data_link(word("download_model", language), figures, f"{ident}.csv")
            parts += [table, link]
        parts += [
            html.paragraph(html.escape(each), "note") for each in model_notes(released, language)
        ]
        return "".join(parts)
