"""Readers of the core on anything at all: they give what they promise, or an error of ours that names the file."""

import random
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbon_qgis.core.bundle import Manifest, bundle_bytes, read_bundle_bytes
from carbon_qgis.core.bundle_files import arrays_to_bytes, bytes_to_arrays
from carbon_qgis.core.errors import BundleError, CarbonError, InputError, TableError
from carbon_qgis.core.foreign_files import is_network_name, require_harmless
from carbon_qgis.core.pools import read_pools
from carbon_qgis.core.scenario_table import read_scenario_table
from carbon_qgis.core.tables import read_table
from carbon_qgis.core.text_tables import harmless, unharmed
from tests import reliability_log
from tests.hostile.bench import drawn, message_complaints

#: Bytes that look like tables, more or less.
CELL = st.text(max_size=12) | st.sampled_from(["1", "-1", "nan", "1e999", '"', "0,5", "1.234,5", "=1+1", "\x00", "\r"])
LINE = st.lists(CELL, max_size=6)
LIKE_TABLE = st.builds(
    lambda header, rows, cut, codec: (
        "\n".join(cut.join(row) for row in [header] + rows).encode(codec, "replace")
    ),
    st.lists(st.sampled_from(["lucode", "LULC_name", "c_above", "c_below", "c_soil", "c_dead", "x"]), max_size=7),
    st.lists(LINE, max_size=6), st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "latin-1", "cp500"]),
)  # fmt: skip


def judged(kind, subject, error, name):
    """Count one thing tried; the message must name the file and be nobody's but ours."""
    wrong = message_complaints(str(error), (name,)) if error is not None else []
    reliability_log.record("hostile", kind, subject, not wrong, note="; ".join(wrong) or None)
    assert not wrong, wrong


@pytest.mark.parametrize("read", [read_table, read_pools, read_scenario_table], ids=lambda read: read.__name__)
def test_any_bytes_as_a_table(read, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")

    @drawn()
    @given(st.binary(max_size=300) | LIKE_TABLE)
    def check(data):
        path = folder / "odd table.csv"
        path.write_bytes(data)
        error = None
        try:
            read(str(path))
        except TableError as raised:
            error = raised
        judged("table", read.__name__, error, "odd table.csv")

    check()


ARRAYS = {"weights": __import__("numpy").arange(60, dtype="float32").reshape(6, 10)}
GOOD = bundle_bytes(Manifest("forest", ()), {"a.npz": arrays_to_bytes(ARRAYS), "b.json": b"{}"})


@drawn()
@given(st.integers(0, 2**32), st.integers(1, 40), st.booleans())
def test_any_damage_of_a_bundle(seed, count, cut):
    rng, data = random.Random(seed), bytearray(GOOD)
    for _ in range(count):
        data[rng.randrange(len(data))] = rng.randrange(256)
    data = bytes(data[: rng.randrange(len(data))] if cut else data)
    error = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_bundle_bytes(data, "odd.carbonmodel", "forest")
        except BundleError as raised:
            error = raised
    judged("model", "read_bundle", error, "odd.carbonmodel")


@drawn()
@given(st.binary(max_size=400) | st.builds(lambda rest: arrays_to_bytes(ARRAYS)[:200] + rest, st.binary(max_size=300)))
def test_any_bytes_as_arrays(data):
    error = None
    try:
        bytes_to_arrays(data, "odd.npz")
    except BundleError as raised:
        error = raised
    judged("model", "bytes_to_arrays", error, "odd.npz")


XML = st.recursive(
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<>&"), max_size=20),
    lambda inner: st.builds(
        "<{0}>{1}{2}</{0}>".format,
        st.sampled_from(["VRTDataset", "SourceFilename", "MDI", "SRS", "VRTRasterBand", "Metadata", "a"]), inner, inner,
    ),
    max_leaves=10,
)  # fmt: skip


def test_any_description(tmp_path_factory):
    """Whatever the XML: an answer, and never silence where a source names a server."""
    folder = tmp_path_factory.mktemp("xml")

    @drawn()
    @given(XML, st.booleans(), st.sampled_from(["", "<!-- <MDI> -->", "<![CDATA[x]]>", "\ufeff", "<?xml?>"]))
    def check(inside, remote, front):
        path = folder / "odd.vrt"
        name = "<SourceFilename>/vsicurl/http://127.0.0.1:9/x</SourceFilename>" if remote else ""
        path.write_text("{}<VRTDataset>{}{}</VRTDataset>".format(front, inside, name), encoding="utf-8")
        error = None
        try:
            require_harmless(str(path))
        except InputError as raised:
            error = raised
        assert error is not None or not remote
        judged("network", "require_harmless", error, "odd.vrt")

    check()


@pytest.mark.parametrize("text", [
    "/vsicurl/http://x/y", "/vsicurl?url=x", "/vsizip//vsicurl/http://x/y.zip/z", "/vsizip/{/vsis3/b/c.zip}/d",
    "/vsisubfile/0_100,/vsicurl/x", "HTTP://x/y", "ftp://x/y", "/VSIS3/b/c", "WMS:http://x", "wcs: http://x",
    "PG:dbname=x", "ODBC:x", "PGEO:x", "oci:a/b@c", "GPSBABEL:gpx:x", "ecwp://x/y.ecw", "jpip://x", "JPIP://x/y.jp2",
    "postgresql://x/y", "new+driver://x", "NETCDF:https://x/y.nc",
    "\\\\host\\share\\x.tif", "//host/share/x.tif", "NETCDF:\"/vsicurl/http://x/y.nc\":v", " /vsicurl/x",
])  # fmt: skip
def test_names_of_the_network(text):
    assert is_network_name(text)


@pytest.mark.parametrize("text", [
    "a.tif", "/data/a.tif", "../a.tif", "C:\\data\\a.tif", "C:/data/a.tif", "/vsizip/a.zip/b.tif", "/vsimem/a",
    'NETCDF:"a.nc":v', "es: not a driver".replace(": ", "_"), "https.tif", "vsicurl.tif", "PG.tif", "1", "",
    "vrt://a.tif?bands=1", "zip://a.zip/b.tif", "file:///data/a.tif", "C://data/a.tif", "GTIFF_DIR:1:a.tif", "a//b.tif",
])  # fmt: skip
def test_names_of_this_machine(text):
    assert not is_network_name(text)


def test_metadata_may_name_its_source(tmp_path):
    """An address in a description, a remark or a CRS is a text, no source."""
    path = tmp_path / "good.vrt"
    path.write_text(
        '<VRTDataset xmlns="http://www.opengis.net/x" rasterXSize="1"><SRS>GEOGCS["http://x"]</SRS><Metadata>'
        '<MDI key="source">https://doi.org/1</MDI></Metadata><VRTRasterBand><Description>http://x/y</Description>'
        '<SimpleSource><SourceFilename relativeToVRT="1">a.tif</SourceFilename></SimpleSource></VRTRasterBand>'
        "</VRTDataset>"
    )
    require_harmless(str(path))


@drawn()
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=30))
def test_a_harmless_cell_is_no_formula_and_comes_back(text):
    safe = harmless(text)
    assert unharmed(safe) == text
    assert not safe.lstrip(" ").startswith(("=", "@", "\t", "\r"))


@pytest.mark.parametrize("text", [
    "+A1", "-A1", "-A1+B1", "+1+1", "-5+A1", "-5/A1", "-5 %/A1", "-1-2", "-forest",
    "-2+3+cmd|' /C calc'!A0", "=1", "@a", "-1 to A1",
    "＝1+1", "＋A1", "－A1", "＠SUM(1)", " ＝1", "－5", "﹦1", "-5\n+A1", "-\nA1", "\t-5", "\r=1", "of:=1", " +A1",
])  # fmt: skip
def test_what_may_be_a_formula_gets_an_apostrophe(text):
    assert harmless(text) == "'" + text and unharmed("'" + text) == text
    assert unharmed(harmless("'" + text)) == "'" + text


@pytest.mark.parametrize("text", [
    "-5", "+1.2e3", "-.5", "- 5", "-1,5", "-1.234,5", "-5e-3", "+2", "-5 °C", "-5 %", "-5 m", "-", "+", "−5", "a+b",
    "1-2", "", " -5 ", "'quoted'", "x=1", "a@b.c", "-3.3 to -0.7", "-1e3 to 2 m",
])  # fmt: skip
def test_numbers_and_names_stay_as_they_are(text):
    assert harmless(text) == text and unharmed(text) == text


@drawn()
@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(), st.sampled_from(["{}", "{:+}", "{:e}", "{:+.3f}"])
)
def test_no_number_gets_an_apostrophe(number, form):
    text = form.format(number)
    assert harmless(text) == text


@drawn()
@given(st.text("+-=@＝＋－＠'\t A1.,5e%", max_size=8))
def test_signs_come_back(text):
    safe = harmless(text)
    assert unharmed(safe) == text
    assert not safe.lstrip(" ").startswith(("=", "@", "＝", "＋", "－", "＠", "\t", "\r"))


def test_long_quotations_are_cut():
    """What a stranger's table holds does not fill the screen."""
    error = CarbonError("x.csv, line 2: '{}' is no number. Correct the cell.".format("9" * 10**6))
    assert len(str(error)) < 1000 and str(error).startswith("x.csv, line 2: '99") and str(error).endswith("the cell.")
    assert len(str(CarbonError("word " * 10**5))) < 4001
    path = "/".join(["folder"] * 80)
    assert path in str(CarbonError("'{}' is gone. ".format(path) + "Look. " * 200))
