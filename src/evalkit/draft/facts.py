"""What is known of a column, what a guess says of it, and what other columns are answered on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from evalkit.codebook import Answer, Language, Positive, Status, Text, normal, tidy
from evalkit.draft import cells
from evalkit.draft.library import MISSING_ORDER, key, matches, missing_words
from evalkit.intake.export import Column

Sure = Literal["high", "medium", "low"]
Sort = Literal[
    "likert", "ordinal", "nominal", "option", "multiple", "ranking", "numeric", "open",
    "id", "started", "completed", "duration",
    "date", "personal", "technical", "constant", "empty", "unclear",
]  # fmt: skip
"""What a column can be guessed to be."""

ON_SCALES: frozenset[Sort] = frozenset({"likert", "ordinal", "nominal"})
COUNTED: frozenset[Sort] = ON_SCALES | {"option", "multiple", "ranking", "numeric", "open"}
"""What becomes a question of the codebook."""
IN_CODEBOOK: frozenset[Sort] = COUNTED | {"id", "started", "completed", "duration"}


@dataclass(frozen=True)
class Guess:
    """What a column is. `answers` and `scale` are those of a counted one, `options` of a joined.

    `heading` is what the codebook calls the column where that is not its heading.
    """

    sort: Sort
    sure: Sure
    why: str
    decide: str = ""
    answers: tuple[Answer, ...] = ()
    scale: str = ""
    positive: Positive = ""
    mean: bool = False
    options: tuple[str, ...] = ()
    heading: str = ""
    language: Language | None = None


@dataclass(frozen=True)
class Facts:
    """A column's texts and how often each stands there: tidy, the file's labels put for codes.

    Empty cells, and those that the file itself declares as missing, are left out.
    """

    column: Column
    rows: int
    texts: Mapping[str, int]

    @classmethod
    def of(cls, column: Column) -> Facts:
        """The facts of one column."""
        texts: Counter[str] = Counter()
        for cell, n in Counter(column.cells).items():
            if cell is not None and cell not in column.missing:
                texts[tidy(column.labels.get(cell, cell))] += n
        del texts[""]
        return cls(column, len(column.cells), texts)

    @classmethod
    def together(cls, parts: Sequence[Facts]) -> Facts:
        """The facts of columns that are answered on one scale, as if they were one column."""
        texts: Counter[str] = Counter()
        for each in parts:
            texts.update(each.texts)
        return cls(parts[0].column, parts[0].rows * len(parts), texts)

    @cached_property
    def filled(self) -> int:
        """How many cells are filled."""
        return sum(self.texts.values())

    @cached_property
    def opinions(self) -> Mapping[str, int]:
        """The texts without those that give no opinion; all if they are a scale, or no other."""
        found = {t: n for t, n in self.texts.items() if key(t) not in missing_words()}
        if not found or (len(found) < len(self.texts) and _is_whole(self.texts)):
            return self.texts
        return found

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """The texts that are a way of giving no opinion."""
        return tuple(text for text in self.texts if text not in self.opinions)


def _is_whole(texts: Iterable[str]) -> bool:
    """Whether texts are all answers of one scale: Helt relevant, Delvis relevant, Inte relevant."""
    return any(each.form.known and not each.unseen for each in matches(texts))


@dataclass(frozen=True)
class Habits:
    """What other columns of the export are answered on, by which an unclear one is decided."""

    forms: Counter[str] = field(default_factory=Counter)
    numbers: Counter[tuple[int, int]] = field(default_factory=Counter)

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> Habits:
        """The scales of which a column has every answer, and numbers of which it has both ends."""
        habits = cls()
        for each in facts:
            found = matches(each.opinions)
            if found and not found[0].unseen:
                habits.forms[found[0].form.name] += 1
            numbers = cells.wholes(each.opinions)
            if numbers and (ends := (min(numbers), max(numbers))) in RANGES and len(numbers) > 3:
                habits.numbers[ends] += 1
        return habits


RANGES = ((1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 10), (0, 4), (0, 5), (0, 10))


def writable(text: str) -> bool:
    """Whether a text can stand in a table of the study as it is."""
    return all(each.isprintable() or each.isspace() for each in text) and text.isprintable()


def times(n: int, what: str) -> str:
    """A number and what it is of: "1 cell", "2 cells"."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


WHICH_END = "Which end is the good one? Write high or low, or leave positive empty."


def turned(positive: Positive) -> Positive:
    """The positive end of a scale whose codes run the other way."""
    other: dict[Positive, Positive] = {"high": "low", "low": "high"}
    return other.get(positive, positive)


def status_of(text: str) -> Status:
    """What a way of giving no opinion means."""
    return missing_words()[key(text)][0]


def name_of(facts: Facts) -> str:
    """A name for a scale that only this column has."""
    words = re.findall(r"[^\W_]+", normal(facts.column.question or facts.column.heading))
    return "_".join(words).lstrip("0123456789_")[:30].strip("_") or "answers"


def quoted(texts: Iterable[str]) -> str:
    """Texts in quotation marks, with commas between."""
    return ", ".join(f'"{text}"' for text in texts)


def no_opinions(texts: Iterable[str], strange: Iterable[str] = ()) -> tuple[Answer, ...]:
    """The ways of giving no opinion; a second of one meaning, or one not known, gets a code."""
    found: list[Answer] = []
    code = 90
    known = {normal(text): (text, status_of(text)) for text in texts}
    for text, status in sorted(known.values(), key=lambda each: MISSING_ORDER.index(each[1])):
        again = any(each.status == status for each in found)
        code += again
        found.append(Answer(code if again else None, Text(text), status))
    for at, text in enumerate({normal(each): each for each in strange}.values(), start=code + 1):
        found.append(Answer(at, Text(text), "not_applicable"))
    return tuple(found)


def numeric(facts: Facts, sure: Sure, why: str) -> Guess:
    """The guess for a number; its scale holds the ways of giving no opinion, if there are any."""
    answers = no_opinions(facts.withheld)
    name = f"numeric_{name_of(facts)}"[:30].rstrip("_") if answers else ""
    return Guess("numeric", sure, why, answers=answers, scale=name)
