"""Metrics of a prediction against a reference: known answers, independent formulas, streaming, refusals."""

import math

import numpy as np
import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.log_histogram import LogHistogram
from carbon_qgis.core.report.metric_tables import comparison_for_reading, metrics_for_reading
from carbon_qgis.core.validation import (
    LABELS,
    METRICS,
    Moments,
    accuracy_metrics,
    comparison_table,
    described_label,
    metrics_of,
    metrics_table,
    relative_errors,
    weighted_median,
)

REF, PRED = [10.0, 20.0, 40.0], [12.0, 18.0, 40.0]


def test_known_answer_of_eq_8():
    found = accuracy_metrics(REF, PRED, "held-out")
    assert found.mean_re == pytest.approx(0.10) and found.accuracy == pytest.approx(0.90)
    assert found.median_re == pytest.approx(0.10)
    assert found.n == 3 and found.n_masked == 0 and found.label == "held-out"
    assert found.mae == pytest.approx(4 / 3) and found.bias == 0.0
    assert found.rmse == pytest.approx(math.sqrt(8 / 3)) and found.nrmse == pytest.approx(math.sqrt(8 / 3) / (70 / 3))
    sst = sum((r - 70 / 3) ** 2 for r in REF)
    assert found.r_squared == pytest.approx(1 - 8 / sst)


def pairs(count=5000, seed=3):
    generator = np.random.default_rng(seed)
    reference = generator.gamma(2, 30, count)
    return reference, 0.8 * reference + generator.normal(5, 9, count), generator.uniform(0.2, 3, count)


def test_agrees_with_scipy_and_sklearn():
    stats = pytest.importorskip("scipy.stats")
    measures = pytest.importorskip("sklearn.metrics")
    reference, prediction, weights = pairs()
    plain = accuracy_metrics(reference, prediction, "fit", threshold=0.0)
    line = stats.linregress(reference, prediction)
    assert plain.r == pytest.approx(line.rvalue, rel=1e-12)
    assert (plain.slope, plain.intercept) == (pytest.approx(line.slope), pytest.approx(line.intercept))
    assert plain.mean_re == pytest.approx(measures.mean_absolute_percentage_error(reference, prediction), rel=1e-12)
    for given in (None, weights):
        found = accuracy_metrics(reference, prediction, "fit", given)
        assert found.r_squared == pytest.approx(measures.r2_score(reference, prediction, sample_weight=given))
        assert found.mae == pytest.approx(measures.mean_absolute_error(reference, prediction, sample_weight=given))
        squared = measures.mean_squared_error(reference, prediction, sample_weight=given)
        assert found.rmse == pytest.approx(math.sqrt(squared))


def test_r2_never_exceeds_the_square_of_r():
    for seed in range(20):
        reference, prediction, weights = pairs(60, seed)
        found = accuracy_metrics(reference, prediction, "fit", weights)
        assert found.r_squared <= found.correlation_squared + 1e-12
    shifted = accuracy_metrics(REF, [r + 100 for r in REF], "fit")
    assert shifted.r == pytest.approx(1) and shifted.r_squared < 0 and shifted.bias == 100


def test_a_weight_of_two_is_the_pair_twice():
    twice = accuracy_metrics(REF + [10.0], PRED + [12.0], "fit", threshold=0)
    weighted = accuracy_metrics(REF, PRED, "fit", [2, 1, 1], threshold=0)
    for name in ("mean_re", "median_re", "r", "r_squared", "mae", "rmse", "bias", "nrmse", "slope", "intercept"):
        assert getattr(weighted, name) == pytest.approx(getattr(twice, name)), name
    assert weighted.n == 3 and twice.n == 4 and weighted.weighted and not twice.weighted


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_moments_of_parts_add_up_to_those_of_the_whole(offset):
    reference, prediction, weights = pairs()
    reference, prediction = reference + offset, prediction + offset
    whole = Moments.of(reference, prediction, weights, 5.0)
    cuts = [0, 1, 17, 1000, 1000, 4999, 5000]
    total = Moments()
    for low, high in zip(cuts, cuts[1:]):
        part = slice(low, high)
        total = total + Moments.of(reference[part], prediction[part], weights[part], 5.0)
    for name in ("n", "n_re"):
        assert getattr(total, name) == getattr(whole, name)
    for name in ("weight", "mean_reference", "ss_reference", "ss_prediction", "ss_cross", "sum_re", "squared_error"):
        assert getattr(total, name) == pytest.approx(getattr(whole, name), rel=1e-9), name
    exact = accuracy_metrics(reference, prediction, "fit", weights, threshold=5.0)
    found = metrics_of(total, "fit", 5.0, weighted=True)
    assert found.r_squared == pytest.approx(exact.r_squared, rel=1e-8)
    assert found.median_re == pytest.approx(exact.median_re, rel=0.009, abs=1e-8)
    assert found.mean_re == pytest.approx(exact.mean_re, rel=1e-9)


def test_references_near_0_have_no_relative_error_and_are_counted():
    reference, prediction = np.array([0.0, 1e-9, 10.0, 20.0, -3.0]), np.array([5.0, 5.0, 11.0, 18.0, 2.0])
    found = accuracy_metrics(reference, prediction, "fit", threshold=1.0)
    assert found.n == 5 and found.n_masked == 3 and found.mean_re == pytest.approx(0.1)
    # All five count for the rest.
    assert found.mae == pytest.approx((5 + 5 + 1 + 2 + 5) / 5, rel=1e-8)
    by_default = accuracy_metrics(reference, prediction, "fit")
    assert by_default.threshold == pytest.approx(0.01 * reference.mean()) and by_default.n_masked == 3
    errors = relative_errors(reference, prediction, 1.0)
    assert np.isnan(errors).tolist() == [True, True, False, False, True]
    # The threshold itself is masked.
    assert accuracy_metrics([1.0, 2.0], [1.0, 3.0], "fit", threshold=1.0).n_masked == 1


def test_pairs_without_a_number_are_left_out_and_counted():
    found = accuracy_metrics([10, np.nan, 20, 30, np.inf], [11, 1, np.nan, 33, 1], "fit")
    assert found.n == 2 and found.n_missing == 3 and found.mean_re == pytest.approx(0.1)
    weighted = accuracy_metrics([10, 20], [11, 500], "fit", weights=[1, 0])
    assert weighted.n == 1 and weighted.n_missing == 1 and weighted.mae == 1


def test_what_does_not_exist_is_none_and_not_a_number():
    constant = accuracy_metrics([0.1] * 7, [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1], "fit")
    assert constant.r is None and constant.r_squared is None and constant.slope is None
    assert constant.mae is not None and constant.mean_re is not None
    flat = accuracy_metrics(REF, [7.0, 7.0, 7.0], "fit")
    assert flat.r is None and flat.slope == pytest.approx(0) and flat.r_squared < 0
    zeros = accuracy_metrics([0.0, 0.0], [1.0, 2.0], "fit")
    assert zeros.mean_re is None and zeros.median_re is None and zeros.accuracy is None and zeros.nrmse is None
    assert zeros.n_masked == 2


def test_perfect_prediction():
    found = accuracy_metrics(REF, REF, "held-out")
    assert (found.r, found.r_squared, found.accuracy, found.rmse) == (pytest.approx(1), 1, 1, 0)


def test_weighted_median():
    assert weighted_median(np.array([])) is None
    assert weighted_median(np.array([3.0, 1.0, 2.0])) == 2
    assert weighted_median(np.array([4.0, 1.0]), np.array([1.0, 1.0])) == 2.5
    assert weighted_median(np.array([1.0, 2.0, 10.0]), np.array([1.0, 1.0, 5.0])) == 10


def test_label_is_mandatory_and_one_of_two():
    with pytest.raises(TypeError):
        accuracy_metrics(REF, PRED)
    for label in ("", "test", "Fit", None):
        with pytest.raises(InputError, match="Write 'fit' if the reference was used in training"):
            accuracy_metrics(REF, PRED, label)
    assert LABELS == ("fit", "held-out")


@pytest.mark.parametrize(("arguments", "text"), [
    (dict(reference=[1, 2], prediction=[1], label="fit"), "must be of one length; got 2, 1"),
    (dict(reference=[1, 2], prediction=[1, 2], label="fit", weights=[1]), "must be of one length; got 2, 2, 1"),
    (dict(reference=[1, 2], prediction=[1, 2], label="fit", weights=[1, -1]), "1 of 2 weights are negative"),
    (dict(reference=[1, 2], prediction=[1, 2], label="fit", weights=[1, np.nan]), "1 of 2 weights are negative"),
    (dict(reference=[1], prediction=[1], label="fit", threshold=-1.0), "threshold of the relative error must be 0"),
    (dict(reference=[1], prediction=[1], label="fit", threshold=float("nan")), "got nan"),
    (dict(reference=[np.nan], prediction=[1], label="fit"), "of 1 pairs none has two numbers"),
    (dict(reference=[], prediction=[], label="fit"), "no pair"),
])  # fmt: skip
def test_refusals(arguments, text):
    with pytest.raises(InputError) as caught:
        accuracy_metrics(**arguments)
    assert text in str(caught.value)


def test_tables_carry_formula_unit_and_label():
    found = accuracy_metrics(REF, PRED, "held-out", scheme="5 spatial folds")
    table = metrics_table(found, "t C/ha")
    rows = {row["metric"]: row for row in table.as_dicts()}
    assert rows["RMSE"]["unit"] == "t C/ha" and rows["R2"]["unit"] == "1" and rows["n"]["value"] == 3
    assert "SSE/SST" in rows["R2"]["formula"] and "Pearson" in rows["r squared"]["formula"]
    assert set(table.column("label")) == {"held-out"} and "5 spatial folds, n = 3" in table.title
    assert described_label(found) == "held-out, 5 spatial folds, n = 3"
    assert len(table.rows) == len(METRICS) and all(row["formula"] for row in rows.values())


def test_comparison_has_one_row_per_model_and_names_that_a_database_tells_apart():
    models = {"a": accuracy_metrics(REF, PRED, "fit"), "b": accuracy_metrics(REF, REF, "held-out")}
    table = comparison_table(models, "t C/ha")
    assert table.column("model") == ["a", "b"] and table.column("label") == ["fit", "held-out"]
    names = [column.name for column in table.columns]
    assert "RMSE_t_C_ha" in names and "R2" in names
    assert len({name.lower() for name in names}) == len(names)
    described = {column.name: column.description for column in table.columns}
    assert described["R2"].startswith("1 − SSE/SST")
    assert comparison_table(models, key="zone").columns[0].name == "zone"


def test_histogram_quantiles_are_within_a_class_of_the_truth():
    values = np.random.default_rng(0).lognormal(-1, 2, 20000)
    total = LogHistogram()
    for part in np.array_split(values, 7):
        total = total + LogHistogram.of(part)
    for share in (0.0, 0.01, 0.5, 0.9, 0.999, 1.0):
        assert total.quantile(share) == pytest.approx(np.quantile(values, share), rel=0.015), share
    assert total.total == 20000 and LogHistogram().quantile(0.5) is None
    zeros = LogHistogram.of(np.zeros(10)) + LogHistogram.of(np.array([5.0]))
    assert zeros.quantile(0.5) <= 1e-8 and zeros.quantile(1.0) == 5.0
    huge = LogHistogram.of(np.array([1e12, 2e12]))
    assert 1e12 <= huge.quantile(0.5) <= 2e12


def test_histogram_in_other_bins_keeps_the_weight():
    values = np.random.default_rng(1).gamma(2, 0.2, 50000)
    edges = np.linspace(0, 5, 26)
    counted = LogHistogram.of(values).rebinned(edges)
    exact = np.histogram(values, edges)[0]
    assert counted.sum() == pytest.approx(50000, rel=1e-3)
    np.testing.assert_allclose(counted, exact, atol=0.01 * exact.max())
    assert LogHistogram.of(np.zeros(4)).rebinned(np.array([0.0, 0.5, 1.0])).tolist() == [4.0, 0.0]


def test_tables_for_reading_round_each_value_by_itself():
    found = accuracy_metrics(REF, PRED, "held-out")
    rows = {row[0]: row for row in metrics_for_reading(found, "t C/ha").rows}
    assert rows["mean RE"][1] == "0.1" and rows["n"][1] == "3" and rows["RMSE"][1:3] == ["1.633", "t C/ha"]
    assert metrics_for_reading(accuracy_metrics([0.0], [1.0], "fit")).rows[1][1] == "–"
    table = comparison_for_reading({"a": found}, "t C/ha", "zone", "By zone")
    assert table.title == "By zone (densities in t C/ha)"
    assert [column.name for column in table.columns][:4] == ["zone", "label", "n", "mean_RE"]
    assert table.as_dicts()[0]["RMSE"] == found.rmse and "scheme" not in table.as_dicts()[0]
    with_scheme = comparison_for_reading({"a": accuracy_metrics(REF, PRED, "fit", scheme="blocks")})
    assert with_scheme.column("scheme") == ["blocks"] and with_scheme.title == "Accuracy"
