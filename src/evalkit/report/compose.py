"""Executed notebooks → one notebook in the order of the report, with contents and code at the end.

A cell's tag says where it goes: `summary`, `questions`, `method`, `results` or `appendix`. A cell
without one goes where the cell before it went, so an evaluator's own cell stays beside the cell
that it was put after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.markdown import plain, to_html
from evalkit.present.words import word
from evalkit.report.engines import NotebookNode, without_iri_grammar

with without_iri_grammar():
    from nbformat.v4 import new_notebook, new_raw_cell

PROVENANCE = "underlag"
"""The id of the footer's heading."""
PLACES = ("summary", "questions", "method", "results", "appendix")
_LEFT_OUT = frozenset(
    {"remove_cell", "parameters", "injected-parameters", "papermill-error-cell-tag"}
)
_HEADING = re.compile(r'<h([2-6])[^>]*\bid="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)


@dataclass(frozen=True)
class _Heading:
    level: int
    ident: str
    text: str


def compose(notebooks: Mapping[str, NotebookNode], language: Language) -> NotebookNode:
    """One notebook for the page, from executed notebooks by name."""
    placed: dict[str, list[NotebookNode]] = {place: [] for place in PLACES}
    for name, notebook in notebooks.items():
        for place, cell in _shown_cells(name, notebook):
            placed[place].append(cell)
    code = _raw(_code(notebooks, language, 3 if placed["appendix"] else 2))
    if placed["appendix"]:
        placed["appendix"].insert(0, _raw(html.heading(2, word("appendices", language), "bilagor")))
        placed["appendix"].append(code)
    else:
        placed["results"].append(code)
    contents = _contents([cell for place in PLACES for cell in placed[place]], language)
    placed["results"].insert(0, _raw(contents))
    return new_notebook(cells=[cell for place in PLACES for cell in placed[place]])


def _shown_cells(name: str, notebook: NotebookNode) -> Iterable[tuple[str, NotebookNode]]:
    place = "results"
    for number, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", ()))
        place = next((each for each in PLACES if each in tags), place)
        if tags & _LEFT_OUT:
            continue
        cell.id = f"{name}-{number}"
        if cell.cell_type == "markdown":
            yield place, _raw(to_html(cell.source, 1, f"{name}-{number}"))
        elif cell.cell_type == "code":
            if "remove_output" in tags:
                cell.outputs = [each for each in cell.outputs if each.output_type == "error"]
            yield place, cell


def _raw(content: str) -> NotebookNode:
    return new_raw_cell(content, metadata={"raw_mimetype": "text/html"})


def _headings(cells: Iterable[NotebookNode]) -> list[_Heading]:
    found = []
    for cell in cells:
        pieces = (
            [cell.source]
            if cell.cell_type == "raw"
            else [each.get("data", {}).get("text/html", "") for each in cell.outputs]
        )
        for piece in pieces:
            found += [
                _Heading(int(level), ident, plain(text).strip())
                for level, ident, text in _HEADING.findall(piece)
            ]
    return found


def _contents(cells: Iterable[NotebookNode], language: Language) -> str:
    headings = [each for each in _headings(cells) if each.level <= 4]
    headings.append(_Heading(2, PROVENANCE, word("provenance", language)))
    title = html.heading(2, word("contents", language), "innehallsforteckning")
    return f'<nav aria-labelledby="innehallsforteckning">{title}{_nested(headings, 2)}</nav>'


def _nested(headings: Sequence[_Heading], level: int) -> str:
    """A list of the headings at `level`, each with a list of those below it."""
    starts = [at for at, each in enumerate(headings) if each.level == level]
    items = []
    for at, end in zip(starts, [*starts[1:], len(headings)], strict=True):
        head, below = headings[at], headings[at + 1 : end]
        inner = _nested(below, min(each.level for each in below)) if below else ""
        items.append(f'<li><a href="#{head.ident}">{head.text}</a>{inner}</li>')
    return f"<ol>{''.join(items)}</ol>" if items else ""


def _code(notebooks: Mapping[str, NotebookNode], language: Language, level: int) -> str:
    """The code of every cell, folded away, a part for each notebook."""
    parts = [
        html.heading(level, word("how_made", language), "sa-ar-siffrorna-gjorda"),
        html.paragraph(word("how_made_lead", language)),
    ]
    for name, notebook in notebooks.items():
        sources = [
            cell.source
            for cell in notebook.cells
            if cell.cell_type == "code" and not _LEFT_OUT & set(cell.metadata.get("tags", ()))
        ]
        code = "".join(f'<pre lang="en">{html.escape(each)}</pre>' for each in sources)
        title = word("code_of", language, notebook=html.escape(name))
        parts.append(f"<details><summary>{title}</summary>{code}</details>")
    return f'<section class="how_made">{"".join(parts)}</section>'
