"""What a comparison found, line by line: `comparison.csv`, and what `evalkit add-round` prints."""

from __future__ import annotations

import csv
import io
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from evalkit.codebook import SINGLE, Item, Scale, normal, tidy
from evalkit.draft.compare import Comparison, Found, found_at
from evalkit.draft.plan import Plan
from evalkit.errors import Problem
from evalkit.intake.export import Export
from evalkit.study import Study

if TYPE_CHECKING:
    from evalkit.draft.next_round import AddedRound


@dataclass(frozen=True)
class Told:
    """One finding about a column, an item or the frame."""

    column: str = ""
    item: str = ""
    earlier: str = ""
    what: str = ""
    was: str = ""
    now: str = ""
    diff: str = ""
    sure: str = ""
    decide: str = ""


def as_csv(lines: tuple[Told, ...]) -> str:
    """The findings as a table."""
    names = [each.name for each in fields(Told)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["is" if name == "now" else name for name in names])
    writer.writerows([getattr(each, name) for name in names] for each in lines)
    return out.getvalue()


def told(
    study: Study,
    found: Comparison,
    plan: Plan,
    invited: int | None,
    earlier: Callable[[str], Export | None],
) -> Iterator[Told]:
    """A line for each finding, in the order of the export's columns, then of the codebook."""
    for at, column in enumerate(found.survey.export.columns):
        yield from _of_column(study, found, plan, at, tidy(column.heading))
    shown = {plan.items.get(each.at) for each in found.found.values()}
    for new, was in plan.undecided.items():
        if new not in shown:
            yield from _of_head(study, found, plan, new, was)
    for item in found.missing:
        why = "It keeps the rounds that asked it. If a column was renamed, write its item there."
        yield Told(item.column, "", item.name, "missing", item.column, "", "", "high", why)
    for each in plan.filters:
        why = "The filter asks for a question that has changed: look at asked_if in codebook.csv."
        yield Told("", "", each.item, "filter", each.asks, "", "", "", why)
    yield from _frame(study, found, invited, earlier)


def _of_head(study: Study, found: Comparison, plan: Plan, new: str, was: str) -> Iterator[Told]:
    """A grid or set that has changed as a whole: by its own words, or by its parts."""
    decide = _decide(study, plan, new, was)
    parts = [each for each in found.found.values() if each.item.part_of == was]
    words = (change for each in parts for change in each.changes if change.what == "question")
    change = next(words, None)
    if change is None:
        yield Told("", new, was, "renewed", decide=decide)
    else:
        yield Told(
            "", new, was, "question",
            change.was, change.now, change.diff, change.sure, decide,
        )  # fmt: skip


def _of_column(
    study: Study, found: Comparison, plan: Plan, at: int, heading: str
) -> Iterator[Told]:
    guess = found.survey.guesses[at]
    old = found_at(found, at)
    item = plan.items.get(at, "")
    if old is not None:
        yield from _of_found(study, found, plan, old, item, heading)
    elif item:
        decide = guess.decide or "A new question: look at its label, scale and section."
        yield Told(heading, item, "", "new", "", str(found.asked[at]), "", guess.sure, decide)
    elif plan.now(found.by_rank.get(at, "")):
        earlier = found.by_rank[at]
        new = plan.now(earlier)
        what = "same" if new == earlier else "renewed"
        yield Told(heading, new, earlier, what, sure="high")
    elif at in found.known:
        yield Told(heading, "", "", "left out", sure="high", decide="As in the last round.")
    else:
        yield Told(heading, "", "", "left out", "", guess.sort, "", guess.sure, guess.why)


def _of_found(
    study: Study, found: Comparison, plan: Plan, old: Found, item: str, heading: str
) -> Iterator[Told]:
    if old.at in plan.unclear:
        decide = "Its cells are on no scale that is known: write its row in codebook.csv by hand."
    elif item in plan.undecided:
        decide = _decide(study, plan, item, plan.undecided[item], old)
    elif item in plan.renewed:
        decide = "It follows its grid or set."
    else:
        decide = ""
    if old.last != found.last:
        asked = f"Last asked in {old.last}, and not in {found.last}."
        yield Told(heading, item, old.item.name, "returned", sure="high", decide=asked)
    elif not set(old.whats) - {"question"}:
        same = "same" if item == old.item.name else "renewed"
        yield Told(heading, item, old.item.name, same, sure="high", decide=decide)
    if old.unseen and "answers" not in old.whats:
        was = "; ".join(old.unseen)
        yield Told(heading, item, old.item.name, "unseen", was, decide=_NOT_TOLD)
    for change in old.changes:
        if change.what == "question":
            continue  # said once, of the grid or set
        why = " ".join(each for each in (decide, change.note) if each)
        yield Told(
            heading, item, old.item.name, change.what,
            change.was, change.now, change.diff, change.sure, why,
        )  # fmt: skip


_NOT_TOLD = "A file of texts does not tell whether an answer that nobody gave could be chosen."


def _decide(study: Study, plan: Plan, new: str, earlier: str, found: Found | None = None) -> str:
    text = f"Move {new}: {earlier} from undecided to same_as, recode or not_comparable."
    if found is not None and "answers" in found.whats and found.item.kind in SINGLE:
        return f"{text} Perhaps: {_suggested(study, plan, new, found.item)}."
    return text


def _suggested(study: Study, plan: Plan, new: str, was: Item) -> str:
    """A line of recode to be filled in: each answer with the earlier one of the same label."""
    row = next(each.row for each in plan.rows if each.row["item"] == new)
    answers = [each for each in plan.scales if each["scale"] == row["scale"]]
    labels = [each["label"] for each in answers if each["status"] == "valid"]
    if not answers and row["scale"] in study.codebook.scales:
        labels = [each.label.sv for each in study.codebook.scales[row["scale"]].valid]
    known = _by_label(study.codebook.scale(was))
    pairs = ", ".join(f'"{each}": "{known.get(normal(each), "…")}"' for each in labels)
    return f"recode: {{{new}: {{item: {was.name}, answers: {{{pairs}}}}}}}"


def _by_label(scale: Scale) -> Mapping[str, str]:
    return {normal(each.label.sv): each.label.sv for each in scale.answers}


def _frame(
    study: Study,
    found: Comparison,
    invited: int | None,
    earlier: Callable[[str], Export | None],
) -> Iterator[Told]:
    """How many were invited, and the units that are new or gone."""
    was = study.settings.rounds[found.last].invited
    if was != invited:
        decide = "" if invited else "Write invited in study.yaml to have a response rate."
        before, after = str(was or ""), str(invited or "")
        yield Told("", "", "", "invited", before, after, "", "high", decide)
    unit = found.found.get(study.settings.unit)
    last = earlier(unit.last) if unit else None
    if unit is None or last is None:
        return
    was_in = next((e for e in last.columns if tidy(e.heading) == tidy(unit.item.column)), None)
    if was_in is None:
        return
    column = found.survey.export.columns[unit.at]
    names = [
        dict.fromkeys(tidy(each.labels.get(cell or "", cell or "")) for cell in each.cells)
        for each in (was_in, column)
    ]
    for name in names[1]:
        if name and name not in names[0]:
            yield Told(column.heading, unit.item.name, "", "unit new", "", name, "", "high")
    for name in names[0]:
        if name and name not in names[1]:
            yield Told(column.heading, unit.item.name, "", "unit gone", name, "", "", "high")


def unplaced_cells(problems: Sequence[Problem]) -> Iterator[Told]:
    """A line for each column with cells that keep the round from being run."""
    rows: dict[str, list[Problem]] = {}
    for each in problems:
        rows.setdefault(each.column or "", []).append(each)
    for heading, those in rows.items():
        first = ", ".join(str(each.row) for each in those[:_MOST_ROWS])
        more = ", …" if len(those) > _MOST_ROWS else ""
        now = f"{len(those)} cells (row {first}{more})"
        why = f"{those[0].message} {those[0].fix}"
        yield Told(heading, "", "", "cells", "", now, "", "high", why)


_MOST_ROWS = 10


# What is printed

_NAMES = {
    "same": "the same",
    "renewed": "the same, in a grid or set that has changed",
    "returned": "asked before, but not last time",
    "renamed": "renamed columns",
    "question": "changed wording of a question with several rows",
    "wording": "changed wording",
    "answers": "changed answers",
    "unseen": "with answers that some gave last time and nobody this time",
    "order": "answers in another order",
    "polarity": "answers the other way round",
    "new": "new",
    "missing": "not asked any more",
    "cells": "columns with cells that cannot be placed",
    "filter": "with a filter on something that has changed",
    "left out": "columns left out",
    "invited": "another number of invited",
    "unit new": "units that are new",
    "unit gone": "units that are gone",
}
_QUIET = ("same", "renewed", "left out")
_MOST = 12


def summary(added: AddedRound) -> str:
    """What was found and what to do next, ready to be printed."""
    export = added.comparison.survey.export
    name, study = added.round.name, added.study
    size = f"{len(export.columns)} columns and {len(export.rows)} rows"
    lines = [f"{study.name}, round {name}: {size}, compared with {added.comparison.last}."]
    by_what: dict[str, list[Told]] = {}
    for each in added.told:
        by_what.setdefault(each.what, []).append(each)
    for what, text in _NAMES.items():
        those = by_what.get(what, [])
        if those:
            lines.append(f"  {len(those):>4}  {text}")
        if what not in _QUIET:
            lines += [f"          {_line(each)}" for each in those[:_MOST]]
            lines += [f"          … and {len(those) - _MOST} more"] if len(those) > _MOST else []
    lines += [*_personal(added), *_next(added)]
    return "\n".join(lines) + "\n"


def _line(each: Told) -> str:
    items = f"{each.earlier} → {each.item}" if each.item and each.earlier else ""
    name = items or each.item or each.earlier
    change = each.diff or " → ".join(text for text in (each.was, each.now) if text)
    name = name or (each.column if each.what == "cells" else "")
    sure = f" (sure: {each.sure})" if each.sure in ("medium", "low") else ""
    return f"{name}: {_short(change)}{sure}" if name else f"{_short(change)}{sure}"


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _personal(added: AddedRound) -> Iterator[str]:
    findings = added.comparison.survey.personal
    if findings:
        yield "Personal data; the copy of the export still has it:"
        for finding in findings:
            yield f'  "{finding.column}": {finding}'


def _next(added: AddedRound) -> Iterator[str]:
    name, study = added.round.name, shlex.quote(added.named)
    open_ = Counter(added.plan.undecided.values())
    if open_:
        yield (
            f"To decide: {len(open_)} {'item is' if len(open_) == 1 else 'items are'} shown for "
            f"round {name} only, until moved from undecided in study.yaml "
            f"(rounds/{name}/comparison.csv tells more)."
        )
    if any(each.what == "cells" for each in added.told):
        yield (
            "The round can be run when each cell that cannot be placed is mended in the codebook, "
            "or declared in data_log.csv; evalkit check lists them."
        )
    yield from _texts(added)
    yield "Next:"
    yield f"  evalkit run {study} --round {shlex.quote(name)} --edition internal"
    yield f"  evalkit check {study}"


def _texts(added: AddedRound) -> Iterator[str]:
    """Which of the study's texts would be shown in the new round's report too."""
    folder = added.study.narrative_folder
    files = sorted(each.relative_to(folder.parent).as_posix() for each in folder.glob("*/*.md"))
    if files:
        yield (
            f"{len(files)} texts are about no round in particular and stand in the new round's "
            f"report too: {', '.join(files[:3])}{', …' if len(files) > 3 else ''}. Move what is "
            f"about one round into a folder of its name (narrative/sv/{added.comparison.last}/)."
        )
