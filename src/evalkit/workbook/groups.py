"""A round's respondents in groups: by a background item, or by unit."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evalkit.analysis.groups import ORDERED, Division, Group, Grouped, ticked_groups
from evalkit.codebook import LANGUAGES, SINGLE, Codebook, Item, Text
from evalkit.counts import count
from evalkit.errors import EvalkitError, fault, nearest
from evalkit.frame import UNKNOWN
from evalkit.intake import Responses
from evalkit.present.words import word
from evalkit.study import Study
from evalkit.units import UnitCounts, count_units
from evalkit.workbook.returns import unit_labels, unit_of_each
from evalkit.workbook.sources import WHY_NOT_CROSSED, RoundData, respondents_of

UNIT = "unit"
"""What stands for the units among the items by which answers are compared."""

WhyNot = Literal["", "reconstructed", "counts", "no_units", "not_asked"]
"""Why answers cannot be compared by something; "" where they can."""


def why_not_grouped(study: Study, data: RoundData, by: str) -> WhyNot:
    """Why the answers of a round cannot be compared by the item `by`, or by unit."""
    if study.settings.mark == "reconstructed":
        return "reconstructed"
    if is_unit(study, by):
        return "no_units" if data.units is None else ""
    if by not in study.codebook_of(data.round_name).items:
        return "not_asked"
    return "counts" if data.reading is None else ""


def backgrounds(study: Study) -> frozenset[str]:
    """The items that make groups."""
    settings = study.settings
    return frozenset({settings.unit, *(each.by for each in settings.groups)}) - {""}


def left_out_items(study: Study, codebook: Codebook) -> frozenset[str]:
    """The items that are not compared unless they are named: those that make separate groups."""
    items = codebook.items
    return frozenset(
        name for name in backgrounds(study) if name in items and items[name].kind in SINGLE
    )


def is_unit(study: Study, by: str) -> bool:
    """Whether respondents are grouped by unit: "unit", or the item that tells of it."""
    return by == UNIT or (by != "" and by == study.settings.unit)


def grouped_by(study: Study, data: RoundData, by: str) -> Grouped:
    """The respondents of a round in groups by the item `by`, or by unit.

    Raises `EvalkitError` where there are no true respondents to group, or `by` makes no groups.
    """
    why, name = why_not_grouped(study, data, by), data.round_name
    if why == "not_asked":
        study.codebook_of(name).item(by)  # says which item was meant
    if why:
        raise _refused(study, name, why)
    if is_unit(study, by):
        return _by_unit(study, data)
    item, responses = study.codebook_of(name).items[by], respondents_of(study, data)
    if responses is None:
        raise _refused(study, name, "counts")
    if item.kind == "multiple" and item.base != "units":
        return _by_options(study, name, item, responses)
    if item.kind not in SINGLE:
        known = [each.name for each in study.codebook_of(name).items.values()]
        usable = [each for each in known if study.codebook.items[each].kind in SINGLE]
        message = f"{by} is {item.kind} and makes no groups."
        raise fault(message, nearest("", [*usable, UNIT]))
    return _by_item(study.codebook_of(name), name, item, responses)


def _refused(study: Study, name: str, why: WhyNot) -> EvalkitError:
    if why == "reconstructed":
        return fault(f"The study {study.name} is reconstructed. {WHY_NOT_CROSSED}")
    if why == "no_units":
        fix = "Write `unit: ITEM` in study.yaml, or give the counts a column `unit`."
        return fault(f"The round {name} of {study.name} has no units.", fix)
    return fault(
        f"The round {name} of {study.name} came in as counts.",
        "Crossing two items needs the respondents' answers; counts can be compared by unit.",
    )


def _by_unit(study: Study, data: RoundData) -> Grouped:
    units = data.units
    if units is None:
        raise _refused(study, data.round_name, "no_units")
    labels = unit_labels(study, data.round_name, units)
    item = study.codebook_of(data.round_name).items.get(study.settings.unit)
    title = Text(*(word("unit", each) for each in LANGUAGES)) if item is None else item.label
    order = [name for name in labels if name in units.units]
    groups = [Group(name, labels[name]) for name in order]
    groups += [Group(name, Text(name)) for name in units.units if name not in {*order, UNKNOWN}]
    if UNKNOWN in units.units:
        groups.append(_unknown("unit_unknown"))
    responses = respondents_of(study, data)
    found = None if responses is None else unit_of_each(study, data.round_name, responses)
    divisions = () if found is None else (Division(tuple(found[0]), found[1]),)
    return Grouped(UNIT, title, tuple(groups), units, divisions=divisions)


def _unknown(key: str) -> Group:
    return Group(UNKNOWN, Text(*(word(key, each) for each in LANGUAGES)), known=False)


def _by_item(codebook: Codebook, name: str, item: Item, responses: Responses) -> Grouped:
    """A group for each opinion that anybody gave, and one of those who gave none."""
    levels, codes = responses.levels[item.name], responses.codes[item.name]
    given = np.bincount(codes, minlength=len(levels))
    number = {level: int(n) for level, n in zip(levels, given, strict=True)}
    groups = [
        Group(str(answer.value), answer.label, answer.value)
        for answer in codebook.scale(item).valid
        if any(n for level, n in number.items() if level == (answer.value, "valid"))
    ]
    if any(n for level, n in number.items() if level.status != "valid"):
        groups.append(_unknown("group_unknown"))
    place = {each.key: at for at, each in enumerate(groups)}
    of_level = [
        place.get(str(level.value) if level.status == "valid" else UNKNOWN, 0) for level in levels
    ]
    group = np.array(of_level, np.intp)[codes]
    counts = count_units(responses, name, group, list(place))
    title, ordered = codebook.title(item), item.kind in ORDERED
    divisions = (Division(tuple(place), group),)
    return Grouped(item.name, title, tuple(groups), counts, ordered, divisions=divisions)


def _by_options(study: Study, name: str, item: Item, responses: Responses) -> Grouped:
    """A group for each option that anybody ticked: they overlap."""
    options = study.codebook_of(name).parts(item)
    kept = [
        (option, ticks.astype(np.intp))
        for option, ticks in zip(options, ticked_groups(responses, options), strict=True)
        if ticks.any()
    ]
    groups = tuple(Group(option.name, option.label) for option, _ in kept)
    of_each = [count_units(responses, name, ticks, ("no", "yes")).n[1] for _, ticks in kept]
    whole = count(responses, name)
    n = np.array(of_each, np.int64).reshape(len(kept), len(whole))
    counts = UnitCounts(tuple(each.key for each in groups), whole, n)
    divisions = tuple(Division(("", option.name), ticks) for option, ticks in kept)
    return Grouped(item.name, item.label, groups, counts, overlapping=True, divisions=divisions)
