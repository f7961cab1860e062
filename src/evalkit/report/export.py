"""An executed notebook → one HTML page, through nbconvert and evalkit's own template."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from evalkit.report.engines import NotebookNode, without_iri_grammar

with without_iri_grammar():
    from nbconvert.exporters import HTMLExporter, TemplateExporter
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter


class PageExporter(HTMLExporter):  # type: ignore[misc]  # nbconvert is not typed
    """nbconvert's HTML exporter without its second pass over the finished page.

    That pass parses all of it again to put a stock sentence where an alternative text is missing;
    evalkit fails on a missing one instead (`evalkit.report.audit`).
    """

    default_preprocessors: ClassVar[list[str]] = []  # each would validate the notebook again

    def from_notebook_node(
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kw: Any,
    ) -> tuple[str, dict[str, Any]]:
        """The page and nbconvert's resources."""
        own = self._init_resources(resources)
        chooser = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=own
        )
        self.register_filter("filter_data_type", chooser)
        page, own = TemplateExporter.from_notebook_node(self, nb, own, **kw)
        return str(page), own


@cache
def _exporter(language: str) -> PageExporter:
    templates = Path(str(files("evalkit.report").joinpath("templates")))
    exporter = PageExporter(
        template_name="evalkit", extra_template_basedirs=[str(templates)], language_code=language
    )
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    return exporter


def export(notebook: NotebookNode, language: str, page: Mapping[str, Any]) -> str:
    """The page of `notebook`; `page` holds what the template calls `resources.evalkit`."""
    style = {"fonts": _fonts(), "style": _style()}
    resources = {"evalkit": {**style, **page}}
    return str(_exporter(language).from_notebook_node(notebook, resources)[0])


@cache
def _style() -> str:
    return files("evalkit.present").joinpath("page.css").read_text("utf-8")


@cache
def _fonts() -> str:
    """The page's font, in the page: the subset that the charts are drawn with."""
    faces = []
    for name, weight in (("Regular", 400), ("SemiBold", 600)):
        font = files("evalkit.present").joinpath("fonts", f"EvalkitInter-{name}.woff2")
        data = base64.b64encode(font.read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"Evalkit Inter";font-weight:{weight};'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return "".join(faces)
