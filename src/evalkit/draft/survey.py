"""A whole export: every column's guess, the grids and multiple response sets, personal data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.codebook import ABOUT, Answer, Language, Text, normal, tidy
from evalkit.draft import cells
from evalkit.draft.facts import ON_SCALES, Facts, Guess, Habits, writable
from evalkit.draft.guess import guess
from evalkit.draft.stems import Group, groups
from evalkit.intake.export import Column, Export
from evalkit.intake.personal import Finding, find_in


@dataclass(frozen=True)
class Head:
    """A grid, set or ranking: its text, its columns' places, and the texts of its parts.

    Of a ranking with a column for each rank, `column` is what the codebook calls these together,
    and the parts are the options that stand in them.
    """

    kind: Literal["grid", "multiple", "ranking"]
    label: str
    members: tuple[int, ...]
    parts: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True)
class Survey:
    """What an export is guessed to be; `guesses` has one for each column of it."""

    export: Export
    guesses: tuple[Guess, ...]
    heads: tuple[Head, ...]
    personal: tuple[Finding, ...]
    language: Language

    def head_of(self, at: int) -> Head | None:
        """The grid or set that the column at `at` belongs to."""
        return next((each for each in self.heads if at in each.members), None)


def survey(export: Export) -> Survey:
    """Guess what every column of an export is."""
    found: dict[int, Guess] = {}
    personal: list[Finding] = []
    for at, column in enumerate(export.columns):
        findings = find_in(column, export.rows)
        personal += findings
        if findings:
            found[at] = _personal(findings)
    found |= _misnamed(export) | {at: each for at, each in found.items() if each.sort == "personal"}
    facts = [Facts.of(each) for each in export.columns]
    habits = Habits.of(each for at, each in enumerate(facts) if at not in found)
    heads: list[Head] = []
    for group in (*_declared(export), *groups(export.columns)):
        free = [at for at in group.members if at not in found]
        head = _head(group, free, facts, habits, found)
        if head is not None:
            heads.append(head)
    for at, each in enumerate(facts):
        if at not in found:
            found[at] = guess(each, habits)
    guesses = tuple(found[at] for at in range(len(facts)))
    return Survey(export, guesses, tuple(heads), tuple(personal), _language(export, guesses))


def _personal(findings: Sequence[Finding]) -> Guess:
    why = f"{'; '.join(str(each) for each in findings)}."
    return Guess("personal", "high", why[:1].upper() + why[1:], _KEPT_OUT)


_KEPT_OUT = "Kept out of the codebook. Does the export need to hold it?"


def _misnamed(export: Export) -> dict[int, Guess]:
    """Columns that the codebook cannot name."""
    times = Counter(tidy(each.heading) for each in export.columns)
    found: dict[int, Guess] = {}
    for at, column in enumerate(export.columns):
        heading = tidy(column.heading)
        if not heading:
            why = "The column has no heading."
        elif times[heading] > 1:
            why = f"The heading stands there {times[heading]} times."
        elif not writable(heading):
            why = "The heading holds signs that cannot be shown."
        else:
            continue
        found[at] = Guess("unclear", "low", why, "Give it a heading of its own, and draft again.")
    return found


def _declared(export: Export) -> Iterator[Group]:
    """The multiple response sets that the file itself declares, where their columns are ticks."""
    places = {each.heading: at for at, each in enumerate(export.columns)}
    for each in export.sets:
        members = sorted(places[heading] for heading in each.headings if heading in places)
        if each.counted is None or not members:
            continue
        if members == list(range(members[0], members[0] + len(members))):
            parts = tuple(_own_text(export.columns[at]) for at in members)
            yield Group(tidy(each.label) or each.name, members[0], parts)


def _own_text(column: Column) -> str:
    return tidy(column.option) or tidy(column.question) or tidy(column.heading)


def _head(
    group: Group,
    free: Sequence[int],
    facts: Sequence[Facts],
    habits: Habits,
    found: dict[int, Guess],
) -> Head | None:
    """The grid or set that a group of columns is; their guesses are put into `found`."""
    named = _part_labels(group, facts)
    closed = [at for at in free if not _is_remark(facts[at], named[at], habits)]
    filled = [at for at in closed if facts[at].texts]
    for at in free:
        if at not in closed and _REMARK.search(normal(named[at])):
            found[at] = Guess("open", "medium", "Text beside the options of a question.")
    if len(filled) < 2 or len(filled) < len(closed) / 3:
        return None
    if _is_ranking([facts[at] for at in filled], facts[filled[0]].column):
        return _ranking(group, closed, named, facts, found)
    other = any(_OTHER.search(normal(named[at])) for at in free if at not in closed)
    ticked = _ticked(closed, named, facts, group.stem, several=other)
    if ticked:
        found.update(ticked)
        return _made("multiple", group, closed, named, facts)
    together = _together(filled, facts, habits)
    if together is None:
        return None
    for at in closed:
        found[at] = together
    return _made("grid", group, closed, named, facts)


_OTHER = re.compile(r"\b(?:annat|annan|övrigt|other|specify|ange)\b")
"""What beside options asks for one more, and beside the rows of a grid for nothing."""
_REMARK = re.compile(rf"{_OTHER.pattern}|kommentar|\bcomment|\b(?:fri|free )?text\b")


def _is_remark(facts: Facts, part: str, habits: Habits) -> bool:
    """Whether a column beside options or rows holds what was written under "Other"."""
    if not facts.texts or cells.ticks(facts.texts, part) is not None:
        return False
    found = guess(facts, habits)
    named = _REMARK.search(normal(part)) is not None
    own = found.sort in (*ABOUT, "open", "technical", "date")
    return own or (named and found.sort not in ("likert", "ordinal"))


def _made(
    kind: Literal["grid", "multiple", "ranking"],
    group: Group,
    members: Sequence[int],
    named: Mapping[int, str],
    facts: Sequence[Facts],
) -> Head:
    question = tidy(facts[members[0]].column.question)
    own = question in named.values() or question.startswith(group.stem)
    label = group.stem if own else question
    parts = tuple(named[at] for at in members)
    return Head(kind, _printable(label or group.stem), tuple(members), parts)


def _part_labels(group: Group, facts: Sequence[Facts]) -> dict[int, str]:
    """The text of each row or option, by its column's place."""
    pairs = list(zip(group.members, group.parts, strict=True))
    named = {at: _part_label(facts[at].column, part) for at, part in pairs}
    times = Counter(named.values())
    return {
        at: text if times[text] == 1 else _printable(tidy(facts[at].column.heading))
        for at, text in named.items()
    }


def _part_label(column: Column, part: str) -> str:
    """A row's or option's text; the question or heading where only a code follows the stem."""
    if column.option:
        return _printable(tidy(column.option))
    heading, question = tidy(column.heading), tidy(column.question)
    if re.search(r"[\s\[\]]", heading) or (question != heading and question.endswith(part)):
        return _printable(part)
    return _printable(question or heading)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def _is_ranking(parts: Sequence[Facts], first: Column) -> bool:
    """Whether the columns hold each respondent's ranks, or what stands at each rank."""
    cells_of = [each.column.cells for each in parts]
    rows = [tuple(tidy(cell) for cell in row if cell) for row in zip(*cells_of, strict=True)]
    rows = [row for row in rows if row]
    if len(parts) < 3 or len(rows) < 3 or any(len(set(row)) < len(row) for row in rows):
        return False
    pool = {cell for row in rows for cell in row}
    ranks = {str(n) for n in range(1, len(parts) + 1)}
    full = sum(len(row) > 1 for row in rows) >= len(rows) / 2
    if len(pool) < len(parts) or not full:
        return False
    named = re.search(r"rang|rank|priorit|viktigast", normal(first.question + first.heading))
    return (pool == ranks and len(rows) >= 5) or (named is not None and len(pool) <= _MOST_RANKED)


_MOST_RANKED = 30


def _ranking(
    group: Group,
    members: Sequence[int],
    named: Mapping[int, str],
    facts: Sequence[Facts],
    found: dict[int, Guess],
) -> Head | None:
    """The ranking that columns are: of options with their ranks, or of ranks with their options."""
    head = _made("ranking", group, members, named, facts)
    pool = dict.fromkeys(text for at in members for text in facts[at].texts)
    if set(pool) <= {str(n) for n in range(1, len(members) + 1)}:
        ranked = Guess("ranking", "medium", "A rank for each option, each once in every row.")
        found.update(dict.fromkeys(members, ranked))
        return head
    column = _by_rank([tidy(facts[at].column.heading) for at in members])
    why = "An option at each rank, each once in every row."
    decide = "" if column else "Give the columns headings that differ by their rank alone."
    ranked = Guess("ranking" if column else "unclear", "medium", why, decide, heading=column)
    found.update(dict.fromkeys(members, ranked))
    return replace(head, parts=tuple(pool), column=column) if column else None


def _by_rank(headings: Sequence[str]) -> str:
    """Headings that differ by their rank alone, with a * for it; empty where they are no such."""
    for match in re.finditer("1", headings[0]):
        before, after = headings[0][: match.start()], headings[0][match.end() :]
        if list(headings) == [f"{before}{n}{after}" for n in range(1, len(headings) + 1)]:
            return f"{before}*{after}"
    return ""


_SEVERAL = re.compile(
    r"flera|markera|kryssa|välj|vilka|vilket eller|select|tick|check|which of|choose|all that"
)


def _ticked(
    members: Sequence[int],
    named: Mapping[int, str],
    facts: Sequence[Facts],
    stem: str,
    *,
    several: bool,
) -> dict[int, Guess]:
    """The guesses of the options of a multiple response set; none if the columns are no such.

    Yes and no are ticks where the question asks for several, or is known to (`several`).
    """
    found: dict[int, Guess] = {}
    words: set[str] = set()
    for at in members:
        marks = cells.ticks(facts[at].texts, named[at])
        if marks is None:
            if facts[at].texts:
                return {}
            marks = {}
        words |= {normal(text) for text in marks}
        found[at] = _option(marks, named[at], stem)
    questions = {normal(stem), *(normal(facts[at].column.question) for at in members)}
    asked = several or any(_SEVERAL.search(each) for each in questions)
    if words <= cells.PLAIN_YES_NO and len(words) > 1 and not asked:
        return {}
    return found


def _option(marks: Mapping[str, int], own: str, stem: str) -> Guess:
    """An option's guess: the cell that means a tick, and the one that means none if there is."""
    ticked = next((text for text, value in marks.items() if value == 1), "")
    empty = next((text for text, value in marks.items() if value == 0), "")
    if not ticked or normal(ticked) == normal(own):
        ticked = "Vald"
    answers = [Answer(1, Text(ticked))]
    if empty:
        answers.append(Answer(0, Text(empty)))
    why = f"Ticked or not, beside columns with the same question ({stem[:60]})."
    return Guess("option", "high" if marks else "medium", why, "", tuple(answers), "vald")


def _together(filled: Sequence[int], facts: Sequence[Facts], habits: Habits) -> Guess | None:
    """The guess for columns on one scale, or None where they are not on one."""
    labels = [dict(facts[at].column.labels) for at in filled]
    if any(each != labels[0] for each in labels):
        return None
    found = guess(Facts.together([facts[at] for at in filled]), habits)
    if found.sort == "nominal":
        shared = set.intersection(*(set(facts[at].opinions) for at in filled))
        widest = max(len(facts[at].opinions) for at in filled)
        if 2 * len(shared) < widest or len(shared) < 2:
            return None
    if found.sort not in ON_SCALES:
        return None
    alone = [guess(facts[at], habits) for at in filled]
    if any(each.sort in (*ABOUT, "numeric", "date", "technical", "open") for each in alone):
        return None
    if found.sort == "nominal" and any(each.sort in ("likert", "ordinal") for each in alone):
        return None
    return replace(found, why=f"{found.why} The columns beside it are answered so too.")


_SWEDISH = re.compile(r"[åäö]|\b(?:och|att|hur|för|är|inte|på|av|med|som|har|vilka|vad)\b")
_ENGLISH = re.compile(r"\b(?:the|and|how|of|your|you|is|are|what|which|did|do|with|to)\b")


def _language(export: Export, guesses: Sequence[Guess]) -> Language:
    """The language of most scales; where there is none, of the headings."""
    known = Counter(each.language for each in guesses if each.language is not None)
    if known:
        return max(known, key=lambda each: known[each])
    texts = [normal(f"{each.heading} {each.question}") for each in export.columns]
    swedish = sum(bool(_SWEDISH.search(text)) for text in texts)
    english = sum(bool(_ENGLISH.search(text)) for text in texts)
    return "en" if english > swedish else "sv"
