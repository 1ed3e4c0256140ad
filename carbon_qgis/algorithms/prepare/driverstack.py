"""Driver rasters on one grid, in one raster whose bands carry the drivers' names."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs
from . import _driver_names as naming


class DriverStack(CarbonAlgorithm):
    """Driver rasters, aligned, named and stacked."""

    ID, GROUP = "driverstack", Group.PREPARE
    INTERMEDIATE = True
    TAGS = ("drivers", "stack", "align", "resample", "bands", "vrt", "factors", "predictors")

    DRIVERS, NAMES, CATEGORICAL, REFERENCE = "DRIVERS", "NAMES", "CATEGORICAL", "REFERENCE"
    CLIP, YEAR, SCENARIO, VIRTUAL = "CLIP", "YEAR", "SCENARIO", "VIRTUAL"
    STACK, TABLE = declare.STACK, "TABLE"

    def title(self):
        return self.tr("Driver stack")

    def help_text(self):
        return self.tr(
            "Brings driver rasters (climate, terrain, vegetation, land use) onto one grid and writes them as one "
            "raster whose band descriptions are the names of the drivers. Later steps find drivers by name, so the "
            "order of bands does not matter. Quantities are averaged where cells become larger and interpolated "
            "(bilinear) where they become smaller; class codes take the commonest or the nearest class. Each driver "
            "keeps its own nodata cells, and its unit and whether it is categorical are written to its band. Source: "
            "data preparation of both papers (Xinjiang 2.1, Jiangsu 2.2)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.rasters(self.DRIVERS, tr("Driver rasters"), tr(
            "One or more rasters; of a raster with several bands, each band is a driver. A driver is called by its "
            "layer without years and scenarios (NDVI_2010 is NDVI), a band by its description, else by layer and band "
            "number.")))
        self.add(declare.matrix(self.NAMES, tr("Names, units and kinds of the drivers"), tr(
            "Optional, one row per driver that is to be changed. 'layer' is the layer or file name (of a raster with "
            "several bands: the name the band would have); 'name' the new name; 'unit' such as mm, degC, m or 1 "
            "(temperature is recognised by the unit degC); 'categorical' yes for class codes, no for a quantity. Empty "
            "cells leave things as they are. On the command line: "
            "--NAMES=\"PRE_2010,PRE,mm,no,LULC,landuse,,yes\"."), naming.HEADERS, optional=True))
        self.add(declare.text(self.CATEGORICAL, tr("Categorical drivers"), tr(
            "Names of the drivers that hold class codes, separated by commas (land cover, soil type). Rasters that are "
            "marked as categorical, such as ecosystem classes, need not be named."), optional=True))
        self.add(declare.raster(self.REFERENCE, tr("Reference raster"), tr(
            "Raster whose grid (CRS, cell size, extent) the stack takes. If left empty: the first driver. Its values "
            "are not used."), optional=True))
        self.add(declare.mask())
        self.add(declare.boolean(self.CLIP, tr("Clip to the study area"), tr(
            "The stack then covers the rectangle around the study area only, in whole cells of the reference grid: "
            "smaller files, and no value is changed or moved. Without the tick it has the extent of the reference "
            "raster, so that it lies cell by cell on other rasters of that grid. Not used without a study area.")))
        self.add(declare.year(self.YEAR, tr("Year of the drivers"), tr(
            "Calendar year that the drivers stand for. It is written to the stack (tag CARBON_YEAR), where later steps "
            "read it.")))
        self.add(declare.text(self.SCENARIO, tr("Scenario"), tr(
            "Name of the scenario, such as ssp126 or historical. It is written to the stack (tag CARBON_SCENARIO)."),
            optional=True))
        self.add(declare.boolean(self.VIRTUAL, tr("Virtual raster, no copy"), tr(
            "Writes a small VRT file that points to the drivers instead of a copy. Give the stack a file name that "
            "ends in .vrt. Possible only if all drivers share the reference grid and there is no mask; the drivers "
            "must then stay where they are. A stack whose name ends in .vrt is virtual also without this tick.")))
        self.add(declare.compression())
        self.add(declare.raster_output(self.STACK, tr("Driver stack"), tr(
            "One float32 band per driver. GeoTIFF; a virtual raster if the file name ends in .vrt.")))
        self.add(declare.table_output(self.TABLE, tr("Table of drivers"), tr(
            "One row per driver: name, unit, source, how it was aligned, valid cells, smallest and largest value, mean "
            "and standard deviation.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("CELLS", tr("Cells where all drivers are valid"))
        self.add_number("DRIVERS_COUNT", tr("Number of drivers"))

    def check(self, p):
        destination = p.destination(self.STACK)
        if p.boolean(self.VIRTUAL) and destination and not destination.lower().endswith(".vrt"):
            given = "a temporary file" if destination == "TEMPORARY_OUTPUT" else "'{}'".format(destination)
            raise InputError(
                "A virtual raster was asked for, but the stack goes to {}. Give it a file name that ends in .vrt, or "
                "take the tick from '{}'.".format(given, p.label(self.VIRTUAL))
            )
        naming.rows(p.matrix(self.NAMES), p.label(self.NAMES))

    def compute(self, p, progress, outputs):
        from ...core.driver_stack import driver_stack

        result = driver_stack(
            self._sources(p),
            outputs,
            p.destinations(self.STACK),
            reference=p.path(self.REFERENCE),
            mask=p.polygons("MASK"),
            year=p.integer(self.YEAR),
            scenario=p.text(self.SCENARIO),
            vrt=p.boolean(self.VIRTUAL),
            crop=p.boolean(self.CLIP),
            progress=progress,
            settings=p.settings(),
        )
        published = Outputs(result.notes)
        published.raster(self.STACK, _style_of_first_band(result)).table(self.TABLE, result.drivers)
        published.number("CELLS", result.valid_cells).number("DRIVERS_COUNT", len(result.names))
        published.say(self.tr("Drivers: {}").format(", ".join(result.names)))
        published.fact("grid", result.grid).fact("drivers", list(result.names)).fact("virtual", result.is_vrt)
        published.fact("units", dict(zip(result.names, result.drivers.column("unit"))))
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.driver_stack_report import driver_stack_page

            published.page("REPORT", driver_stack_page(result, p.integer(self.YEAR), p.text(self.SCENARIO)))
        return published

    def _sources(self, p):
        return naming.driver_sources(
            p.rasters(self.DRIVERS),
            naming.rows(p.matrix(self.NAMES), p.label(self.NAMES)),
            naming.listed(p.text(self.CATEGORICAL)),
            (p.label(self.NAMES), p.label(self.CATEGORICAL)),
        )


def _style_of_first_band(result):
    first = result.drivers.as_dicts()[0]
    return None if first["categorical"] else styles.sequential(*result.ranges[first["name"]], unit=first["unit"])
