"""How sure shares and means are: a table of each, and their figures as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.analysis.certainty import Sure, SureMean, SureShare
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.certainty import mean_range, people_text, possible_text
from evalkit.present.inference import estimate_text, interval_text, reason_text
from evalkit.present.numbers import NBSP, decimal, whole
from evalkit.present.sentences import labels_text
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownCertainty
from evalkit.statistics.outcome import Interval

IDENT = "sakerhet"


def shares_table(released: Released[ShownCertainty], language: Language) -> str:
    """A row for each share: answers, count, per cent, interval, the same in people, possible."""
    shown = opened(released)
    rows = () if shown is None else tuple(each for each in shown.rows if each.shares)
    if shown is None or not rows:
        return ""
    census = shown.certainty.census
    columns = [("item", ""), ("answer", ""), ("count_of", NUMBER), ("share_of", NUMBER)]
    columns.append(("interval", NUMBER))
    if census:
        columns += [("interval_people", NUMBER), ("possible", NUMBER)]
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    bodies = ["".join(_share_rows(each, census, language)) for each in rows]
    caption = word("certainty_caption", language, n=whole(shown.certainty.included, language))
    return html.table(caption, heading, bodies, f"{IDENT}-andelar", wide=True)


def _share_rows(row: Sure, census: bool, language: Language) -> Iterator[str]:
    for at, share in enumerate(row.shares):
        cells = [_head(row, language, len(row.shares))] if at == 0 else []
        cells.append(html.cell(html.escape(labels_text_or(share, language))))
        of = word("of_all", language, n=whole(share.n, language), all=whole(share.base, language))
        cells.append(html.cell(of.replace(" ", NBSP), NUMBER))
        cells += _share_cells(share, census, language)
        yield html.row(cells)


def labels_text_or(share: SureShare, language: Language) -> str:
    """The answers of a share, with quotation marks where there are several."""
    text = labels_text(share.labels, language)
    return word("quoted", language, text=text) if len(share.labels) > 1 else text


def _head(row: Sure, language: Language, rows: int) -> str:
    text = _name(row, language)
    if rows == 1:
        return html.row_head(text)
    return f'<th scope="rowgroup" rowspan="{rows}">{text}</th>'


def _name(row: Sure, language: Language) -> str:
    number = f"{word('table_inline', language)}{NBSP}{html.escape(row.number)}"
    return f"{html.in_language(row.title, language)} ({number})"


def _share_cells(share: SureShare, census: bool, language: Language) -> list[str]:
    estimate = share.interval.estimate
    percent = "" if estimate is None else estimate_text(estimate, language)
    cells = [html.cell(percent, NUMBER)]
    if share.interval.low is None:
        return [*cells, _why(share.interval, 3 if census else 1, language)]
    texts = [interval_text(share.interval, language)]
    if census:
        texts += [people_text(share, language), possible_text(share, language)]
    return [*cells, *(html.cell(each.replace(" ", NBSP), NUMBER) for each in texts)]


def _why(interval: Interval, span: int, language: Language) -> str:
    """The reason for no interval, over the columns where it would stand."""
    text = "" if interval.reason is None else reason_text(interval.reason, language)
    return f'<td class="reason" colspan="{span}">{html.escape(text)}</td>'


def means_table(released: Released[ShownCertainty], language: Language) -> str:
    """A row for each mean: how many it is of, the mean, its interval, what is possible."""
    shown = opened(released)
    rows = () if shown is None else tuple(each for each in shown.rows if each.mean)
    if shown is None or not rows:
        return ""
    census = shown.certainty.census
    columns = [("item", ""), ("with_opinion", NUMBER), ("mean", NUMBER), ("interval", NUMBER)]
    columns += [("possible", NUMBER)] if census else []
    heading = html.head([(word(key, language), kind) for key, kind in columns])
    body = "".join(
        html.row([html.row_head(_name(each, language)), *_mean_cells(each.mean, census, language)])
        for each in rows
        if each.mean is not None
    )
    caption = word("certainty_means_caption", language, n=whole(shown.certainty.included, language))
    return html.table(caption, heading, [body], f"{IDENT}-medel", wide=True)


def _mean_cells(found: SureMean, census: bool, language: Language) -> list[str]:
    estimate = found.interval.estimate
    cells = [html.cell(whole(found.n, language), NUMBER)]
    cells.append(html.cell("" if estimate is None else decimal(estimate, language), NUMBER))
    if found.interval.low is None:
        return [*cells, _why(found.interval, 2 if census else 1, language)]
    texts = [interval_text(found.interval, language, "number")]
    texts += [mean_range(found.possible, language)] if census else []
    return [*cells, *(html.cell(each.replace(" ", NBSP), NUMBER) for each in texts)]


def certainty_csv(released: Released[ShownCertainty], language: Language) -> str:
    """Every share and mean with its interval, in per cent and people, unrounded."""
    shown = opened(released)
    if shown is None:
        return ""
    keys = (
        "table", "item", "answer", "count", "base", "percent", "low", "high", "people_low",
        "people_high", "population", "possible_low", "possible_high", "mean", "mean_low",
        "mean_high", "why_not",
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for row in shown.rows:
        name: list[Cell] = [row.number, row.title.best(language).text]
        rows += [[*name, *_share_csv(each, language)] for each in row.shares]
        rows += [[*name, *_mean_csv(row.mean, language)]] if row.mean else []
    return as_csv(keys, rows, language)


def _share_csv(share: SureShare, language: Language) -> Sequence[Cell]:
    return [
        labels_text_or(share, language), share.n, share.base, *_bounds(share.interval, 100),
        *(share.people or (None, None)), share.population.size,
        *(100 * each for each in share.possible_shares or ()),
        *(() if share.possible_shares else (None, None)),
        None, None, None, _reason(share.interval, language),
    ]  # fmt: skip


def _mean_csv(found: SureMean, language: Language) -> Sequence[Cell]:
    return [
        None, None, found.n, *[None] * 5, found.population.size, None, None,
        *_bounds(found.interval, 1), _reason(found.interval, language),
    ]  # fmt: skip


def _bounds(interval: Interval, scale: int) -> list[Cell]:
    figures = (interval.estimate, interval.low, interval.high)
    return [None if each is None else scale * each for each in figures]


def _reason(interval: Interval, language: Language) -> Cell:
    return None if interval.reason is None else reason_text(interval.reason, language)
