"""What changed between rounds, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from evalkit.codebook import Language, Text
from evalkit.collation import swedish
from evalkit.present import charts, html, tables
from evalkit.present.changes import (
    RoundNames,
    changes_finding,
    charted,
    overview_rows,
    pairs_finding,
    share_finding,
)
from evalkit.present.inference import effect_text, p_text, significance_text
from evalkit.present.numbers import whole
from evalkit.present.sentences import join
from evalkit.present.words import word, word_list
from evalkit.release import Released, opened
from evalkit.release.changes import (
    ShownChanges,
    ShownItem,
    ShownPairedChanges,
    ShownPairs,
    ShownUnits,
)
from evalkit.workbook.blocks import Block
from evalkit.workbook.pages import Report


@dataclass(frozen=True, repr=False)
class ChangeBlocks:
    """What changed between the report's round and the one before.

    `released` is None where there is no earlier round, or where the study may not be compared;
    `rounds` are those that are set side by side, `units` the labels of their units.
    """

    report: Report
    released: Released[ShownChanges] | None
    rounds: tuple[str, ...] = ()
    units: Mapping[str, Text] = field(default_factory=dict)

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        found = self._found
        if found is None:
            return
        yield "forandring"
        if any(overview_rows(found.items)):
            yield "forandring-tabell-text"
        if charted(found):
            yield "forandring-diagram"

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.report.language

    @property
    def _found(self) -> ShownChanges | None:
        return None if self.released is None else opened(self.released)

    @cached_property
    def names(self) -> RoundNames:
        """What the rounds and sections are called."""
        settings = self.report.study.settings.rounds
        labels = {name: settings[name].label.text for name in self.rounds}
        texts = tuple(each if each.sv or each.en else Text(name) for name, each in labels.items())
        return RoundNames(texts, self.report.codebook.sections)

    def overview(self) -> Block:
        """Every item's share and mean in each round, with the chart of change."""
        language, released, found = self.language, self.released, self._found
        if released is None or found is None:
            return self._refused()
        fields = {key: html.escape(each) for key, each in self.names.last_two(language).items()}
        title = html.heading(2, word("change_title", language, **fields), "forandring")
        lead = html.paragraph(word("change_lead", language, **fields))
        finding = changes_finding(released, self.names, language)
        parts = [
            title,
            lead,
            html.paragraph(html.escape(finding), "finding"),
            charts.change_chart(released, self.names, language),
            tables.change_table(released, self.names, language),
            self._how_sure(found),
            tables.mean_table(released, self.names, language),
            self._links(released),
            self._left_out(found),
            self._how_to_read(),
        ]
        return Block("changes", f'<section class="overview changes">{"".join(parts)}</section>')

    def _refused(self) -> Block:
        """Nothing for a first round; why not, for a study whose respondents were rebuilt."""
        study = self.report.study
        names = list(study.settings.rounds)
        first = names[0] == self.report.data.round_name
        if first or study.settings.mark != "reconstructed":
            return Block("changes", "")
        title = html.heading(2, word("change_title_short", self.language), "forandring")
        note = html.paragraph(word("change_reconstructed", self.language), "note withheld")
        return Block("changes", f'<section class="changes">{title}{note}</section>')

    def _how_sure(self, found: ShownChanges) -> str:
        """What was tested, and how; that the same respondents are not different ones."""
        methods = [test.method for each in found.items for test in each.change.tests]
        named = [word(f"method_{each}", self.language) for each in dict.fromkeys(methods)]
        if not named:
            return ""
        fields = {
            "methods": join(named, self.language),
            "family": whole(found.family, self.language),
        }
        texts = [word("change_tested", self.language, **fields)]
        if found.paired is not None:
            texts.append(word("change_not_independent", self.language))
        return "".join(html.paragraph(html.escape(each), "note") for each in texts)

    def _links(self, released: Released[ShownChanges]) -> str:
        language = self.language
        figures = tables.change_csv(released, self.names, language)
        differences = tables.difference_csv(released, language)
        return html.data_link(
            word("download_change", language), figures, "forandring.csv"
        ) + html.data_link(
            word("download_differences", language), differences, "forandring-skillnader.csv"
        )

    def _left_out(self, found: ShownChanges) -> str:
        """The items that are not compared, and those that are kept back."""
        assert self.released is not None  # noqa: S101 - `found` came from it
        parts = []
        listed = tables.uncompared_list(self.released, self.language)
        if listed:
            title = html.heading(3, word("change_uncompared", self.language), "ej-jamforda")
            parts.append(title + listed)
        if found.withheld:
            parts.append(self._withheld("change_withheld", found.withheld))
        return "".join(parts)

    def _withheld(self, key: str, titles: tuple[Text, ...]) -> str:
        labels = join([each.best(self.language).text for each in titles], self.language)
        least = whole(self.report.released.rule.min_respondents, self.language)
        text = word(key, self.language, labels=labels, least=least)
        return html.paragraph(html.escape(text), "note withheld")

    def _how_to_read(self) -> str:
        items = "".join(
            f"<li>{html.escape(text)}</li>" for text in word_list("read_change", self.language)
        )
        title = html.heading(
            3, word("change_how_to_read", self.language), "forandring-lasanvisning"
        )
        return f"{title}<ul>{items}</ul>"

    def same_respondents(self) -> Block:
        """How those who answered both times changed; empty where nobody can be known again."""
        found = self._found
        paired = None if found is None else found.paired
        if self.released is None or paired is None:
            return Block("same respondents", "")
        title = html.heading(3, word("pairs_title", self.language), "samma-svarande")
        parts = [title, html.paragraph(html.escape(self._matching(paired)))]
        table = tables.pairs_table(self.released, self.names, self.language)
        if table:
            link = html.data_link(
                word("download_pairs", self.language),
                tables.pairs_csv(self.released, self.language),
                "samma-svarande.csv",
            )
            parts += [table, link, self._pairs_notes(paired)]
        else:
            least = whole(self.report.released.rule.min_respondents, self.language)
            parts.append(html.paragraph(word("pairs_few", self.language, least=least), "note"))
        return Block("same respondents", f'<section class="changes">{"".join(parts)}</section>')

    def _matching(self, paired: ShownPairedChanges) -> str:
        """How many were found in both rounds, and how many not."""
        matching, language = paired.matching, self.language
        fields = {
            "n": whole(matching.n, language),
            "only_before": whole(matching.only_before, language),
            "only_last": whole(matching.only_after, language),
            **self.names.last_two(language),
        }
        texts = [word("pairs_matched", language, **fields)]
        if matching.twice:
            texts.append(word("pairs_twice", language, n=whole(matching.twice, language)))
        if matching.without:
            texts.append(word("pairs_without", language, n=whole(matching.without, language)))
        return " ".join(texts)

    def _pairs_notes(self, paired: ShownPairedChanges) -> str:
        language = self.language
        texts = [word("pairs_method", language, family=whole(paired.family, language))]
        least = whole(self.report.released.rule.min_respondents, language)
        if any(_held_back(each) for each in paired.pairs):
            texts.append(word("pairs_withheld", language, least=least))
        return "".join(html.paragraph(html.escape(each), "note") for each in texts)

    def same_units(self) -> Block:
        """The units of both rounds beside all; empty where the units are the same."""
        found = self._found
        units = None if found is None else found.units
        if self.released is None or units is None:
            return Block("same units", "")
        title = html.heading(3, word("change_units_title", self.language), "samma-enheter")
        parts = [title, *(html.paragraph(html.escape(each)) for each in self._who(units))]
        parts.append(tables.unit_change_table(self.released, self.names, self.language))
        if units.withheld:
            parts.append(self._withheld("change_units_withheld", units.withheld))
        return Block("same units", f'<section class="changes">{"".join(parts)}</section>')

    def _who(self, units: ShownUnits) -> Iterator[str]:
        """Which units took part in both rounds, and which in one of them."""
        keys = ("change_units_both", "change_units_new", "change_units_gone")
        for key, names, more in zip(keys, units.names, units.more, strict=True):
            listed = [
                *self._labels(names),
                *([word("change_units_more", self.language)] if more else []),
            ]
            if listed:
                text = join(listed, self.language)
                yield word(key, self.language, units=text, **self.names.last_two(self.language))

    def _labels(self, units: Sequence[str]) -> list[str]:
        """The units as the reader knows them, in Swedish order."""
        labels = [self.units[each].best(self.language).text for each in units if each in self.units]
        others = [each for each in units if each not in self.units]
        return sorted([*labels, *others], key=swedish)

    def items(self) -> Block:
        """Every item's answers in each round, folded, with its test and transition table."""
        found = self._found
        if self.released is None or found is None or not found.items:
            return Block("changes by item", "")
        title = html.heading(3, word("change_items_title", self.language), "forandring-fragor")
        content = "".join(self._item(each) for each in found.items)
        note = html.paragraph(word("change_onpaper", self.language), "note onpaper")
        content = f'<section class="changes folded">{title}{content}{note}</section>'
        return Block("changes by item", content)

    def _item(self, shown: ShownItem) -> str:
        """One item: words, its answers in each round, tests, the same respondents."""
        assert self.released is not None  # noqa: S101 - `items` has asked
        change, language = shown.change, self.language
        table = tables.answers_table(self.released, change.item.name, self.names, language)
        parts = [*self._findings(shown), table, *self._tests(shown), *self._same(shown)]
        content = "".join(parts)
        if not content:
            return ""
        name = html.in_language(change.title, language)
        number = html.escape(change.number)
        summary = f"{number}. {name}" if number else name
        return f"<details><summary>{summary}</summary>{content}</details>"

    def _findings(self, shown: ShownItem) -> Iterator[str]:
        for row in overview_rows([shown]):
            text = share_finding(row, self.names, self.language)
            if text:
                yield html.paragraph(html.escape(text), "finding")

    def _tests(self, shown: ShownItem) -> Iterator[str]:
        change = shown.change
        if change.test is not None:
            yield self._test_line(
                "", significance_text(change.test, self.language), change.p_adjusted
            )
        for row in change.answers:
            if row.test is not None:
                label = row.labels[0].best(self.language).text
                text = significance_text(row.test, self.language)
                yield self._test_line(label, text, row.p_adjusted)

    def _test_line(self, label: str, text: str, adjusted: float | None) -> str:
        before = f"{label}: " if label else ""
        after = ""
        if adjusted is not None:
            after = " " + word("change_adjusted", self.language, p=p_text(adjusted, self.language))
        return html.paragraph(html.escape(f"{before}{text}{after}"), "note")

    def _same(self, shown: ShownItem) -> Iterator[str]:
        """The same respondents at one item."""
        found = self._found
        if self.released is None or found is None or found.paired is None:
            return
        name = shown.change.item.name
        own = [each for each in found.paired.pairs if each.item.name == name and each.n]
        if own:
            yield html.paragraph(f"<strong>{word('pairs_title', self.language)}</strong>")
        for pairs in own:
            label = f"{pairs.title.best(self.language).text}: " if pairs.key else ""
            text = f"{label}{pairs_finding(pairs, self.language)}"
            yield html.paragraph(html.escape(text), "finding")
            if pairs.test is not None:
                line = significance_text(pairs.test, self.language)
                yield self._test_line(label.removesuffix(": "), line, pairs.p_adjusted)
            if pairs.effect is not None:
                text = effect_text(pairs.effect, self.language)
                yield html.paragraph(html.escape(text), "note")
        yield tables.transition_table(self.released, name, self.names, self.language)


def _held_back(pairs: ShownPairs) -> bool:
    return bool(pairs.hidden) or (pairs.moves is None and pairs.changed is None)
