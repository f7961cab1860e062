"""What may be shown of survey answers beside themes.

Answers come from `release` and `release.units`, themes and texts from `release.themes`: nothing is
shown here that these keep back. In the published edition
- names that have pseudonyms are replaced in the evaluator's texts too;
- where groups have pseudonyms, answers are not crossed with themes unit by unit: a unit's answers,
  which stand elsewhere under its name, would tell which pseudonym is which unit;
- how many respondents brought up a theme is not told where they are fewer than the rule allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evalkit.analysis.frequency import Frequency, Share
from evalkit.analysis.joint_display import Construct, JointDisplay, OpenTheme
from evalkit.analysis.themes import State, Theme, Themes
from evalkit.codebook import Codebook, Item, Text
from evalkit.codings.pseudonyms import Pseudonyms
from evalkit.release.tables import Released, ReleasedTables
from evalkit.release.themes import ReleasedThemes, ShownSegment
from evalkit.release.units import ReleasedUnit


@dataclass(frozen=True)
class ShownItem:
    """An item of a construct; `table` is None where the round did not ask it."""

    item: Item
    title: Text
    number: str
    table: Released[Frequency] | None


@dataclass(frozen=True)
class GroupTheme:
    """A theme of the codings: in how many of the groups that were asked, and in which.

    `segments` counts all that have it; of these, `elsewhere` were said of all groups, by somebody
    who is no group, or by one that nobody names. `observed` groups were spoken of by others only.
    """

    code: str
    label: Text
    raised: tuple[str, ...]
    asked: int
    not_asked: int
    not_coded: int
    observed: int
    segments: int
    elsewhere: int


@dataclass(frozen=True)
class NamedTheme:
    """A theme of open questions; `n` respondents is None where not reported, or `hidden`."""

    label: Text
    category: Text
    n: int | None
    hidden: bool = False


@dataclass(frozen=True)
class ShownConstruct:
    """A row of the joint display as it may be shown.

    `said` are the segments that the evaluator chose; `others` the identifiers of those that have
    any of the themes besides.
    """

    construct: Construct
    items: tuple[ShownItem, ...]
    themes: tuple[GroupTheme, ...]
    named: tuple[NamedTheme, ...]
    said: tuple[ShownSegment, ...]
    others: tuple[str, ...]


WhyNotCrossed = Literal["", "no_units", "no_codings", "disguised", "none_shared", "nothing"]
"""Why answers are not crossed with themes unit by unit; "" where they are."""


@dataclass(frozen=True)
class CrossedUnit:
    """A unit: its share of positive answers to each item, and the state of each theme.

    A share is None where it is kept back.
    """

    label: Text
    shares: tuple[Share | None, ...]
    states: tuple[State, ...]


@dataclass(frozen=True)
class Span:
    """The lowest and highest share that is shown, over the units with one state of a theme."""

    item: int
    theme: int
    state: State
    units: int
    low: float
    high: float


@dataclass(frozen=True)
class Crossed:
    """A construct by unit: units in the order of the first theme's states."""

    construct: Construct
    items: tuple[ShownItem, ...]
    themes: tuple[GroupTheme, ...]
    rows: tuple[CrossedUnit, ...]
    spans: tuple[Span, ...]

    @property
    def hidden(self) -> bool:
        """Whether any share is kept back."""
        return any(each is None for row in self.rows for each in row.shares)


@dataclass(frozen=True)
class CrossedUnits:
    """Every construct by unit, or why not; `apart` are units and groups without the other."""

    tables: tuple[Crossed, ...] = ()
    why: WhyNotCrossed = ""
    units: int = 0
    units_apart: int = 0
    groups_apart: int = 0


def release_joint_display(
    display: JointDisplay,
    codebook: Codebook,
    asked: Codebook,
    tables: ReleasedTables,
    themes: ReleasedThemes | None = None,
    pseudonyms: Mapping[str, str] | None = None,
) -> Released[tuple[ShownConstruct, ...]]:
    """The rows of a joint display as they may be shown.

    `codebook` is that of all rounds, `asked` that of the round of `tables`. `pseudonyms` are those
    of the codings' study; they hold in the published edition only.
    """
    names = Pseudonyms((pseudonyms or {}) if tables.rule.edition == "published" else {})
    shown = _Shown(display, codebook, asked, tables, themes, names)
    return Released(tuple(shown.row(each) for each in display.constructs), tables.rule)


@dataclass(frozen=True)
class _Shown:
    display: JointDisplay
    codebook: Codebook
    asked: Codebook
    tables: ReleasedTables
    released: ReleasedThemes | None
    names: Pseudonyms

    def row(self, construct: Construct) -> ShownConstruct:
        counted, named = self._themes, self.display.open_themes
        themes = [found for each in construct.themes if (found := self._code(each)) is not None]
        said = self._said(construct)
        idents = dict.fromkeys(ident for each in themes for ident in each.segments)
        chosen = {each.ident for each in said}
        return ShownConstruct(
            self._renamed(construct),
            tuple(item for name in construct.items for item in self._items(name)),
            () if counted is None else tuple(group_theme(each, counted) for each in themes),
            tuple(self._named(named[each]) for each in construct.themes if each in named),
            said,
            tuple(each for each in idents if each not in chosen),
        )

    @property
    def _themes(self) -> Themes | None:
        return None if self.released is None else self.released.themes.content

    def _code(self, name: str) -> Theme | None:
        themes = self._themes
        return None if themes is None else themes.theme.get(self.names.text(name))

    def _renamed(self, construct: Construct) -> Construct:
        def renamed(text: Text) -> Text:
            return Text(self.names.text(text.sv), self.names.text(text.en))

        return replace(
            construct,
            label=renamed(construct.label),
            meaning=renamed(construct.meaning),
            read_by=renamed(construct.read_by),
            segments=(),
        )

    def _items(self, name: str) -> Iterator[ShownItem]:
        """The item, or the parts of a grid; one that the round did not ask by its own name."""
        codebook = self.asked if name in self.asked.items else self.codebook
        item = codebook.item(name)
        for each in codebook.parts(item) if item.kind == "grid" else (item,):
            table = self.tables.items.get(each.name)
            title, number = codebook.title(each), codebook.number(each)
            yield ShownItem(each, title, number, table)

    def _named(self, theme: OpenTheme) -> NamedTheme:
        hidden = theme.n is not None and not self.tables.rule.allows(theme.n)
        return NamedTheme(theme.label, theme.category, None if hidden else theme.n, hidden)

    def _said(self, construct: Construct) -> tuple[ShownSegment, ...]:
        if self.released is None:
            return ()
        bank = {each.ident: each for each in self.released.bank.content or ()}
        return tuple(bank[self.released.ident_of(each)] for each in construct.segments)


def group_theme(theme: Theme, themes: Themes) -> GroupTheme:
    """How many of the groups raised a theme, of those that were asked and are coded."""
    states = [theme.cells[each.name].state for each in themes.groups]
    not_asked, not_coded = states.count("not_asked"), states.count("not_coded")
    own = {each.name for each in themes.groups}
    elsewhere = sum(
        len(cell.segments) for voice, cell in theme.cells.items() if voice not in own
    ) + sum(len(cell.observed) for cell in theme.cells.values())
    return GroupTheme(
        theme.code,
        theme.label,
        theme.groups,
        len(states) - not_asked - not_coded,
        not_asked,
        not_coded,
        states.count("observed"),
        len(theme.segments),
        elsewhere,
    )


def release_crossed(
    rows: Released[tuple[ShownConstruct, ...]],
    themes: ReleasedThemes | None,
    shared: Mapping[str, str],
    units: Mapping[str, ReleasedUnit],
    labels: Mapping[str, Text],
) -> Released[CrossedUnits]:
    """Answers by unit beside themes by group, where units and groups are the same.

    `shared` is unit → group; `units` has the tables of each of these as they may be shown, and
    `labels` what every unit is called.
    """
    why: WhyNotCrossed = ""
    content = None if themes is None else themes.themes.content
    if not labels:
        why = "no_units"
    elif themes is None or content is None:
        why = "no_codings"
    elif themes.disguised:
        why = "disguised"
    elif not shared:
        why = "none_shared"
    if why or content is None:
        return Released(CrossedUnits(why=why), rows.rule)
    tables = [
        found
        for each in rows.content or ()
        if (found := _crossed(each, content, shared, units, labels)) is not None
    ]
    apart = len([each for each in content.groups if each.name not in shared.values()])
    why = "" if tables else "nothing"
    counted = (len(shared), len(labels) - len(shared), apart)
    return Released(CrossedUnits(tuple(tables), why, *counted), rows.rule)


_ORDER: tuple[State, ...] = ("raised", "observed", "not_raised", "not_asked", "not_coded")


def _crossed(
    row: ShownConstruct,
    themes: Themes,
    shared: Mapping[str, str],
    units: Mapping[str, ReleasedUnit],
    labels: Mapping[str, Text],
) -> Crossed | None:
    """One construct by unit; None where it has no theme, or no item with a positive side."""
    items = tuple(each for each in row.items if _has_side(each) and _of_units(each, units))
    if not items or not row.themes:
        return None
    rows = [
        CrossedUnit(
            labels[unit],
            tuple(_share(units[unit], each) for each in items),
            tuple(themes.theme[each.code].cells[group].state for each in row.themes),
        )
        for unit, group in shared.items()
    ]
    rows.sort(key=lambda each: _ORDER.index(each.states[0]))
    spans = tuple(_spans(rows, len(items), len(row.themes)))
    return Crossed(row.construct, items, row.themes, tuple(rows), spans)


def _has_side(item: ShownItem) -> bool:
    table = None if item.table is None else item.table.content
    return table is not None and table.positive is not None


def _of_units(item: ShownItem, units: Mapping[str, ReleasedUnit]) -> bool:
    return all(item.item.name in each.items for each in units.values())


def _share(unit: ReleasedUnit, item: ShownItem) -> Share | None:
    if item.item.part_of in unit.reasons:  # the unit's report does not show the grid either
        return None
    table = unit.items[item.item.name].content
    share = None if table is None else table.unit.positive
    return share if share is not None and share.percent is not None else None


def _spans(rows: Sequence[CrossedUnit], items: int, themes: int) -> Iterator[Span]:
    for item in range(items):
        for theme in range(themes):
            for state in _ORDER:
                found = [
                    share.percent
                    for row in rows
                    if row.states[theme] == state
                    and (share := row.shares[item]) is not None
                    and share.percent is not None
                ]
                if found:
                    yield Span(item, theme, state, len(found), min(found), max(found))
