"""Table 2 with both readings: the paradox, the closing identity, and maps that do not fit."""

import numpy as np
import pytest
import rasterio
from affine import Affine

from carbon_qgis.core.accumulation import accumulation_rate
from carbon_qgis.core.class_names import MAX_CLASSES, class_names, class_names_tag
from carbon_qgis.core.density_input import density_raster
from carbon_qgis.core.errors import Cancelled, InputError, RasterError
from carbon_qgis.core.outputs import OutputSet

KM = Affine(1000, 0, 500000, 0, -1000, 4000000)


def write(path, values, dtype="float32", unit="", nodata=None, transform=KM, **tags):
    values = np.atleast_2d(np.asarray(values, dtype=dtype))
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": dtype}
    with rasterio.open(str(path), "w", crs="EPSG:32650", transform=transform, nodata=nodata, **profile) as dataset:
        dataset.write(values, 1)
        if unit:
            dataset.set_band_unit(1, unit)
        dataset.update_tags(**{name: str(value) for name, value in tags.items()})
    return str(path)


def densities(folder, first, last, years=(2000, 2010)):
    return [
        density_raster(write(folder / "c{}.tif".format(year), values, unit="t C/km2", CARBON_YEAR=year))
        for year, values in zip(years, (first, last))
    ]


def table(pair, *maps, **options):
    with OutputSet() as outputs:
        result = accumulation_rate(pair, outputs, {}, ecosystems=maps, **options)
    return {row["code"]: row for row in result.ecosystems.as_dicts()}, result


#: Known answer: the paradox of Table 2.
T1, T2 = [1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 2, 1]
C1, C2 = [10, 10, 10, 50, 50, 50], [11, 11, 40, 52, 52, 12]


def paradox(folder, dtype="uint8", nodata=None, years=(2000, 2001)):
    maps = [write(folder / "t{}.tif".format(i), codes, dtype, nodata=nodata) for i, codes in enumerate((T1, T2))]
    return table(densities(folder, C1, C2, years), *maps)


KINDS = [("uint8", None), ("uint8", 255), ("int16", -1), ("int32", None), ("float32", 0)]


@pytest.mark.parametrize("dtype, nodata", KINDS)
def test_the_paradox_of_table_2(tmp_path, dtype, nodata):
    rows, _ = paradox(tmp_path, dtype, nodata)

    def tonnes(row, *names):
        return [round(row[name + "_Tg_C"] * 1e6, 6) for name in names]

    parts = ("stock_change", "persistent", "gained", "lost")
    assert tonnes(rows[2], *parts) == [-6, 4, 40, 50]
    assert tonnes(rows[1], *parts) == [4, 2, 12, 10]
    assert rows[2]["mean_rate_final_t_C_km2_yr"] == pytest.approx(34 / 3)
    assert rows[2]["mean_rate_persistent_t_C_km2_yr"] == pytest.approx(2)
    assert rows[2]["mean_rate_initial_t_C_km2_yr"] == pytest.approx((2 + 2 - 38) / 3)
    assert rows[1]["mean_rate_final_t_C_km2_yr"] == pytest.approx((1 + 1 - 38) / 3)
    assert rows[None]["stock_change_Tg_C"] * 1e6 == pytest.approx(-2)
    assert rows[None]["mean_rate_final_t_C_km2_yr"] == pytest.approx(-2 / 6)


def random_maps(folder, generator, shape=(300, 280)):
    maps = []
    for name in ("first", "last"):
        codes = generator.choice([300, 7, -4, 12, -32768], shape)
        maps.append(write(folder / (name + ".tif"), codes, "int16", nodata=-32768))
    return maps


def test_the_identity_closes_and_the_sums_agree_with_pandas(tmp_path):
    import pandas as pd

    generator = np.random.default_rng(11)
    first, last = generator.gamma(4, 900, (300, 280)), generator.gamma(4, 1000, (300, 280))
    first[generator.random(first.shape) < 0.05] = np.nan
    maps = random_maps(tmp_path, generator)
    rows, result = table(densities(tmp_path, first, last), *maps, area_mode="projected")
    codes = []
    for path in maps:
        with rasterio.open(path) as dataset:
            codes.append(dataset.read(1).ravel())
    stored = {"c1": first.astype("f4").ravel(), "c2": last.astype("f4").ravel()}
    frame = pd.DataFrame({"one": codes[0], "two": codes[1], **stored}, dtype="f8").dropna()
    inside = frame[(frame.one != -32768) & (frame.two != -32768)]
    for code in (300, 7, -4, 12):
        row, before, after = rows[code], inside[inside.one == code], inside[inside.two == code]
        assert row["area_first_km2"] == len(before) and row["area_last_km2"] == len(after)
        assert row["stock_first_Tg_C"] == pytest.approx(before.c1.sum() / 1e6, rel=1e-9)
        assert row["stock_last_Tg_C"] == pytest.approx(after.c2.sum() / 1e6, rel=1e-9)
        assert row["mean_rate_final_t_C_km2_yr"] == pytest.approx(((after.c2 - after.c1) / 10).mean(), rel=1e-9)
        assert row["mean_rate_initial_t_C_km2_yr"] == pytest.approx(((before.c2 - before.c1) / 10).mean(), rel=1e-9)
        parts = row["persistent_Tg_C"] + row["gained_Tg_C"] - row["lost_Tg_C"]
        assert row["stock_change_Tg_C"] == pytest.approx(parts, abs=1e-12)
    assert sum(rows[code]["stock_change_Tg_C"] for code in (300, 7, -4, 12)) == pytest.approx(
        rows[None]["stock_change_Tg_C"], abs=1e-12
    )
    lost = len(frame) - len(inside)
    assert any("{:,} of {:,} cells have a rate but no ecosystem".format(lost, len(frame)) in n for n in result.notes)


def test_without_gaps_all_ecosystems_are_the_total(tmp_path):
    rows, result = paradox(tmp_path)
    assert rows[None]["stock_change_Tg_C"] == pytest.approx(result.change / 1e6)
    assert rows[None]["mean_rate_final_t_C_km2_yr"] == pytest.approx(result.mean_rate)
    assert not any("no ecosystem" in note for note in result.notes)


def test_one_map_has_no_gains_and_losses(tmp_path):
    pair = densities(tmp_path, C1, C2)
    rows, result = table(pair, write(tmp_path / "t.tif", T1, "uint8"))
    assert rows[1]["gained_Tg_C"] == rows[1]["lost_Tg_C"] == rows[1]["area_change_km2"] == 0
    assert rows[1]["persistent_Tg_C"] == rows[1]["stock_change_Tg_C"] == pytest.approx(32e-6)
    rates = {rows[1]["mean_rate_{}_t_C_km2_yr".format(mask)] for mask in ("final", "initial", "persistent")}
    assert len(rates) == 1
    assert any("One ecosystem map serves all dates" in note for note in result.notes)
    assert set(result.overviews) == {"rate", "first", "last", "ecosystem first"}


def test_a_class_that_appears_has_no_initial_rate(tmp_path):
    maps = [write(tmp_path / "a.tif", [1, 1], "uint8"), write(tmp_path / "b.tif", [1, 5], "uint8")]
    rows, _ = table(densities(tmp_path, [1, 1], [2, 3]), *maps)
    assert rows[5]["area_first_km2"] == 0 and rows[5]["mean_rate_initial_t_C_km2_yr"] is None
    assert rows[5]["mean_rate_persistent_t_C_km2_yr"] is None and rows[5]["mean_rate_final_t_C_km2_yr"] == 0.2


def test_a_class_only_beside_nodata_is_in_no_row(tmp_path):
    codes = {"a.tif": [1, 9], "b.tif": [1, 255]}
    maps = [write(tmp_path / name, row, "uint8", nodata=255) for name, row in codes.items()]
    rows, _ = table(densities(tmp_path, [1, 1], [2, 3]), *maps)
    assert list(rows) == [1, None]


def test_names_from_the_tag(tmp_path):
    path = write(tmp_path / "t.tif", T1, "uint8", **class_names_tag({1: "Forêt", 2: "水域"}))
    assert class_names(path) == {1: "Forêt", 2: "水域"}
    rows, result = table(densities(tmp_path, C1, C2), path)
    assert rows[2]["ecosystem"] == "水域" and result.ecosystem_names == {1: "Forêt", 2: "水域"}
    assert class_names(write(tmp_path / "x.tif", T1, "uint8", CARBON_CLASSES="not json")) == {}


def refused(error, text, *arguments, **options):
    with pytest.raises(error) as caught:
        table(*arguments, **options)
    assert text in str(caught.value), str(caught.value)


def test_maps_that_do_not_fit_are_refused(tmp_path):
    pair = densities(tmp_path, C1, C2)
    tagged = [write(tmp_path / "y{}.tif".format(y), T1, "uint8", CARBON_YEAR=y) for y in (2000, 2010)]
    refused(InputError, "start ('{}') is of 2010 and that of the end".format(tagged[1]), pair, *tagged[::-1])
    refused(InputError, "3 given", pair, *tagged, tagged[0])
    names = [
        write(tmp_path / "n{}.tif".format(i), T1, "uint8", **class_names_tag({1: name}))
        for i, name in enumerate(("Forest", "Water"))
    ]
    refused(InputError, "Class 1 is 'Water' in '{}' and 'Forest' in another map".format(names[1]), pair, *names)
    refused(RasterError, "class codes must be whole numbers", pair, write(tmp_path / "f.tif", np.array(T1) + 0.5))
    many = write(tmp_path / "many.tif", np.arange(MAX_CLASSES + 1), "int32")
    refused(InputError, "513 different codes; at most 512", pair, many)
    refused(RasterError, "holds no classes", pair, write(tmp_path / "empty.tif", [-1] * 6, "int16", nodata=-1))
    bytes_ = write(tmp_path / "e8.tif", [255] * 6, "uint8", nodata=255)
    refused(RasterError, "No valid cell is left in the densities and ecosystems together", pair, bytes_)


def test_maps_of_other_years_are_noted(tmp_path):
    maps = [write(tmp_path / "y{}.tif".format(y), T1, "uint8", CARBON_YEAR=y) for y in (2001, 2010)]
    _, result = table(densities(tmp_path, C1, C2), *maps)
    assert "The ecosystem map 'y2001.tif' is of 2001 and stands for 2000." in result.notes
    assert not any("y2010.tif" in note for note in result.notes)


class Stopped:
    def update(self, fraction, message=None):
        pass

    def cancelled(self):
        return True


def test_cancel_is_heard_while_classes_are_looked_for(tmp_path):
    pair = densities(tmp_path, C1, C2)
    with pytest.raises(Cancelled):
        table(pair, write(tmp_path / "t.tif", T1, "int32"), progress=Stopped())
