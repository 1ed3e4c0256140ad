"""Names of columns for reading."""

import pytest

from carbon_qgis.core.plausibility import loss_note
from carbon_qgis.core.record import repeatable
from carbon_qgis.core.results import Column, Remark


@pytest.mark.parametrize(
    "name, title",
    [
        ("x", "x"), ("q", "q"), ("class", "class"), ("from_class", "from class"), ("stock_Tg_C", "stock (Tg C)"),
        ("mean_density_t_C_ha", "mean density (t C/ha)"), ("mean_rate_t_C_km2_yr", "mean rate (t C/km2/yr)"),
        ("RMSE_kg_c_m2", "RMSE (kg C/m2)"), ("NPP_mean_g_C_m2_yr", "NPP mean (g C/m2/yr)"),
        ("eps_max_g_C_MJ", "eps max (g C/MJ)"), ("MAE_t_C_cell", "MAE (t C/cell)"), ("area_km2", "area (km2)"),
        ("share_percent", "share (%)"), ("y2020_Tg_C", "2020 (Tg C)"), ("y2020", "2020"),
        ("area_km2_alt", "area, second date (km2)"), ("total_t_C_alt", "total, second date (t C)"),
        ("from [kg C/m2]", "from [kg C/m2]"), ("elasticity_unit", "elasticity unit"),
    ],
)  # fmt: skip
def test_a_column_reads_as_words_and_a_unit(name, title):
    assert Column(name, "number").title == title


def test_few_lost_cells_are_a_fact_and_many_a_warning():
    assert isinstance(loss_note("1 of 100 lost", 1, 99), Remark)
    assert type(loss_note("2 of 100 lost", 2, 98)) is str


def test_the_record_of_a_report_is_free_of_the_clock():
    record = {"algorithm": "a", "start": "now", "wall_s": 1.0, "cpu_s": 1.0, "peak_memory_mb": 9.0, "notes": []}
    assert repeatable(record) == {"algorithm": "a", "notes": []}
