"""Estimates of a round with true figures: intervals, nonresponse, weights, indices, models."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.certainty import Certainty, certainty
from evalkit.analysis.indices import Index, index
from evalkit.analysis.models import Model, model
from evalkit.analysis.nonresponse import Nonresponse, nonresponse, nonresponse_of_units
from evalkit.analysis.tables import Tables
from evalkit.analysis.units import UnitRates
from evalkit.analysis.weighting import Weighted, weighted, weights_of
from evalkit.codebook import LANGUAGES, SINGLE, Text
from evalkit.compared import ORDERED
from evalkit.errors import fault, nearest
from evalkit.present.words import word
from evalkit.study import Study
from evalkit.workbook.respondents import open_respondents, why_not
from evalkit.workbook.sources import RoundData


def certainty_of(study: Study, data: RoundData, true: Tables) -> Certainty:
    """The intervals of every item of a round, with true figures.

    Items of which it is known how all who were invited answer are left out: the unit, where there
    is a frame, and those of the population.
    """
    name = data.round_name
    known = [study.settings.unit] if name in study.frames else []
    known += study.populations[name].invited if name in study.populations else ()
    called = study.settings.respondents.text
    return certainty(true, data.counts, study.population_size(name), known, called)


def nonresponse_of(
    study: Study, data: RoundData, true: Tables, rates: UnitRates | None
) -> tuple[Nonresponse, ...]:
    """Who answered by unit, and by every item that the population is known by; true figures."""
    codebook = study.codebook_of(data.round_name)
    item = codebook.items.get(study.settings.unit)
    title = Text(*(word("unit_title", each) for each in LANGUAGES)) if item is None else item.label
    by_unit = nonresponse_of_units(rates, title)
    population = study.populations.get(data.round_name)
    known = {} if population is None else population.invited
    found = nonresponse(codebook, true.items, known)
    return found if by_unit is None else (by_unit, *found)


def why_not_weighted(study: Study, data: RoundData) -> str:
    """Why a round cannot be weighted; "" where it can."""
    weighting = study.settings.weighting
    to = () if weighting is None else weighting.to
    reason = why_not(study, data, to)
    if reason:
        return reason
    population = study.populations.get(data.round_name)
    if population is None or not all(each in population.invited for each in to):
        return "population"
    return ""


def weighted_of(study: Study, data: RoundData, true: Tables) -> Weighted:
    """The round weighted as study.yaml says; `EvalkitError` where it cannot be."""
    weighting, name = study.settings.weighting, data.round_name
    if weighting is None:
        raise fault(f"{study.name} has no weights.", "Write `weighting: {to: [ITEM]}`.")
    responses = open_respondents(study, data, weighting.to, "A weight")
    if why_not_weighted(study, data):
        raise fault(
            f"The population of the round {name} is not known by {', '.join(weighting.to)}.",
            "Give the round `population: FILE`, how many of all invited there are at each answer.",
        )
    codebook, population = study.codebook_of(name), study.populations[name].invited
    weights = weights_of(codebook, responses, population, weighting.to, weighting.trim)
    invited, aside = study.population_size(name), (study.settings.unit,)
    return weighted(codebook, responses, true, weights, invited, aside)


def index_of(study: Study, data: RoundData, name: str) -> Index:
    """An index of study.yaml with true figures; `EvalkitError` where it cannot be had."""
    known = study.settings.indices
    if name not in known:
        raise fault(f'study.yaml has no index "{name}".', nearest(name, known))
    wanted = known[name]
    responses = open_respondents(study, data, wanted.items, "An index")
    codebook, population = (
        study.codebook_of(data.round_name),
        study.population_size(data.round_name),
    )
    return index(codebook, responses, name, wanted.label.text, wanted.items, population)


def model_of(study: Study, data: RoundData, item: str, on: Sequence[str]) -> Model:
    """A model with true figures; `EvalkitError` where it cannot be had."""
    codebook = study.codebook_of(data.round_name)
    if not on:
        raise fault(f"No background item of {item} is named.", "Name one or several.")
    if codebook.item(item).kind not in ORDERED:
        raise fault(f"The answers to {item} have no order.", "Name a likert or ordinal item.")
    for each in on:
        if codebook.item(each).kind not in SINGLE or each == item:
            raise fault(f"{each} cannot explain {item}.", "Name another item on a scale.")
    responses = open_respondents(study, data, (item, *on), "A model")
    return model(codebook, responses, item, on)
