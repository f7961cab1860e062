"""Codings → who raised which theme, in how many groups and segments. Figures are true.

One coder's coding is counted. A theme is a code with those below it; a segment that has several of
them counts once. Groups are those in the table of groups; what was said of all groups, of all but
some, or by a group that nobody names has a column of its own and is never put down to a group.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from evalkit.codebook import Text
from evalkit.codings.model import CodingProject, Segment
from evalkit.codings.units import coded_units
from evalkit.settings import Codings

VoiceKind = Literal["group", "other", "all", "all_but", "unnamed"]
State = Literal["raised", "observed", "not_raised", "not_asked", "not_coded"]
"""`observed`: said about the group by somebody else. `not_coded`: nothing of the group is coded."""

_ALL = re.compile(r"(alla( grupper)?|all( groups)?)", re.IGNORECASE)
_ALL_BUT = re.compile(r"(alla utom|all (but|except)) .+", re.IGNORECASE)
_UNNAMED = re.compile(
    r"|(ej|inte) namngiven( grupp)?|okänd( grupp)?|(group )?not named|unknown", re.IGNORECASE
)


@dataclass(frozen=True)
class Voice:
    """A column: a group, somebody else with a name, or those that are no single group."""

    name: str
    kind: VoiceKind
    segments: int
    coded: int

    @property
    def is_group(self) -> bool:
        """Whether it is one of the groups that are counted."""
        return self.kind == "group"


@dataclass(frozen=True)
class Cell:
    """A theme in a group: the segments in which it stands, by the group itself and by others."""

    state: State
    segments: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theme:
    """A code with all below it; `depth` is 0 at the top, `cells` has a cell for each voice.

    `texts` counts the segments with the same text once.
    """

    code: str
    label: Text
    definition: Text
    parent: str
    depth: int
    below: tuple[str, ...]
    cells: Mapping[str, Cell]
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    texts: int

    @property
    def found(self) -> bool:
        """Whether any segment has it."""
        return bool(self.segments)


@dataclass(frozen=True)
class CategoryTheme:
    """A theme within a category: which groups raised it so, and in which segments."""

    code: str
    groups: tuple[str, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Category:
    """A category such as framgångsfaktor, with its themes, those of most groups first."""

    name: str
    groups: tuple[str, ...]
    segments: tuple[str, ...]
    themes: tuple[CategoryTheme, ...]


@dataclass(frozen=True)
class Themes:
    """Everything that one coder's coding tells of groups and themes."""

    coder: str
    coders: tuple[str, ...]
    voices: tuple[Voice, ...]
    themes: tuple[Theme, ...]
    categories: tuple[Category, ...]
    segments: int
    coded: int
    uncoded: tuple[str, ...]

    @property
    def groups(self) -> tuple[Voice, ...]:
        """The groups that are counted."""
        return tuple(each for each in self.voices if each.is_group)

    @cached_property
    def theme(self) -> Mapping[str, Theme]:
        """The themes by code."""
        return {each.code: each for each in self.themes}

    @property
    def nested(self) -> bool:
        """Whether any code stands below another."""
        return any(each.depth for each in self.themes)


def themes(project: CodingProject, settings: Codings) -> Themes:
    """The themes of a project, in the order of its codebook."""
    return _Counting(project, settings).result


def counted_coder(project: CodingProject, wanted: str = "") -> str:
    """The coder whose coding is counted: the one named in study.yaml, else the first."""
    return wanted or next(iter(project.coders), "")


def voices_of(project: CodingProject, settings: Codings) -> dict[str, VoiceKind]:
    """Everybody who said anything, groups first: those of the table of groups in its order.

    Without such a table every name is a group that is not known to stand for others.
    """
    cases = [each.name for each in project.cases]
    names = [*cases, *(each.group for each in project.segments)]
    kinds = {name: _kind(name, cases, settings) for name in dict.fromkeys(names)}
    return dict(sorted(kinds.items(), key=lambda each: _ORDER.index(each[1])))


_ORDER: tuple[VoiceKind, ...] = ("group", "all", "all_but", "unnamed", "other")


def _kind(name: str, cases: Sequence[str], settings: Codings) -> VoiceKind:
    if name in settings.collective:
        return settings.collective[name]
    if name in cases:
        return "group"
    if _ALL.fullmatch(name):
        return "all"
    if _ALL_BUT.fullmatch(name):
        return "all_but"
    if _UNNAMED.fullmatch(name):
        return "unnamed"
    return "other" if cases else "group"


class _Counting:
    """The indexes that every table is counted from."""

    def __init__(self, project: CodingProject, settings: Codings) -> None:
        self._project, self._settings = project, settings
        self._coder = counted_coder(project, settings.coder)
        self._kinds = voices_of(project, settings)
        own = [each for each in project.codings if each.coder == self._coder and each.code]
        self._codings = [each for each in own if each.segment in project.segment]
        self._coded = {each.segment for each in self._codings}
        self._not_asked = {(each.group, each.code) for each in project.not_asked}
        self._text_of = {
            ident: at for at, unit in enumerate(coded_units(project)) for ident in unit.segments
        }
        self._children: dict[str, list[str]] = defaultdict(list)
        for each in project.codes:
            self._children[each.parent].append(each.name)
        self._by_code: dict[str, set[str]] = defaultdict(set)
        for coding in self._codings:
            self._by_code[coding.code].add(coding.segment)

    @property
    def result(self) -> Themes:
        segments = self._project.segments
        return Themes(
            self._coder,
            self._project.coders,
            tuple(self._voice(name, kind) for name, kind in self._kinds.items()),
            tuple(self._theme(code, depth) for code, depth in self._tree("", 0)),
            tuple(self._category(name) for name in self._categories()),
            len(segments),
            len(self._coded),
            tuple(each.ident for each in segments if each.ident not in self._coded),
        )

    def _voice(self, name: str, kind: VoiceKind) -> Voice:
        own = [each.ident for each in self._project.segments if each.group == name]
        return Voice(name, kind, len(own), sum(each in self._coded for each in own))

    def _tree(self, parent: str, depth: int) -> Iterator[tuple[str, int]]:
        """The codes with how deep they stand, each before those below it."""
        for name in self._children[parent]:
            yield name, depth
            yield from self._tree(name, depth + 1)

    def _below(self, code: str) -> tuple[str, ...]:
        return tuple(name for name, _ in self._tree(code, 0))

    def _theme(self, name: str, depth: int) -> Theme:
        code, below = self._project.code[name], self._below(name)
        idents = set().union(*(self._by_code[each] for each in (name, *below)))
        found = [each for each in self._project.segments if each.ident in idents]
        cells = {voice: self._cell(name, below, voice, found) for voice in self._kinds}
        return Theme(
            name,
            Text(code.label, code.label_en),
            Text(code.definition, code.definition_en),
            code.parent,
            depth,
            below,
            cells,
            tuple(
                voice
                for voice, cell in cells.items()
                if cell.segments and self._kinds[voice] == "group"
            ),
            tuple(each.ident for each in found),
            len({self._text_of[each.ident] for each in found}),
        )

    def _cell(self, code: str, below: Sequence[str], voice: str, found: Sequence[Segment]) -> Cell:
        here = [each for each in found if each.group == voice]
        if self._kinds[voice] == "group":
            own = [each for each in here if not self._observes(each)]
        else:
            own = here
        segments = tuple(each.ident for each in own)
        observed = tuple(each.ident for each in here if each not in own)
        return Cell(self._state(code, below, voice, segments, observed), segments, observed)

    def _observes(self, segment: Segment) -> bool:
        return segment.speaker in self._settings.observers

    def _state(
        self,
        code: str,
        below: Sequence[str],
        voice: str,
        segments: Sequence[str],
        observed: Sequence[str],
    ) -> State:
        if segments:
            return "raised"
        if observed:
            return "observed"
        asked_below = [(voice, each) not in self._not_asked for each in below]
        if (voice, code) in self._not_asked or (below and not any(asked_below)):
            return "not_asked"
        coded = any(
            each.group == voice and each.ident in self._coded for each in self._project.segments
        )
        return "not_raised" if coded else "not_coded"

    def _categories(self) -> list[str]:
        """The categories, those that study.yaml names in its order, then as they come."""
        given = dict.fromkeys(each.category for each in self._codings if each.category)
        named = [each for each in self._settings.labels if each in given]
        return [*named, *(each for each in given if each not in named)]

    def _category(self, name: str) -> Category:
        by_code: dict[str, set[str]] = defaultdict(set)
        for each in self._codings:
            if each.category == name:
                by_code[each.code].add(each.segment)
        found = [self._in_category(code, idents) for code, idents in by_code.items()]
        order = {each.name: at for at, each in enumerate(self._project.codes)}
        found.sort(
            key=lambda each: (-len(each.groups), -len(each.segments), order.get(each.code, 0))
        )
        whole = self._in_category("", set().union(*by_code.values()))
        return Category(name, whole.groups, whole.segments, tuple(found))

    def _in_category(self, code: str, idents: set[str]) -> CategoryTheme:
        own = [each for each in self._project.segments if each.ident in idents]
        raised = {
            each.group
            for each in own
            if self._kinds[each.group] == "group" and not self._observes(each)
        }
        groups = tuple(each for each in self._kinds if each in raised)
        return CategoryTheme(code, groups, tuple(each.ident for each in own))
