"""Samples of carbon density with its drivers (Xinjiang paper, 2.1.4)."""

from qgis.core import QgsProcessing

from ...core.errors import InputError
from ...core.progress import Part
from .. import parameters as declare
from ..base import CarbonAlgorithm, Group
from ..publish import Outputs

#: As `core.sampling`, which is not imported when QGIS starts.
DESIGNS = ("random", "proportional", "published")
SPLITS_BY = ("random", "blocks")


class SampleDensity(CarbonAlgorithm):
    """Samples of a density raster and its drivers, to train and test models on."""

    ID, GROUP = "sampledensity", Group.DENSITY
    TAGS = ("sample", "training", "points", "split", "blocks", "stratified", "intervals", "drivers", "test")
    REQUIRES = ("numpy", "scipy", "rasterio")

    DENSITY, UNIT, YEAR, STACK, EARLIER = declare.DENSITY, declare.UNIT, "YEAR", declare.STACK, "EARLIER"
    DRIVER_NAMES, DESIGN, SIZE = "DRIVER_NAMES", "DESIGN", "SIZE"
    INTERVALS, PER_INTERVAL, REPLACE = "INTERVALS", "PER_INTERVAL", "REPLACE"
    SHARES, SPLIT_BY, BLOCK_KM = "SHARES", "SPLIT_BY", "BLOCK_KM"
    RANGES, IQR_FACTOR, POOL, FORECAST = "RANGES", "IQR_FACTOR", "POOL", "FORECAST"
    SAMPLES, POINTS, INTERVALS_TABLE, REMOVED = "SAMPLES", "POINTS", "INTERVALS_TABLE", "REMOVED"

    def title(self):
        return self.tr("Sample carbon density")

    def help_text(self):
        return self.tr(
            "Draws samples of a density raster together with its drivers, for models to be trained and tested on. "
            "Random sampling is the default: every cell has the same chance. The published design takes 1000 cells "
            "from each of 100 equal intervals between the smallest and the largest density, so rare densities are as "
            "many as common ones; every sample then carries a weight, and estimates without it are biased (by +9 % on "
            "a total in one test). Samples are split into train, test and validation by 7:2:1, at random or by whole "
            "spatial blocks: neighbours are alike, so only blocks tell how a model does in places it has not seen. "
            "Stacks of earlier years add columns such as 'NDVI (t-1) [1]'. The same seed gives the same samples. "
            "Source: section 2.1.4 of the Xinjiang paper; outliers as in 2.2 of the Jiangsu paper."
        )

    def declare(self):
        self._declare_inputs()
        self._declare_design()
        self._declare_split()
        self._declare_outputs()

    def _declare_inputs(self):
        tr = self.tr
        self.add(
            declare.raster(
                self.DENSITY,
                tr("Carbon density"),
                tr("Density raster to sample, with one band. Its grid is the reference; its values keep their unit."),
            )
        )
        self.add(declare.density_unit())
        self.add(declare.year(self.YEAR, tr("Year of the density")))
        self.add(
            declare.text(
                self.POOL,
                tr("Carbon pool of the density"),
                tr(
                    "Above, below, soil, dead, total or another name, written to the samples and so to the models, "
                    "which find their rows in a table of several pools by it. If left empty, it is read from the "
                    "raster's tag CARBON_POOL."
                ),
                optional=True,
            )
        )
        self.add(
            declare.raster(
                self.STACK,
                tr("Driver stack"),
                tr(
                    "Raster with one driver per band, of the year of the density, as 'Driver stack' makes it. Names "
                    "and units of its bands become the names of the columns."
                ),
            )
        )
        self.add(
            declare.rasters(
                self.EARLIER,
                tr("Driver stacks of earlier years"),
                tr(
                    "For models of yearly sequences: stacks with the same drivers, in any order. Their tags "
                    "CARBON_YEAR say how many years before the density they are; 'NDVI (t-2) [1]' is NDVI two years "
                    "before."
                ),
                optional=True,
            )
        )
        self.add(
            declare.advanced(
                declare.text(
                    self.DRIVER_NAMES,
                    tr("Drivers to use"),
                    tr("Names of the drivers to use, separated by commas. All are used if this is empty."),
                    optional=True,
                )
            )
        )
        table = declare.features(
            self.FORECAST,
            tr("Densities by year (table)"),
            tr(
                "Table of 'Forecast density (ARIMA)' with which the models will be used, if there is one. Nothing is "
                "read from it; a pool or year that it lacks stops the run here rather than after the training."
            ),
            optional=True,
        )
        table.setDataTypes([QgsProcessing.SourceType.TypeVector])
        self.add(declare.advanced(table))
        self.add(declare.mask())

    def _declare_design(self):
        tr = self.tr
        self.add(
            declare.choice(
                self.DESIGN,
                tr("Sampling design"),
                tr(
                    "'random': every valid cell with the same chance (advised). 'proportional': from each interval of "
                    "the density its share of the samples, so that the sample has the distribution of the raster, "
                    "rare densities included. 'published': the same number from each interval, with weights."
                ),
                DESIGNS,
            )
        )
        self.add(
            declare.integer(
                self.SIZE,
                tr("Number of samples"),
                tr("For 'random' and 'proportional'; all cells if there are fewer."),
                100_000,
                minimum=1,
            )
        )
        self.add(
            declare.advanced(
                declare.integer(
                    self.INTERVALS,
                    tr("Equal intervals of the density"),
                    tr(
                        "Number of intervals between the smallest and the largest density, for 'proportional', "
                        "'published' and the table of counts."
                    ),
                    100,
                    minimum=1,
                    maximum=10_000,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.integer(
                    self.PER_INTERVAL,
                    tr("Samples per interval"),
                    tr("For 'published'. An interval with fewer cells gives all of them."),
                    1000,
                    minimum=1,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.boolean(
                    self.REPLACE,
                    tr("Draw with replacement"),
                    tr(
                        "For 'published': cells of rare intervals are drawn repeatedly until the number is reached. "
                        "The copies of a cell all go into one part of a random split."
                    ),
                )
            )
        )

    def _declare_split(self):
        tr = self.tr
        self.add(
            declare.text(
                self.SHARES,
                tr("Split, train : test : validation"),
                tr("Sizes of the three parts, with colons between them. 0 leaves a part out."),
                "7:2:1",
            )
        )
        self.add(
            declare.choice(
                self.SPLIT_BY,
                tr("Split by"),
                tr(
                    "'random': sample by sample. 'blocks': whole spatial blocks, the honest test for places without "
                    "samples."
                ),
                SPLITS_BY,
            )
        )
        self.add(
            declare.number(
                self.BLOCK_KM,
                tr("Side of the spatial blocks (km)"),
                tr(
                    "Blocks are numbered in the column block, which cross-validation can use, too. Make them larger "
                    "than the distance over which the density is alike. If left empty: a round number that gives "
                    "about 100 blocks. In degrees and in Web Mercator blocks are laid out in true kilometres."
                ),
                optional=True,
                minimum=0.0,
            )
        )
        self.add(
            declare.advanced(
                declare.matrix(
                    self.RANGES,
                    tr("Valid ranges"),
                    tr(
                        "Training samples outside are removed, and counted. The variable is a driver or 'density'; an "
                        "empty limit is open. Values in the unit of the variable, with a point as decimal sign."
                    ),
                    (tr("Variable"), tr("Minimum"), tr("Maximum")),
                    optional=True,
                )
            )
        )
        self.add(
            declare.advanced(
                declare.number(
                    self.IQR_FACTOR,
                    tr("Outlier rule: k of Q1 - k IQR and Q3 + k IQR"),
                    tr(
                        "If given (1.5 is usual), training samples beyond these fences in the density or a driver "
                        "that is not categorical are removed, and counted. Skewed variables lose true values: look at "
                        "the share removed. If left empty, nothing is removed."
                    ),
                    optional=True,
                    minimum=0.0,
                )
            )
        )
        self.add(declare.advanced(declare.seed()))

    def _declare_outputs(self):
        tr = self.tr
        self.add(
            declare.table_output(
                self.SAMPLES,
                tr("Samples"),
                tr(
                    "One row per sample: x, y, row, col, block, split, interval, weight, pool, year, 'density [unit]' "
                    "and a column 'name [unit]' per driver. It is what the training algorithms take."
                ),
            )
        )
        points = declare.table_output(
            self.POINTS,
            tr("Samples (points)"),
            tr("The same samples as a point layer at the centres of their cells."),
            by_default=False,
        )
        points.setDataType(QgsProcessing.SourceType.TypeVectorPoint)
        self.add(points)
        self.add(
            declare.table_output(
                self.INTERVALS_TABLE,
                tr("Samples by interval"),
                tr("Cells and samples of each interval of the density, by part of the split."),
            )
        )
        self.add(
            declare.table_output(
                self.REMOVED,
                tr("Samples removed"),
                tr("Training samples outside the valid ranges and beyond the fences, by variable."),
                by_default=False,
            )
        )
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("SAMPLES_COUNT", tr("Samples"))
        self.add_number("CELLS", tr("Cells where density and drivers are valid"))
        self.add_number("BLOCK_SIZE_KM", tr("Side of the spatial blocks (km)"))

    def check(self, p):
        self._shares(p)
        self._ranges(p)
        if p.number(self.BLOCK_KM) == 0:
            raise InputError("{} is 0. Give a size, or leave it empty.".format(p.label(self.BLOCK_KM)))

    def _shares(self, p):
        text = p.text(self.SHARES) or ""
        try:
            shares = tuple(float(part) for part in text.split(":"))
        except ValueError:
            shares = ()
        # Shares that are no numbers compare false, so they are refused, too.
        if len(shares) != 3 or not all(0 <= share < float("inf") for share in shares) or shares[0] == 0:
            raise InputError(
                "{} is '{}'. Give three sizes with colons between them, the first above 0, such as 7:2:1.".format(
                    p.label(self.SHARES), text
                )
            )
        return shares

    def _ranges(self, p):
        ranges = {}
        for row in p.matrix(self.RANGES):
            name, *limits = (str(cell if cell is not None else "").strip() for cell in row)
            try:
                low, high = (float(text) if text else None for text in limits)
            except ValueError:
                raise InputError(
                    "{}: '{}' has the limits '{}' and '{}'; they must be numbers or empty.".format(
                        p.label(self.RANGES), name, *limits
                    )
                ) from None
            ranges[name] = (-float("inf") if low is None else low, float("inf") if high is None else high)
        return ranges

    def compute(self, p, progress, outputs):
        from ...core.density_input import density_raster
        from ...core.driver_inputs import names_in
        from ...core.sampling import SamplingOptions, sample_density
        from ...core.stack import read_stack

        options = SamplingOptions(
            design=p.choice(self.DESIGN), size=p.integer(self.SIZE), intervals=p.integer(self.INTERVALS),
            per_interval=p.integer(self.PER_INTERVAL), replace=p.boolean(self.REPLACE), shares=self._shares(p),
            split_by=p.choice(self.SPLIT_BY), block_km=p.number(self.BLOCK_KM), ranges=self._ranges(p),
            iqr_factor=p.number(self.IQR_FACTOR), seed=p.integer(declare.SEED),
        )  # fmt: skip
        density = density_raster(p.path(self.DENSITY), p.unit(), year=p.integer(self.YEAR), pool=p.text(self.POOL))
        self._check_forecast(p, density)
        result = sample_density(
            density,
            read_stack(p.path(self.STACK)),
            [read_stack(path) for path in p.paths(self.EARLIER)],
            names_in(p.text(self.DRIVER_NAMES)),
            options,
            mask=p.polygons(declare.MASK),
            progress=Part(progress, (0.0, 0.8)),
            settings=p.settings(),
        )
        return self._published(result, p, progress)

    def _check_forecast(self, p, density):
        """Refuse now what 'Estimate carbon density' would refuse after the training."""
        if not p.given(self.FORECAST):
            return
        from ...core.density_ratio import ratio_from_table

        data = p.features(self.FORECAST, geometry=False)
        columns = {name: data.column(name) for name in data.fields}
        ratio_from_table(columns, density.pool, density.year, density.year, source="'{}'".format(data.name))

    def _published(self, result, p, progress):
        from ...core.samples import target_header

        progress.update(0.8, self.tr("Making the table"))
        table = result.table()
        progress.update(0.9)
        published = (
            Outputs(result.notes)
            .table(self.SAMPLES, table)
            .points(self.POINTS, table, "x", "y", result.grid.crs_wkt, target_header(result.samples.unit))
            .table(self.INTERVALS_TABLE, result.intervals)
            .table(self.REMOVED, result.removed)
            .number("SAMPLES_COUNT", len(result.samples))
            .number("CELLS", result.cells)
            .number("BLOCK_SIZE_KM", result.block_km)
            .fact("grid", result.grid)
            .fact("unit", result.samples.unit)
            .fact("seed", result.options.seed)
            .fact("drivers", [driver.header for driver in result.samples.drivers])
            .fact("samples", result.split_counts)
        )
        published.say(
            self.tr("{:,} samples of {:,} valid cells: {}; {} blocks ({})").format(
                len(result.samples),
                result.cells,
                ", ".join("{} {:,}".format(name, count) for name, count in result.split_counts.items()),
                result.blocks,
                result.block_layout,
            )
        )
        if p.destination(declare.REPORT) or p.destination(declare.FIGURES):
            from ...core.report.sampling_report import sampling_page

            published.page(declare.REPORT, sampling_page(result))
        return published
