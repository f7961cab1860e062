"""Items by groups: one item in full, many items in one table, and the tests of a grouping."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.frequency import Frequency, Row
from evalkit.analysis.group_tests import GroupTest
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.groups import (
    KeyRow,
    by_name,
    effect_size,
    group_name,
    key_rows,
    row_of,
)
from evalkit.present.inference import interval_text, method_name, p_alone, reason_text
from evalkit.present.numbers import NBSP, SUPPRESSED, percent, whole
from evalkit.present.sentences import base_label, base_name, mean_text
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.groups import ShownCrosstab, ShownGroup, ShownGroups


def crosstab_table(
    released: Released[ShownCrosstab], by: Text, ident: str, language: Language
) -> str:
    """An item by groups: count and per cent of each answer, a column a group, then the whole."""
    table = opened(released)
    if table is None:
        return ""
    caption = word(
        "groups_caption",
        language,
        kind=word("table", language),
        number=html.escape(table.whole.number),
        by=html.escape(by_name(by, language)),
        label=html.in_language(table.whole.title, language),
        base_name=html.escape(base_name(table.whole, language)),
        base=whole(table.whole.base, language),
    )
    names = [html.in_language(each.group.label, language) for each in table.columns]
    bases = [None if each.table is None else each.table.base for each in table.columns]
    columns = [
        (_head(name, base, each.letter if table.letters else "", language), NUMBER)
        for name, base, each in zip(names, bases, table.columns, strict=True)
    ]
    all_ = (_head(word("groups_all", language), table.whole.base, "", language), NUMBER)
    heading = html.head([(word("answer", language), ""), *columns, all_])
    rows = [_answer_row(row, table, language) for row in table.whole.shares]
    rows += _summary(table, language)
    return html.table(caption, heading, ["".join(rows)], f"{ident}-tabell", wide=True)


def _head(name: str, base: int | None, letter: str, language: Language) -> str:
    n = SUPPRESSED if base is None else whole(base, language)
    lettered = f"{name} ({letter})" if letter else name
    return f"{lettered}<br>{word('n_short', language, n=n).replace(' ', NBSP)}"


def _answer_row(row: Row, table: ShownCrosstab, language: Language) -> str:
    letters = table.letters.get(row.key, {})
    cells = [html.row_head(html.in_language(row.label, language))]
    cells += [
        _share_cell(each.table, row, letters.get(each.group.key, ""), language)
        for each in table.columns
    ]
    cells.append(_share_cell(table.whole, row, "", language))
    return html.row(cells, "" if row.status == "valid" else "apart")


def _share_cell(table: Frequency | None, row: Row, letters: str, language: Language) -> str:
    if table is None:
        return html.cell(SUPPRESSED, NUMBER)
    n, share = row_of(table, row)
    if share is None:
        return html.cell("", NUMBER)
    above = f" <sup>{letters}</sup>" if letters else ""
    shown = percent(share, language)
    return html.cell(f"{shown}{above}<br><small>{whole(n, language)}</small>", NUMBER)


def _summary(table: ShownCrosstab, language: Language) -> list[str]:
    tables = [*(each.table for each in table.columns), table.whole]
    bases = [SUPPRESSED if each is None else whole(each.base, language) for each in tables]
    name = html.escape(base_label(table.whole, language))
    rows = [_row(name, bases, "summary first")]
    if table.whole.mean is not None:
        valid = [SUPPRESSED if t is None else whole(t.bases.valid, language) for t in tables]
        if any(t is not None and t.bases.valid != t.bases.answered for t in tables):
            rows.append(_row(word("of_which_valid", language), valid, "summary"))
        means = [SUPPRESSED if each is None else mean_text(each, language) for each in tables]
        rows.append(_row(word("mean", language), means, "summary"))
    return rows


def _row(name: str, figures: Sequence[str], kind: str) -> str:
    return html.row([html.row_head(name), *(html.cell(each, NUMBER) for each in figures)], kind)


def key_table(released: Released[ShownGroups], ident: str, language: Language) -> str:
    """Many items by one: the key figure of each item in each group, with n, and p."""
    shown = opened(released)
    tables = () if shown is None else shown.tables
    rows = [row for table in tables for row in key_rows(table, language)]
    if shown is None or not rows:
        return ""
    columns = [html.in_language(each.group.label, language) for each in tables[0].columns]
    names = [word("groups_all", language), *columns]
    heading = [(word("item", language), ""), *((each, NUMBER) for each in names)]
    tested = bool(shown.tests)
    if tested:
        heading.append(("p", NUMBER))
    positive = any(each.kind == "positive" for each in rows)
    caption = word(
        "groups_key_caption_positive" if positive else "groups_key_caption",
        language,
        by=html.escape(by_name(shown.title, language)),
        n=whole(len(rows), language),
    )
    body = "".join(_key_row(each, tested, language) for each in rows)
    return html.table(caption, html.head(heading), [body], f"{ident}-nyckeltal", wide=True)


def _key_row(row: KeyRow, tested: bool, language: Language) -> str:
    title = html.in_language(row.title, language)
    if row.kind != "positive":
        title += f" <small>({word(f'groups_key_{row.kind}', language)})</small>"
    cells = [html.row_head(title)]
    for text, base in zip(row.cells, row.bases, strict=True):
        n = SUPPRESSED if base is None else whole(base, language)
        shown = SUPPRESSED if text is None else text
        small = f"<br><small>{word('n_short', language, n=n).replace(' ', NBSP)}</small>"
        cells.append(html.cell(shown if text is None else f"{shown}{small}", NUMBER))
    if tested:
        p = None if row.test is None else row.test.test.p
        cells.append(html.cell("" if p is None else _p(p, language), NUMBER))
    return html.row(cells)


def _p(p: float, language: Language) -> str:
    """A p-value in a column that is headed p: "0,012", "< 0,001"."""
    return p_alone(p, language)


def tests_table(released: Released[ShownGroups], ident: str, language: Language) -> str:
    """Which items differ: test, effect with interval, p, and p adjusted, in the items' order."""
    shown = opened(released)
    if shown is None or not shown.tests:
        return ""
    keys = ("item", "groups_test", "groups_effect", "groups_p", "groups_p_holm", "groups_p_bh")
    kinds = ("", "", "", NUMBER, NUMBER, NUMBER)
    heading = html.head([(word(k, language), kind) for k, kind in zip(keys, kinds, strict=True)])
    caption = word(
        "groups_tests_caption",
        language,
        by=html.escape(by_name(shown.title, language)),
        n=whole(shown.tests[0].family, language),
    )
    body = "".join(_test_row(each, language) for each in shown.tests)
    return html.table(caption, heading, [body], f"{ident}-tester", wide=True)


def _test_row(test: GroupTest, language: Language) -> str:
    name = method_name(test.test.method, language)
    if test.test.kind:
        name += f" ({word(f'by_{test.test.kind}', language)})"
    figures = [test.test.p, test.p_holm, test.p_bh]
    cells = [
        html.row_head(html.in_language(test.title, language)),
        html.cell(html.escape(name)),
        html.cell(html.escape(_effect(test, language))),
    ]
    if test.test.reason is not None:
        reason = html.escape(reason_text(test.test.reason, language))
        cells.append(f'<td colspan="3">{reason}</td>')
    else:
        cells += [html.cell("" if p is None else _p(p, language), NUMBER) for p in figures]
    return html.row(cells, "differs" if test.differs else "")


def _effect(test: GroupTest, language: Language) -> str:
    effect, size = test.effect, effect_size(test, language)
    if effect is None or not size:
        return ""
    between = interval_text(effect, language, "number")
    name = method_name(effect.method, language)
    return f"{name} {size} ({between})" if between else f"{name} {size}"


_KEYS = ("group", "item", "value", "answer", "count", "percent", "answered", "mean")


def crosstabs_csv(tables: Sequence[Released[ShownCrosstab]], language: Language) -> str:
    """The figures as CSV, a row for each group and answer; two dots where a group is kept back."""
    rows: list[list[Cell]] = []
    for table in map(opened, tables):
        if table is not None:
            for each in table.columns:
                rows += _csv_rows(group_name(each, language), each, table, language)
            rows += _csv_rows(word("groups_all", language), None, table, language)
    return as_csv(_KEYS, rows, language)


def _csv_rows(
    name: str, column: ShownGroup | None, table: ShownCrosstab, language: Language
) -> list[list[Cell]]:
    own = table.whole if column is None else column.table
    item = table.whole.title.best(language).text
    rows: list[list[Cell]] = []
    for row in table.whole.shares:
        label = row.label.best(language).text
        figures: list[Cell] = [SUPPRESSED] * 4
        if own is not None:
            n, share = row_of(own, row)
            figures = [n, share, own.base, own.mean]
        rows.append([name, item, row.value, label, *figures])
    return rows


def tests_csv(released: Released[ShownGroups], language: Language) -> str:
    """The tests of a grouping as CSV."""
    keys = ("item", "test", "p", "p_holm", "p_bh", "effect", "estimate", "low", "high", "n")
    rows: list[list[Cell]] = []
    shown = opened(released)
    for each in () if shown is None else shown.tests:
        effect = each.effect
        of_effect: list[Cell] = [None] * 4
        if effect is not None and effect.estimate is not None:
            name = method_name(effect.method, language)
            of_effect = [name, effect.estimate, effect.low, effect.high]
        method = method_name(each.test.method, language)
        p: list[Cell] = [each.test.p, each.p_holm, each.p_bh]
        rows.append([each.title.best(language).text, method, *p, *of_effect, each.test.n])
    return as_csv(keys, rows, language)
