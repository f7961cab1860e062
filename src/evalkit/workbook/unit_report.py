"""What the notebook about one unit shows, piece by piece: the unit beside the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.units import Beside
from evalkit.codebook import Item, Language, Text
from evalkit.present import charts, html, tables
from evalkit.present.comparisons import Sides, beside_finding
from evalkit.present.numbers import whole as digits
from evalkit.present.sentences import other_base
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.unit_release import RateRows, Reason, ReleasedUnit, Standing
from evalkit.workbook.blocks import Block, block
from evalkit.workbook.pages import Report, SectionItems
from evalkit.workbook.rates import rates_block, whole_name

_WHY: Mapping[Reason, str] = {
    "few": "withheld_few",
    "rest": "withheld_rest",
    "others": "withheld_others",
}


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
        return f"<report of {self.name} in {self.all.study.name}, {self.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        parts = [html.paragraph(f"<strong>{html.escape(self.title)}</strong>")]
        parts.append(html.paragraph(html.escape(self.subtitle)))
        return block("".join([*parts, *self.banners]), styled=True)

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.all.language

    @property
    def sides(self) -> Sides:
        """What the unit and the whole are called."""
        return Sides(self.label, whole_name(self.all.study))

    @property
    def title(self) -> str:
        """The page's title: the unit, and the study."""
        return f"{self.label.best(self.language).text}: {self.all.title}"

    @property
    def subtitle(self) -> str:
        """The round and the edition."""
        return self.all.subtitle

    @property
    def banners(self) -> tuple[str, ...]:
        """What every page has to say."""
        return self.all.banners

    @property
    def sections(self) -> tuple[SectionItems, ...]:
        """Chapters and sections in order, each with its items."""
        return self.all.sections

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
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
        rates = rates_block(self.rates, self.sides.whole, self.language, self.name)
        return Block("about", f'<section class="method">{title}{lead}{rates}</section>')

    def item(self, item: Item) -> Block:
        """An item in the unit and in the whole: table, chart, and what they say in words."""
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
            for text in dict.fromkeys(_notes(parts, sides, language))
        )
        return f'<div class="pair"><div>{table}{link}</div>{chart}</div>{found}{notes}'

    def _finding(self, part: Released[Beside], item: Item) -> str:
        text = html.escape(beside_finding(part, self.sides, self.language))
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
