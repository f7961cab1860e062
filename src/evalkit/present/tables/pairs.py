"""The same respondents in two rounds: the overview of pairs, and from which answer to which."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.codebook import Language, Text
from evalkit.present import html
from evalkit.present.changes import (
    RoundNames,
    bounds_text,
    direction,
    mean_change_text,
    verdict_text,
)
from evalkit.present.inference import estimate_text, signed
from evalkit.present.numbers import SUPPRESSED, decimal, percent, whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.changes import ShownChanges, ShownPairs


def pairs_table(released: Released[ShownChanges], names: RoundNames, language: Language) -> str:
    """Each item among the same respondents: shares or means, the change, who moved which way."""
    found = opened(released)
    paired = None if found is None else found.paired
    rows = [] if paired is None else [each for each in paired.pairs if each.n is not None]
    if not rows:
        return ""
    two = [(html.escape(each), NUMBER) for each in names.names(language)[-2:]]
    keys = ("pairs_n", "change_points", "change_interval", "pairs_up", "pairs_same", "pairs_down")
    n, points, interval, *moves = ((word(key, language), NUMBER) for key in keys)
    verdict = (word("change_verdict", language), "")
    heading = html.head([(word("item", language), ""), n, *two, points, interval, *moves, verdict])
    body = "".join(_row(each, language) for each in rows)
    fields = {key: html.escape(each) for key, each in names.last_two(language).items()}
    caption = word("pairs_caption", language, **fields)
    return html.table(caption, heading, [body], "samma-svarande-tabell", wide=True)


def _row(pairs: ShownPairs, language: Language) -> str:
    cells = [
        html.row_head(_name(pairs, language)),
        html.cell(whole(pairs.n or 0, language), NUMBER),
    ]
    cells += [html.cell(each, NUMBER) for each in [*_margins(pairs, language)]]
    cells += [html.cell(each, NUMBER) for each in _moves(pairs, language)]
    verdict = verdict_text(pairs.beyond, pairs.test, language)
    cells.append(html.cell(html.escape(verdict), "verdict"))
    return html.row(cells)


def _name(pairs: ShownPairs, language: Language) -> str:
    name = html.in_language(pairs.title, language)
    if pairs.key:
        return f"{html.in_language(pairs.item.label, language)}: {name}"
    if not pairs.counted:
        return name
    answers = f" {word('or', language)} ".join(
        html.in_language(each, language) for each in pairs.counted
    )
    return f'{name}<br><span class="answers">{answers}</span>'


def _margins(pairs: ShownPairs, language: Language) -> list[str]:
    """Before, after, change and its interval: of the share, or of the mean where there is none."""
    if pairs.hidden:
        return [SUPPRESSED] * 4
    if pairs.before is not None and pairs.after is not None:
        shares = [percent(each.percent, language) for each in (pairs.before, pairs.after)]
        points = "" if pairs.points is None else estimate_text(pairs.points, language, "points")
        if pairs.difference is None:
            return [*shares, points, SUPPRESSED]
        return [*shares, points, bounds_text(pairs.difference, language)]
    if pairs.means is None:
        return [""] * 4
    means = [decimal(each, language) for each in pairs.means]
    if pairs.mean is None:
        return [*means, signed(pairs.means[1] - pairs.means[0], language), SUPPRESSED]
    return [*means, mean_change_text(pairs.mean, language), bounds_text(pairs.mean, language, "")]


def _moves(pairs: ShownPairs, language: Language) -> list[str]:
    """More positive, the same and less positive; two dots where they are kept back."""
    if pairs.moves is not None and direction(pairs) != "unordered":
        up, same, down = pairs.moves
        three = (down, same, up) if direction(pairs) == "bad" else (up, same, down)
        return [whole(each, language) for each in three]
    if pairs.changed is not None and pairs.n is not None:
        return ["", whole(pairs.n - pairs.changed, language), ""]
    return [SUPPRESSED] * 3


def transition_table(
    released: Released[ShownChanges], item: str, names: RoundNames, language: Language
) -> str:
    """From which answer to which: the round before in rows, the last in columns.

    Empty where it may not be shown, of numbers, and of a multiple response set.
    """
    pairs = _of(released, item)
    if pairs is None or pairs.table is None or pairs.table.size == 0:
        return ""
    labels = [html.in_language(each, language) for each in pairs.labels]
    fields = {key: html.escape(each) for key, each in names.last_two(language).items()}
    columns = [(each, NUMBER) for each in [*labels, word("transition_sum", language)]]
    heading = html.head([(word("transition_from", language), ""), *columns])
    counts = pairs.table.tolist()
    rows = [
        html.row([html.row_head(label), *_cells([*row, sum(row)], language)])
        for label, row in zip(labels, counts, strict=True)
    ]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    name = html.row_head(word("transition_sum", language))
    rows.append(html.row([name, *_cells([*sums, sum(sums)], language)], "summary first"))
    caption = word(
        "transition_caption", language, label=html.in_language(pairs.title, language), **fields
    )
    ident = f"samma-svarande-{html.escape(item)}"
    return html.table(caption, heading, ["".join(rows)], ident, wide=True)


def _of(released: Released[ShownChanges], item: str) -> ShownPairs | None:
    found = opened(released)
    paired = None if found is None else found.paired
    every: Sequence[ShownPairs] = () if paired is None else paired.pairs
    return next((each for each in every if each.item.name == item and not each.key), None)


def _cells(counts: Sequence[int], language: Language) -> list[str]:
    return [html.cell(whole(each, language), NUMBER) for each in counts]


def pairs_csv(released: Released[ShownChanges], language: Language) -> str:
    """The figures of the pairs as CSV; an empty cell where one is kept back."""
    found = opened(released)
    if found is None or found.paired is None:
        return ""
    keys = (
        "item", "answer", "pairs", "before", "after", "mean_before", "mean_after",
        "higher", "same", "lower", "p", "p_adjusted",
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for each in found.paired.pairs:
        if each.n is None:
            continue
        label = each.item.label if each.key else each.title
        answers = (each.title,) if each.key else each.counted
        shares = [None if one is None else one.percent for one in (each.before, each.after)]
        p = None if each.test is None else each.test.p
        moves: Sequence[Cell] = each.moves or (None, None, None)
        means: Sequence[Cell] = each.means or (None, None)
        rows.append(
            [_text(label, language), " / ".join(_text(one, language) for one in answers),
             each.n, *shares, *means, *moves, p, each.p_adjusted]
        )  # fmt: skip
    return as_csv(keys, rows, language)


def _text(text: Text, language: Language) -> str:
    return text.best(language).text
