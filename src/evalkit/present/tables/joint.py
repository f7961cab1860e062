"""Survey answers beside themes: the joint display, its answers in figures, and unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language, Text
from evalkit.collation import swedish
from evalkit.joint_release import Crossed, CrossedUnit, GroupTheme, ShownConstruct, ShownItem
from evalkit.present import html
from evalkit.present.joint import (
    MOST_IDENTS,
    answered_text,
    groups_text,
    key_figures,
    relation_text,
    respondents_text,
)
from evalkit.present.numbers import NBSP, SUPPRESSED, percent, whole
from evalkit.present.sentences import base_label
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.tables.said import segment_text
from evalkit.present.themes import View
from evalkit.present.words import word
from evalkit.release import Released, opened

Rows = Released[tuple[ShownConstruct, ...]]
IDENT = "samlad-bild"


def joint_table(
    released: Rows,
    view: View | None,
    strips: Mapping[str, str],
    language: Language,
    *,
    item_links: bool,
    segment_links: bool,
) -> str:
    """A row for each construct.

    `strips` has a small chart of each item; links lead to the tables of the survey and to the bank
    of segments, where the page has them. What was said has a column where any theme is coded.
    """
    rows = opened(released) or ()
    least = released.rule.min_respondents
    keys = ["construct", "survey", "themes", "said", "relation", "meaning"]
    coded = any(each.themes for each in rows)
    columns = [word(f"joint_{each}", language) for each in keys if coded or each != "said"]
    link = view.segment_links if view is not None and segment_links else _listed
    body = [
        [
            html.in_language(each.construct.label, language),
            _items_cell(each, strips, least, language, item_links=item_links),
            _themes_cell(each, view, least, language),
            *([_said_cell(each, link, language)] if coded else []),
            _relation_cell(each, language),
            _meaning_cell(each, language),
        ]
        for each in rows
    ]
    caption = word("joint_caption", language, n=whole(len(rows), language))
    kind = "joint coded" if coded else "joint"
    return f'<div class="{kind}">{html.cards(caption, columns, body, IDENT)}</div>'


def _listed(idents: list[str]) -> str:
    return html.escape(", ".join(idents))


def _none(key: str, language: Language) -> str:
    return f'<span class="none">{html.escape(word(key, language))}</span>'


def _items_cell(
    row: ShownConstruct,
    strips: Mapping[str, str],
    least: int,
    language: Language,
    *,
    item_links: bool,
) -> str:
    if not row.items:
        return _none("joint_no_items", language)
    parts = []
    for each in row.items:
        title = html.in_language(each.title, language)
        if item_links and each.table is not None:
            text = word("joint_table_link", language, number=each.number)
            anchor = html.anchor("tabell", each.number)
            title += f' (<a href="#{anchor}">{html.escape(text)}</a>)'
        figures = _figures(each, least, language)
        parts.append(
            f'<div class="part"><div class="what">{title}</div>'
            f"{strips.get(each.item.name, '')}{figures}</div>"
        )
    return "".join(parts)


def _figures(item: ShownItem, least: int, language: Language) -> str:
    """The key figures and n, or why there are none."""
    if item.table is None:
        return _none("joint_item_not_asked", language)
    table = opened(item.table)
    if table is None:
        text = word("joint_withheld", language, least=whole(least, language))
        return f'<span class="none">{html.escape(text)}</span>'
    lines = [key_figures(table, language), answered_text(table, language)]
    return "<br>".join(html.escape(each) for each in lines)


def _themes_cell(row: ShownConstruct, view: View | None, least: int, language: Language) -> str:
    parts = [
        _part(
            html.in_language(each.label, language) or html.escape(each.code),
            groups_text(each, _names(each, view), language),
        )
        for each in row.themes
    ]
    for named in row.named:
        label = html.in_language(named.label, language)
        category = html.in_language(named.category, language)
        title = word("joint_theme_category", language, theme=label, category=category)
        parts.append(_part(title, [respondents_text(named, least, language)]))
    return "".join(parts) or _none("joint_no_themes", language)


def _part(title: str, lines: list[str]) -> str:
    text = " ".join(html.escape(each) for each in lines)
    return f'<div class="part"><div class="what">{title}</div>{text}</div>'


def _names(theme: GroupTheme, view: View | None) -> list[str]:
    return [] if view is None else [view.voice(each) for each in theme.raised]


def _said_cell(row: ShownConstruct, link: Callable[[list[str]], str], language: Language) -> str:
    parts = [
        f'<div class="part">{segment_text(each, language)} ({link([each.ident])})</div>'
        for each in row.said
    ]
    if row.others:
        named, more = list(row.others[:MOST_IDENTS]), len(row.others) - MOST_IDENTS
        idents = link(named)
        if more > 0:
            idents += f" {html.escape(word('joint_and_more', language, n=whole(more, language)))}"
        key = "joint_others_besides" if row.said else "joint_others"
        parts.append(f'<div class="part">{word(key, language, idents=idents)}</div>')
    return "".join(parts) or _none("joint_no_said", language)


def _relation_cell(row: ShownConstruct, language: Language) -> str:
    text = html.escape(relation_text(row, language))
    if row.construct.relation is None:
        return f'<span class="none">{text}</span>'
    return f"<strong>{text}</strong>"


def _meaning_cell(row: ShownConstruct, language: Language) -> str:
    meaning = html.in_language(row.construct.meaning, language)
    if not meaning:
        return _none("joint_not_interpreted", language)
    who = html.in_language(row.construct.read_by, language)
    by = f'<div class="by">{word("joint_by", language, who=who)}</div>' if who else ""
    return meaning + by


def joint_csv(released: Rows, language: Language) -> str:
    """A row for each item and each theme of a construct; two dots for what is kept back."""
    keys = (
        "construct", "item", "answered", "no_answer", "positive_percent", "negative_percent",
        "theme", "groups_raised", "groups_asked", "segments", "n_respondents", "relation",
        "meaning", "read_by",
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for each in opened(released) or ():
        read = [
            relation_text(each, language),
            each.construct.meaning.best(language).text,
            each.construct.read_by.best(language).text,
        ]
        label = each.construct.label.best(language).text
        rows += [
            [label, *own, *[None] * 5, *read]
            for own in (_item_figures(item, language) for item in each.items)
        ]
        rows += [[label, *[None] * 5, *own, *read] for own in _theme_figures(each, language)]
    return as_csv(keys, rows, language)


def _item_figures(item: ShownItem, language: Language) -> list[Cell]:
    title = item.title.best(language).text
    if item.table is None:
        return [title, None, None, None, None]
    table = opened(item.table)
    if table is None:
        return [title, *[SUPPRESSED] * 4]
    sides = [None if side is None else side.percent for side in (table.positive, table.negative)]
    return [title, table.base, table.bases.asked - table.bases.answered, *sides]


def _theme_figures(row: ShownConstruct, language: Language) -> Iterator[list[Cell]]:
    for each in row.themes:
        label = each.label.best(language).text or each.code
        yield [label, len(each.raised), each.asked, each.segments, None]
    for named in row.named:
        n = SUPPRESSED if named.hidden else named.n
        yield [named.label.best(language).text, None, None, None, n]


def figures_table(released: Rows, language: Language) -> str:
    """Every answer to every item of the joint display: the data of its small charts."""
    tables = _tables(released)
    if not tables:
        return ""
    columns = [(word("answer", language), ""), (word("count", language), NUMBER)]
    columns.append((word("percent", language), NUMBER))
    bodies = [_figures_rows(each, language) for each in tables]
    caption = word("joint_figures_caption", language, n=whole(len(tables), language))
    return html.table(caption, html.head(columns), bodies, f"{IDENT}-siffror")


def _tables(released: Rows) -> list[Frequency]:
    """The tables that are shown, each once."""
    found = {
        item.item.name: table
        for row in opened(released) or ()
        for item in row.items
        if item.table is not None and (table := opened(item.table)) is not None
    }
    return list(found.values())


def _figures_rows(table: Frequency, language: Language) -> str:
    title = html.row_head(html.in_language(table.title, language), "rowgroup", 3)
    rows = [html.row([title], "part")]
    for row in table.rows:
        label = html.row_head(html.in_language(row.label, language))
        share = "" if row.percent is None else percent(row.percent, language)
        cells = [html.cell(whole(row.n, language), NUMBER), html.cell(share, NUMBER)]
        rows.append(html.row([label, *cells], "" if row.status == "valid" else "apart"))
    base = html.row_head(html.escape(base_label(table, language)))
    cells = [html.cell(whole(table.base, language), NUMBER), html.cell("")]
    rows.append(html.row([base, *cells], "summary first"))
    return "".join(rows)


def figures_csv(released: Rows, language: Language) -> str:
    """The same as CSV."""
    rows: list[list[Cell]] = [
        [
            table.title.best(language).text,
            row.value,
            row.label.best(language).text,
            row.n,
            row.percent,
            table.base,
        ]
        for table in _tables(released)
        for row in table.rows
    ]
    return as_csv(("item", "value", "answer", "count", "percent", "answered"), rows, language)


def crossed_table(released: Released[Crossed], view: View, ident: str, language: Language) -> str:
    """A construct by unit: the share of positive answers to each item, and each theme's state."""
    table = opened(released)
    if table is None:
        return ""
    items = [
        word("joint_units_item", language, label=_plain(each.title, language))
        for each in table.items
    ]
    themes = [
        word("joint_units_theme", language, label=view.theme(each.code)) for each in table.themes
    ]
    rows = sorted(table.rows, key=lambda row: _place(row, table, language))
    label = html.in_language(table.construct.label, language)
    n = whole(len(rows), language)
    caption = word("joint_units_caption", language, label=label, n=n)
    columns = [word("unit", language), *items, *themes]
    return html.cards(caption, columns, [_crossed_row(each, language) for each in rows], ident)


def _plain(text: Text, language: Language) -> str:
    return text.best(language).text


def _place(row: CrossedUnit, table: Crossed, language: Language) -> tuple[object, ...]:
    """Units with the same state of the first theme together, in Swedish order."""
    states = list(dict.fromkeys(each.states[0] for each in table.rows))
    return states.index(row.states[0]), swedish(row.label.best(language).text)


def _crossed_row(row: CrossedUnit, language: Language) -> list[str]:
    cells = [html.in_language(row.label, language)]
    for share in row.shares:
        if share is None:
            cells.append(SUPPRESSED)
            continue
        n = word("n_short", language, n=whole(share.base, language)).replace(" ", NBSP)
        cells.append(f"{percent(share.percent, language)} <small>({n})</small>")
    for state in row.states:
        text = html.escape(word(f"themes_state_{state}", language))
        cells.append(f"<strong>{text}</strong>" if state == "raised" else text)
    return cells


def crossed_csv(tables: Sequence[Released[Crossed]], view: View, language: Language) -> str:
    """A row for each unit, item and theme; two dots where a share is kept back."""
    keys = ("construct", "unit", "item", "answered", "positive_percent", "theme", "state")
    rows: list[list[Cell]] = []
    for table in filter(None, map(opened, tables)):
        for row in table.rows:
            for item, share in zip(table.items, row.shares, strict=True):
                figures: list[Cell] = [SUPPRESSED] * 2
                if share is not None:
                    figures = [share.base, share.percent]
                rows += [
                    [
                        table.construct.label.best(language).text,
                        row.label.best(language).text,
                        item.title.best(language).text,
                        *figures,
                        view.theme(theme.code),
                        word(f"themes_state_{state}", language),
                    ]
                    for theme, state in zip(table.themes, row.states, strict=True)
                ]
    return as_csv(keys, rows, language)
