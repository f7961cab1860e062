"""Goals in words: findings, figures with their margins, targets, statuses and how sure they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from evalkit.analysis.goals import Attained, Figure
from evalkit.codebook import Codebook, Language, Text
from evalkit.goals import Evidence, Measure, Target
from evalkit.present import html
from evalkit.present.inference import reason_text, signed
from evalkit.present.numbers import decimal, trimmed, whole
from evalkit.present.sentences import join, quoted
from evalkit.present.themes import View
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.goals import ShownGoal, ShownGoals, ShownIndicator, ShownStatus
from evalkit.rounding import half_up
from evalkit.statistics.outcome import Interval

_MOST_DIGITS = 3
_SIGNS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "=": "eq"}


@dataclass(frozen=True)
class Around:
    """What goals are shown among: rounds, items and themes, and whether these are linked.

    `codebook` is that of the page's round; None where the page is about no survey.
    """

    rounds: Mapping[str, Text] = field(default_factory=dict)
    codebooks: Mapping[str, Codebook] = field(default_factory=dict)
    codebook: Codebook | None = None
    linked: bool = False
    themes: View | None = None
    themes_linked: bool = False

    def round_label(self, name: str, language: Language) -> str:
        """A round as the reader knows it."""
        return self.rounds[name].best(language).text or name


def status_text(status: ShownStatus, language: Language) -> str:
    """A status in words: "Delvis uppnått"."""
    return word(f"status_{status}", language)


def goals_findings(released: Released[ShownGoals], language: Language) -> list[str]:
    """What the goals say together: how many were reached, could be measured, and who judged."""
    shown = opened(released)
    if shown is None:
        return []
    total = {"total": whole(shown.total.goals, language)}
    texts = [_counted(shown, language)]
    if shown.measurable < shown.total.goals:
        key = "goals_some_measurable" if shown.measurable else "goals_none_measurable"
        fields = {
            "n": whole(shown.measurable, language),
            "indicator": whole(shown.with_indicator, language),
            "baseline": whole(shown.with_baseline, language),
        }
        texts.append(word(key, language, **total, **fields))
    texts.append(_by_hand(shown, language))
    if shown.contradicting:
        key = "goals_contradicting" if shown.contradicting > 1 else "goals_contradicting_one"
        texts.append(word(key, language, n=whole(shown.contradicting, language)))
    if shown.total.by_status.get("withheld"):
        least = whole(released.rule.min_respondents, language)
        texts.append(word("goals_withheld_why", language, least=least))
    return texts


def _counted(shown: ShownGoals, language: Language) -> str:
    """3 av 9 mål bedöms uppnådda; 5 är inte mätta; 1 redovisas inte."""
    by_status, total = shown.total.by_status, shown.total.goals
    if total == 1:
        return f"{word(f'goals_{shown.statuses[0]}_only', language)}."
    parts = []
    for each in dict.fromkeys(("reached", *shown.statuses)):
        n = by_status.get(each, 0)
        ending = "_none" if not n else "_one" if n == 1 else ""
        fields = {"n": whole(n, language), "total": whole(total, language)}
        parts.append(word(f"goals_{each}{ending}", language, **fields))
    return f"{'; '.join(parts)}."


def _by_hand(shown: ShownGoals, language: Language) -> str:
    if shown.written == shown.total.goals:
        return word("goals_all_by_hand", language)
    if not shown.written:
        return word("goals_none_by_hand", language)
    fields = {"n": whole(shown.written, language), "total": whole(shown.total.goals, language)}
    return word("goals_by_hand", language, **fields)


def how_set(each: ShownIndicator, least: int, language: Language) -> str:
    """How an indicator's status was set: by hand and by whom, or worked out."""
    if each.status == "withheld":
        return word("status_withheld_why", language, least=whole(least, language))
    if not each.by_hand:
        sure = each.found.sure
        key = "" if sure is None else "_sure" if sure else "_unsure"
        return word(f"status_worked_out{key}", language)
    who = each.indicator.assessed_by.best(language).text
    if not who:
        return word("status_by_hand_nobody", language)
    return word("status_by_hand", language, who=who)


def goal_how_set(goal: ShownGoal, least: int, language: Language) -> str:
    """The same of a goal, by all of its indicators."""
    ways = list(dict.fromkeys(how_set(each, least, language) for each in goal.indicators))
    if len(goal.indicators) > 1:
        n = whole(len(goal.indicators), language)
        ways.insert(0, word("status_together", language, n=n))
    return ". ".join(ways)


def contradiction_text(each: ShownIndicator, language: Language) -> str:
    """That somebody wrote another status than follows from the figures; empty if nobody did."""
    if each.written is None:
        return ""
    return word(
        "status_contradiction",
        language,
        who=each.indicator.assessed_by.best(language).text or word("nothing", language),
        written=status_text(each.written, language),
        status=status_text(each.status, language),
    )


def measure_text(
    measure: Measure,
    target: Target,
    figure: Figure | None,
    hidden: bool,
    around: Around,
    least: int,
    language: Language,
) -> str:
    """A baseline or an outcome: a live figure with its margin, an amount, or the words written."""
    if hidden:
        return word("goal_figure_hidden", language, least=whole(least, language))
    if figure is None or figure.live is None:
        return measure.text.best(language).text
    round_ = around.round_label(figure.live.round_name, language)
    if figure.value is None:
        return word("goal_nobody", language, round=round_)
    text = _live_text(figure, round_, language)
    margin = _interval(figure.interval, target, language, figure.share is not None)
    return f"{text}; {word('goal_margin', language, interval=margin)}" if margin else text


def _live_text(figure: Figure, round_: str, language: Language) -> str:
    value = decimal(float(figure.value or 0), language, figure.digits)
    if figure.share is None:
        n = whole(figure.n or 0, language)
        return word("goal_mean_text", language, value=value, n=n, round=round_)
    return word(
        "goal_share_text",
        language,
        value=f"{value}{word('percent_sign', language)}",
        n=whole(figure.share.n, language),
        base=whole(figure.share.base, language),
        round=round_,
    )


def _interval(
    interval: Interval | None, target: Target, language: Language, share: bool, change: bool = False
) -> str:
    """The bounds of a margin, with decimals enough to tell on which side of the target they lie."""
    if interval is None or interval.low is None or interval.high is None:
        return ""
    times = 100 if share else 1
    bounds = (times * interval.low, times * interval.high)
    digits = _digits(bounds, _compared_with(target, change), 0 if share else 2)
    if change:
        low, high = (signed(each, language, digits) for each in bounds)
        return word("from_to", language, low=low, high=high)
    low, high = (decimal(each, language, digits) for each in bounds)
    if share:
        return f"{word('base_range', language, low=low, high=high)}{word('percent_sign', language)}"
    return word("from_to", language, low=low, high=high)


def _compared_with(target: Target, change: bool) -> list[Fraction]:
    """The figures beside which a margin is looked at."""
    if change:
        return [Fraction(0), target.by, -target.by]
    return [] if target.level is None else [target.level.number]


def _digits(bounds: tuple[float, float], others: list[Fraction], least: int) -> int:
    """As few decimals as keep bounds apart from what they are compared with."""
    for digits in range(least, _MOST_DIGITS):
        rounded = {half_up(each, digits) for each in bounds}
        if not rounded & {half_up(each, digits) for each in others}:
            return digits
    return _MOST_DIGITS


def counted_as(figure: Figure, around: Around, language: Language) -> str:
    """What a live figure is: "Andel som svarar ”Ofta” på frågan ”…”", as HTML with its table."""
    assert figure.item is not None and figure.live is not None  # noqa: S101, PT018 - it is live
    codebook = around.codebooks[figure.live.round_name]
    fields = {"item": codebook.title(figure.item).best(language).text}
    if figure.share is None:
        text = word("goal_mean_of", language, **fields)
    else:
        answers = join([quoted(each, language) for each in figure.labels], language, "or")
        key = "goal_option_of" if figure.item.kind == "multiple" else "goal_share_of"
        text = word(key, language, **fields, answers=answers)
    link = _table_link(figure.item.name, around, language)
    return f"{html.escape(text)} ({link})" if link else html.escape(text)


def evidence_text(each: Evidence, around: Around, language: Language) -> str:
    """Where something stands, as HTML: a link to a table of the report, or a text."""
    if each.kind == "table":
        return _table_link(each.name, around, language)
    if each.kind == "theme":
        return _theme_link(each.name, around, language)
    return html.escape(each.name)


def _theme_link(code: str, around: Around, language: Language) -> str:
    """A theme by its label: a link where the report tells of the codings."""
    view = around.themes
    known = view is not None and code in view.themes.theme
    label = view.theme(code) if view is not None and known else code
    text = html.escape(word("evidence_theme", language, name=label))
    if view is None or not known or not around.themes_linked:
        return text
    return f'<a href="#{view.theme_anchor(code)}">{text}</a>'


def _table_link(item: str, around: Around, language: Language) -> str:
    """The table of an item: a link where the page's report has it."""
    here = around.codebook
    homes = [here, *around.codebooks.values()] if here is not None else []
    home = next((each for each in homes if each is not None and item in each.items), None)
    if home is None:
        return ""
    number = home.number(home.items[item])
    if not number:
        return ""
    text = html.escape(word("evidence_table", language, number=number))
    if home is not here or not around.linked:
        return text
    return f'<a href="#{html.anchor("tabell", number)}">{text}</a>'


def target_text(target: Target, language: Language, share: bool) -> str:
    """What was to be reached: "Minst 60 %", "Ska öka"; else the words that were written."""
    if target.level is not None and target.sign is not None:
        return word(f"target_{_SIGNS[target.sign]}", language, level=target.level.text)
    if target.rising is None:
        return target.text.best(language).text
    way = "rising" if target.rising else "falling"
    if not target.by:
        return word(f"target_{way}", language)
    by = trimmed(float(target.by), language, 3)
    by = word("target_points", language, by=by) if share else by
    return word(f"target_{way}_by", language, by=by)


def change_text(found: Attained, language: Language) -> str:
    """How far the outcome lies from the baseline; empty where one of them is no figure."""
    if found.moved is None:
        return ""
    value = _signed(found.moved, found.moved_digits, found, language)
    share = found.outcome is not None and found.outcome.share is not None
    percents = share or _written_percent(found)
    text = word("goal_points", language, change=value) if percents else value
    margin = _interval(found.change, found.indicator.target, language, share, change=True)
    return f"{text}; {word('goal_margin', language, interval=margin)}" if margin else text


def _signed(value: Fraction, digits: int, found: Attained, language: Language) -> str:
    """A difference with its sign; of amounts with as many decimals as it needs."""
    if found.outcome is not None and found.outcome.live is not None:
        return signed(float(value), language, digits)
    text = trimmed(float(value), language, 3)
    amount = found.indicator.outcome.amount
    unit = "" if amount is None or amount.is_percent else f" {amount.unit}".rstrip()
    return f"{'+' if value > 0 else ''}{text}{unit}"


def _written_percent(found: Attained) -> bool:
    amount = found.indicator.outcome.amount
    return amount is not None and amount.is_percent


def sureness(each: ShownIndicator, language: Language) -> list[str]:
    """How sure a status that was worked out is; nothing of one that somebody set."""
    found = each.found
    if found.worked_out is None:
        return []
    figures = [figure for figure in (found.outcome, found.baseline) if figure is not None]
    if not any(figure.live is not None for figure in figures):
        return [word("sure_written", language)]
    texts = list(_sure_sentences(each, language))
    if each.spread_hidden:
        texts.append(word("sure_spread_hidden", language))
    reasons = [
        reason_text(interval.reason, language)
        for interval in (_interval_of(found), found.change)
        if interval is not None and interval.reason is not None
    ]
    return [*texts, *dict.fromkeys(reasons)] or [word("sure_written", language)]


def _interval_of(found: Attained) -> Interval | None:
    return None if found.outcome is None else found.outcome.interval


def _sure_sentences(each: ShownIndicator, language: Language) -> Iterator[str]:
    found = each.found
    share = found.outcome is not None and found.outcome.share is not None
    if found.target_sure is not None:
        of_change = not each.indicator.target.is_level
        interval = found.change if of_change else _interval_of(found)
        margin = _interval(interval, each.indicator.target, language, share, of_change)
        reached = each.status == "reached"
        sure = ("sure_level_missed", "sure_level_reached")[reached]
        unsure = ("unsure_level_missed", "unsure_level_reached")[reached]
        yield _with_margin(sure if found.target_sure else unsure, margin, language)
    if found.change_sure is not None:
        margin = _interval(found.change, found.indicator.target, language, share, change=True)
        key = "sure_change" if found.change_sure else "unsure_change"
        yield _with_margin(key, margin, language)


def _with_margin(key: str, margin: str, language: Language) -> str:
    """A sentence with the margin in brackets, or without where it is kept back."""
    text = word(key, language, interval=f"({margin})" if margin else "")
    return text.replace("  ", " ").replace(" .", ".").replace(" :", ":")


def lacks_text(each: ShownIndicator, language: Language) -> str:
    """Whether an indicator can be measured, or what it lacks."""
    if not each.missing:
        return word("goal_measurable_yes", language)
    what = join([word(f"lacks_{lack}", language) for lack in each.missing], language)
    return word("goal_measurable_no", language, what=what)
