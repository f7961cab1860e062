"""Who raised which theme: the matrix, categories, the published synthesis, groups, and as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.synthesis import ComparedTheme
from evalkit.analysis.themes import Cell, Theme
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.numbers import decimal, whole
from evalkit.present.tables.data import NUMBER, as_csv
from evalkit.present.tables.data import Cell as CsvCell
from evalkit.present.themes import View, cell_text
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes


def matrix_table(released: ReleasedThemes, language: Language) -> str:
    """Themes by group: how many groups, segments and texts, and a cell for each group."""
    view = View(released, language)
    columns = [(word("themes_theme", language), "")]
    columns += [
        (word(f"themes_{key}", language), NUMBER) for key in ("groups", "segments", "texts")
    ]
    columns += [
        (html.escape(view.voice(each)), _voice_kind(each.kind)) for each in view.themes.voices
    ]
    body = "".join(_matrix_row(view, each) for each in view.themes.themes)
    caption = word(
        "themes_matrix_caption",
        language,
        groups=whole(view.number_of_groups, language),
        segments=whole(view.themes.coded, language),
        coder=html.escape(view.coder(view.themes.coder)),
    )
    table = html.table(caption, html.head(columns), [body], "teman-tabell", wide=True)
    return f'<div class="themes">{table}</div>'


def _voice_kind(kind: str) -> str:
    return "voice" if kind == "group" else "voice apart"


def _matrix_row(view: View, theme: Theme) -> str:
    language = view.language
    name = html.in_language(theme.label, language) or html.escape(theme.code)
    link = f'<a href="#{view.theme_anchor(theme.code)}">{name}</a>'
    cells = [html.row_head(f"{'– ' * theme.depth}{link}")]
    cells += [
        html.cell(whole(n, language), NUMBER)
        for n in (len(theme.groups), len(theme.segments), theme.texts)
    ]
    cells += [_matrix_cell(view, theme, name_) for name_ in theme.cells]
    return html.row(cells)


def _matrix_cell(view: View, theme: Theme, voice: str) -> str:
    cell, language = theme.cells[voice], view.language
    text = html.escape(cell_text(cell, language))
    if cell.state in ("raised", "observed"):
        label = word(f"themes_link_{cell.state}", language, theme=view.theme(theme.code))
        target = said_anchor(view, theme.code, voice)
        text = f'<a href="#{target}" aria-label="{html.escape(f"{text} {label}")}">{text}</a>'
    elif cell.state == "not_raised":
        said = html.escape(word("themes_state_not_raised", language))
        text = f'<span role="img" aria-label="{said}">{text}</span>'
    return html.cell(text, f"voice {_shade(cell)}")


_MANY = 3


def _shade(cell: Cell) -> str:
    if cell.state == "raised":
        return f"raised-{min(len(cell.segments), _MANY)}"
    return cell.state.replace("_", "-")


def said_anchor(view: View, code: str, voice: str) -> str:
    """The id of what a group said about a theme, made of numbers alone."""
    voices = [each.name for each in view.themes.voices]
    return f"{view.theme_anchor(code)}-grupp-{voices.index(voice) + 1}"


def matrix_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each theme and group: state, segments, and which they are."""
    view = View(released, language)
    keys = ("theme", "group", "state", "segments", "segment_names")
    rows: list[list[CsvCell]] = [
        [
            view.theme(theme.code),
            view.voice(voice),
            word(f"themes_state_{cell.state}", language),
            len(cell.segments) + len(cell.observed),
            " ".join((*cell.segments, *cell.observed)),
        ]
        for theme in view.themes.themes
        for voice, cell in theme.cells.items()
    ]
    return as_csv(keys, rows, language)


def category_table(released: ReleasedThemes, language: Language) -> str:
    """Categories, each with its themes: groups first, then segments."""
    view = View(released, language)
    columns = [(word("themes_category_theme", language), "")]
    columns += [(word(f"themes_{key}", language), NUMBER) for key in ("groups", "segments")]
    columns.append((word("themes_which", language), ""))
    bodies = []
    for category in view.themes.categories:
        counts = (len(category.groups), len(category.segments))
        head = [html.row_head(view.shown(category.name), "rowgroup")]
        head += [html.cell(whole(n, language), NUMBER) for n in counts]
        rows = [html.row([*head, html.cell("")], "part")]
        for theme in category.themes:
            counts = (len(theme.groups), len(theme.segments))
            cells = [html.row_head(html.escape(view.theme(theme.code)))]
            cells += [html.cell(whole(n, language), NUMBER) for n in counts]
            names = ", ".join(html.escape(view.voice(each)) for each in theme.groups)
            rows.append(html.row([*cells, html.cell(names or html.escape(_nobody(language)))]))
        bodies.append("".join(rows))
    caption = word("themes_category_caption", language, segments=whole(view.themes.coded, language))
    return html.table(caption, html.head(columns), bodies, "kategorier-tabell", wide=True)


def _nobody(language: Language) -> str:
    return word("themes_no_named_group", language)


def category_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each category and theme."""
    view = View(released, language)
    keys = ("category", "theme", "groups", "segments", "group_names", "segment_names")
    rows: list[list[CsvCell]] = [
        [
            view.called(category.name),
            view.theme(theme.code),
            len(theme.groups),
            len(theme.segments),
            ", ".join(map(view.voice, theme.groups)),
            " ".join(theme.segments),
        ]
        for category in view.themes.categories
        for theme in category.themes
    ]
    return as_csv(keys, rows, language)


def synthesis_table(released: ReleasedThemes, language: Language) -> str:
    """The published themes beside our coding; empty where none are published."""
    view = View(released, language)
    compared = opened(released.synthesis) or ()
    if not compared:
        return ""
    keys = ("published_theme", "codes", "found", "groups", "segments", "anyhow")
    columns = [
        (word(f"themes_{key}", language), NUMBER if key in ("groups", "segments") else "")
        for key in keys
    ]
    by_category: dict[str, list[str]] = {}
    for each in compared:
        by_category.setdefault(each.published.category, []).append(_synthesis_row(view, each))
    bodies = [
        html.row([html.row_head(view.shown(name), "rowgroup", len(columns))], "part")
        + "".join(rows)
        for name, rows in by_category.items()
    ]
    caption = word("themes_synthesis_caption", language, n=whole(len(compared), language))
    return html.table(caption, html.head(columns), bodies, "syntes-tabell", wide=True)


def _synthesis_row(view: View, each: ComparedTheme) -> str:
    language = view.language
    codes = "; ".join(map(view.theme, each.published.codes))
    anyhow = word(
        "themes_anyhow_cell",
        language,
        groups=whole(len(each.groups_anyhow), language),
        segments=whole(len(each.segments_anyhow), language),
    )
    return html.row(
        [
            html.row_head(html.in_language(each.published.theme, language)),
            html.cell(html.escape(codes)),
            html.cell(word(f"themes_found_{each.finding}", language)),
            html.cell(whole(len(each.groups), language), NUMBER),
            html.cell(whole(len(each.segments), language), NUMBER),
            html.cell(anyhow),
        ]
    )


def synthesis_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each published theme."""
    view = View(released, language)
    keys = ("category", "theme", "codes", "found", "groups", "segments")
    rows: list[list[CsvCell]] = [
        [
            view.called(each.published.category),
            each.published.theme.best(language).text,
            "; ".join(map(view.theme, each.published.codes)),
            word(f"themes_found_{each.finding}", language),
            len(each.groups),
            len(each.segments),
        ]
        for each in opened(released.synthesis) or ()
    ]
    return as_csv(keys, rows, language)


def cases_table(released: ReleasedThemes, language: Language) -> str:
    """Groups with what is known of each, and the themes that it raised."""
    view = View(released, language)
    cases = opened(released.cases) or ()
    if not cases:
        return ""
    names = list(dict.fromkeys(name for each in cases for name in each.attributes))
    columns = [(word("themes_group", language), "")]
    columns += [(view.shown(name), "") for name in names]
    columns.append((word("themes_raised_list", language), ""))
    rows = []
    for case in cases:
        raised = [each for each in view.themes.themes if case.name in each.groups]
        cells = [html.row_head(html.escape(view.voice(case.name)))]
        for name in names:
            value = case.attributes.get(name, "")
            shown = view.shown(value) if value else html.escape(word("themes_no_value", language))
            cells.append(html.cell(shown))
        items = "".join(
            f"<li>{html.escape(view.theme(each.code))}"
            f" ({whole(len(each.cells[case.name].segments), language)})</li>"
            for each in raised
        )
        none = html.escape(word("themes_none_raised", language))
        rows.append(html.row([*cells, html.cell(f"<ul>{items}</ul>" if items else none)]))
    caption = word("themes_cases_caption", language, n=whole(len(cases), language))
    return html.table(caption, html.head(columns), ["".join(rows)], "grupperna-tabell", wide=True)


def cases_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each group and attribute, and each theme that it raised."""
    view = View(released, language)
    rows: list[list[CsvCell]] = []
    for case in opened(released.cases) or ():
        rows += [
            [view.voice(case.name), view.called(name), view.called(value)]
            for name, value in case.attributes.items()
        ]
        rows += [
            [view.voice(case.name), view.theme(each.code), len(each.cells[case.name].segments)]
            for each in view.themes.themes
            if case.name in each.groups
        ]
    return as_csv(("group", "what", "value"), rows, language)


def pairs_of_codes_table(released: ReleasedThemes, language: Language) -> str:
    """Codes that stand on the same segments."""
    view = View(released, language)
    pairs = opened(released.pairs) or ()
    if not pairs:
        return ""
    keys = ("both", "either", "texts", "jaccard")
    columns = [(word("themes_codes_together", language), "")]
    columns += [(word(f"themes_{key}", language), NUMBER) for key in keys]
    body = "".join(
        html.row(
            [
                html.row_head(html.escape(" + ".join(map(view.theme, each.codes)))),
                *(
                    html.cell(whole(n, language), NUMBER)
                    for n in (each.both, each.either, each.texts)
                ),
                html.cell(decimal(each.jaccard, language), NUMBER),
            ]
        )
        for each in pairs
    )
    caption = word("themes_pairs_caption", language, n=whole(len(pairs), language))
    return html.table(caption, html.head(columns), [body], "koder-ihop-tabell", wide=True)


def pairs_of_codes_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each pair of codes."""
    view = View(released, language)
    rows: Sequence[Sequence[CsvCell]] = [
        [*map(view.theme, each.codes), each.both, each.either, each.texts, each.jaccard]
        for each in opened(released.pairs) or ()
    ]
    keys = ("code", "other_code", "both", "either", "texts", "jaccard")
    return as_csv(keys, rows, language)


def saturation_table(released: ReleasedThemes, language: Language) -> str:
    """Themes found after 1, 2, … groups: the data of the chart."""
    View(released, language)
    found = opened(released.saturation)
    if found is None:
        return ""
    keys = ("n_groups", "mean_themes", "band", "new_themes")
    columns = [
        (word(f"themes_{key}", language), NUMBER if at else "") for at, key in enumerate(keys)
    ]
    rows = [
        html.row(
            [
                html.row_head(whole(at, language)),
                html.cell(decimal(mean, language, 1), NUMBER),
                html.cell(f"{whole(low, language)}–{whole(high, language)}", NUMBER),
                html.cell(decimal(new, language, 1), NUMBER),
            ]
        )
        for at, (mean, low, high, new) in enumerate(
            zip(found.mean, found.low, found.high, found.new, strict=True), start=1
        )
    ]
    caption = word("themes_saturation_caption", language, groups=whole(found.groups, language))
    return html.table(caption, html.head(columns), ["".join(rows)], "mattnad-tabell")


def saturation_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each number of groups."""
    View(released, language)
    found = opened(released.saturation)
    if found is None:
        return ""
    rows = [
        [at, *each]
        for at, each in enumerate(
            zip(found.mean, found.low, found.high, found.new, strict=True), start=1
        )
    ]
    return as_csv(("groups", "mean_themes", "low", "high", "new_themes"), rows, language)
