"""One run: check everything, run the notebooks, make the pages, and only then put them in place."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evalkit.codebook import Language, slug
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.errors import EvalkitError, Problem, fault, raise_if_any
from evalkit.notebooks import (
    OPTIONS,
    UNIT,
    Notebook,
    check_parameters,
    check_units,
    find_notebook,
    typed,
)
from evalkit.present import html
from evalkit.present.words import word
from evalkit.study import Study, project_root
from evalkit.workbook import Workbook, check, open_study, opened_once
from evalkit.workbook.cover import Cover
from evalkit.workbook.pages import Report
from evalkit.workbook.questions import has_chart
from evalkit.workbook.unit_report import UnitReport

if TYPE_CHECKING:
    from evalkit.report.provenance import Input

Tell = Callable[[str], None]
"""Called with a line on what is being done."""

REPORT = "report.html"
OF_A_UNIT = ("04_unit",)
"""The notebooks that make the report of one unit."""
OF_GOALS = "06_goals"
"""The notebook about goals and budget."""


class _Part(Protocol):
    """What a notebook shows, and which ids its page has to hold."""

    @property
    def declared(self) -> Iterator[str]: ...


_PARTS: Mapping[str, Callable[..., _Part]] = {
    "03_groups_and_rounds": Workbook.comparison_report,
    "05_focus_groups": Workbook.focus_group_report,
    OF_GOALS: Workbook.goal_report,
    "07_synthesis": Workbook.synthesis_report,
}
"""Notebook → what it shows, beside the survey's own tables and a unit's."""


@dataclass(frozen=True)
class Request:
    """What to make. Empty means: the last round, the study's notebooks and language, the whole."""

    study: str
    round: str = ""
    notebooks: tuple[str, ...] = ()
    language: str = ""
    edition: str = "published"
    out: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True)
class Result:
    """What was made: the page to open, every file put in place, and what `check` warned of."""

    page: Path
    files: tuple[Path, ...]
    seconds: float
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class _Job:
    """A request after every check: nothing in it can be refused any more."""

    workbook: Workbook
    cover: Cover
    report: Report | None
    unit: UnitReport | None
    parts: tuple[_Part, ...]
    notebooks: tuple[Notebook, ...]
    given: Mapping[str, Mapping[str, Any]]
    whole: bool
    out: Path

    @property
    def study(self) -> Study:
        return self.workbook.study

    @property
    def language(self) -> Language:
        return self.cover.language


def run(request: Request, tell: Tell = lambda _: None) -> Result:
    """Run a study's notebooks and write its report.

    Raises `EvalkitError` for every mistake in the study or the request, before anything is written,
    and `NotebookFailed` when a cell fails: the partial notebook and a page marked as failed then
    stand in the folder, beside the last good report.
    """
    with opened_once():
        return _run(request, tell)


def _run(request: Request, tell: Tell) -> Result:
    started = time.monotonic()
    tell("Checking the study")
    job, warnings = _checked(request)
    with _private_folder(job.out) as folder:
        pages = _make(job, folder, tell)
        _write_record(job, folder, started)
        placed = _put_in_place(folder, job.out)
    if request.out is None and job.report is not None and job.unit is None:
        _write_counts(job)
    page = job.out / (REPORT if job.whole else pages[-1])
    return Result(page, placed, time.monotonic() - started, warnings)


def run_units(request: Request, tell: Tell = lambda _: None) -> Iterator[Result]:
    """The report of every unit that may be shown, one after the other.

    Raises `EvalkitError` before the first for every mistake in the study or the request, also where
    no unit may be shown.
    """
    raise_if_any(check(request.study))
    workbook = open_study(request.study)
    shown, kept = workbook.reported_units(request.round, request.edition)
    if not shown:
        fix = "The internal edition has them all (--edition internal)."
        raise fault(f"No unit of {workbook.study.name} may be shown.", fix)
    if kept:
        tell(f"Without a report, since too few responded: {', '.join(kept)}")
    for at, unit in enumerate(shown, start=1):
        tell(f"{unit} ({at} of {len(shown)})")
        yield run(replace(request, unit=unit))


def _checked(request: Request) -> tuple[_Job, tuple[Problem, ...]]:
    warnings = check(request.study)
    raise_if_any(warnings)
    workbook = open_study(request.study)
    study = workbook.study
    names = request.notebooks or (OF_A_UNIT if request.unit else study.settings.notebooks)
    notebooks = tuple(find_notebook(name) for name in names)
    check_units(notebooks, request.unit)
    asked = (request.round, request.language, request.edition)
    cover = workbook.cover(*asked)
    unit = workbook.unit_report(request.unit, *asked) if request.unit else None
    report = workbook.report(*asked) if cover.round_name and unit is None else None
    if unit is not None:
        report = unit.all
    for name in request.parameters:
        if name in {*OPTIONS, UNIT}:
            fix = OPTIONS.get(name, "Use --unit.")
            raise fault(f'"{name}" is no parameter to be set by itself.', fix)
    values = {
        "study": str(study.folder),
        "round": cover.round_name,
        "language": cover.language,
        "edition": request.edition,
    }
    if unit is not None:
        values[UNIT] = unit.name
    given = {each.name: values | typed(each, request.parameters) for each in notebooks}
    for each in notebooks:
        check_parameters(each, given[each.name])
    out = (request.out or _default_out()) / study.name
    if unit is not None:
        out = out / "units" / slug(unit.name)
    whole = not request.notebooks
    named = {each.name for each in notebooks}
    parts = tuple(make(workbook, *asked) for name, make in _PARTS.items() if name in named)
    job = _Job(workbook, cover, report, unit, parts, notebooks, given, whole, out)
    return job, warnings


def _default_out() -> Path:
    root = project_root()
    if root is None:
        raise fault("There is no project folder here to write to.", "Name a folder with --out.")
    return root / "reports"


@contextlib.contextmanager
def _private_folder(out: Path) -> Iterator[Path]:
    """A folder beside the results; it goes away with what was left in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".evalkit-", dir=out))
    except OSError as cause:
        raise fault(f"The folder cannot be written to ({cause.strerror}).", file=str(out)) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(job: _Job, folder: Path, tell: Tell) -> list[str]:
    """Every notebook and page of the job into `folder`; the names of the pages."""
    from evalkit.report.compose import compose
    from evalkit.report.engines import NotebookFailed, run_notebook

    executed: dict[str, Any] = {}
    for notebook in job.notebooks:
        tell(f"Running {notebook.name}")
        target = folder / f"{notebook.name}.ipynb"
        try:
            executed[notebook.name] = run_notebook(notebook, target, job.given[notebook.name])
        except NotebookFailed:
            _leave_failed(job, notebook, target)
            raise
    tell("Making the pages")
    alone = {} if job.unit and job.whole else executed  # a unit's report is one notebook's page
    pages = {f"{name}.html": compose({name: each}, job.language) for name, each in alone.items()}
    if job.whole:
        pages[REPORT] = compose(executed, job.language)
    problems: list[Problem] = []
    for name, content in pages.items():
        problems += _write_page(job, folder / name, content)
    if problems:
        _leave_refused(folder, pages, job.out)
        raise EvalkitError(problems)
    return list(pages)


def _leave_refused(folder: Path, pages: Iterable[str], out: Path) -> None:
    """Leave pages that the audit refuses, under another name, for the evaluator to look at."""
    for name in pages:
        (folder / name).replace(out / f"{Path(name).stem}.failed.html")


def _write_page(job: _Job, path: Path, content: Any) -> list[Problem]:
    from evalkit.report.audit import audit
    from evalkit.report.export import export

    page = export(content, job.language, _around(job))
    expected = _declared(job) if path.name == REPORT else ()
    if path.name != REPORT:
        page = _link_to_report(page)
    path.write_text(page, encoding="utf-8", newline="\n")
    internal = job.cover.edition == "internal"
    found = audit(page, path.name, job.language, expected, internal)
    return [*found, *_names_left(job, page, path.name)]


def _names_left(job: _Job, page: str, file: str) -> list[Problem]:
    """Names on a published page that have a pseudonym, wherever they come from."""
    codings = job.study.settings.codings
    if codings is None or job.cover.edition == "internal":
        return []
    text = html.readable(page)
    fix = "Look for it in the study's texts, title, labels and names of files."
    return [
        Problem(file, None, None, f'The page holds "{each}", which has a pseudonym.', fix)
        for each in Pseudonyms(codings.pseudonyms).left(text)
    ]


def _declared(job: _Job) -> list[str]:
    """The ids of the tables and charts that the study declares, as far as they may be shown."""
    if job.unit is not None:
        return list(job.unit.declared)
    found = [ident for each in job.parts for ident in each.declared]
    if job.report is None:
        return found
    codebook, released = job.report.codebook, job.report.released
    for item in codebook.questions:
        number = codebook.number(item)
        found.append(html.anchor("tabell", number))
        if has_chart(item) and released.of(item).content is not None:
            found.append(html.anchor("diagram", number))
    return found


_INNER_LINK = re.compile(r'href="#([^"]+)"')
_IDENT = re.compile(r'\bid="([^"]+)"')


def _link_to_report(page: str) -> str:
    """Links of one notebook's page to what only the whole report holds."""
    here = set(_IDENT.findall(page))

    def target(match: re.Match[str]) -> str:
        return match.group() if match[1] in here else f'href="{REPORT}#{match[1]}"'

    return _INNER_LINK.sub(target, page)


def _around(job: _Job, failed: bool = False) -> dict[str, Any]:
    """What the template puts around the cells."""
    from evalkit.report.provenance import footer

    cover = job.cover
    banners = list(cover.banners)
    if failed:
        banners.insert(0, html.paragraph(word("failed_banner", job.language), "banner"))
    found = _inputs(job)
    return {
        "title": (job.unit or cover).title,
        "subtitle": cover.subtitle,
        "banners": banners,
        "skip": word("skip", job.language),
        "provenance": footer(found, _parameters(job), job.language),
    }


def _inputs(job: _Job) -> tuple[Input, ...]:
    """Every file that the job's pages are made from."""
    from evalkit.report.provenance import inputs

    of_goals = any(each.name == OF_GOALS for each in job.notebooks)
    return inputs(job.study, job.cover.round_name, job.language, job.notebooks, of_goals)


def _parameters(job: _Job) -> dict[str, Any]:
    """The parameters as they may stand on a page: the study by its name, not its path."""
    shown: dict[str, Any] = {}
    for given in job.given.values():
        shown |= given
    return shown | {"study": job.study.name}


def _leave_failed(job: _Job, notebook: Notebook, partial: Path) -> None:
    """Put the partial notebook and its page, marked as failed, beside the last good report."""
    import nbformat

    from evalkit.report.compose import compose
    from evalkit.report.export import export

    if not partial.exists():
        return
    content = compose({notebook.name: nbformat.read(partial, as_version=4)}, job.language)
    page = _link_to_report(export(content, job.language, _around(job, failed=True)))
    (job.out / f"{notebook.name}.failed.html").write_text(page, encoding="utf-8", newline="\n")
    partial.replace(job.out / f"{notebook.name}.failed.ipynb")


def _write_record(job: _Job, folder: Path, started: float) -> None:
    from evalkit.report.provenance import commit, record

    found = _inputs(job)
    content = record(
        found,
        _parameters(job),
        study_folder=str(job.study.folder),
        commit=commit(job.study.folder),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 2),
    )
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "record.json").write_text(text + "\n", encoding="utf-8")


def _write_counts(job: _Job) -> None:
    """The tidy counts of the round, true figures, for other programs: `data/processed/<study>/`.

    Without those of columns that hold personal data, unless the study says otherwise.
    """
    root = project_root()
    if root is None:
        return
    folder = root / "data" / "processed" / job.study.name
    folder.mkdir(parents=True, exist_ok=True)
    name = job.cover.round_name
    unfinished = folder / f".{name}.csv"
    job.workbook.kept_counts(name).to_csv(unfinished, index=False, lineterminator="\n")
    unfinished.replace(folder / f"{name}.csv")


def _put_in_place(folder: Path, out: Path) -> tuple[Path, ...]:
    """Replace each file of the last run at one stroke, the report last; drop its failed pages."""
    made = sorted(folder.iterdir(), key=lambda path: (path.name == REPORT, path.name))
    for path in made:
        path.replace(out / path.name)
        for old in out.glob(f"{path.stem}.failed.*"):
            old.unlink()
    return tuple(out / path.name for path in made)
