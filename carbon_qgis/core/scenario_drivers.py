"""Drivers by pathway and year, and how far each starts from what the model was trained on.

Future drivers come from other sources than those of the training years: a difference at the first year is no change of
the climate but a bias of the source, and the forest would take it for one (in the Jiangsu paper 2020 already differs by
pathway).
"""

from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .forest import Forest
from .progress import Part, Progress
from .raster.grid import Grid
from .raster.polygons import PolygonLayer
from .raster.settings import EngineSettings
from .results import Column, Table
from .scenario_bands import BandStatistics, band_key, band_statistics
from .scenario_plan import Plan
from .scenario_table import ANY, DriverFile, ScenarioTable

#: A first year further from the training mean than this, in training standard deviations, is warned of.
SHIFT_SD = 0.5
#: Pathways that differ by more than this at the first year, in training standard deviations, are warned of.
SPREAD_SD = 0.1
#: Share of the training range by which a driver may leave it before that is said: samples miss the extremes of a map.
RANGE_SLACK = 0.05

Found = Dict[Tuple[str, str, int], BandStatistics]


def pathway_statistics(
    files: Mapping[Tuple[str, str, int], DriverFile], grid: Grid, reference: str, mask: Optional[PolygonLayer],
    area_mode: str, progress: Progress, settings: EngineSettings,
) -> Found:  # fmt: skip
    """Statistics by driver, pathway ('' for none) and year; the cells of a year are those valid in all its files.

    Parameters
    ----------
    files : numbers only, no class codes; by driver, pathway and year.
    """
    years = sorted({year for _, _, year in files})
    found: Found = {}
    for number, year in enumerate(years):
        rows = {key: file for key, file in files.items() if key[2] == year}
        part = Part(progress, (number / len(years), (number + 1) / len(years)))
        message = "Means of the drivers, {}".format(year)
        made = band_statistics(rows.values(), grid, reference, mask, area_mode, part, settings, message)
        found.update({key: made[band_key(file)] for key, file in rows.items()})
    return found


def table_files(
    table: ScenarioTable, variables: Sequence[str], pathways: Sequence[str], years: Sequence[int]
) -> Dict[Tuple[str, str, int], DriverFile]:
    """Rows of a driver table by variable, pathway ('' where it does not matter) and year, those that there are."""
    found = {}
    for variable in variables:
        moving = any(f.scenario for f in table.files if f.variable == variable)
        for pathway in pathways if moving else ("",):
            for year in years:
                file = table.find(variable, pathway, year)
                if file is not None:
                    found[variable, pathway, year] = file
    return found


def driver_table(found: Found, units: Mapping[str, str], forest: Optional[Forest] = None) -> Table:
    """One row per driver, pathway and year; with a forest also its training rows and the distance from them."""
    columns = [
        Column("variable", "text"), Column("unit", "text"), Column("pathway", "text", "* where it does not matter"),
        Column("year", "integer"), Column("mean", "number", "area-weighted"), Column("minimum", "number"),
        Column("maximum", "number"), Column("cells", "integer", "valid in every driver of the year"),
    ]  # fmt: skip
    if forest is not None:
        columns += [
            Column("training_mean", "number"), Column("training_sd", "number"), Column("training_minimum", "number"),
            Column("training_maximum", "number"),
            Column("shift_sd", "number", "(mean − training mean) / training standard deviation"),
        ]  # fmt: skip
    trained = {driver.name: driver for driver in forest.drivers} if forest is not None else {}
    order = {name: index for index, name in enumerate(trained)}
    table = Table("Drivers by pathway and year", tuple(columns))
    for (name, pathway, year), made in sorted(found.items(), key=lambda item: (order.get(item[0][0], 0),) + item[0]):
        row = [name, units.get(name, ""), pathway or ANY, year, made.mean, made.low, made.high, made.cells]
        if forest is not None:
            driver = trained[name]
            shift = (made.mean - driver.mean) / driver.sd if driver.sd else None
            row += [driver.mean, driver.sd, driver.min, driver.max, shift]
        table.rows.append(row)
    return table


def bias_table(drivers: Table, first: int) -> Table:
    """The rows of the first year, with what to make of them."""
    names = ("variable", "unit", "pathway", "mean", "minimum", "maximum", "training_mean", "training_sd",
             "training_minimum", "training_maximum", "shift_sd")  # fmt: skip
    rows = [row for row in drivers.as_dicts() if row["year"] == first]
    columns = {column.name: column for column in drivers.columns}
    table = Table(
        "Drivers at the first year, {}, against the training".format(first),
        tuple(columns[name] for name in names) + (Column("verdict", "text"),),
    )
    for row in rows:
        table.rows.append([row[name] for name in names] + [_verdict(row)])
    return table


def bias_warnings(drivers: Table, first: int) -> List[str]:
    """Sentences on drivers that start away from their training, and on pathways that start apart."""
    rows = [row for row in drivers.as_dicts() if row["year"] == first]
    found = []
    for name in dict.fromkeys(row["variable"] for row in rows):
        own = [row for row in rows if row["variable"] == name]
        far = [row for row in own if row["shift_sd"] is not None and abs(row["shift_sd"]) > SHIFT_SD]
        unit, sd = own[0]["unit"], own[0]["training_sd"]
        if far:
            found.append(
                "{} starts away from its training: the mean in {} is {}, that of the training {:.5g} {} (sd {:.3g}). "
                "The forest takes this for a change of the driver; bring both to one baseline ('Downscale a coarse "
                "driver', method delta).".format(
                    name, first, ", ".join("{:.5g} ({})".format(row["mean"], row["pathway"]) for row in far),
                    own[0]["training_mean"], unit, sd or 0.0,
                ).replace("  ", " ")
            )  # fmt: skip
        means = [row["mean"] for row in own]
        if sd and max(means) - min(means) > SPREAD_SD * sd:
            found.append(
                "{} differs by pathway already in {}: {}. Differences between the runs are not only those of the "
                "future.".format(name, first, ", ".join("{} {:.5g}".format(row["pathway"], row["mean"]) for row in own))
            )
    return found


def _verdict(row: Mapping) -> str:
    parts = []
    if row["shift_sd"] is not None and abs(row["shift_sd"]) > SHIFT_SD:
        parts.append("mean {:+.2g} sd from the training".format(row["shift_sd"]))
    slack = RANGE_SLACK * (row["training_maximum"] - row["training_minimum"])
    if row["minimum"] < row["training_minimum"] - slack:
        parts.append("reaches below the training range")
    if row["maximum"] > row["training_maximum"] + slack:
        parts.append("reaches above the training range")
    return "; ".join(parts) or "like the training"


def numeric_files(plan: Plan, forest: Forest) -> Dict[Tuple[str, str, int], DriverFile]:
    """The plan's files of drivers that are numbers."""
    classes = {driver.name for driver in forest.drivers if driver.categorical}
    return {key: file for key, file in plan.by_pathway().items() if key[0] not in classes}
