"""What the notebook about one unit shows, piece by piece: the unit beside the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.funnels import Funnel
from evalkit.analysis.units import Beside
from evalkit.codebook import Item, Language, Text
from evalkit.present import charts, html, tables
from evalkit.present.comparisons import (
    Sides,
    beside_finding,
    columns_told,
    rest_finding,
    sides_of,
    test_note,
)
from evalkit.present.numbers import whole as digits
from evalkit.present.sentences import other_base
from evalkit.present.standing import differs_findings, differs_notes, funnel_finding, funnel_notes
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.units import RateRows, Reason, ReleasedUnit, Standing
from evalkit.workbook.blocks import Block
from evalkit.workbook.pages import Report, SectionItems
from evalkit.workbook.rates import rates_block, whole_name

_WHY: Mapping[Reason, str] = {
    "few": "withheld_few",
    "rest": "withheld_rest",
    "others": "withheld_others",
    "whole": "withheld_whole",
}


_MOST_OPEN = 30
"""With more units than this, the table of a funnel plot has to be opened."""


@dataclass(frozen=True, repr=False)
class UnitReport:
    """The blocks about one unit; `all` is the report of the whole, in the same edition.

    Everything shown comes from `released` and `rates`.
    """

    all: Report
    name: str
    label: Text
    released: ReleasedUnit
    rates: Released[RateRows] | None
    standing: Released[Standing]

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<report of {self.name} in {self.all.study.name}, {self.all.cover.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        return self.all.cover.shown(self.title)

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.all.language

    @property
    def sides(self) -> Sides:
        """What the unit, the whole, the last round and the group of similar units are called."""
        study, last = self.all.study, self.released.last_round
        before = study.settings.rounds[last].label.text if last else Text()
        before = before if before.sv or before.en else Text(last)
        frame = study.frames.get(self.all.data.round_name)
        own = "" if frame is None else frame.groups.get(self.name, "")
        group = Text() if frame is None else frame.group_label(own)
        return Sides(self.label, whole_name(study), before, group)

    @property
    def title(self) -> str:
        """The page's title: the unit, and the study."""
        return f"{self.label.best(self.language).text}: {self.all.cover.title}"

    @property
    def sections(self) -> tuple[SectionItems, ...]:
        """Chapters and sections in order, each with its items."""
        return self.all.sections

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        yield "skillnader"
        others = {each.name for each in self.released.others}
        for item in self.all.codebook.questions:
            number = self.all.codebook.number(item)
            yield html.anchor("tabell", number)
            if item.name not in others and opened(self.released.of(item)) is not None:
                yield html.anchor("diagram", number)

    def heading(self, section: SectionItems) -> Block:
        """The heading of a chapter or section."""
        return self.all.heading(section)

    def how_to_read(self) -> Block:
        """What the words and signs of a table mean."""
        return self.all.how_to_read()

    def about(self) -> Block:
        """What is shown beside what, and the response rate of both."""
        fields = {key: html.escape(each) for key, each in self.sides.names(self.language).items()}
        title = html.heading(2, word("beside", self.language, **fields), "enheten")
        lead = html.paragraph(word("beside_lead", self.language, **fields))
        lead += html.paragraph(html.escape(self._columns()))
        rates = rates_block(self.rates, self.sides.whole, self.language, self.name)
        return Block("about", f'<section class="method">{title}{lead}{rates}</section>')

    def _columns(self) -> str:
        """What the columns of the tables are of."""
        found = [each for each in map(opened, self.released.items.values()) if each is not None]
        shown = sides_of(found)
        told = columns_told(shown, self.sides, self.language) if shown else ""
        more = word("not_before", self.language) if "before" in shown else ""
        return f"{told} {more}".strip()

    def differences(self) -> Block:
        """Where the unit differs most from the rest, and whether that is more than chance gives."""
        names = {k: html.escape(v) for k, v in self.sides.fields(self.language).items()}
        title = html.heading(2, word("differs", self.language, **names), "skillnader")
        if self.refuses:
            text = html.paragraph(word("differs_refused", self.language), "note")
            return Block("differences", f'<section class="differences">{title}{text}</section>')
        findings = differs_findings(self.standing, self.sides, self.language)
        parts = [html.paragraph(html.escape(text), "finding") for text in findings]
        table = tables.differs_table(self.standing, self.sides, self.language)
        if table:
            lead = html.paragraph(word("differs_lead", self.language, **names))
            figures = tables.differs_csv(self.standing, self.language)
            text = word("download_differs", self.language)
            link = html.data_link(text, figures, "skillnader.csv")
            notes = differs_notes(self.standing, self.sides, self.language)
            told = [html.paragraph(html.escape(each), "note") for each in notes]
            parts = [lead, *parts, table, link, *told]
        content = title + "".join(parts)
        return Block("differences", f'<section class="differences">{content}</section>')

    def place(self) -> Block:
        """The unit among the others at the questions on which it differs most: funnel plots."""
        standing = None if self.refuses else opened(self.standing)
        funnels = () if standing is None else standing.funnels
        if not any(len(each.points) > 1 for each in funnels):
            return Block("place", "")
        names = {k: html.escape(v) for k, v in self.sides.fields(self.language).items()}
        title = html.heading(2, word("place_title", self.language, **names), "bland-enheterna")
        lead = html.paragraph(word("place_lead", self.language, **names))
        shown = "".join(self._funnel(Released(each, self.released.rule)) for each in funnels)
        return Block("place", f'<section class="place">{title}{lead}{shown}</section>')

    @property
    def refuses(self) -> bool:
        """Whether how answers are spread over units is not known, since they were rebuilt."""
        rebuilt = self.all.study.settings.mark == "reconstructed"
        return rebuilt and self.all.data.reading is not None

    def _funnel(self, released: Released[Funnel]) -> str:
        funnel, language, sides = opened(released), self.language, self.sides
        if funnel is None:
            return ""
        name = html.anchor("trattdiagram", funnel.item.name)
        label = html.in_language(funnel.title, language)
        title = html.heading(3, word("funnel_title", language, label=label), f"{name}-rubrik")
        chart = charts.funnel_chart(released, name, sides, language)
        table = tables.funnel_table(released, f"{name}-tabell", sides, language)
        text = word("download_funnel", language)
        link = html.data_link(text, tables.funnel_csv(released, language), f"{name}.csv")
        if len(funnel.points) > _MOST_OPEN:
            shown = word("show_units", language)
            table = f"<details><summary>{shown}</summary>{table}</details>"
        found = html.paragraph(html.escape(funnel_finding(released, sides, language)), "finding")
        notes = html.paragraph(html.escape(" ".join(funnel_notes(released, language))), "note")
        pair = f'<div class="pair"><div>{table}{link}</div>{chart}</div>'
        return f'<section class="item">{title}{pair}{found}{notes}</section>'

    def item(self, item: Item) -> Block:
        """An item in the unit and beside it: table, chart, and what they say in words."""
        number = self.all.codebook.number(item)
        kind = word("table_and_chart", self.language)
        title = f"{kind} {html.escape(number)}. {html.in_language(item.label, self.language)}"
        if item in self.released.others:
            title = title.removeprefix(kind).strip()
            title = f"{word('table', self.language)} {title}"
            told = item.name == self.all.study.settings.unit
            content = self._note("tells_units" if told else "not_by_unit")
        elif opened(self.released.of(item)) is None:
            content = self._note(_WHY[self.released.reasons[item.name]], kind=kind, number=number)
        else:
            content = self._shown(item, number)
        heading = html.heading(self.all.item_level(item), title, html.anchor("tabell", number))
        return Block(f"{kind} {number}", f'<section class="item">{heading}{content}</section>')

    def _note(self, key: str, **fields: str) -> str:
        least = digits(self.released.rule.min_respondents, self.language)
        names = self.sides.names(self.language)
        text = word(key, self.language, least=least, **names, **fields)
        return html.paragraph(html.escape(text), "note withheld")

    def _shown(self, item: Item, number: str) -> str:
        language, sides = self.language, self.sides
        if item.kind == "grid":
            grid = self.released.grids[item.name]
            table = tables.beside_grid_table(grid, sides, language)
            chart = charts.beside_grid_chart(grid, sides, language)
            parts = [self.released.items[each.name] for each in self.all.codebook.parts(item)]
        else:
            parts = [self.released.items[item.name]]
            table = tables.beside_table(parts[0], sides, language)
            chart = charts.beside_chart(parts[0], sides, language)
        figures = tables.beside_csv(parts, sides, language)
        link = html.data_link(
            word("download", language, number=number),
            figures,
            f"{html.anchor('tabell', number)}.csv",
        )
        found = "".join(html.paragraph(self._finding(each, item), "finding") for each in parts)
        notes = "".join(
            html.paragraph(html.escape(text), "note")
            for text in dict.fromkeys([*self._tests(parts), *_notes(parts, sides, language)])
        )
        return f'<div class="pair"><div>{table}{link}</div>{chart}</div>{found}{notes}'

    def _tests(self, parts: Sequence[Released[Beside]]) -> Iterator[str]:
        """Each part's test with its figures."""
        found = [each for each in map(opened, parts) if each is not None]
        if self.refuses:
            return
        for table in found:
            note = test_note(self.standing, table.item.name, self.language)
            label = table.item.label.best(self.language).text
            if note:
                yield f"{label}: {note}" if len(found) > 1 else note

    def _finding(self, part: Released[Beside], item: Item) -> str:
        text = html.escape(beside_finding(part, self.sides, self.language))
        if part.item is not None and not self.refuses:
            more = rest_finding(self.standing, part.item.name, self.sides, self.language)
            text = f"{text} {html.escape(more)}".strip()
        if item.kind != "grid" or part.item is None:
            return text
        return f"<strong>{html.in_language(part.item.label, self.language)}:</strong> {text}"


def _notes(parts: Sequence[Released[Beside]], sides: Sides, language: Language) -> Iterator[str]:
    for table in filter(None, map(opened, parts)):
        if table.whole.mean is not None and table.item.positive == "low":
            yield word("low_is_good", language)
        if table.whole.overlapping:
            yield word("overlapping_any" if other_base(table.whole) else "overlapping", language)
            if not table.whole.answered_known:
                yield word("units_note", language)
            continue
        both = zip(sides.names(language).values(), (table.unit, table.whole), strict=True)
        for name, each in both:
            if each.bases.answered and each.rounded_sum != 100:
                what = f"{table.item.label.best(language).text}, {name}" if len(parts) > 1 else name
                note = word("rounded_sum", language, total=each.rounded_sum)
                yield f"{what[:1].upper()}{what[1:]}: {note}"
