"""What may be shown of groups beside the whole: the rule for units, for any groups.

For each item the groups are a partition of those who answered it, those whose group is not known
among them. A group with fewer than `min_respondents` answers is kept back, and as many others as it
takes (`release.units`). Groups that overlap are each looked at beside all the others. Tests,
effects and letters are worked out from the groups that are shown, and from no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.group_tests import (
    GroupTest,
    Letters,
    group_tests,
    letters_of,
    with_family,
)
from evalkit.analysis.groups import Crosstab, Division, Group, Grouped, about_each
from evalkit.codebook import Item, Text
from evalkit.intake import Responses
from evalkit.release.tables import Released, ReleasedTables, Rule
from evalkit.release.units import Reason, why_kept_back
from evalkit.release.units import hidden_groups as hidden_similar


@dataclass(frozen=True)
class ShownGroup:
    """A group's table of an item as it may be shown; `table` is None where it is kept back.

    `letter` names it among those whose shares are compared.
    """

    group: Group
    table: Frequency | None
    letter: str = ""


@dataclass(frozen=True)
class ShownCrosstab:
    """An item by groups as it may be shown, with its tests."""

    whole: Frequency
    columns: tuple[ShownGroup, ...]
    tests: tuple[GroupTest, ...] = ()
    letters: Letters = field(default_factory=dict)

    @property
    def item(self) -> Item:
        """The item."""
        return self.whole.item

    @property
    def shown(self) -> tuple[ShownGroup, ...]:
        """The groups that are shown."""
        return tuple(each for each in self.columns if each.table is not None)

    @property
    def hidden(self) -> bool:
        """Whether any group is kept back."""
        return len(self.shown) < len(self.columns)

    @property
    def notable(self) -> bool:
        """Whether any test taken singly finds more than chance usually gives."""
        return any(each.notable for each in self.tests)


@dataclass(frozen=True)
class ShownGroups:
    """Every item by one grouping as it may be shown.

    The content of those that are not is None.
    """

    by: str
    title: Text
    overlapping: bool
    crosstabs: Mapping[str, Released[ShownCrosstab]]
    tests: tuple[GroupTest, ...]

    @property
    def tables(self) -> tuple[ShownCrosstab, ...]:
        """The items that are shown, in the order of the questionnaire."""
        return tuple(each.content for each in self.crosstabs.values() if each.content is not None)

    @property
    def withheld(self) -> tuple[Item, ...]:
        """The items that are not shown."""
        return tuple(
            each.item
            for each in self.crosstabs.values()
            if each.content is None and each.item is not None
        )


@dataclass(frozen=True)
class Asked:
    """One grouping before anything is decided: its tables by item, and groups always kept back.

    `kept` are units whose response rate is kept back. `told` is False for a grouping of which no
    table is asked for here, but other reports show it (units). `similar` is the group of
    similar units that a unit is in: its table stands in the units' reports.
    """

    grouped: Grouped
    tables: Mapping[str, Crosstab]
    kept: frozenset[str] = frozenset()
    told: bool = True
    similar: Mapping[str, str] = field(default_factory=dict)


def release_groupings(
    asked: Sequence[Asked],
    released: ReleasedTables,
    responses: Responses | None,
    backgrounds: Collection[str] = (),
) -> dict[str, Released[ShownGroups]]:
    """Decide for each grouping, item and group whether it may be shown; by the grouping's name.

    Groupings are looked at together, in their order: where two tables of an item would tell of
    fewer than `min_respondents` by the one being taken from the other (13 to 15 years from 13 to
    17), or several by sums of all of them, the last is not shown.

    Of the items `backgrounds`, which make groups themselves, a table with anything to hide is not
    shown at all: it would tell across what the other keeps back.
    """
    seen: dict[str, list[NDArray[np.intp]]] = {}
    found = {}
    for each in asked:
        telling = _telling(each, released.rule, responses, seen)
        if each.told:
            found[each.grouped.by] = release_groups(
                each.grouped, each.tables, released, each.kept, backgrounds, telling
            )
    return found


def release_groups(
    grouped: Grouped,
    tables: Mapping[str, Crosstab],
    released: ReleasedTables,
    kept: frozenset[str] = frozenset(),
    backgrounds: Collection[str] = (),
    telling: Collection[str] = (),
) -> Released[ShownGroups]:
    """Decide for each item and group whether it may be shown, and test what is shown.

    `telling` are items whose tables would tell too much beside another grouping's.
    """
    rule = released.rule
    shown: dict[str, ShownCrosstab | None] = {}
    for name, table in tables.items():
        own = released.items.get(name)
        hidden = hidden_groups(table, grouped, rule, kept)
        across = name in backgrounds and (bool(hidden) or _small_answers(table, rule))
        withheld = own is None or own.content is None or name in telling or across
        shown[name] = None if withheld else _shown(table, grouped, hidden)
    tests = with_family([test for each in shown.values() if each for test in each.tests])
    crosstabs = {
        name: Released(_with_tests(each, tests), rule, tables[name].item, tables[name].whole.number)
        for name, each in shown.items()
    }
    shown_groups = ShownGroups(grouped.by, grouped.title, grouped.overlapping, crosstabs, tests)
    return Released(shown_groups, rule)


def kept_back_by(
    asked: Sequence[Asked],
    rule: Rule,
    responses: Responses | None,
    backgrounds: Collection[str] = (),
) -> dict[str, frozenset[str]]:
    """By grouping, the items of which its table would be kept back, wholly or in part.

    A grouping may be asked for several times, with different items.
    """
    seen: dict[str, list[NDArray[np.intp]]] = {}
    found: dict[str, frozenset[str]] = {}
    if rule.edition == "internal":
        return found
    for each in asked:
        kept = _telling(each, rule, responses, seen)
        kept |= {
            name
            for name, table in each.tables.items()
            if hidden_groups(table, each.grouped, rule, each.kept)
            or (name in backgrounds and _small_answers(table, rule))
        }
        found[each.grouped.by] = found.get(each.grouped.by, frozenset()) | kept
    return found


def _telling(
    asked: Asked,
    rule: Rule,
    responses: Responses | None,
    seen: dict[str, list[NDArray[np.intp]]],
) -> frozenset[str]:
    """The items whose table would tell of too few beside those that are `seen` before it.

    Those of the others are added to what is seen.
    """
    if responses is None or rule.edition == "internal":
        return frozenset()
    telling = set()
    for name, table in asked.tables.items():
        hidden = hidden_groups(table, asked.grouped, rule, asked.kept)
        about = about_each(responses, table.item)
        before = seen.setdefault(name, [])
        mine: list[NDArray[np.intp]] = []
        apart = _apart(table, asked, rule)
        for division in asked.grouped.divisions:
            part = _as_seen(division, hidden, apart)[about]
            earlier = (*before, *mine)
            if any(_tells(part, each, rule.min_respondents) for each in earlier) or (
                len(earlier) > 1 and adds_up_to_few([*earlier, part], rule.min_respondents)
            ):
                telling.add(name)
            mine.append(part)
        before += [] if name in telling else mine
    return frozenset(telling)


def _apart(table: Crosstab, asked: Asked, rule: Rule) -> Mapping[str, str]:
    """Unit → its group of similar units, where that is shown: what is hidden is left of it."""
    gone = hidden_similar(table.about, asked.similar, rule, asked.kept) if asked.similar else ()
    return {unit: group for unit, group in asked.similar.items() if group not in gone}


def _as_seen(
    division: Division, hidden: Collection[str], apart: Mapping[str, str]
) -> NDArray[np.intp]:
    """The parts as a reader can tell them apart: what is hidden is one part with all others.

    Those that are hidden in one of the groups `apart` are a part of their own.
    """
    groups = {group: at for at, group in enumerate(dict.fromkeys(["", *apart.values()]))}
    last = len(division.keys)
    place = [
        last + groups[apart.get(key, "")] if key in hidden or not key else at
        for at, key in enumerate(division.keys)
    ]
    return np.array(place, np.intp)[division.part]


TOLERANCE = 1e-9

MOST_UNIONS = 10
"""Of so many parts every union is looked at; of more, single parts and all but one."""


MOST_CELLS = 1500
"""Of so many combinations of all groupings it is looked at whether sums tell them."""


def adds_up_to_few(divisions: Sequence[NDArray[np.intp]], least: int) -> bool:
    """Whether the tables of all divisions together tell of one or two cells below `least`.

    A cell is a combination of parts, one of each division, with respondents. Sums and differences
    of the parts' tables are linear: what they can tell is the row space of parts × cells, and a set
    of cells is told where its indicator lies in that space.
    """
    cells, n = np.unique(np.column_stack(divisions), axis=0, return_counts=True)
    small = np.flatnonzero(n < least)
    if not len(small) or len(cells) > MOST_CELLS:
        return False
    parts = np.vstack(
        [(column == each).astype(float) for column in cells.T for each in np.unique(column)]
    )
    _, sizes, space = np.linalg.svd(parts, full_matrices=False)
    space = space[sizes > 1e-9 * sizes[0]]
    beside = np.eye(len(cells))[small] - space[:, small].T @ space
    pairs = n[small][:, None] + n[small] < least
    np.fill_diagonal(pairs, val=False)
    together = beside @ beside.T
    length = np.diag(together)
    # a + b lies in the space where what is beside it is nought: |a|² + |b|² + 2ab = 0.
    both = length[:, None] + length + 2 * together < TOLERANCE
    return bool((length < TOLERANCE).any() or (both & pairs).any())


def _tells(one: NDArray[np.intp], other: NDArray[np.intp], least: int) -> bool:
    """Whether some parts of one division less some of the other leave 1 to `least` − 1."""
    cells = _crossed(one, other)
    if cells.size == 0 or int(cells[cells > 0].min()) >= least:
        return False
    return _leaves_few(cells, least) or _leaves_few(cells.T, least)


def _crossed(one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.intp]:
    rows, columns = (int(each.max(initial=-1)) + 1 for each in (one, other))
    flat = np.bincount(one * columns + other, minlength=rows * columns)
    cells: NDArray[np.intp] = flat.reshape(rows, columns)
    some: NDArray[np.intp] = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    return some


def _leaves_few(cells: NDArray[np.intp], least: int) -> bool:
    """Unions of columns, less the rows that lie within them."""
    columns = cells.shape[1]
    if columns <= MOST_UNIONS:
        bits = np.arange(1, 2**columns - 1)[:, None] >> np.arange(columns)
        unions = (bits & 1).astype(np.int64)
    else:
        unions = np.vstack([np.eye(columns, dtype=np.int64), 1 - np.eye(columns, dtype=np.int64)])
    inside = unions @ cells.T
    size = cells.sum(axis=1)
    left = (inside * (inside < size)).sum(axis=1)
    return bool(((left > 0) & (left < least)).any())


def hidden_groups(
    table: Crosstab, grouped: Grouped, rule: Rule, kept: frozenset[str] = frozenset()
) -> Mapping[str, Reason]:
    """The groups of an item's table that are kept back, with why."""
    about = table.about
    if grouped.overlapping:
        whole = table.whole.about
        pairs = {key: {key: n, "": whole - n} for key, n in about.items()}
        found = {key: why_kept_back(each, key, rule) for key, each in pairs.items()}
    else:
        found = {key: why_kept_back(about, key, rule, kept) for key in about}
    return {key: reason for key, reason in found.items() if reason is not None}


def _small_answers(table: Crosstab, rule: Rule) -> bool:
    """Whether the item's own answers, taken as groups, would have any to hide."""
    if table.whole.overlapping:
        all_ = table.whole.about
        sides = [n for row in table.whole.opinions for n in (row.n, all_ - row.n)]
        return any(n and not rule.allows(n) for n in sides)
    given = {row.key: row.n for row in table.whole.rows if row.n}
    return any(why_kept_back(given, key, rule) is not None for key in given)


def _shown(table: Crosstab, grouped: Grouped, hidden: Collection[str]) -> ShownCrosstab | None:
    seen = [each for each in grouped.groups if each.key not in hidden]
    compared = [] if grouped.overlapping else [each for each in seen if each.known]
    if not any(each.known for each in seen):
        return None
    letters = {each.key: chr(ord("A") + at) for at, each in enumerate(compared[:26])}
    lettered = letters if 2 <= len(compared) <= len(letters) else {}
    columns = tuple(
        ShownGroup(
            each,
            None if each.key in hidden else table.groups[each.key],
            lettered.get(each.key, ""),
        )
        for each in grouped.groups
    )
    # One group left beside hidden ones is not "the only one with answers": nothing is said of it.
    alone = bool(hidden) and len(compared) < 2
    tests = () if alone else group_tests(table, grouped, [each.key for each in compared])
    return ShownCrosstab(table.whole, columns, tests, letters_of(table, compared))


def _with_tests(table: ShownCrosstab | None, tests: tuple[GroupTest, ...]) -> ShownCrosstab | None:
    if table is None:
        return None
    own = tuple(each for each in tests if each.item.name == table.item.name)
    return ShownCrosstab(table.whole, table.columns, own, table.letters)
