"""Land cover as ecosystem classes by a table (Xinjiang paper, 2.1)."""

from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class EcosystemClasses(CarbonAlgorithm):
    """Land-cover codes grouped into ecosystems."""

    ID, GROUP = "ecosystemclasses", Group.PREPARE
    TAGS = ("ecosystem", "reclass", "reclassify", "land cover", "classes", "legend")
    REQUIRES = ("numpy", "scipy", "rasterio")

    LANDCOVER, CLASSES_TABLE, YEAR = declare.LANDCOVER, "CLASSES_TABLE", "YEAR"
    ECOSYSTEMS, TABLE, CODES = "ECOSYSTEMS", "TABLE", "CODES"

    def title(self):
        return self.tr("Ecosystem classes")

    def help_text(self):
        return self.tr(
            "Groups the codes of a land cover into ecosystems by a table, such as farmland, forest, grassland, water "
            "and wetland, settlement, desert and other. Any number of ecosystems. Their names are written to the "
            "raster, where later steps read them, and give it its legend. Codes that the table does not list stop the "
            "run, all of them with their cell counts. Source: Xinjiang paper, 2.1."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.LANDCOVER, tr("Land cover"), tr(
            "Raster of land-cover class codes (whole numbers), one band. The result has its grid.")))
        self.add(declare.table_file(self.CLASSES_TABLE, tr("Ecosystem of each code (table)"), tr(
            "Text table with the columns code (or lucode, value), or from and to for ranges of codes, and ecosystem "
            "(or name), and optionally id: the number in the result, 0 to 65534. Without ids the ecosystems are "
            "numbered from 1 in the order of the table. Comma, semicolon or tab; UTF-8 or GB 18030.")))
        self.add(declare.year(self.YEAR, tr("Year of the land cover")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.ECOSYSTEMS, tr("Ecosystem classes"), tr(
            "Number of the ecosystem in each cell, with the names as legend.")))
        self.add(declare.table_output(self.TABLE, tr("Area by ecosystem"), tr(
            "One row per ecosystem of the table: cells, area in km2 and share of the valid area.")))
        self.add(declare.table_output(self.CODES, tr("Land-cover codes"), tr(
            "One row per land-cover code that occurs: its ecosystem, cells and area in km2."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("ECOSYSTEMS_COUNT", tr("Ecosystems that occur"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("CELLS", tr("Valid cells"))

    def compute(self, p, progress, outputs):
        from ...core.class_tables import read_ecosystems
        from ...core.ecosystems import ecosystem_classes
        from ...core.raster.source import raster_info

        table = read_ecosystems(p.path(self.CLASSES_TABLE))
        year = p.integer(self.YEAR) or raster_info(p.path(self.LANDCOVER)).year()
        result = ecosystem_classes(
            p.path(self.LANDCOVER),
            table,
            outputs,
            p.destinations(self.ECOSYSTEMS),
            year=year,
            mask=p.polygons("MASK"),
            area_mode=p.choice("CELL_AREA"),
            progress=progress,
            settings=p.settings(),
        )
        rows = result.classes.as_dicts()
        legend = [(row["id"], row["ecosystem"], None) for row in rows]
        occurring = sum(row["cells"] > 0 for row in rows)
        published = Outputs(result.notes).raster(self.ECOSYSTEMS, styles.classes(legend))
        published.table(self.TABLE, result.classes).table(self.CODES, result.codes)
        published.number("ECOSYSTEMS_COUNT", occurring)
        published.number("AREA_KM2", result.area_km2).number("CELLS", result.valid_cells)
        published.say(self.tr("{} ecosystems on {:,.6g} km2 ({} cell areas)").format(
            occurring, result.area_km2, result.area_mode))
        published.fact("grid", result.grid).fact("cell_area_mode", result.area_mode)
        published.fact("classes", {str(row["id"]): row["ecosystem"] for row in rows})
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.ecosystems_report import ecosystem_classes_page

            published.page("REPORT", ecosystem_classes_page(result, table.source, year))
        return published
