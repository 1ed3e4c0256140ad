"""A raster as carbon density in a known unit."""

from ...core.errors import InputError
from ...core.units import DENSITY_UNITS, T_HA
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

#: Units of mass without the word carbon: they need a carbon fraction.
DRY_MATTER_UNITS = tuple(unit.replace(" C/", "/") for unit in DENSITY_UNITS)


class ConvertDensity(CarbonAlgorithm):
    """Unit, scale, offset and carbon fraction of a density raster."""

    ID, GROUP = "convertdensity", Group.PREPARE
    TAGS = ("unit", "density", "biomass", "carbon fraction", "dry matter", "scale", "offset", "convert")
    REQUIRES = ("numpy", "scipy", "rasterio")

    DENSITY, BAND, SOURCE_UNIT, TARGET_UNIT = declare.DENSITY, "BAND", "SOURCE_UNIT", "TARGET_UNIT"
    SCALE, OFFSET, CARBON_FRACTION, POOL, YEAR = "SCALE", "OFFSET", "CARBON_FRACTION", "POOL", "YEAR"
    CONVERTED, TABLE = "CONVERTED", "TABLE"

    def title(self):
        return self.tr("Convert carbon density")

    def help_text(self):
        return self.tr(
            "Makes a carbon density raster that says what it is: unit, pool and year are written to the file, where "
            "all later steps read them. Density = (stored value x scale + offset) x carbon fraction, converted to the "
            "unit chosen. Many biomass maps hold dry matter (Mg/ha), not carbon: choose the unit without C and a "
            "carbon fraction of 0.47. Nothing is clipped or altered; negative and improbable values are reported. Also "
            "gives the total in Tg C. Source: carbon fraction of dry matter after IPCC (2006)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.raster(self.DENSITY, tr("Density raster"), tr(
            "Raster of biomass or carbon per area, such as a downloaded biomass map or soil carbon stock.")))
        self.add(declare.integer(self.BAND, tr("Band"), tr(
            "Number of the band to convert; 1 is the first."), 1, minimum=1))
        self.add(declare.choice(self.SOURCE_UNIT, tr("Unit of the raster"), tr(
            "Unit of the values after scale and offset. 'from_raster' takes the unit written in the raster and stops "
            "if there is none that names carbon. t C/ha is Mg C/ha. The units without C are dry matter or other mass: "
            "they need a carbon fraction below 1."), (declare.FROM_RASTER,) + tuple(DENSITY_UNITS) + DRY_MATTER_UNITS))
        self.add(declare.choice(self.TARGET_UNIT, tr("Unit of the result"), tr(
            "1 kg C/m2 = 10 t C/ha = 1000 t C/km2 = 1000 g C/m2."), DENSITY_UNITS, T_HA))
        self.add(declare.number(self.CARBON_FRACTION, tr("Carbon fraction (t C per t of the raster's unit)"), tr(
            "Share of the mass that is carbon: 1 if the raster holds carbon, 0.47 for plant dry matter (IPCC 2006 "
            "default), above 0 and at most 1."), 1.0))
        self.add(declare.choice(self.POOL, tr("Carbon pool"), tr(
            "Which pool the raster is; written to the result, and used to warn of improbable values. May be left "
            "empty."),
            ("above", "below", "soil", "dead", "total"), optional=True))
        self.add(declare.year(self.YEAR, tr("Year")))
        self.add(declare.mask())
        self.add(declare.advanced(declare.number(self.SCALE, tr("Scale"), tr(
            "Stored values are multiplied by this number first. If left empty: the scale written in the raster, "
            "usually 1. A map in Mg/ha x 10 needs 0.1."), optional=True)))
        self.add(declare.advanced(declare.number(self.OFFSET, tr("Offset"), tr(
            "Added after the scale, in the unit of the raster. If left empty: the offset written in the raster, "
            "usually 0."),
            optional=True)))
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.CONVERTED, tr("Carbon density"), tr("Carbon density in the unit chosen.")))
        self.add(declare.table_output(self.TABLE, tr("Density summary"), tr(
            "One row: smallest, largest and mean density, total in Tg C, valid cells and their "
            "area."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("MIN", tr("Smallest density (unit of the result)"))
        self.add_number("MAX", tr("Largest density (unit of the result)"))
        self.add_number("MEAN", tr("Mean density, weighted by area (unit of the result)"))
        self.add_number("TOTAL_TG", tr("Total (Tg C)"))
        self.add_number("AREA_KM2", tr("Valid area (km2)"))
        self.add_number("CELLS", tr("Valid cells"))

    def check(self, p):
        fraction = p.number(self.CARBON_FRACTION)
        if not 0 < fraction <= 1:
            raise InputError(
                "{} is {:g}; it must be above 0 and at most 1: 1 for carbon, 0.47 for dry matter.".format(
                    p.label(self.CARBON_FRACTION), fraction
                )
            )
        unit = p.choice(self.SOURCE_UNIT)
        if unit in DRY_MATTER_UNITS and fraction == 1:
            raise InputError(
                "{} is '{}', a mass without carbon in its name, but {} is 1. Set it to the share of carbon (0.47 for "
                "dry matter), or choose '{}' if the raster holds carbon.".format(
                    p.label(self.SOURCE_UNIT), unit, p.label(self.CARBON_FRACTION), unit.replace("/", " C/")
                )
            )
        if p.number(self.SCALE) == 0:
            raise InputError("{} is 0: every cell would be the same. Leave it empty, or give the factor.".format(
                p.label(self.SCALE)))

    def compute(self, p, progress, outputs):
        from ...core.density_conversion import convert_density
        from ...core.legend_limits import ramp_limits

        result = convert_density(
            p.path(self.DENSITY),
            outputs,
            {"DENSITY": p.destination(self.CONVERTED)},
            band=p.integer(self.BAND),
            source_unit=p.unit(self.SOURCE_UNIT),
            target_unit=p.choice(self.TARGET_UNIT),
            scale=p.number(self.SCALE),
            offset=p.number(self.OFFSET),
            carbon_fraction=p.number(self.CARBON_FRACTION),
            pool=p.choice(self.POOL),
            year=p.integer(self.YEAR),
            mask=p.polygons("MASK"),
            area_mode=p.choice("CELL_AREA"),
            progress=progress,
            settings=p.settings(),
        )
        low, high = ramp_limits((result.low, result.high), *result.overviews.values())
        published = Outputs(result.notes)
        published.raster(self.CONVERTED, styles.sequential(low, high, unit=result.unit))
        published.table(self.TABLE, result.summary)
        published.number("MIN", result.low).number("MAX", result.high).number("MEAN", result.mean)
        published.number("TOTAL_TG", result.total).number("AREA_KM2", result.area_km2)
        published.number("CELLS", result.valid_cells)
        published.say(self.tr("Total: {:,.6g} Tg C on {:,.6g} km2, mean {:,.6g} {} ({} cell areas)").format(
            result.total, result.area_km2, result.mean, result.unit, result.area_mode))
        published.fact("grid", result.grid).fact("unit", result.unit).fact("cell_area_mode", result.area_mode)
        published.fact("source_unit", result.source_unit).fact("factor", result.factor)
        if p.destination("REPORT") or p.destination("FIGURES"):
            from ...core.report.density_conversion_report import density_conversion_page

            published.page("REPORT", density_conversion_page(result))
        return published
