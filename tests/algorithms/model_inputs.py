"""Tables of samples and driver stacks for the tests of the algorithms that train models and predict with them."""

import csv

import numpy as np
import rasterio
from rasterio.transform import from_origin


def write_table(path, header, rows):
    """Write a CSV file; its path."""
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return str(path)


def stack(path, names=("NDVI", "TEM", "GLC"), units=("1", "degC", "1"), warmer=0.0):
    """Write 60 x 80 cells of three drivers of SSP126 in 2030, the first cell without data; the path."""
    rng = np.random.default_rng(3)
    planes = {
        "NDVI": rng.uniform(0, 1, (60, 80)), "TEM": rng.normal(10, 2, (60, 80)) + warmer,
        "GLC": rng.choice([2, 7], (60, 80)),
    }  # fmt: skip
    with rasterio.open(
        path, "w", driver="GTiff", width=80, height=60, count=len(names), dtype="float32", crs="EPSG:3035",
        transform=from_origin(4_000_000, 3_000_000, 1000, 1000), nodata=-9999.0,
    ) as dataset:  # fmt: skip
        dataset.update_tags(CARBON_YEAR="2030", CARBON_SCENARIO="SSP126")
        for index, name in enumerate(names, 1):
            plane = planes[name].astype(np.float32)
            plane[0, 0] = -9999.0
            dataset.write(plane, index)
            dataset.set_band_description(index, name)
            dataset.set_band_unit(index, units[index - 1])
    return str(path)
