"""A synthetic region of an ensemble whose elasticities are known."""

import numpy as np

from carbon_qgis.core.scenario_matrix import parse_groups, scenario_matrix
from tests.core.helpers import make_raster

KM = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)
GROUPS = parse_groups("climate: PRE, TEM; AGPP: AGPP; population: PD")
PATHWAYS = ("SSP126", "SSP245", "SSP585")
YEARS = (2030, 2045)
UNITS = {"PRE": "mm/yr", "TEM": "degC", "AGPP": "g C/m2/yr", "PD": "persons/km2"}
#: Truth: C = 40 · PRE^0.3 · exp(−0.05 TEM) · AGPP^0.25 · PD^−0.04, t C/ha.
EXPONENT = {"PRE": 0.3, "AGPP": 0.25, "PD": -0.04}
WARMING = -0.05
#: Relative to SSP126. In 2045 the temperatures of the two pathways meet, as in the paper.
FACTOR = {"PRE": {"SSP126": 1.0, "SSP245": 1.05, "SSP585": 1.15}, "AGPP": {"SSP126": 1.0, "SSP245": 1.1, "SSP585": 1.3},
          "PD": {"SSP126": 1.0, "SSP245": 1.2, "SSP585": 0.8}}  # fmt: skip
STEP = {2030: {"SSP126": 0.0, "SSP245": 0.4, "SSP585": 1.1}, 2045: {"SSP126": 0.0, "SSP245": 0.3, "SSP585": 0.046}}
SHAPE = (12, 10)
RNG = np.random.default_rng(3)
BASE = {"PRE": 900 + 300 * RNG.random(SHAPE), "TEM": np.full(SHAPE, 17.5), "AGPP": 500 + 400 * RNG.random(SHAPE),
        "PD": 100 + 900 * RNG.random(SHAPE)}  # fmt: skip


def driver(name, pathway, year):
    if name == "TEM":
        return BASE["TEM"] + STEP[year][pathway]
    return BASE[name] * FACTOR[name][pathway]


def carbon(run, year):
    values = {group.variables: run.pathway(group.name) for group in GROUPS}
    values = {name: driver(name, pathway, year) for names, pathway in values.items() for name in names}
    made = 40 * np.exp(WARMING * values["TEM"])
    for name, exponent in EXPONENT.items():
        made = made * values[name] ** exponent
    return made


def write_region(folder):
    """Drivers, their table (drivers.csv), the density of every run (runs/) and the long table (totals.csv)."""
    lines = ["variable,scenario,year,path"]
    for name in UNITS:
        for pathway in PATHWAYS:
            for year in YEARS:
                file = "{}_{}_{}.tif".format(name, pathway, year)
                make_raster(folder / file, driver(name, pathway, year).astype("float32"), transform=KM,
                            units=(UNITS[name],))  # fmt: skip
                lines.append("{},{},{},{}".format(name, pathway, year, file))
    (folder / "drivers.csv").write_text("\n".join(lines))
    (folder / "runs").mkdir()
    rows = ["run,sets,pathway_climate,pathway_AGPP,pathway_population,year,total_t_C,total_Tg_C"]
    for run in scenario_matrix(GROUPS, PATHWAYS).runs:
        for year in YEARS:
            density = carbon(run, year).astype("float32")
            density[0, :3] = np.nan
            make_raster(folder / "runs" / "{}_{}.tif".format(run.id, year), density, transform=KM, units=("t C/ha",))
            total = float(np.nansum(density.astype(float))) * 100
            pathways = [run.pathway(group.name) for group in GROUPS]
            rows.append(",".join(map(str, [run.id, "X", *pathways, year, total, total / 1e6])))
    (folder / "totals.csv").write_text("\n".join(rows))
