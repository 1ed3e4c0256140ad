"""NetCDF rasters on longitude and latitude, which often name no CRS: climate data by the CF conventions."""

from typing import Optional

from .grid import Grid
from .source import legible, open_raster

_NORTH = ("degrees_north", "degree_north", "degree_n", "degrees_n")


def geographic_grid(path: str) -> Optional[Grid]:
    """Grid in EPSG:4326 of a raster without CRS whose coordinates are in degrees north and east; else None.

    The CF conventions (chapter 4) make `degrees_north` the unit of latitudes and of nothing else.

    Raises
    ------
    RasterError
        If the file cannot be read.
    """
    from rasterio.crs import CRS

    with open_raster(path) as dataset:
        tags = legible(dataset.tags, {})
        units = [text.strip().lower() for key, text in tags.items() if key.endswith("#units")]
        if dataset.crs or dataset.transform.is_identity or not any(unit in _NORTH for unit in units):
            return None
        return Grid(CRS.from_epsg(4326).to_wkt(), tuple(dataset.transform)[:6], dataset.width, dataset.height)
