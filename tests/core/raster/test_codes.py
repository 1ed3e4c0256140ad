"""Class codes as indices: lookups and counts against plain NumPy."""

import numpy as np
import pytest

from carbon_qgis.core.errors import RasterError
from carbon_qgis.core.raster.codes import (
    CodeSpace,
    code_space,
    counts,
    joint_counts,
    lookup,
    lookup_pair,
    pair_table,
)

RNG = np.random.default_rng(5)


def test_a_byte_band_is_its_own_index():
    space = code_space("uint8", 255, range(256), False)
    assert (space.direct, space.size, space.nodata_index, space.dtype) == (True, 256, 255, np.uint8)
    assert 255 not in space.codes and len(space.codes) == 255
    assert code_space("uint8", -9999, range(256), False).nodata_index is None
    assert code_space("uint8", float("nan"), range(256), False).nodata_index is None


def test_a_byte_band_without_room_for_nodata_is_translated():
    space = code_space("uint8", None, range(256), True)
    assert (space.direct, space.size, space.nodata_index, space.dtype) == (False, 258, 256, np.uint16)
    assert code_space("uint8", 0, range(256), True).direct
    assert not code_space("uint8", 0, range(256), False, masked=True).direct


def test_encoding_tells_known_from_unknown():
    space = CodeSpace.for_codes([30, -5, 10, 10])
    assert space.codes == (-5, 10, 30)
    values = np.array([[10, -5, 30, 7, 7, 99]], np.int16)
    valid = np.array([[True, True, True, True, False, True]])
    index, strange = space.encode(values, valid, "x")
    np.testing.assert_array_equal(index, [[1, 0, 2, 4, 3, 4]])
    assert index.dtype == np.uint8 and strange == {7: 1, 99: 1}


def test_encoding_without_any_code_counts_all_as_unknown():
    index, strange = CodeSpace.for_codes(()).encode(np.array([3, 3, 1]), np.array([True, True, False]), "x")
    np.testing.assert_array_equal(index, [1, 1, 0])
    assert strange == {3: 2}


def test_encoding_ignores_what_lies_under_nodata():
    values = np.array([10.0, np.nan, 0.5, np.inf])
    index, strange = CodeSpace.for_codes([10]).encode(values, np.array([True, False, False, False]), "x")
    np.testing.assert_array_equal(index, [0, 1, 1, 1])
    assert strange == {}
    with pytest.raises(RasterError, match="x holds 0.5: class codes must be whole numbers"):
        CodeSpace.for_codes([10]).encode(values, np.array([True, False, True, False]), "x")


def test_tables_and_counts_by_code():
    space = CodeSpace.for_codes([10, 20, 30])
    np.testing.assert_array_equal(space.table({10: 1.5, 30: 2.5}), [1.5, np.nan, 2.5, np.nan, np.nan])
    assert space.by_code(np.array([5, 0, 7, 100, 3])) == {10: 5, 30: 7}
    direct = CodeSpace.for_bytes(0)
    table = direct.table({0: 9.0, 7: 1.0, 300: 5.0})
    assert table[7] == 1 and np.isnan(table[0]) and len(table) == 256


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (4, 6), (257, 3), (0, 4)])
@pytest.mark.parametrize("dtype, size", [(np.uint8, 256), (np.uint8, 7), (np.uint16, 300)])
def test_counts_are_those_of_bincount(shape, dtype, size):
    index = RNG.integers(0, size, shape).astype(dtype)
    np.testing.assert_array_equal(counts(index, size), np.bincount(index.ravel(), minlength=size))
    column = RNG.integers(0, size, (8, 6)).astype(dtype)[:, ::2]
    np.testing.assert_array_equal(counts(column, size), np.bincount(column.ravel(), minlength=size))


@pytest.mark.parametrize("dtype, size", [(np.uint8, 256), (np.uint8, 9), (np.uint16, 1000)])
@pytest.mark.parametrize("shape", [(3, 5), (4, 6), (1, 1)])
def test_lookups_are_those_of_indexing(dtype, size, shape):
    index = RNG.integers(0, size, shape).astype(dtype)
    tables = [RNG.random(size), np.where(RNG.random(size) < 0.3, np.nan, 5.0)]
    for got, table in zip(lookup(index, tables), tables):
        assert got.dtype == np.float32 and got.shape == shape
        np.testing.assert_array_equal(got, table.astype(np.float32)[index])
    assert lookup(index, []) == []


@pytest.mark.parametrize("sizes", [(256, 256), (5, 7), (256, 9), (258, 256), (300, 1000)])
def test_pairs_of_indices(sizes):
    dtypes = [np.uint8 if size <= 256 else np.uint16 for size in sizes]
    first, second = (RNG.integers(0, n, (31, 17)).astype(t) for n, t in zip(sizes, dtypes))
    expected = np.zeros(sizes, int)
    np.add.at(expected, (first, second), 1)
    np.testing.assert_array_equal(joint_counts(first, sizes[0], second, sizes[1]), expected)
    values = RNG.random(sizes).astype(np.float32)
    np.testing.assert_array_equal(lookup_pair(first, second, pair_table(values)), values[first, second])
