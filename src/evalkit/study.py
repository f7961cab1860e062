"""A study: the folder under `data/raw` that holds everything an evaluator has decided.

`find_study` turns a name into a folder, `load_study` reads it and reports every fault of the
study's own files at once. Exports are read later, by `evalkit.intake`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from evalkit.codebook import Codebook, Language, Text, read_codebook
from evalkit.delimited import read_table
from evalkit.errors import EvalkitError, Problem, fault, nearest, raise_if_any

Mark = Literal["", "reconstructed", "synthetic"]
"""`reconstructed`: tables are real, respondents rebuilt; `synthetic`: the answers are invented."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Words(_Settings):
    """A text in Swedish, English or both; a plain text is taken as Swedish."""

    sv: str = ""
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"sv": given} if isinstance(given, str) else given

    @property
    def text(self) -> Text:
        """The same as the codebook's texts."""
        return Text(self.sv, self.en)


class Round(_Settings):
    """One measurement: who was asked, and the file of answers or of counts."""

    label: Words = Words()
    invited: Annotated[int, Field(ge=1)] | None = None
    responses: str = ""
    counts: str = ""
    encoding: str | None = None
    format: str = ""
    sheet: str = ""
    memory_limit: Annotated[int, Field(ge=1)] | None = None
    sha256: Annotated[str, Field(pattern=r"^(?:[0-9a-fA-F]{64})?$")] = ""

    @model_validator(mode="after")
    def _one_source(self) -> Round:
        if bool(self.responses) == bool(self.counts):
            raise ValueError("a round has either `responses` or `counts`, a file of the study")
        return self

    @property
    def file(self) -> str:
        """The file with the answers or the counts, relative to the study."""
        return self.responses or self.counts


class Publication(_Settings):
    """Rules for what may be published."""

    min_respondents: Annotated[int, Field(ge=1)] = 5


class Published(_Settings):
    """Files with figures already published of a round (the first, if none is named)."""

    round: str = ""
    tables: str
    items: str = ""
    errata: str = ""


class Settings(_Settings):
    """The contents of `study.yaml`."""

    name: Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
    title: Words
    language: Language = "sv"
    mark: Mark = ""
    draft: bool = False
    codebook: str = ""
    narrative: str = ""
    rounds: Annotated[dict[str, Round], Field(min_length=1)]
    publication: Publication = Publication()
    notebooks: tuple[str, ...] = ("01_intake", "02_survey")
    published: Published | None = None
    evaluation_questions: str = ""

    @field_validator("rounds", mode="before")
    @classmethod
    def _named(cls, rounds: Any) -> Any:
        return {str(k): v for k, v in rounds.items()} if isinstance(rounds, dict) else rounds


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

    @property
    def name(self) -> str:
        """The study's name, also that of its folder of reports."""
        return self.settings.name

    def round_name(self, wanted: str = "") -> str:
        """The round called `wanted`; the last one in study.yaml when nothing is asked for."""
        rounds = self.settings.rounds
        if not wanted:
            return next(reversed(rounds))
        if wanted not in rounds:
            raise fault(f'Study {self.name} has no round "{wanted}".', nearest(wanted, rounds))
        return wanted

    def path(self, file: str) -> Path:
        """A file that study.yaml names, relative to the study's folder."""
        return self.folder / file

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
    settings = _read_settings(folder / "study.yaml")
    home = _neighbour(folder, settings.codebook) if settings.codebook else folder
    codebook, problems = read_codebook(home)
    questions, more = _read_questions(folder, settings, codebook)
    files = [*_missing_files(folder, settings), *_changed_files(folder, settings)]
    files += _same_name(folder, settings)
    return Study(folder, settings, codebook, questions), (*problems, *more, *files)


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
    named = {f"rounds.{name}": each.file for name, each in settings.rounds.items()}
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
    for name, each in settings.rounds.items():
        if not each.sha256 or not _is_file(folder / each.file):
            continue
        try:
            found = sha256(folder / each.file)
        except OSError:
            continue  # its reader says what is wrong
        if found != each.sha256.lower():
            message = f"The file {each.file} has been changed: its SHA-256 is {found}."
            fix = "Put the file back as it was delivered; a corrected export is a new file."
            yield Problem("study.yaml", None, f"rounds.{name}.sha256", message, fix)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Loader(yaml.SafeLoader):
    """Safe YAML that leaves dates as text and refuses a key that stands twice."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read_settings(path: Path) -> Settings:
    file = path.name
    try:
        text = path.read_text("utf-8-sig")
        node = yaml.compose(text, _Loader)
        data = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        lines = dict(_lines(node)) if node is not None else {}
    except UnicodeDecodeError:
        raise fault("The file is not UTF-8 text.", "Save it as UTF-8.", file=file) from None
    except yaml.YAMLError as cause:
        raise _malformed(file, cause) from None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        # What PyYAML lets through: a tag that its text does not fit, a number too long, a text
        # within itself.
        fix = "Write plain texts, numbers, lists and settings."
        raise fault("The file holds what no setting can be.", fix, file=file) from None
    twice = [each for each in lines if each[-1:] == ("twice",)]
    if twice:
        raise EvalkitError(
            Problem(
                file, lines[each], ".".join(each[:-1]), "The key stands there twice.", "Remove one."
            )
            for each in twice
        )
    if not isinstance(data, dict):
        raise fault("The file holds no settings.", "Write `name: …` and so on.", file=file)
    try:
        return Settings.model_validate(data)
    except ValidationError as cause:
        raise EvalkitError(_invalid(file, each, lines) for each in cause.errors()) from None


def _malformed(file: str, cause: yaml.YAMLError) -> EvalkitError:
    mark = getattr(cause, "problem_mark", None)
    row = None if mark is None else mark.line + 1
    what = getattr(cause, "problem", None) or "it cannot be read"
    fix = "Look at the indentation and at quotation marks there and in the row above."
    return fault(f"This is not YAML: {what}.", fix, file=file, row=row)


def _lines(node: yaml.Node, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    """The row of each key, by its path; a key that stands twice has "twice" after its path."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            path = (*at, str(key.value))
            if key.value in seen:
                yield (*path, "twice"), key.start_mark.line + 1
            seen.add(key.value)
            yield path, key.start_mark.line + 1
            yield from _lines(value, path)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*at, str(number)), value.start_mark.line + 1
            yield from _lines(value, (*at, str(number)))


def _invalid(file: str, error: Any, lines: Mapping[tuple[str, ...], int]) -> Problem:
    path = tuple(str(each) for each in error["loc"])
    row = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
    message = str(error["msg"]).removeprefix("Value error, ").removesuffix(".") + "."
    fix = "docs/study-folder.md tells what may stand there."
    if error["type"] == "extra_forbidden":
        message = f'"{path[-1]}" is not a setting.'
        fix = nearest(path[-1], _settings_at(path[:-1]))
    elif error["type"] == "missing":
        message = f'"{path[-1]}" is missing.'
    return Problem(file, row, ".".join(path), message[:1].upper() + message[1:], fix)


def _settings_at(path: tuple[str, ...]) -> list[str]:
    homes: dict[str, type[BaseModel]] = {
        "rounds": Round,
        "publication": Publication,
        "published": Published,
        "title": Words,
    }
    model = homes.get(path[0], Settings) if path else Settings
    if path[-1:] == ("label",):
        model = Words
    return list(model.model_fields)
