"""Every fixed text that a report's reader sees, in Swedish and English, from `words.csv`."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from evalkit.codebook import Language


@cache
def words() -> dict[str, dict[str, str]]:
    """Key → language → text, whose fields stand in braces."""
    text = files("evalkit.present").joinpath("words.csv").read_text("utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines())}


def word(key: str, language: Language, **fields: object) -> str:
    """The text called `key`, with its fields filled in."""
    text = words()[key][language]
    return text.format(**fields) if fields else text


def word_list(prefix: str, language: Language) -> list[str]:
    """The texts whose keys are `prefix` and a number, in order."""
    return [row[language] for key, row in words().items() if key.startswith(f"{prefix}_")]
