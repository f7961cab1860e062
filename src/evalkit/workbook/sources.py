"""A study's round → its counts, from the responses or from a file of counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.codebook import SINGLE
from evalkit.counts import count, written
from evalkit.datalog import FILE as DATA_LOG
from evalkit.datalog import Declaration
from evalkit.errors import EvalkitError, Problem, fault, raise_if_any
from evalkit.intake import Export, Reading, Responses, place
from evalkit.intake.decided import Effect, decide, unmatched
from evalkit.intake.gather import export_for
from evalkit.intake.times import seconds_of
from evalkit.intake.written import Written
from evalkit.rounds import RoundItems
from evalkit.study import Study
from evalkit.units import UnitCounts
from evalkit.workbook.returns import of_respondents, returned
from evalkit.workbook.shown_as import shown_responses

WHY_NOT_CROSSED = (
    "Only tables were published, and the answers of single respondents were rebuilt from them: how "
    "two items go together is not known."
)


@dataclass(frozen=True)
class RoundData:
    """The counts of a round; `reading` tells how responses were read, None where counts came in.

    `units` has the counts of each unit, None where the round does not tell units apart. `effects`
    is what each line of the data log did, and `excluded` how many respondents it took out; counts
    came in without them; `excluded_in` tells it by unit. `seconds` is how long each respondent
    took, where it is known. `stated` is how many took part by study.yaml or by the frame.
    """

    round_name: str
    file: str
    counts: pd.DataFrame
    reading: Reading | None
    units: UnitCounts | None = None
    effects: tuple[Effect, ...] = ()
    excluded: int = 0
    seconds: NDArray[np.float64] | None = None
    stated: int | None = None
    excluded_in: Mapping[str, int] = field(default_factory=dict)

    @property
    def responded(self) -> int | None:
        """How many took part, those excluded too; None where counts came in and nobody says."""
        if self.reading is None:
            return self.stated
        return self.reading.responses.n + self.excluded


def written_in(study: Study, data: RoundData) -> Mapping[str, tuple[Written, ...]]:
    """What was written to each open item; nothing where there are no true respondents."""
    if data.reading is None or study.settings.mark == "reconstructed":
        return {}
    return data.reading.written


def kept_out(study: Study, data: RoundData) -> tuple[str, ...]:
    """The items whose counts are not kept, since their column holds personal data."""
    if data.reading is None or study.settings.publication.personal_data:
        return ()
    columns = {each.column for each in data.reading.personal}
    codebook = study.codebook_of(data.round_name)
    heads = {each.name for each in codebook.items.values() if each.column in columns}
    return tuple(each.name for each in codebook.counted if {each.name, each.part_of} & heads)


def kept(study: Study, data: RoundData, counts: pd.DataFrame) -> pd.DataFrame:
    """Counts as they may be kept beside a report, without those of `kept_out`."""
    out = kept_out(study, data)
    return written(counts[~counts["item"].isin(out)] if out else counts)


def read_round(study: Study, round_name: str) -> tuple[RoundData, tuple[Problem, ...]]:
    """Read a round: its counts, and every fault in its file.

    The file is read by what it asked; items that are earlier ones are then given as these.
    Raises `EvalkitError` when the file cannot be read at all.
    """
    settings = study.settings.rounds[round_name]
    if settings.counts:
        lines = [line for line in study.declared_of(round_name) if line.action == "exclude"]
        counts, units, problems = returned(study, round_name, len(lines))
        data = _counted_round(study, round_name, counts, units, lines)
        stated = ("study.yaml", None, f"rounds.{round_name}.responded")
        if settings.responded is None:
            stated = (settings.frame, None, "responded")
        return data, (*problems, *_uneven_exclusions(data, stated))
    items = study.items_of(round_name)
    file, codebook = settings.responses, items.delivered
    export = export_for(
        codebook,
        study.path(file),
        file,
        settings.encoding,
        settings.format,
        settings.sheet,
        settings.memory_limit,
    )
    lines = list(_as_delivered(study.declared_of(round_name), items))
    unit = items.delivered_name(study.settings.unit)
    decided = decide(export, codebook, lines, unit)
    reading = place(decided.export, codebook)
    seconds, untimed = seconds_of(reading.export, codebook)
    reading = _shown_reading(reading, items)
    counts = count(reading.responses, round_name)
    units, strange = of_respondents(study, round_name, reading.responses)
    data = RoundData(
        round_name,
        file,
        counts,
        reading,
        units,
        decided.effects,
        decided.excluded,
        seconds,
        excluded_in=_excluded_in(study, round_name, decided.gone),
    )
    return data, (*decided.problems, *reading.problems, *untimed, *strange)


def _excluded_in(study: Study, round_name: str, gone: Export | None) -> dict[str, int]:
    """Unit → how many of its respondents are excluded; they responded all the same."""
    items = study.items_of(round_name)
    unit = items.delivered_name(study.settings.unit)
    if gone is None or unit not in items.delivered.items:
        return {}
    own = {unit: replace(items.delivered.items[unit], asked_if=None)}
    reading = _shown_reading(place(gone, replace(items.delivered, items=own)), items)
    units, _ = of_respondents(study, round_name, reading.responses)
    return {} if units is None else dict(zip(units.units, units.respondents.tolist(), strict=True))


def _as_delivered(lines: Sequence[Declaration], items: RoundItems) -> Iterator[Declaration]:
    """The lines of the data log with each item's name as it is in the round's export."""
    for line in lines:
        yield replace(line, item=items.delivered_name(line.item))


def _shown_reading(reading: Reading, items: RoundItems) -> Reading:
    """What was read, by the names and on the answers that it is shown by."""
    if not items.links:
        return reading
    texts = {items.name(name): each for name, each in reading.written.items()}
    responses = shown_responses(reading.responses, items)
    return replace(reading, responses=responses, written=texts)


def _counted_round(
    study: Study,
    round_name: str,
    counts: pd.DataFrame,
    units: UnitCounts | None,
    lines: Sequence[Declaration],
) -> RoundData:
    """A round that came in as counts; `lines` are the exclusions made before they were counted.

    A line about a unit then stands for one that took part.
    """
    settings = study.settings.rounds[round_name]
    frame = study.frames.get(round_name)
    stated = settings.responded
    if stated is None and frame is not None:
        stated = frame.responded
    return RoundData(
        round_name,
        ", ".join(settings.files),
        counts,
        None,
        units,
        tuple(Effect(line, 1) for line in lines),
        len(lines),
        stated=stated,
    )


def _uneven_exclusions(data: RoundData, stated: tuple[str, None, str]) -> list[Problem]:
    """A fault if those who took part, without the excluded, are not those that were counted.

    `stated` is the file and column that says how many took part.
    """
    if data.stated is None or data.stated - data.excluded == _added(data):
        return []
    message = (
        f"{data.stated} took part and {data.excluded} are excluded in {DATA_LOG}; "
        f"the counts add to {_added(data)}."
    )
    fix = "Correct `responded`, or declare every exclusion."
    return [Problem(*stated, message, fix)]


def _added(data: RoundData) -> int:
    """How many respondents the counts add to."""
    return int(data.counts.groupby("item")["n"].sum().max()) if len(data.counts) else 0


def open_round(study: Study, round_name: str) -> RoundData:
    """The round, if its file is without fault; else `EvalkitError` with every fault."""
    data, problems = read_round(study, round_name)
    raise_if_any(problems)
    return data


def respondents_of(study: Study, data: RoundData) -> Responses | None:
    """The responses, where there are any and different answers of a respondent go together."""
    if data.reading is None or study.settings.mark == "reconstructed":
        return None
    return data.reading.responses


def crossed(study: Study, data: RoundData, by: Sequence[str]) -> pd.DataFrame:
    """The counts within each combination of the answers to the items `by`.

    Raises `EvalkitError` where there are no true respondents to cross.
    """
    items = [study.codebook_of(data.round_name).item(name) for name in by]
    if study.settings.mark == "reconstructed":
        raise fault(f"The study {study.name} is reconstructed. {WHY_NOT_CROSSED}")
    if data.reading is None:
        raise fault(
            f"The round {data.round_name} of {study.name} came in as counts.",
            "Crossing two items needs the respondents' answers.",
        )
    refused = [each.name for each in items if each.kind not in SINGLE | {"option"}]
    if refused:
        fix = "Name its parts or options one by one; numbers and words have none."
        raise fault(f"{', '.join(refused)} has no answers of its own to group by.", fix)
    return count(data.reading.responses, data.round_name, by=[each.name for each in items])


def _too_many(data: RoundData, name: str, invited: int | None) -> list[Problem]:
    """A fault if more answered than were invited."""
    responded = data.responded
    if responded is None:
        responded = _added(data) + data.excluded
    if invited is None or responded <= invited:
        return []
    message = f"{invited} were invited and {responded} answered."
    fix = "Correct `invited`, or look for rows in the file that are no respondents."
    return [Problem("study.yaml", None, f"rounds.{name}.invited", message, fix)]


def _beyond_population(study: Study, data: RoundData) -> Iterator[Problem]:
    """Answers that more gave than there are among all invited, where the population tells."""
    population = study.populations.get(data.round_name)
    if population is None:
        return
    valid = data.counts[data.counts["status"] == "valid"]
    for item, value, n in zip(valid["item"], valid["value"], valid["n"], strict=True):
        invited = population.invited.get(item)
        if invited is None or n <= invited.get(int(value), 0):
            continue
        message = f"{invited.get(int(value), 0)} were invited at {item} {value}, and {n} answered."
        fix = "Correct the population, or look at who gave that answer."
        row = population.rows.get((item, int(value)))
        yield Problem(population.file, row, "n", message, fix)


def check_rounds(study: Study) -> list[Problem]:
    """Every fault in the files of every round."""
    problems: list[Problem] = []
    effects: list[Effect] = []
    for name, settings in study.settings.rounds.items():
        if not all(study.path(file).is_file() for file in settings.files):
            continue  # said already of study.yaml
        try:
            data, found = read_round(study, name)
            problems += [*found, *_too_many(data, name, study.invited(name))]
            problems += _beyond_population(study, data)
            effects += data.effects
        except EvalkitError as error:
            problems += error.problems
    faulty = {each.row for each in problems if each.file == DATA_LOG}
    return problems + [each for each in unmatched(effects) if each.row not in faulty]
