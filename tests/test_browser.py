"""The finished pages in a browser: accessible, self-contained, readable on a phone and on paper."""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from evalkit.collation import swedish

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--no-first-run",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "report sv": ("sv", "published", "report.html"),
    "report en": ("en", "published", "report.html"),
    "intake": ("sv", "published", "01_intake.html"),
    "survey": ("sv", "published", "02_survey.html"),
    "internal": ("sv", "internal", "report.html"),
    "units": ("sv", "published", "report.html", "lanen-modell"),
    "unit sv": ("sv", "published", "report.html", "lanen-modell", "Län B"),
    "unit en": ("en", "internal", "report.html", "lanen-modell", "Län C"),
    "model": ("sv", "published", "report.html", "skaraborg-modell"),
    "unit of the model": ("en", "published", "report.html", "skaraborg-modell", "Kommun C"),
    "focus groups": ("sv", "published", "report.html", "samtidigt-2012"),
    "focus groups en": ("en", "internal", "report.html", "samtidigt-2012"),
}


def path_of(name: str, reports) -> Path:
    """The file of a page of PAGES."""
    language, edition, file, *of = PAGES[name]
    study, unit = (*of, *("bou-2012", "")[len(of) :])
    return reports.folder(study, language, edition, unit) / file


BASES = re.compile(r"\d\s(%\s)?(av|of)\s\d|Antal \w|Number of \w")
"""How the tables of rounds tell what their figures are of."""

every_page = pytest.mark.parametrize("name", PAGES)


def _chromium(bundled: str) -> str | None:
    found = [path for name in NAMES if (path := shutil.which(name))]
    return found[0] if found else bundled if Path(bundled).is_file() else None


def _do_without() -> None:
    why = f"there is no browser: none of {', '.join(NAMES)} is on the PATH"
    if os.environ.get("EVALKIT_BROWSER") == "required":
        pytest.fail(f"{why}, and EVALKIT_BROWSER is required")
    pytest.skip(f"{why}; install one, such as Debian's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = _chromium(playwright.chromium.executable_path)
        if path is None:
            _do_without()
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def open_page(browser, reports) -> Iterator[Open]:
    """Open a finished page by its name in PAGES; one tab a name and size, shared by tests."""
    opened: dict[tuple[object, ...], Page] = {}

    def open_(name: str, width: int = 1280, height: int = 900, scale: float = 1) -> Page:
        key = (name, width, height, scale)
        if key not in opened:
            context = browser.new_context(
                viewport={"width": width, "height": height}, device_scale_factor=scale
            )
            page = context.new_page()
            page.goto(path_of(name, reports).as_uri())
            opened[key] = page
        return opened[key]

    yield open_
    for page in opened.values():
        page.context.close()


@pytest.fixture
def fresh(browser) -> Iterator[Page]:
    """A tab of a test's own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, with everything that is folded away opened."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response
    assert len(found["passes"]) > 10
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@every_page
def test_axe_finds_nothing(name, open_page):
    assert violations(open_page(name)) == []


@pytest.mark.parametrize("name", ["intake", "unit sv"])
def test_axe_finds_nothing_on_a_phone(name, open_page):
    assert violations(open_page(name, 320, 640)) == []


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("edition", ["published", "internal"])
def test_numbers_words_and_filters_are_accessible_and_fit(width, edition, browser, reports):
    study = str(Path(__file__).parent / "all_kinds")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((reports.folder(study, "sv", edition) / "report.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    alternatives = page.eval_on_selector_all("svg", "all => all.map(e => e.ariaLabel)")
    assert (
        sum(each.startswith("Histogram: stående stapeldiagram över") for each in alternatives) == 2
    )
    page.close()


def test_axe_would_find_what_is_wrong(fresh, reports):
    page = reports.page(file="01_intake.html")
    broken = page.replace("--quiet: #55555f", "--quiet: #bbbbbb").replace('lang="sv"', "", 1)
    broken = broken.replace("</main>", '<svg role="img"><text>1</text></svg></main>')
    assert broken != page
    fresh.set_content(broken)
    found = {each.partition(":")[0] for each in violations(fresh)}
    assert {"html-has-lang", "svg-img-alt", "color-contrast"} <= found


@every_page
def test_nothing_is_fetched_and_no_script_is_run(name, fresh, reports):
    address = path_of(name, reports).as_uri()
    asked: list[str] = []
    said: list[str] = []
    fresh.on("request", lambda request: asked.append(request.url))
    fresh.on("console", lambda message: said.append(message.text))
    fresh.on("pageerror", lambda error: said.append(str(error)))
    fresh.goto(address, wait_until="load")
    fresh.evaluate("document.fonts.ready.then(() => 1)")
    assert [each for each in asked if not each.startswith("data:")] == [address]
    assert said == []
    assert fresh.locator("script").count() == 0
    handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert [each for each in fresh.evaluate(handlers) if each.startswith("on")] == []


@every_page
def test_language_title_and_headings(name, open_page):
    page = open_page(name)
    assert page.evaluate("document.documentElement.lang") == PAGES[name][0]
    assert page.title() == page.locator("h1").inner_text()
    levels = page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
    assert page.locator("main").count() == 1
    idents = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(idents) == len(set(idents)) > 5


@every_page
def test_every_table_has_a_caption_with_its_base_and_every_heading_a_scope(name, open_page):
    page = open_page(name)
    tables = page.eval_on_selector_all(
        "table",
        """all => all.map(t => [
            t.caption ? t.caption.textContent.trim() : '',
            t.closest('.changes, .facts')?.className || '',
            [...t.rows].map(r => r.textContent).join(' '),
        ])""",
    )
    assert tables
    for caption, where, text in tables:
        if where == "facts":  # about one goal, in words
            assert caption
        elif where:  # every round has a base of its own, which stands beside its figures
            assert caption
            assert BASES.search(text) or re.search("antal personer$", caption), caption
        else:
            assert re.search(r"=\s[0-9–\s]+\)$", caption), caption
    heads = page.eval_on_selector_all("th", "all => all.map(e => [e.scope, e.textContent.trim()])")
    assert heads
    for scope, text in heads:
        assert scope in ("col", "row", "colgroup", "rowgroup"), text
        assert text


@every_page
def test_every_chart_has_an_alternative_text_that_says_what_it_is(name, open_page):
    page = open_page(name)
    language = PAGES[name][0]
    alternatives = page.eval_on_selector_all(
        "svg,img",
        "all => all.map(e => e.getAttribute('aria-label') || e.getAttribute('alt') || '')",
    )
    assert bool(alternatives) == (name != "intake")
    kinds = {
        "sv": ("Liggande ", "Histogram: ", "Trattdiagram: ", "Linjediagram ", "Punktdiagram"),
        "en": ("Horizontal ", "Histogram: ", "Funnel plot: ", "Line chart ", "Dot chart"),
    }[language]
    for each in alternatives:
        assert each.startswith(kinds)
        assert "diagram" in each or "chart" in each
        assert re.search(r"\d", each)


SIDEWAYS = """() => [...document.querySelectorAll('main *, header *, footer *')]
    .filter(e => !e.closest('.scroll, svg, pre, .skip'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
    .map(e => e.outerHTML.slice(0, 120))"""


def assert_not_scrolled_sideways(page: Page, width: int) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SIDEWAYS) == []


@every_page
def test_nothing_has_to_be_scrolled_sideways(name, open_page):
    page = open_page(name)
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_not_scrolled_sideways(page, width)


def test_nothing_has_to_be_scrolled_sideways_at_400_per_cent(open_page):
    """320 by 256 at four times the size is a window of 1280 by 1024 at 400 % zoom."""
    assert_not_scrolled_sideways(open_page("report sv", 320, 256, 4), 320)


@pytest.mark.parametrize("name", ["report sv", "unit sv"])
def test_a_wide_table_is_scrolled_in_a_region_with_a_name(name, open_page):
    page = open_page(name, 320, 640)
    regions = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')].map(e => ({
            role: e.getAttribute('role'), tab: e.tabIndex, wide: e.scrollWidth > e.clientWidth,
            name: (document.getElementById(e.getAttribute('aria-labelledby')) || {}).textContent
        }))"""
    )
    assert any(each["wide"] for each in regions) or name != "report sv"
    for each in regions:
        assert (each["role"], each["tab"]) == ("region", 0)
        assert each["name"].strip()
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(e => !e.closest('.scroll'))
        .filter(e => e.scrollWidth > e.parentElement.clientWidth + 1).length"""
    )
    assert clipped == 0


def test_a_region_can_be_scrolled_with_the_keyboard(open_page):
    page = open_page("report sv", 320, 640)
    wide = page.evaluate_handle(
        "[...document.querySelectorAll('.scroll')].find(e => e.scrollWidth > e.clientWidth)"
    ).as_element()
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=wide, timeout=3000)


@pytest.mark.parametrize("name", ["report sv", "report en"])
def test_the_first_stop_of_the_keyboard_is_a_visible_link_past_the_header(name, open_page):
    page = open_page(name, 1280, 800)
    page.keyboard.press("Tab")
    skip = page.evaluate(
        """() => { const e = document.activeElement, box = e.getBoundingClientRect();
        return {kind: e.className, href: e.getAttribute('href'), left: box.left, top: box.top,
                right: box.right, bottom: box.bottom} }"""
    )
    assert (skip["kind"], skip["href"]) == ("skip", "#innehall")
    assert skip["left"] >= 0
    assert skip["top"] >= 0
    assert skip["right"] <= 1280
    assert skip["bottom"] <= 800
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#innehall"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_is_visible_on_everything_that_takes_it(open_page):
    page = open_page("report sv", 1280, 801)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    kinds: dict[str, int] = {}
    for _ in range(70):
        page.keyboard.press("Tab")
        kind, style, width, colour = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            return [e.tagName + '.' + e.className, s.outlineStyle, s.outlineWidth,
                    s.outlineColor] }"""
        )
        kinds[kind] = kinds.get(kind, 0) + 1
        assert style == "solid", kind
        assert float(width.removesuffix("px")) >= 2, kind
        assert colour != "rgb(255, 255, 255)", kind
    assert {"A.skip", "A.", "DIV.scroll"} <= set(kinds)
    for selector in ("summary", ".download a", ".scroll"):
        page.locator(selector).last.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = page.locator(selector).last.evaluate("e => getComputedStyle(e).outlineStyle")
        assert style == "solid", selector


@pytest.mark.parametrize("name", ["report sv", "report en"])
def test_links_in_running_text_are_underlined(name, open_page):
    lines = open_page(name).eval_on_selector_all(
        "main a", "all => all.map(e => getComputedStyle(e).textDecorationLine)"
    )
    assert set(lines) == {"underline"}


def test_the_page_and_its_charts_are_set_in_the_font_that_the_page_carries(open_page):
    page = open_page("report sv")
    page.evaluate("document.fonts.ready.then(() => 1)")
    faces = page.evaluate("[...document.fonts].map(f => [f.family, f.weight, f.status])")
    assert sorted(faces) == [
        ["Evalkit Inter", "400", "loaded"],
        ["Evalkit Inter", "600", "loaded"],
    ]
    assert page.evaluate("""document.fonts.check('16px "Evalkit Inter"', 'åäöÅÄÖ0123456789%–”')""")
    for selector in ("body", "h1", "td", "caption"):
        family = page.locator(selector).first.evaluate("e => getComputedStyle(e).fontFamily")
        assert family.startswith('"Evalkit Inter"'), selector
    text = page.locator("svg text").first
    assert "Evalkit Inter" in text.evaluate("e => getComputedStyle(e).fontFamily")
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    document = client.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("h1", "td.number", "svg text", ".finding"):
        node = client.send("DOM.querySelector", {"nodeId": document, "selector": selector})
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
        assert fonts, selector
        assert {each["isCustomFont"] for each in fonts} == {True}, (selector, fonts)


@pytest.mark.parametrize("name", ["report sv", "unit sv", "unit en"])
def test_the_text_of_a_chart_is_text_within_the_chart(name, open_page):
    """Drawn with the same font as it is shown in, no label is wider than its room."""
    outside = open_page(name).evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()])
                .filter(([, b]) => b.left < frame.left - 1 || b.right > frame.right + 1 ||
                                   b.top < frame.top - 2 || b.bottom > frame.bottom + 2)
                .map(([t]) => t.textContent) })"""
    )
    assert outside == []


@pytest.mark.parametrize(
    ("language", "separator", "item"),
    [("sv", ";", "q06a"), ("en", ",", "q06a"), ("sv", ";", "q03")],
)
def test_a_table_can_be_downloaded(language, separator, item, fresh, reports, published, tmp_path):
    fresh.goto((reports.folder("bou-2012", language) / "report.html").as_uri())
    number = next(each for each in published.items if each["item"] == item)["published_table"]
    link = fresh.locator(f"section.item:has(#tabell-{number}) .download a")
    with fresh.expect_download(timeout=10_000) as waiting:
        link.click()
    assert waiting.value.suggested_filename == f"tabell-{number}.csv"
    path = tmp_path / "table.csv"
    waiting.value.save_as(path)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=separator))
    cells = [each for each in published.cells if each["published_table"] == number]
    assert len(rows) == len(cells)
    word = {"sv": ("antal", "procent", "antal svar", "medel", "värde"),
            "en": ("count", "percent", "number of answers", "mean", "value")}[language]  # fmt: skip
    for row, cell in zip(rows, cells, strict=True):
        about = next(each for each in published.items if each["item"] == cell["item"])
        assert row[word[0]] == cell["n"]
        assert row[word[2]] == about["antal_svar_published"]
        assert row[word[4]] == cell["code"]
        assert row["status"] == cell["status"]
        percent = row[word[1]].replace(",", ".")
        if cell["percent_published"]:
            exact = 100 * int(cell["n"]) / int(about["antal_svar_published"])
            assert float(percent) == pytest.approx(exact, abs=5e-5)
            assert abs(float(percent) - int(cell["percent_published"])) <= 0.5
        else:
            assert percent == ""
        mean = float(row[word[3]].replace(",", "."))
        assert mean == pytest.approx(float(about["medel_published"].replace(",", ".")), abs=0.0051)
        decimals = [each for each in (row[word[1]], row[word[3]]) if re.search("[,.]", each)]
        assert all(("," if language == "sv" else ".") in each for each in decimals)


def test_a_link_of_the_matrix_leads_to_its_table(fresh, reports):
    fresh.goto((reports.folder() / "report.html").as_uri())
    fresh.locator("a[href='#tabell-17']").first.click()
    assert fresh.evaluate("location.hash") == "#tabell-17"
    fresh.wait_for_function(
        "() => { const b = document.getElementById('tabell-17').getBoundingClientRect();"
        " return b.top >= -1 && b.top < innerHeight }",
        timeout=3000,
    )


@pytest.mark.parametrize("name", ["report sv", "unit sv"])
def test_on_paper_no_table_is_cut_off_and_links_to_files_are_gone(name, fresh, reports):
    fresh.goto(path_of(name, reports).as_uri())
    pdf = fresh.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type */Page\b", pdf)) > 3
    fresh.emulate_media(media="print")
    fresh.set_viewport_size({"width": 673, "height": 986})  # A4 less the margins, at 96 dpi
    wide = fresh.evaluate(
        """() => [...document.querySelectorAll('table, svg')].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) })
        .map(e => (e.caption || e).textContent.slice(0, 80))"""
    )
    assert wide == []
    overflow = fresh.eval_on_selector_all(
        ".scroll", "all => all.map(e => getComputedStyle(e).overflowX)"
    )
    assert set(overflow) == {"visible"}
    assert fresh.locator(".download").first.is_hidden()
    assert fresh.locator(".skip").is_hidden()


def test_names_are_sorted_as_a_browser_sorts_them_in_swedish(fresh):
    """A second opinion: ICU's collation; which of two accents comes first is left open."""
    letters = "aàáäåæbcdðeéèfghijklmnñoóöøpqrstuüvwxyz -1290"
    rng = np.random.default_rng(1)
    names = {"".join(rng.choice(list(letters), rng.integers(1, 6))) for _ in range(3000)}
    names |= {each.title() for each in list(names)[:500]}
    wrong = fresh.evaluate(
        """all => { const sv = new Intl.Collator('sv', {sensitivity: 'base'});
        return all.slice(1).map((each, at) => [all[at], each])
            .filter(([before, after]) => sv.compare(before, after) > 0) }""",
        sorted(names, key=swedish),
    )
    assert wrong == []


def test_the_thick_bars_of_a_unit_and_the_thin_ones_of_the_whole_do_not_overlap(open_page):
    heights = open_page("unit sv").evaluate(
        """() => [...document.querySelectorAll('#diagram-1 svg path')]
        .map(e => e.getBBox()).filter(b => b.height > 4 && b.height < 20 && b.x > 0)
        .map(b => [b.y, b.y + b.height])"""
    )
    assert len(heights) >= 4
    for (_, bottom), (top, _) in itertools.pairwise(sorted(heights)):
        assert bottom <= top + 0.5


def test_without_a_browser_the_tests_are_skipped_and_where_one_is_required_they_fail(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _chromium(str(tmp_path / "chrome")) is None
    (tmp_path / "chrome").write_text("", "utf-8")
    assert _chromium(str(tmp_path / "chrome")) == str(tmp_path / "chrome")
    monkeypatch.delenv("EVALKIT_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="install one"):
        _do_without()
    monkeypatch.setenv("EVALKIT_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="is required"):
        _do_without()


# Kinds of questions that the BoU evaluation does not have

SETS = Path(__file__).parent / "fixtures" / "sets"
MORE = ("fyrbodal sv", "fyrbodal en", "sets sv", "sets en", "sets internal")


@pytest.fixture(scope="module")
def open_more(browser, reports, tmp_path_factory, evalkit_command) -> Iterator[Open]:
    """Open fyrbodal-2011, or a study with combinations and rankings."""
    out = tmp_path_factory.mktemp("sets")
    opened: dict[str, Page] = {}

    def open_(name: str) -> Page:
        if name not in opened:
            study, kind = name.split()
            language, edition = ("sv", kind) if kind == "internal" else (kind, "published")
            if study == "sets":
                more = ("--language", language, "--edition", edition, "--out", out / kind)
                done = evalkit_command("run", SETS, *more)
                assert done.status == 0, done.err
                folder = out / kind / "sets"
            else:
                folder = reports.folder("fyrbodal-2011", language, edition)
            opened[name] = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            opened[name].goto((folder / "report.html").as_uri())
        return opened[name]

    yield open_
    for page in opened.values():
        page.context.close()


@pytest.mark.parametrize("name", MORE)
def test_sets_and_rankings_are_accessible_at_every_width(name, open_more):
    page = open_more(name)
    assert violations(page) == []
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_not_scrolled_sideways(page, width)
    captions = page.eval_on_selector_all("caption", "all => all.map(e => e.textContent)")
    for caption in captions:
        assert re.search(r"=\s[0-9–\s]+\)$", caption), caption
    for each in page.eval_on_selector_all("svg", "all => all.map(e => e.ariaLabel)"):
        assert each.startswith(("Liggande ", "Horizontal "))
        assert re.search(r"\d", each)


def test_dots_and_bars_of_combinations_are_in_their_rows(open_more):
    page = open_more("sets internal")
    plot = page.locator("#diagram-1-kombinationer svg")
    texts = plot.locator("text").all_text_contents()
    assert texts[:5] == ["A", "B", "C", "D", "E"]
    rows = page.locator("#tabell-1-kombinationer-rubrik + .pair tbody tr")
    numbers = [each.split("\t")[1] for each in rows.all_inner_texts()]
    shown = [each for each in texts[5:] if each.isdigit()]
    assert numbers[:-1] == shown  # the last row of the table is the base
    assert len(shown) == 13
    box = plot.bounding_box()
    assert box is not None
    for text in plot.locator("text").all():
        inner = text.bounding_box()
        assert inner is not None
        assert box["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= box["x"] + box["width"]


# Goals and budget

GOALS = {
    "samagera sv": ("samagera-2016", "sv", "published"),
    "samagera en": ("samagera-2016", "en", "internal"),
    "live sv": (str(Path(__file__).parent / "malstudie"), "sv", "published"),
    "live en": (str(Path(__file__).parent / "malstudie"), "en", "internal"),
}


@pytest.mark.parametrize("name", GOALS)
@pytest.mark.parametrize("width", [320, 1280])
def test_goals_are_accessible_and_fit(name, width, browser, reports):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((reports.folder(*GOALS[name]) / "06_goals.html").as_uri())
    assert violations(page) == []
    assert_not_scrolled_sideways(page, width)
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(e => !e.closest('.scroll'))
        .filter(e => e.scrollWidth > e.parentElement.clientWidth + 1).length"""
    )
    assert clipped == 0
    captions = page.eval_on_selector_all("table", "all => all.map(t => t.caption.textContent)")
    assert len(captions) == len(set(captions)) > 5
    page.close()
