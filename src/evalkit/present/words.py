"""Every fixed text that a report's reader sees, in Swedish and English."""

from __future__ import annotations

from evalkit.codebook import Language

WORDS: dict[str, tuple[str, str]] = {
    # key: (Swedish, English)
    "table": ("Tabell", "Table"),
    "chart": ("Diagram", "Chart"),
    "table_and_chart": ("Tabell och diagram", "Table and chart"),
    "table_inline": ("tabell", "table"),
    "value": ("Värde", "Value"),
    "answer": ("Svar", "Answer"),
    "count": ("Antal", "Count"),
    "percent": ("Procent", "Per cent"),
    "answered": ("Antal svar", "Number of answers"),
    "respondents": ("Antal respondenter", "Number of respondents"),
    "mean": ("Medel", "Mean"),
    "median": ("Median", "Median"),
    "median_between": ("mellan {low} och {high}", "between {low} and {high}"),
    "caption": (
        "{kind} {number}. {label} ({base_name} = {base})",
        "{kind} {number}. {label} ({base_name} = {base})",
    ),
    "caption_chart": (
        "Diagram {number}. Andel av dem som svarat, procent ({base_name} = {base})",
        "Chart {number}. Share of those who answered, per cent ({base_name} = {base})",
    ),
    "base_range": ("{low}–{high}", "{low}–{high}"),
    "item": ("Fråga", "Item"),
    "n_short": ("n = {n}", "n = {n}"),
    "withheld": (
        "{kind} {number} visas inte, eftersom färre än {least} har svarat.",
        "{kind} {number} is not shown, since fewer than {least} have answered.",
    ),
    "withheld_rows": (
        "Visas inte, eftersom färre än {least} har svarat: {labels}.",
        "Not shown, since fewer than {least} have answered: {labels}.",
    ),
    "withheld_rate": (
        "Svarsfrekvensen visas inte, eftersom färre än {least} har svarat.",
        "The response rate is not shown, since fewer than {least} have answered.",
    ),
    "withheld_inline": ("[visas inte]", "[not shown]"),
    "rounded_sum": (
        "Procenttalen summerar till {total} på grund av avrundning.",
        "The percentages add to {total} because of rounding.",
    ),
    "overlapping": (
        "Flera svar kunde anges. Procent av antalet respondenter; summan kan bli mer än 100.",
        "More than one answer could be given. Per cent of respondents; the sum may exceed 100.",
    ),
    "share": ("{n} av {base} ({percent})", "{n} of {base} ({percent})"),
    "and": ("och", "and"),
    "or": ("eller", "or"),
    "sentence_positive": (
        "{share} svarar ”{answers}”.",
        "{share} answered “{answers}”.",
    ),
    "sentence_mode": (
        "Vanligast är ”{answers}”: {share}.",
        "Most common is “{answers}”: {share}.",
    ),
    "sentence_modes": (
        "Vanligast är ”{answers}”: {share} vardera.",
        "Most common are “{answers}”: {share} each.",
    ),
    "sentence_apart": ("{share} svarar ”{answer}”.", "{share} answered “{answer}”."),
    "sentence_missing": (
        "{n} av {asked} har inte besvarat frågan.",
        "{n} of {asked} did not answer the question.",
    ),
    "sentence_nobody": ("Ingen har besvarat frågan.", "Nobody answered the question."),
    "quote_join": ("” {word} ”", "” {word} “"),
    "alt_bars": (
        "Liggande stapeldiagram över {label}, andel av {base} svar. {finding} Staplar i ordning: "
        "{bars}.",
        "Horizontal bar chart of {label}, share of {base} answers. {finding} Bars in order: {bars}.",
    ),
    "alt_stacked": (
        "Liggande staplat diagram till 100 procent: {label}. {finding} Varje rad med antal svar: "
        "{rows}.",
        "Horizontal bar chart stacked to 100 per cent: {label}. {finding} Each row with its number "
        "of answers: {rows}.",
    ),
    "finding_highest": (
        "Högst andel ”{answers}” har {label} med {percent}, lägst {lowest} med {lowest_percent}.",
        "The highest share of “{answers}” has {label} with {percent}, the lowest {lowest} with "
        "{lowest_percent}.",
    ),
    "finding_level": (
        "Andelen ”{answers}” är {percent} i alla rader.",
        "The share of “{answers}” is {percent} in every row.",
    ),
    "download": ("Hämta tabell {number} (CSV)", "Download table {number} (CSV)"),
    "csv_answer": ("svar", "answer"),
    "csv_value": ("värde", "value"),
    "csv_item": ("fråga", "item"),
    "csv_count": ("antal", "count"),
    "csv_percent": ("procent", "percent"),
    "csv_status": ("status", "status"),
    "csv_answered": ("antal svar", "number of answers"),
    "csv_mean": ("medel", "mean"),
    "key": ("Förklaring till diagrammet", "Key to the chart"),
    "overview_number": ("Ö{number}", "O{number}"),
    "overview": ("Översikt", "Overview"),
    "overview_lead": (
        "Frågor med samma svarsalternativ, jämförda sida vid sida. Varje fråga redovisas för sig "
        "längre fram.",
        "Questions with the same answers, side by side. Each question is shown on its own below.",
    ),
    "overview_title": (
        "Frågor besvarade från ”{first}” till ”{last}”",
        "Questions answered from “{first}” to “{last}”",
    ),
    "overview_caption": (
        "{kind} {number}. Andel av dem som svarat, procent (antal svar = {base})",
        "{kind} {number}. Share of those who answered, per cent (number of answers = {base})",
    ),
    "summary": ("Sammanfattning", "Summary"),
    "matrix": ("Vad utvärderingen skulle besvara", "What the evaluation was to answer"),
    "matrix_caption": (
        "Utvärderingens frågor och var de besvaras (antal frågor = {n})",
        "The evaluation's questions and where they are answered (number of questions = {n})",
    ),
    "matrix_question": ("Utvärderingsfråga", "Evaluation question"),
    "matrix_items": ("Enkätfrågor", "Survey items"),
    "matrix_tables": ("Tabell", "Table"),
    "matrix_conclusion": ("Slutsats", "Conclusion"),
    "method": ("Metod och svarsfrekvens", "Method and response rate"),
    "rate_caption": ("Svarsfrekvens (antal svarande = {n})", "Response rate (respondents = {n})"),
    "rate_row": ("Mätning", "Round"),
    "invited": ("Tillfrågade", "Invited"),
    "responded": ("Svarande", "Responded"),
    "rate": ("Svarsfrekvens", "Response rate"),
    "rate_sentence": (
        "Av {invited} tillfrågade har {responded} svarat, {percent}.",
        "Of {invited} invited, {responded} answered, {percent}.",
    ),
    "rate_unknown": (
        "{responded} har svarat. Hur många som tillfrågades är inte känt.",
        "{responded} answered. How many were invited is not known.",
    ),
    "contents": ("Innehåll", "Contents"),
    "conclusions": ("Analys och slutsatser", "Analysis and conclusions"),
    "conclusions_link": ("Analys och slutsatser, kapitel {n}", "Analysis, chapter {n}"),
    "appendices": ("Bilagor", "Appendices"),
    "nonresponse": ("Bortfall per fråga", "Item nonresponse"),
    "nonresponse_lead": (
        "Hur många av dem som fick varje fråga som inte besvarade den.",
        "How many of those who were asked each question gave no answer.",
    ),
    "nonresponse_caption": (
        "Bortfall per fråga (antal svarande = {n})",
        "Item nonresponse (respondents = {n})",
    ),
    "asked": ("Fick frågan", "Asked"),
    "missing": ("Inget svar", "No answer"),
    "missing_percent": ("Bortfall", "Nonresponse"),
    "came_in": ("Vad som kom in", "What came in"),
    "came_in_export": (
        "Filen {file} lästes som text ({encoding}, avgränsare: {separator}): {n} svarande och "
        "{columns} kolumner.",
        "The file {file} was read as text ({encoding}, separator: {separator}): {n} respondents and "
        "{columns} columns.",
    ),
    "came_in_counts": (
        "Filen {file} innehåller antal per svar. Enskilda svar ingår inte.",
        "The file {file} holds counts for each answer. It has no single responses.",
    ),
    "left_out": (
        "Kolumner som inte finns i kodboken har utelämnats: {columns}.",
        "Columns that the codebook does not name were left out: {columns}.",
    ),
    "left_out_none": (
        "Alla kolumner finns i kodboken; inget har utelämnats.",
        "The codebook names every column; nothing was left out.",
    ),
    "separator_semicolon": ("semikolon", "semicolon"),
    "separator_comma": ("komma", "comma"),
    "separator_tab": ("tabb", "tab"),
    "how_to_read": ("Så läser du en tabell", "How to read a table"),
    "reconciliation": ("Avstämning mot publicerade siffror", "Reconciliation with published figures"),
    "reconciled_lead": (
        "Varje tryckt siffra i {cells} tabellceller och för {items} frågor har jämförts med "
        "rapportens egen uträkning: {figures} siffror, {differences} avvikelser.",
        "Every printed figure in {cells} cells and for {items} items was compared with this "
        "report's own: {figures} figures, {differences} differences.",
    ),
    "difference_caption": ("Avvikelser (antal = {n})", "Differences (count = {n})"),
    "difference_place": ("Rad i filen", "Row in the file"),
    "difference_what": ("Uppgift", "Figure"),
    "difference_row": ("hela raden", "the whole row"),
    "printed": ("Publicerat", "Published"),
    "ours": ("Uträknat", "Worked out"),
    "errata": ("Kända fel i den publicerade rapporten", "Known errata in the published report"),
    "errata_caption": ("Kända fel (antal = {n})", "Known errata (count = {n})"),
    "errata_where": ("Var", "Where"),
    "errata_right": ("Rätt", "Right"),
    "errata_why": ("Varför", "Why"),
    "nothing": ("–", "–"),
    "how_made": ("Så är siffrorna gjorda", "How the figures are made"),
    "how_made_lead": (
        "Rapporten är gjord med evalkit av de notebooks som visas här. Svaren räknas en gång till "
        "antal, och varje tabell, diagram och mening bygger på samma antal.",
        "The report is made with evalkit from the notebooks shown here. Responses are counted once, "
        "and every table, chart and sentence rests on the same counts.",
    ),
    "code_of": ("Visa koden i {notebook}", "Show the code of {notebook}"),
    "provenance": ("Underlag och versioner", "Sources and versions"),
    "inputs": ("Visa indatafiler och kontrollsummor", "Show input files and checksums"),
    "inputs_caption": ("Indatafiler (antal = {n})", "Input files (count = {n})"),
    "input_file": ("Fil", "File"),
    "parameters": ("Parametrar", "Parameters"),
    "versions": ("Programversioner", "Software versions"),
    "versions_of": ("{name} {version}", "{name} {version}"),
    "skip": ("Hoppa till innehållet", "Skip to the content"),
    "internal_banner": (
        "Intern utgåva. Får inte publiceras: små grupper är inte skyddade.",
        "Internal edition. Not for publication: small groups are not protected.",
    ),
    "mark_reconstructed": (
        "Tabellerna är de publicerade. Enskilda svar är återskapade ur dem och säger inget om hur "
        "någon har svarat eller om samband mellan frågor.",
        "The tables are the published ones. The answers of single respondents are rebuilt from them "
        "and say nothing of how anyone answered, nor of relations between questions.",
    ),
    "mark_synthetic": (
        "Svaren är påhittade. Inga slutsatser om verkligheten kan dras av siffrorna.",
        "The answers are invented. Nothing about the real world can be concluded from the figures.",
    ),
    "failed_banner": (
        "Körningen misslyckades. Sidan är ofullständig och får inte användas.",
        "The run failed. The page is incomplete and must not be used.",
    ),
    "round": ("Mätning", "Round"),
    "edition_published": ("publicerad utgåva", "published edition"),
    "edition_internal": ("intern utgåva", "internal edition"),
}


def word(key: str, language: Language, **fields: object) -> str:
    """The text called `key`, with its fields filled in."""
    text = WORDS[key][0 if language == "sv" else 1]
    return text.format(**fields) if fields else text


HOW_TO_READ: dict[Language, tuple[str, ...]] = {
    "sv": (
        "Antal svar är de som kryssat i något av de tryckta svaren, även ”Vet ej”. Procenttalen "
        "räknas på antal svar.",
        "Inget svar är de som fick frågan men hoppade över den. De ingår inte i procenttalen.",
        "Medel är medelvärdet av svarens värden. Median är det mittersta svaret när alla svar "
        "ställs i ordning. I ingetdera ingår ”Vet ej” och ”Inget svar”.",
        "När flera svar kunde anges räknas procent av antalet respondenter. En person kan då finnas "
        "i flera rader, och summan kan bli mer än 100.",
        "Tal avrundas alltid uppåt när de ligger mitt emellan två: 12,5 % blir 13 % och 2,625 blir "
        "2,63. En kolumn kan därför summera till 101.",
        "Två punkter (..) betyder att en uppgift inte visas, av hänsyn till dem som svarat. Ett "
        "tomt fält betyder att uppgiften inte kan förekomma.",
    ),
    "en": (
        "Number of answers are those who ticked any of the printed answers, also “Don't know”. Per "
        "cents are of the number of answers.",
        "No answer are those who were asked but skipped the question. They are not in the per cents.",
        "Mean is the average of the answers' values. Median is the middle answer when all are put "
        "in order. Neither includes “Don't know” and “No answer”.",
        "Where more than one answer could be given, per cents are of respondents. A person may then "
        "stand in several rows, and the sum may exceed 100.",
        "Numbers halfway between two are always rounded up: 12.5% becomes 13% and 2.625 becomes "
        "2.63. A column may therefore add to 101.",
        "Two dots (..) mean that a figure is not shown, out of regard for those who answered. An "
        "empty cell means that there can be no such figure.",
    ),
}
