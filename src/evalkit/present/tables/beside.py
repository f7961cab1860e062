"""One unit beside the whole, the rest, similar units and its last round: tables, and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.units import Beside, BesideGrid
from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.comparisons import (
    RowPair,
    Side,
    Sides,
    column_name,
    pairs,
    row_of,
    side_of,
    sides_of,
)
from evalkit.present.numbers import NBSP, percent, trimmed, whole
from evalkit.present.sentences import (
    base_label,
    base_name,
    base_range,
    capital,
    mean_text,
    median_text,
)
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import Released, opened


def beside_table(released: Released[Beside], sides: Sides, language: Language) -> str:
    """An item: count and per cent of each answer in the unit, per cent in what it stands beside."""
    table = opened(released)
    if table is None:
        return ""
    shown = sides_of([table])
    body = "".join(_rows(table, shown, language))
    return _table(table.item.label, [table], shown, sides, language, body)


def beside_grid_table(released: Released[BesideGrid], sides: Sides, language: Language) -> str:
    """A grid: the same for each of its parts, under a heading of its own."""
    grid = opened(released)
    if grid is None:
        return ""
    shown = sides_of(grid.parts)
    bodies = []
    for part in grid.parts:
        label = html.in_language(part.item.label, language)
        title = html.row_head(label, "rowgroup", len(shown) + 2)
        bodies.append(html.row([title], "part") + "".join(_rows(part, shown, language)))
    return _table(grid.item.label, grid.parts, shown, sides, language, *bodies)


def _table(
    label: Text,
    parts: Sequence[Beside],
    shown: Sequence[Side],
    sides: Sides,
    language: Language,
    *bodies: str,
) -> str:
    first = parts[0].whole
    bases = {side: _bases(parts, side, language) for side in shown}
    names = sides.names(language)
    caption = word(
        "beside_caption",
        language,
        kind=word("table", language),
        number=html.escape(first.number),
        label=html.in_language(label, language),
        base_name=html.escape(base_name(first, language)),
        unit=html.escape(names["unit"]),
        base=bases["unit"],
        whole=html.escape(names["whole"]),
        whole_base=bases["whole"],
    )
    heading = _head(bases, sides, language)
    ident = f"{table_ident(first.number)}-jamforelse"
    return f'<div class="beside">{html.table(caption, heading, bodies, ident, wide=True)}</div>'


def _bases(parts: Sequence[Beside], side: Side, language: Language) -> str:
    there = [each for each in (side_of(part, side) for part in parts) if each is not None]
    return base_range(there, language)


def _head(bases: dict[Side, str], sides: Sides, language: Language) -> str:
    """Two rows: each side's name and base; under the unit's count and per cent, else per cent."""
    first = [f'<th scope="col" rowspan="2">{word("answer", language)}</th>']
    second = []
    for side, n in bases.items():
        name = html.escape(capital(column_name(side, sides, language)))
        text = f"{name}<br>{word('n_short', language, n=n).replace(' ', NBSP)}"
        span = ' colspan="2"' if side == "unit" else ""
        scope = "colgroup" if side == "unit" else "col"
        first.append(f'<th scope="{scope}"{span} class="{NUMBER}">{text}</th>')
        keys = ("count", "percent") if side == "unit" else ("percent",)
        second += [f'<th scope="col" class="{NUMBER}">{word(key, language)}</th>' for key in keys]
    return f"<thead>{html.row(first)}{html.row(second)}</thead>"


def _rows(table: Beside, shown: Sequence[Side], language: Language) -> list[str]:
    found = [side_of(table, side) for side in shown]
    rows = [_row(each, table, found, language) for each in pairs(table)]
    name = html.escape(base_label(table.whole, language))
    rows.append(_summary(name, found, lambda each: whole(each.base, language), "first"))
    there = [each.bases for each in found if each is not None]
    if any(each.valid != each.answered for each in there) and table.whole.mean is not None:
        title = word("of_which_valid", language)
        rows.append(_summary(title, found, lambda each: whole(each.bases.valid, language)))
    for title, text, kind in (
        (word("mean", language), _mean, NUMBER),
        (word("median", language), _median, "median"),
    ):
        texts = ["" if each is None else text(each, language) for each in found]
        if any(texts):
            own = html.escape(median_text(table.unit, language)) if kind == "median" else texts[0]
            cells = [f'<td class="{kind}" colspan="2">{own}</td>']
            cells += [html.cell(each, kind) for each in texts[1:]]
            rows.append(html.row([html.row_head(title), *cells], "summary"))
    return rows


def _mean(table: Frequency, language: Language) -> str:
    return mean_text(table, language)


def _median(table: Frequency, language: Language) -> str:
    """The median's code, which stands beside each answer; where it does not, its answer."""
    if table.item.mean and table.median is not None:
        return trimmed(table.median, language, 1)
    return html.escape(median_text(table, language))


def _row(
    pair: RowPair, table: Beside, found: Sequence[Frequency | None], language: Language
) -> str:
    row = pair.whole
    label = html.in_language(row.label, language)
    if (
        table.item.mean
        and row.status == "valid"
        and str(row.value) != row.label.best(language).text
    ):
        label += f" ({whole(row.value or 0, language)})"
    shares = (None if each is None else row_of(each, row.key)[1] for each in found)
    there = (each is not None for each in found)
    figures = [
        percent(share, language) if known else ""
        for share, known in zip(shares, there, strict=True)
    ]
    figures.insert(0, whole(pair.n, language))
    cells = [html.row_head(label), *(html.cell(each, NUMBER) for each in figures)]
    return html.row(cells, "" if row.status == "valid" else "apart")


def _summary(
    name: str,
    found: Sequence[Frequency | None],
    text: Callable[[Frequency], str],
    kind: str = "",
) -> str:
    """A figure of each side; the unit's stands under its count."""
    figures = ["" if each is None else text(each) for each in found]
    figures.insert(1, "")
    cells = [html.row_head(name), *(html.cell(each, NUMBER if each else "") for each in figures)]
    return html.row(cells, f"summary {kind}".strip())


def beside_csv(tables: Sequence[Released[Beside]], sides: Sides, language: Language) -> str:
    """The figures of the tables as CSV, a row for each answer and side; the whole comes second."""
    keys = ("unit", "item", "value", "answer", "count", "percent", "answered", "mean")
    rows: list[list[Cell]] = []
    for table in map(opened, tables):
        if table is None:
            continue
        item = table.item.label.best(language).text
        for side in sorted(sides_of([table]), key=_IN_CSV.index):
            each = side_of(table, side)
            if each is None:
                continue
            name = _named(side, sides, language)
            for pair in pairs(table):
                n, share = row_of(each, pair.whole.key)
                label = pair.whole.label.best(language).text
                rows.append([name, item, pair.whole.value, label, n, share, each.base, each.mean])
    return as_csv(keys, rows, language)


_IN_CSV: tuple[Side, ...] = ("unit", "whole", "rest", "alike", "before")


def _named(side: Side, sides: Sides, language: Language) -> str:
    """A side's full name, since a row of a file has to tell what it is by itself."""
    names = sides.fields(language)
    if side == "before":
        return f"{names['unit']}, {sides.before.best(language).text}"
    if side == "alike":
        return f"{word('column_alike', language)}: {sides.group.best(language).text}"
    return names[side]
