"""Grids: where cells lie, when two grids coincide, and what is refused."""

import numpy as np
import pytest
import rasterio

from carbon_qgis.core.errors import GridError, RasterError
from carbon_qgis.core.raster.grid import Grid, bounds_in, require_overlap
from carbon_qgis.core.raster.source import bands_of, is_plain_path, open_raster, raster_info
from tests.core.helpers import METRES_30, make_grid, make_raster


def test_a_grid_is_read_from_a_file(tmp_path):
    grid = Grid.of(make_raster(tmp_path / "a.tif", np.zeros((3, 4), np.uint8)))
    assert (grid.shape, grid.cells, grid.cell_size) == ((3, 4), 12, (30, 30))
    assert grid.bounds == (500_000, 3_999_910, 500_120, 4_000_000)
    assert grid.describe() == "4 x 3 cells of 30 x 30 metre in EPSG:32650"
    assert grid == Grid.of(str(tmp_path / "a.tif"))


def test_grids_of_the_same_text_are_compared_without_their_crs(monkeypatch):
    """PROJ takes a hundredth of a second to compare: an ensemble has hundreds of rasters."""
    one, other = make_grid(), make_grid()
    monkeypatch.setattr(Grid, "crs", property(lambda self: pytest.fail("the CRS was compared")))
    assert one.same_as(other) and one.shift_from(other) == (0, 0)


@pytest.mark.parametrize(
    "text, name",
    [
        ("EPSG:32650", "EPSG:32650"),
        ("+proj=laea +lat_0=7.3 +lon_0=21.9 +datum=WGS84", "an unnamed CRS (Lambert Azimuthal Equal Area)"),
        ("+proj=longlat +a=6378137 +b=6300000", "an unnamed CRS"),
        ('LOCAL_CS["Grid of the mine",UNIT["metre",1]]', "Grid of the mine"),
    ],
)
def test_a_crs_without_code_or_name_is_told_by_its_projection(text, name):
    assert make_grid(crs=text).crs_name() == name


def test_cells_of_a_rotated_grid_have_the_length_of_their_sides():
    turn = rasterio.Affine.translation(100, 200) * rasterio.Affine.rotation(30) * rasterio.Affine.scale(10, -5)
    grid = make_grid(transform=tuple(turn)[:6])
    assert grid.cell_size == pytest.approx((10, 5))
    assert not grid.is_north_up
    assert grid.xy(1, 0) == pytest.approx((100 + 10 * np.cos(np.pi / 6), 200 + 5))


@pytest.mark.parametrize(
    "change, expected",
    [
        ((0, 0), (0, 0)), ((30, -60), (1, 2)), ((-300, 30), (-10, -1)), ((0.02, 0), (0, 0)), ((15, 0), None),
        ((1, 0), None),
    ],
)
def test_whole_cell_shifts_are_recognised(change, expected):
    moved = list(METRES_30)
    moved[2], moved[5] = moved[2] + change[0], moved[5] + change[1]
    assert make_grid(transform=moved).shift_from(make_grid()) == expected


def test_cell_sizes_that_drift_apart_over_the_raster_do_not_coincide():
    wide = make_grid(shape=(10, 20_000))
    stretched = make_grid(transform=(30.00001,) + METRES_30[1:], shape=(10, 20_000))
    assert stretched.shift_from(wide) is None
    rounded = make_grid(transform=(30.0000000001,) + METRES_30[1:], shape=(10, 20_000))
    assert rounded.shift_from(wide) == (0, 0) and rounded.same_as(wide)


def test_another_crs_or_orientation_does_not_coincide():
    south_up = make_grid(transform=(30, 0, 500_000, 0, 30, 3_999_700))
    assert south_up.is_north_up and south_up.shift_from(make_grid()) is None
    assert make_grid(crs="EPSG:32651").shift_from(make_grid()) is None


def test_a_raster_without_crs_is_refused(tmp_path):
    path = make_raster(tmp_path / "bare.tif", np.zeros((2, 2), np.uint8), crs=None)
    with pytest.raises(GridError, match=r"bare.tif' has no coordinate reference system. Assign one first"):
        Grid.of(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_position_is_refused(tmp_path):
    with pytest.raises(GridError, match="has no georeference"):
        Grid.of(make_raster(tmp_path / "a.tif", np.zeros((2, 2), np.uint8), transform=(1, 0, 0, 0, 1, 0)))


def test_overlap_is_required_and_both_extents_are_told():
    far = list(METRES_30)
    far[2] += 1e5
    with pytest.raises(GridError, match=r"'b.tif' and 'a.tif' do not overlap: the first covers x 600000 to 600300"):
        require_overlap(make_grid(transform=far), make_grid(), "b.tif", "a.tif")
    touching = list(METRES_30)
    touching[2] += 300
    with pytest.raises(GridError, match="do not overlap"):
        require_overlap(make_grid(transform=touching), make_grid(), "b.tif", "a.tif")


def test_bounds_in_another_crs():
    left, bottom, right, top = bounds_in(make_grid(), rasterio.crs.CRS.from_epsg(4326))
    # 500 km east in a zone is its middle meridian: 117 degrees in zone 50.
    assert left == pytest.approx(117.0, abs=1e-9)
    assert right - left == pytest.approx(300 / (6378137 * np.cos(np.radians(36.14))) * 180 / np.pi, rel=5e-3)
    assert 36.1 < bottom < top < 36.2


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(RasterError, match="no.tif' does not exist"):
        Grid.of(str(tmp_path / "no.tif"))
    (tmp_path / "text.tif").write_text("lucode,c_above\n")
    with pytest.raises(RasterError, match="text.tif' cannot be read as a raster: it is damaged, cut short or not"):
        Grid.of(str(tmp_path / "text.tif"))
    (tmp_path / "empty.tif").write_bytes(b"")
    with pytest.raises(RasterError, match="empty.tif' cannot be read as a raster"):
        Grid.of(str(tmp_path / "empty.tif"))


def test_a_handle_is_closed_even_after_an_error(tmp_path):
    path = make_raster(tmp_path / "a.tif", np.zeros((2, 2), np.uint8))
    with pytest.raises(ZeroDivisionError):
        with open_raster(path) as dataset:
            1 / 0  # noqa: B018
    assert dataset.closed


def test_what_a_file_says_of_itself(tmp_path):
    data = np.zeros((2, 3, 4), np.int16)
    path = make_raster(tmp_path / "a.tif", data, nodata=-1, scale=0.1, offset=2, units=("t C/ha",))
    with rasterio.open(path, "r+") as dataset:
        dataset.set_band_description(1, "soil")
        dataset.update_tags(CARBON_YEAR="2010")
        dataset.update_tags(2, CARBON_YEAR="2020")
    info = raster_info(path)
    assert (info.count, info.dtypes, info.nodata) == (2, ("int16", "int16"), (-1, -1))
    assert (info.scales, info.offsets, info.units) == ((0.1, 0.1), (2, 2), ("t C/ha", ""))
    assert (info.band_name(1), info.band_name(2)) == ("soil", "band 2")
    assert (info.tag("CARBON_YEAR"), info.tag("CARBON_YEAR", 2), info.tag("NONE")) == ("2010", "2020", None)
    assert info.masked == (False, False)
    assert [band.describe() for band in bands_of(path)] == ["'{}' band {}".format(path, n) for n in (1, 2)]


def test_names_of_gdal_are_no_plain_paths():
    assert is_plain_path("/data/a.tif") and is_plain_path("C:\\data\\a.tif") and is_plain_path("a.tif")
    assert not is_plain_path("/vsizip/a.zip/b.tif") and not is_plain_path('NETCDF:"a.nc":t')
