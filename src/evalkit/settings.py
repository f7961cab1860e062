"""The contents of `study.yaml`: what may stand in it, read with every fault in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from evalkit.codebook import Language, Text
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.frame import name_faults

Mark = Literal["", "reconstructed", "synthetic"]
"""`reconstructed`: tables are real, respondents rebuilt; `synthetic`: the answers are invented."""


Collective = Literal["all", "all_but", "unnamed"]
"""Who a statement is of that is no single group's: every group, every group but some, unknown."""


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


class Recode(_Settings):
    """An item whose answers have changed: which earlier item it is, and answer → earlier answer."""

    item: str
    answers: dict[str, str]


class Round(_Settings):
    """One measurement: who was asked, and the file of answers or of counts.

    `counts` is a file, or a file for each unit. `responded` is how many took part, where only
    counts came in. `frame` is a file with the invited of each unit. `sha256` is that of the file,
    or file → its own where there are several. The last four settings say how items of this round
    answer to earlier ones (new item → earlier item).
    """

    label: Words = Words()
    invited: Annotated[int, Field(ge=1)] | None = None
    responded: Annotated[int, Field(ge=0)] | None = None
    frame: str = ""
    population: str = ""
    responses: str = ""
    counts: str | dict[str, str] = ""
    encoding: str | None = None
    format: str = ""
    sheet: str = ""
    memory_limit: Annotated[int, Field(ge=1)] | None = None
    sha256: str | dict[str, str] = ""
    same_as: dict[str, str] = {}
    recode: dict[str, Recode] = {}
    not_comparable: dict[str, str] = {}
    undecided: dict[str, str] = {}

    @field_validator("sha256")
    @classmethod
    def _hexadecimal(cls, given: str | dict[str, str]) -> str | dict[str, str]:
        for each in given.values() if isinstance(given, dict) else [given]:
            if each and not re.fullmatch("[0-9a-fA-F]{64}", each):
                raise ValueError(f'"{each[:70]}" is no SHA-256, which has 64 hexadecimal digits')
        return given

    @model_validator(mode="after")
    def _one_source(self) -> Round:
        if bool(self.responses) == bool(self.counts):
            raise ValueError("a round has either `responses` or `counts`, a file of the study")
        if isinstance(self.counts, dict):
            _check_files_of_units(self.counts)
        if isinstance(self.sha256, dict):
            unknown = [each for each in self.sha256 if each not in self.files]
            if unknown:
                raise ValueError(f"`sha256` names {unknown[0]}, which is no file of the round")
        elif self.sha256 and len(self.files) > 1:
            raise ValueError("a round of several files has a `sha256` for each: file, then hash")
        return self

    @property
    def hashes(self) -> Mapping[str, str]:
        """The SHA-256 of each file of which it is written down, in small letters."""
        named = self.sha256 if isinstance(self.sha256, dict) else {self.files[0]: self.sha256}
        return {file: each.lower() for file, each in named.items() if each}

    @property
    def files(self) -> tuple[str, ...]:
        """The files with the answers or the counts, relative to the study."""
        if isinstance(self.counts, dict):
            return tuple(self.counts.values())
        return (self.responses or self.counts,)


def _check_files_of_units(files: Mapping[str, str]) -> None:
    """A file for each unit, and each its own; else a `ValueError`, as pydantic wants it."""
    seen: dict[str, str] = {}
    for unit, file in files.items():
        for _, message, _ in name_faults(unit, dict.fromkeys(seen.values())):
            raise ValueError(message)
        if file in seen:
            raise ValueError(f"{seen[file]} and {unit} have the same file, {file}")
        seen[file] = unit


class Publication(_Settings):
    """Rules for what may be published, and kept in `data/processed`."""

    min_respondents: Annotated[int, Field(ge=1)] = 5
    open_answers: bool = False
    personal_data: bool = False


class Grouping(_Settings):
    """An item by which answers are compared ("unit": the units), and which items those are of.

    Every item that can be compared, where none is named.
    """

    by: str
    items: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"by": given} if isinstance(given, str) else given


class Index(_Settings):
    """Several items that are meant to measure one thing, looked at as one scale."""

    label: Words = Words()
    items: Annotated[tuple[str, ...], Field(min_length=2)]


class Model(_Settings):
    """A proportional-odds model of an ordered item on one or more background items."""

    item: str
    on: Annotated[tuple[str, ...], Field(min_length=1)]


class Weighting(_Settings):
    """Weights by which respondents stand for those who were invited, item by item of `to`.

    `trim` keeps each weight between so much and so much of the mean one.
    """

    to: Annotated[tuple[str, ...], Field(min_length=1)]
    trim: tuple[float, float] | None = None


class Codings(_Settings):
    """Where codings of focus groups and other texts are.

    `files` are folders with a segments.csv, project files and tables; `sources` source → group,
    where these do not say it. `groups` is a table of what is known of each group, `synthesis` the
    themes that were published, `errata` what is wrong in them. `coder` is the one whose coding is
    counted, `observers` the roles that speak about a group and not for it. `collective` says which
    names stand for several groups or for none that is known. `note` says who made the codings and
    why, `labels` what words of the files are called.

    `pseudonyms` (name → what it is called), `roles` and `published_attributes` are rules for the
    published edition: which roles of speakers and attributes of groups it may show.
    """

    files: Annotated[tuple[str, ...], Field(min_length=1)]
    sources: dict[str, str] = {}
    groups: str = ""
    synthesis: str = ""
    errata: str = ""
    coder: str = ""
    observers: tuple[str, ...] = ()
    collective: dict[str, Collective] = {}
    pseudonyms: dict[str, str] = {}
    roles: tuple[str, ...] = ()
    published_attributes: tuple[str, ...] | None = None
    labels: dict[str, Words] = {}
    note: Words = Words()


class NotedFile(_Settings):
    """A table of the study, and what the reader has to know of it; a plain text is its file."""

    file: Annotated[str, Field(min_length=1)]
    note: Words = Words()

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, given: Any) -> Any:
        return {"file": given} if isinstance(given, str) else given


class Published(_Settings):
    """Files with figures already published of a round (the first, if none is named)."""

    round: str = ""
    tables: str
    items: str = ""
    errata: str = ""


NOTEBOOKS = ("01_intake", "02_survey")
"""What makes the report of a study that names no notebooks."""
COMPARISONS = ("03_groups_and_rounds",)
"""What is added where something is to be compared."""


class Settings(_Settings):
    """The contents of `study.yaml`.

    `respondents` is what those who answer are called, in the plural ("kommuner"); `unit` the item
    that tells which unit a respondent belongs to; `whole` what all units together are called, as
    it stands after "i" ("hela länet"). `same_respondents` is the item by which a respondent is
    known again in the next round. `sampling` says whom the respondents stand for: all who were
    invited (`census`) or many (`sample`); where it is empty, the invited if they are known.
    `goals`, `budget` and `joint_display` are tables of the study. `mark_note` stands on every page
    after what `mark` says.
    `open_themes` is a table of what open questions brought up, where there are no codings of them;
    `codings_of` another study whose codings stand beside this one's answers.
    `report` are the notebooks that make the report, whether or not `notebooks` names any.
    """

    name: Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
    title: Words
    language: Language = "sv"
    mark: Mark = ""
    mark_note: Words = Words()
    draft: bool = False
    respondents: Words = Words()
    unit: str = ""
    whole: Words = Words()
    codebook: str = ""
    narrative: str = ""
    rounds: dict[str, Round] = {}
    publication: Publication = Publication()
    notebooks: tuple[str, ...] = ()
    groups: tuple[Grouping, ...] = ()
    indices: dict[str, Index] = {}
    models: tuple[Model, ...] = ()
    same_respondents: str = ""
    sampling: Literal["", "census", "sample"] = ""
    weighting: Weighting | None = None
    codings: Codings | None = None
    goals: NotedFile | None = None
    budget: NotedFile | None = None
    joint_display: str = ""
    open_themes: str = ""
    codings_of: str = ""
    published: Published | None = None
    evaluation_questions: str = ""

    @model_validator(mode="after")
    def _about_something(self) -> Settings:
        if not (self.rounds or self.codings or self.goals):
            raise ValueError("a study has `rounds` of a survey, `codings` or `goals`")
        if self.codings and self.codings_of:
            raise ValueError("a study has `codings` of its own or `codings_of` another, not both")
        return self

    @property
    def report(self) -> tuple[str, ...]:
        """The notebooks that make the report: those named, else those that there is a use for."""
        return self.notebooks or (*NOTEBOOKS, *(COMPARISONS if self._compares else ()))

    @property
    def _compares(self) -> bool:
        named = (self.groups, self.indices, self.models, self.same_respondents, self.weighting)
        known = any(each.population for each in self.rounds.values())
        return known or len(self.rounds) > 1 or any(named)

    @field_validator("rounds", mode="before")
    @classmethod
    def _named(cls, rounds: Any) -> Any:
        return {str(k): v for k, v in rounds.items()} if isinstance(rounds, dict) else rounds


class _Loader(yaml.SafeLoader):
    """Safe YAML that leaves dates and words as text and refuses a key that stands twice.

    YAML 1.1 takes yes, no, on and off for truth values, so that a setting `on` would have no name
    and an answer "No" no label. Where a truth value is wanted, pydantic takes these words for one.
    """


def _is_kept(tag: str, first: str) -> bool:
    """Whether text that begins with `first` may be what YAML's rule for `tag` takes it for."""
    kind = tag.removeprefix("tag:yaml.org,2002:")
    return kind != "timestamp" and (kind != "bool" or first in "tTfF")


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if _is_kept(tag, first)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_settings(path: Path) -> Settings:
    """The settings in a `study.yaml`; raises `EvalkitError` with every fault in it."""
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
        "whole": Words,
        "mark_note": Words,
        "groups": Grouping,
        "indices": Index,
        "models": Model,
        "weighting": Weighting,
        "goals": NotedFile,
        "budget": NotedFile,
        "codings": Codings,
    }
    model = homes.get(path[0], Settings) if path else Settings
    if path[-1:] in (("label",), ("note",)):
        model = Words
    return list(model.model_fields)


def setting_rows(path: Path) -> dict[tuple[str, ...], int]:
    """The row of each setting of a `study.yaml` that has been read before."""
    node = yaml.compose(path.read_text("utf-8-sig"), _Loader)
    return {} if node is None else dict(_lines(node))
