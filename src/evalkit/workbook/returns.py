"""A round's counts by unit: returns of counts, or respondents who say which unit is theirs.

The names of units are those of the frame. Without one they are those of the files of counts, or the
Swedish labels of the answers to the item that study.yaml names as `unit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.codebook import Answer, Item, Text, normal
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.frame import RESERVED, UNKNOWN, Frame
from evalkit.intake import Responses
from evalkit.rounds import RoundItems
from evalkit.study import Study
from evalkit.units import UnitCounts, count_units, read_return, rolled_up, side_by_side
from evalkit.workbook.shown_as import shown_counts

_TRUE_TO_FRAME = "Correct the frame, or the name."


def returned(
    study: Study, round_name: str, excluded: int
) -> tuple[pd.DataFrame, UnitCounts | None, tuple[Problem, ...]]:
    """The counts of a round that came in as counts: the whole, its units, and every fault.

    `excluded` is how many took part and are not counted.

    Raises `EvalkitError` when a file cannot be read at all.
    """
    settings = study.settings.rounds[round_name]
    counts, responded = settings.counts, settings.responded
    items = study.items_of(round_name)
    codebook = items.delivered
    if isinstance(counts, str):
        path = study.path(counts)
        included = None if responded is None else responded - excluded
        found, problems = read_return(path, counts, codebook, round_name, included)
        more = list(_against_frame(study, round_name, found.units, counts, found.rows))
        units = found.units if found.units is None else _shown_units(found.units, items)
        whole = shown_counts(found.whole, items) if units is None else units.whole
        return whole, units, (*problems, *more)
    frames: dict[str, pd.DataFrame] = {}
    gathered: list[Problem] = []
    unreadable: list[Problem] = []
    for unit, file in counts.items():
        try:
            part, problems = read_return(study.path(file), file, codebook, round_name)
        except EvalkitError as error:
            unreadable += error.problems
            continue
        gathered += problems
        frames[unit] = part.whole.assign(unit=unit)
    if unreadable:
        raise EvalkitError([*unreadable, *gathered])
    units = _shown_units(side_by_side(frames), items)
    gathered += _against_frame(study, round_name, units, "study.yaml", {})
    return units.whole, units, tuple(gathered)


def _shown_units(units: UnitCounts, items: RoundItems) -> UnitCounts:
    """The counts of units under the names and on the answers that they are shown by."""
    if not items.links:
        return units
    return side_by_side({each: shown_counts(units.of(each), items) for each in units.units})


def of_respondents(
    study: Study, round_name: str, responses: Responses
) -> tuple[UnitCounts | None, tuple[Problem, ...]]:
    """The counts of each unit by what respondents answered, and every fault; None without units."""
    division = unit_of_each(study, round_name, responses)
    if division is None:
        return None, ()
    units, group, problems = division
    found = count_units(responses, round_name, group, units)
    file = study.settings.rounds[round_name].responses
    return found, (*problems, *_against_frame(study, round_name, found, file, {}))


def unit_of_each(
    study: Study, round_name: str, responses: Responses
) -> tuple[list[str], NDArray[np.intp], list[Problem]] | None:
    """The units, the place among them of each respondent's, and every fault; None without units."""
    codebook, name = study.codebook_of(round_name), study.settings.unit
    if name not in responses.codes:
        return None
    item, frame = codebook.items[name], study.frames.get(round_name)
    answers = codebook.scale(item).valid
    names, problems = _names(item, answers, frame)
    unit_of: dict[float | None, str] = {
        answer.value: names[answer] for answer in answers if answer in names
    }
    units = list(dict.fromkeys(unit_of.values()))
    place = {each: at for at, each in enumerate([*units, UNKNOWN])}
    levels = responses.levels[name]
    places = [place[unit_of.get(each.value, UNKNOWN)] for each in levels]
    group = np.array(places, np.intp)[responses.codes[name]]
    problems += _not_in_frame(responses, name, answers, names, frame)
    if (group == place[UNKNOWN]).any():
        units.append(UNKNOWN)
    return units, group, problems


def _names(
    item: Item, answers: Iterable[Answer], frame: Frame | None
) -> tuple[dict[Answer, str], list[Problem]]:
    """Answer → the unit's name; and the units of the frame that are no answer."""
    if frame is None:
        return {each: each.label.sv or each.label.en for each in answers}, []
    known: dict[str, Answer] = {}
    for each in answers:
        for text in (each.label.sv, each.label.en, str(each.value)):
            known.setdefault(normal(text), each)
    found: dict[Answer, str] = {}
    problems: list[Problem] = []
    for unit in frame.units.values():
        answer = known.get(normal(unit.name))
        if answer is None:
            message = f'"{unit.name}" is no answer to {item.name}.'
            fix = nearest(unit.name, [each.label.sv for each in answers])
            problems.append(Problem(frame.file, unit.row, "unit", message, fix))
        elif answer in found:
            message = f'"{unit.name}" and "{found[answer]}" are the same answer to {item.name}.'
            fix = "Keep one row for each unit."
            problems.append(Problem(frame.file, unit.row, "unit", message, fix))
        else:
            found[answer] = unit.name
    return found, problems


def _not_in_frame(
    responses: Responses,
    name: str,
    answers: Iterable[Answer],
    names: Mapping[Answer, str],
    frame: Frame | None,
) -> Iterator[Problem]:
    """Answers that somebody gave and the frame does not have."""
    if frame is None:
        return
    given = np.bincount(responses.codes[name], minlength=len(responses.levels[name]))
    for at, level in enumerate(responses.levels[name]):
        for answer in answers:
            if answer.value == level.value and answer not in names and given[at]:
                message = f'{given[at]} responded in "{answer.label.sv}", which is not there.'
                fix = "Write a row for the unit, and how many were invited."
                yield Problem(frame.file, None, "unit", message, fix)


def _against_frame(
    study: Study, round_name: str, units: UnitCounts | None, file: str, rows: Mapping[str, int]
) -> Iterator[Problem]:
    """Units that the frame does not have, and more respondents than the frame has room for."""
    frame = study.frames.get(round_name)
    if frame is None or units is None:
        return
    for name, n in zip(units.units, units.respondents.tolist(), strict=True):
        unit = frame.units.get(name)
        if unit is None:
            if name not in RESERVED:
                message = f'The frame {frame.file} has no unit "{name}".'
                yield Problem(file, rows.get(name), "unit", message, nearest(name, frame.units))
        elif n > unit.invited:
            message = f"{unit.invited} were invited in {name} and {n} answered."
            yield Problem(frame.file, unit.row, "invited", message, _TRUE_TO_FRAME)
        elif unit.responded is not None and n > unit.responded:
            message = f"{unit.responded} responded in {name}, and its counts add to {n}."
            yield Problem(frame.file, unit.row, "responded", message, _TRUE_TO_FRAME)


def unit_labels(study: Study, round_name: str, units: UnitCounts | None) -> dict[str, Text]:
    """Unit → its label: the frame's, also without respondents; else the answer's, or its name."""
    frame = study.frames.get(round_name)
    if frame is not None:
        return {name: each.label for name, each in frame.units.items()}
    codebook, name = study.codebook_of(round_name), study.settings.unit
    answers = codebook.scale(codebook.items[name]).valid if name in codebook.items else ()
    labels = {each.label.sv: each.label for each in answers}
    names = () if units is None else units.units
    return {each: labels.get(each, Text(each)) for each in names if each != UNKNOWN}


def areas_of(study: Study, round_name: str, units: UnitCounts | None) -> UnitCounts:
    """The counts of each area that the units of a round add to, in Swedish order.

    Raises `EvalkitError` where the round has no units, or its frame no areas.
    """
    frame = study.frames.get(round_name)
    if units is None or frame is None or not frame.areas:
        fix = "Write `code` or `part_of` of each unit in the frame of the round."
        raise fault(f"The units of the round {round_name} of {study.name} are in no areas.", fix)
    found = rolled_up(units, {name: each.area for name, each in frame.units.items()})
    return found.in_order([*frame.areas, UNKNOWN])


def find_unit(
    study: Study, round_name: str, units: UnitCounts | None, wanted: str
) -> tuple[str, UnitCounts]:
    """The unit called `wanted`, by its name or label, and the counts of all units.

    Raises `EvalkitError` with the nearest name if there is none, or nobody has responded in it.
    """
    if units is None:
        fix = "Write `unit: ITEM` in study.yaml, or give the counts a column `unit`."
        raise fault(f"The round {round_name} of {study.name} has no units.", fix)
    labels = unit_labels(study, round_name, units)
    known = {
        normal(text): name
        for name, label in labels.items()
        for text in (label.en, label.sv, name)
        if text
    }
    name = known.get(normal(wanted))
    if name is None:
        message = f'There is no unit "{wanted}".' if wanted else "No unit is named."
        raise fault(message, nearest(wanted, labels))
    responded = dict(zip(units.units, units.respondents.tolist(), strict=True))
    if not responded.get(name):
        raise fault(f"Nobody has responded in {name}.", "Name a unit with respondents.")
    return name, units
