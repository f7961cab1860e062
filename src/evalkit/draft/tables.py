"""The guesses of a survey as the study's tables, and a table of the guesses themselves."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalkit.codebook import ABOUT, Answer, Text, normal, tidy
from evalkit.draft.facts import COUNTED, IN_CODEBOOK, ON_SCALES, Guess
from evalkit.draft.survey import Head, Survey

Row = Mapping[str, str]

_CODEBOOK = (
    "name", "item", "number", "part_of", "label", "label_en", "kind", "scale", "section", "mean",
    "positive",
)  # fmt: skip
_SCALES = ("scale", "value", "label", "label_en", "status")
_SECTIONS = ("section", "title", "title_en")
_DRAFT = ("column", "item", "guess", "sure", "why", "decide")
_SECTION = "1.1"


@dataclass(frozen=True)
class _Question:
    """One table of the report: a single column, or a head with its columns."""

    label: str
    members: tuple[int, ...]
    head: Head | None = None


def tables(survey: Survey) -> dict[str, str]:
    """File name → its content, for every table of the study."""
    scales = _Scales(survey)
    rows = list(_codebook(survey, scales))
    items = {row["name"]: row["item"] for row in rows if row.get("name")}
    return {
        "codebook.csv": _csv(_CODEBOOK, rows),
        "scales.csv": _csv(_SCALES, scales.rows()),
        "sections.csv": _csv(_SECTIONS, _sections()),
        "draft.csv": _csv(_DRAFT, _told(survey, items)),
    }


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _sections() -> Iterator[Row]:
    yield {"section": "1", "title": "Svaren", "title_en": "The answers"}
    yield {"section": _SECTION, "title": "Fråga för fråga", "title_en": "Question by question"}


class _Scales:
    """The scales that the items need, each once, named after what they are guessed to be."""

    def __init__(self, survey: Survey) -> None:
        self._english = survey.language == "en"
        self._found: dict[tuple[Answer, ...], str] = {}

    def name(self, guess: Guess) -> str:
        """The name of the guess's scale; taken up if it is new."""
        if guess.answers not in self._found:
            wanted = guess.scale + _suffix(guess.answers)
            taken = {normal(each) for each in self._found.values()}
            names = (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3)))
            free = next(each for each in names if normal(each) not in taken)
            self._found[guess.answers] = free
        return self._found[guess.answers]

    def rows(self) -> Iterator[Row]:
        """Every scale's answers in order."""
        for answers, name in self._found.items():
            for each in answers:
                label = each.label.sv
                yield {
                    "scale": name,
                    "value": "" if each.value is None else str(each.value),
                    "label": label,
                    "label_en": label if self._english else _ENGLISH.get(normal(label), ""),
                    "status": each.status,
                }


_ENGLISH = {"vald": "Selected"}


def _suffix(answers: Sequence[Answer]) -> str:
    """What tells a scale with a way of giving no opinion from the same without one."""
    statuses = dict.fromkeys(each.status for each in answers if each.status != "valid")
    return "".join(f"_{each}" for each in statuses)


def _codebook(survey: Survey, scales: _Scales) -> Iterator[Row]:
    columns = survey.export.columns
    for at, guess in enumerate(survey.guesses):
        if guess.sort in ABOUT:
            item = f"{guess.sort}_{at + 1}"
            yield {"name": tidy(columns[at].heading), "item": item, "kind": guess.sort}
    questions = list(_questions(survey))
    for question, number, label in _numbered(questions):
        yield from _question_rows(survey, scales, question, number, label)


def _questions(survey: Survey) -> Iterator[_Question]:
    """The tables in the order of the export."""
    for at, guess in enumerate(survey.guesses):
        head = survey.head_of(at)
        if guess.sort not in COUNTED:
            continue
        if head is None:
            column = survey.export.columns[at]
            label = tidy(column.question) or tidy(column.heading)
            if tidy(column.option):
                label = f"{label} – {tidy(column.option)}"
            yield _Question(_shown(label), (at,))
        elif head.members[0] == at:
            yield _Question(_shown(head.label), head.members, head)


def _shown(label: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in label)


_OWN_NUMBER = re.compile(
    r"\s*(?:(?:fråga|question|q|f)\s*)?([0-9]{1,3}[a-zåäö]?)\s*[.:)]\s+(?=\S)", re.IGNORECASE
)


def _numbered(questions: Sequence[_Question]) -> Iterator[tuple[_Question, str, str]]:
    """Each question with its table's number and its text.

    The number is that of the questionnaire where every question has one of its own.
    """
    own = [_OWN_NUMBER.match(each.label) for each in questions]
    numbers = [match[1].upper().lstrip("0") for match in own if match]
    whole = len(numbers) == len(questions) == len(set(numbers)) and all(numbers)
    for at, (question, match) in enumerate(zip(questions, own, strict=True)):
        if whole and match:
            yield question, numbers[at], question.label[match.end() :].strip()
        else:
            yield question, str(at + 1), question.label


def _item_name(number: str) -> str:
    """q01 for 1, q09a for 9A."""
    digits = re.match(r"[0-9]*", number)
    length = len(digits[0]) if digits else 0
    return (
        f"q{number[:length]:0>2}{number[length:].lower()}"
        if length > 1
        else (f"q0{number.lower()}")
    )


def _question_rows(
    survey: Survey, scales: _Scales, question: _Question, number: str, label: str
) -> Iterator[Row]:
    name = _item_name(number)
    english = survey.language == "en"
    first = survey.guesses[question.members[0]]
    top = {"item": name, "number": number, "section": _SECTION, **_labels(label, english)}
    head = question.head
    column = head.column if head else tidy(survey.export.columns[question.members[0]].heading)
    if head is None and not first.options:
        yield {**top, "name": column, **_scale_cells(first, scales)}
        return
    kind = head.kind if head else first.sort
    yield {**top, "name": column, "kind": kind, "mean": "no"}
    for order, text in enumerate(head.parts if head else first.options, start=1):
        part = {"item": f"{name}_{order}", "part_of": name, **_labels(text, english)}
        if column:
            yield {**part, **_joined_part(kind, first, scales)}
        else:
            at = question.members[order - 1]
            heading = tidy(survey.export.columns[at].heading)
            yield {**part, "name": heading, **_scale_cells(survey.guesses[at], scales)}


def _labels(text: str, english: bool) -> dict[str, str]:
    return {"label": text, "label_en": text if english else ""}


def _joined_part(kind: str, guess: Guess, scales: _Scales) -> Row:
    """An option of a question whose column its head has."""
    if kind == "ranking":
        return {"kind": "ranked"}
    ticked = replace(guess, answers=(Answer(1, Text("Vald")),))
    return {"kind": "option", "scale": scales.name(ticked), "mean": "no"}


def _scale_cells(guess: Guess, scales: _Scales) -> Row:
    if guess.sort not in ON_SCALES | {"option"}:
        kind = "ranked" if guess.sort == "ranking" else guess.sort
        return {"kind": kind, "scale": scales.name(guess) if guess.answers else ""}
    return {
        "kind": guess.sort,
        "scale": scales.name(guess),
        "mean": "yes" if guess.mean else "no",
        "positive": guess.positive,
    }


def _told(survey: Survey, items: Mapping[str, str]) -> Iterator[Row]:
    """One row for every column, in the order of the export."""
    for column, guess in zip(survey.export.columns, survey.guesses, strict=True):
        heading = tidy(column.heading)
        yield {
            "column": heading,
            "item": items.get(guess.heading or heading, "") if guess.sort in IN_CODEBOOK else "",
            "guess": guess.sort,
            "sure": guess.sure,
            "why": guess.why,
            "decide": guess.decide,
        }
