"""Carbon of dead organic matter from the other three pools by coefficients (Xinjiang paper, 2.1.2)."""

from ...core.errors import InputError
from .. import parameters as declare
from .. import styles
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

#: Raster and coefficient parameter by pool.
POOLS = {
    "above": ("ABOVE", "COEFFICIENT_ABOVE"),
    "below": ("BELOW", "COEFFICIENT_BELOW"),
    "soil": ("SOIL", "COEFFICIENT_SOIL"),
}


class DeadOrganicMatter(CarbonAlgorithm):
    """Density of dead organic matter as a sum of shares of the other pools."""

    ID, GROUP = "deadorganicmatter", Group.DENSITY
    TAGS = ("dead wood", "litter", "dead organic matter", "pools", "coefficient")
    REQUIRES = ("numpy", "scipy", "rasterio")

    LANDCOVER, COEFFICIENTS, REFERENCE = declare.LANDCOVER, "COEFFICIENTS", "REFERENCE"
    YEAR, DEAD, TABLE, POOL_TABLE = "YEAR", "DEAD", "TABLE", "POOL_TABLE"

    def title(self):
        return self.tr("Dead organic matter from the other pools")

    def help_text(self):
        return self.tr(
            "Estimates the carbon density of dead organic matter (dead wood and litter), in t C/ha, as coefficient "
            "times density of the above-ground, below-ground and soil pools, added up. The paper states no "
            "coefficients; its share of 3 % of the total stock makes each of them 0.03/0.97 = 0.0309 t C per t C, "
            "which is the default: derived, not measured. Other coefficients may be given per pool, by land-cover "
            "class in a table, or be fitted to a reference raster of dead organic matter (least squares weighted by "
            "area, none below 0; by class where a land cover is given). Source: section 2.1.2 of the Xinjiang paper."
        )

    def declare(self):
        tr = self.tr
        titles = (tr("Above ground"), tr("Below ground"), tr("Soil"))
        for (name, _), title in zip(POOLS.values(), titles):
            self.add(declare.raster(name, tr("{pool}: carbon density").format(pool=title), tr(
                "Carbon density raster of this pool; carbon, not dry matter. The first pool given is the grid to which "
                "the others are aligned. A pool that counts must be given."), optional=True))
        self.add(declare.density_unit(help=tr(
            "Unit of all the density rasters given, the reference too. 'from_raster' takes the unit written in each "
            "raster (band unit or tag CARBON_UNIT), so that they may differ, and stops if there is none. 1 kg C/m2 = "
            "10 t C/ha = 1000 t C/km2 = 1000 g C/m2.")))
        for (_, name), title in zip(POOLS.values(), titles):
            self.add(declare.number(name, tr("{pool}: coefficient (t C per t C)").format(pool=title), tr(
                "t C of dead organic matter per t C of this pool. If left empty, it is 0.03/0.97 = 0.0309 (derived "
                "from the 3 % share of the paper); 0 leaves the pool out. Not used with a table or a reference."),
                optional=True, minimum=0.0))
        self.add(declare.raster(self.LANDCOVER, tr("Land cover"), tr(
            "Raster of class codes, for coefficients by class: from the table below, or fitted to the reference in "
            "each class."), optional=True))
        self.add(declare.table_file(self.COEFFICIENTS, tr("Coefficients by class (table)"), tr(
            "Text table with one row per class: code (or lucode, value) and one or more of the columns above, below, "
            "soil, in t C of dead organic matter per t C of that pool; a name column if wanted. A pool without a "
            "column counts with 0. Needs the land cover."), optional=True))
        self.add(declare.raster(self.REFERENCE, tr("Reference of dead organic matter"), tr(
            "Carbon density raster of dead organic matter to which the coefficients are fitted. It may cover a part of "
            "the area only. The numbers of the fit are labelled 'fit'."), optional=True))
        self.add(declare.year(self.YEAR, tr("Year"), tr(
            "Calendar year, written to the output, where later steps read it. If left empty, it is the year that the "
            "rasters agree on (tag CARBON_YEAR).")))
        self.add(declare.mask())
        self.add(declare.cell_area())
        self.add(declare.compression())
        self.add(declare.raster_output(self.DEAD, tr("Dead organic matter (t C/ha)"), tr(
            "Carbon density of dead organic matter, t C/ha, with the pool 'dead' in its tag.")))
        self.add(declare.table_output(self.TABLE, tr("Coefficients"), tr(
            "One row, or one per class: coefficients, area in km2, mean density in t C/ha, stock in Tg C, and the "
            "number of cells of a fit.")))
        self.add(declare.table_output(self.POOL_TABLE, tr("Dead organic matter by pool"), tr(
            "One row per pool: its stock in Tg C, the dead organic matter derived from it in Tg C, and shares in "
            "percent."), by_default=False))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("DEAD_TG", tr("Dead organic matter (Tg C)"))
        self.add_number("MEAN_DENSITY", tr("Mean density of dead organic matter (t C/ha)"))
        self.add_number("SHARE_PERCENT", tr("Share of dead organic matter in the total (%)"))

    def check(self, p):
        if not any(p.path(name) for name, _ in POOLS.values()):
            raise InputError("Give the density raster of at least one pool: {}.".format(
                ", ".join(name for name, _ in POOLS.values())))

    def compute(self, p, progress, outputs):
        from ...core.dead_organic import OUTPUTS, dead_organic_matter
        from ...core.dead_organic_coefficients import read_coefficients
        from ...core.density_input import density_raster

        year = p.integer(self.YEAR)
        table, reference = p.path(self.COEFFICIENTS), p.path(self.REFERENCE)
        result = dead_organic_matter(
            {
                pool: density_raster(p.path(name), p.unit(), year=year)
                for pool, (name, _) in POOLS.items() if p.path(name)
            },
            outputs,
            p.destinations(*OUTPUTS),
            coefficients={pool: p.number(name) for pool, (_, name) in POOLS.items()},
            landcover=p.path(self.LANDCOVER),
            table=read_coefficients(table) if table else None,
            reference=density_raster(reference, p.unit()) if reference else None,
            year=year,
            mask=p.polygons(declare.MASK),
            area_mode=p.choice(declare.CELL_AREA),
            progress=progress,
            settings=p.settings(),
        )  # fmt: skip
        return self._published(result, p)

    def _published(self, result, p):
        from ...core.legend_limits import ramp_limits
        from ...core.units import T_HA, T_PER_TG

        low, high = ramp_limits(result.density_range, result.overviews["DEAD"])
        published = (
            Outputs(result.notes)
            .raster(self.DEAD, styles.sequential(low, high, unit=T_HA))
            .table(self.TABLE, result.coefficients)
            .table(self.POOL_TABLE, result.pools)
            .number("DEAD_TG", result.stock / T_PER_TG)
            .number("MEAN_DENSITY", result.mean_density)
            .number("SHARE_PERCENT", None if result.share is None else 100 * result.share)
            .say(self.tr("Dead organic matter: {:,.6g} Tg C, {:,.4g} t C/ha on average (coefficients: {})").format(
                result.stock / T_PER_TG, result.mean_density, result.source))
            .fact("grid", result.grid)
            .fact("unit", T_HA)
            .fact("year", result.year)
            .fact("coefficients", {"source": result.source, "rows": result.coefficients.as_dicts()[:50]})
            .fact("cell_area_mode", result.area_mode)
        )
        if result.metrics is not None:
            published.fact("metrics", result.metrics.as_dict())
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.dead_organic_report import dead_organic_page

            published.page(declare.REPORT, dead_organic_page(result))
        return published
