"""How answers differ between groups, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from evalkit.analysis.groups import compared_items, crosstabs
from evalkit.codebook import Item, Language, Section, Text, slug
from evalkit.present import charts, html, tables
from evalkit.present.groups import (
    by_name,
    crosstab_finding,
    direction_note,
    hidden_note,
    summary_finding,
    test_text,
)
from evalkit.present.words import word, word_list
from evalkit.release import Released, opened
from evalkit.release.groups import (
    Asked,
    ShownCrosstab,
    ShownGroups,
    kept_back_by,
    release_groupings,
)
from evalkit.release.units import hidden_by_rate
from evalkit.settings import Grouping
from evalkit.workbook.blocks import Block
from evalkit.workbook.groups import (
    UNIT,
    WhyNot,
    backgrounds,
    grouped_by,
    is_unit,
    left_out_items,
    why_not_grouped,
)
from evalkit.workbook.pages import Report
from evalkit.workbook.sources import respondents_of

_BESIDE = 4
"""As many groups as leave room for a chart beside the table."""


@dataclass(frozen=True, repr=False)
class GroupBlocks:
    """How answers differ between groups.

    Everything shown comes from what `release.groups` lets through.
    """

    report: Report

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<groups of {self.report.study.name}, {self.report.cover.subtitle}>"

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.report.language

    @property
    def groupings(self) -> tuple[Grouping, ...]:
        """What the study compares answers by; nothing where respondents were rebuilt."""
        settings = self.report.study.settings
        return () if settings.mark == "reconstructed" else settings.groups

    @cached_property
    def released(self) -> dict[str, Released[ShownGroups]]:
        """The tables of each grouping that can be made, as they may be shown."""
        report, study = self.report, self.report.study
        any_told = any(not self._why_not(each.by) for each in self.groupings)
        asked = self._looked_at if any_told else ()
        found = release_groupings(
            asked, report.released, respondents_of(study, report.data), backgrounds(study)
        )
        return {
            each.by: found[self._name(each.by)]
            for each in self.groupings
            if self._name(each.by) in found
        }

    @cached_property
    def _looked_at(self) -> tuple[Asked, ...]:
        """The groupings in the order in which they are decided, the units first.

        A unit's report is made by itself, and so the units are there whether named or not.
        """
        asked = [self._asked(each) for each in self.groupings if not self._why_not(each.by)]
        if all(each.grouped.by != UNIT for each in asked) and not self._why_not(UNIT):
            asked.insert(0, replace(self._asked(Grouping(by=UNIT)), told=False))
        return tuple(sorted(asked, key=lambda each: each.grouped.by != UNIT))

    def kept_back_by(self, by: str) -> frozenset[str]:
        """The items of which the table by the item `by` would be kept back, wholly or in part."""
        return self._kept_back.get(self._name(by), frozenset())

    @cached_property
    def _kept_back(self) -> dict[str, frozenset[str]]:
        """The same for what models and weights go by, after what is shown as tables."""
        report, study = self.report, self.report.study
        if report.released.rule.edition == "internal":
            return {}
        to = () if study.settings.weighting is None else study.settings.weighting.to
        every = tuple(each.name for each in report.codebook.questions)
        more = [Grouping(by=each, items=every) for each in to]
        more += [
            Grouping(by=by, items=(each.item,)) for each in study.settings.models for by in each.on
        ]
        asked = [*self._looked_at, *(self._asked(g) for g in more if not self._why_not(g.by))]
        responses = respondents_of(study, report.data)
        alone = _without_repeats(asked)
        return kept_back_by(alone, report.released.rule, responses, backgrounds(study))

    def _shown(self, by: str) -> ShownGroups | None:
        released = self.released.get(by)
        return None if released is None else opened(released)

    def _name(self, by: str) -> str:
        return UNIT if is_unit(self.report.study, by) else by

    def _why_not(self, by: str) -> WhyNot:
        return why_not_grouped(self.report.study, self.report.data, by)

    def _asked(self, grouping: Grouping) -> Asked:
        report = self.report
        grouped = grouped_by(report.study, report.data, grouping.by)
        left_out = left_out_items(report.study, report.codebook)
        items = compared_items(report.codebook, grouped, grouping.items, left_out)
        called = report.study.settings.respondents.text
        found = crosstabs(report.codebook, grouped, items, called)
        if grouped.by != UNIT:
            return Asked(grouped, found)
        frame = report.study.frames.get(report.data.round_name)
        similar = {} if frame is None else frame.groups
        return Asked(grouped, found, hidden_by_rate(report.unit_rates), similar=similar)

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        for by in self.released:
            for table in self._in_full(by):
                yield f"{_ident(by, table.item)}-rubrik"
                if not table.whole.overlapping:
                    yield f"{_ident(by, table.item)}-diagram"
            shown = self._shown(by)
            if shown is not None and shown.tables:
                yield f"{_of(by)}-sammanfattning"

    def about(self) -> Block:
        """What is compared and how to read it, or why nothing is; with the study's own text."""
        settings, language = self.report.study.settings, self.language
        text = self.report.narrative("groups", 3)
        if not settings.groups and not text:
            return Block("groups", "")
        parts = [html.paragraph(word("groups_lead", language))] if self.groupings else []
        if settings.mark == "reconstructed":
            parts = [html.paragraph(word("groups_why_reconstructed", language))]
        parts.append(text)
        if self.released:
            title = html.heading(3, word("groups_read", language), "grupper-lasanvisning")
            items = "".join(
                f"<li>{html.escape(each)}</li>" for each in word_list("groups_read", language)
            )
            parts.append(f"{title}<ul>{items}</ul>")
        title = html.heading(2, word("groups", language), "grupper")
        return Block("groups", f'<section class="groups">{title}{"".join(parts)}</section>')

    def summary(self, grouping: Grouping) -> Block:
        """One grouping: what its tests say, many items in one table, and which of them differ."""
        by, language = grouping.by, self.language
        released, shown = self.released.get(by), self._shown(by)
        title = self._title(grouping) if shown is None else shown.title
        name = word("groups_by", language, by=html.escape(by_name(title, language)))
        heading = html.heading(3, name, f"{_of(by)}-sammanfattning")
        if released is None or shown is None:
            fields = {"by": by_name(title, language)}
            text = word(f"groups_why_{self._why_not(by)}", language, **fields)
            content = html.paragraph(html.escape(text), "note")
        else:
            content = self._summary(released, shown, _of(by))
        return Block(f"by {by}", f"<section>{heading}{content}</section>")

    def _title(self, grouping: Grouping) -> Text:
        item = self.report.study.codebook.items.get(grouping.by)
        return Text(grouping.by) if item is None else item.label

    def _sentence(self, key: str, title: Text, kind: str) -> str:
        text = word(key, self.language, by=by_name(title, self.language))
        return html.paragraph(html.escape(text), kind)

    def _summary(self, released: Released[ShownGroups], shown: ShownGroups, ident: str) -> str:
        language = self.language
        if not shown.crosstabs:
            return self._sentence("groups_nothing", shown.title, "note")
        if not shown.tables:
            return self._sentence("groups_withheld_all", shown.title, "note withheld")
        name = by_name(shown.title, language)
        figures = tables.crosstabs_csv(list(shown.crosstabs.values()), language)
        parts = [
            html.paragraph(html.escape(summary_finding(released, language)), "finding"),
            tables.key_table(released, ident, language),
            self._hidden(shown, released.rule.min_respondents),
            self._tests(released, shown, ident),
            html.data_link(word("groups_download", language, by=name), figures, f"{ident}.csv"),
        ]
        if shown.tests:
            tests = tables.tests_csv(released, language)
            link = word("groups_download_tests", language)
            parts.append(html.data_link(link, tests, f"{ident}-tester.csv"))
        return "".join([*parts, self._withheld(shown, name)])

    def _hidden(self, shown: ShownGroups, least: int) -> str:
        notes = [hidden_note(each, least, self.language) for each in shown.tables]
        text = next((each for each in notes if each), "")
        return html.paragraph(html.escape(text), "note") if text else ""

    def _tests(self, released: Released[ShownGroups], shown: ShownGroups, ident: str) -> str:
        """The tests one by one; folded away on the screen where none finds a difference."""
        table = tables.tests_table(released, ident, self.language)
        if not table:
            return ""
        summary = word(
            "groups_tests", self.language, by=html.escape(by_name(shown.title, self.language))
        )
        opening = "<details open" if any(each.differs for each in shown.tests) else "<details"
        inner = f"{table}{self._direction(released)}"
        return f'{opening} class="tests"><summary>{summary}</summary>{inner}</details>'

    def _direction(self, released: Released[ShownGroups]) -> str:
        text = direction_note(released, self.language)
        return html.paragraph(html.escape(text), "note") if text else ""

    def _withheld(self, shown: ShownGroups, name: str) -> str:
        if not shown.withheld:
            return ""
        titles = [self.report.codebook.title(each) for each in shown.withheld]
        labels = ", ".join(each.best(self.language).text for each in titles)
        text = word("groups_withheld", self.language, by=name, labels=labels)
        return html.paragraph(html.escape(text), "note")

    def items(self, grouping: Grouping) -> tuple[Item, ...]:
        """The items that are shown in full: those that study.yaml names, else those that differ.

        Those count as differing that would do so if they were the only ones tested.
        """
        return tuple(each.item for each in self._in_full(grouping.by))

    def _in_full(self, by: str) -> tuple[ShownCrosstab, ...]:
        shown = self._shown(by)
        if shown is None:
            return ()
        named = next(each.items for each in self.groupings if each.by == by)
        return tuple(each for each in shown.tables if named or each.notable)

    def item(self, grouping: Grouping, item: Item) -> Block:
        """An item by a grouping: table, chart, finding and tests."""
        by, language = grouping.by, self.language
        groups = self._shown(by)
        shown = None if groups is None else groups.crosstabs[item.name]
        table = None if shown is None else opened(shown)
        if groups is None or shown is None or table is None:
            return Block(f"{item.name} by {by}", "")
        ident = _ident(by, item)
        kind = "table" if table.whole.overlapping else "table_and_chart"
        title = word(
            "groups_title",
            language,
            kind=word(kind, language),
            number=html.escape(table.whole.number),
            by=html.escape(by_name(groups.title, language)),
            label=html.in_language(table.whole.title, language),
        )
        chart = charts.groups_chart(shown, groups.title, ident, language)
        content = self._content(shown, groups.title, ident, chart)
        content = (
            f'<section class="item" id="{ident}-rubrik">{html.heading(4, title)}{content}</section>'
        )
        return Block(f"{item.name} by {by}", content)

    def _content(
        self, shown: Released[ShownCrosstab], by: Text, ident: str, chart: str = ""
    ) -> str:
        table, language = opened(shown), self.language
        if table is None:
            return ""
        finding = crosstab_finding(shown, language)
        notes = [hidden_note(table, shown.rule.min_respondents, language)]
        if table.whole.mean is not None and table.item.positive == "low":
            notes.append(word("low_is_good", language))
        if len(table.tests) == 1:
            notes.append(test_text(table.tests[0], language))
        drawn = tables.crosstab_table(shown, by, ident, language)
        narrow = chart and len(table.columns) <= _BESIDE
        kind = "pair" if narrow else "overview"
        parts = [f'<div class="{kind}">{drawn}{chart}</div>']
        parts += [html.paragraph(html.escape(finding), "finding")] if finding else []
        parts += [html.paragraph(html.escape(each), "note") for each in notes if each]
        return "".join(parts)

    def others(self, grouping: Grouping) -> Block:
        """The items that are not shown in full, folded away by section."""
        shown = self._shown(grouping.by)
        name = f"others by {grouping.by}"
        if shown is None:
            return Block(name, "")
        full = {each.item.name for each in self._in_full(grouping.by)}
        rest = [each for each in shown.tables if each.item.name not in full]
        parts = []
        for section in self.report.codebook.sections.values():
            own = [each for each in rest if self._section_of(each.item) == section.number]
            if own:
                inner = "".join(
                    self._content(
                        shown.crosstabs[each.item.name],
                        shown.title,
                        _ident(grouping.by, each.item),
                    )
                    for each in own
                )
                summary = self._folded_title(section)
                parts.append(f"<details><summary>{summary}</summary>{inner}</details>")
        if not parts:
            return Block(name, "")
        note = html.paragraph(word("groups_onpaper", self.language), "note onpaper")
        return Block(name, f'<section class="folded">{"".join([*parts, note])}</section>')

    def _folded_title(self, section: Section) -> str:
        label = f"{html.escape(section.number)} {html.in_language(section.title, self.language)}"
        return word("groups_folded", self.language, section=label)

    def _section_of(self, item: Item) -> str:
        return item.section or self.report.codebook.item(item.part_of).section


def _of(by: str) -> str:
    """The beginning of the ids of a grouping."""
    return f"grupper-{slug(by)}"


def _without_repeats(asked: Iterable[Asked]) -> tuple[Asked, ...]:
    """Each grouping with the items that it was not asked for before."""
    seen: dict[str, frozenset[str]] = {}
    found = []
    for each in asked:
        before = seen.get(each.grouped.by, frozenset())
        tables = {name: table for name, table in each.tables.items() if name not in before}
        found.append(replace(each, tables=tables))
        seen[each.grouped.by] = before | each.tables.keys()
    return tuple(found)


def _ident(by: str, item: Item) -> str:
    return f"{_of(by)}-{slug(item.name)}"
