"""A study's codings: read, with what may be shown of them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.analysis.synthesis import PublishedTheme, read_synthesis
from evalkit.analysis.themes import Themes, themes, voices_of
from evalkit.codings.model import CodingProject
from evalkit.codings.of_study import read_study_codings
from evalkit.codings.pseudonyms import pseudonym_problems
from evalkit.delimited import read_table
from evalkit.errors import EvalkitError, Problem, raise_if_any
from evalkit.release import Rule
from evalkit.release.themes import ReleasedThemes, release_themes
from evalkit.settings import Codings
from evalkit.study import Study
from evalkit.workbook.errata import COLUMNS


def released_themes(study: Study, rule: Rule) -> ReleasedThemes:
    """Everything about themes that may be shown; raises `EvalkitError` with every fault."""
    project = read_study_codings(study)
    settings = _settings(study)
    raise_if_any(list(_disclosure_problems(project, settings)))
    return release_themes(project, settings, rule, published_synthesis(study, project))


def study_themes(study: Study) -> Themes:
    """The themes with true names and figures."""
    return themes(read_study_codings(study), _settings(study))


def published_synthesis(study: Study, project: CodingProject) -> tuple[PublishedTheme, ...]:
    """The themes that were published; empty where study.yaml names no file of them."""
    file = _settings(study).synthesis
    codes = [each.name for each in project.codes]
    return read_synthesis(study.path(file), file, codes) if file else ()


def check_codings(study: Study) -> list[Problem]:
    """Every fault in the codings of a study and in what study.yaml says of them."""
    if study.settings.codings is None:
        return []
    settings = study.settings.codings
    try:
        project = read_study_codings(study)
    except EvalkitError as error:
        return list(error.problems)
    problems = [*_disclosure_problems(project, settings), *_raised_unasked(project, settings)]
    try:
        published_synthesis(study, project)
    except EvalkitError as error:
        problems += error.problems
    if not problems:
        problems += _text_problems(study)
    if settings.errata:
        try:
            read_table(study.path(settings.errata), settings.errata, COLUMNS)
        except EvalkitError as error:
            problems += error.problems
    return problems


def _text_problems(study: Study) -> list[Problem]:
    """Codes that the study's texts name and that are not there: they are filled in to see it.

    A text about a survey is filled in with it, when its report is made.
    """
    from evalkit.codebook import LANGUAGES
    from evalkit.release import empty_tables
    from evalkit.workbook.narrative import Figures, render

    if study.settings.rounds:
        return []
    problems: dict[Problem, None] = {}
    for language in LANGUAGES:
        figures = Figures(study, "", empty_tables(Rule("internal", 1)), language)
        for name in ("summary", "method", "focus_groups"):
            try:
                render(study, name, figures, 2)
            except EvalkitError as error:
                problems |= dict.fromkeys(error.problems)
    return list(problems)


def _settings(study: Study) -> Codings:
    settings = study.settings.codings
    if settings is None:
        raise TypeError("read_study_codings refuses a study without codings")
    return settings


def _disclosure_problems(project: CodingProject, settings: Codings) -> Iterator[Problem]:
    kinds = voices_of(project, settings)
    groups = [name for name, kind in kinds.items() if kind == "group"]
    yield from pseudonym_problems(project, settings, groups)


def _raised_unasked(project: CodingProject, settings: Codings) -> Iterator[Problem]:
    """Topics that were not brought up with a group and that it raised all the same."""
    found = themes(project, settings)
    for each in project.not_asked:
        theme = found.theme.get(each.code)
        cell = None if theme is None else theme.cells.get(each.group)
        if cell is not None and cell.segments:
            message = (
                f"{each.group} was not asked about {each.code}, and {cell.segments[0]} has it."
            )
            fix = "Remove the row, or look at the coding; the report shows it as raised."
            yield Problem("not_asked.csv", None, "code", message, fix, "warning")
