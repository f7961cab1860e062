"""What was said and how it was coded: sources, segments, codes, codings and cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Code:
    """A code; `parent` is the name of the code above it, empty at the top.

    `name` is unique in a project: where a program has the same name under two parents, it is the
    path of labels, joined by " > ". `codable` is False of one that only holds others. `label_en`
    and `definition_en` are the same in English, where somebody has written them.
    """

    name: str
    label: str
    parent: str = ""
    definition: str = ""
    codable: bool = True
    color: str = ""
    guid: str = ""
    label_en: str = ""
    definition_en: str = ""


@dataclass(frozen=True)
class Source:
    """A text that segments were taken from; `text` is None where it is not at hand."""

    name: str
    text: str | None = None
    guid: str = ""


@dataclass(frozen=True)
class Segment:
    """A piece of a source, or what was said in it in somebody's own words.

    `start` and `end` are half-open places in the source's text, in code points, None where they are
    not known. `verbatim` is True of a quotation, False of a summary, None where nobody says.
    `group` is who said it (a focus group, or for open answers the respondent), as the data has it:
    "alla" is not a group's name. `page` is where a printed source has it. `approved` is True where
    those who said it may be quoted in public, False where not, None where nobody says.
    """

    ident: str
    text: str
    source: str = ""
    start: int | None = None
    end: int | None = None
    group: str = ""
    speaker: str = ""
    verbatim: bool | None = None
    page: str = ""
    guid: str = ""
    approved: bool | None = None


@dataclass(frozen=True)
class Coding:
    """One coder's code on one segment; `category` is e.g. framgångsfaktor, utmaning."""

    segment: str
    code: str
    coder: str = ""
    category: str = ""
    memo: str = ""


@dataclass(frozen=True)
class Case:
    """Somebody or something that sources and segments belong to, with what is known of it."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    guid: str = ""


@dataclass(frozen=True)
class NotAsked:
    """A code's topic that was not brought up in a group by those who led it."""

    group: str
    code: str
    note: str = ""


@dataclass(frozen=True)
class Told:
    """One line of what an import has to tell: what was `read`, `matched` or `left_out`, and why.

    `what` is a key ("segments", "codes", …), `n` how many; `why` is a key too, with its `fields`.
    """

    action: str
    what: str
    n: int
    why: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class CodingProject:
    """Everything of one or several coding files, in the order in which they have it."""

    sources: tuple[Source, ...] = ()
    segments: tuple[Segment, ...] = ()
    codes: tuple[Code, ...] = ()
    codings: tuple[Coding, ...] = ()
    cases: tuple[Case, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    told: tuple[Told, ...] = ()

    @cached_property
    def code(self) -> Mapping[str, Code]:
        """The codes by name."""
        return {each.name: each for each in self.codes}

    @cached_property
    def segment(self) -> Mapping[str, Segment]:
        """The segments by identifier."""
        return {each.ident: each for each in self.segments}

    @cached_property
    def coders(self) -> tuple[str, ...]:
        """The coders, in the order in which they first appear."""
        return tuple(dict.fromkeys(each.coder for each in self.codings))
