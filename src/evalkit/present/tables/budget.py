"""Budget beside outcome as a table and as CSV."""

from __future__ import annotations

from fractions import Fraction

from evalkit.analysis.budget import Spending, Spent
from evalkit.codebook import Language
from evalkit.goals.budget import KRONOR
from evalkit.present import html
from evalkit.present.numbers import NBSP, percent, trimmed, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened


def budget_table(released: Released[Spending], language: Language) -> str:
    """Each post with budget, outcome as it was written and in the budget's unit, and its share."""
    found = opened(released)
    if found is None:
        return ""
    units = (found.budget.budget_unit, found.budget.outcome_unit)
    columns = [
        (word("budget_post", language), ""),
        (word("budget_of", language, unit=html.escape(units[0])), NUMBER),
        (word("budget_outcome", language, unit=html.escape(units[1])), NUMBER),
    ]
    if found.budget.converted:
        outcome = word("budget_outcome", language, unit=html.escape(units[0]))
        columns.append((outcome, NUMBER))
    columns.append((word("budget_share", language), NUMBER))
    rows = [_row(each, found.budget.converted, language) for each in found.posts]
    if found.total is not None:
        rows.append(_row(found.total, found.budget.converted, language, "summary first"))
    caption = word("budget_caption", language, n=whole(len(found.posts), language))
    return html.table(caption, html.head(columns), ["".join(rows)], "budget-tabell", wide=True)


def _row(each: Spent, converted: bool, language: Language, kind: str = "") -> str:
    post = each.post
    cells = [html.row_head(html.in_language(post.label, language))]
    cells.append(_figure(post.budget, language))
    cells.append(_figure(post.outcome, language))
    if converted:
        cells.append(_figure(each.converted, language) if post.outcome is not None else _none())
    share = each.percent
    cells.append(_none() if share is None else html.cell(percent(float(share), language), NUMBER))
    return html.row(cells, kind)


def _none() -> str:
    return html.cell("–", NUMBER)


def _figure(value: Fraction | None, language: Language) -> str:
    if value is None:
        return html.cell(word("budget_missing", language), "missing")
    return html.cell(money(value, language), NUMBER)


def money(value: Fraction, language: Language) -> str:
    """An amount with at most one decimal."""
    return trimmed(float(value), language, 1)


def budget_findings(released: Released[Spending], language: Language) -> list[str]:
    """How much is known, how much of it was used, and whether the sums are right."""
    found = opened(released)
    if found is None:
        return []
    posts, known = len(found.posts), found.known[1]
    key = "budget_known_all" if known == posts else "budget_known"
    fields = {"known": whole(known, language), "posts": whole(posts, language)}
    texts = [word(key, language, **fields)]
    if found.both is not None:
        texts.append(_used(found, language))
    if found.known[0] == posts and not found.differs[0]:
        texts.append(word("budget_adds", language, sum=_in(found, 0, found.added[0], language)))
    total = found.budget.total
    for at, stated in enumerate((total.budget, total.outcome) if total else ()):
        if found.differs[at] and stated is not None:
            both = {"stated": stated, "added": found.added[at]}
            told = {name: _in(found, at, each, language) for name, each in both.items()}
            texts.append(word("budget_differs", language, **told))
    return texts


def _in(found: Spending, at: int, value: Fraction, language: Language) -> str:
    """An amount with the unit of the budget (0) or of the outcome (1)."""
    unit = (found.budget.budget_unit, found.budget.outcome_unit)[at]
    return f"{money(value, language)}{NBSP}{unit}"


def _used(found: Spending, language: Language) -> str:
    assert found.both is not None  # noqa: S101 - whoever asks has looked
    budget, outcome, share = found.both
    fields = {
        "outcome": _in(found, 0, outcome, language),
        "budget": _in(found, 0, budget, language),
        "percent": percent(float(share), language),
    }
    return word("budget_used", language, **fields)


def budget_notes(released: Released[Spending], language: Language) -> list[str]:
    """What has to be known of units, of 0 and of what is missing."""
    found = opened(released)
    if found is None:
        return []
    budget, texts = found.budget, []
    if budget.converted:
        fields = {"budget": budget.budget_unit, "outcome": budget.outcome_unit}
        factor = _factor(budget.budget_unit, budget.outcome_unit, language)
        texts.append(word("budget_converted", language, **fields, factor=factor))
    if found.known[1] < len(found.posts):
        texts.append(word("budget_partly_added", language))
        texts.append(word("budget_zero", language))
    return texts


def _factor(budget: str, outcome: str, language: Language) -> str:
    """How the units hang together: "1 tkr = 1 000 kr"."""
    large, small = sorted((budget, outcome), key=lambda each: -KRONOR[each.casefold()])
    times = KRONOR[large.casefold()] // KRONOR[small.casefold()]
    return f"1{NBSP}{large} = {whole(times, language)}{NBSP}{small}"


def budget_csv(released: Released[Spending], language: Language) -> str:
    """Each post; what is missing is an empty cell, and 0 is 0."""
    found = opened(released)
    if found is None:
        return ""
    units = (found.budget.budget_unit, found.budget.outcome_unit)
    rows: list[list[Cell]] = []
    for each in (*found.posts, *([found.total] if found.total else [])):
        figures = [each.post.budget, each.post.outcome, each.converted, each.percent]
        values = [None if value is None else float(value) for value in figures]
        label = each.post.label.best(language).text
        rows.append([label, values[0], units[0], values[1], units[1], values[2], values[3]])
    keys = (
        "post", "budget", "budget_unit", "outcome", "outcome_unit", "converted", "budget_percent"
    )  # fmt: skip
    return as_csv(keys, rows, language)
