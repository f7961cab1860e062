"""What the notebook about focus groups shows, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from evalkit.codebook import Language
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.present import charts, html, tables
from evalkit.present.agreement import agreement_finding, agreement_notes
from evalkit.present.coding_import import told_lines
from evalkit.present.numbers import in_words, whole
from evalkit.present.sentences import join
from evalkit.present.themes import (
    View,
    category_finding,
    matrix_finding,
    pairs_finding,
    saturation_finding,
    synthesis_finding,
)
from evalkit.present.words import word, word_list
from evalkit.release import empty_tables, opened
from evalkit.release.themes import ReleasedThemes
from evalkit.settings import Codings
from evalkit.study import Study
from evalkit.workbook.blocks import Block
from evalkit.workbook.cover import Cover
from evalkit.workbook.errata import errata_table
from evalkit.workbook.narrative import Figures, render


@dataclass(frozen=True, repr=False)
class FocusGroupReport:
    """What was said in groups and how it was coded; everything shown comes from `released`.

    The study's summary and method stand here where it has no survey.
    """

    study: Study
    cover: Cover
    released: ReleasedThemes

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<focus groups of {self.study.name}, {self.cover.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        return self.cover.shown()

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.cover.language

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield from ("teman", "teman-tabell-text", "kategorier", "sagt", "koder", "segment")
        if opened(self.released.saturation) is not None:
            yield "mattnad-diagram"
        if opened(self.released.synthesis):
            yield "syntes"

    @cached_property
    def _view(self) -> View:
        return View(self.released, self.language)

    @property
    def _settings(self) -> Codings:
        settings = self.study.settings.codings
        return settings if settings is not None else Codings(files=("",))

    @property
    def _alone(self) -> bool:
        return not self.study.settings.rounds

    def narrative(self, name: str, level: int) -> str:
        """The study's own text called `name` as HTML, with pseudonyms where groups have them."""
        figures = Figures(
            self.study, self.cover.round_name, empty_tables(self.released.rule), self.language
        )
        return self._without_names(render(self.study, name, figures, level))

    def _without_names(self, text: str) -> str:
        names = self._settings.pseudonyms if self.released.disguised else {}
        return Pseudonyms(names).text(text)

    def summary(self) -> Block:
        """The study's own summary, where it has no survey whose report shows it."""
        text = self.narrative("summary", 2) if self._alone else ""
        return self._titled("summary", "sammanfattning", text) if text else Block("summary", "")

    def method(self) -> Block:
        """What was coded, by whom, and whose coding is counted; with the study's own text."""
        view, found = self._view, self._view.themes
        coders = len(found.coders)
        coded_by = word("themes_coders_one", self.language)
        if coders != 1:
            coded_by = word(
                "themes_coders_several", self.language, n=in_words(coders, self.language)
            )
        fields = {
            "segments": whole(found.segments, self.language),
            "groups": in_words(view.number_of_groups, self.language),
            "codes": in_words(len(found.themes), self.language),
            "coders": coded_by,
        }
        key = "themes_counted_coder" if coders > 1 else "themes_counted_only"
        sentences = [
            word("themes_method_counts", self.language, **fields),
            word(key, self.language, coder=view.coder(found.coder)),
        ]
        parts = [self.narrative("method", 3) if self._alone else ""]
        note = self._settings.note.text
        if note.best(self.language).text:
            parts.append(html.paragraph(self._without_names(html.in_language(note, self.language))))
        parts.append(html.paragraph(html.escape(" ".join(sentences))))
        parts += [html.paragraph(html.escape(each), "note") for each in self._hidden()]
        return self._titled("themes_method", "kodning", "".join(parts))

    def _hidden(self) -> list[str]:
        """Sentences on what the edition leaves out."""
        released = self.released
        keys = [
            ("themes_disguised", released.disguised),
            ("themes_roles_hidden", released.roles_hidden),
            ("themes_attributes_hidden", released.attributes_hidden),
        ]
        told = [word(key, self.language) for key, holds in keys if holds]
        withheld = sum(each.text is None for each in self._view.bank.values())
        if withheld:
            n = whole(withheld, self.language)
            told.append(word("themes_withheld_texts", self.language, n=n))
        return told

    def matrix(self) -> Block:
        """Which themes were raised in which group."""
        lead = html.paragraph(word("themes_lead", self.language))
        own = self.narrative("focus_groups", 3)
        table = tables.matrix_table(self.released, self.language)
        uncoded = self._view.themes.uncoded
        notes = []
        if uncoded:
            names = join(list(uncoded), self.language)
            notes.append(word("themes_uncoded_note", self.language, segments=names))
        link = self._download(tables.matrix_csv(self.released, self.language), "teman")
        found = matrix_finding(self.released, self.language)
        content = lead + self._found(found) + table + self._legend() + link
        return self._titled("themes", "teman", own + content + self._notes(notes))

    def _legend(self) -> str:
        states = {cell.state for theme in self._view.themes.themes for cell in theme.cells.values()}
        only_with = ("", "observed", "", "not_asked", "not_coded", "")
        kept = [not each or each in states for each in only_with]
        texts = word_list("themes_legend", self.language)
        items = "".join(
            f"<li>{html.escape(text)}</li>" for text, keep in zip(texts, kept, strict=True) if keep
        )
        title = html.paragraph(f"<strong>{word('themes_read', self.language)}</strong>", "note")
        return f'{title}<ul class="note">{items}</ul>'

    def categories(self) -> Block:
        """Success factors, challenges and areas of improvement, with their themes."""
        if not self._view.themes.categories:
            return Block("categories", "")
        lead = html.paragraph(word("themes_categories_lead", self.language))
        table = tables.category_table(self.released, self.language)
        link = self._download(tables.category_csv(self.released, self.language), "kategorier")
        found = self._found([category_finding(self.released, self.language)])
        return self._titled("themes_categories", "kategorier", lead + found + table + link)

    def synthesis(self) -> Block:
        """The published themes beside our coding; empty where the study names none."""
        table = tables.synthesis_table(self.released, self.language)
        if not table:
            return Block("synthesis", "")
        lead = html.paragraph(word("themes_synthesis_lead", self.language))
        link = self._download(tables.synthesis_csv(self.released, self.language), "syntes")
        found = self._found([synthesis_finding(self.released, self.language)])
        return self._titled("themes_synthesis", "syntes", lead + found + table + link)

    def cases(self) -> Block:
        """The groups one by one: what is known of each, and what it raised."""
        table = tables.cases_table(self.released, self.language)
        if not table:
            return Block("cases", "")
        lead = html.paragraph(word("themes_cases_lead", self.language))
        link = self._download(tables.cases_csv(self.released, self.language), "grupper")
        return self._titled("themes_cases", "grupperna", lead + table + link)

    def framework(self) -> Block:
        """What each group said of each theme."""
        lead = html.paragraph(word("themes_framework_lead", self.language))
        table = tables.framework_table(self.released, self.language)
        return self._titled("themes_framework", "sagt", lead + table)

    def pairs(self) -> Block:
        """Which codes stand on the same segments."""
        lead = html.paragraph(word("themes_pairs_lead", self.language))
        found = self._found([pairs_finding(self.released, self.language)])
        table = tables.pairs_of_codes_table(self.released, self.language)
        if table:
            figures = tables.pairs_of_codes_csv(self.released, self.language)
            table += self._download(figures, "koder-ihop")
        return self._titled("themes_pairs", "koder-ihop", lead + found + table)

    def saturation(self) -> Block:
        """How many themes more groups would add."""
        chart = charts.saturation_chart(self.released, self.language)
        found = self._found([saturation_finding(self.released, self.language)])
        if not chart:
            return self._titled("themes_saturation", "mattnad", found)
        lead = html.paragraph(word("themes_saturation_lead", self.language))
        table = tables.saturation_table(self.released, self.language)
        link = self._download(tables.saturation_csv(self.released, self.language), "mattnad")
        pair = f'<div class="pair"><div>{table}{link}</div>{chart}</div>'
        content = lead + pair + found + self._notes(self._saturation_notes())
        return self._titled("themes_saturation", "mattnad", content)

    def _saturation_notes(self) -> list[str]:
        found = opened(self.released.saturation)
        if found is None:
            return []
        key = "themes_saturation_orders" if found.exact else "themes_saturation_drawn"
        notes = [
            word(key, self.language, orders=whole(found.orders, self.language)),
            word("themes_saturation_named", self.language),
        ]
        if found.not_asked:
            n = whole(found.not_asked, self.language)
            notes.append(word("themes_saturation_not_asked", self.language, n=n))
        return [" ".join(notes)]

    def agreement(self) -> Block:
        """How far coders agree, over all and code by code."""
        found = self._found(agreement_finding(self.released, self.language))
        overall = tables.overall_table(self.released, self.language)
        if not overall:
            return self._titled("themes_agreement", "samstammighet", found)
        lead = html.paragraph(word("themes_agreement_lead", self.language))
        codes = tables.agreement_table(self.released, self.language)
        link = self._download(tables.agreement_csv(self.released, self.language), "samstammighet")
        notes = agreement_notes(self.released, self.language)
        notes.append(word("themes_interval_note", self.language))
        content = lead + found + overall + codes + link + self._notes(notes)
        return self._titled("themes_agreement", "samstammighet", content)

    def disagreements(self) -> Block:
        """What coders disagree on, for discussion."""
        found = opened(self.released.agreement)
        if found is None or not found.compared:
            return Block("disagreements", "")
        table = tables.disagreements_table(self.released, self.language)
        none = html.paragraph(word("themes_disagreements_none", self.language), "finding")
        return self._titled("themes_disagreements", "olika-kodat", table or none, 3)

    def codes(self) -> Block:
        """What each code means, and how it was used."""
        table = tables.codes_table(self.released, self.language)
        link = self._download(tables.codes_csv(self.released, self.language), "koder")
        return self._titled("themes_code_list", "koder", table + link, 3)

    def bank(self) -> Block:
        """Every segment by its identifier."""
        lead = html.paragraph(word("themes_bank_lead", self.language))
        table = tables.bank_table(self.released, self.language)
        link = self._download(tables.bank_csv(self.released, self.language), "segment")
        return self._titled("themes_bank", "segment", lead + table + link, 3)

    def came_in(self) -> Block:
        """What the import of the codings tells."""
        told = opened(self.released.told) or ()
        lead = html.paragraph(word("themes_import_lead", self.language))
        items = "".join(f"<li>{html.escape(each)}</li>" for each in told_lines(told, self.language))
        hidden = self.released.told_hidden
        notes = []
        if hidden:
            n = whole(hidden, self.language)
            notes.append(word("themes_import_hidden", self.language, n=n))
        content = f"{lead}<ul>{items}</ul>{self._notes(notes)}"
        return self._titled("themes_import", "inlasning", content, 3)

    def errata(self) -> Block:
        """What is known to be wrong in the published report; empty where nothing is."""
        file = self._settings.errata
        if not file:
            return Block("errata", "")
        table = self._without_names(errata_table(self.study, file, self.language))
        return self._titled("errata", "kanda-fel", table, 3)

    def _download(self, figures: str, name: str) -> str:
        return html.data_link(word("themes_download", self.language), figures, f"{name}.csv")

    def _found(self, sentences: Sequence[str]) -> str:
        return "".join(html.paragraph(html.escape(each), "finding") for each in sentences if each)

    def _notes(self, sentences: Sequence[str]) -> str:
        return "".join(html.paragraph(html.escape(each), "note") for each in sentences if each)

    def _titled(self, key: str, ident: str, content: str, level: int = 2) -> Block:
        title = html.heading(level, word(key, self.language), ident)
        return Block(key, f'<section class="{key}">{title}{content}</section>')
