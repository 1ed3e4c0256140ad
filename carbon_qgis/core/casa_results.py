"""What a run of CASA found: means, totals and tables, and the rasters that it writes."""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from .casa_inputs import UNITS, VARIABLES, CasaSeries
from .casa_parameters import FittedClass
from .raster.blocks import Totals
from .raster.grid import Grid
from .raster.inputs import AlignedInputs
from .raster.write import RasterSpec, tags
from .results import Column, Table
from .units import G_M2_MONTH, G_M2_YR, T_PER_TG

NPP, NEP = "net primary productivity", "net ecosystem productivity"
#: Rasters by name: quantity, unit, monthly or annual, short name in the band.
OUTPUTS: Dict[str, Tuple[str, str, bool, str]] = {
    "NPP": (NPP, G_M2_YR, False, "NPP"),
    "NPP_MONTHLY": (NPP, G_M2_MONTH, True, "NPP"),
    "APAR": ("absorbed photosynthetically active radiation", "MJ/m2/month", True, "APAR"),
    "EPSILON": ("light use efficiency", "g C/MJ", True, "epsilon"),
    "WATER_STRESS": ("water stress", "1", True, "water stress"),
    "NEP": (NEP, G_M2_YR, False, "NEP"),
    "NEP_MONTHLY": (NEP, G_M2_MONTH, True, "NEP"),
}
#: Region means by month: what is computed, and the inputs.
MONTHLY_MEANS = ("NPP", "APAR", "epsilon", "FPAR", "water_stress", "Rh", "NEP") + VARIABLES


@dataclass
class CasaResult:
    """NPP of a region.

    Areas in km2; `npp_mean` g C/m2/yr (area-weighted) and `npp_tg` Tg C/yr by year, `nep_mean` and `nep_tg` alike
    (empty without NEP). `overviews` hold pictures (bands, rows, columns): "npp" (mean of the years), "months" (mean by
    month), "classes", and where there are any "nep" and "years".
    """

    years: Tuple[Optional[int], ...]
    grid: Grid
    area_mode: str
    cells: Tuple[int, ...]
    area_km2: Tuple[float, ...]
    nodata_share: float
    npp_mean: Tuple[float, ...]
    npp_tg: Tuple[float, ...]
    npp_range: Tuple[float, float]
    monthly: Table
    classes: Table
    totals: Table
    fitted: Table
    class_names: Dict[int, str]
    class_months: Dict[int, np.ndarray]
    nep: bool = False
    nep_mean: Tuple[float, ...] = ()
    nep_tg: Tuple[float, ...] = ()
    nep_range: Tuple[float, float] = (float("nan"), float("nan"))
    k: float = float("nan")
    percentiles: Tuple[float, float] = (5.0, 95.0)
    parameter_source: str = ""
    default_table: bool = False
    respiration: str = ""
    notes: List[str] = field(default_factory=list)
    overviews: Dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def legend_limit(self) -> float:
        """NPP that 98 % of the cells do not pass, for legends."""
        values = self.overviews["npp"]
        limit = float(np.nanpercentile(values, 98)) if np.isfinite(values).any() else 0.0
        return limit or self.npp_range[1]

    @property
    def period(self) -> str:
        """'2010', '2001 to 2010', '3 years', or ''."""
        return period(self.years)

    @property
    def year_names(self) -> List[str]:
        """One name per year: '2010', or 'year 2'."""
        return year_names(self.years)


def year_names(years) -> List[str]:
    """Names of the years of a run; without dates 'year 1' …, and '' for a single one."""
    if len(years) == 1:
        return ["" if years[0] is None else str(years[0])]
    return ["year {}".format(i + 1) if year is None else str(year) for i, year in enumerate(years)]


def period(years) -> str:
    """The years of a run in words."""
    if len(years) == 1:
        return "" if years[0] is None else str(years[0])
    return "{} years".format(len(years)) if years[0] is None else "{} to {}".format(years[0], years[-1])


def raster_specs(series: CasaSeries) -> Dict[str, RasterSpec]:
    """Specs of every output: a band per year, or per month of every year."""
    years, names = series.years, year_names(series.years)
    specs = {}
    for output, (quantity, unit, monthly, short) in OUTPUTS.items():
        if monthly:
            bands = [(year, "{} {}".format(short, series.month(i, m))) for i, year in enumerate(years)
                     for m in range(1, 13)]  # fmt: skip
        else:
            bands = [(year, "{} {}".format(short, name).strip()) for year, name in zip(years, names)]
        specs[output] = RasterSpec(
            descriptions=tuple(text for _, text in bands),
            units=(unit,) * len(bands),
            tags=tags(quantity, unit, year=years[0] if len(years) == 1 else None),
            band_tags=tuple(tags(quantity, unit, year=year) for year, _ in bands) if len(bands) > 1 else (),
            smooth=True,
        )
    return specs


def casa_result(
    partial: Totals, series: CasaSeries, inputs: AlignedInputs, fitted: Mapping[int, FittedClass], nep: bool
) -> CasaResult:
    """The result from the sums of all blocks."""
    years = series.years
    monthly_npp = partial["month NPP"]
    area = partial["area"]
    index_of = inputs.spaces["vegetation"].index_of()
    present = [code for code in fitted if partial["class_cells"][:, index_of[code]].any()]
    weights = np.maximum(partial["class_area"].sum(axis=0), 1e-300)
    by_class = partial["class_npp"].sum(axis=0) / weights
    result = CasaResult(
        years=years,
        grid=inputs.grid,
        area_mode=inputs.areas.mode,
        cells=tuple(int(n) for n in partial["cells"]),
        area_km2=tuple(float(a) for a in area),
        nodata_share=1 - int(partial["cells"].max()) / inputs.grid.cells,
        npp_mean=tuple(_ratio(monthly_npp[i].sum(), area[i], float("nan")) for i in range(len(years))),
        npp_tg=tuple(float(row.sum()) / T_PER_TG for row in monthly_npp),
        npp_range=tuple(partial["npp_range"]),
        monthly=_monthly_table(partial, series, nep),
        classes=_class_table(partial, series, fitted, present, index_of, nep),
        totals=_totals_table(partial, years, nep),
        fitted=_fitted_table(fitted),
        class_names={code: fitted[code].parameters.name for code in present},
        class_months={code: by_class[:, index_of[code]] for code in present},
        nep=nep,
    )
    if nep:
        sums = partial["class_nep"].sum(axis=1)
        result.nep_mean = tuple(_ratio(s, a, float("nan")) for s, a in zip(sums, partial["nep_area"]))
        result.nep_tg = tuple(float(s) / T_PER_TG for s in sums)
        result.nep_range = tuple(partial["nep_range"])
    return result


def _ratio(top: float, below: float, empty=None):
    return float(top) / float(below) if below > 0 else empty


def _year_value(years, index: int) -> Optional[int]:
    return years[index] if years[index] is not None or len(years) == 1 else index + 1


def _monthly_table(partial: Totals, series: CasaSeries, nep: bool) -> Table:
    names = [name for name in MONTHLY_MEANS if name not in ("Rh", "NEP") or nep]
    units = dict(UNITS, NPP=G_M2_MONTH, APAR="MJ/m2/month", epsilon="g C/MJ", Rh=G_M2_MONTH, NEP=G_M2_MONTH)
    columns = [Column("year", "integer"), Column("month", "integer", "1 is January")]
    for name in names:
        unit = units.get(name, "1")
        suffix = "" if unit == "1" else "_" + unit.replace("/", "_").replace(" ", "_")
        columns.append(Column(name + suffix, "number", "mean of {}{}".format(name, "" if unit == "1" else ", " + unit)))
    columns.append(Column("NPP_total_Tg_C", "number", "NPP of the month, Tg C"))
    table = Table("Monthly means and totals (area-weighted)", tuple(columns))
    for i in range(len(series.years)):
        for month in range(12):
            row = [_year_value(series.years, i), month + 1]
            for name in names:
                # Without a value in any month there was only an annual respiration.
                empty = name in ("Rh", "NEP") and not partial["month " + name].any()
                below = partial["nep_area" if name in ("Rh", "NEP") else "area"][i]
                row.append(None if empty else _ratio(partial["month " + name][i, month], below))
            table.rows.append(row + [float(partial["month NPP"][i, month]) / T_PER_TG])
    return table


def _class_table(partial: Totals, series: CasaSeries, fitted, present, index_of, nep: bool) -> Table:
    columns = [
        Column("year", "integer"),
        Column("code", "integer", "vegetation class"),
        Column("class", "text"),
        Column("cells", "integer"),
        Column("area_km2", "number", "area, km2"),
        Column("NPP_mean_g_C_m2_yr", "number", "area-weighted mean NPP, g C/m2/yr"),
        Column("NPP_total_Tg_C_yr", "number", "NPP of the class, Tg C/yr"),
    ]
    if nep:
        columns.append(Column("NEP_mean_g_C_m2_yr", "number", "area-weighted mean NEP, g C/m2/yr"))
        columns.append(Column("NEP_total_Tg_C_yr", "number", "NEP of the class, Tg C/yr"))
    table = Table("NPP by vegetation class", tuple(columns))
    for i in range(len(series.years)):
        for code in present:
            at = index_of[code]
            cells, area = int(partial["class_cells"][i, at]), float(partial["class_area"][i, at])
            if not cells:
                continue
            total = float(partial["class_npp"][i, :, at].sum())
            row = [_year_value(series.years, i), code, fitted[code].parameters.name, cells, area]
            row += [total / area, total / T_PER_TG]
            if nep:
                below = partial["class_nep_area"][i, at]
                row += [_ratio(partial["class_nep"][i, at], below), float(partial["class_nep"][i, at]) / T_PER_TG]
            table.rows.append(row)
    return table


def _totals_table(partial: Totals, years, nep: bool) -> Table:
    columns = [
        Column("year", "integer"),
        Column("cells", "integer", "cells with a class and all twelve months"),
        Column("area_km2", "number", "area, km2"),
        Column("NPP_mean_g_C_m2_yr", "number", "area-weighted mean NPP, g C/m2/yr"),
        Column("NPP_total_Tg_C_yr", "number", "NPP, Tg C/yr"),
    ]
    if nep:
        columns.append(Column("NEP_mean_g_C_m2_yr", "number", "area-weighted mean NEP, g C/m2/yr"))
        columns.append(Column("NEP_total_Tg_C_yr", "number", "NEP, Tg C/yr"))
    table = Table("NPP by year", tuple(columns))
    for i in range(len(years)):
        total, area = float(partial["month NPP"][i].sum()), float(partial["area"][i])
        row = [_year_value(years, i), int(partial["cells"][i]), area, _ratio(total, area), total / T_PER_TG]
        if nep:
            flux = float(partial["class_nep"][i].sum())
            row += [_ratio(flux, partial["nep_area"][i]), flux / T_PER_TG]
        table.rows.append(row)
    return table


def _fitted_table(fitted: Mapping[int, FittedClass]) -> Table:
    """The parameters used; `casa_parameters.read_parameters` reads this table again."""
    table = Table(
        "Parameters by vegetation class",
        (
            Column("code", "integer"),
            Column("name", "text"),
            Column("eps_max_g_C_MJ", "number", "maximum light use efficiency, g C/MJ"),
            Column("ndvi_low", "number", "low percentile of NDVI"),
            Column("ndvi_high", "number", "high percentile of NDVI"),
            Column("sr_low", "number", "low percentile of SR"),
            Column("sr_high", "number", "high percentile of SR"),
            Column("months", "integer", "cells and months with NDVI"),
            Column("percentiles_from", "text", "the table given, or the NDVI of the class"),
        ),
    )
    for code, item in sorted(fitted.items()):
        used = item.parameters
        row = [code, used.name, used.eps_max, used.ndvi_low, used.ndvi_high, used.sr_low, used.sr_high, item.months]
        table.rows.append(row + ["table" if item.from_table else "NDVI"])
    return table
