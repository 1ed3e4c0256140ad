"""forecastdensity as a user meets it: tables, orders by pool, reports, refusals, and a cancel."""

import pytest
from qgis.core import QgsFeature, QgsVectorLayer

from tests.algorithms.workshop import Workshop, content, record, table_rows

SWEDEN = [57.074, 57.501, 56.887, 52.869, 64.887, 58.670, 58.770, 61.278, 58.420, 59.618, 61.509, 62.141]
WIDE = "year,above [t C/ha],soil [t C/ha]\n" + "".join(
    "{},{},{}\n".format(2007 + i, v, 150 - v) for i, v in enumerate(SWEDEN)
)
LONG = "year,pool,mean_kg_c_m2,n,se_kg_c_m2\n" + "".join(
    "{},above,{},12,0.1\n".format(2007 + i, v / 10) for i, v in enumerate(SWEDEN)
)
#: A small grid: the search has tests of its own.
QUICK = {"D": 1, "MAX_P": 1, "MAX_Q": 0}


@pytest.fixture
def shop(tmp_path, run_algorithm):
    return Workshop(tmp_path, run_algorithm)


def test_wide_table_orders_by_pool_and_every_file(shop, feedback):
    made = {
        "TABLE": shop.path("forecast.csv"), "SEARCH": shop.path("orders.csv"), "CHECK": shop.path("check.csv"),
        "REPORT": shop.path("r.html"), "FIGURES": shop.path("figures"),
    }  # fmt: skip
    found = shop.run("forecastdensity", {
        "SERIES": shop.table("wide.csv", WIDE), "LAST_YEAR": 2020, "ORDERS": ["soil", 0, 1, 0, "above", 1, 1, 0],
        "CONSTANT": "no", **made,
    })  # fmt: skip
    table = table_rows(made["TABLE"])
    ahead = {(row["pool"], row["year"]): row for row in table if row["source"] == "forecast"}
    assert sorted(ahead) == [("above", "2019"), ("above", "2020"), ("soil", "2019"), ("soil", "2020")]
    assert ahead["soil", "2020"]["order"] == "(0,1,0)" and ahead["above", "2020"]["order"] == "(1,1,0)"
    assert float(ahead["soil", "2020"]["density_kg_c_m2"]) == pytest.approx((150 - 62.141) / 10)
    assert len(table) == 28 and found["POOLS"] == 2 and found["LAST_OBSERVED"] == 2018
    assert record(made["TABLE"])["orders"] == {"above": "(1,1,0)", "soil": "(0,1,0)"}
    assert {row["model"] for row in table_rows(made["CHECK"])} == {"arima", "average", "drift", "linear", "naive"}
    assert {row["status"] for row in table_rows(made["SEARCH"])} == {"chosen"}
    assert "loses to other forecasts on known years" in "\n".join(feedback.warnings)
    assert found["WARNINGS"] >= 1 and "Warning." in content(made["REPORT"])
    assert "forecast.svg" in {path.name for path in (shop.out / "figures").iterdir()}


def test_table_of_densityseries_as_a_layer_and_a_chosen_model(shop):
    layer = QgsVectorLayer("None?field=year:integer&field=pool:string&field=mean_kg_c_m2:double", "series", "memory")
    for i, value in enumerate(SWEDEN):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([2007 + i, "above", value / 10])
        layer.dataProvider().addFeature(feature)
    from_layer = {"INPUT": layer, "LAST_YEAR": 2022, "MODEL": "linear", "TABLE": shop.path("a.csv"), **QUICK}
    shop.run("forecastdensity", from_layer)
    from_file = {"SERIES": shop.table("long.csv", LONG), "LAST_YEAR": 2022, "MODEL": "linear", **QUICK}
    shop.run("forecastdensity", {**from_file, "TABLE": shop.path("b.csv")})
    found = table_rows(shop.path("a.csv"))
    assert found == table_rows(shop.path("b.csv")) and {row["model"] for row in found} == {"linear"}
    assert float(found[-1]["density_kg_c_m2"]) == pytest.approx(6.3386, abs=1e-3)


def test_the_default_is_the_average(shop):
    shop.run("forecastdensity", {
        "SERIES": shop.table("long.csv", LONG), "LAST_YEAR": 2019, "TABLE": shop.path("t.csv"), **QUICK,
    })  # fmt: skip
    assert {row["model"] for row in table_rows(shop.path("t.csv"))} == {"average"}


GAP = "\n".join(line for line in LONG.splitlines() if not line.startswith("2010"))


@pytest.mark.parametrize("text, parameters, words", [
    (GAP, {}, "pool 'above' has no value for 2010 between 2007 and 2018. A forecast needs every year"),
    (LONG + "2010,above,5,1,\n", {}, "line 14, column 'year': 2010 of pool 'above' is already in line 5."),
    ("\n".join(LONG.splitlines()[:8]), {}, "has 7 years (2007–2013); a forecast needs at least 8."),
    (LONG.replace("5.2869", "low"), {}, "line 5, column 'mean_kg_c_m2': 'low' is not a number."),
    (LONG.replace("5.2869", "-5.2869"), {}, "line 5, column 'mean_kg_c_m2': '-5.2869' is negative."),
    (LONG, {"UNIT": "t C/ha"}, "is in kg C/m2 by its name, but t C/ha is chosen as unit."),
    (LONG, {"POOLS_USED": "soil"}, "has no pool 'soil'. Its pools are: above."),
    (LONG, {"LAST_YEAR": "next"}, "'next' is not a number to compute with."),
    (LONG, {"ORDERS": ["above", "x", 1, 1]}, "Given orders of ARIMA (ORDERS), row 1, p: 'x' is not a whole number"),
    (LONG, {"ORDERS": ["peat", 1, 1, 1]}, "Orders are given for 'peat', which the table does not have."),
    (LONG, {"LAST_YEAR": 2300}, "2300 is 282 years after the last observation of pool 'above' (2018)."),
    (LONG.replace("mean_kg_c_m2", "mean"), {}, "The unit of column 'mean' of series.csv is not known."),
])  # fmt: skip
def test_refusals(shop, text, parameters, words):
    series = shop.table("series.csv", text)
    assert words in shop.refusal("forecastdensity", {
        "SERIES": series, "LAST_YEAR": 2020, "TABLE": shop.path("t.csv"), **QUICK, **parameters,
    })  # fmt: skip


def test_a_forecast_below_zero(shop):
    text = "year,soil_kg_c_m2\n" + "".join("{},{}\n".format(2000 + i, 2 - 0.2 * i + 0.01 * (i % 2)) for i in range(9))
    message = shop.refusal("forecastdensity", {
        "SERIES": shop.table("s.csv", text), "LAST_YEAR": 2020, "MODEL": "linear", "TABLE": shop.path("t.csv"), **QUICK,
    })  # fmt: skip
    assert "the forecast of linear falls below 0 in 2011" in message


def test_inputs_are_one(shop):
    assert "(SERIES) or Density series (layer) (INPUT): neither was given." in shop.refusal(
        "forecastdensity", {"LAST_YEAR": 2020, "TABLE": shop.path("t.csv")}
    )


@pytest.mark.parametrize("share", [0, 40])
def test_cancel_between_fits_writes_nothing(shop, make_feedback, share):
    stopped = make_feedback(cancel_at=share)
    message = shop.refusal("forecastdensity", {
        "SERIES": shop.table("long.csv", LONG), "LAST_YEAR": 2020, "TABLE": shop.path("t.csv"), **QUICK,
    }, feedback=stopped)  # fmt: skip
    assert "Cancelled" in message and max(stopped.fractions) < share + 30
