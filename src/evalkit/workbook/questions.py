"""What the report shows of a question, by its kind: table, chart, data, findings and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Codebook, Item, Kind, Language
from evalkit.present import charts, html, tables
from evalkit.present.combined import combination_finding
from evalkit.present.numbers import whole
from evalkit.present.numeric import numeric_sentences
from evalkit.present.ranked import priority_sentences, ranking_sentences
from evalkit.present.sentences import other_base, sentences, whom, words_sentences
from evalkit.present.words import word
from evalkit.release import Released, ReleasedTables, ShownWords, opened


@dataclass(frozen=True)
class Shown:
    """Of one question: table, chart and findings as HTML, its data as CSV, notes as text.

    `after` is HTML that stands below all that, over the page's whole width. A `wide` table has no
    room for its chart beside it.
    """

    table: str
    chart: str
    csv: str
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()
    after: str = ""
    wide: bool = False


def question(
    codebook: Codebook, released: ReleasedTables, item: Item, language: Language
) -> Shown | None:
    """What is shown of a question; None where its table may not be shown."""
    if opened(released.of(item)) is None:
        return None
    return _KINDS.get(item.kind, _frequency)(codebook, released, item, language)


def has_chart(item: Item) -> bool:
    """Whether a question of its kind has a chart beside its table."""
    return item.kind not in _WITHOUT_CHART


def heading_word(item: Item) -> str:
    """The word of its heading: "table_and_chart", or "table"."""
    return "table_and_chart" if has_chart(item) else "table"


def _frequency(_: Codebook, released: ReleasedTables, item: Item, language: Language) -> Shown:
    part = released.items[item.name]
    return Shown(
        tables.frequency_table(part, language),
        charts.bar_chart(part, language),
        tables.frequency_csv([part], language),
        (html.escape(sentences(part, language)),),
        tuple(_notes([part], language)),
    )


def _grid(codebook: Codebook, released: ReleasedTables, item: Item, language: Language) -> Shown:
    grid = released.grids[item.name]
    parts = [released.items[each.name] for each in codebook.parts(item)]
    return Shown(
        tables.grid_table(grid, language),
        charts.grid_chart(grid, language),
        tables.frequency_csv(parts, language),
        tuple(_named_finding(each, language) for each in parts),
        tuple(_notes(parts, language)),
    )


def _ranking(_: Codebook, released: ReleasedTables, item: Item, language: Language) -> Shown:
    ranking = released.rankings[item.name]
    return Shown(
        tables.ranking_table(ranking, language),
        charts.ranking_chart(ranking, language),
        tables.ranking_csv(ranking, language),
        (html.escape(ranking_sentences(ranking, language)),),
        (word("ranking_note", language),),
        wide=True,
    )


def _priority(
    codebook: Codebook, released: ReleasedTables, item: Item, language: Language
) -> Shown:
    """The order of one body; the orders of several are shown as a ranking, without a chart."""
    ranking = released.rankings[item.name]
    table = opened(ranking)
    if table is not None and not table.one_order:
        return replace(_ranking(codebook, released, item, language), chart="")
    return Shown(
        tables.priority_table(ranking, language),
        "",
        tables.priority_csv(ranking, language),
        (html.escape(priority_sentences(ranking, language)),),
    )


def combinations(released: ReleasedTables, item: Item, language: Language) -> Shown | None:
    """The combinations of a multiple response set; None where there are none to be shown."""
    found = released.combinations.get(item.name)
    table = None if found is None else opened(found)
    if found is None or table is None:
        return None
    notes = []
    if table.pooled and found.rule.edition == "published":
        least = whole(found.rule.min_respondents, language)
        notes.append(word("combinations_pooled", language, least=least))
    return Shown(
        tables.combinations_table(found, language),
        charts.upset_chart(found, language),
        tables.combinations_csv(found, language),
        (html.escape(combination_finding(found, language)),),
        tuple(notes),
    )


def _numeric(_: Codebook, released: ReleasedTables, item: Item, language: Language) -> Shown:
    part = released.numbers[item.name]
    return Shown(
        tables.numeric_table(part, language),
        charts.histogram(part, language),
        tables.numeric_csv(part, language),
        (html.escape(numeric_sentences(part, language)),),
        tuple(_numeric_notes(part, language)),
    )


def _numeric_notes(part: Released[Numeric], language: Language) -> Iterable[str]:
    table = opened(part)
    if table is None:
        return
    if table.pooled:
        yield word("bins_pooled", language, least=whole(part.rule.min_respondents, language))
    if table.median is not None and table.lower_quartile is None:
        yield word(
            "spread_withheld", language, least=whole(2 * part.rule.min_respondents, language)
        )
    if table.bases.answered and table.rounded_sum != 100:
        yield word("rounded_sum", language, total=table.rounded_sum)


def _words(_: Codebook, released: ReleasedTables, item: Item, language: Language) -> Shown:
    part = released.open_answers[item.name]
    return Shown(
        tables.words_table(part, language),
        "",
        tables.words_csv(part, language),
        (html.escape(words_sentences(part, language)),),
        tuple(_words_notes(part, language)),
        tables.words_list(part, language),
    )


def _words_notes(part: Released[ShownWords], language: Language) -> Iterable[str]:
    table = opened(part)
    if table is None or not table.bases.valid:
        return
    if table.unshown:
        least = whole(part.rule.min_respondents, language)
        yield word(f"open_{table.unshown}", language, least=least)
    else:
        mask = word("personal_mask", language)
        yield word("open_masked", language, n=whole(table.masked, language), mask=mask)


_Show = Callable[[Codebook, ReleasedTables, Item, Language], Shown]
_KINDS: Mapping[Kind, _Show] = {
    "grid": _grid,
    "numeric": _numeric,
    "open": _words,
    "ranking": _ranking,
    "priority": _priority,
}
"""Every other kind is shown as a frequency."""
_WITHOUT_CHART: frozenset[Kind] = frozenset({"open", "priority"})


def _named_finding(part: Released[Frequency], language: Language) -> str:
    text = html.escape(sentences(part, language))
    if part.item is None:
        return text
    return f"<strong>{html.in_language(part.item.label, language)}:</strong> {text}"


def _notes(parts: Sequence[Released[Frequency]], language: Language) -> Iterable[str]:
    for part in parts:
        table = opened(part)
        if table is None:
            continue
        if table.mean is not None and table.item.positive == "low":
            yield word("low_is_good", language)
        if other_base(table):
            yield word("overlapping_of", language, whom=whom(table, language))
            if not table.answered_known:
                yield word("units_note", language)
        elif table.overlapping:
            yield word("overlapping", language)
        elif table.bases.answered and table.rounded_sum != 100:
            note = word("rounded_sum", language, total=table.rounded_sum)
            label = table.item.label.best(language).text
            yield note if len(parts) == 1 else f"{label}: {note}"
