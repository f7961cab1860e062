"""Small pieces of HTML: escaping, elements, tables with caption and scope."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, unquote

from evalkit.codebook import Language, Text, slug


def escape(text: str) -> str:
    """`text` safe as content and as a quoted attribute."""
    return html.escape(text, quote=True)


def in_language(text: Text, language: Language) -> str:
    """A text as HTML; marked with its language where that is not the page's."""
    phrase = text.best(language)
    inner = escape(phrase.text)
    return (
        inner if phrase.language == language else f'<span lang="{phrase.language}">{inner}</span>'
    )


def anchor(kind: str, number: str) -> str:
    """The permanent id of a numbered thing: `tabell-9a`."""
    return f"{kind}-{slug(number)}"


def cell(content: str, kind: str = "") -> str:
    """A data cell; `content` is HTML."""
    return f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>"


def row_head(content: str, scope: str = "row", span: int = 1) -> str:
    """A heading cell of a row."""
    wide = f' colspan="{span}"' if span > 1 else ""
    return f'<th scope="{scope}"{wide}>{content}</th>'


def row(cells: Iterable[str], kind: str = "") -> str:
    """A row of cells."""
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    return f"{opening}{''.join(cells)}</tr>"


def head(columns: Sequence[tuple[str, str]]) -> str:
    """The heading row, from (text as HTML, class) of each column."""
    cells = [
        f'<th scope="col" class="{kind}">{text}</th>' if kind else f'<th scope="col">{text}</th>'
        for text, kind in columns
    ]
    return f"<thead>{row(cells)}</thead>"


def table(caption: str, heading: str, bodies: Sequence[str], ident: str, wide: bool = False) -> str:
    """A table. A wide one gets a region that can be scrolled with the keyboard.

    `caption` and `heading` are HTML; `bodies` the rows of each body.
    """
    content = "".join(f"<tbody>{body}</tbody>" for body in bodies)
    inner = f'<table><caption id="{ident}-text">{caption}</caption>{heading}{content}</table>'
    if not wide:
        return inner
    region = f'role="region" tabindex="0" aria-labelledby="{ident}-text"'
    return f'<div class="scroll" {region}>{inner}</div>'


def cards(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], ident: str) -> str:
    """A table whose rows stand as cards on a narrow page, each cell under its column's name.

    Cells are HTML, the first of a row its heading; `columns` are plain text. Roles are written
    out, since a table that is laid out otherwise is none to a screen reader any more.
    """
    names = [escape(each) for each in columns]
    heads = "".join(f'<th scope="col" role="columnheader">{each}</th>' for each in names)
    body = []
    for first, *others in rows:
        cells = [f'<th scope="row" role="rowheader">{first}</th>']
        cells += [
            f'<td role="cell" data-column="{name}">{content}</td>'
            for name, content in zip(names[1:], others, strict=True)
        ]
        body.append(f'<tr role="row">{"".join(cells)}</tr>')
    return (
        f'<table class="cards" role="table" id="{ident}"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(body)}</tbody></table>'
    )


_EMBEDDED = re.compile(r"data:(?:font|image|application)/[^\"')]*")


def readable(page: str) -> str:
    """Everything that a page tells: its text, attributes and the data of its links, unescaped."""
    return unquote(html.unescape(_EMBEDDED.sub("", page)))


def heading(level: int, content: str, ident: str = "") -> str:
    """A heading; one with `ident` can be linked to, and stands in the contents of the page."""
    return (
        f'<h{level} id="{ident}">{content}</h{level}>'
        if ident
        else f"<h{level}>{content}</h{level}>"
    )


def paragraph(content: str, kind: str = "") -> str:
    """A paragraph; `content` is HTML."""
    return f'<p class="{kind}">{content}</p>' if kind else f"<p>{content}</p>"


def data_link(text: str, content: str, file: str) -> str:
    """A link that saves `content`, as UTF-8 with a mark, without a script or a request."""
    data = quote("\ufeff" + content, safe=";,:/!()*._-")
    return (
        f'<p class="download"><a download="{escape(file)}" '
        f'href="data:text/csv;charset=utf-8,{data}">{escape(text)}</a></p>'
    )
