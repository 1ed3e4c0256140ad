"""Land-use intensity of a land cover (a driver of the Xinjiang paper)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

MAX_WINDOW = 1001


class LandUseIntensity(CarbonAlgorithm):
    """Mean grade of land use around each cell."""

    ID, GROUP = "landuseintensity", Group.PREPARE
    TAGS = ("lui", "land use", "intensity", "grade", "human activity", "driver", "window")
    REQUIRES = ("numpy", "scipy", "rasterio")

    LANDCOVER, GRADES, WINDOW, YEAR = declare.LANDCOVER, "GRADES", "WINDOW", "YEAR"
    LUI, TABLE = "LUI", "TABLE"

    def title(self):
        return self.tr("Land-use intensity")

    def help_text(self):
        return self.tr(
            "Land-use intensity (LUI) of each cell: 100 times the sum over classes of area share times grade, in a "
            "window of n x n cells. Usual grades are 1 for unused land, 2 for forest, grassland and water, 3 for "
            "cropland and 4 for built-up land, so LUI runs from 100 to 400. A window of 1 gives the grade of the cell "
            "times 100. Shares are those of the valid cells in the window. Source: driver LUI of the Xinjiang paper, "
            "which gives no formula; this is the comprehensive index of land-use degree."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.LANDCOVER, tr("Land cover"), tr(
            "Raster of land-cover class codes (whole numbers), one band. The result has its grid.")))
        self.add(declare.table_file(self.GRADES, tr("Grade of each code (table)"), tr(
            "Text table with the columns code (or lucode, value) and grade (or intensity), and optionally name. Usual "
            "grades: unused 1; forest, grassland, water 2; cropland 3; built-up 4; any number from 0 to 100 is "
            "accepted. Comma, semicolon or tab; UTF-8 or GB 18030.")))
        self.add(declare.integer(self.WINDOW, tr("Side of the window (cells)"), tr(
            "Odd number of cells, from 1 (the cell alone) to {}. 11 cells of 30 m are a window of 330 "
            "m.").format(MAX_WINDOW), 1))
        self.add(declare.year(self.YEAR, tr("Year of the land cover")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.LUI, tr("Land-use intensity"), tr("Land-use intensity, without unit.")))
        self.add(declare.table_output(self.TABLE, tr("Grades and areas by class"), tr(
            "One row per class that occurs: grade, cells and area in km2.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("MIN", tr("Smallest intensity"))
        self.add_number("MAX", tr("Largest intensity"))
        self.add_number("MEAN", tr("Mean intensity over cells"))
        self.add_number("CELLS", tr("Valid cells"))

    def check(self, p):
        window = p.integer(self.WINDOW)
        if not 1 <= window <= MAX_WINDOW or window % 2 == 0:
            raise InputError(
                "{} is {}; it must be an odd number from 1 to {}, so that the cell is in the middle.".format(
                    p.label(self.WINDOW), window, MAX_WINDOW
                )
            )

    def compute(self, p, progress, outputs):
        from ...core.class_tables import read_grades
        from ...core.land_use_intensity import land_use_intensity
        from ...core.raster.source import raster_info

        grades = read_grades(p.path(self.GRADES))
        year = p.integer(self.YEAR) or raster_info(p.path(self.LANDCOVER)).year()
        result = land_use_intensity(
            p.path(self.LANDCOVER),
            grades,
            outputs,
            {"INTENSITY": p.destination(self.LUI)},
            window=p.integer(self.WINDOW),
            year=year,
            mask=p.polygons("MASK"),
            area_mode=p.choice("CELL_AREA"),
            progress=progress,
            settings=p.settings(),
        )
        published = Outputs(result.notes)
        published.raster(self.LUI, styles.sequential(result.low, result.high, unit=""))
        published.table(self.TABLE, result.classes)
        published.number("MIN", result.low).number("MAX", result.high).number("MEAN", result.mean)
        published.number("CELLS", result.valid_cells)
        published.say(self.tr("Land-use intensity: {:,.6g} to {:,.6g}, mean {:,.6g}").format(
            result.low, result.high, result.mean))
        published.fact("grid", result.grid).fact("window", result.window).fact("cell_area_mode", result.area_mode)
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.land_use_intensity_report import land_use_intensity_page

            published.page("REPORT", land_use_intensity_page(result, grades.source, year))
        return published
