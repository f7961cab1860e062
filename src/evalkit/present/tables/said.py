"""What was said: by theme and group, as a bank of segments, and what each code means."""

from __future__ import annotations

from evalkit.analysis.coder_agreement import CodeAgreement
from evalkit.codebook import Language
from evalkit.present import html
from evalkit.present.inference import estimate_text
from evalkit.present.numbers import whole
from evalkit.present.tables.data import NUMBER, Cell, as_csv
from evalkit.present.tables.themes import said_anchor
from evalkit.present.themes import View
from evalkit.present.words import word
from evalkit.release import opened
from evalkit.release.themes import ReleasedThemes, ShownSegment


def framework_table(released: ReleasedThemes, language: Language) -> str:
    """What each group said of each theme: a row for each that said anything."""
    view = View(released, language)
    columns = [
        (word("themes_theme_group", language), ""),
        (word("themes_what_was_said", language), ""),
    ]
    bodies = []
    for theme in view.themes.themes:
        rows = []
        for voice, cell in theme.cells.items():
            if not cell.segments and not cell.observed:
                continue
            items = [_item(view, each) for each in cell.segments]
            items += [_item(view, each, observed=True) for each in cell.observed]
            anchor = said_anchor(view, theme.code, voice)
            name = f'<span id="{anchor}">{html.escape(view.voice(voice))}</span>'
            rows.append(html.row([html.row_head(name), html.cell(f"<ul>{''.join(items)}</ul>")]))
        if rows:
            title = html.in_language(theme.label, language)
            head = html.row([html.row_head(title, "rowgroup", 2)], "part")
            bodies.append(head + "".join(rows))
    caption = word("themes_framework_caption", language, n=whole(len(bodies), language))
    return html.table(caption, html.head(columns), bodies, "sagt-tabell")


def _item(view: View, ident: str, *, observed: bool = False) -> str:
    told = f"{word('themes_observed_mark', view.language)} " if observed else ""
    text = segment_text(view.bank[ident], view.language)
    return f"<li>{told}{text} ({view.segment_links([ident])})</li>"


def segment_text(segment: ShownSegment, language: Language) -> str:
    """A summary labelled as one, a quotation in quotation marks, or that it is not shown; HTML."""
    label = word(f"themes_text_{segment.kind}", language)
    if segment.text is None:
        return html.escape(word("themes_text_withheld", language, label=label))
    text = segment.text
    if segment.kind == "quotation":
        text = word("quoted", language, text=text)
    shown = html.escape(text).replace("\n", "<br>")
    return f'<span class="kind">{html.escape(label)}:</span> {shown}'


def bank_table(released: ReleasedThemes, language: Language) -> str:
    """Every segment by identifier: what was said, by whom, and its codes."""
    view = View(released, language)
    segments = opened(released.bank) or ()
    with_page = any(each.page for each in segments)
    with_speaker = any(each.speaker for each in segments)
    keys = ["segment", "text", "who"]
    keys += ["page"] * with_page
    keys.append("codes")
    columns = [(word(f"themes_{key}", language), "") for key in keys]
    rows = []
    for each in segments:
        anchor = view.segment_anchor(each.ident)
        who = html.escape(view.voice(each.voice))
        if with_speaker and each.speaker:
            who += f" ({view.shown(each.speaker)})"
        cells = [
            html.row_head(f'<span id="{anchor}">{html.escape(each.ident)}</span>'),
            html.cell(segment_text(each, language)),
            html.cell(who),
        ]
        cells += [html.cell(html.escape(each.page))] * with_page
        codes = "; ".join(map(view.theme, each.codes)) or word("themes_no_code", language)
        rows.append(html.row([*cells, html.cell(html.escape(codes))]))
    caption = word("themes_bank_caption", language, n=whole(len(segments), language))
    heading = html.head(columns)
    return html.table(caption, heading, ["".join(rows)], "segment-tabell", wide=True)


def bank_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each segment; the text is empty where it may not be shown."""
    view = View(released, language)
    rows = [
        [
            each.ident,
            word(f"themes_text_{each.kind}", language),
            each.text or "",
            view.voice(each.voice),
            view.called(each.speaker) if each.speaker else "",
            each.page,
            "; ".join(map(view.theme, each.codes)),
        ]
        for each in opened(released.bank) or ()
    ]
    keys = ("segment", "kind", "text", "group", "speaker", "page", "codes")
    return as_csv(keys, rows, language)


def codes_table(released: ReleasedThemes, language: Language) -> str:
    """For each code: what it means, how many groups and segments, and how far coders agree."""
    view = View(released, language)
    found = opened(released.agreement)
    agreed = {each.code: each for each in found.codes} if found is not None else {}
    keys = ["code", "definition", "groups", "segments"]
    columns = [
        (word(f"themes_{key}", language), NUMBER if key in ("groups", "segments") else "")
        for key in keys
    ]
    columns += [(word("themes_agree_short", language), NUMBER)] * bool(agreed)
    rows = []
    for theme in view.themes.themes:
        label = html.in_language(theme.label, language)
        name = f'<span id="{view.theme_anchor(theme.code)}">{label}</span>'
        meaning = html.in_language(theme.definition, language)
        cells = [
            html.row_head(f"{'– ' * theme.depth}{name}"),
            html.cell(meaning or html.escape(word("themes_no_definition", language))),
            html.cell(whole(len(theme.groups), language), NUMBER),
            html.cell(whole(len(theme.segments), language), NUMBER),
        ]
        cells += [html.cell(_agreed(agreed.get(theme.code), language), NUMBER)] * bool(agreed)
        rows.append(html.row(cells))
    caption = word("themes_codes_caption", language, n=whole(len(rows), language))
    return html.table(caption, html.head(columns), ["".join(rows)], "koder-tabell", wide=True)


def _agreed(found: CodeAgreement | None, language: Language) -> str:
    if found is None or found.agreement.estimate is None:
        return word("themes_undefined", language)
    return estimate_text(found.agreement.estimate, language)


def codes_csv(released: ReleasedThemes, language: Language) -> str:
    """A row for each code."""
    view = View(released, language)
    rows: list[list[Cell]] = [
        [
            theme.code,
            theme.label.best(language).text,
            view.theme(theme.parent) if theme.parent else "",
            theme.definition.best(language).text,
            len(theme.groups),
            len(theme.segments),
            theme.texts,
        ]
        for theme in view.themes.themes
    ]
    keys = ("code", "label", "parent", "definition", "groups", "segments", "texts")
    return as_csv(keys, rows, language)
