"""What the notebook about survey and themes together shows, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from evalkit.analysis.joint_display import shared_units
from evalkit.analysis.units import unit_tables
from evalkit.codebook import Language, Text
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.present import charts, html, tables
from evalkit.present.joint import crossed_findings, joint_finding
from evalkit.present.numbers import whole
from evalkit.present.themes import View
from evalkit.present.words import word, word_list
from evalkit.release import Released, opened
from evalkit.release.joint import (
    Crossed,
    CrossedUnits,
    ShownConstruct,
    release_crossed,
    release_joint_display,
)
from evalkit.release.themes import ReleasedThemes
from evalkit.release.units import ReleasedUnit, release_unit
from evalkit.workbook.blocks import Block
from evalkit.workbook.joint_sources import Joint
from evalkit.workbook.pages import Report
from evalkit.workbook.returns import unit_labels

_SURVEY, _GROUPS = "02_survey", "05_focus_groups"


@dataclass(frozen=True, repr=False)
class SynthesisReport:
    """Survey answers beside themes; `all` is the report of the survey, in the same edition.

    Everything shown comes from what `release.joints` lets through. `joint` is None where the study
    has no joint display, `themes` where its themes have no codings.
    """

    all: Report
    joint: Joint | None
    themes: ReleasedThemes | None

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<survey and themes of {self.all.study.name}, {self.all.cover.subtitle}>"

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
        yield "synteser"
        if self.joint is not None:
            yield tables.IDENT
            for at, _ in enumerate(self._tables, start=1):
                yield f"enheter-{at}"

    @cached_property
    def rows(self) -> Released[tuple[ShownConstruct, ...]]:
        """The rows of the joint display as they may be shown."""
        if self.joint is None:
            return Released((), self.all.released.rule)
        return release_joint_display(
            self.joint.display,
            self.all.study.codebook,
            self.all.codebook,
            self.all.released,
            self.themes,
            self._pseudonyms,
        )

    @cached_property
    def crossed(self) -> Released[CrossedUnits]:
        """Answers and themes unit by unit as they may be shown, or why not."""
        labels = self._unit_labels
        groups = []
        if self.themes is not None and not self.themes.disguised:
            groups = [each.name for each in View(self.themes, self.language).themes.groups]
        shared = shared_units(labels, groups)
        units = {each: self._unit(each) for each in shared}
        return release_crossed(self.rows, self.themes, shared, units, labels)

    @property
    def _unit_labels(self) -> dict[str, Text]:
        """The units in which anybody has responded; none where respondents were rebuilt."""
        data, study = self.all.data, self.all.study
        if data.units is None or study.settings.mark == "reconstructed":
            return {}
        n = dict(zip(data.units.units, data.units.respondents.tolist(), strict=True))
        labels = unit_labels(study, data.round_name, data.units)
        return {name: label for name, label in labels.items() if n.get(name)}

    def _unit(self, name: str) -> ReleasedUnit:
        report, settings = self.all, self.all.study.settings
        if report.data.units is None:
            raise TypeError("a round without units has none to release")
        called = settings.respondents.text
        found = unit_tables(report.codebook, report.data.units, name, settings.unit, called)
        return release_unit(found, report.released.rule, report.unit_rates)

    @property
    def _pseudonyms(self) -> dict[str, str]:
        codings = None if self.joint is None else self.joint.codings
        return {} if codings is None else codings.pseudonyms

    @cached_property
    def _view(self) -> View | None:
        return None if self.themes is None else View(self.themes, self.language)

    @property
    def _tables(self) -> tuple[Crossed, ...]:
        found = opened(self.crossed)
        return () if found is None else found.tables

    def about(self) -> Block:
        """What stands beside what, where the themes come from, and how to read it."""
        title = html.heading(2, word("joint", self.language), "synteser")
        if self.joint is None:
            text = html.paragraph(word("joint_none_declared", self.language), "note")
            return Block("joint", f'<section class="joint-lead">{title}{text}</section>')
        none = word("joint_not_interpreted", self.language)
        parts = [html.paragraph(html.escape(word("joint_lead", self.language, none=none)))]
        parts += [html.paragraph(each) for each in self._sources(self.joint)]
        parts.append(self._without_names(self.all.narrative("synthesis", 3)))
        items = "".join(
            f"<li>{html.escape(each)}</li>" for each in word_list("joint_read", self.language)
        )
        read = html.heading(3, word("joint_read", self.language), "synteser-lasanvisning")
        content = "".join([title, *parts, read, f"<ul>{items}</ul>"])
        return Block("joint", f'<section class="joint-lead">{content}</section>')

    def _sources(self, joint: Joint) -> Iterator[str]:
        """Sentences on where the themes come from, as HTML."""
        if joint.display.open_themes:
            yield html.escape(word("joint_themes_open", self.language))
        if joint.coded is None:
            return
        settings = joint.coded.settings
        if joint.coded.name != self.all.study.name:
            title = html.in_language(settings.title.text, self.language)
            yield self._without_names(word("joint_themes_from", self.language, title=title))
            if settings.mark:
                yield html.escape(word(f"mark_{settings.mark}", self.language))
        if joint.codings is not None:
            yield self._without_names(html.in_language(joint.codings.note.text, self.language))

    def _without_names(self, text: str) -> str:
        disguised = self.themes is not None and self.themes.disguised
        return Pseudonyms(self._pseudonyms if disguised else {}).text(text)

    def joint_display(self) -> Block:
        """Each construct: answers, themes, what was said, how they relate, and what it means."""
        if self.joint is None:
            return Block("joint display", "")
        rows, language = self.rows, self.language
        notebooks = self.all.study.settings.report
        table = tables.joint_table(
            rows,
            self._view,
            self._strips,
            language,
            item_links=_SURVEY in notebooks,
            segment_links=_GROUPS in notebooks and self.joint.coded is self.all.study,
        )
        link = html.data_link(
            word("joint_download", language), tables.joint_csv(rows, language), "samlad-bild.csv"
        )
        key = charts.strip_key(language) if self._strips else ""
        found = html.paragraph(html.escape(joint_finding(rows, language)), "finding")
        content = "".join([found, key, table, link, self._figures])
        return Block("joint display", f"<section>{content}</section>")

    @cached_property
    def _strips(self) -> dict[str, str]:
        return {
            item.item.name: charts.strip(item.table, self.language)
            for row in opened(self.rows) or ()
            for item in row.items
            if item.table is not None
        }

    @property
    def _figures(self) -> str:
        """The data of the small charts, folded away."""
        table = tables.figures_table(self.rows, self.language)
        if not table:
            return ""
        figures = tables.figures_csv(self.rows, self.language)
        text = word("joint_download_figures", self.language)
        link = html.data_link(text, figures, "svaren-i-siffror.csv")
        summary = word("joint_figures", self.language)
        return f"<details><summary>{summary}</summary>{table}{link}</details>"

    def by_unit(self) -> Block:
        """Answers by unit beside themes by group, where both are the same; else why not."""
        found, language = opened(self.crossed), self.language
        if self.joint is None or found is None:
            return Block("by unit", "")
        title = html.heading(3, word("joint_units", language), "synteser-enheter")
        if found.why or self._view is None:
            text = html.paragraph(html.escape(word(f"joint_why_{found.why}", language)), "note")
            return Block("by unit", f"<section>{title}{text}</section>")
        lead = word("joint_units_lead", language, n=whole(found.units, language))
        apart = word(
            "joint_units_apart",
            language,
            units=whole(found.units_apart, language),
            groups=whole(found.groups_apart, language),
        )
        parts = [html.paragraph(html.escape(lead)), html.paragraph(html.escape(apart), "note")]
        for at, table in enumerate(found.tables, start=1):
            parts.append(self._unit_table(table, self._view, at))
        released = [Released(each, self.crossed.rule) for each in found.tables]
        figures = tables.crossed_csv(released, self._view, language)
        link = html.data_link(word("joint_download", language), figures, "enheter-och-teman.csv")
        return Block("by unit", f"<section>{title}{''.join(parts)}{link}</section>")

    def _unit_table(self, table: Crossed, view: View, at: int) -> str:
        language, rule = self.language, self.crossed.rule
        label = html.in_language(table.construct.label, language)
        heading = html.heading(4, label, f"synteser-enheter-{at}")
        shown = tables.crossed_table(Released(table, rule), view, f"enheter-{at}", language)
        names = [view.theme(each.code) for each in table.themes]
        found = "".join(
            html.paragraph(html.escape(each), "finding")
            for each in crossed_findings(table, names, language)
        )
        note = ""
        if table.hidden:
            least = whole(rule.min_respondents, language)
            note = html.paragraph(word("joint_units_hidden", language, least=least), "note")
        return f'<div class="item">{heading}{shown}{found}{note}</div>'
