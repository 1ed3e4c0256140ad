"""Coarse drivers on a fine grid (Jiangsu paper, section 2.2)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs


class Downscale(CarbonAlgorithm):
    """A coarse driver on a fine grid: inverse distance weighting, bilinear, or a change on a baseline."""

    ID, GROUP = "downscale", Group.SCENARIOS
    TAGS = ("idw", "inverse distance weighting", "bilinear", "delta", "bias", "climate", "cmip6", "resample", "driver")
    REQUIRES = ("numpy", "rasterio", "scipy")

    COARSE, REFERENCE, METHOD = "COARSE", "REFERENCE", "METHOD"
    COARSE_BASELINE, FINE_BASELINE, CHANGE = "COARSE_BASELINE", "FINE_BASELINE", "CHANGE"
    POWER, NEIGHBOURS, MAX_DISTANCE = "POWER", "NEIGHBOURS", "MAX_DISTANCE"
    DISTANCE, INTERPOLATION = "DISTANCE", "INTERPOLATION"
    DRIVER_UNIT, YEAR, SCENARIO = "DRIVER_UNIT", "YEAR", "SCENARIO"
    DRIVER, TABLE = "DRIVER", "TABLE"

    def title(self):
        return self.tr("Downscale a coarse driver")

    def help_text(self):
        return self.tr(
            "Brings a coarse driver, such as climate of 0.25 degrees, onto the fine grid of a reference raster. 'idw' "
            "is inverse distance weighting as in the Jiangsu paper; 'bilinear' interpolates between the centres of "
            "cells; both smooth and add no detail. 'delta' takes the change that the coarse model sees and adds it to "
            "(amounts of water: multiplies it with) a fine raster of the baseline period: it keeps the detail and "
            "takes out the bias of the model; prefer it where such a raster exists. All bands are done at once. The "
            "report compares the area-weighted means before and after. Source: section 2.2 of the Jiangsu paper."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.COARSE, tr("Coarse driver"), tr(
            "Raster of one or more bands, for example precipitation of one year and pathway. GDAL scale and offset are "
            "applied; longitudes from 0 to 360 degrees are understood.")))
        self.add(declare.raster(self.REFERENCE, tr("Reference raster"), tr(
            "Raster whose grid the result takes; its values are not used. With 'delta' it may be left empty: the fine "
            "baseline gives the grid."), optional=True))
        self.add(declare.choice(self.METHOD, tr("Method"), tr(
            "'idw': inverse distance weighting, as published. 'bilinear': between the four nearest centres. 'delta': "
            "the coarse change on a fine baseline; needs the two baselines below."), ("idw", "bilinear", "delta")))
        self.add(declare.rasters(self.COARSE_BASELINE, tr("Coarse baseline"), tr(
            "For 'delta': the same driver of the same model in the baseline period, one or more rasters (years), whose "
            "mean is taken. On the grid of the coarse driver."), optional=True))
        self.add(declare.raster(self.FINE_BASELINE, tr("Fine baseline"), tr(
            "For 'delta': a fine raster of the driver in the baseline period, such as an observed climatology. Bands "
            "are matched by name where there are several."), optional=True))
        self.add(declare.choice(self.CHANGE, tr("Change"), tr(
            "For 'delta'. 'add': future minus baseline is added. 'ratio': future over baseline is multiplied; keeps "
            "amounts above zero. 'auto': 'ratio' where the unit is mm or kg/m2 (water), else "
            "'add'."), ("auto", "add", "ratio")))
        self.add(declare.text(self.DRIVER_UNIT, tr("Unit of the driver"), tr(
            "Unit of the coarse values, such as degC, mm/yr or persons/km2, written to the result. If left empty, the "
            "unit in the raster. Later steps recognise a temperature by the unit degC."), optional=True))
        self.add(declare.year(self.YEAR, tr("Year")))
        self.add(declare.text(self.SCENARIO, tr("Scenario"), tr(
            "Name of the pathway, such as SSP126, written to the result. If left empty, the tag CARBON_SCENARIO of the "
            "coarse driver."), optional=True))
        self.add(declare.mask())
        self._declare_advanced()
        self.add(declare.raster_output(self.DRIVER, tr("Driver on the fine grid"), tr(
            "The bands of the coarse driver on the fine grid, in its unit ('delta': in that of the fine baseline).")))
        self.add(declare.table_output(self.TABLE, tr("Before and after"), tr(
            "One row per band: means, differences and ranges before and after, in the unit that the row names.")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("COARSE_MEAN", tr("Mean of the first band before (its unit)"))
        self.add_number("FINE_MEAN", tr("Mean of the first band after (its unit)"))
        self.add_number("DIFFERENCE", tr("Difference of the means (unit of the first band)"))
        self.add_number("CELLS", tr("Cells with a value"))

    def _declare_advanced(self):
        tr, advanced = self.tr, declare.advanced
        self.add(advanced(declare.number(self.POWER, tr("Power of the distance"), tr(
            "For 'idw': weights are distance to the power of minus this number; 2 as published."), 2.0, minimum=0.01,
            maximum=20.0)))
        self.add(advanced(declare.integer(self.NEIGHBOURS, tr("Neighbours"), tr(
            "For 'idw': how many of the nearest coarse cells are averaged. Cells as far as the last of them count "
            "too."), 12, minimum=1, maximum=64)))
        self.add(advanced(declare.number(self.MAX_DISTANCE, tr("Largest distance (km)"), tr(
            "For 'idw': coarse cells whose centre is farther away do not count, and a cell without one has no value. "
            "If left empty there is no limit: gaps and coasts are filled from the nearest cells."), optional=True,
            minimum=0.001)))
        self.add(advanced(declare.choice(self.DISTANCE, tr("Distance"), tr(
            "For 'idw'. 'great_circle': on the sphere. 'projected': in the CRS of the reference. 'auto': great circles "
            "where either raster is in degrees."), ("auto", "great_circle", "projected"))))
        self.add(advanced(declare.choice(self.INTERPOLATION, tr("Interpolation of the change"), tr(
            "For 'delta': how the coarse change comes to the fine grid."), ("bilinear", "idw"))))
        self.add(declare.cell_area())
        self.add(declare.compression())

    def check(self, p):
        method = p.choice(self.METHOD)
        if method == "delta":
            for name in (self.COARSE_BASELINE, self.FINE_BASELINE):
                if not p.given(name):
                    raise InputError(
                        "{} is empty: the method 'delta' needs it. Give it, or choose 'idw' or 'bilinear'.".format(
                            p.label(name)))
        elif not p.given(self.REFERENCE):
            raise InputError("{} is empty: its grid is the one to which the driver is brought.".format(
                p.label(self.REFERENCE)))

    def compute(self, p, progress, outputs):
        from ...core.downscale import downscale
        from ...core.downscale_result import DownscaleOptions

        result = downscale(
            p.path(self.COARSE),
            outputs,
            p.destination(self.DRIVER),
            DownscaleOptions(
                p.choice(self.METHOD), p.choice(self.INTERPOLATION), p.number(self.POWER), p.integer(self.NEIGHBOURS),
                p.number(self.MAX_DISTANCE), p.choice(self.DISTANCE), p.choice(self.CHANGE),
            ),
            reference=p.path(self.REFERENCE),
            coarse_baseline=p.paths(self.COARSE_BASELINE),
            fine_baseline=p.path(self.FINE_BASELINE),
            unit=p.text(self.DRIVER_UNIT) or "",
            year=p.integer(self.YEAR),
            scenario=p.text(self.SCENARIO),
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )  # fmt: skip
        row = result.bands.as_dicts()[0]
        published = (
            Outputs(result.notes)
            .raster(self.DRIVER, styles.sequential(*result.ranges[0], unit=result.units[0]))
            .table(self.TABLE, result.bands)
            .number("COARSE_MEAN", row["coarse_mean"])
            .number("FINE_MEAN", row["fine_mean"])
            .number("DIFFERENCE", row["difference"])
            .number("CELLS", result.cells)
            .fact("grid", result.grid)
            .fact("coarse_grid", result.coarse_grid)
            .fact("units", dict(zip(result.names, result.units)))
            .fact("distance", "great_circle" if result.great_circle else "projected")
            .fact("cell_area_mode", result.area_mode)
        )
        for row in result.bands.as_dicts():
            published.say(self.tr("{}: mean {:.6g} {} before, {:.6g} {} after, on {:,} cells").format(
                row["band"], row["coarse_mean"] or float("nan"), row["coarse_unit"], row["fine_mean"] or float("nan"),
                row["unit"], row["cells"]))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.downscale_report import downscale_page

            published.page(declare.REPORT, downscale_page(result))
        return published
