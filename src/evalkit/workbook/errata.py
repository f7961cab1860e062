"""What is known to be wrong in what has been published, as a table of the page."""

from __future__ import annotations

from evalkit.codebook import Language, Text
from evalkit.delimited import read_table
from evalkit.present import html
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.study import Study

COLUMNS = ("where", "printed", "right", "why")


def errata_table(study: Study, file: str, language: Language) -> str:
    """The rows of `file`, which has the columns `where, printed, right, why`, each also `…_en`."""
    table = read_table(study.path(file), file, COLUMNS)
    columns = ["errata_where", "printed", "errata_right", "errata_why"]
    heading = html.head([(word(key, language), "") for key in columns])
    body = "".join(
        html.row(
            [
                html.row_head(_translated(row, "where", language)),
                html.cell(_translated(row, "printed", language)),
                html.cell(_translated(row, "right", language) or word("nothing", language)),
                html.cell(_translated(row, "why", language)),
            ]
        )
        for _, row in table.records()
    )
    caption = word("errata_caption", language, n=whole(len(table.rows), language))
    return html.table(caption, heading, [body], "kanda-fel-tabell", wide=True)


def _translated(row: dict[str, str], column: str, language: Language) -> str:
    return html.in_language(Text(row[column], row.get(f"{column}_en", "")), language)
