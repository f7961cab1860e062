"""The structure of a LimeSurvey survey (`.lss`): texts, sub-questions and answer labels by code."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.codebook import tidy
from evalkit.errors import fault
from evalkit.intake.export import Sheet

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TAG = re.compile(r"<[^<>]*>")
_Row = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """A question: LimeSurvey's letter for its type, code → text of its parts, code → label."""

    code: str
    kind: str
    text: str
    parts: Mapping[str, str]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Structure:
    """The questions of a survey by code, in the survey's first language."""

    file: str
    language: str
    questions: Mapping[str, Question]

    def find(self, code: str) -> tuple[Question, str] | None:
        """The question of a column, and the part of it: `Q3[SQ001]`, or `Q3_SQ001`."""
        base, bracket, part = code.partition("[")
        if bracket and base in self.questions:
            return self.questions[base], part.removesuffix("]")
        if code in self.questions:
            return self.questions[code], ""
        at = code.rfind("_")
        while at > 0:
            if code[:at] in self.questions:
                return self.questions[code[:at]], code[at + 1 :]
            at = code.rfind("_", 0, at)
        return None


def read_beside(sheet: Sheet) -> Structure | None:
    """The structure of the same name beside the export; None where there is no such file.

    Raises `EvalkitError` for one that is not LimeSurvey's XML.
    """
    path = sheet.path.with_suffix(".lss") if sheet.path and sheet.path.name else None
    if path is None or not path.is_file():
        return None
    try:
        return parse(path.read_bytes(), path.name)
    except OSError as cause:
        raise fault(f"The file cannot be read ({cause.strerror}).", file=path.name) from cause


def parse(data: bytes, file: str) -> Structure:
    """The structure in the bytes of an `.lss` file, called `file` in messages."""
    root = _root(data, file)
    language = tidy(root.findtext("languages/language") or "")
    texts = _texts(root, "question_l10ns", "qid", "question", language)
    heads = [row for row in _rows(root, "questions") if row.get("parent_qid", "0") in ("0", "")]
    below = [row for row in _rows(root, "questions") if row.get("parent_qid", "0") not in ("0", "")]
    below += _rows(root, "subquestions")
    labels = _labels(root, language)
    found: dict[str, Question] = {}
    for row in heads:
        if row.get("language", language) in (language, ""):
            parts = _parts(below, row.get("qid", ""), texts, language)
            text = texts.get(row.get("qid", "")) or _plain(row.get("question", ""))
            answers = labels.get(row.get("qid", ""), {})
            code = row.get("title", "")
            found.setdefault(code, Question(code, row.get("type", ""), text, parts, answers))
    return Structure(file, language, found)


def _root(data: bytes, file: str) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as cause:
        raise fault(
            f"The file is not XML as LimeSurvey writes it ({cause}).",
            "Export the survey's structure again (.lss), or remove the file.",
            file=file,
        ) from cause
    if root.tag != "document" or root.findtext("LimeSurveyDocType", "Survey") != "Survey":
        raise fault("The file is not the structure of a LimeSurvey survey.", file=file)
    return root


def _rows(root: Element, table: str) -> list[_Row]:
    return [
        {cell.tag: (cell.text or "").strip() for cell in row}
        for row in root.iterfind(f"{table}/rows/row")
    ]


def _texts(root: Element, table: str, key: str, text: str, language: str) -> dict[str, str]:
    """Key → text in `language`, or in another where there is none."""
    found: dict[str, str] = {}
    for row in _rows(root, table):
        if row.get(key) and (row.get("language") == language or row[key] not in found):
            found[row[key]] = _plain(row.get(text, ""))
    return found


def _parts(below: list[_Row], head: str, texts: Mapping[str, str], language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in below:
        if row.get("parent_qid") == head and row.get("language", language) in (language, ""):
            text = texts.get(row.get("qid", "")) or _plain(row.get("question", ""))
            found.setdefault(row.get("title", ""), text)
    return found


def _labels(root: Element, language: str) -> dict[str, dict[str, str]]:
    """Question → answer code → label."""
    texts = _texts(root, "answer_l10ns", "aid", "answer", language)
    found: dict[str, dict[str, str]] = {}
    for row in _answers(root):
        if row.get("language", language) in (language, ""):
            label = _plain(row.get("answer", "")) or texts.get(row.get("aid", ""), "")
            found.setdefault(row.get("qid", ""), {}).setdefault(row.get("code", ""), label)
    return found


def _answers(root: Element) -> Iterator[_Row]:
    """Answers, and those that newer versions write among the texts with code and question."""
    yield from _rows(root, "answers")
    yield from (row for row in _rows(root, "answer_l10ns") if row.get("code") and row.get("qid"))


def _plain(text: str) -> str:
    """Text without markup."""
    return tidy(html.unescape(_TAG.sub(" ", text)))
