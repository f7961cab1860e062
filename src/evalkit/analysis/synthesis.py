"""The themes that a report has published, beside what our coding finds of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evalkit.analysis.themes import Themes
from evalkit.codebook import Text
from evalkit.delimited import read_table
from evalkit.errors import EvalkitError, Problem, nearest

Finding = Literal["same", "other", "none", "no_code"]
"""Found under the same category, under another one alone, not at all; or no code answers to it."""


@dataclass(frozen=True)
class PublishedTheme:
    """A theme of the published synthesis, with our codes for it."""

    category: str
    theme: Text
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ComparedTheme:
    """A published theme in our coding: under its category, and under any."""

    published: PublishedTheme
    finding: Finding
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    groups_anyhow: tuple[str, ...]
    segments_anyhow: tuple[str, ...]


def read_synthesis(path: Path, file: str, codes: Collection[str]) -> tuple[PublishedTheme, ...]:
    """`category, theme, code` (several with semicolons), and `theme_en` where there is one.

    Raises `EvalkitError` with every fault.
    """
    table = read_table(path, file, ("category", "theme", "code"), ("theme_en",))
    found, problems = [], []
    for number, row in table.records():
        own = tuple(filter(None, (each.strip() for each in row["code"].split(";"))))
        problems += [
            Problem(file, number, "code", f'There is no code "{each}".', nearest(each, codes))
            for each in own
            if each not in codes
        ]
        for column in ("category", "theme"):
            if not row[column]:
                fix = f"Write the {column}."
                problems.append(Problem(file, number, column, "The cell is empty.", fix))
        theme = Text(row["theme"], row.get("theme_en", ""))
        found.append(PublishedTheme(row["category"], theme, own))
    if problems:
        raise EvalkitError(problems)
    return tuple(found)


def compare_synthesis(
    published: Sequence[PublishedTheme], themes: Themes
) -> tuple[ComparedTheme, ...]:
    """Each published theme with the groups and segments in which our coding has its codes."""
    return tuple(_compared(each, themes) for each in published)


def _compared(published: PublishedTheme, themes: Themes) -> ComparedTheme:
    own = [themes.theme[each] for each in published.codes]
    same = [
        theme
        for category in themes.categories
        if category.name == published.category
        for theme in category.themes
        if any(theme.code in (each.code, *each.below) for each in own)
    ]
    finding: Finding = "none"
    if not own:
        finding = "no_code"
    elif same:
        finding = "same"
    elif any(each.found for each in own):
        finding = "other"
    names = [each.name for each in themes.groups]
    return ComparedTheme(
        published,
        finding,
        _in_order(names, [each.groups for each in same]),
        tuple(dict.fromkeys(ident for each in same for ident in each.segments)),
        _in_order(names, [each.groups for each in own]),
        tuple(dict.fromkeys(ident for each in own for ident in each.segments)),
    )


def _in_order(names: Sequence[str], groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
    there = {each for some in groups for each in some}
    return tuple(each for each in names if each in there)
