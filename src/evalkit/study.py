"""A study: the folder under `data/raw` that holds everything an evaluator has decided.

`find_study` turns a name into a folder, `load_study` reads it and reports every fault of the
study's own files at once. Exports are read later, by `evalkit.intake`.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from evalkit.codebook import Codebook, Text, item_rows, read_codebook
from evalkit.compared import compared_problems
from evalkit.datalog import FILE as DATA_LOG
from evalkit.datalog import Declaration, read_data_log
from evalkit.delimited import read_table
from evalkit.errors import EvalkitError, Problem, fault, nearest, raise_if_any
from evalkit.frame import Frame, read_frame
from evalkit.goals import Budget, Goal, Surveyed, Themes, read_budget, read_goals
from evalkit.population import Population, read_population
from evalkit.rounds import Fault, RoundItems, Settled, Why, comparable, settle
from evalkit.settings import Round, Settings, read_settings, setting_rows


@dataclass(frozen=True)
class EvaluationQuestion:
    """What the evaluation was asked, and the items that answer it."""

    name: str
    asked: Text
    answered_by: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A study as read from its folder."""

    folder: Path
    settings: Settings
    codebook: Codebook
    questions: tuple[EvaluationQuestion, ...] = ()
    frames: Mapping[str, Frame] = field(default_factory=dict)
    populations: Mapping[str, Population] = field(default_factory=dict)
    declarations: tuple[Declaration, ...] = ()
    goals: tuple[Goal, ...] = ()
    budget: Budget | None = None

    @property
    def name(self) -> str:
        """The study's name, also that of its folder of reports."""
        return self.settings.name

    def round_name(self, wanted: str = "") -> str:
        """The round called `wanted`; the last one in study.yaml when nothing is asked for.

        Empty for a study without a survey.
        """
        rounds = self.settings.rounds
        if not wanted:
            return next(reversed(rounds), "")
        if wanted not in rounds:
            raise fault(f'Study {self.name} has no round "{wanted}".', nearest(wanted, rounds))
        return wanted

    def path(self, file: str) -> Path:
        """A file that study.yaml names, relative to the study's folder."""
        return self.folder / file

    @cached_property
    def settled(self) -> Settled:
        """Every round's items, after what study.yaml decides of them."""
        return settle(self.codebook, self.settings.rounds, self.settings.unit)

    def items_of(self, round_name: str) -> RoundItems:
        """What a round asked, as the export has it and as it is shown."""
        return self.settled.rounds[round_name]

    def codebook_of(self, round_name: str) -> Codebook:
        """What a round asked, as it is shown: an item that is an earlier one has its name."""
        return self.items_of(round_name).shown if round_name else self.codebook

    def delivered_codebook(self, round_name: str) -> Codebook:
        """What a round asked, as its export has it."""
        return self.items_of(round_name).delivered

    def comparable(self, one: str, other: str) -> dict[str, Why]:
        """Every item of two rounds → why it may not be compared between them, "" if it may."""
        return comparable(self.settled, self.round_name(one), self.round_name(other))

    def population_size(self, round_name: str) -> int | None:
        """How many the respondents of a round stand for; None where they are a sample of many."""
        return None if self.settings.sampling == "sample" else self.invited(round_name)

    def invited(self, round_name: str) -> int | None:
        """How many were invited to a round; None where neither study.yaml nor a frame tells."""
        if not round_name:
            return None
        frame = self.frames.get(round_name)
        given = self.settings.rounds[round_name].invited
        return frame.invited if given is None and frame is not None else given

    def declared_of(self, round_name: str) -> tuple[Declaration, ...]:
        """The lines of the data log that are about a round."""
        return tuple(each for each in self.declarations if each.holds_in(round_name))

    @property
    def data_log(self) -> str:
        """The name of the data log; empty where the study has none."""
        return DATA_LOG if (self.folder / DATA_LOG).is_file() else ""

    @property
    def published_round(self) -> str:
        """The round that the published files are about; empty if there are none."""
        published = self.settings.published
        return "" if published is None else published.round or next(iter(self.settings.rounds))

    @property
    def codebook_folder(self) -> Path:
        """Where codebook, scales and sections are; another study's, if study.yaml says so."""
        home = self.settings.codebook
        return _neighbour(self.folder, home) if home else self.folder

    @property
    def codings_folder(self) -> Path:
        """The study whose codings stand beside this one's answers."""
        home = self.settings.codings_of
        return _neighbour(self.folder, home) if home else self.folder

    @property
    def narrative_folder(self) -> Path:
        """Where the study's own texts are; another study's, if study.yaml says so."""
        home = self.settings.narrative
        return (_neighbour(self.folder, home) if home else self.folder) / "narrative"


def project_root() -> Path | None:
    """The folder with `data/raw`: this one, one above it, or the checkout evalkit is run from."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "data" / "raw").is_dir():
            return folder
    return None


def find_study(study: str) -> Path:
    """The folder of a study, given its name under `data/raw` or a path to any study folder."""
    try:
        given = Path(study).expanduser()
        if (given / "study.yaml").is_file():
            return given.resolve()
    except (OSError, RuntimeError, ValueError):
        raise fault(f'"{study[:60]}" is not the name of a study.') from None
    root = project_root()
    known = {} if root is None else _studies(root / "data" / "raw")
    if study in known:
        return known[study]
    if given.is_dir():
        raise fault("There is no study.yaml in the folder.", file=study)
    raise fault(
        f'There is no study "{study}", neither under data/raw nor as a folder with a study.yaml.',
        nearest(study, known),
    )


def _studies(folder: Path) -> dict[str, Path]:
    return {each.parent.name: each.parent for each in sorted(folder.glob("*/study.yaml"))}


def _neighbour(folder: Path, name: str) -> Path:
    """Another study's folder: beside this one, or under the project's `data/raw`."""
    beside = folder.parent / name
    return beside if _is_file(beside / "study.yaml") else find_study(name)


def _is_file(path: Path) -> bool:
    """As `Path.is_file`, and False also for what no file can be called."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def load_study(study: str) -> tuple[Study, tuple[Problem, ...]]:
    """Read a study; what can be read of it, and every fault in its own files.

    Raises `EvalkitError` when there is no such study or `study.yaml` itself is malformed.
    """
    folder = find_study(study)
    settings = read_settings(folder / "study.yaml")
    home = _neighbour(folder, settings.codebook) if settings.codebook else folder
    codebook, problems = read_codebook(home) if settings.rounds else (Codebook({}, {}, {}), ())
    questions, more = _read_questions(folder, settings, codebook)
    files = [*_missing_files(folder, settings), *_changed_files(folder, settings)]
    files += _same_name(folder, settings)
    frames, wrong = _read_frames(folder, settings)
    rounds = {name: bool(each.responses) for name, each in settings.rounds.items()}
    units = {name: _unit_item(each, settings.unit) for name, each in settings.rounds.items()}
    declared, faulty = read_data_log(folder, codebook, rounds, units)
    loaded = Study(folder, settings, codebook, questions, frames, declarations=declared)
    decisions = [*_unknown_rounds(loaded), *_decision_problems(loaded)]
    unclear = [
        *_unit_problems(settings, codebook),
        *compared_problems(folder, settings, codebook),
        *_sampling_problems(loaded),
    ]
    populations, uncounted = _read_populations(loaded)
    loaded, amiss = _with_goals(replace(loaded, populations=populations))
    found = (*problems, *more, *faulty, *files, *wrong, *unclear, *decisions, *uncounted, *amiss)
    return loaded, found


def _with_goals(study: Study) -> tuple[Study, tuple[Problem, ...]]:
    """The study with its goals and its budget, and every fault in their files."""
    settings, problems = study.settings, list[Problem]()
    goals: tuple[Goal, ...] = ()
    budget: Budget | None = None
    if settings.goals and _is_file(study.path(settings.goals.file)):
        file = settings.goals.file
        codebooks = {name: study.codebook_of(name) for name in settings.rounds}
        surveyed = Surveyed(codebooks, study.comparable)
        try:
            goals, found = read_goals(study.path(file), file, surveyed, _themes(study))
            problems += found
        except EvalkitError as error:
            problems += error.problems
    if settings.budget and _is_file(study.path(settings.budget.file)):
        file = settings.budget.file
        try:
            budget, found = read_budget(study.path(file), file)
            problems += found
        except EvalkitError as error:
            problems += error.problems
    return replace(study, goals=goals, budget=budget), tuple(problems)


def _themes(study: Study) -> Themes:
    """The codes of folders of codings; None where codings came in otherwise, none without any."""
    codings = study.settings.codings
    names = [f"{each}/codebook.csv" for each in codings.files] if codings else []
    known: set[str] = set()
    for name in names:
        if not _is_file(study.path(name)):
            return None
        with contextlib.suppress(EvalkitError):  # whoever reads the codings says it
            known.update(read_table(study.path(name), name, ("code",)).column("code"))
    return frozenset(known)


def _unit_item(round_: Round, unit: str) -> str:
    """The item that tells the unit in a round, by the name of its row in the codebook."""
    return next((new for new, earlier in round_.same_as.items() if earlier == unit), unit)


def _unknown_rounds(study: Study) -> Iterator[Problem]:
    """Rounds that the study's own codebook names and `study.yaml` does not have."""
    if study.settings.codebook:
        return  # the rounds are those of the other study
    known = study.settings.rounds
    rows: Mapping[str, int] = {}
    for item in study.codebook.items.values():
        for each in item.rounds:
            if each not in known:
                rows = rows or item_rows(study.folder)
                message = f'study.yaml has no round "{each}".'
                fix = nearest(each, known)
                yield Problem("codebook.csv", rows.get(item.name), "rounds", message, fix)


def _decision_problems(study: Study) -> Iterator[Problem]:
    """What is wrong with the rounds' decisions, where it stands in its file."""
    faults = study.settled.faults
    if not faults:
        return
    lines = setting_rows(study.folder / "study.yaml")
    rows = item_rows(study.codebook_folder)
    for each in dict.fromkeys(faults):
        message, fix, severity = each.message, each.fix, each.severity
        if each.item:
            yield Problem("codebook.csv", rows.get(each.item), "rounds", message, fix, severity)
        else:
            row, column = _place(each, lines)
            yield Problem("study.yaml", row, column, message, fix, severity)


def _place(fault_: Fault, lines: Mapping[tuple[str, ...], int]) -> tuple[int | None, str]:
    path = ("rounds", *fault_.path)
    return lines.get(path), ".".join(path)


def open_checked(study: str) -> Study:
    """The study, if its own files are without fault; else `EvalkitError` with all of them."""
    loaded, problems = load_study(study)
    raise_if_any(problems)
    return loaded


def _read_questions(
    folder: Path, settings: Settings, codebook: Codebook
) -> tuple[tuple[EvaluationQuestion, ...], tuple[Problem, ...]]:
    file = settings.evaluation_questions
    if not file:
        return (), ()
    try:
        table = read_table(folder / file, file, ("question", "what_was_asked", "answered_by"))
    except EvalkitError as error:
        return (), error.problems
    questions: list[EvaluationQuestion] = []
    problems: list[Problem] = []
    for number, row in table.records():
        items = tuple(each.strip() for each in row["answered_by"].split(";") if each.strip())
        problems += [
            Problem(
                file,
                number,
                "answered_by",
                f'There is no item "{each}".',
                nearest(each, codebook.items),
            )
            for each in items
            if each not in codebook.items
        ]
        asked = Text(row["what_was_asked"], row.get("what_was_asked_en", ""))
        questions.append(EvaluationQuestion(row["question"], asked, items))
    return tuple(questions), tuple(problems)


def _read_frames(folder: Path, settings: Settings) -> tuple[dict[str, Frame], list[Problem]]:
    """The frame of each round that has one, and every fault in them."""
    frames: dict[str, Frame] = {}
    problems: list[Problem] = []
    for name, each in settings.rounds.items():
        if not each.frame or not _is_file(folder / each.frame):
            continue  # said already of study.yaml
        try:
            frames[name], found = read_frame(folder / each.frame, each.frame)
        except EvalkitError as error:
            problems += error.problems
            continue
        problems += found
        if all(each.severity == "warning" for each in found):
            problems += _sum_problems(name, each, frames[name])
    return frames, problems


def _read_populations(study: Study) -> tuple[dict[str, Population], list[Problem]]:
    """The population of each round that has one, and every fault in them."""
    populations: dict[str, Population] = {}
    problems: list[Problem] = []
    for name, each in study.settings.rounds.items():
        file = each.population
        if not file or not _is_file(study.path(file)):
            continue  # said already of study.yaml
        codebook, invited = study.codebook_of(name), study.invited(name)
        try:
            populations[name], found = read_population(study.path(file), file, codebook, invited)
        except EvalkitError as error:
            problems += error.problems
            continue
        problems += found
    return populations, problems


def _sum_problems(name: str, each: Round, frame: Frame) -> Iterator[Problem]:
    """What study.yaml and the frame both tell has to be the same."""
    for column, here, there in (
        ("invited", each.invited, frame.invited),
        ("responded", each.responded, frame.responded),
    ):
        if here is not None and there is not None and here != there:
            message = (
                f"`{column}` is {here}, and that of the units in {frame.file} adds to {there}."
            )
            fix = f"Correct one of them, or leave `{column}` out of study.yaml."
            yield Problem("study.yaml", None, f"rounds.{name}.{column}", message, fix)


def _unit_problems(settings: Settings, codebook: Codebook) -> Iterator[Problem]:
    """`unit` names an item on a nominal scale; a frame of responses cannot do without it."""
    name = settings.unit
    if name and name not in codebook.items:
        nominal = [each.name for each in codebook.items.values() if each.kind == "nominal"]
        yield Problem(
            "study.yaml", None, "unit", f'There is no item "{name}".', nearest(name, nominal)
        )
    elif name and (codebook.items[name].kind != "nominal" or codebook.items[name].part_of):
        message = f"{name} cannot tell which unit a respondent belongs to: it is not nominal."
        fix = "Name a nominal item that stands by itself."
        yield Problem("study.yaml", None, "unit", message, fix)
    for each, measured in settings.rounds.items():
        if measured.frame and measured.responses and not name:
            message = "The frame has units, and no item tells which one a respondent belongs to."
            fix = "Write `unit: ITEM` in study.yaml."
            yield Problem("study.yaml", None, f"rounds.{each}.frame", message, fix)


def _sampling_problems(study: Study) -> Iterator[Problem]:
    """A census needs to know how many were asked."""
    if study.settings.sampling != "census":
        return
    for name in study.settings.rounds:
        if study.invited(name) is None:
            message = f"The round {name} is a census of nobody knows how many."
            fix = "Say how many were `invited`, or write `sampling: sample`."
            yield Problem("study.yaml", None, f"rounds.{name}.invited", message, fix)


def _same_name(folder: Path, settings: Settings) -> Iterator[Problem]:
    """Two studies of one name under `data/raw` would write over each other's reports."""
    if folder.parent.parts[-2:] != ("data", "raw"):
        return
    for other in sorted(folder.parent.glob("*/study.yaml")):
        if other.parent == folder or not other.is_file():
            continue
        text = other.read_text("utf-8", errors="replace")
        if re.search(
            rf"^name:\s*[\"']?{re.escape(settings.name)}[\"']?\s*(#|$)", text, re.MULTILINE
        ):
            message = f"The study in {other.parent.name} has the name {settings.name} too."
            fix = "Give each study a name of its own: reports are kept by it."
            yield Problem("study.yaml", None, "name", message, fix)


def _missing_files(folder: Path, settings: Settings) -> Iterator[Problem]:
    named = {
        f"rounds.{name}{f'.{at}' if at > 1 else ''}": file
        for name, each in settings.rounds.items()
        for at, file in enumerate((*each.files, *filter(None, [each.frame])), start=1)
    }
    named |= {
        f"rounds.{name}.population": each.population
        for name, each in settings.rounds.items()
        if each.population
    }
    noted = {"goals": settings.goals, "budget": settings.budget}
    named |= {key: each.file for key, each in noted.items() if each}
    tables = {"joint_display": settings.joint_display, "open_themes": settings.open_themes}
    named |= {key: file for key, file in tables.items() if file}
    if settings.published:
        files = settings.published.model_dump(exclude={"round"})
        named |= {f"published.{key}": file for key, file in files.items() if file}
        if settings.published.round and settings.published.round not in settings.rounds:
            message = f'There is no round "{settings.published.round}".'
            fix = nearest(settings.published.round, settings.rounds)
            yield Problem("study.yaml", None, "published.round", message, fix)
    for column, file in named.items():
        if not _is_file(folder / file):
            beside = (folder / file).parent
            there = [each.name for each in beside.iterdir()] if beside.is_dir() else []
            message = f"The file {file} does not exist."
            yield Problem("study.yaml", None, column, message, nearest(Path(file).name, there))


def _changed_files(folder: Path, settings: Settings) -> Iterator[Problem]:
    """Exports that are not what they were when their SHA-256 was written down."""
    hashes = [
        (name, file, wanted)
        for name, each in settings.rounds.items()
        for file, wanted in each.hashes.items()
    ]
    for name, file, wanted in hashes:
        if not _is_file(folder / file):
            continue
        try:
            found = sha256(folder / file)
        except OSError:
            continue  # its reader says what is wrong
        if found != wanted:
            message = f"The file {file} has been changed: its SHA-256 is {found}."
            fix = "Put the file back as it was delivered; a corrected export is a new file."
            yield Problem("study.yaml", None, f"rounds.{name}.sha256", message, fix)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
