"""What a notebook shows, piece by piece: each method of `Report` gives one block of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evalkit.analysis.reconcile import (
    read_published_items,
    read_published_tables,
    reconcile,
)
from evalkit.analysis.response import ResponseRate
from evalkit.analysis.tables import Tables
from evalkit.codebook import Codebook, Item, Language, Section, Text
from evalkit.present import charts, html, tables
from evalkit.present.numbers import SUPPRESSED, in_words, percent, whole
from evalkit.present.sentences import capital, overview_number
from evalkit.present.words import word, word_list
from evalkit.release import OverviewRows, Released, ReleasedTables, opened, release_reconciliation
from evalkit.release.units import RateRows
from evalkit.study import EvaluationQuestion, Study
from evalkit.workbook.blocks import Block
from evalkit.workbook.cover import Cover
from evalkit.workbook.errata import errata_table
from evalkit.workbook.intake import data_log_content, questionnaires_content
from evalkit.workbook.narrative import Figures, render
from evalkit.workbook.questions import Shown, combinations, heading_word, question
from evalkit.workbook.rates import area_rates_block, rates_block, whole_name
from evalkit.workbook.shown_as import recoded_items
from evalkit.workbook.sources import RoundData

if TYPE_CHECKING:  # most reports compare no rounds in their texts
    from evalkit.release.changes import ShownChanges


@dataclass(frozen=True)
class SectionItems:
    """A chapter or section of the report, and the items whose tables stand in it."""

    section: Section
    items: tuple[Item, ...]

    @property
    def is_chapter(self) -> bool:
        """Whether it is a chapter ("3") and not a section of one ("3.1")."""
        return self.section.number == self.section.chapter


@dataclass(frozen=True, repr=False)
class Report:
    """The blocks of one study, round, language and edition.

    Everything shown comes from `released`; the true tables are for the reconciliation alone.
    `changed` compares the round with the one before, when a text asks for that.
    """

    study: Study
    data: RoundData
    _true: Tables
    released: ReleasedTables
    language: Language
    unit_rates: Released[RateRows] | None = None
    changed: Callable[[], Released[ShownChanges] | None] | None = None
    of_few: frozenset[str] = frozenset()
    """The items whose tables are kept back since they tell of groups in which few answered."""

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<report of {self.study.name}, {self.cover.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        return self.cover.shown()

    @property
    def cover(self) -> Cover:
        """What the page says of itself."""
        return Cover(self.study, self.language, self.released.rule.edition, self.data.round_name)

    @cached_property
    def codebook(self) -> Codebook:
        """What the round asked."""
        return self.study.codebook_of(self.data.round_name)

    @cached_property
    def _figures(self) -> Figures:
        name = self.data.round_name
        return Figures(self.study, name, self.released, self.language, self.changed)

    def narrative(self, name: str, level: int) -> str:
        """The study's own text called `name` as HTML; empty where it has none."""
        return render(self.study, name, self._figures, level)

    def summary(self) -> Block:
        """The study's own summary."""
        text = self.narrative("summary", 2)
        return self._titled("summary", "sammanfattning", text) if text else Block("summary", "")

    def evaluation_matrix(self) -> Block:
        """What the evaluation was asked, and where in the report it is answered."""
        if not self.study.questions:
            return Block("evaluation matrix", "")
        columns = ["matrix_question", "matrix_items", "matrix_tables", "matrix_conclusion"]
        heading = html.head([(word(key, self.language), "") for key in columns])
        body = "".join(self._matrix_row(each) for each in self.study.questions)
        n = whole(len(self.study.questions), self.language)
        caption = word("matrix_caption", self.language, n=n)
        return self._titled(
            "matrix", "fragor", html.table(caption, heading, [body], "fragor-tabell", wide=True)
        )

    def _matrix_row(self, asked: EvaluationQuestion) -> str:
        codebook = self.codebook
        items = [codebook.items[name] for name in asked.answered_by if name in codebook.items]
        labels = [
            f"<li>{html.in_language(codebook.title(each), self.language)}</li>" for each in items
        ]
        numbers = dict.fromkeys(codebook.number(each) for each in items)
        links = [
            f'<a href="#{html.anchor("tabell", each)}">{html.escape(each)}</a>' for each in numbers
        ]
        chapters = dict.fromkeys(self._chapter_of(each) for each in items)
        conclusions = [
            f'<li><a href="#{html.anchor("slutsatser", n)}">{self._conclusions_link(n)}</a></li>'
            for n in chapters
            if self._has_conclusions(n)
        ]
        return html.row(
            [
                html.row_head(html.in_language(asked.asked, self.language)),
                html.cell(f"<ul>{''.join(labels)}</ul>"),
                html.cell(", ".join(links)),
                html.cell(f"<ul>{''.join(conclusions)}</ul>" if conclusions else ""),
            ]
        )

    def _conclusions_link(self, chapter: str) -> str:
        return html.escape(word("conclusions_link", self.language, n=chapter))

    def _chapter_of(self, item: Item) -> str:
        codebook = self.codebook
        home = item if item.section else codebook.item(item.part_of)
        return codebook.sections[home.section].chapter

    def _has_conclusions(self, chapter: str) -> bool:
        return bool(self.narrative(f"chapter-{chapter}", 3))

    def method(self) -> Block:
        """How the survey was made, and the response rate."""
        rate = tables.response_table(self.released.response, self.cover.round_label, self.language)
        if rate:
            figures = tables.response_csv(
                self.released.response, self.cover.round_label, self.language
            )
            link = word("download_rate", self.language)
            rate += html.data_link(link, figures, "svarsfrekvens.csv")
        parts = [self.narrative("method", 2), rate, self._rate_sentence()]
        return self._titled("method", "metod", "".join([*parts, self._rates_of_units()]))

    def _rates_of_units(self) -> str:
        table = rates_block(self.unit_rates, whole_name(self.study), self.language)
        title = html.heading(3, word("unit_rates", self.language), "svarsfrekvens-enheter")
        return title + table + self._rates_of_areas() if table else ""

    def _rates_of_areas(self) -> str:
        title, table = area_rates_block(self.unit_rates, whole_name(self.study), self.language)
        return html.heading(3, title, "svarsfrekvens-omraden") + table if table else ""

    def _rate_sentence(self) -> str:
        response = opened(self.released.response)
        if response is None:
            least = whole(self.released.rule.min_respondents, self.language)
            return html.paragraph(word("withheld_rate", self.language, least=least), "note")
        responded = whole(response.responded, self.language)
        if response.rate is None:
            text = word("rate_unknown", self.language, responded=responded)
            return html.paragraph(text + self._excluded(response))
        fields = {
            "invited": whole(response.rate.base, self.language),
            "responded": responded,
            "percent": percent(response.rate.percent, self.language),
        }
        text = word("rate_sentence", self.language, **fields)
        return html.paragraph(text + self._excluded(response), "finding")

    def _excluded(self, response: ResponseRate) -> str:
        """A sentence, with a space before it, on those whose answers are not counted."""
        if not response.excluded:
            return ""
        included = whole(response.included, self.language)
        if response.excluded == 1:
            return " " + word("rate_excluded_one", self.language, included=included)
        n = capital(in_words(response.excluded, self.language))
        return " " + word("rate_excluded", self.language, n=n, included=included)

    def came_in(self) -> Block:
        """Which file came in, how it was read, and which columns were left out."""
        reading = self.data.reading
        if reading is None:
            several = len(self.study.settings.rounds[self.data.round_name].files) > 1
            text = (
                word("came_in_counts_several", self.language, files=self.data.file)
                if several
                else word("came_in_counts", self.language, file=self.data.file)
            )
            content = html.paragraph(html.escape(text)) + self._recoded()
            return self._titled("came_in", "intag", content, 3)
        response = opened(self.released.response)
        fields = {
            "file": self.data.file,
            "n": SUPPRESSED if response is None else whole(response.responded, self.language),
            "columns": whole(len(reading.export.columns), self.language),
        }
        how = [word(each.key, self.language, **each.fields) for each in reading.export.how]
        parts = [" ".join([word("came_in_export", self.language, **fields), *how])]
        key = "left_out" if reading.left_out else "left_out_none"
        key = "left_out_one" if len(reading.left_out) == 1 else key
        parts.append(word(key, self.language, columns=", ".join(reading.left_out)))
        personal = dict.fromkeys(each.column for each in reading.personal)
        if personal:
            key = "came_in_personal" if len(personal) > 1 else "came_in_personal_one"
            parts.append(word(key, self.language, columns=", ".join(personal)))
        content = "".join(html.paragraph(html.escape(part)) for part in parts)
        return self._titled("came_in", "intag", content + self._recoded(), 3)

    def _recoded(self) -> str:
        """A sentence for each item whose answers are shown as those of an earlier round."""
        found = recoded_items(self.study.items_of(self.data.round_name))
        return "".join(html.paragraph(html.escape(self._recoded_text(*each))) for each in found)

    def _recoded_text(self, label: Text, answers: Sequence[tuple[Text, Text]]) -> str:
        told = "; ".join(
            word("recoded_answer", self.language, new=self._text(new), shown=self._text(shown))
            for new, shown in answers
        )
        return word("recoded", self.language, label=self._text(label), answers=told)

    def _text(self, text: Text) -> str:
        return text.best(self.language).text

    def item_nonresponse(self) -> Block:
        """How many did not answer each item."""
        response = opened(self.released.response)
        n = SUPPRESSED if response is None else whole(response.included, self.language)
        lead = html.paragraph(word("nonresponse_lead", self.language))
        table = tables.nonresponse_table(self.released.nonresponse, n, self.language)
        figures = tables.nonresponse_csv(self.released.nonresponse, self.language)
        link = html.data_link(word("download_nonresponse", self.language), figures, "bortfall.csv")
        return self._titled("nonresponse", "bortfall", lead + table + link, 3)

    def questionnaires(self) -> Block:
        """How the questionnaires were filled in; empty where no respondents came in."""
        content = questionnaires_content(self.study, self.data, self.released.rule, self.language)
        name = "questionnaires"
        return self._titled(name, "formular", content, 3) if content else Block(name, "")

    def data_log(self) -> Block:
        """What was excluded, recoded or taken as missing, and why."""
        content = data_log_content(self.study, self.data, self.released.rule, self.language)
        return self._titled("data_log", "datalogg", content, 3)

    def overviews(self) -> Block:
        """An overview for each set of answers that several items share."""
        blocks = [
            self._overview(number, each)
            for number, each in enumerate(self.released.overviews, start=1)
        ]
        if not any(blocks):
            return Block("overviews", "")
        lead = html.paragraph(word("overview_lead", self.language))
        return self._titled("overview", "oversikt", lead + "".join(blocks))

    def _overview(self, at: int, released: Released[OverviewRows]) -> str:
        number = str(at)
        overview = opened(released)
        if overview is None:
            return ""
        title = f"{word('overview', self.language)} {number}. "
        title += html.escape(charts.overview_title(overview, self.language))
        withheld = ", ".join(each.label.best(self.language).text for each in overview.withheld)
        note = ""
        if withheld:
            least = whole(self.released.rule.min_respondents, self.language)
            text = word("withheld_rows", self.language, least=least, labels=withheld)
            note = html.paragraph(html.escape(text), "note")
        return "".join(
            [
                f'<section class="overview">{html.heading(3, title, f"oversikt-{number}")}',
                charts.overview_chart(released, number, self.language),
                tables.overview_table(released, number, self.language),
                self._download(
                    overview_number(number, self.language),
                    tables.overview_csv(released, self.language),
                    f"oversikt-{number}",
                ),
                f"{note}</section>",
            ]
        )

    @property
    def sections(self) -> tuple[SectionItems, ...]:
        """Chapters and sections in order, each with its items."""
        questions = self.codebook.questions
        return tuple(
            SectionItems(each, tuple(item for item in questions if item.section == each.number))
            for each in self.codebook.sections.values()
        )

    def heading(self, section: SectionItems) -> Block:
        """The heading of a chapter or section."""
        number = section.section.number
        title = f"{html.escape(number)} {html.in_language(section.section.title, self.language)}"
        level = 2 if section.is_chapter else 3
        return Block(
            f"heading {number}", html.heading(level, title, html.anchor("avsnitt", number))
        )

    def item(self, item: Item) -> Block:
        """An item: "Tabell och diagram N", what it says in words, notes, and the comment on it."""
        number = self.codebook.number(item)
        kind = word(heading_word(item), self.language)
        title = f"{kind} {html.escape(number)}. {html.in_language(item.label, self.language)}"
        shown = self._question(item)
        content = self._withheld(kind, item) if shown is None else self._shown(number, shown)
        content += self._combinations(item) if shown else ""
        level = self.item_level(item)
        comment = self.narrative(item.name, level)
        return Block(
            f"{kind} {number}",
            f'<section class="item">{html.heading(level, title, html.anchor("tabell", number))}'
            f"{content}"
            f"{_comment(comment)}</section>",
        )

    def item_level(self, item: Item) -> int:
        """The level of its heading: one below its section's, or its chapter's if it has none."""
        section = self.codebook.sections.get(item.section)
        return 3 if section is not None and section.number == section.chapter else 4

    def combinations(self, item: Item) -> Block:
        """Which answers to a multiple response set go together; `item` shows it too."""
        return Block(f"combinations {self.codebook.number(item)}", self._combinations(item))

    def _combinations(self, item: Item) -> str:
        """Plot, table and data of the combinations; empty where respondents are not at hand."""
        if item.name not in self.released.combinations:
            return ""
        number = self.codebook.number(item)
        name = f"{html.anchor('tabell', number)}-kombinationer"
        heading = word("combinations", self.language)
        title = html.heading(self.item_level(item) + 1, heading, f"{name}-rubrik")
        shown = combinations(self.released, item, self.language)
        if shown is None:
            least = whole(self.released.rule.min_respondents, self.language)
            text = word("combinations_withheld", self.language, least=least)
            return title + html.paragraph(text, "note")
        link = html.data_link(
            word("download_combinations", self.language), shown.csv, f"{name}.csv"
        )
        return title + _laid_out(shown, link)

    def _question(self, item: Item) -> Shown | None:
        return question(self.codebook, self.released, item, self.language)

    def _withheld(self, kind: str, item: Item) -> str:
        least = whole(self.released.rule.min_respondents, self.language)
        number = self.codebook.number(item)
        key = "withheld_unit_item" if self._tells_of_units(item) else "withheld"
        key = "withheld_population_item" if item.name in self.of_few else key
        text = word(key, self.language, kind=kind, number=number, least=least)
        return html.paragraph(html.escape(text), "note withheld")

    def _tells_of_units(self, item: Item) -> bool:
        """Whether its table is kept back for the sake of units whose response rate is."""
        rates = None if self.unit_rates is None else opened(self.unit_rates)
        return item.name == self.study.settings.unit and rates is not None and rates.hidden

    def _shown(self, number: str, shown: Shown) -> str:
        return _laid_out(shown, self._download(number, shown.csv, html.anchor("tabell", number)))

    def _download(self, number: str, figures: str, name: str) -> str:
        return html.data_link(
            word("download", self.language, number=number), figures, f"{name}.csv"
        )

    def conclusions(self, section: SectionItems) -> Block:
        """The chapter's analysis and conclusions, after its last section; empty elsewhere."""
        chapter = section.section.chapter
        last = [each for each in self.sections if each.section.chapter == chapter][-1]
        text = self.narrative(f"chapter-{chapter}", 3) if section == last else ""
        if not text:
            return Block("conclusions", "")
        ident = html.anchor("slutsatser", chapter)
        content = html.heading(3, word("conclusions", self.language), ident) + text
        return Block(f"conclusions {chapter}", f'<section class="conclusions">{content}</section>')

    def how_to_read(self) -> Block:
        """What the words and signs of a table mean."""
        items = "".join(
            f"<li>{html.escape(text)}</li>" for text in word_list("how_to_read", self.language)
        )
        if any(each.base not in ("", "answered") for each in self.codebook.items.values()):
            items += f"<li>{html.escape(word('read_other_base', self.language))}</li>"
        return self._titled("how_to_read", "lasanvisning", f"<ul>{items}</ul>", 3)

    def reconciliation(self) -> Block:
        """The figures against those already published, and what is known to be wrong in these."""
        published = self.study.settings.published
        if published is None or self.study.published_round != self.data.round_name:
            return Block("reconciliation", "")
        printed = read_published_tables(self.study.path(published.tables), published.tables)
        items = (
            read_published_items(self.study.path(published.items), published.items)
            if published.items
            else None
        )
        found = reconcile(self._true.items.values(), printed, items)
        released = release_reconciliation(found, self.released)
        differing = opened(released) or found
        fields = {
            "cells": whole(found.cells, self.language),
            "items": whole(found.items, self.language),
            "figures": whole(found.figures, self.language),
            "differences": whole(len(differing.differences), self.language),
        }
        lead = html.paragraph(word("reconciled_lead", self.language, **fields))
        differences = tables.differences_table(released, self.language)
        return self._titled("reconciliation", "avstamning", lead + differences + self._errata(), 3)

    def _errata(self) -> str:
        published = self.study.settings.published
        if published is None or not published.errata:
            return ""
        title = html.heading(4, word("errata", self.language), "kanda-fel")
        return title + errata_table(self.study, published.errata, self.language)

    def _titled(self, key: str, ident: str, content: str, level: int = 2) -> Block:
        """A block with a heading that the contents link to."""
        title = html.heading(level, word(key, self.language), ident)
        return Block(key, f'<section class="{key}">{title}{content}</section>')


def _laid_out(shown: Shown, link: str) -> str:
    """Table and chart, beside each other unless the table is wide; then findings and notes."""
    found = "".join(html.paragraph(text, "finding") for text in shown.findings)
    notes = "".join(html.paragraph(html.escape(text), "note") for text in shown.notes)
    if shown.wide:
        pair = f'<div class="overview">{shown.table}{shown.chart}{link}</div>'
    else:
        pair = f'<div class="pair"><div>{shown.table}{link}</div>{shown.chart}</div>'
    return f"{pair}{found}{notes}{shown.after}"


def _comment(text: str) -> str:
    return f'<div class="comment">{text}</div>' if text else ""
