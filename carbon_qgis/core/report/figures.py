"""Every figure of the reports, in one place to import from."""

from .bars import class_bars, pool_shares, q_bars
from .curves import q_curves, stock_by_year, totals_by_year
from .heatmaps import INTERACTIONS, InteractionPanel, interaction_heatmaps, transition_heatmap
from .histograms import class_histogram_with_breaks, value_histogram
from .maps import class_map, panel_maps, raster_map

__all__ = [
    "INTERACTIONS",
    "InteractionPanel",
    "class_bars",
    "class_histogram_with_breaks",
    "class_map",
    "interaction_heatmaps",
    "panel_maps",
    "pool_shares",
    "q_bars",
    "q_curves",
    "raster_map",
    "stock_by_year",
    "totals_by_year",
    "transition_heatmap",
    "value_histogram",
]
