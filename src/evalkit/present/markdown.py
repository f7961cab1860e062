"""The evaluator's Markdown → HTML, with headings at the level where they stand. No raw HTML."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False})


def to_html(text: str, base_level: int, ident: str = "") -> str:
    """CommonMark as HTML; the highest heading in it becomes level `base_level` + 1.

    With `ident`, headings get the ids `ident-1`, `ident-2`, …
    """
    tokens = _parser().parse(text)
    levels = sorted({int(token.tag[1]) for token in tokens if _is_heading(token)})
    number = 0
    for token in tokens:
        if _is_heading(token):
            token.tag = f"h{min(base_level + 1 + levels.index(int(token.tag[1])), 6)}"
            if ident and token.nesting == 1:
                number += 1
                token.attrSet("id", f"{ident}-{number}")
    return str(_parser().renderer.render(tokens, _parser().options, {}))


def _is_heading(token: Token) -> bool:
    return token.type in ("heading_open", "heading_close")


_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """Markdown that shows `text` letter by letter, whatever signs are in it."""
    return _PUNCTUATION.sub(r"\\\1", text)


def plain(html: str) -> str:
    """The text of a piece of HTML, without its tags."""
    return re.sub(r"<[^>]*>", "", html)
