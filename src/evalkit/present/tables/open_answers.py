"""An open item: how many answered it, what they wrote, and the same as CSV."""

from __future__ import annotations

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv, table_ident
from evalkit.present.tables.frequency import asked_row, caption, status_cells
from evalkit.present.words import word
from evalkit.release import Released, ShownAnswer, ShownWords, opened


def words_table(released: Released[ShownWords], language: Language) -> str:
    """How many wrote something, how many gave another answer, and how many none."""
    table = opened(released)
    if table is None:
        return ""
    heading = html.head([(word("answer", language), ""), (word("count", language), NUMBER)])
    rows = [_row(word("written", language), table.bases.valid, language)]
    rows += [html.row(status_cells(each, language)[:2], "apart") for each in table.apart]
    rows += [html.row(status_cells(each, language)[:2], "unanswered") for each in table.unanswered]
    asked = asked_row(table, language, cells=2)
    rows += [asked] if asked else []
    kind = "summary" if asked else "summary first"
    rows.append(_row(word("answered", language), table.bases.answered, language, kind))
    return html.table(caption(table, language), heading, ["".join(rows)], table_ident(table.number))


def _row(text: str, n: int, language: Language, kind: str = "") -> str:
    return html.row([html.row_head(text), html.cell(whole(n, language), NUMBER)], kind)


def words_list(released: Released[ShownWords], language: Language) -> str:
    """What was written, each answer under its identifier; empty where it is not shown."""
    table = opened(released)
    if table is None or not table.answers:
        return ""
    entries = "".join(_entry(each, language) for each in table.answers)
    return f'<ul aria-label="{word("open_list", language)}">{entries}</ul>'


def _entry(answer: ShownAnswer, language: Language) -> str:
    name = answer.ident
    if answer.row is not None:
        name += f" ({word('open_row', language, row=answer.row)})"
    text = html.escape(answer_text(answer, language)).replace("\n", "<br>")
    return f"<li><strong>{html.escape(name)}:</strong> {text}</li>"


def answer_text(answer: ShownAnswer, language: Language) -> str:
    """What was written, with a word in brackets where personal data was taken out."""
    mask = word("personal_mask", language)
    return "".join(mask if piece is None else piece for piece in answer.pieces)


def words_csv(released: Released[ShownWords], language: Language) -> str:
    """What is shown of an open item: how many, and the answers in words if they are."""
    table = opened(released)
    if table is None:
        return ""
    rows: list[list[Cell]] = [["", word("written", language), "valid", table.bases.valid]]
    rows += [["", row.label.best(language).text, row.status, row.n] for row in table.rows]
    rows += [
        [answer.ident, answer_text(answer, language), "valid", None] for answer in table.answers
    ]
    return as_csv(("ident", "answer", "status", "count"), rows, language)
