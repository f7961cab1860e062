"""Released tables → charts, as SVG for the page. The one room that knows matplotlib."""

from evalkit.present.charts.bars import bar_chart
from evalkit.present.charts.beside import beside_chart, beside_grid_chart
from evalkit.present.charts.change import change_chart
from evalkit.present.charts.drawing import APART, BAR, INK, colours, ink_on
from evalkit.present.charts.funnel import funnel_chart
from evalkit.present.charts.groups import groups_chart
from evalkit.present.charts.histogram import histogram
from evalkit.present.charts.intervals import interval_chart
from evalkit.present.charts.ranking import ranking_chart
from evalkit.present.charts.saturation import saturation_chart
from evalkit.present.charts.stacked import grid_chart, overview_chart, overview_title
from evalkit.present.charts.strip import strip, strip_key
from evalkit.present.charts.upset import upset_chart

__all__ = [
    "APART",
    "BAR",
    "INK",
    "bar_chart",
    "beside_chart",
    "beside_grid_chart",
    "change_chart",
    "colours",
    "funnel_chart",
    "grid_chart",
    "groups_chart",
    "histogram",
    "ink_on",
    "interval_chart",
    "overview_chart",
    "overview_title",
    "ranking_chart",
    "saturation_chart",
    "strip",
    "strip_key",
    "upset_chart",
]
