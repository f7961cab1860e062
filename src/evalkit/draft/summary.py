"""What `evalkit new` says: what was guessed, how surely, what to decide, what to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator

from evalkit.draft.facts import COUNTED, IN_CODEBOOK, Guess
from evalkit.draft.folder import Drafted
from evalkit.draft.survey import Survey

_NAMES = {
    "likert": "graded answers",
    "ordinal": "ordered answers",
    "nominal": "answers without order",
    "option": "options of multiple response sets",
    "multiple": "multiple response sets in one column",
    "ranking": "columns of rankings",
    "numeric": "numbers",
    "open": "open answers",
    "id": "identifiers",
    "started": "when it was begun",
    "completed": "when it was ended",
    "duration": "how long it took",
    "date": "other dates and times",
    "personal": "personal data",
    "technical": "columns of the survey tool",
    "constant": "the same in every cell",
    "empty": "empty",
    "unclear": "unclear",
}
_SHOWN = 15


def summary(drafted: Drafted) -> str:
    """The summary of a study that was drafted, ready to be printed."""
    survey = drafted.survey
    parts = [*_guessed(drafted), *_personal(survey), *_to_decide(survey), *_next(drafted)]
    return "\n".join(parts) + "\n"


def _guessed(drafted: Drafted) -> Iterator[str]:
    survey = drafted.survey
    rows, columns = len(survey.export.rows), len(survey.guesses)
    yield f"{drafted.study}: a draft of {columns} columns and {rows} respondents."
    sorts: Counter[str] = Counter(each.sort for each in survey.guesses)
    for sort, name in _NAMES.items():
        if sorts[sort]:
            sure = Counter(each.sure for each in survey.guesses if each.sort == sort)
            told = ", ".join(f"{sure[s]} {s}" for s in ("high", "medium", "low") if sure[s])
            place = "" if sort in IN_CODEBOOK else "; not in the codebook"
            yield f"  {sorts[sort]:>4}  {name} (sure: {told}{place})"
    grids = sum(each.kind == "grid" for each in survey.heads)
    if survey.heads:
        yield f"  Columns that belong together: {grids} grids, {len(survey.heads) - grids} sets."


def _personal(survey: Survey) -> Iterator[str]:
    if not survey.personal:
        return
    yield "Personal data, kept out of the codebook; the copy of the export still has it:"
    for finding in survey.personal:
        yield f'  "{finding.column}": {finding}'


def _to_decide(survey: Survey) -> Iterator[str]:
    """The questions that are open, those of the least sure guesses first; all are in draft.csv."""
    columns = zip(survey.export.columns, survey.guesses, strict=True)
    asked: dict[str, list[tuple[str, Guess]]] = {}
    for column, guess in columns:
        if guess.decide and guess.sort in (*IN_CODEBOOK, "unclear", "constant"):
            asked.setdefault(guess.decide, []).append((column.heading, guess))
    if not asked:
        return
    yield "To decide (draft.csv has every column):"
    order = {"low": 0, "medium": 1, "high": 2}
    groups = sorted(asked.items(), key=lambda each: min(order[g.sure] for _, g in each[1]))
    for decide, those in groups[:_SHOWN]:
        others = f" and {len(those) - 1} more" if len(those) > 1 else ""
        heading, guess = those[0]
        yield f'  "{_short(heading)}"{others} ({guess.sort}, {guess.sure}): {decide}'
    if len(groups) > _SHOWN:
        yield f"  … and {len(groups) - _SHOWN} more questions."


def _short(heading: str, most: int = 60) -> str:
    return heading if len(heading) <= most else f"{heading[:most]}…"


def _next(drafted: Drafted) -> Iterator[str]:
    study = shlex.quote(drafted.study)
    if not any(each.sort in COUNTED for each in drafted.survey.guesses):
        yield "No column could be counted: write codebook.csv by hand."
    yield "Next:"
    yield f"  evalkit run {study} --edition internal"
    yield f"  evalkit check {study}"
    yield 'Look through draft.csv, mend the tables, and remove "draft: true" from study.yaml.'
