"""Table-based stock of the future land cover of each pathway, beside the forest."""

from typing import Dict, Mapping, Optional, Tuple

from .outputs import OutputSet
from .pools import PoolTable
from .progress import Message, Part, Progress
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .scenario_table import DriverFile
from .scenario_totals import TableStock
from .table_stock import carbon_stock


def table_stocks(
    landcover: Mapping[Tuple[str, int], DriverFile],
    pools: PoolTable,
    mask: Optional[PolygonLayer],
    area_mode: str,
    progress: Progress,
    settings: EngineSettings,
) -> Dict[Tuple[str, int], TableStock]:
    """Stock by pathway and year; a file that serves several is counted once. Each land cover keeps its own grid.

    Raises
    ------
    TableError
        Class codes that the pool table does not have.
    RasterError, GridError, InputError, Cancelled
    """
    paths = list(dict.fromkeys(file.path for file in landcover.values()))
    found = {}
    for number, path in enumerate(paths):
        part = Part(progress, (number / len(paths), (number + 1) / len(paths)))
        progress.update(number / len(paths), Message("Stock of the land cover, {} of {}", number + 1, len(paths)))
        with OutputSet() as outputs:
            made = carbon_stock(
                path, pools, outputs, {}, mask=mask, area_mode=area_mode, progress=part, settings=settings
            )
        found[path] = TableStock(made.stock, made.area_km2, made.valid_cells)
    return {key: found[file.path] for key, file in landcover.items()}
