"""The tables `codebook.csv`, `scales.csv` and `sections.csv` of a study folder, read and checked.

Faulty rows are reported and left out, so that one run shows every fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evalkit.codebook.conditions import ConditionCycle, settled_order
from evalkit.codebook.model import (
    ABOUT,
    BASES,
    KINDS,
    PARTS,
    POSITIVES,
    SINGLE,
    STATUSES,
    Answer,
    Codebook,
    Condition,
    Item,
    Scale,
    Section,
    Status,
    Text,
    normal,
    slug,
)
from evalkit.delimited import TextTable, read_table
from evalkit.errors import EvalkitError, Problem, nearest

_CODEBOOK = ("name", "item", "number", "part_of", "label", "kind", "scale", "section", "mean")
_CODEBOOK_OPTIONAL = ("positive", "label_en", "base", "asked_if", "rounds")


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


def item_rows(folder: Path) -> dict[str, int]:
    """The row of each item in the `codebook.csv` of a folder; nothing where it cannot be read."""
    table = _table(folder, "codebook.csv", _CODEBOOK, _CODEBOOK_OPTIONAL)
    rows = [] if isinstance(table, EvalkitError) else [*table.records()]
    return {row["item"]: number for number, row in reversed(rows)}


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
    problems += _condition_problems(items, rows, scales)
    problems += _cycle_problems(items, rows)
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
        base=next(each for each in BASES if each == row.get("base", "")),
        asked_if=_condition(row.get("asked_if", "")),
        rounds=_names(row.get("rounds", "")),
    )


_CONDITION = re.compile(r"\s*(\w+)\s*=\s*([^=]+)")


def _condition(text: str) -> Condition | None:
    """The condition that a text such as `q01 = 4, 3` means; None where it means none."""
    match = _CONDITION.fullmatch(text)
    keys = tuple(each.strip() for each in match[2].split(",")) if match else ()
    return Condition(match[1], keys) if match and all(keys) else None


def _names(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(";") if each.strip())


def _together(row: Mapping[str, str], item: Item) -> bool:
    """Whether a round may hold both."""
    rounds = _names(row.get("rounds", ""))
    return _meet(rounds, item.rounds)


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or bool(set(one) & set(other))


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
    if row["name"] and any(
        each.column == row["name"] and _together(row, each) for each in items.values()
    ):
        message = f'The column "{row["name"]}" belongs to two items.'
        yield "name", message, "Keep one of them."


_ON_SCALES = SINGLE | {"option"}
_WITH_COLUMN = SINGLE | ABOUT | {"numeric", "open"}


def _scale_faults(row: Mapping[str, str], scales: Mapping[str, Scale]) -> Iterator[_Fault]:
    kind, scale = row["kind"], row["scale"]
    if (kind in _ON_SCALES or scale) and scale not in scales:
        yield "scale", f'There is no scale "{scale}".', nearest(scale, scales)
    elif kind in _ON_SCALES and not scales[scale].valid:
        yield "scale", f'The scale "{scale}" has no valid answer.', "Write one in scales.csv."
    elif kind == "option" and 1 not in [each.value for each in scales[scale].valid]:
        yield "scale", f'The scale "{scale}" has no code 1.', "Code 1 means: selected."
    elif scale and kind in ("numeric", "open") and scales[scale].valid:
        fix = "Keep answers such as Vet ej in it, and leave opinions out."
        yield "scale", f'The scale "{scale}" of an item of kind {kind} has valid answers.', fix
    elif scale and kind == "open" and 1 in [each.value for each in scales[scale].answers]:
        fix = "Counts of an open item have it for those who wrote something: give another code."
        yield "scale", f'The scale "{scale}" of an open item has the code 1.', fix
    if kind in _WITH_COLUMN and not row["name"]:
        yield "name", "The item has no column.", "Write the export's heading."
    if kind == "grid" and row["name"]:
        yield "name", "A grid has no column.", "Its parts have the columns."


_WITH_TABLE = PARTS.keys() | {"numeric", "open"}


def _table_faults(
    row: Mapping[str, str], items: Mapping[str, Item], sections: Mapping[str, Section]
) -> Iterator[_Fault]:
    has_table = row["kind"] in _WITH_TABLE or (row["kind"] in SINGLE and not row["part_of"])
    taken = [slug(each.number) for each in items.values() if _together(row, each)]
    if has_table and not row["number"]:
        yield "number", "The table has no number.", "Write its number in the report."
    elif has_table and slug(row["number"]) in taken:
        yield "number", f"The number {row['number']} stands twice.", "Renumber one table."
    if has_table and row["section"] not in sections:
        fix = nearest(row["section"], sections)
        yield "section", f'There is no section "{row["section"]}".', fix


def _meaning_faults(row: Mapping[str, str]) -> Iterator[_Fault]:
    if row["kind"] not in ABOUT and not row["label"]:
        yield "label", "The item has no label.", "Write the text that the report shall show."
    if row["mean"] not in ("yes", "no", ""):
        yield "mean", f'"{row["mean"]}" is neither yes nor no.', "Write yes or no."
    if row.get("positive", "") not in POSITIVES:
        fix = "Write high, low or middle, or leave it empty."
        yield "positive", f'"{row["positive"]}" is no end of a scale.', fix
    base, asked_if = row.get("base", ""), row.get("asked_if", "")
    if base not in BASES:
        yield "base", f'"{base}" is not a base.', "Write asked, answered, ticked or units."
    elif base and row["kind"] != "multiple":
        yield "base", "Only a multiple response set has a choice of base.", "Leave it empty."
    if asked_if and _condition(asked_if) is None:
        fix = "Write an item, = and its answers, such as q01 = 1, 2."
        yield "asked_if", f'"{asked_if}" is not a condition.', fix


def _answers_differ(
    items: Mapping[str, Item], scales: Mapping[str, Scale], head: Item, item: Item
) -> bool:
    """Whether a part of a grid has other answers than the first part of its rounds."""
    parts = (each for each in items.values() if each.part_of == head.name)
    first = next(each for each in parts if _meet(each.rounds, item.rounds))
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
    for item in list(items.values()):
        head = items.get(item.part_of)
        place = ("codebook.csv", rows[item.name])
        heads = [kind for kind, parts in PARTS.items() if item.kind in parts]
        if item.part_of and (head is None or head.kind not in heads):
            wanted = [each.name for each in items.values() if each.kind in heads]
            message = f'"{item.part_of}" is not an item of kind {" or ".join(heads) or "grid"}.'
            problems.append(Problem(*place, "part_of", message, nearest(item.part_of, wanted)))
            del items[item.name]
        elif head and head.kind == "grid" and _answers_differ(items, scales, head, item):
            fix = "Give them the same answers, or make them items of their own."
            message = f"{item.name} has other answers than the first part of {head.name}."
            problems.append(Problem(*place, "scale", message, fix))
            del items[item.name]
        elif item.kind in ("option", "ranked") and not item.part_of:
            fix = "Write the item of its multiple response set or ranking."
            problems.append(Problem(*place, "part_of", "The option belongs to no set.", fix))
            del items[item.name]
        elif head and head.kind != "grid" and bool(item.column) == bool(head.column):
            problems.append(Problem(*place, "name", *_column_fault(head)))
            del items[item.name]
    parents = {item.part_of for item in items.values()}
    for item in list(items.values()):
        if item.kind in PARTS and item.name not in parents:
            fix = f"Name {item.name} in the column part_of of its parts."
            message = f'"{item.name}" has no parts.'
            problems.append(Problem("codebook.csv", rows[item.name], "item", message, fix))
            del items[item.name]


def _condition_problems(
    items: Mapping[str, Item], rows: Mapping[str, int], scales: Mapping[str, Scale]
) -> Iterator[Problem]:
    """Conditions on items that are not there or have no single answer, or on unknown answers."""
    possible = {each.name: each for each in items.values() if each.kind in _ON_SCALES}
    for item in items.values():
        condition = item.asked_if
        if condition is None:
            continue
        place = ("codebook.csv", rows[item.name], "asked_if")
        on = possible.get(condition.item)
        if on is None or on.name == item.name:
            message = f'"{condition.item}" is no item that can tell who got this one.'
            others = [each for each in possible if each != item.name]
            yield Problem(*place, message, nearest(condition.item, others))
            continue
        answers = scales[on.scale].answers
        known = {a.status if a.value is None else str(a.value) for a in answers} | {"no_answer"}
        for key in condition.keys:
            if key not in known:
                message = f'{on.name} has no answer "{key}".'
                yield Problem(*place, message, nearest(key, sorted(known)))


def _cycle_problems(items: Mapping[str, Item], rows: Mapping[str, int]) -> Iterator[Problem]:
    """Items of which each has to be settled before the other."""
    try:
        settled_order(items)
    except ConditionCycle as cycle:
        if len(cycle.names) == 1:
            return  # told already: a condition on the item itself
        named = [each for each in cycle.names if items[each].asked_if] or list(cycle.names)
        message = f"Whether it was asked depends on itself ({', '.join(cycle.names)})."
        fix = "Let a condition name an item that was asked before."
        yield Problem("codebook.csv", rows[named[0]], "asked_if", message, fix)
