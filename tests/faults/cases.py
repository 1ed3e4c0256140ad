"""One small real call of every algorithm that writes: what the faults are injected into.

`IN/` stands for the folder of inputs that `inputs.py` makes, `OUT/` for the folder of outputs.
"""

from dataclasses import dataclass
from typing import Any, Dict, Tuple

GROUPS = "climate: TEM, TEMN; water: PRE; productivity: NDVI"
#: Drivers of the stacks and models.
DRIVERS = ("PRE", "TEM", "TEMN", "NDVI", "NDVISD", "DEM", "SLOPE", "TWI")


@dataclass(frozen=True)
class Case:
    """An algorithm, its parameters, and the inputs that faults may hit.

    Parameters
    ----------
    victims : files of `IN/` that the run reads.
    own : beginning of the names of outputs that are begun anew: files of an earlier run are gone on with, not replaced.
    volatile : outputs that hold something of the moment (memory that is free).
    chain : a model of several steps. What a step has written stays, whatever becomes of the later ones: outputs of one
        step (the same name up to '_') are of one run, those of several need not be.
    """

    name: str
    parameters: Dict[str, Any]
    victims: Tuple[str, ...] = ()
    own: str = ""
    volatile: Tuple[str, ...] = ()
    chain: bool = False

    def filled(self, inputs: str, outputs: str) -> Dict[str, Any]:
        """Parameters with real paths."""
        return _filled(self.parameters, inputs, outputs)


def _filled(value: Any, inputs: str, outputs: str) -> Any:
    if isinstance(value, str):
        return value.replace("IN/", inputs + "/").replace("OUT/", outputs + "/")
    if isinstance(value, list):
        return [_filled(item, inputs, outputs) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, inputs, outputs) for name, item in value.items()}
    return value


#: Drawing takes most of a small run, and one code writes the reports of all: a third of the cases make one.
_PAGE = {"REPORT": "OUT/report.html"}
_FIGURES = {**_PAGE, "FIGURES": "OUT/figures"}
_DRIVERS = ["IN/{}.tif".format(name) for name in DRIVERS]
_SAMPLES = {"SAMPLES": "IN/made/samples.csv", "REPORT": "OUT/report.html", "MODEL": "OUT/made.carbonmodel"}

CASES = (
    Case("checkinstallation", {"TABLE": "OUT/t.csv", "REPORT": "OUT/report.html"}, volatile=("t.csv",)),
    Case("loadsampleproject", {"DATA": "plum_island", "FOLDER": "OUT/data", "PROJECT": "OUT/sample.qgz"},
         own="data/"),
    Case("driverstack", {"DRIVERS": _DRIVERS, "STACK": "OUT/stack.tif", "TABLE": "OUT/t.csv", **_FIGURES},
         ("PRE.tif", "TWI.tif")),
    Case("aggregatetime", {"STEPS": ["IN/months.tif"], "RESULT": "OUT/r.tif", "COUNT": "OUT/n.tif",
                           "TABLE": "OUT/t.xlsx"}, ("months.tif",)),
    Case("convertdensity", {"DENSITY": "IN/soil_2010.tif", "CONVERTED": "OUT/c.tif", "TABLE": "OUT/t.gpkg", **_PAGE},
         ("soil_2010.tif",)),
    Case("ecosystemclasses", {"LANDCOVER": "IN/LULC.tif", "CLASSES_TABLE": "IN/ecosystems.csv", "TABLE": "OUT/t.csv",
                              "ECOSYSTEMS": "OUT/e.tif", "CODES": "OUT/codes.csv"},
         ("LULC.tif", "ecosystems.csv")),
    Case("landuseintensity", {"LANDCOVER": "IN/LULC.tif", "GRADES": "IN/grades.csv", "LUI": "OUT/lui.tif", "WINDOW": 3,
                              "TABLE": "OUT/t.csv"}, ("LULC.tif",)),
    Case("checkpooltable", {"POOLS": "IN/pools.csv", "LANDCOVER": "IN/LULC.tif", "TABLE": "OUT/t.csv",
                            "REPORT": "OUT/report.html"}, ("pools.csv", "LULC.tif")),
    Case("densityseries", {"RECORDS": "IN/records.csv", "TABLE": "OUT/series.csv", **_PAGE}, ("records.csv",)),
    Case("forecastdensity", {"SERIES": "IN/made/series.csv", "LAST_YEAR": 2025, "MODEL": "drift",
                             "TABLE": "OUT/f.csv", "CHECK": "OUT/check.csv"}, ("made/series.csv",)),
    Case("sampledensity", {"DENSITY": "IN/soil_2010.tif", "STACK": "IN/made/stack.tif", "SIZE": 2000,
                           "SPLIT_BY": "blocks", "SAMPLES": "OUT/s.csv", "POINTS": "OUT/p.gpkg",
                           "INTERVALS_TABLE": "OUT/i.csv"}, ("soil_2010.tif", "made/stack.tif")),
    Case("trainlevels", {**_SAMPLES, "ITERATIONS": 30, "LEVEL_TABLE": "OUT/l.csv", "CONFUSION": "OUT/c.csv",
                         "METRICS": "OUT/m.csv", "IMPORTANCE": "OUT/i.csv"},
         ("made/samples.csv",)),
    Case("predictlevels", {"STACK": "IN/made/stack.tif", "MODEL": "IN/made/levels.carbonmodel", "LEVELS": "OUT/l.tif",
                           "PROBABILITIES": "OUT/p.tif", "TABLE": "OUT/t.csv"},
         ("made/stack.tif", "made/levels.carbonmodel")),
    Case("traindensity", {**_SAMPLES, "LEVELS": "IN/made/levels.carbonmodel", "FORM": "catboost", "TREES": 30,
                          "METRICS": "OUT/m.csv"}, ("made/samples.csv", "made/levels.carbonmodel")),
    Case("estimatedensity", {"STACK": "IN/made/stack.tif", "LEVEL_MODEL": "IN/made/levels.carbonmodel",
                             "DENSITY_MODEL": "IN/made/density.carbonmodel", "RATIO": 1.0, "DENSITY": "OUT/d.tif",
                             "LEVELS": "OUT/l.tif", "TABLE": "OUT/t.csv"},
         ("made/stack.tif", "made/density.carbonmodel")),
    Case("deadorganicmatter", {"SOIL": "IN/soil_2010.tif", "COEFFICIENT_ABOVE": 0, "COEFFICIENT_BELOW": 0,
                               "COEFFICIENT_SOIL": 0.03, "DEAD": "OUT/dead.tif", "TABLE": "OUT/t.csv"},
         ("soil_2010.tif",)),
    Case("assemblepools", {"DENSITIES": ["IN/soil_1990.tif", "IN/soil_2010.tif"], "TOTAL": "OUT/total.tif",
                           "TOTAL_FIRST": "OUT/first.tif", "FOLDER": "OUT/years", "TABLE": "OUT/t.csv", **_FIGURES},
         ("soil_1990.tif",)),
    Case("casanpp", {"NDVI": ["IN/casa_ndvi.tif"], "TEMPERATURE": ["IN/casa_tem.tif"],
                     "PRECIPITATION": ["IN/casa_pre.tif"], "RADIATION": ["IN/casa_sol.tif"],
                     "VEGETATION": "IN/casa_cover.tif", "PARAMETERS": "IN/casa.csv", "NPP": "OUT/npp.tif",
                     "NPP_MONTHLY": "OUT/months.tif", "NEP": "OUT/nep.tif", "TOTALS": "OUT/t.csv",
                     "MONTHLY_TABLE": "OUT/m.csv"}, ("casa_ndvi.tif", "casa_tem.tif")),
    Case("carbonstock", {"LANDCOVER": "IN/cover_1985.tif", "YEAR": 1985, "LANDCOVER_ALT": "IN/cover_1999.tif",
                         "YEAR_ALT": 1999, "POOLS": "IN/cover_pools.csv", "PRICE": 40, "TOTAL": "OUT/total.tif",
                         "TOTAL_ALT": "OUT/alt.tif", "CHANGE": "OUT/change.tif", "VALUE": "OUT/value.tif",
                         "TABLE": "OUT/t.csv", "TRANSITIONS": "OUT/tr.csv", **_FIGURES},
         ("cover_1985.tif", "cover_1999.tif", "cover_pools.csv")),
    Case("densitystock", {"SOIL": "IN/soil_2010.tif", "YEAR": 2010, "TOTAL": "OUT/total.tif", "STOCK": "OUT/stock.tif",
                          "TABLE": "OUT/t.gpkg"}, ("soil_2010.tif",)),
    Case("stockbyecosystem", {"DENSITIES": ["IN/soil_1990.tif", "IN/soil_2010.tif"], "ECOSYSTEMS": ["IN/LULC.tif"],
                              "TABLE": "OUT/t.csv"}, ("soil_1990.tif", "LULC.tif")),
    Case("carbonaccumulation", {"DENSITIES": ["IN/soil_1990.tif", "IN/soil_2010.tif"], "RATE": "OUT/rate.tif",
                                "SINK_SOURCE": "OUT/sinks.tif", "TABLE": "OUT/t.csv"},
         ("soil_1990.tif", "soil_2010.tif")),
    Case("classifydriver", {"RASTER": "IN/PRE.tif", "CLASSES": 6, "CLASSIFIED": "OUT/c.tif", "TABLE": "OUT/t.csv"},
         ("PRE.tif",)),
    Case("geodetector", {"TARGET": "IN/soil_2010.tif", "DRIVERS": ["IN/PRE.tif", "IN/TEM.tif", "IN/DEM.tif"],
                         "CLASSES": 5, "FACTORS": "OUT/f.csv", "INTERACTIONS": "OUT/i.csv", "RISK": "OUT/r.csv",
                         "CLASSES_TABLE": "OUT/c.csv", **_FIGURES}, ("soil_2010.tif", "PRE.tif")),
    Case("trainforest", {**_SAMPLES, "TREES": 10, "METRICS": "OUT/m.csv", "IMPORTANCE": "OUT/i.csv"},
         ("made/samples.csv",)),
    Case("predictforest", {"STACK": "IN/made/stack.tif", "MODEL": "IN/made/forest.carbonmodel", "DENSITY": "OUT/d.tif",
                           "CELL_CARBON": "OUT/c.tif", "TOTALS": "OUT/t.csv"},
         ("made/stack.tif", "made/forest.carbonmodel")),
    Case("downscale", {"COARSE": "IN/coarse.tif", "REFERENCE": "IN/PRE.tif", "YEAR": 2030, "SCENARIO": "SSP126",
                       "DRIVER": "OUT/PRE.tif", "TABLE": "OUT/t.csv"}, ("coarse.tif",)),
    Case("drivertable", {"FOLDER": "IN/scenario_files", "DRIVER_TABLE": "OUT/drivers.csv",
                         "COVERAGE": "OUT/coverage.csv", **_PAGE}, ("scenario_files/TEM_SSP126_2020.tif",)),
    Case("scenariomatrix", {"TABLE": "OUT/matrix.csv"}),
    Case("runscenarios", {"DRIVER_TABLE": "IN/scenarios.csv", "MODEL": "IN/made/forest.carbonmodel", "GROUPS": GROUPS,
                          "PATHWAYS": "SSP126, SSP585", "YEARS": "2020, 2030, 10", "RASTERS": ["CELL_CARBON"],
                          "ENSEMBLE": "OUT/ensemble", "TOTALS": "OUT/totals.csv", "SETS": "OUT/sets.csv",
                          "BIAS": "OUT/bias.csv", **_PAGE}, ("PRE.tif", "made/forest.carbonmodel"), "ensemble/"),
    Case("scenariocharts", {"TOTALS": "IN/made/totals.csv", "LINES": "OUT/lines.csv", **_PAGE}, ("made/totals.csv",)),
    Case("elasticity", {"DENSITY_BASE": "IN/soil_1990.tif", "DENSITY_OTHER": "IN/soil_2010.tif",
                        "DRIVER_BASE": "IN/TEM.tif", "DRIVER_OTHER": "IN/TEM_later.tif", "DRIVER_UNIT": "degC",
                        "ELASTICITY": "OUT/e.tif", "REASON": "OUT/why.tif", "TABLE": "OUT/t.csv"},
         ("soil_1990.tif", "TEM_later.tif")),
    Case("assessaccuracy", {"DENSITY": "IN/soil_1990.tif", "REFERENCE": "IN/soil_2010.tif",
                            "RELATIVE_ERROR": "OUT/re.tif", "DIFFERENCE": "OUT/d.tif", "TABLE": "OUT/t.csv"},
         ("soil_1990.tif", "soil_2010.tif")),
    Case("compareestimates", {"ESTIMATES": ["IN/soil_1990.tif", "IN/soil_other.tif"], "REFERENCE": "IN/soil_2010.tif",
                              "FOLDER": "OUT/maps", "TABLE": "OUT/t.csv", "PAIRS": "OUT/pairs.csv"},
         ("soil_1990.tif", "soil_2010.tif")),
)  # fmt: skip

#: The shipped models. Outputs are called by the step that writes them, up to '_'.
CHAINS = (
    Case("landcovertodrivers", {
        "LANDCOVER_START": "IN/cover_1985.tif", "YEAR_START": 1985, "LANDCOVER_END": "IN/cover_1999.tif",
        "YEAR_END": 1999, "POOLS": "IN/cover_pools.csv", "DRIVERS": ["IN/elevation.tif", "IN/slope.tif"],
        "stock:TOTAL_START": "OUT/stock_start.tif", "stock:TOTAL_END": "OUT/stock_end.tif",
        "stock:STOCK_TABLE": "OUT/stock_t.csv", "car:RATE": "OUT/car_rate.tif", "car:INTERVALS": "OUT/car_i.csv",
        "car:ECOSYSTEMS": "OUT/car_e.csv", "car:RATE_REPORT": "OUT/car_report.html", "stack:STACK": "OUT/stack_s.tif",
        "drivers:FACTORS": "OUT/drivers_q.csv", "drivers:DRIVER_REPORT": "OUT/drivers_report.html",
    }, ("cover_1999.tif", "elevation.tif"), chain=True),
    Case("coupledcarbon", {
        "RECORDS": "IN/records.csv", "DENSITY": "IN/soil_2010.tif", "YEAR": 2010, "YEAR_TARGET": 2020,
        "DRIVERS": ["IN/PRE.tif", "IN/TEM.tif", "IN/DEM.tif"], "SAMPLES": 500,
        "DRIVERS_TARGET": ["IN/PRE.tif", "IN/later/TEM.tif", "IN/DEM.tif"],
        "series:SERIES": "OUT/series_t.csv", "forecast:FORECAST": "OUT/forecast_t.csv",
        "stack:STACK": "OUT/stack_s.tif", "samples:SAMPLES_TABLE": "OUT/samples_t.csv",
        "levels:LEVEL_MODEL": "OUT/levels_m.carbonmodel", "density:DENSITY_MODEL": "OUT/density_m.carbonmodel",
        "stack_target:STACK_TARGET": "OUT/later_s.tif", "estimate:ESTIMATE": "OUT/estimate_d.tif",
        "accuracy:ACCURACY": "OUT/accuracy_t.csv", "estimate_target:ESTIMATE_TARGET": "OUT/target_d.tif",
        "car:RATE": "OUT/car_rate.tif", "car:INTERVALS": "OUT/car_i.csv",
        "car:RATE_REPORT": "OUT/car_report.html", "stock:STOCK_TABLE": "OUT/stock_t.csv",
    }, ("records.csv", "later/TEM.tif"), chain=True),
    Case("casacomparison", {
        "NDVI": "IN/casa_ndvi.tif", "TEM": "IN/casa_tem.tif", "PRE": "IN/casa_pre.tif", "SOL": "IN/casa_sol.tif",
        "LANDCOVER": "IN/casa_cover.tif", "PARAMETERS": "IN/casa.csv", "POOLS": "IN/casa_pools.csv",
        "DRIVERS": ["IN/DEM.tif", "IN/TWI.tif"], "REFERENCE": "IN/soil_2010.tif", "YEAR": 2010, "SAMPLES": 500,
        "casa:NPP": "OUT/casa_npp.tif", "stack:STACK": "OUT/stack_s.tif", "samples:SAMPLES_TABLE": "OUT/samples_t.csv",
        "invest:INVEST": "OUT/invest_d.tif", "coupled:COUPLED": "OUT/coupled_d.tif",
        "levels:LEVEL_MODEL": "OUT/levels_m.carbonmodel", "density:DENSITY_MODEL": "OUT/density_m.carbonmodel",
        "compare:COMPARISON": "OUT/compare_t.csv", "compare:COMPARISON_REPORT": "OUT/compare_report.html",
    }, ("casa_ndvi.tif", "casa_pools.csv"), chain=True),
    Case("irfscenarios", {
        "LANDCOVER": "IN/LULC.tif", "YEAR": 2010, "POOLS": "IN/pools.csv", "DRIVER_TABLE": "IN/scenarios.csv",
        "DRIVERS": ["IN/{}.tif".format(name) for name in DRIVERS], "GROUPS": GROUPS, "PATHWAYS": "SSP126, SSP585",
        "YEARS": "2020, 2030, 10", "SAMPLES": 500, "stack:STACK": "OUT/stack_s.tif",
        "samples:SAMPLES_TABLE": "OUT/samples_t.csv", "compare:COMPARISON": "OUT/compare_t.csv",
        "invest:INVEST": "OUT/invest_d.tif",
        "forest:FOREST": "OUT/forest_m.carbonmodel", "predict:PREDICTED": "OUT/predict_d.tif",
        "runs:ENSEMBLE": "OUT/runs_e", "runs:TOTALS": "OUT/runs_t.csv", "charts:CHARTS_REPORT": "OUT/charts_r.html",
        "elasticity:ELASTICITY": "OUT/elasticity_t.csv",
    }, ("PRE.tif", "scenarios.csv"), "runs_e/", chain=True),
)  # fmt: skip

BY_NAME = {case.name: case for case in CASES}
CHAIN_BY_NAME = {case.name: case for case in CHAINS}
