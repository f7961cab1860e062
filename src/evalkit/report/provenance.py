"""What a page was made from. The page says what decides its bytes; a record beside it the rest."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import evalkit
from evalkit.codebook import Language
from evalkit.notebooks import Notebook
from evalkit.present import html
from evalkit.present.numbers import whole
from evalkit.present.words import word
from evalkit.report.compose import PROVENANCE
from evalkit.study import Study
from evalkit.workbook import narrative_files
from evalkit.workbook.goals import rounds_of
from evalkit.workbook.joint_sources import joint_files

_PACKAGES = (
    "babel", "jinja2", "markdown-it-py", "matplotlib", "nbconvert", "numpy", "pandas", "papermill"
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """A file that the page rests on: its name as the study has it, and its SHA-256."""

    name: str
    sha256: str


def inputs(
    study: Study,
    round_name: str,
    language: Language,
    notebooks: Sequence[Notebook],
    of_goals: bool = False,
) -> tuple[Input, ...]:
    """Every file that the report of a round is made from, in a fixed order.

    `of_goals` is whether it tells of goals and budget, with figures of whatever rounds these name.
    A folder of codings is one input: the names of its files may be those of coders and groups.
    """
    paths = dict(_named(study, round_name, language))
    paths |= dict(_of_goals(study)) if of_goals else {}
    paths |= {f"notebooks/{each.path.name}": each.path for each in notebooks}
    return tuple(Input(name, _digest(path)) for name, path in paths.items())


def _digest(path: Path) -> str:
    """The SHA-256 of a file; of a folder that of a list of its files, as `sha256sum` writes it."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted((each.relative_to(path).as_posix(), each) for each in path.rglob("*"))
    lines = [f"{_digest(each)}  {name}\n" for name, each in files if each.is_file()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _named(study: Study, round_name: str, language: Language) -> Iterator[tuple[str, Path]]:
    settings = study.settings
    own = ["study.yaml"]
    if round_name:
        measured = settings.rounds[round_name]
        own += [*measured.files, measured.frame, measured.population, study.data_log]
    own.append(settings.evaluation_questions)
    if settings.codings:
        codings = settings.codings
        own += [*codings.files, codings.groups, codings.synthesis, codings.errata]
    if settings.published:
        own += list(settings.published.model_dump(exclude={"round"}).values())
    for file in own:
        if file:
            yield file, study.path(file)
    yield from joint_files(study)
    prefix = f"../{study.codebook_folder.name}/" if settings.codebook else ""
    for file in ("codebook.csv", "scales.csv", "sections.csv") if round_name else ():
        yield prefix + file, study.codebook_folder / file
    prefix = f"../{study.narrative_folder.parent.name}/" if settings.narrative else ""
    for file, path in narrative_files(study, language, round_name):
        yield prefix + file, path


def _of_goals(study: Study) -> Iterator[tuple[str, Path]]:
    settings = study.settings
    for table in (settings.goals, settings.budget):
        if table is not None:
            yield table.file, study.path(table.file)
    for name in rounds_of(study):
        measured = settings.rounds[name]
        for file in (*measured.files, measured.frame, study.data_log):
            if file:
                yield file, study.path(file)


@cache
def versions() -> dict[str, str]:
    """The versions of evalkit, Python and the packages that have a hand in the page."""
    found = {"evalkit": evalkit.__version__, "Python": platform.python_version()}
    return found | {name: importlib.metadata.version(name) for name in _PACKAGES}


def footer(found: Sequence[Input], parameters: Mapping[str, str], language: Language) -> str:
    """The page's footer: inputs with their SHA-256, parameters and versions."""
    columns = [(word("input_file", language), ""), ("SHA-256", "")]
    body = "".join(
        html.row(
            [
                html.row_head(f"<code>{html.escape(each.name)}</code>"),
                html.cell(f"<code>{each.sha256}</code>"),
            ]
        )
        for each in found
    )
    caption = word("inputs_caption", language, n=whole(len(found), language))
    table = html.table(caption, html.head(columns), [body], "indatafiler")
    folded = f"<details><summary>{word('inputs', language)}</summary>{table}</details>"
    named = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    listed = ", ".join(f"{name} {version}" for name, version in versions().items())
    return "".join(
        [
            html.heading(2, word("provenance", language), PROVENANCE),
            html.paragraph(f"{word('parameters', language)}: {html.escape(named)}."),
            html.paragraph(f"{word('versions', language)}: {html.escape(listed)}."),
            folded,
        ]
    )


def commit(folder: Path) -> str | None:
    """The commit that `folder` is checked out at, with a + where files differ; None outside git."""
    try:
        head = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{head}+" if changed else head


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def record(found: Sequence[Input], parameters: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    """What stands beside the page: all of the above, and what may differ from run to run."""
    files = {each.name: each.sha256 for each in found}
    return {"inputs": files, "parameters": dict(parameters), "versions": versions(), **others}
