"""Geodetector on the columns of a table: published numbers, the same as of rasters, missing values, refusals."""

import csv
from pathlib import Path

import numpy as np
import pytest

from carbon_qgis.core.discretize import Distribution, breaks, classify
from carbon_qgis.core.driver_classes import Classing
from carbon_qgis.core.driver_table import TableDriver, detect_drivers_in_table
from carbon_qgis.core.errors import Cancelled, InputError
from carbon_qgis.core.geodetector import geodetector_arrays
from carbon_qgis.core.geodetector_tables import factor_table, interaction_table
from carbon_qgis.core.progress import Silent

NAMES = ("soiltype", "watershed", "elevation")
Q = (0.385716842809428, 0.637773670070423, 0.606708709727727)


@pytest.fixture(scope="module")
def ntds():
    with open(Path(__file__).parents[1] / "data" / "ntds.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    table = {name: [int(row[name]) for row in rows] for name in NAMES}
    table["incidence"] = [float(row["incidence"]) for row in rows]
    return table


def of(table, categorical=True, **options):
    drivers = [TableDriver(name, table[name], categorical) for name in NAMES]
    return detect_drivers_in_table(table["incidence"], drivers, **options)


def test_published_example(ntds):
    result = of(ntds, target_name="incidence")
    scope = result.scores.scope()
    assert [score.q for score in scope.factors] == pytest.approx(Q, abs=1e-12)
    p = (0.36323628815, 0.00011699043915, 0.04080406786)
    assert [score.p_published for score in scope.factors] == pytest.approx(p, abs=2e-9)
    assert [pair.q12 for pair in scope.pairs] == pytest.approx((0.735681, 0.663524, 0.713597), abs=1e-6)
    assert result.best.factor == "watershed" and result.cells == 185 and result.grid is None
    dropped = of(ntds, min_stratum_cells=2).scores.scope()
    assert [pair.q12 for pair in dropped.pairs] == pytest.approx((0.723184, 0.662980, 0.710278), abs=1e-6)
    assert any(note.startswith("Strata of one cell (crossed factors: 6 in all pairs)") for note in result.notes)


@pytest.mark.parametrize("form", [
    lambda v: "soil {}".format(v), lambda v: "{:02d} ".format(v), lambda v: float(v), lambda v: str(float(v)),
])  # fmt: skip
def test_codes_as_text_or_numbers_are_the_same_strata(ntds, form):
    table = {**ntds, **{name: [form(value) for value in ntds[name]] for name in NAMES}}
    scope = of(table).scores.scope()
    assert [score.q for score in scope.factors] == pytest.approx(Q, abs=1e-12)


def test_numbers_are_classed_and_text_is_not():
    rng = np.random.default_rng(0)
    x, kind = rng.gamma(2, 3, 500), rng.choice(["bog", "fen", "heath"], 500)
    eco = rng.integers(0, 3, 500)
    y = x + (kind == "fen") + rng.normal(size=500)
    result = detect_drivers_in_table(
        y.tolist(), [TableDriver("x", x.tolist()), TableDriver("kind", kind.tolist())], Classing(classes=6),
        eco.tolist(),
    )  # fmt: skip
    bounds = breaks(Distribution.from_values(x), "natural", 6)
    expected = geodetector_arrays(y, {"x": classify(x, bounds), "kind": kind}, eco)
    for mine, theirs in zip(result.scores.scopes, expected.scopes):
        assert [s.q for s in mine.factors] == pytest.approx([s.q for s in theirs.factors], abs=1e-12)
        assert [s.q12 for s in mine.pairs] == pytest.approx([s.q12 for s in theirs.pairs], abs=1e-12)
    assert [scope.name for scope in result.scores.scopes] == ["overall", "0", "1", "2"]
    assert result.drivers[0].bounds.tolist() == bounds.tolist()
    assert result.drivers[1].labels == ("bog", "fen", "heath")
    assert sum(result.drivers[1].counts) == 500


def test_rasters_and_tables_give_the_same_rows(tmp_path):
    import rasterio
    from rasterio.transform import from_origin

    from carbon_qgis.core.driver_detection import Driver, detect_drivers
    from carbon_qgis.core.raster.source import Band

    rng = np.random.default_rng(2)
    arrays = {name: rng.normal(size=(30, 40)).astype(np.float32) for name in ("a", "b")}
    arrays["y"] = (arrays["a"] + rng.normal(size=(30, 40))).astype(np.float32)
    arrays["e"] = rng.integers(1, 4, (30, 40)).astype(np.float32)
    for name, values in arrays.items():
        with rasterio.open(
            tmp_path / (name + ".tif"), "w", driver="GTiff", width=40, height=30, count=1, dtype="float32",
            crs="EPSG:32645", transform=from_origin(0, 0, 10, 10),
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)
    path = {name: str(tmp_path / (name + ".tif")) for name in arrays}
    rasters = detect_drivers(Band(path["y"]), [Driver(n, Band(path[n])) for n in "ab"], ecosystems=path["e"])
    columns = {name: values.ravel().tolist() for name, values in arrays.items()}
    table = detect_drivers_in_table(
        columns["y"], [TableDriver(n, columns[n]) for n in "ab"], ecosystems=columns["e"]
    )  # fmt: skip
    for make in (factor_table, interaction_table):
        one, two = make(rasters.scores), make(table.scores)
        assert one.columns == two.columns and len(one.rows) == len(two.rows)
        for mine, theirs in zip(one.rows, two.rows):
            for a, b in zip(mine, theirs):
                assert a == (b if isinstance(b, str) or b is None else pytest.approx(b, rel=1e-9))


def test_missing_values_are_left_out_and_counted():
    y = [1.0, None, 3.0, 4.0, 5.0, 9.0, 7.0, 8.0, float("nan"), 2.0]
    x = [1, 2, 3, None, 5, 6, 7, 8, 9, 10]
    soil = ["a", "b", "a", "b", " ", "b", "a", "b", "a", "b"]
    eco = [1, 1, 1, 1, 1, 2, 2, None, 2, 2]
    result = detect_drivers_in_table(
        y, [TableDriver("x", x), TableDriver("soil", soil)], Classing(classes=2), eco, target_name="carbon",
        ecosystem_name="zone",
    )  # fmt: skip
    assert (result.cells, result.cells_seen) == (5, 10)
    assert result.notes[0] == (
        "5 of 10 rows left out: a value is missing there (carbon 2, x 1, soil 1, zone 1).")
    expected = geodetector_arrays(np.array([1, 3, 9, 7, 2.0]), {"soil": np.array(list("aabab"))})
    assert result.scores.scope().factors[1].q == pytest.approx(expected.scope().factors[0].q, abs=1e-12)


def test_text_that_is_a_number_in_every_row_counts_as_numbers():
    rng = np.random.default_rng(4)
    x = rng.normal(size=80)
    numbers = detect_drivers_in_table(x.tolist(), [TableDriver("x", (x**3).tolist())], Classing(classes=4))
    written = [TableDriver("x", [repr(v) for v in (x**3).tolist()])]
    text = detect_drivers_in_table([repr(v) for v in x.tolist()], written, Classing(classes=4))
    assert numbers.notes == []
    assert text.notes == [
        "The text in 'Y', 'x' was read as numbers. Name a column as categorical if its numbers are codes."]
    assert text.best.q == numbers.best.q


def test_optimal_classes_and_given_bounds():
    rng = np.random.default_rng(6)
    x = rng.normal(size=400)
    y = np.sign(x) + 0.1 * rng.normal(size=400)
    result = detect_drivers_in_table(y.tolist(), [TableDriver("x", x.tolist())], Classing("optimal"))
    assert result.drivers[0].optimal.q == pytest.approx(result.best.q, abs=1e-12)
    given = Classing("given", given={"x": [0.0, 10.0]})
    halves = detect_drivers_in_table(y.tolist(), [TableDriver("x", x.tolist())], given)
    assert halves.best.q > 0.98 and halves.drivers[0].counts.tolist() == [(x <= 0).sum(), (x > 0).sum()]


def test_thinning_of_rows(ntds):
    one, two = of(ntds, keep_share=0.6, seed=3), of(ntds, keep_share=0.6, seed=3)
    assert one.cells == two.cells < 185 and one.best.q == two.best.q
    assert one.notes[0] == "{} rows drawn at random (share 0.6, seed 3).".format(one.cells)
    with pytest.raises(InputError, match="No row was drawn of 185"):
        of(ntds, keep_share=1e-9)


Y = [1.0, 2.0, 4.0, 3.0, 7.0, 5.0]


@pytest.mark.parametrize("y, drivers, options, message", [
    (Y, [], {}, "Give at least one driver"),
    (Y, [("a", Y), ("a", Y)], {}, "Two drivers are called 'a'"),
    (["x"] + Y[1:], [("a", Y)], {"target_name": "soc"}, "'soc' is to be explained .* row 1 holds 'x'"),
    (Y, [("a", Y[:5])], {}, "'a' has 5 rows, but Y has 6"),
    (Y, [("a", Y)], {"ecosystems": ["u"]}, "'ecosystem' has 1 rows, but Y has 6"),
    (Y, [("a", [None] * 6)], {}, r"No row has a value in every column \(6 rows read; missing: a 6\)"),
    (Y, [("a", [3] * 6)], {}, "river 'a' has one value"),
    (Y, [("a", ["clay"] * 6)], {}, "Driver 'a' has the one class 'clay' in every complete row"),
    (Y, [("a", Y)], {}, "10 classes were asked for of driver 'a', which has 6 different values"),
    (Y, [("a", [1.0, float("inf")] + Y[2:])], {}, "'a' holds an infinite value in row 2"),
    (Y * 50, [("a", ["n{}".format(i) for i in range(300)])], {}, "has 300 different values; at most 255 strata"),
    (Y, [("a", list("abcdef"))], {}, "each of its 6 strata holds one cell"),
    (Y, [("a", Y)], {"keep_share": 2}, "share of cells"),
    (Y, [("a", Y)], {"classing": Classing(given={"b": [1, 2]})}, "bounds are given for 'b'"),
    (Y, [("a", list("aabbab"))], {"min_stratum_cells": 0}, "minimum of cells per stratum must be 1 or more"),
])  # fmt: skip
def test_refusals(y, drivers, options, message):
    with pytest.raises(InputError, match=message):
        detect_drivers_in_table(y, [TableDriver(*driver) for driver in drivers], **options)


def test_a_constant_y_is_noted_not_refused():
    result = detect_drivers_in_table([5.0] * 6, [TableDriver("a", list("aabbcc"))])
    assert result.best is None and np.isnan(result.scores.scope().factors[0].q)
    assert any("Y is constant" in note for note in result.notes)


def test_cancel():
    class Stop(Silent):
        def cancelled(self):
            return True

    with pytest.raises(Cancelled):
        detect_drivers_in_table(Y, [TableDriver("a", list("aabbab"))], progress=Stop())
