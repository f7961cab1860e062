"""What was asked and how it could be answered: scales, items, sections."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, get_args

from evalkit.errors import fault, nearest

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Status = Literal[
    "valid", "dont_know", "no_answer", "refused", "not_applicable", "not_asked", "invalid"
]
STATUSES: tuple[Status, ...] = get_args(Status)
ANSWERED: frozenset[Status] = frozenset({"valid", "dont_know", "not_applicable"})
"""The statuses that count in "Antal svar": the respondent ticked something in print."""

Kind = Literal[
    "likert", "ordinal", "nominal",
    "grid",
    "multiple", "option",
    "ranking", "priority", "ranked",
    "numeric", "open",
    "id", "started", "completed", "duration",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
SINGLE: frozenset[Kind] = frozenset({"likert", "ordinal", "nominal"})
"""One answer of a scale."""
ABOUT: frozenset[Kind] = frozenset({"id", "started", "completed", "duration"})
"""About who answered and when, not about what; they have no table."""
RANKINGS: frozenset[Kind] = frozenset({"ranking", "priority"})
"""Options put in order, by each respondent or by one body."""
PARTS: Mapping[Kind, frozenset[Kind]] = {
    "grid": SINGLE,
    "multiple": frozenset({"option"}),
    "ranking": frozenset({"ranked"}),
    "priority": frozenset({"ranked"}),
}
"""The kinds of items that consist of others → the kinds of their parts."""

Base = Literal["", "asked", "answered", "ticked", "units"]
"""What the per cents of a multiple response set are of; "" is the same as "answered"."""
BASES: tuple[Base, ...] = get_args(Base)

Positive = Literal["high", "low", "middle", ""]
POSITIVES: tuple[Positive, ...] = get_args(Positive)


class Phrase(NamedTuple):
    """A text and the language it is in."""

    text: str
    language: Language


@dataclass(frozen=True)
class Text:
    """A text for the reader, in Swedish, English or both."""

    sv: str = ""
    en: str = ""

    def best(self, language: Language) -> Phrase:
        """The text in `language`, or else in the language there is."""
        wanted, other = (self.sv, self.en) if language == "sv" else (self.en, self.sv)
        if wanted or not other:
            return Phrase(wanted, language)
        return Phrase(other, "en" if language == "sv" else "sv")


def slug(number: str) -> str:
    """A table's number as it stands in an address: "9a"."""
    return re.sub(r"[^\w-]", "-", number.lower())


def tidy(text: str) -> str:
    """`text` as headings are compared: composed Unicode, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def normal(text: str) -> str:
    """`text` as answers are compared: tidy, and without difference of case."""
    return tidy(text).casefold()


@dataclass(frozen=True)
class Answer:
    """One answer of a scale; `value` is None for an answer that has no code, such as Vet ej."""

    value: int | None
    label: Text
    status: Status = "valid"


@dataclass(frozen=True)
class Scale:
    """Answers in the order in which they are shown."""

    name: str
    answers: tuple[Answer, ...]

    @property
    def valid(self) -> tuple[Answer, ...]:
        """The answers that express an opinion, in the declared order."""
        return tuple(answer for answer in self.answers if answer.status == "valid")


@dataclass(frozen=True)
class Condition:
    """Who got an item: those who gave one of the answers `keys` (a code or a status) to `item`."""

    item: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One row of the codebook: a question, or a part of a grid, set or ranking.

    `column` is the export's heading. It is empty for a grid, whose parts have the columns. Of a
    multiple response set either the options have columns, or the set has one in which the texts of
    those ticked stand joined. Of a ranking the options have columns with their ranks, or the
    ranking has one in which the options stand joined in order, or one for each rank: its heading
    then has a * for the rank ("Q10[*]"). `number` is the table's number in the report, as text
    ("9A"). `rounds` names the rounds that asked it; empty means all.
    """

    name: str
    kind: Kind
    label: Text = field(default_factory=Text)
    column: str = ""
    number: str = ""
    part_of: str = ""
    scale: str = ""
    section: str = ""
    mean: bool = False
    positive: Positive = ""
    base: Base = ""
    asked_if: Condition | None = None
    rounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A chapter ("3") or a section of one ("3.1") of the report."""

    number: str
    title: Text

    @property
    def chapter(self) -> str:
        """The number of the chapter it stands in; a chapter's own number is that."""
        return self.number.partition(".")[0]


@dataclass(frozen=True)
class Codebook:
    """Items, scales and sections by name, in the order of their files."""

    items: Mapping[str, Item]
    scales: Mapping[str, Scale]
    sections: Mapping[str, Section]

    def item(self, name: str) -> Item:
        """The item called `name`; `EvalkitError` with the nearest name if there is none."""
        if name not in self.items:
            known = [each.name for each in self.items.values() if each.kind not in ABOUT]
            raise fault(f'There is no item "{name}".', nearest(name, known))
        return self.items[name]

    def asked_in(self, round_name: str) -> Codebook:
        """The codebook of the items that a round asked."""
        items = {
            name: each
            for name, each in self.items.items()
            if not each.rounds or round_name in each.rounds
        }
        return replace(self, items=items)

    def scale(self, item: Item) -> Scale:
        """The scale that `item` is answered on; an empty one if it has none."""
        return self.scales[item.scale] if item.scale else Scale("", ())

    def parts(self, item: Item) -> tuple[Item, ...]:
        """The rows of a grid, or the options of a multiple response set or ranking, in order."""
        return tuple(each for each in self.items.values() if each.part_of == item.name)

    @property
    def questions(self) -> tuple[Item, ...]:
        """The items that have a table of their own, in the order of the report."""
        return tuple(
            each for each in self.items.values() if not each.part_of and each.kind not in ABOUT
        )

    @property
    def counted(self) -> tuple[Item, ...]:
        """Every item with counts: questions, grid rows, sets and rankings and their options.

        Of a set of which only ticks and the number of units are known, the options alone.
        """
        return tuple(
            each
            for each in self.items.values()
            if each.kind not in ABOUT and each.kind != "grid" and each.base != "units"
        )

    def title(self, item: Item) -> Text:
        """The label of an item on its own: that of a grid's row with the grid's before it."""
        head = self.items.get(item.part_of)
        if head is None:
            return item.label
        english = f"{head.label.en}: {item.label.en}" if head.label.en and item.label.en else ""
        return Text(f"{head.label.sv}: {item.label.sv}", english)

    def number(self, item: Item) -> str:
        """The number of the table that `item` stands in."""
        return item.number or (self.items[item.part_of].number if item.part_of else "")
