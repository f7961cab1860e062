"""The next round of a study: its export is compared, what is the same taken, the rest written down.

Everything is made and checked in a folder beside the study's files; only then are these replaced,
and put back when that fails.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evalkit.codebook import Codebook, read_codebook
from evalkit.delimited import read_table
from evalkit.draft.compare import Comparison, compare
from evalkit.draft.edit import TableText, quoted, with_round
from evalkit.draft.folder import copy_export, source
from evalkit.draft.plan import Plan, plan
from evalkit.draft.survey import survey
from evalkit.draft.told import Told, as_csv, told, unplaced_cells
from evalkit.errors import EvalkitError, Problem, fault
from evalkit.intake.export import Export
from evalkit.intake.place import place
from evalkit.intake.read import read
from evalkit.settings import read_settings
from evalkit.study import Study, load_study, sha256

COMPARISON = "comparison.csv"


@dataclass(frozen=True)
class NewRound:
    """What is told of a new round: its name, file, and how it is read."""

    name: str
    export: Path
    format: str = ""
    encoding: str | None = None
    sheet: str = ""
    label: str = ""
    invited: int | None = None


@dataclass(frozen=True)
class AddedRound:
    """A round that was added: what was compared, what was written, and a line for each finding.

    `named` is how the study is called in commands.
    """

    study: Study
    named: str
    round: NewRound
    comparison: Comparison
    plan: Plan
    told: tuple[Told, ...]


def add_round(study: str, new: NewRound) -> AddedRound:
    """Add a round to a study; raises `EvalkitError` with nothing changed when it cannot be."""
    before = _open(study)
    _check(before, new)
    file = f"rounds/{new.name}/{source(new.export).name}"
    with _unfinished(before.folder) as made:
        copy = made / file
        copy.parent.mkdir(parents=True)
        copy_export(new.export, copy)
        export = read(copy, file, new.format, new.encoding, new.sheet)
        found, planned = _compare(before, new, export)
        _write_tables(before, planned, made)
        _write_settings(before, new, planned, file, made)
        after = _staged(before, made)
        waiting = _check_staged(before, after, new.name, export)
        findings = told(before, found, planned, new.invited, _earlier(before))
        lines = (*findings, *unplaced_cells(waiting))
        (copy.parent / COMPARISON).write_text(as_csv(lines), "utf-8", newline="\n")
        _put_in_place(made, before.folder, new.name)
    return AddedRound(before, study, new, found, planned, lines)


def _open(study: str) -> Study:
    loaded, problems = load_study(study)
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise EvalkitError(errors)
    return loaded


_NAME = re.compile(r"[^\W_][\w.-]{0,99}")


def _check(study: Study, new: NewRound) -> None:
    """Refuse what can be refused before the export is read."""
    if not _NAME.fullmatch(new.name):
        fix = "Use letters, digits, - and _, such as 2026."
        raise fault(f'"{new.name[:60]}" cannot be the name of a round.', fix)
    if new.name in study.settings.rounds:
        message = f"Study {study.name} has a round {new.name} already."
        raise fault(message, "Choose another name; a round that is there is never overwritten.")
    if study.settings.codebook:
        message = f"The codebook of {study.name} is that of {study.settings.codebook}."
        fix = f"Add the round there: evalkit add-round {study.settings.codebook} {new.name} …"
        raise fault(message, fix, file="study.yaml")
    folder = study.folder / "rounds" / new.name
    if os.path.lexists(folder):
        fix = "Move what is in it elsewhere: add-round copies the export there itself."
        raise fault("The folder exists already.", fix, file=f"rounds/{new.name}")
    if source(new.export).name == COMPARISON:
        raise fault(f"The export cannot be called {COMPARISON}.", "Rename it.")


def _earlier(study: Study) -> Any:
    """Round → its export as delivered, read once; None for counts."""

    @cache
    def export(name: str) -> Export | None:
        own = study.settings.rounds[name]
        if not own.responses:
            return None
        file = own.responses
        return read(study.path(file), file, own.format, own.encoding, own.sheet)

    return export


def _compare(study: Study, new: NewRound, export: Export) -> tuple[Comparison, Plan]:
    rounds = list(study.settings.rounds)
    found = compare(study.codebook, rounds, survey(export), _earlier(study))
    table = read_table(study.folder / "codebook.csv", "codebook.csv", ("item",))
    rows = {row["item"]: row for _, row in table.records()}
    return found, plan(study.codebook, rows, rounds, new.name, found, study.settings.unit)


# Writing


def _write_tables(study: Study, planned: Plan, made: Path) -> None:
    codebook = TableText.read(study.folder / "codebook.csv")
    cells = dict(_rounds_cells(study, planned))
    added = [(each.after, each.row) for each in planned.rows]
    (made / "codebook.csv").write_bytes(codebook.changed(cells, added, "item"))
    scales = TableText.read(study.folder / "scales.csv")
    (made / "scales.csv").write_bytes(
        scales.changed({}, [("", row) for row in planned.scales], "scale")
    )
    shutil.copyfile(study.folder / "sections.csv", made / "sections.csv")


def _rounds_cells(study: Study, planned: Plan) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Item → its rounds, where these have to be written."""
    every = list(study.settings.rounds)
    for item in study.codebook.items.values():
        if item.name in planned.asked and item.rounds:
            yield item.name, {"rounds": "; ".join((*item.rounds, planned.round_name))}
        elif item.name not in planned.asked and not item.rounds:
            yield item.name, {"rounds": "; ".join(every)}


def _write_settings(study: Study, new: NewRound, planned: Plan, file: str, made: Path) -> None:
    data = (study.folder / "study.yaml").read_bytes()
    mark = data.startswith(b"\xef\xbb\xbf")
    settings: dict[str, object] = {}
    if new.label:
        settings["label"] = {study.settings.language: new.label}
    if new.invited is not None:
        settings["invited"] = new.invited
    settings["responses"] = file
    given = {"format": new.format, "encoding": new.encoding or "", "sheet": new.sheet}
    settings |= {key: value for key, value in given.items() if value}
    settings["sha256"] = sha256(made / file)
    settings |= _decisions(study, planned)
    text = with_round(data.decode("utf-8-sig"), new.name, list(_lines(settings)), settings)
    out = text.encode("utf-8-sig" if mark else "utf-8")
    (made / "study.yaml").write_bytes(out)


def _decisions(study: Study, planned: Plan) -> dict[str, object]:
    """The new round's decisions: those of items that it asks as they were, and what is open."""
    found: dict[str, dict[str, Any]] = {key: {} for key in _KINDS}
    for name in planned.asked:
        asking = [
            each for each, items in study.settled.rounds.items() if name in items.delivered.items
        ]
        last = study.settings.rounds[asking[-1]]
        for kind in _KINDS:
            given = getattr(last, kind)
            if name in given:
                one = given[name]
                found[kind][name] = one if isinstance(one, str) else one.model_dump()
    found["same_as"] |= planned.same_as
    found["undecided"] |= planned.undecided
    order = [*study.codebook.items, *(each.row["item"] for each in planned.rows)]
    return {
        kind: dict(sorted(each.items(), key=lambda pair: order.index(pair[0])))
        for kind, each in found.items()
        if each
    }


_KINDS = ("same_as", "recode", "not_comparable", "undecided")
_NOTES: Mapping[str, Sequence[str]] = {
    "sha256": ("# The file as it was delivered; a change of it is an error.",),
    "undecided": (
        "# New item: earlier item. Move each line to same_as (one question, the same answers),",
        "# recode (one question, other answers) or not_comparable; comparison.csv tells how they",
        "# differ. Until then each is shown for this round only.",
    ),
}


def _lines(settings: Mapping[str, object]) -> Iterator[str]:
    """The block of a round, a setting a line."""
    for key, value in settings.items():
        yield from _NOTES.get(key, ())
        if key in _KINDS and isinstance(value, Mapping):
            yield f"{key}:"
            yield from (f"  {_flow(name)}: {_flow(each)}" for name, each in value.items())
        elif key in ("responses", "sha256"):
            yield f"{key}: {quoted(str(value))}"
        else:
            yield f"{key}: {_flow(value)}"


def _flow(value: object) -> str:
    """A value as YAML on one line."""
    if isinstance(value, str):
        plain = re.fullmatch(r"[^\W\d]\w*", value) and yaml.safe_load(value) == value
        return value if plain else quoted(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(each)}' for key, each in value.items())}}}"
    return str(yaml.safe_dump(value)).removesuffix("...\n").strip()


# Checking what was made


def _staged(before: Study, made: Path) -> Study:
    settings = read_settings(made / "study.yaml")
    codebook, problems = read_codebook(made)
    if problems:
        raise EvalkitError(problems)
    return replace(before, settings=settings, codebook=codebook)


def _check_staged(before: Study, after: Study, name: str, export: Export) -> list[Problem]:
    """Refuse what does not say what it should, or would change an earlier round's figures.

    Gives the cells that cannot be placed: no file may be edited, so they can be declared in the
    data log only once the round is there.
    """
    rounds = dict(after.settings.rounds)
    rounds.pop(name)
    others = after.settings.model_copy(update={"rounds": rounds})
    if others != before.settings or list(after.settings.rounds)[-1] != name:
        fix = "Write the rounds one below the other, each setting on a line of its own."
        message = "The round cannot be put into the file as it is written."
        raise fault(message, fix, file="study.yaml")
    for each in before.settings.rounds:
        if _plain(before.codebook_of(each)) != _plain(after.codebook_of(each)):
            raise fault(f"Round {each} would change. Please report this.", file="codebook.csv")
    problems = [
        Problem("study.yaml", None, ".".join(("rounds", *each.path)), each.message, each.fix)
        for each in after.settled.faults
        if each.severity == "error"
    ]
    reading = place(export, after.delivered_codebook(name))
    errors = [each for each in reading.problems if each.severity == "error"]
    rows = set(export.rows)
    problems += [each for each in errors if each.row not in rows]
    if problems:
        raise EvalkitError(problems)
    return errors


def _plain(codebook: Codebook) -> tuple[Any, ...]:
    """A codebook without what a later round may write into it."""
    items = [replace(each, rounds=()) for each in codebook.items.values()]
    return items, {each.scale: codebook.scales.get(each.scale) for each in items}


# Putting it in place


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder beside the study's files; it goes away with what is left in it."""
    try:
        made = Path(tempfile.mkdtemp(prefix=".evalkit-", dir=folder))
    except OSError as cause:
        raise _not_written(cause, folder) from None
    try:
        yield made
    except OSError as cause:
        raise _not_written(cause, folder) from cause
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _not_written(cause: OSError, folder: Path) -> Exception:
    message = f"The study cannot be written ({cause.strerror or cause}); nothing is changed."
    return fault(message, file=folder.name)


_TABLES = ("scales.csv", "codebook.csv", "study.yaml")


def _put_in_place(made: Path, folder: Path, name: str) -> None:
    """Replace the study's files, the settings last; whatever fails, all of them are as before."""
    backup = made / "before"
    backup.mkdir()
    for file in _TABLES:
        shutil.copy2(folder / file, backup / file)
    target = folder / "rounds" / name
    target.parent.mkdir(exist_ok=True)
    (made / "rounds" / name).rename(target)
    try:
        for file in _TABLES:
            if (made / file).read_bytes() != (backup / file).read_bytes():
                shutil.copymode(folder / file, made / file)
                _replace(made / file, folder / file)
    except BaseException:
        for file in _TABLES:
            (backup / file).replace(folder / file)
        shutil.rmtree(target, ignore_errors=True)
        raise


def _replace(made: Path, target: Path) -> None:
    """Put a file in place at one stroke."""
    made.replace(target)
