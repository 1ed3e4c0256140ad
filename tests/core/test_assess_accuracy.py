"""Accuracy of rasters and at points: known answers, invariants of a raster stage, refusals, the page."""

import html
import re
import struct
from dataclasses import replace

import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.warp import transform

from carbon_qgis.core.assess_accuracy import assess_raster, scatter_counts, scatter_edges
from carbon_qgis.core.assess_points import ReferencePoints, assess_points
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, GridError, InputError, RasterError
from carbon_qgis.core.outputs import OutputSet
from carbon_qgis.core.raster.grid import Grid
from carbon_qgis.core.raster.point_cells import cells_of_points, points_from_wkb
from carbon_qgis.core.raster.polygons import PolygonLayer
from carbon_qgis.core.raster.settings import EngineSettings
from carbon_qgis.core.report.accuracy_report import accuracy_page
from carbon_qgis.core.report.scatter import density_scatter
from carbon_qgis.core.validation import accuracy_metrics
from tests.core.helpers import METRES_30, UTM, Cancelling, box, make_raster, polygon_wkb, read_raster

WKT = CRS.from_string(UTM).to_wkt()
KM = (1000.0, 0.0, 500_000.0, 0.0, -1000.0, 4_000_000.0)


def density(path, values, unit="t C/ha", transform=KM, **options):
    made = make_raster(path, np.asarray(values, dtype="float32"), transform=transform, nodata=-9999, **options)
    return density_raster(made, unit)


def run(estimate, reference, folder, label="held-out", **options):
    made = {name: str(folder / (name + ".tif")) for name in ("RELATIVE_ERROR", "DIFFERENCE")}
    with OutputSet([estimate.path, reference.path]) as outputs:
        return assess_raster(estimate, reference, outputs, made, label, **options), made


def field(shape=(300, 280), seed=1):
    generator = np.random.default_rng(seed)
    reference = generator.gamma(2, 40, shape).astype("float32")
    estimate = (0.7 * reference + generator.normal(15, 8, shape)).astype("float32")
    return reference, estimate


def test_known_answer(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18, 40]])
    result, made = run(estimate, density(tmp_path / "r.tif", [[10, 20, 40]]), tmp_path)
    assert result.metrics.mean_re == pytest.approx(0.10) and result.metrics.accuracy == pytest.approx(0.90)
    assert result.metrics.label == "held-out" and result.metrics.n == 3
    np.testing.assert_allclose(read_raster(made["RELATIVE_ERROR"]), [[0.2, 0.1, 0.0]], atol=1e-6)
    np.testing.assert_allclose(read_raster(made["DIFFERENCE"]), [[2, -2, 0]])
    (row,) = result.table.as_dicts()
    assert row["zone"] == "all" and row["label"] == "held-out" and row["RMSE_t_C_ha"] == pytest.approx((8 / 3) ** 0.5)


def test_units_are_brought_together(tmp_path):
    reference = density(tmp_path / "r.tif", [[1.0, 2.0, 4.0]], "kg C/m2")
    estimate = density(tmp_path / "e.tif", [[1200, 1800, 4000]], "t C/km2")
    result, _ = run(estimate, reference, tmp_path)
    assert result.metrics.mean_re == pytest.approx(0.10, rel=1e-6)
    assert result.metrics.mae == pytest.approx(4 / 3, rel=1e-6)


def test_streamed_metrics_are_those_of_the_whole_array(tmp_path):
    reference, estimate = field()
    reference[5:9, :] = -9999
    result, made = run(density(tmp_path / "e.tif", estimate), density(tmp_path / "r.tif", reference), tmp_path,
                       threshold=8.0, settings=EngineSettings(memory_mb=1, threads=3))  # fmt: skip
    valid = reference > -9999
    exact = accuracy_metrics(reference[valid], estimate[valid], "held-out", threshold=8.0)
    for name in ("mean_re", "r", "r_squared", "mae", "rmse", "bias", "nrmse", "slope", "intercept"):
        assert getattr(result.metrics, name) == pytest.approx(getattr(exact, name), rel=1e-9), name
    assert result.metrics.median_re == pytest.approx(exact.median_re, rel=0.009)
    assert (result.metrics.n, result.metrics.n_masked) == (exact.n, exact.n_masked)
    assert exact.n_masked > 0 and np.isnan(read_raster(made["RELATIVE_ERROR"]))[reference <= 8].all()
    assert result.scatter.counts.sum() + result.scatter.beyond == exact.n
    assert any("have a reference of 8 t C/ha or less" in note for note in result.notes)
    assert any("1,120 cells with an estimate have no reference" in note for note in result.notes)


@pytest.mark.parametrize("settings", [EngineSettings(memory_mb=1, threads=1), EngineSettings(memory_mb=1, threads=4)])
def test_blocks_and_threads_change_no_cell(tmp_path, settings):
    reference, estimate = field((600, 500))
    pair = density(tmp_path / "e.tif", estimate), density(tmp_path / "r.tif", reference)
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    whole, first = run(*pair, tmp_path / "a", settings=EngineSettings(threads=1))
    parts, second = run(*pair, tmp_path / "b", settings=settings)
    for name in first:
        assert read_raster(first[name]).tobytes() == read_raster(second[name]).tobytes()
    assert parts.metrics.r_squared == pytest.approx(whole.metrics.r_squared, rel=1e-12)
    assert (parts.scatter.counts == whole.scatter.counts).all()


def test_cells_of_a_geographic_grid_count_by_their_area(tmp_path):
    rows = (1.0, 0.0, 100.0, 0.0, -30.0, 75.0)
    reference = density(tmp_path / "r.tif", [[10], [10]], transform=rows, crs="EPSG:4326")
    estimate = density(tmp_path / "e.tif", [[20], [10]], transform=rows, crs="EPSG:4326")
    weighted = run(estimate, reference, tmp_path)[0].metrics
    equal = run(estimate, reference, tmp_path, weight_by_area=False)[0].metrics
    north, south = (np.sin(np.radians(75)) - np.sin(np.radians(45))), (np.sin(np.radians(45)) - np.sin(np.radians(15)))
    assert equal.mean_re == 0.5 and weighted.mean_re == pytest.approx(north / (north + south), rel=5e-3)


def test_the_finer_raster_is_averaged_over_the_coarser(tmp_path):
    reference, _ = field((40, 40))
    coarse = reference.reshape(20, 2, 20, 2).mean(axis=(1, 3))
    estimate = density(tmp_path / "e.tif", coarse, transform=(2000.0, 0, 500_000.0, 0, -2000.0, 4_000_000.0))
    truth = density(tmp_path / "r.tif", reference)
    result, made = run(estimate, truth, tmp_path)
    assert result.metrics.n == 400 and result.metrics.rmse < 1e-4 and read_raster(made["DIFFERENCE"]).shape == (20, 20)
    # Swapped, the grid is still that of the coarser one.
    swapped, made = run(truth, estimate, tmp_path)
    assert swapped.metrics.n == 400 and swapped.metrics.rmse < 1e-4
    fine, made = run(estimate, truth, tmp_path, on_grid="reference")
    assert fine.metrics.n == 1600 and fine.metrics.rmse > 1


def zones(*boxes):
    names = tuple(name for name, _ in boxes)
    return PolygonLayer(tuple(polygon_wkb(box(*corners)) for _, corners in boxes), WKT, names)


def test_zones_have_their_own_metrics(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18, 40, 7]])
    reference = density(tmp_path / "r.tif", [[10, 20, 40, 5]])
    layer = zones(("west", (500000, 3999000, 501000, 4000000)), ("east", (501000, 3999000, 503000, 4000000)),
                  ("nowhere", (490000, 3999000, 491000, 4000000)))  # fmt: skip
    result, _ = run(estimate, reference, tmp_path, zones=layer)
    rows = {row["zone"]: row for row in result.table.as_dicts()}
    assert list(rows) == ["all", "west", "east"]
    assert rows["west"]["mean_RE"] == pytest.approx(0.2) and rows["west"]["R2"] is None
    assert rows["east"]["mean_RE"] == pytest.approx(0.05) and rows["all"]["n"] == 4
    assert any("zone 'nowhere'" in note for note in result.notes)
    assert any("1 pairs lie in no zone" in note for note in result.notes)


def test_mask_limits_the_pairs(tmp_path):
    estimate, reference = density(tmp_path / "e.tif", [[12, 18, 99]]), density(tmp_path / "r.tif", [[10, 20, 40]])
    mask = PolygonLayer((polygon_wkb(box(500000, 3999000, 502000, 4000000)),), WKT)
    result, _ = run(estimate, reference, tmp_path, mask=mask)
    assert result.metrics.n == 2 and result.metrics.mean_re == pytest.approx(0.15)


def test_other_years_and_pools_are_said(tmp_path):
    pair = [density(tmp_path / "e.tif", [[1, 2]]), density(tmp_path / "r.tif", [[1, 3]])]
    pair = [replace(pair[0], year=2010, pool="soil"), replace(pair[1], year=2015, pool="above")]
    notes = " ".join(run(*pair, tmp_path)[0].notes)
    assert "The estimate is of 2010 and the reference of 2015" in notes and "pool 'soil'" in notes


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_cancel_leaves_nothing(tmp_path, share):
    reference, estimate = field((600, 500))
    pair = density(tmp_path / "e.tif", estimate), density(tmp_path / "r.tif", reference)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        run(*pair, out, progress=Cancelling(share), settings=EngineSettings(memory_mb=1, threads=2))
    assert list(out.iterdir()) == []


def refused(error, text, *arguments, **options):
    with pytest.raises(error) as caught:
        run(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


def test_refusals(tmp_path):
    estimate, reference = density(tmp_path / "e.tif", [[1, 2]]), density(tmp_path / "r.tif", [[1, 3]])
    refused(InputError, "does not say what the numbers are", estimate, reference, tmp_path, label="test")
    refused(InputError, "every error would be 0", estimate, estimate, tmp_path)
    refused(InputError, "must be 0 or more", estimate, reference, tmp_path, threshold=-1.0)
    refused(InputError, "'finer' is not a choice of grid", estimate, reference, tmp_path, on_grid="finer")
    empty = density(tmp_path / "n.tif", [[-9999, -9999]])
    refused(RasterError, "No valid cell is left in estimate and reference together", estimate, empty, tmp_path)
    far = density(tmp_path / "f.tif", [[1, 2]], transform=(1000.0, 0, 900_000.0, 0, -1000.0, 4_000_000.0))
    refused(GridError, "do not overlap", estimate, far, tmp_path)


# points


def point(x, y):
    return struct.pack("<BIdd", 1, 1, x, y)


def plots(x, y, values, **options):
    return ReferencePoints(np.array(x, float), np.array(y, float), np.array(values, float), WKT, "plots", **options)


def centre(col, row):
    return 500_000 + 1000 * (col + 0.5), 4_000_000 - 1000 * (row + 0.5)


def test_points_meet_their_cells(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18, 40], [7, 8, -9999]])
    x, y = zip(centre(0, 0), centre(1, 0), centre(2, 0), centre(2, 1), (1, 1), centre(1, 1))
    result = assess_points(estimate, plots(x, y, [10, 20, 40, 5, 6, np.nan]), "held-out", scheme="another survey")
    assert result.metrics.n == 3 and result.metrics.mean_re == pytest.approx(0.10) and result.counted == "points"
    assert result.metrics.median_re == pytest.approx(0.10) and result.metrics.scheme == "another survey"
    assert [row["estimate_t_C_ha"] for row in result.pairs.as_dicts()] == [12, 18, 40]
    lost = "Of 6 points of plots, 1 lie outside the raster, 1 have no value, 1 lie in a cell without data"
    assert any(lost in note for note in result.notes)


def test_points_of_one_cell_are_said(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18]])
    (x, y), (u, v) = centre(0, 0), centre(1, 0)
    result = assess_points(estimate, plots([x, x + 100, u], [y, y, v], [10, 11, 18]), "fit")
    assert any("3 points lie in 2 cells" in note for note in result.notes)


def test_points_in_blocks_are_those_of_the_array(tmp_path):
    _, values = field((600, 500))
    generator = np.random.default_rng(4)
    rows, cols = generator.integers(0, 600, 400), generator.integers(0, 500, 400)
    reference = values[rows, cols] * generator.uniform(0.8, 1.2, 400)
    x, y = 500_000 + 1000 * (cols + generator.random(400)), 4_000_000 - 1000 * (rows + generator.random(400))
    weights = generator.uniform(0, 2, 400)
    result = assess_points(density(tmp_path / "e.tif", values), plots(x, y, reference, weights=weights), "fit",
                           settings=EngineSettings(memory_mb=1, threads=3))  # fmt: skip
    exact = accuracy_metrics(reference, values[rows, cols], "fit", weights)
    assert vars(result.metrics) == pytest.approx(vars(exact))
    assert result.weighting == "weights" and result.scatter.counts.sum() == 400


def test_points_of_another_crs_zones_and_weights(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18, 40]])
    x, y = zip(centre(0, 0), centre(1, 0), centre(2, 0))
    lon, lat = transform(UTM, "EPSG:4326", list(x), list(y))
    world = CRS.from_epsg(4326).to_wkt()
    points = ReferencePoints(np.array(lon), np.array(lat), np.array([10.0, 20, 40]), world, "plots")
    layer = zones(("west", (500000, 3999000, 502000, 4000000)))
    result = assess_points(estimate, points, "fit", zones=layer)
    rows = {row["zone"]: row for row in result.table.as_dicts()}
    assert rows["west"]["n"] == 2 and rows["west"]["mean_RE"] == pytest.approx(0.15) and rows["all"]["n"] == 3
    assert result.pairs.column("zone") == ["west", "west", None]


def test_points_from_features():
    wkb = [point(1, 2), b"", struct.pack("<BII", 1, 4, 2) + point(3, 4) + point(5, 6)]
    points = ReferencePoints.from_features(wkb, ["1.5", 9, 2], WKT, factor=10.0, weights=[1, None, 3])
    assert points.x.tolist() == [1, 3, 5] and points.values.tolist() == [15, 20, 20]
    assert points.weights.tolist() == [1, 3, 3]
    with pytest.raises(InputError, match="feature 2: the value 'x' is not a number"):
        ReferencePoints.from_features(wkb[:2], [1, "x"], WKT)
    with pytest.raises(InputError, match="has no points"):
        ReferencePoints.from_features([b""], [1], WKT)
    with pytest.raises(InputError, match="other geometries than points"):
        points_from_wkb([polygon_wkb(box(0, 0, 1, 1))], "plots")


def test_points_refusals(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, -9999]])
    x, y = centre(1, 0)
    with pytest.raises(InputError, match="1 of 2 lie on the raster, 1 of these have a value"):
        assess_points(estimate, plots([x, 0], [y, 0], [1, 2]), "fit")
    with pytest.raises(GridError, match="plots has no coordinate reference system"):
        assess_points(estimate, ReferencePoints(np.array([x]), np.array([y]), np.array([1.0]), "", "plots"), "fit")
    with pytest.raises(InputError, match="1 of 1 weights are negative"):
        assess_points(estimate, plots(*([each] for each in centre(0, 0)), [1.0], weights=np.array([-1.0])), "fit")
    with pytest.raises(Cancelled):
        assess_points(estimate, plots([x], [y], [1]), "fit", progress=Cancelling())


def test_cells_of_points_by_corner(tmp_path):
    grid = Grid(WKT, METRES_30, 4, 3)
    x, y = [500_000, 500_119.9, 500_120, 499_999], [4_000_000, 3_999_910.1, 3_999_950, 4_000_000]
    rows, cols, inside = cells_of_points(grid, np.array(x), np.array(y), WKT)
    assert inside.tolist() == [True, True, False, False]
    assert list(zip(rows.tolist(), cols.tolist()))[:2] == [(0, 0), (2, 3)]


# figures and page


def test_scatter_counts_agree_with_numpy():
    reference, estimate = (each.ravel().astype(float) for each in field())
    edges = scatter_edges(0.0, 300.0)
    mine = scatter_counts(reference, estimate, edges)
    theirs = np.histogram2d(estimate, reference, [edges, edges])[0]
    np.testing.assert_array_equal(mine, theirs)
    assert scatter_edges(-5.0, 10.0)[0] == -5 and scatter_edges(0.0, 0.0)[-1] == pytest.approx(1)


def test_scatter_figure_refuses_what_does_not_fit():
    with pytest.raises(InputError, match="square counts"):
        density_scatter([0, 1, 2], np.ones((2, 3)), "t C/ha")
    assert density_scatter([0, 1, 2], np.zeros((2, 2)), "t C/ha") is not None


def seen(page):
    document = re.sub(r'src="data:[^"]*"', "", page.html())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document)))


def test_page_labels_every_number(tmp_path):
    reference, estimate = field((60, 50))
    layer = zones(("a <b>", (500000, 3970000, 520000, 4000000)))
    result, _ = run(density(tmp_path / "e.tif", estimate), density(tmp_path / "r.tif", reference), tmp_path,
                    zones=layer)  # fmt: skip
    page = accuracy_page(result)
    text = seen(page)
    assert "labelled 'held-out'" in text and "n = 3,000" in text and "figures of fit" not in text
    assert "1 − SSE/SST" in text and "a <b>" in text and "<b>" not in page.html()
    names = [name for name in page.save_figures(dpi=40) if name.endswith(".png")]
    assert names == [n + ".png" for n in ("scatter", "relative-error-histogram", "maps", "relative-error",
                                          "difference")]  # fmt: skip


def test_page_of_points_and_of_references_near_0(tmp_path):
    estimate = density(tmp_path / "e.tif", [[12, 18, 40]])
    x, y = zip(centre(0, 0), centre(1, 0), centre(2, 0))
    nothing = seen(accuracy_page(assess_points(estimate, plots(x, y, [0, 0, 0]), "fit")))
    assert "There is no relative error: no reference is above the threshold." in nothing
    assert "figures of fit, not of accuracy on unseen places" in nothing
    assert "Every one of the points counts the same." in nothing
    bad = accuracy_page(assess_points(estimate, plots(x, y, [1, 2, 3]), "fit"))
    assert "the published accuracy, is negative" in seen(bad)
