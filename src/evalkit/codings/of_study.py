"""Every file of codings that a study names, as one project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalkit.codings.model import Case, Code, CodingProject, Segment, Source
from evalkit.codings.plain import read_cases
from evalkit.codings.read import read_codings
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.settings import Codings
from evalkit.study import Study


def read_study_codings(study: Study) -> CodingProject:
    """The project of a study; raises `EvalkitError` with every fault in its files.

    Files are put together in the order in which study.yaml names them. A code that several have is
    one code; an identifier that stands for different texts is an error.
    """
    settings = study.settings.codings
    if settings is None:
        raise fault(f"The study {study.name} has no codings.", "Write `codings:` in study.yaml.")
    projects, problems = [], []
    for file in settings.files:
        try:
            projects.append(read_codings(study.path(file)))
        except EvalkitError as error:
            problems += [_within(file, each, study.path(file)) for each in error.problems]
    if problems:
        raise EvalkitError(problems)
    whole = _with_sources(_joined(projects, settings.files), settings.sources)
    if settings.groups:
        cases = read_cases(study.path(settings.groups), settings.groups, whole.segments)
        whole = replace(whole, cases=tuple(cases))
    problems = list(_faults(whole, settings))
    if problems:
        raise EvalkitError(problems)
    return whole


def _within(file: str, problem: Problem, path: Path) -> Problem:
    """A fault of one of the files of a folder, with the folder's name before it."""
    if problem.file == path.name:
        return replace(problem, file=file)
    return replace(problem, file=f"{file}/{problem.file}")


def _joined(projects: Sequence[CodingProject], files: Sequence[str]) -> CodingProject:
    if len(projects) == 1:
        return projects[0]
    segments: dict[str, Segment] = {}
    codes: dict[str, Code] = {}
    sources: dict[str, Source] = {}
    cases: dict[str, Case] = {}
    problems = []
    for file, project in zip(files, projects, strict=True):
        for each in project.segments:
            before = segments.setdefault(each.ident, each)
            if (before.text, before.group) != (each.text, each.group):
                message = f'The segment "{each.ident}" is another one in an earlier file.'
                problems.append(Problem(file, None, None, message, "Give each a name of its own."))
        for code in project.codes:
            codes.setdefault(code.name, code)
        for source in project.sources:
            sources.setdefault(source.name, source)
        for case in project.cases:
            cases.setdefault(case.name, case)
    if problems:
        raise EvalkitError(problems)
    return CodingProject(
        tuple(sources.values()),
        tuple(segments.values()),
        tuple(codes.values()),
        tuple(dict.fromkeys(each for project in projects for each in project.codings)),
        tuple(cases.values()),
        tuple(dict.fromkeys(each for project in projects for each in project.not_asked)),
        tuple(each for project in projects for each in project.told),
    )


def _with_sources(project: CodingProject, groups: Mapping[str, str]) -> CodingProject:
    """The project with the group of each segment whose source is said to be of one."""
    if not groups:
        return project
    segments = tuple(
        each if each.group else replace(each, group=groups.get(each.source, ""))
        for each in project.segments
    )
    return replace(project, segments=segments)


def _faults(project: CodingProject, settings: Codings) -> Iterator[Problem]:
    """What study.yaml says of the codings and is not there."""
    voices = list(dict.fromkeys(each.group for each in project.segments if each.group))
    groups = [*dict.fromkeys([*(each.name for each in project.cases), *voices])]
    sources = [each.name for each in project.sources]
    speakers = list(dict.fromkeys(each.speaker for each in project.segments if each.speaker))
    attributes = list(dict.fromkeys(name for each in project.cases for name in each.attributes))
    named = (
        ("coder", (settings.coder,) if settings.coder else (), project.coders, "coder"),
        ("sources", settings.sources, sources, "source"),
        ("observers", settings.observers, speakers, "role"),
        ("roles", settings.roles, speakers, "role"),
        ("collective", settings.collective, voices, "group"),
        ("published_attributes", settings.published_attributes or (), attributes, "attribute"),
    )
    for column, names, known, what in named:
        for each in names:
            if each not in known:
                message, fix = f'There is no {what} "{each}".', nearest(each, known)
                yield Problem("study.yaml", None, f"codings.{column}", message, fix)
    for line in project.not_asked:
        if line.group not in groups:
            message = f'There is no group "{line.group}".'
            yield Problem("not_asked.csv", None, "group", message, nearest(line.group, groups))
