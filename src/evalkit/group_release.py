"""What may be shown of groups beside the whole: the rule for units, for any groups.

For each item the groups are a partition of those who answered it, those whose group is not known
among them. A group with fewer than `min_respondents` answers is kept back, and as many others as it
takes (`unit_release`). Groups that overlap are each looked at beside all the others. Tests, effects
and letters are worked out from the groups that are shown, and from no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.group_tests import (
    GroupTest,
    Letters,
    group_tests,
    letters_of,
    with_family,
)
from evalkit.analysis.groups import Crosstab, Group, Grouped
from evalkit.codebook import Item, Text
from evalkit.release import Released, ReleasedTables, Rule
from evalkit.unit_release import Reason, why_kept_back


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
class ReleasedGroups:
    """Every item by one grouping as it may be shown.

    `reasons` has the items that are not, with why: "few" answered the item or each group.
    """

    rule: Rule
    by: str
    title: Text
    overlapping: bool
    crosstabs: Mapping[str, Released[ShownCrosstab]]
    summary: Released[tuple[GroupTest, ...]]

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


def release_groups(
    grouped: Grouped,
    tables: Mapping[str, Crosstab],
    released: ReleasedTables,
    kept: frozenset[str] = frozenset(),
    backgrounds: Collection[str] = (),
) -> ReleasedGroups:
    """Decide for each item and group whether it may be shown, and test what is shown.

    `kept` are groups that are kept back in every table (units whose response rate is). Of the items
    `backgrounds`, which make groups themselves, a table with anything to hide is not shown at all:
    it would tell across what the other keeps back.
    """
    rule = released.rule
    shown: dict[str, ShownCrosstab | None] = {}
    for name, table in tables.items():
        own = released.items.get(name)
        if own is None or own.content is None:
            shown[name] = None
            continue
        hidden = hidden_groups(table, grouped, rule, kept)
        if name in backgrounds and (hidden or _small_answers(table, rule)):
            shown[name] = None
            continue
        shown[name] = _shown(table, grouped, hidden)
    tests = with_family([test for each in shown.values() if each for test in each.tests])
    crosstabs = {
        name: Released(_with_tests(each, tests), rule, tables[name].item, tables[name].whole.number)
        for name, each in shown.items()
    }
    return ReleasedGroups(
        rule,
        grouped.by,
        grouped.title,
        grouped.overlapping,
        crosstabs,
        Released(tests, rule),
    )


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
    tests = group_tests(table, grouped, [each.key for each in compared])
    return ShownCrosstab(table.whole, columns, tests, letters_of(table, compared))


def _with_tests(table: ShownCrosstab | None, tests: tuple[GroupTest, ...]) -> ShownCrosstab | None:
    if table is None:
        return None
    own = tuple(each for each in tests if each.item.name == table.item.name)
    return ShownCrosstab(table.whole, table.columns, own, table.letters)
