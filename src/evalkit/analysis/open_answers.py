"""How an open item was answered: how many wrote something, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.analysis.frequency import Question, Tallies, bases_of, status_rows
from evalkit.codebook import Codebook, Item
from evalkit.intake.written import Written


@dataclass(frozen=True)
class OpenAnswers(Question):
    """Who answered in words and who did not; `written` is None where the words are not at hand."""

    written: tuple[Written, ...] | None = None


def open_answers(
    codebook: Codebook,
    item: Item,
    counted: Tallies,
    written: Mapping[str, tuple[Written, ...]],
) -> OpenAnswers:
    """The answers to an open item, with the texts that `written` has of it."""
    given = counted[item.name]
    bases = bases_of(given)
    rows = status_rows(codebook, item, given, bases)
    own = (item, codebook.title(item), codebook.number(item), bases, rows)
    return OpenAnswers(*own, written.get(item.name))
