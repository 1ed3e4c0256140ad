"""Mean carbon density by pool and year from literature or inventory records (Xinjiang paper, 2.1.3)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from ...core.units import DENSITY_UNITS
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

FROM_TABLE = "from_table"


class DensitySeries(CarbonAlgorithm):
    """Records of carbon density to year x pool mean, n and standard error."""

    ID, GROUP = "densityseries", Group.DENSITY
    TAGS = ("records", "literature", "inventory", "mean", "standard error", "time series", "arima", "pools", "years")
    REQUIRES = ("numpy", "rasterio")

    RECORDS, INPUT, MASK = "RECORDS", "INPUT", declare.MASK
    YEAR_COLUMN, POOL_COLUMN, VALUE_COLUMN = "YEAR_COLUMN", "POOL_COLUMN", "VALUE_COLUMN"
    UNIT_COLUMN, WEIGHT_COLUMN = "UNIT_COLUMN", "WEIGHT_COLUMN"
    UNIT, POOL, TABLE = declare.UNIT, "POOL", "TABLE"

    def title(self):
        return self.tr("Density series from records")

    def help_text(self):
        return self.tr(
            "Makes a series of mean carbon densities from records of literature or inventories: for every pool and "
            "year the mean, the number of records and the standard error, in kg C/m2. Records are the rows of a text "
            "table or of a layer, with a year, a pool, a value and its unit, and optionally a weight such as the area "
            "or number of plots that a record stands for; points can be limited to a study area. Units may differ from "
            "row to row. The table made is what 'Forecast density (ARIMA)' reads. Source: section 2.1.3 of the "
            "Xinjiang paper; standard error of a weighted mean after Cochran (1977)."
        )

    def declare(self):
        tr = self.tr
        self.add(declare.table_file(self.RECORDS, tr("Records (table)"), tr(
            "Text table with one record per row. Columns: year, pool, value (carbon density), unit (such as kg C/m2 or "
            "t C/ha; 'Mg' is a tonne) and, if there is one, weight. Give either this or a layer."), optional=True))
        layer = declare.features(self.INPUT, tr("Records (layer)"), tr(
            "Point layer, or a table without geometry, with one record per feature and the same columns. Give either "
            "this or a text table."), optional=True)
        # A plain table has all that is needed unless a study area is given.
        layer.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(layer)
        self.add(declare.polygons(self.MASK, tr("Study area (mask)"), tr(
            "Polygons: only records whose point lies in one of them are used. Any CRS. Needs a point layer.")))
        self._declare_columns()
        self.add(declare.table_output(self.TABLE, tr("Density series"), tr(
            "One row per pool and year: year, pool, mean_kg_c_m2, n, se_kg_c_m2 (standard error of the mean; empty for "
            "a single record).")))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("RECORDS_USED", tr("Records used"))
        self.add_number("POOLS", tr("Pools"))
        self.add_number("FIRST_YEAR", tr("First year"))
        self.add_number("LAST_YEAR", tr("Last year"))

    def _declare_columns(self):
        tr = self.tr
        columns = (
            (self.YEAR_COLUMN, tr("Column of the year"), "year"),
            (self.POOL_COLUMN, tr("Column of the pool"), "pool"),
            (self.VALUE_COLUMN, tr("Column of the density"), "value, density"),
            (self.UNIT_COLUMN, tr("Column of the unit"), "unit"),
            (self.WEIGHT_COLUMN, tr("Column of the weight"), "weight"),
        )
        for name, title, usual in columns:
            help = tr("Name of the column or field. If empty, it is looked for under: {}.").format(usual)
            if name == self.WEIGHT_COLUMN:
                help += " " + tr("Without one all records count the same.")
            self.add(declare.advanced(declare.text(name, title, help, optional=True)))
        self.add(declare.choice(self.UNIT, tr("Unit of the densities"), tr(
            "Unit of all values where no column holds it. 'from_table' takes the unit of each row. 1 kg C/m2 = 10 t "
            "C/ha = 1000 t C/km2 = 1000 g C/m2."), (FROM_TABLE,) + tuple(DENSITY_UNITS)))
        self.add(declare.text(self.POOL, tr("Pool of all records"), tr(
            "Pool (above, below, soil, dead, total or another name) of all records where no column holds it."),
            optional=True))

    def check(self, p):
        if p.given(self.RECORDS) == p.given(self.INPUT):
            found = "both were" if p.given(self.RECORDS) else "neither was"
            raise InputError("Give either {} or {}: {} given.".format(
                p.label(self.RECORDS), p.label(self.INPUT), found))
        if p.given(self.MASK) and not p.given(self.INPUT):
            raise InputError("{} needs points: give the records as a point layer ({}), or leave it empty.".format(
                p.label(self.MASK), p.label(self.INPUT)))

    def compute(self, p, progress, outputs):
        from ...core.density_series import RecordColumns, density_series

        names = (self.YEAR_COLUMN, self.POOL_COLUMN, self.VALUE_COLUMN, self.UNIT_COLUMN, self.WEIGHT_COLUMN)
        unit = p.choice(self.UNIT)
        progress.update(0.0, self.tr("Reading the records"))
        records, keep, skipped = self._records(p, progress)
        result = density_series(
            records, RecordColumns(*(p.text(name) for name in names)), None if unit == FROM_TABLE else unit,
            p.text(self.POOL), keep, progress,
        )  # fmt: skip
        if skipped:
            result.notes.append("{:,} features without geometry were left out.".format(skipped))
        return self._published(result, p)

    def _records(self, p, progress):
        """Table (or its path), which rows lie in the study area (None: all do), and features without geometry."""
        if not p.given(self.INPUT):
            return p.path(self.RECORDS), None, 0
        from ...core.density_series import points_in_area
        from ...core.text_tables import TextTable

        data = p.features(self.INPUT, geometry=p.given(self.MASK))
        table = TextTable.from_rows(data.name, data.fields, data.rows)
        area = p.polygons(self.MASK)
        keep = None if area is None else points_in_area(data.wkb, data.crs_wkt, area, data.name, progress)
        return table, keep, data.skipped

    def _published(self, result, p):
        from ...core.units import KG_M2

        published = (
            Outputs(result.notes)
            .table(self.TABLE, result.series)
            .number("RECORDS_USED", result.records)
            .number("POOLS", len(result.pools))
            .number("FIRST_YEAR", result.years[0])
            .number("LAST_YEAR", result.years[1])
            .fact("unit", KG_M2)
            .fact("weighted", result.weighted)
            .fact("records_by_unit", result.units)
        )
        published.say(self.tr("{:,} records of {} pools, {} to {}{}").format(
            result.records, len(result.pools), result.years[0], result.years[1],
            self.tr(", weighted") if result.weighted else ""))
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.density_series_report import density_series_page

            published.page(declare.REPORT, density_series_page(result))
        return published
