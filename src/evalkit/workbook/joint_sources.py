"""Where a joint display comes from: the study's own tables, its codings or another study's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from evalkit.analysis.joint_display import (
    JointDisplay,
    OpenTheme,
    read_constructs,
    read_open_themes,
)
from evalkit.codebook import SINGLE
from evalkit.errors import EvalkitError, Problem, fault
from evalkit.settings import Codings
from evalkit.study import Study, open_checked

_SHOWN = SINGLE | {"multiple", "grid"}


@dataclass(frozen=True)
class Joint:
    """A joint display as read, and the study whose codings its themes are of, if any."""

    display: JointDisplay
    coded: Study | None

    @property
    def codings(self) -> Codings | None:
        """The settings of these codings."""
        return None if self.coded is None else self.coded.settings.codings


def coded_study(study: Study) -> Study | None:
    """The study whose codings stand beside this one's answers: itself, or the one it names."""
    if study.settings.codings is not None:
        return study
    if not study.settings.codings_of:
        return None
    other = open_checked(str(study.codings_folder))
    if other.settings.codings is None:
        message = f"The study {other.name} has no codings."
        raise EvalkitError(Problem("study.yaml", None, "codings_of", message, "Name one that has."))
    return other


def read_joint(study: Study) -> tuple[Joint, tuple[Problem, ...]]:
    """The joint display of a study, and warnings; raises `EvalkitError` with every fault."""
    settings = study.settings
    if not settings.joint_display:
        raise fault(
            f"The study {study.name} has no joint display.",
            "Write `joint_display: joint_display.csv` in study.yaml.",
        )
    coded = coded_study(study)
    segments: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    if coded is not None:
        from evalkit.codings.of_study import read_study_codings

        project = read_study_codings(coded)
        segments, codes = tuple(project.segment), tuple(project.code)
    items = study.codebook.items
    fit = [name for name, each in items.items() if each.kind in _SHOWN]
    named = _open_themes(study, codes)
    constructs, warnings = read_constructs(
        study.path(settings.joint_display),
        settings.joint_display,
        fit,
        [*codes, *named],
        segments,
        frozenset(items) - set(fit),
    )
    return Joint(JointDisplay(constructs, named), coded), warnings


def _open_themes(study: Study, codes: tuple[str, ...]) -> dict[str, OpenTheme]:
    file = study.settings.open_themes
    if not file:
        return {}
    named = read_open_themes(study.path(file), file, study.codebook.items)
    for name in named:
        if name in codes:
            message = f'"{name}" is a code of the codings too.'
            raise EvalkitError(Problem(file, None, "theme", message, "Call one of them otherwise."))
    return named


def check_joint(study: Study) -> Iterator[Problem]:
    """Everything wrong with a study's joint display, and texts in it that would give names away."""
    settings = study.settings
    if not settings.joint_display:
        message = "The notebook 07_synthesis shows a joint display, and none is named."
        fix = "Write `joint_display: joint_display.csv`, or take the notebook out."
        yield Problem("study.yaml", None, "joint_display", message, fix)
        return
    if not settings.rounds:
        message = "A joint display lays themes beside answers, and the study has no rounds."
        fix = "Write it in the study with the survey, which names the other by `codings_of`."
        yield Problem("study.yaml", None, "joint_display", message, fix)
        return
    files = [file for file in (settings.joint_display, settings.open_themes) if file]
    if any(not study.path(file).is_file() for file in files):
        return  # said already of study.yaml
    try:
        joint, warnings = read_joint(study)
    except EvalkitError as error:
        yield from (_of_other(each, study) for each in error.problems)
        return
    yield from warnings
    if settings.codings_of and joint.coded is not None:
        from evalkit.workbook.codings import check_codings

        yield from (_of_other(each, study) for each in check_codings(joint.coded))
    yield from _names_left(joint, settings.joint_display)


def _of_other(problem: Problem, study: Study) -> Problem:
    """A fault in a file of the study that `codings_of` names, with that study before it."""
    other = study.settings.codings_of
    own = (study.settings.joint_display, study.settings.open_themes)
    if not other or problem.file in own or problem.column == "codings_of":
        return problem
    return replace(problem, file=f"../{other}/{problem.file}")


def _names_left(joint: Joint, file: str) -> Iterator[Problem]:
    """Words of the evaluator's texts that begin with a name that has a pseudonym."""
    if joint.codings is None or not joint.codings.pseudonyms:
        return
    from evalkit.codings.pseudonyms import Pseudonyms

    names = Pseudonyms(joint.codings.pseudonyms)
    for each in joint.display.constructs:
        for text in (text for both in each.texts for text in (both.sv, both.en)):
            for left in names.left(names.text(text)):
                message = f'"{left}" in the row {each.name} begins with a name with a pseudonym.'
                fix = "Write it otherwise, or add a line for it in `codings.pseudonyms`."
                yield Problem(file, None, None, message, fix)


def joint_files(study: Study) -> Iterator[tuple[str, Path]]:
    """The files that a joint display is read from, as the page names them, but own codings."""
    settings = study.settings
    for file in (settings.joint_display, settings.open_themes):
        if file:
            yield file, study.path(file)
    if settings.joint_display and settings.codings_of:
        other = coded_study(study)
        codings = None if other is None else other.settings.codings
        if other is not None and codings is not None:
            for file in ("study.yaml", *codings.files, codings.groups):
                if file:
                    yield f"../{other.folder.name}/{file}", other.path(file)
