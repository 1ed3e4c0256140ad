"""The forecast of pools: which model, which warnings, what is refused, and the table that later steps read."""

import re

import numpy as np
import pytest

from carbon_qgis.core.arima import Order
from carbon_qgis.core.arima_search import SearchOptions
from carbon_qgis.core.density_ratio import ratio_from_table
from carbon_qgis.core.errors import Cancelled, CarbonError, InputError
from carbon_qgis.core.forecast_density import forecast_density, forecast_rows
from carbon_qgis.core.forecast_tables import check_table, criterion_matrix, forecast_table, root_table, search_table
from carbon_qgis.core.report.forecast_report import forecast_page
from carbon_qgis.core.report.series_figures import PoolLine, density_by_year, split_axes
from carbon_qgis.core.series_check import YearSeries
from carbon_qgis.core.trend_models import drift, linear, naive

SWEDEN = np.array([57.074, 57.501, 56.887, 52.869, 64.887, 58.670, 58.770, 61.278, 58.420, 59.618, 61.509, 62.141]) / 10
SERIES = YearSeries("above", tuple(range(2007, 2019)), SWEDEN)
#: Few orders: the search itself has tests of its own.
QUICK = SearchOptions(max_p=1, max_q=0, d=1)


def falling(start=2.0, step=0.15, n=12):
    values = start - step * np.arange(n) + 0.01 * (-1.0) ** np.arange(n)
    return YearSeries("soil", tuple(range(2000, 2000 + n)), values)


@pytest.fixture(scope="module")
def averaged():
    return forecast_density([SERIES], 2024, options=QUICK)


def test_the_default_is_the_mean_of_four_forecasts(averaged):
    (pool,) = averaged.pools
    four = [pool.search.forecast, drift(SWEDEN, 6), linear(SWEDEN, 6), naive(SWEDEN, 6)]
    assert pool.model == "average" and sorted(pool.members) == ["arima", "drift", "linear", "naive"]
    np.testing.assert_allclose(pool.forecast.mean, np.mean([f.mean for f in four], axis=0))
    np.testing.assert_allclose(pool.forecast.sd, np.mean([f.sd for f in four], axis=0))
    assert pool.years == tuple(range(2019, 2025))


def test_the_table_keeps_the_observations_and_orders_the_bounds(averaged):
    table = forecast_table(averaged)
    assert [column.name for column in table.columns][:9] == [
        "year", "pool", "source", "density_kg_c_m2", "low95_kg_c_m2", "low80_kg_c_m2", "high80_kg_c_m2",
        "high95_kg_c_m2", "order",
    ]  # fmt: skip
    rows = table.as_dicts()
    assert [row["year"] for row in rows] == list(range(2007, 2025))
    observed = [row for row in rows if row["source"] == "observed"]
    assert [row["density_kg_c_m2"] for row in observed] == SWEDEN.tolist()
    assert all(row["low95_kg_c_m2"] is None for row in observed)
    for row in rows[12:]:
        bounds = [row[name + "_kg_c_m2"] for name in ("low95", "low80", "density", "high80", "high95")]
        assert row["source"] == "forecast" and bounds == sorted(bounds)


@pytest.mark.parametrize("model, function", [("drift", drift), ("linear", linear), ("naive", naive)])
def test_a_simple_model_can_be_chosen(model, function):
    (pool,) = forecast_density([SERIES], 2022, model, options=QUICK).pools
    np.testing.assert_allclose(pool.forecast.mean, function(SWEDEN, 4).mean)
    assert pool.model == model and pool.order == ""


def test_best_takes_the_smallest_error_on_known_years():
    (pool,) = forecast_density([SERIES], 2024, "best", options=QUICK).pools
    errors = {model: pool.check.mae(model) for model in pool.check.errors}
    assert pool.model == min(errors, key=errors.get)
    assert pool.reason == "smallest mean absolute error on known years" and pool.warnings == []


def test_arima_that_loses_is_said_plainly():
    (pool,) = forecast_density([SERIES], 2024, "arima", options=SearchOptions(0, 0, 1, constant="no")).pools
    assert pool.model == "arima" and pool.order == "(0,1,0)"
    assert any("ARIMA(0,1,0) loses to other forecasts on known years." in text for text in pool.warnings)
    assert "linear" in pool.warnings[0] and "{:.3g}".format(pool.check.mae("linear")) in pool.warnings[0]


def test_the_loss_of_arima_is_a_note_where_another_model_is_used():
    line = YearSeries("soil", tuple(range(2000, 2014)), 3 + 0.1 * np.arange(14) + 0.01 * np.sin(np.arange(14) * 2.0))
    (pool,) = forecast_density([line], 2016, "linear", options=SearchOptions(0, 0, 1, constant="no")).pools
    assert pool.warnings == [] and any("ARIMA loses to other forecasts" in note for note in pool.notes)


def test_orders_differ_by_pool_and_one_may_hold_for_all_others():
    other = YearSeries("soil", SERIES.years, SWEDEN[::-1] * 10)
    result = forecast_density([SERIES, other], 2020, orders={"Above": Order(1, 1, 0), "": Order(0, 1, 0)})
    assert [str(pool.search.chosen.order) for pool in result.pools] == ["(1,1,0)", "(0,1,0)"]
    assert [pool.model for pool in result.pools] == ["arima", "arima"]
    assert result.pools[0].label.endswith("(order (1,1,0) given)")


def test_a_forecast_below_zero_is_refused_with_year_and_value():
    with pytest.raises(InputError) as caught:
        forecast_density([falling()], 2016, "linear", options=QUICK)
    message = str(caught.value)
    assert "Pool 'soil': the forecast of linear falls below 0 in 2014 (-0.1" in message
    assert "Choose an earlier last year, or another trend model." in message
    with pytest.raises(InputError, match=r"the forecast of arima\(0,1,0\) with drift falls below 0"):
        forecast_density([falling()], 2016, orders={"soil": Order(0, 1, 0)}, options=SearchOptions(constant="yes"))


def test_models_below_zero_are_left_out_of_the_average_and_of_the_best():
    (pool,) = forecast_density([falling()], 2016, options=QUICK).pools
    assert "naive" in pool.members and "linear" not in pool.members and (pool.forecast.mean >= 0).all()
    assert any("linear" in note and "falls below 0 and was not used" in note for note in pool.notes)
    (best,) = forecast_density([falling()], 2016, "best", options=QUICK).pools
    assert best.model not in ("linear", "drift") and (best.forecast.mean >= 0).all()


def test_a_straight_line_has_no_arima_and_still_a_forecast():
    line = YearSeries("soil", tuple(range(2000, 2010)), np.linspace(2, 3, 10))
    (pool,) = forecast_density([line], 2012, options=QUICK).pools
    assert any("ARIMA was not used: no order may be used (the series has no variance" in note for note in pool.notes)
    assert pool.model == "average" and pool.forecast is not None
    assert "arima" not in pool.members
    with pytest.raises(InputError, match="Pool 'soil': no order may be used .* Choose another trend model"):
        forecast_density([line], 2012, "arima", options=QUICK)


def test_nothing_to_forecast_is_said():
    (pool,) = forecast_density([SERIES], 2015, options=QUICK).pools
    assert pool.forecast is None and pool.years == ()
    assert "Pool 'above' is observed up to 2018: there is nothing to forecast to 2015." in pool.notes


def test_far_forecasts_are_warned_about():
    (pool,) = forecast_density([SERIES], 2030, "naive", options=QUICK).pools
    assert any("is forecast 12 years ahead from 12 years" in text for text in pool.warnings)


@pytest.mark.parametrize("series, until, model, orders, words", [
    ([], 2020, "best", {}, "There is no series to forecast."),
    ([SERIES], 2020, "prophet", {}, "'prophet' is not a trend model. Choose one of: average, best, arima"),
    ([SERIES], 2219, "best", {}, "2219 is 201 years after the last observation of pool 'above' (2018)."),
    ([SERIES], 2020, "best", {"peat": Order(1, 1, 1)}, "Orders are given for 'peat', which the table does not have."),
    ([SERIES], 2020, "best", {"above": Order(9, 1, 1)}, "Pool 'above': ARIMA(9,1,1) has 10 parameters; 12 years are"),
])  # fmt: skip
def test_refused(series, until, model, orders, words):
    with pytest.raises(CarbonError) as caught:
        forecast_density(series, until, model, orders, SearchOptions(constant="no"))
    assert words in str(caught.value)


class Watch:
    """Remembers the progress; cancels from a share of the work on."""

    def __init__(self, stop=2.0):
        self.stop, self.seen = stop, []

    def update(self, fraction, message=None):
        self.seen.append(fraction)

    def cancelled(self):
        return bool(self.seen) and self.seen[-1] >= self.stop


def test_progress_moves_with_every_fit_and_a_cancel_stops_between_fits():
    watch = Watch()
    forecast_density([SERIES], 2020, options=QUICK, progress=watch)
    assert watch.seen == sorted(watch.seen) and len(set(watch.seen)) > 20
    for share in (0.1, 0.5):
        stopped = Watch(share)
        with pytest.raises(Cancelled):
            forecast_density([SERIES], 2020, options=QUICK, progress=stopped)
        assert stopped.seen[-1] < share + 0.2


# what later steps read


def columns_of(result):
    table = forecast_table(result)
    return {column.name: table.column(column.name) for column in table.columns}


def test_ratio_of_the_written_table_is_one_in_the_base_year_and_carries_the_interval(averaged):
    table = columns_of(averaged)
    assert ratio_from_table(table, "above", 2010, 2010).parts() == {"mid": 1.0, "low": 1.0, "high": 1.0}
    seen = ratio_from_table(table, "ABOVE", 2015, 2010)
    assert list(seen.parts().values()) == pytest.approx([SWEDEN[8] / SWEDEN[3]] * 3)
    row = next(row for row in forecast_rows(averaged.pools[0]) if row.year == 2022)
    found = ratio_from_table(table, "above", 2022, 2010)
    assert list(found.parts().values()) == pytest.approx([v / SWEDEN[3] for v in (row.density, row.low95, row.high95)])
    narrow = ratio_from_table(table, "above", 2022, 2010, "80")
    assert found.low < narrow.low < narrow.ratio == found.ratio < narrow.high < found.high


def test_ratio_of_fitted_values():
    table = columns_of(forecast_density([SERIES], 2020, "linear", options=QUICK))
    line = linear(SWEDEN, 2)
    found = ratio_from_table(table, "above", 2020, 2010, basis="fitted")
    assert found.ratio == pytest.approx(line.mean[1] / line.fitted[3]) and found.source.endswith(", fitted")
    assert ratio_from_table(table, "above", 2012, 2010, basis="fitted").ratio == pytest.approx(
        line.fitted[5] / line.fitted[3]
    )
    assert ratio_from_table(table, "above", 2020, 2020, basis="fitted").ratio == 1.0


# tables, figure and page


def test_matrices_hold_usable_fits_only():
    result = forecast_density([SERIES], 2024, options=SearchOptions(max_p=1, max_q=1, d=1))
    (pool,) = result.pools
    matrix = criterion_matrix(pool, "aicc")
    assert [column.name for column in matrix.columns] == ["p", "q = 0", "q = 1"]
    assert [row[0] for row in matrix.rows] == [0, 1]
    numbers = [value for row in matrix.rows for value in row[1:] if value is not None]
    assert min(numbers) == pytest.approx(pool.search.chosen.aicc)
    tried = search_table(result).as_dicts()
    assert sum(row["status"] == "chosen" for row in tried) == 1 and len(tried) == 8
    assert (tried[-1]["status"], tried[-1]["reason"]) == ("refused", "3 parameters; 12 years carry 2")
    # On the page a reason stands below the table: in a cell it would make a row of one word per line.
    page = forecast_page(result).html()
    number = re.search(r"<p>(\d): 3 parameters; 12 years carry 2\.</p>", page).group(1)
    assert '<td class="text">refused</td><td class="text">{}</td>'.format(number) in page
    assert root_table([pool]).rows[0][:2] == ["above", 0]
    errors = check_table(result)
    assert errors.column("MAE_kg_c_m2") == sorted(errors.column("MAE_kg_c_m2"))
    assert errors.column("used").count("yes") == 1


def test_pools_of_another_size_have_an_axis_of_their_own():
    means = {"above": 0.5, "soil": 4.5, "below": 0.7}
    lines = [PoolLine(name, [2000, 2001], [mean, mean]) for name, mean in means.items()]
    left, right = split_axes(lines)
    assert [line.pool for line in left] == ["soil"] and [line.pool for line in right] == ["below", "above"]
    assert split_axes(lines[:1])[1] == [] and split_axes([lines[0], lines[2]])[1] == []


def test_figure_has_two_axes_dark_and_light_lines_and_bands():
    band = np.array([[4.0, 5.0], [3.9, 5.2]])
    soil = PoolLine("soil", [2000, 2001], [4.4, 4.6], None, (2002, 2003), [4.7, 4.8], ((80, band),))
    figure = density_by_year([soil, PoolLine("above", [2000, 2001], [0.5, 0.6])], "kg C/m2")
    plots = [ax for ax in figure.axes if ax.lines and ax.get_ylabel()]
    assert len(plots) == 2 and all("kg C/m²" in ax.get_ylabel() for ax in plots)
    dark, light = plots[0].lines
    assert list(dark.get_ydata()) == [4.4, 4.6] and list(light.get_ydata()) == [4.6, 4.7, 4.8]
    assert dark.get_color() != light.get_color() and len(plots[0].collections) == 1
    with pytest.raises(InputError, match="Pool 'soil': years and densities differ in number"):
        PoolLine("soil", [2000], [])


def test_page_tells_the_numbers_and_what_they_are_not(averaged):
    page = forecast_page(averaged).html()
    (pool,) = averaged.pools
    assert "{:.4g} kg C/m² in 2024".format(pool.forecast.mean[-1]) in page
    assert "held-out" in page and "It knows nothing of climate" in page
    assert "AICc, pool &#x27;above&#x27;, d = 1" in page and "BIC, pool" in page and "AIC, pool" in page
    assert page.count("<figure") == 1
