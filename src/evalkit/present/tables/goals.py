"""Goals as tables: all of them with their statuses, how many of each, and each by itself."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.goals import (
    Around,
    change_text,
    contradiction_text,
    counted_as,
    evidence_text,
    goal_how_set,
    how_set,
    lacks_text,
    measure_text,
    status_text,
    sureness,
    target_text,
)
from evalkit.present.numbers import whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.goals import HorizonCounts, ShownGoal, ShownGoals, ShownIndicator, ShownStatus


def status_mark(status: ShownStatus, language: Language) -> str:
    """A status as HTML: its words, with a mark whose shape says the same as its colour."""
    return f'<span class="status {status}">{html.escape(status_text(status, language))}</span>'


def _with_how(status: ShownStatus, how: str, language: Language) -> str:
    """A status and, below it, how it was set."""
    return f'{status_mark(status, language)}<br><span class="quiet">{html.escape(how)}</span>'


def goals_table(released: Released[ShownGoals], language: Language) -> str:
    """Every goal with its status and how that was set, by horizon where there are several."""
    shown = opened(released)
    if shown is None:
        return ""
    columns = [(word(key, language), "") for key in ("goal", "goal_status")]
    least = released.rule.min_respondents
    bodies = []
    horizons = [each.horizon for each in shown.horizons] or [None]
    for horizon in horizons:
        rows = [
            _goal_row(each, least, language)
            for each in shown.goals
            if horizon is None or each.goal.horizon == horizon
        ]
        if horizon is not None:
            name = _horizon_name(horizon, language)
            rows.insert(0, html.row([html.row_head(name, "rowgroup", 2)], "part"))
        bodies.append("".join(rows))
    caption = word("goals_caption", language, n=whole(shown.total.goals, language))
    return html.table(caption, html.head(columns), bodies, "mal-tabell")


def _goal_row(goal: ShownGoal, least: int, language: Language) -> str:
    label = html.in_language(goal.goal.label, language)
    link = f'<a href="#{goal_ident(goal)}">{whole(goal.number, language)}. {label}</a>'
    return html.row(
        [
            html.row_head(link),
            html.cell(_with_how(goal.status, goal_how_set(goal, least, language), language)),
        ]
    )


def _horizon_name(horizon: Text, language: Language) -> str:
    name = html.in_language(horizon, language) or word("goal_no_horizon", language)
    return name[:1].upper() + name[1:] if not name.startswith("<") else name


def goal_ident(goal: ShownGoal) -> str:
    """The permanent id of a goal's section."""
    return f"mal-{goal.number}"


def horizons_table(released: Released[ShownGoals], language: Language) -> str:
    """How many goals of each horizon have each status; empty where there is one horizon."""
    shown = opened(released)
    if shown is None or not shown.horizons:
        return ""
    columns = [(word("goal_horizon", language), "")]
    columns += [(status_text(each, language), NUMBER) for each in shown.statuses]
    columns.append((word("goal_count", language), NUMBER))
    rows = [_counts_row(each, shown.statuses, language) for each in shown.horizons]
    rows.append(_counts_row(shown.total, shown.statuses, language))
    n = whole(shown.total.goals, language)
    caption = word("goals_horizon_caption", language, n=n)
    return html.table(caption, html.head(columns), ["".join(rows)], "mal-antal", wide=True)


def _counts_row(
    counted: HorizonCounts, statuses: tuple[ShownStatus, ...], language: Language
) -> str:
    horizon = counted.horizon
    name = word("goal_all", language) if horizon is None else _horizon_name(horizon, language)
    cells = [whole(counted.by_status.get(each, 0), language) for each in statuses]
    cells.append(whole(counted.goals, language))
    kind = "summary first" if horizon is None else ""
    return html.row([html.row_head(name), *(html.cell(each, NUMBER) for each in cells)], kind)


def goal_tables(
    released: Released[ShownGoals], number: int, around: Around, language: Language
) -> str:
    """What was measured of a goal and what happened: a table for each indicator."""
    shown = opened(released)
    if shown is None:
        return ""
    goal = shown.goals[number - 1]
    least = released.rule.min_respondents
    return "".join(
        _facts_table(goal, at, each, around, least, language)
        for at, each in enumerate(goal.indicators, start=1)
    )


def _facts_table(
    goal: ShownGoal, at: int, each: ShownIndicator, around: Around, least: int, language: Language
) -> str:
    several = len(goal.indicators)
    key = "goal_facts_caption_several" if several > 1 else "goal_facts_caption"
    fields = {"number": goal.number, "at": at, "n": several}
    rows = [
        html.row([html.row_head(word(name, language)), html.cell(content)])
        for name, content in _facts(each, around, least, language)
    ]
    table = html.table(
        word(key, language, **fields), "", ["".join(rows)], f"{goal_ident(goal)}-tabell-{at}"
    )
    return f'<div class="facts">{table}</div>'


def _facts(
    each: ShownIndicator, around: Around, least: int, language: Language
) -> Iterator[tuple[str, str]]:
    """The rows of a goal's table: the key of the heading, and the cell as HTML."""
    found, indicator = each.found, each.indicator
    named = html.in_language(indicator.label, language)
    live = next((e for e in (found.outcome, found.baseline) if e is not None and e.item), None)
    if named or live is None:
        yield "goal_indicator", named or word("goal_no_indicator", language)
    if live is not None:
        yield "goal_counted_as", counted_as(live, around, language)
    yield "goal_baseline", _measure(each, 0, around, least, language)
    share = any(e is not None and e.share is not None for e in (found.baseline, found.outcome))
    target = html.escape(target_text(indicator.target, language, share))
    yield "goal_target", target or word("goal_no_target", language)
    yield "goal_outcome", _measure(each, 1, around, least, language)
    change = change_text(found, language)
    if change:
        yield "goal_change", html.escape(change)
    yield "goal_status", _status_cell(each, least, language)
    sure = sureness(each, language)
    if sure:
        yield "goal_sure", html.escape(" ".join(sure))
    yield "goal_measurable", html.escape(lacks_text(each, language))
    evidence = [evidence_text(e, around, language) for e in indicator.evidence]
    if any(evidence):
        yield "goal_evidence", "; ".join(filter(None, evidence))


def _measure(each: ShownIndicator, at: int, around: Around, least: int, language: Language) -> str:
    """The cell of a baseline (0) or an outcome (1)."""
    measure = (each.indicator.baseline, each.indicator.outcome)[at]
    figure = (each.found.baseline, each.found.outcome)[at]
    if not measure:
        return word(("goal_no_baseline", "goal_no_outcome")[at], language)
    if measure.is_figure:
        return html.escape(
            measure_text(
                measure, each.indicator.target, figure, each.hidden[at], around, least, language
            )
        )
    text = html.in_language(measure.text, language)
    return word("goal_words_only", language, text=text)


def _status_cell(each: ShownIndicator, least: int, language: Language) -> str:
    parts = [_with_how(each.status, how_set(each, least, language), language)]
    contradiction = contradiction_text(each, language)
    if contradiction:
        parts.append(f"<br><strong>{html.escape(contradiction)}</strong>")
    return "".join(parts)


def goals_csv(released: Released[ShownGoals], around: Around, language: Language) -> str:
    """Every goal and indicator as the page shows it."""
    shown = opened(released)
    if shown is None:
        return ""
    least = released.rule.min_respondents
    rows: list[list[Cell]] = []
    for goal in shown.goals:
        texts = [e.best(language).text for e in (goal.goal.label, goal.goal.horizon)]
        for each in goal.indicators:
            found, indicator = each.found, each.indicator
            share = any(e is not None and e.share for e in (found.baseline, found.outcome))
            both = zip(
                (indicator.baseline, indicator.outcome),
                (indicator.target, indicator.target),
                (found.baseline, found.outcome),
                each.hidden,
                strict=True,
            )
            before, after = (measure_text(*e, around, least, language) for e in both)
            rows.append(
                [
                    goal.goal.name, *texts, goal.goal.stated_in.best(language).text,
                    indicator.label.best(language).text, before,
                    target_text(indicator.target, language, share), after,
                    change_text(found, language), status_text(each.status, language),
                    how_set(each, least, language), " ".join(sureness(each, language)),
                    lacks_text(each, language),
                ]
            )  # fmt: skip
    keys = (
        "goal", "goal_label", "horizon", "stated_in", "indicator", "baseline", "target", "outcome",
        "change", "goal_status", "how_set", "how_sure", "measurable",
    )  # fmt: skip
    return as_csv(keys, rows, language)
