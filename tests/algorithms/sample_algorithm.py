"""An algorithm for the tests of the base class: it has a parameter of every kind, and fails on demand."""

import threading

import numpy as np

from carbon_qgis.algorithms import parameters as declare
from carbon_qgis.algorithms import styles
from carbon_qgis.algorithms.base import CarbonAlgorithm, Group
from carbon_qgis.algorithms.publish import Outputs
from carbon_qgis.core.errors import InputError, RasterError
from carbon_qgis.core.progress import check_cancelled
from carbon_qgis.core.results import Column, Remark, Table

#: What the last run was given: its inputs `p`, and the `thread` that it ran in.
seen = {}


class Sample(CarbonAlgorithm):
    """Copies a raster's bytes, counts them, and fails on demand."""

    ID, GROUP = "sample", Group.STOCK
    REQUIRES = ("numpy",)

    def title(self):
        return "Sample step"

    def help_text(self):
        return "Copies a raster. Used by the tests alone."

    def declare(self):
        self.add(declare.raster("DENSITY", "Density", "A density raster."))
        self.add(declare.rasters("STACK", "Drivers", "Driver rasters.", optional=True))
        self.add(declare.pool_table(optional=True))
        self.add(declare.mask())
        self.add(declare.zones())
        self.add(declare.zone_field())
        self.add(declare.number("FRACTION", "Carbon fraction", "Share of carbon.", optional=True))
        self.add(declare.integer("CLASSES", "Classes", "Number of classes.", default=5, minimum=2))
        self.add(declare.year("YEAR", "Year"))
        self.add(declare.density_unit())
        self.add(declare.boolean("TREND", "Trend", "Fit a trend."))
        self.add(declare.choice("FAIL", "Fail", "How to fail.", ["no", "carbon", "disk", "memory", "bug", "slow"]))
        self.add(declare.text("NAMES", "Names", "Names of the drivers.", optional=True))
        self.add(declare.matrix("GRADES", "Grades", "Grade of each class.", ["code", "grade"], optional=True))
        self.add(declare.compression())
        self.add(declare.cell_area())
        self.add(declare.raster_output("TOTAL", "Total", "The copy."))
        self.add(declare.raster_output("CHANGE", "Change", "Not made here.", optional=True))
        self.add(declare.table_output("TABLE", "Table", "Counts."))
        self.add(declare.report_output())
        self.add(declare.figures_output())
        self.add_number("SIZE", "Size (bytes)")

    def check(self, p):
        if p.integer("CLASSES") == 13:
            raise InputError("13 classes are not possible. Give another number.")

    def compute(self, p, progress, outputs):
        seen["p"], seen["thread"] = p, threading.get_ident()
        with open(p.path("DENSITY"), "rb") as stream:
            data = stream.read()
        with open(outputs.path(p.destination("TOTAL")), "wb") as stream:
            stream.write(data)
        fail = p.choice("FAIL")
        if fail == "carbon":
            raise RasterError("Band 1 of 'x.tif' holds no valid cell. Choose another raster.")
        if fail == "disk":
            raise OSError(28, "No space left on device")
        if fail == "memory":
            raise MemoryError()
        if fail == "bug":
            {}["absent key"]
        for step in range(1, 11):
            progress.update(step / 10, "Step {}".format(step))
            check_cancelled(progress)
        table = Table(
            "Counts",
            (Column("class", "text"), Column("cells", "integer"), Column("density_t_ha", "number")),
            [("forest", 2**40, 1.25), ("water", np.int64(0), None), ("bare", 3, float("nan"))],
        )
        if p.destination("REPORT"):
            outputs.text(p.destination("REPORT"), "<html>ü</html>")
        return (
            Outputs(["12 cells were left out.", Remark("The copy has one band.")])
            .raster("TOTAL", styles.sequential(0.0, 12.0, "t C/ha"))
            .raster("CHANGE", None)
            .table("TABLE", table)
            .file("REPORT")
            .number("SIZE", len(data))
            .say("The copy is complete.")
            .fact("seed", 7)
        )


def write_raster(path, values=((0.0, 6.0), (12.0, 3.0))):
    import rasterio

    path.parent.mkdir(exist_ok=True)
    array = np.array(values, dtype="float32")
    transform = rasterio.transform.from_origin(500000, 4000000, 30, 30)
    with rasterio.open(
        str(path), "w", driver="GTiff", width=array.shape[1], height=array.shape[0], count=1, dtype="float32",
        crs="EPSG:32650", transform=transform,
    ) as target:  # fmt: skip
        target.write(array, 1)
    return str(path)
