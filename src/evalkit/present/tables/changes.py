"""Rounds side by side: the overview of shares and of means, and each item's answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from evalkit.analysis.changes import ItemChange, ShareChange, Table
from evalkit.analysis.frequency import Frequency
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.changes import (
    OverviewRow,
    RoundNames,
    bounds_text,
    mean_change_text,
    overview_rows,
    points_text,
    share_cell,
    verdict_text,
)
from evalkit.present.numbers import NBSP, SUPPRESSED, percent, whole
from evalkit.present.numeric import spread_text
from evalkit.present.sentences import base_label, mean_text
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.changes import ShownChanges, ShownItem
from evalkit.rounds import Why

_WHY: dict[Why, str] = {
    "not_asked": "why_not_asked",
    "undecided": "why_undecided",
    "not_comparable": "why_not_comparable",
    "answers": "why_answers",
    "base": "why_base",
}


def change_table(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """Each item's share in every round, how far the last two lie apart, and whether by chance."""
    found = opened(released)
    rows = [] if found is None else list(overview_rows(found.items))
    if not rows:
        return ""
    caption = word("change_caption", language, **_escaped(names, language))
    return html.table(
        caption,
        _head(names, language),
        list(_by_section(rows, names, language)),
        "forandring-tabell",
        wide=True,
    )


def _escaped(names: RoundNames, language: Language) -> dict[str, str]:
    return {key: html.escape(each) for key, each in names.last_two(language).items()}


def _head(names: RoundNames, language: Language) -> str:
    """Item, a column for each round, the change with its interval, the verdict."""
    rounds = [(html.escape(each), NUMBER) for each in names.names(language)]
    keys = ("change_points", "change_interval")
    last = [(word(key, language), NUMBER) for key in keys]
    verdict = (word("change_verdict", language), "")
    return html.head([(word("item", language), ""), *rounds, *last, verdict])


def _by_section(
    rows: Iterable[OverviewRow], names: RoundNames, language: Language
) -> Iterator[str]:
    """The rows of each section under its title."""
    width = len(names.rounds) + 4
    for section, some in groupby(rows, key=lambda each: each.section):
        cells = "".join(_overview_row(each, language) for each in some)
        yield _section_head(names, section, width, language) + cells


def _section_head(names: RoundNames, section: str, width: int, language: Language) -> str:
    if section not in names.sections:
        return ""
    title = html.in_language(names.sections[section].title, language)
    return html.row([html.row_head(title, "rowgroup", width)], "part")


def _overview_row(row: OverviewRow, language: Language) -> str:
    cells = [html.row_head(_row_name(row, language))]
    cells += [
        html.cell(share_cell(row.share, at, row.hidden[at], language), NUMBER)
        for at in range(len(row.share.shares))
    ]
    cells.append(html.cell(points_text(row.share.difference, language), NUMBER))
    cells.append(html.cell(bounds_text(row.share.difference, language), NUMBER))
    verdict = verdict_text(row.beyond, row.test, language)
    cells.append(html.cell(html.escape(verdict), "verdict"))
    return html.row(cells)


def _row_name(row: OverviewRow, language: Language) -> str:
    """The item, and under it the answers that the share is of."""
    name = html.in_language(row.title, language)
    if not row.counted:
        return name
    answers = f" {word('or', language)} ".join(
        html.in_language(each, language) for each in row.counted
    )
    return f'{name}<br><span class="answers">{answers}</span>'


def mean_table(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """The mean of each item that has one, in every round, and how far the last two lie apart."""
    found = opened(released)
    items = [] if found is None else [each for each in found.items if _has_mean(each)]
    if not items:
        return ""
    rounds = [(html.escape(each), NUMBER) for each in names.names(language)]
    keys = ("change_mean_difference", "change_interval")
    heading = html.head(
        [(word("item", language), ""), *rounds, *((word(key, language), NUMBER) for key in keys)]
    )
    bodies = []
    for section, some in groupby(items, key=lambda each: each.change.section):
        title = _section_head(names, section, len(names.rounds) + 3, language)
        bodies.append(title + "".join(_mean_row(each, language) for each in some))
    caption = word("change_mean_caption", language, **_escaped(names, language))
    return html.table(caption, heading, bodies, "forandring-medel", wide=True)


def _has_mean(shown: ShownItem) -> bool:
    return all(each is not None for each in shown.change.means[-2:])


def _mean_row(shown: ShownItem, language: Language) -> str:
    change = shown.change
    cells = [html.row_head(html.in_language(change.title, language))]
    cells += [
        html.cell(_mean_cell(table, hidden, language), NUMBER)
        for table, hidden in zip(change.tables, shown.hidden, strict=True)
    ]
    before, last = change.means[-2:]
    if change.mean is not None:
        figures = [mean_change_text(change.mean, language), bounds_text(change.mean, language, "")]
    elif before is not None and last is not None:
        figures = ["", SUPPRESSED]
    else:
        figures = ["", ""]
    return html.row([*cells, *(html.cell(each, NUMBER) for each in figures)])


def _mean_cell(table: Table | None, hidden: bool, language: Language) -> str:
    """A mean and how many it is of: "3,45 av 120"."""
    if hidden:
        return SUPPRESSED
    if table is None or table.mean is None:
        return ""
    text = mean_of(table, language)
    n = whole(table.bases.valid, language)
    return word("change_share", language, percent=text, n=n).replace(" ", NBSP)


def mean_of(table: Table, language: Language) -> str:
    """The mean of a table, without how many it is of."""
    if isinstance(table, Numeric):
        return spread_text(table.mean, table, language)
    return spread_text(table.mean, Numeric(table.item, table.title, "", table.bases, ()), language)


def uncompared_list(released: Released[ShownChanges], language: Language) -> str:
    """The items that are not compared, each with the reason; empty where all are."""
    found = opened(released)
    if found is None or not found.uncompared:
        return ""
    items = "".join(
        f"<li>{html.in_language(each.title, language)}: {word(_WHY[each.why], language)}</li>"
        for each in found.uncompared
        if each.why in _WHY
    )
    return f"<ul>{items}</ul>"


def answers_table(
    released: Released[ShownChanges], item: str, names: RoundNames, language: Language
) -> str:
    """How an item was answered in every round: count and per cent of each answer, and the change.

    Empty of a numeric item, whose means stand in their own table.
    """
    shown = _of(released, item)
    if shown is None or not shown.change.answers:
        return ""
    change = shown.change
    columns = [f'<th scope="col" rowspan="2">{word("answer", language)}</th>']
    columns += [
        f'<th scope="colgroup" colspan="2" class="{NUMBER}">{html.escape(each)}</th>'
        for each in names.names(language)
    ]
    columns += [
        f'<th scope="col" rowspan="2" class="{NUMBER}">{word(key, language)}</th>'
        for key in ("change_points", "change_interval")
    ]
    under = [
        f'<th scope="col" class="{NUMBER}">{word(key, language)}</th>'
        for _ in names.rounds
        for key in ("count", "percent")
    ]
    heading = f"<thead>{html.row(columns)}{html.row(under)}</thead>"
    rows = "".join(_answer_row(each, shown.hidden, language) for each in change.answers)
    rows += _base_row(shown, language) + _means_of(shown, language)
    caption = word(
        "change_answers_caption", language, label=html.in_language(change.title, language)
    )
    return html.table(caption, heading, [rows], f"forandring-{html.escape(item)}", wide=True)


def _of(released: Released[ShownChanges], item: str) -> ShownItem | None:
    found = opened(released)
    items = () if found is None else found.items
    return next((each for each in items if each.change.item.name == item), None)


def _answer_row(row: ShareChange, hidden: Sequence[bool], language: Language) -> str:
    cells = [html.row_head(html.in_language(row.labels[0], language))]
    for share, gone in zip(row.shares, hidden, strict=True):
        texts = ["", ""]
        if gone:
            texts = [SUPPRESSED, SUPPRESSED]
        elif share is not None:
            texts = [whole(share.n, language), percent(share.percent, language)]
        cells += [html.cell(each, NUMBER) for each in texts]
    cells.append(html.cell(points_text(row.difference, language), NUMBER))
    cells.append(html.cell(bounds_text(row.difference, language), NUMBER))
    return html.row(cells)


def _base_row(shown: ShownItem, language: Language) -> str:
    """Antal svar of every round, or why the round has none to compare."""
    change = shown.change
    last = change.last
    name = base_label(last, language) if isinstance(last, Frequency) else word("answered", language)
    cells = [html.row_head(html.escape(name))]
    for table, why, gone in zip(change.tables, change.why, shown.hidden, strict=True):
        if table is None and not gone:
            text = word(_WHY[why], language) if why in _WHY else ""
            cells.append(f'<td colspan="2">{text}</td>')
            continue
        text = SUPPRESSED if table is None else whole(table.base, language)
        cells += [html.cell(text, NUMBER), html.cell("")]
    return html.row([*cells, html.cell(""), html.cell("")], "summary first")


def _means_of(shown: ShownItem, language: Language) -> str:
    change = shown.change
    if not _has_mean(shown):
        return ""
    cells = [html.row_head(word("mean", language))]
    for table in change.tables:
        text = mean_text(table, language) if isinstance(table, Frequency) else ""
        cells.append(f'<td class="{NUMBER}" colspan="2">{text}</td>')
    cells.append(html.cell(mean_change_text(change.mean, language), NUMBER))
    cells.append(html.cell(bounds_text(change.mean, language, ""), NUMBER))
    return html.row(cells, "summary")


def change_csv(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """The figures of all rounds as CSV: a row for each item, answer and round."""
    found = opened(released)
    if found is None:
        return ""
    keys = ("item", "answer", "round", "count", "base", "percent", "mean")
    rows: list[list[Cell]] = []
    for each in found.items:
        rows += _csv_rows(each, names.names(language), language)
    return as_csv(keys, rows, language)


def _csv_rows(shown: ShownItem, rounds: Sequence[str], language: Language) -> Iterator[list[Cell]]:
    change = shown.change
    title = change.title.best(language).text
    for row in change.answers:
        label = row.labels[0].best(language).text
        for name, share in zip(rounds, row.shares, strict=True):
            if share is not None:
                yield [title, label, name, share.n, share.base, share.percent, None]
    for name, table in zip(rounds, change.tables, strict=True):
        if table is not None and table.mean is not None:
            yield [title, word("mean", language), name, None, table.bases.valid, None, table.mean]


def difference_csv(released: Released[ShownChanges], language: Language) -> str:
    """The differences between the last two rounds as CSV: points, interval, test and p."""
    found = opened(released)
    if found is None:
        return ""
    keys = ("item", "answer", "difference", "low", "high", "method", "p", "p_adjusted")
    rows: list[list[Cell]] = []
    for each in found.items:
        change = each.change
        title = change.title.best(language).text
        tested: list[Cell] = [None, None, None]
        if change.test is not None and change.test.p is not None:
            name = word(f"method_{change.test.method}", language)
            tested = [name, change.test.p, change.p_adjusted]
        main = change.main
        if main is not None and main.difference is not None:
            label = " / ".join(text.best(language).text for text in main.labels)
            rows.append([title, label, *_bounds(main.difference, 100), *tested])
        for row in change.answers if change.item.kind == "multiple" else ():
            if row.difference is None or row.test is None:
                continue
            name = word(f"method_{row.test.method}", language)
            own: list[Cell] = [name, row.test.p, row.p_adjusted]
            rows.append([title, row.labels[0].best(language).text,
                         *_bounds(row.difference, 100), *own])  # fmt: skip
        if change.mean is not None:
            mean_tested = tested if change.item.kind == "numeric" else [None] * 3
            figures = _bounds(change.mean, 1)
            rows.append([title, word("mean", language), *figures, *mean_tested])
    return as_csv(keys, rows, language)


def _bounds(difference: object, times: int) -> list[Cell]:
    figures = [getattr(difference, name) for name in ("estimate", "low", "high")]
    return [None if each is None else times * each for each in figures]


def unit_change_table(
    released: Released[ShownChanges], names: RoundNames, language: Language
) -> str:
    """The share of each item in the units of both rounds, beside that in all units."""
    found = opened(released)
    units = None if found is None else found.units
    if found is None or units is None:
        return ""
    parts = {each.change.item.name: each.change for each in units.items}
    rows = [
        (row, part)
        for row in overview_rows(found.items)
        if row.item.name in parts
        for part in [_same_share(parts[row.item.name], row.share.key)]
        if part is not None
    ]
    if not rows:
        return ""
    two = names.names(language)[-2:]
    groups = ("change_all_units", "change_both_rounds")
    first = [f'<th scope="col" rowspan="2">{word("item", language)}</th>']
    first += [
        f'<th scope="colgroup" colspan="3" class="{NUMBER}">{word(key, language)}</th>'
        for key in groups
    ]
    first.append(
        f'<th scope="col" rowspan="2" class="{NUMBER}">{word("change_interval", language)}</th>'
    )
    columns = [*map(html.escape, two), word("change_points", language)] * 2
    second = [f'<th scope="col" class="{NUMBER}">{each}</th>' for each in columns]
    heading = f"<thead>{html.row(first)}{html.row(second)}</thead>"
    bodies = []
    for section, some in groupby(rows, key=lambda each: each[0].section):
        cells = "".join(_beside_row(row, part, language) for row, part in some)
        bodies.append(_section_head(names, section, 8, language) + cells)
    caption = word("change_units_caption", language, **_escaped(names, language))
    return html.table(caption, heading, bodies, "forandring-enheter-tabell", wide=True)


def _same_share(change: ItemChange, key: str) -> ShareChange | None:
    """The share of the same answers in the units of both rounds."""
    every = [*([change.main] if change.main else []), *change.answers]
    return next((each for each in every if each.key == key), None)


def _beside_row(row: OverviewRow, part: ShareChange, language: Language) -> str:
    cells = [html.row_head(_row_name(row, language))]
    for share in (row.share, part):
        cells += [html.cell(share_cell(share, at, False, language), NUMBER) for at in (-2, -1)]
        cells.append(html.cell(points_text(share.difference, language), NUMBER))
    cells.append(html.cell(bounds_text(part.difference, language), NUMBER))
    return html.row(cells)
