"""A study's round → its counts, from the responses or from a file of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from evalkit.counts import count, read_counts
from evalkit.errors import EvalkitError, Problem, fault, raise_if_any
from evalkit.intake import Reading, read_export
from evalkit.study import Study

WHY_NOT_CROSSED = (
    "Only tables were published, and the answers of single respondents were rebuilt from them: how "
    "two items go together is not known."
)


@dataclass(frozen=True)
class RoundData:
    """The counts of a round; `reading` tells how responses were read, None where counts came in."""

    round_name: str
    file: str
    counts: pd.DataFrame
    reading: Reading | None

    @property
    def responded(self) -> int | None:
        """How many took part; None where only counts came in."""
        return None if self.reading is None else self.reading.responses.n


def read_round(study: Study, round_name: str) -> tuple[RoundData, tuple[Problem, ...]]:
    """Read a round: its counts, and every fault in its file.

    Raises `EvalkitError` when the file cannot be read at all.
    """
    settings = study.settings.rounds[round_name]
    path = study.path(settings.file)
    if settings.counts:
        counts, problems = read_counts(path, settings.counts, study.codebook, round_name)
        return RoundData(round_name, settings.counts, counts, None), problems
    reading = read_export(
        path,
        settings.responses,
        study.codebook,
        settings.encoding,
        settings.format,
        settings.sheet,
        settings.memory_limit,
    )
    counts = count(reading.responses, round_name)
    return RoundData(round_name, settings.responses, counts, reading), reading.problems


def open_round(study: Study, round_name: str) -> RoundData:
    """The round, if its file is without fault; else `EvalkitError` with every fault."""
    data, problems = read_round(study, round_name)
    raise_if_any(problems)
    return data


def crossed(study: Study, data: RoundData, by: Sequence[str]) -> pd.DataFrame:
    """The counts within each combination of the answers to the items `by`.

    Raises `EvalkitError` where there are no true respondents to cross.
    """
    items = [study.codebook.item(name) for name in by]
    if study.settings.mark == "reconstructed":
        raise fault(f"The study {study.name} is reconstructed. {WHY_NOT_CROSSED}")
    if data.reading is None:
        raise fault(
            f"The round {data.round_name} of {study.name} came in as counts.",
            "Crossing two items needs the respondents' answers.",
        )
    refused = [each.name for each in items if each.kind in ("grid", "multiple", "id")]
    if refused:
        fix = "Name its parts or options one by one."
        raise fault(f"{', '.join(refused)} has no answers of its own to group by.", fix)
    return count(data.reading.responses, data.round_name, by=[each.name for each in items])


def _too_many(data: RoundData, name: str, invited: int | None) -> list[Problem]:
    """A fault if more answered than were invited."""
    responded = data.responded
    if responded is None:
        responded = int(data.counts.groupby("item")["n"].sum().max()) if len(data.counts) else 0
    if invited is None or responded <= invited:
        return []
    message = f"{invited} were invited and {responded} answered."
    fix = "Correct `invited`, or look for rows in the file that are no respondents."
    return [Problem("study.yaml", None, f"rounds.{name}.invited", message, fix)]


def check_rounds(study: Study) -> list[Problem]:
    """Every fault in the files of every round."""
    problems: list[Problem] = []
    for name, settings in study.settings.rounds.items():
        if not study.path(settings.file).is_file():
            continue  # said already of study.yaml
        try:
            data, found = read_round(study, name)
            problems += [*found, *_too_many(data, name, settings.invited)]
        except EvalkitError as error:
            problems += error.problems
    return problems
