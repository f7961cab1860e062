"""What was asked and how it could be answered: scales, items, sections.

The tables `codebook.csv`, `scales.csv` and `sections.csv` of a study folder, read and checked.
Faulty rows are reported and left out, so that one run shows every fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from evalkit.delimited import TextTable, read_table
from evalkit.errors import EvalkitError, Problem, fault, nearest

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Status = Literal[
    "valid", "dont_know", "no_answer", "refused", "not_applicable", "not_asked", "invalid"
]
STATUSES: tuple[Status, ...] = get_args(Status)
ANSWERED: frozenset[Status] = frozenset({"valid", "dont_know", "not_applicable"})
"""The statuses that count in "Antal svar": the respondent ticked something in print."""

Kind = Literal["likert", "ordinal", "nominal", "multiple", "option", "grid", "id"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SINGLE: frozenset[Kind] = frozenset({"likert", "ordinal", "nominal"})

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
class Item:
    """One row of the codebook: a question, a part of a grid, an option of a multiple response set.

    `column` is the export's heading. It is empty for a grid, whose parts have the columns. Of a
    multiple response set either the options have columns, or the set has one in which the texts of
    those ticked stand joined. `number` is the table's number in the report, as text ("9A").
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
            known = [each.name for each in self.items.values() if each.kind != "id"]
            raise fault(f'There is no item "{name}".', nearest(name, known))
        return self.items[name]

    def scale(self, item: Item) -> Scale:
        """The scale that `item` is answered on."""
        return self.scales[item.scale]

    def parts(self, item: Item) -> tuple[Item, ...]:
        """The options of a multiple response set or the rows of a grid, in order."""
        return tuple(each for each in self.items.values() if each.part_of == item.name)

    @property
    def questions(self) -> tuple[Item, ...]:
        """The items that have a table of their own, in the order of the report."""
        return tuple(each for each in self.items.values() if not each.part_of and each.kind != "id")

    @property
    def counted(self) -> tuple[Item, ...]:
        """Every item with counts: questions on a scale, grid rows, sets and their options."""
        return tuple(each for each in self.items.values() if each.kind not in ("grid", "id"))

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


_CODEBOOK = ("name", "item", "number", "part_of", "label", "kind", "scale", "section", "mean")
_CODEBOOK_OPTIONAL = ("positive", "label_en")


def read_codebook(folder: Path) -> tuple[Codebook, tuple[Problem, ...]]:
    """Read the three tables in `folder`: the codebook of the rows without fault, and the faults."""
    problems: list[Problem] = []
    scales = _read_scales(
        _table(folder, "scales.csv", ("scale", "value", "label", "status")), problems
    )
    sections = _read_sections(_table(folder, "sections.csv", ("section", "title")), problems)
    items = _read_items(
        _table(folder, "codebook.csv", _CODEBOOK, _CODEBOOK_OPTIONAL), scales, sections, problems
    )
    return Codebook(items, scales, sections), tuple(problems)


def _table(
    folder: Path, file: str, required: tuple[str, ...], optional: tuple[str, ...] = ("label_en",)
) -> TextTable | EvalkitError:
    try:
        return read_table(folder / file, file, required, optional)
    except EvalkitError as error:
        return error


def _records(
    table: TextTable | EvalkitError, problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    if isinstance(table, EvalkitError):
        problems.extend(table.problems)
        return
    for number, row in table.records():
        if any(row.values()):
            yield number, row


def _read_scales(table: TextTable | EvalkitError, problems: list[Problem]) -> dict[str, Scale]:
    answers: dict[str, list[Answer]] = {}
    for number, row in _records(table, problems):
        answer = _answer(number, row, answers.get(row["scale"], []), problems)
        if answer is not None:
            answers.setdefault(row["scale"], []).append(answer)
    problems += [
        Problem("scales.csv", None, "status", f'The scale "{name}" has no valid answer.')
        for name, each in answers.items()
        if not any(answer.status == "valid" for answer in each)
    ]
    return {name: Scale(name, tuple(each)) for name, each in answers.items()}


def _answer(
    number: int, row: Mapping[str, str], before: Sequence[Answer], problems: list[Problem]
) -> Answer | None:
    faults = [*_answer_faults(row), *_repetition_faults(row, before)]
    if faults:
        problems += [Problem("scales.csv", number, *fault) for fault in faults]
        return None
    status: Status = next(each for each in STATUSES if each == row["status"])
    return Answer(_whole(row["value"]), Text(row["label"], row.get("label_en", "")), status)


_Fault = tuple[str, str, str]
"""Column, message and what to do."""


def _answer_faults(row: Mapping[str, str]) -> Iterator[_Fault]:
    if not row["scale"]:
        yield "scale", "The answer belongs to no scale.", "Write the scale's name."
    if row["status"] not in STATUSES:
        message = f'"{row["status"]}" is not a status.'
        yield "status", message, nearest(row["status"], STATUSES)
    if not row["label"]:
        yield "label", "The answer has no label.", "Write it as it stands in the questionnaire."
    if row["value"] and _whole(row["value"]) is None:
        message = f'"{row["value"]}" is not a whole number.'
        yield "value", message, "Codes are whole numbers."
    if not row["value"] and row["status"] == "valid":
        yield "value", "A valid answer needs a code.", "Write a whole number."


def _repetition_faults(row: Mapping[str, str], before: Sequence[Answer]) -> Iterator[_Fault]:
    value, label = _whole(row["value"]), row["label"]
    if value is not None and any(answer.value == value for answer in before):
        message = f"The code {value} stands twice in the scale."
        yield "value", message, "Give each answer its own."
    if not row["value"] and (None, row["status"]) in [(a.value, a.status) for a in before]:
        message = f"Two answers without a code are {row['status']}."
        yield "value", message, "Give one a code."
    if label and any(normal(answer.label.sv) == normal(label) for answer in before):
        yield "label", f'"{label}" stands twice in the scale.', "Remove one of them."


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def _read_sections(table: TextTable | EvalkitError, problems: list[Problem]) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    for number, row in _records(table, problems):
        if row["section"] in sections:
            problems.append(
                Problem("sections.csv", number, "section", f'"{row["section"]}" stands twice.')
            )
        title = Text(row["title"], row.get("title_en", ""))
        sections.setdefault(row["section"], Section(row["section"], title))
    for section in sections.values():
        if section.chapter not in sections:
            message = f"Section {section.number} has no chapter {section.chapter}."
            fix = "Add a row for the chapter."
            problems.append(Problem("sections.csv", None, "section", message, fix))
    return sections


def _read_items(
    table: TextTable | EvalkitError,
    scales: Mapping[str, Scale],
    sections: Mapping[str, Section],
    problems: list[Problem],
) -> dict[str, Item]:
    items: dict[str, Item] = {}
    rows: dict[str, int] = {}
    for number, row in _records(table, problems):
        at = len(problems)
        _check_item(number, row, items, scales, sections, problems)
        if len(problems) == at:
            items[row["item"]] = _item(row)
            rows[row["item"]] = number
    _check_parts(items, rows, scales, problems)
    return items


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        name=row["item"],
        kind=next(each for each in KINDS if each == row["kind"]),
        label=Text(row["label"], row.get("label_en", "")),
        column=row["name"],
        number=row["number"],
        part_of=row["part_of"],
        scale=row["scale"],
        section=row["section"],
        mean=row["mean"] == "yes",
        positive=next(each for each in POSITIVES if each == row.get("positive", "")),
    )


def _check_item(
    number: int,
    row: Mapping[str, str],
    items: Mapping[str, Item],
    scales: Mapping[str, Scale],
    sections: Mapping[str, Section],
    problems: list[Problem],
) -> None:
    faults = [
        *_name_faults(row, items),
        *_scale_faults(row, scales),
        *_table_faults(row, items, sections),
        *_meaning_faults(row),
    ]
    problems += [Problem("codebook.csv", number, *fault) for fault in faults]


def _name_faults(row: Mapping[str, str], items: Mapping[str, Item]) -> Iterator[_Fault]:
    name = row["item"]
    if not name:
        yield "item", "The item has no name.", "Give it a short name such as q01."
    elif not name.isidentifier():
        yield "item", f'"{name}" is not a name.', "Use letters, digits and _, a letter first."
    if name in items:
        yield "item", f'The item "{name}" stands twice.', "Give each item a name of its own."
    if row["kind"] not in KINDS:
        yield "kind", f'"{row["kind"]}" is not a kind of item.', nearest(row["kind"], KINDS)
    if row["name"] and any(each.column == row["name"] for each in items.values()):
        message = f'The column "{row["name"]}" belongs to two items.'
        yield "name", message, "Keep one of them."


def _scale_faults(row: Mapping[str, str], scales: Mapping[str, Scale]) -> Iterator[_Fault]:
    kind, scale = row["kind"], row["scale"]
    answered = kind in SINGLE or kind == "option"
    if answered and scale not in scales:
        yield "scale", f'There is no scale "{scale}".', nearest(scale, scales)
    elif kind == "option" and 1 not in [each.value for each in scales[scale].valid]:
        yield "scale", f'The scale "{scale}" has no code 1.', "Code 1 means: selected."
    if (kind in SINGLE or kind == "id") and not row["name"]:
        yield "name", "The item has no column.", "Write the export's heading."
    if kind == "grid" and row["name"]:
        yield "name", "A grid has no column.", "Its parts have the columns."


def _table_faults(
    row: Mapping[str, str], items: Mapping[str, Item], sections: Mapping[str, Section]
) -> Iterator[_Fault]:
    has_table = row["kind"] in ("grid", "multiple") or (
        row["kind"] in SINGLE and not row["part_of"]
    )
    if has_table and not row["number"]:
        yield "number", "The table has no number.", "Write its number in the report."
    elif has_table and slug(row["number"]) in [slug(each.number) for each in items.values()]:
        yield "number", f"The number {row['number']} stands twice.", "Renumber one table."
    if has_table and row["section"] not in sections:
        fix = nearest(row["section"], sections)
        yield "section", f'There is no section "{row["section"]}".', fix


def _meaning_faults(row: Mapping[str, str]) -> Iterator[_Fault]:
    if row["kind"] != "id" and not row["label"]:
        yield "label", "The item has no label.", "Write the text that the report shall show."
    if row["mean"] not in ("yes", "no", ""):
        yield "mean", f'"{row["mean"]}" is neither yes nor no.', "Write yes or no."
    if row.get("positive", "") not in POSITIVES:
        fix = "Write high, low or middle, or leave it empty."
        yield "positive", f'"{row["positive"]}" is no end of a scale.', fix


def _answers_differ(
    items: Mapping[str, Item], scales: Mapping[str, Scale], head: Item, item: Item
) -> bool:
    first = next(each for each in items.values() if each.part_of == head.name)
    return scales[first.scale].valid != scales[item.scale].valid


def _column_fault(head: Item) -> tuple[str, str]:
    """What is wrong when a set and its option both have a column, or neither has."""
    if head.column:
        fix = f"Leave it empty, or take the column from {head.name}."
        return "The option has a column, and its set has one.", fix
    fix = f"Write the export's heading, or that of {head.name} if the ticks stand joined in it."
    return "The item has no column.", fix


def _check_parts(
    items: dict[str, Item],
    rows: Mapping[str, int],
    scales: Mapping[str, Scale],
    problems: list[Problem],
) -> None:
    """Parts need a head of the right kind, heads need parts; faulty ones are taken out."""
    heads = {"option": "multiple", "likert": "grid", "ordinal": "grid", "nominal": "grid"}
    for item in list(items.values()):
        head = items.get(item.part_of)
        place = ("codebook.csv", rows[item.name])
        if item.part_of and (head is None or head.kind != heads.get(item.kind)):
            wanted = [each.name for each in items.values() if each.kind == heads.get(item.kind)]
            message = f'"{item.part_of}" is not an item of kind {heads.get(item.kind, "grid")}.'
            problems.append(Problem(*place, "part_of", message, nearest(item.part_of, wanted)))
            del items[item.name]
        elif head and head.kind == "grid" and _answers_differ(items, scales, head, item):
            fix = "Give them the same answers, or make them items of their own."
            message = f"{item.name} has other answers than the first part of {head.name}."
            problems.append(Problem(*place, "scale", message, fix))
            del items[item.name]
        elif item.kind == "option" and not item.part_of:
            fix = "Write the multiple response set's item."
            problems.append(Problem(*place, "part_of", "The option belongs to no set.", fix))
            del items[item.name]
        elif head and head.kind == "multiple" and bool(item.column) == bool(head.column):
            problems.append(Problem(*place, "name", *_column_fault(head)))
            del items[item.name]
    parents = {item.part_of for item in items.values()}
    for item in list(items.values()):
        if item.kind in ("grid", "multiple") and item.name not in parents:
            fix = f"Name {item.name} in the column part_of of its parts."
            message = f'"{item.name}" has no parts.'
            problems.append(Problem("codebook.csv", rows[item.name], "item", message, fix))
            del items[item.name]
