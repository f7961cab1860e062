"""The tables of a ranking and of one body's order, and their figures as CSV."""

from __future__ import annotations

from evalkit.analysis.frequency import STATUS_LABELS
from evalkit.analysis.ranking import RankedOption, Ranking
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import percent, whole
from evalkit.present.ranked import mean_rank_text, ranked_base_name
from evalkit.present.tables.data import NUMBER, VALUE, Cell, as_csv, table_ident
from evalkit.present.words import word
from evalkit.release import Released, opened


def ranking_table(released: Released[Ranking], language: Language) -> str:
    """Options by ranks in per cent, how many ranked each, and its mean rank; then who ranked."""
    table = opened(released)
    if table is None:
        return ""
    ranks = [word("rank_n", language, n=rank) for rank in range(1, len(table.options) + 1)]
    columns = [word("option", language), *ranks]
    columns += [word(key, language) for key in ("unranked", "ranked_by", "mean_rank")]
    heading = html.head([(text, NUMBER if at else "") for at, text in enumerate(columns)])
    rows = [_option_row(each, language) for each in table.options]
    rows += [*_missing_rows(table, language), *_summary_rows(table, language)]
    caption = word(
        "caption_ranking",
        language,
        kind=word("table", language),
        number=html.escape(table.number),
        label=html.in_language(table.item.label, language),
        base_name=ranked_base_name(language),
        base=whole(table.base, language),
    )
    ident = table_ident(table.number)
    return html.table(caption, heading, ["".join(rows)], ident, wide=True)


def _option_row(option: RankedOption, language: Language) -> str:
    shares = [each.percent for each in (*option.ranks, option.unranked)]
    cells = ["" if each is None else percent(each, language) for each in shares]
    cells += [whole(option.ranked, language), mean_rank_text(option, language)]
    name = html.row_head(html.in_language(option.item.label, language))
    return html.row([name, *(html.cell(text, NUMBER) for text in cells)])


def _missing_rows(table: Ranking, language: Language) -> list[str]:
    return [
        _wide_row(html.in_language(STATUS_LABELS[level.status], language), share.n, table, language)
        for level, share in table.missing
    ]


def _summary_rows(table: Ranking, language: Language) -> list[str]:
    figures = (("ranked_base", table.base), ("ties", table.ties), ("gaps", table.gaps))
    return [
        _wide_row(word(key, language), n, table, language, f"summary{'' if at else ' first'}")
        for at, (key, n) in enumerate(figures)
    ]


def _wide_row(
    name: str, n: int, table: Ranking, language: Language, kind: str = "unanswered"
) -> str:
    """A row with a count below those of the options, and nothing below their per cents."""
    empty = f'<td colspan="{len(table.options) + 1}"></td>'
    number = html.cell(whole(n, language), NUMBER)
    return html.row([html.row_head(name), empty, number, html.cell("")], kind)


def priority_table(released: Released[Ranking], language: Language) -> str:
    """The order of one body: each option with the rank as it was given, unranked ones last."""
    table = opened(released)
    if table is None:
        return ""
    heading = html.head([(word("rank", language), VALUE), (word("option", language), "")])
    rows = [
        _priority_row(rank, each, language) for rank, options in table.in_order for each in options
    ]
    caption = word(
        "caption_priority",
        language,
        kind=word("table", language),
        number=html.escape(table.number),
        label=html.in_language(table.item.label, language),
        base=whole(table.base, language),
    )
    return html.table(caption, heading, ["".join(rows)], table_ident(table.number))


def _priority_row(rank: int | None, option: RankedOption, language: Language) -> str:
    place = word("unranked", language) if rank is None else whole(rank, language)
    name = html.row_head(html.in_language(option.item.label, language))
    return html.row([html.cell(place, VALUE), name], "unanswered" if rank is None else "")


def ranking_csv(released: Released[Ranking], language: Language) -> str:
    """The figures of a ranking, a row for each option and rank; rank 0 is not ranked."""
    table = opened(released)
    if table is None:
        return ""
    keys = ("option", "rank", "count", "percent", "base", "ranked", "mean_rank")
    rows: list[list[Cell]] = [
        [
            each.item.label.best(language).text,
            rank,
            share.n,
            share.percent,
            table.base,
            each.ranked,
            each.mean,
        ]
        for each in table.options
        for rank, share in [*enumerate(each.ranks, start=1), (0, each.unranked)]
    ]
    return as_csv(keys, rows, language)


def priority_csv(released: Released[Ranking], language: Language) -> str:
    """The order of one body as CSV; an option without a rank has an empty cell."""
    table = opened(released)
    if table is None:
        return ""
    rows: list[list[Cell]] = [
        [rank, each.item.label.best(language).text]
        for rank, options in table.in_order
        for each in options
    ]
    return as_csv(("rank", "option"), rows, language)
