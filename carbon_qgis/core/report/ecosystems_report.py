"""Report page of ecosystem classes."""

from typing import Optional

from ..ecosystems import EcosystemClassesResult
from . import style
from .extent import map_options, sampling
from .figures import class_bars, class_map
from .overview_figures import nodata_note
from .page import Page


def ecosystem_classes_page(result: EcosystemClassesResult, table: str, year: Optional[int] = None) -> Page:
    """The page of one run of `ecosystem_classes`; `table` is the name of the reclass table."""
    rows = result.classes.as_dicts()
    present = [row for row in rows if row["cells"]]
    largest = max(present, key=lambda row: row["area_km2"])
    page = Page("Ecosystem classes", ", ".join(([str(year)] if year else []) + [result.grid.describe()]))
    page.lead(
        "{} ecosystem{} on {} km²; '{}' is the largest with {:.1f} % of the area.".format(
            len(present), "" if len(present) == 1 else "s", style.number(result.area_km2), largest["ecosystem"],
            largest["share_percent"],
        )
    )  # fmt: skip
    page.key_figure("Ecosystems", len(present))
    page.key_figure("Land-cover codes", len(result.codes.rows))
    page.key_figure("Area", result.area_km2, "km2")
    page.key_figure("Cells", result.valid_cells)
    page.notes(result.notes)
    nodata_note(page, result.nodata_share, result.area_mode)
    page.section("Ecosystems")
    colours = dict(zip((row["id"] for row in rows), style.named_class_colours([row["ecosystem"] for row in rows])))
    if "ECOSYSTEMS" in result.overviews:
        names = {row["id"]: row["ecosystem"] for row in rows}
        page.figure(
            class_map(result.overviews["ECOSYSTEMS"], names, colours=colours, **map_options(result.grid)),
            "Map of the ecosystems", sampling(result.grid)[1], slug="ecosystems",
        )  # fmt: skip
    figure = class_bars(
        [row["ecosystem"] for row in present], [row["area_km2"] for row in present], "km2", quantity="Area",
        colours=[colours[row["id"]] for row in present],
    )  # fmt: skip
    page.figure(figure, "Area by ecosystem", slug="area")
    page.table(result.classes)
    page.section("Land-cover codes")
    page.table(result.codes)
    page.method("Each land-cover code takes the ecosystem that the table ({}) gives it.".format(table))
    return page
