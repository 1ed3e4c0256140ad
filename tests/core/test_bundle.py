"""Model bundles: what goes in comes out, and everything that is not a model is refused by name."""

import hashlib
import io
import json
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from carbon_qgis.core import bundle as bundle_module
from carbon_qgis.core import bundle_files
from carbon_qgis.core.bundle import (
    DriverStats,
    Manifest,
    arrays_to_bytes,
    bundle_bytes,
    bytes_to_arrays,
    check_drivers,
    driver_stats,
    read_bundle,
    read_bundle_bytes,
)
from carbon_qgis.core.errors import BundleError, InputError

DRIVERS = (DriverStats("NDVI", "1", False, 0.0, 1.0, 0.5, 0.1), DriverStats("GLC", "class", True, codes=(1, 7)))


def manifest(**changes):
    fields = dict(kind="levels", drivers=DRIVERS, target={"unit": "t C/ha"}, seed=42, metrics={"n": np.int64(9)})
    return Manifest(**{**fields, **changes})


def weights():
    return {"w.npz": arrays_to_bytes({"w": np.arange(6.0).reshape(2, 3)}), "notes.json": b'{"a": 1}'}


def rebuilt(data, members=None, comment=None, rename=None):
    """The bundle with some members replaced or added (None drops one), everything else as it was."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        contents = {name: old.read(name) for name in old.namelist()}
        contents.update(members or {})
        for name, content in contents.items():
            if content is not None:
                new.writestr((rename or {}).get(name, name), content, zipfile.ZIP_DEFLATED)
        new.comment = old.comment if comment is None else comment
    return stream.getvalue()


def resealed(data, files=None, **changes):
    """A bundle whose author changed the manifest and computed every checksum anew: what an attacker would send."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = json.loads(archive.read("manifest.json"))
    content.update(changes)
    content["files"].update({name: hashlib.sha256(body).hexdigest() for name, body in (files or {}).items()})
    text = json.dumps(content).encode()
    comment = b"carbonmodel sha256:" + hashlib.sha256(text).hexdigest().encode()
    return rebuilt(data, {"manifest.json": text, **(files or {})}, comment)


def refusal(data, kind="levels"):
    with pytest.raises(BundleError) as caught:
        read_bundle_bytes(data, "soil.carbonmodel", kind)
    assert "soil.carbonmodel" in str(caught.value)
    return str(caught.value)


def test_what_goes_in_comes_out(tmp_path):
    path = tmp_path / "soil.carbonmodel"
    path.write_bytes(bundle_bytes(manifest(levels={"bmin": (1.0, 2.5)}), weights()))
    bundle = read_bundle(str(path), "levels")
    assert bundle.manifest.drivers == DRIVERS
    assert bundle.manifest.names == ("NDVI", "GLC")
    assert bundle.manifest.levels == {"bmin": [1.0, 2.5]}
    assert (bundle.manifest.seed, bundle.manifest.metrics) == (42, {"n": 9})
    assert bundle.files == weights()
    assert (bytes_to_arrays(bundle.files["w.npz"])["w"] == np.arange(6.0).reshape(2, 3)).all()


def test_the_same_model_gives_the_same_bytes():
    files = weights()
    backwards = dict(reversed(list(files.items())))
    assert bundle_bytes(manifest(), files) == bundle_bytes(manifest(), backwards)


def test_arrays_keep_type_shape_and_order():
    arrays = {
        "f": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "scalar": np.float64(2.5),
        "empty": np.zeros((0, 4), np.int16),
        "names": np.array(["low", "high"]),
        "cube": np.arange(24, dtype=np.int64).reshape(2, 3, 4),
    }
    back = bytes_to_arrays(arrays_to_bytes(arrays))
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == np.asarray(array).dtype and back[name].shape == np.shape(array)
        assert (back[name] == array).all()
        back[name][...] = back[name]  # writable


def test_numbers_that_json_does_not_know_become_null():
    data = bundle_bytes(manifest(metrics={"r2": float("nan"), "list": [np.inf, np.float32(0.5)]}), {})
    assert read_bundle_bytes(data, "x", "levels").manifest.metrics == {"r2": None, "list": [None, 0.5]}


def test_a_caller_cannot_store_objects_or_unknown_kinds():
    with pytest.raises(ValueError, match="type object"):
        arrays_to_bytes({"a": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="unknown kind"):
        bundle_bytes(manifest(kind="magic"), {})
    with pytest.raises(ValueError, match="weights.bin"):
        bundle_bytes(manifest(), {"weights.bin": b""})


# --- not a bundle ---------------------------------------------------------------------------------------


def test_missing_file(tmp_path):
    with pytest.raises(BundleError, match="cannot be read: No such file"):
        read_bundle(str(tmp_path / "none.carbonmodel"), "levels")


def test_not_a_zip():
    assert "is not a model bundle: it is not a zip file" in refusal(b"once upon a time")
    assert "is not a zip file" in refusal(b"")


def test_a_pickle_instead_of_a_zip():
    assert "is a Python pickle, not a model bundle" in refusal(b"\x80\x04\x95\x00\x00")


def test_a_zip_of_another_kind():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.json", "{}")
    assert "it is a zip file without manifest.json" in refusal(stream.getvalue())
    foreign = rebuilt(bundle_bytes(manifest(), {}), {"manifest.json": b'{"name": "some web app"}'})
    assert "its manifest is another program's" in refusal(foreign)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated(share):
    data = bundle_bytes(manifest(), weights())
    assert "damaged or " in refusal(data[: int(len(data) * share)])


def test_every_changed_byte_is_noticed_or_harmless():
    """A flipped byte is refused in words; where it is not, manifest and files are still exactly what was written."""
    data = bundle_bytes(manifest(), weights())
    good = read_bundle_bytes(data, "x", "levels")
    noticed = 0
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            assert read_bundle_bytes(bytes(damaged), "x", "levels") == good
        except BundleError:
            noticed += 1
    assert noticed > 0.8 * len(data) / 3


# --- tampered -------------------------------------------------------------------------------------------


def test_changed_weights():
    data = bundle_bytes(manifest(), weights())
    other = arrays_to_bytes({"w": np.zeros((2, 3))})
    assert "checksum of 'w.npz' does not agree" in refusal(rebuilt(data, {"w.npz": other}))


def test_changed_manifest():
    data = bundle_bytes(manifest(), weights())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("manifest.json").replace(b'"NDVI"', b'"NDWI"')
    assert "checksum of its manifest does not agree" in refusal(rebuilt(data, {"manifest.json": text}))


def test_files_that_are_missing_or_too_many():
    data = bundle_bytes(manifest(), weights())
    assert "is incomplete: w.npz is missing" in refusal(rebuilt(data, {"w.npz": None}))
    assert "'more.npz' does not belong to the model" in refusal(rebuilt(data, {"more.npz": weights()["w.npz"]}))


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"drivers": [{"unit": "1"}]}, "its manifest cannot be read"),
        ({"drivers": 5}, "its manifest cannot be read"),
        ({"drivers": [{"name": "a"}, {"name": "a"}]}, "value of another type"),
        ({"metrics": [1, 2]}, "value of another type"),
        ({"seed": "now"}, "value of another type"),
        ({"format_version": "one"}, "no usable format_version"),
        ({"format_version": 0}, "no usable format_version"),
    ],
)
def test_a_manifest_of_wrong_types(changes, words):
    assert words in refusal(resealed(bundle_bytes(manifest(), {}), **changes))


def test_a_manifest_that_is_not_json():
    data = bundle_bytes(manifest(), {})
    assert "is not valid JSON" in refusal(rebuilt(data, {"manifest.json": b"{"}))
    assert "is not valid JSON" in refusal(rebuilt(data, {"manifest.json": b"[" * 200_000}))
    assert "the number NaN is not allowed" in refusal(rebuilt(data, {"manifest.json": b'{"a": NaN}'}))


# --- another version, another kind ------------------------------------------------------------------------


def test_a_newer_format():
    text = refusal(resealed(bundle_bytes(manifest(), {}), format_version=99))
    assert "written by a newer version of the plugin (format 99; this one reads up to 1)" in text


def test_another_kind():
    data = bundle_bytes(manifest(kind="network"), {})
    assert "is a model of density within levels, not a model of density levels" in refusal(data)
    assert "a model of the kind 'poem'" in refusal(resealed(data, kind="poem"))


# --- not safe -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.pkl", "data.PICKLE", "net.pt", "forest.joblib", "archive/data.pkl"])
def test_a_pickle_by_name(name):
    data = rebuilt(bundle_bytes(manifest(), {}), {name: b"cos\nsystem\n(S'true'\ntR."})
    text = refusal(data)
    assert name in text and "Pickles can run any code when they are read: the file was not opened" in text


def object_array():
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.array([{"a": 1}], dtype=object))
    return stream.getvalue()


def npz(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def test_a_pickle_by_content():
    """All checksums agree: the content alone gives it away."""
    data = bundle_bytes(manifest(), {})
    text = refusal(resealed(data, {"w.npz": npz(a__npy=object_array())}))
    assert "w.npz: a.npy' is an array of Python objects, which is a pickle" in text
    assert "is a Python pickle" in refusal(resealed(data, {"w.npz": b"\x80\x04\x95abc"}))
    assert "'a.pkl', a Python pickle" in refusal(resealed(data, {"w.npz": npz(a__pkl=b"")}))
    with pytest.raises(BundleError, match="array of Python objects"):
        bytes_to_arrays(npz(a__npy=object_array()), "w.npz")


def test_files_that_are_not_what_their_suffix_says():
    data = bundle_bytes(manifest(), {})
    assert "'m.cbm' in 'soil.carbonmodel' is not a CatBoost model" in refusal(resealed(data, {"m.cbm": b"\x80\x04"}))
    assert "holds arrays (.npz), CatBoost models (.cbm) and JSON only" in refusal(resealed(data, {"run.py": b"1"}))
    assert "'soil.carbonmodel: w.npz: a.txt' is not an array" in refusal(resealed(data, {"w.npz": npz(a__txt=b"1")}))


def test_an_array_that_declares_what_it_does_not_hold():
    good = io.BytesIO()
    np.lib.format.write_array(good, np.zeros(3), allow_pickle=False)
    huge = good.getvalue().replace(b"(3,)", b"(9999999999999,)")[: len(good.getvalue())]
    data = bundle_bytes(manifest(), {})
    assert "is damaged" in refusal(resealed(data, {"w.npz": npz(a__npy=huge)}))
    cut = good.getvalue()[:-8]
    assert "declares 24 bytes of numbers and holds 16" in refusal(resealed(data, {"w.npz": npz(a__npy=cut)}))


@pytest.mark.parametrize("name", ["../evil.npz", "/etc/evil.npz", "a/../../evil.npz", "C:\\evil.npz", "..", "ä.npz"])
def test_names_that_leave_the_folder(name):
    data = rebuilt(bundle_bytes(manifest(), {}), {name: b""})
    assert "Files of a model have plain names without folders" in refusal(data)


def test_a_name_twice():
    data = bundle_bytes(manifest(), {"a.json": b"{}"})
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = rebuilt(data, {"b.json": b"[]"}, rename={"b.json": "a.json"})
    assert "holds 'a.json' twice" in refusal(twice)


def test_a_zip_bomb():
    data = rebuilt(bundle_bytes(manifest(), {}), {"zeros.npz": bytes(80 << 20)})
    text = refusal(data)
    assert "would unpack to 83,8" in text and "It was not opened" in text


def test_packed_arrays_are_refused_unread():
    """Each under the limit of one, together over any: what is stored unpacks to no more than it is."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", np.lib.format.magic(1, 0) + bytes(1000))
    packed = inner.getvalue()
    bundle = bundle_bytes(manifest(), {"w{}.npz".format(number): packed for number in range(3)})
    with pytest.raises(BundleError, match="w0.npz' would unpack to more than it holds .'w.npy' is packed"):
        read_bundle_bytes(bundle, "x.carbonmodel", "levels")
    with pytest.raises(BundleError, match="is packed"):
        bytes_to_arrays(packed)


def test_array_files_that_lie_upon_each_other():
    from tests.hostile.bundles import overlapping

    with pytest.raises(BundleError, match="x.npz' would unpack to more than it holds .[0-9,]+ bytes in "):
        bytes_to_arrays(overlapping(20, 1000), "x.npz")


def test_more_bytes_than_any_model():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.npz", bytes(2000))
    with pytest.raises(BundleError, match="would unpack to 2,000"):
        bundle_files.read_zip(stream.getvalue(), "x", limit=1999)


def test_too_many_files():
    data = rebuilt(bundle_bytes(manifest(), {}), {"a{}.json".format(i): b"" for i in range(300)})
    assert "holds 301 files; a model has at most 256" in refusal(data)


def test_a_member_that_lies_about_its_size():
    data = bytearray(bundle_bytes(manifest(), weights()))
    directory = data.rindex(b"PK\x01\x02")  # of the last member; its sizes are at 20 and 24
    data[directory + 24 : directory + 28] = (5).to_bytes(4, "little")
    assert "declares 5 bytes for 'w.npz' in it, which holds more" in refusal(bytes(data))
    data[directory + 24 : directory + 28] = (5000).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(data))


@pytest.mark.parametrize("descr, shape", [
    ("<f8", (1,) * 100), ("<U0", (10,)), ("S{}".format(2**63), (0,)), ("<f8", (0, 10**30)), ("<f8", (0, 2**62, 2**62)),
])  # fmt: skip
def test_shapes_that_no_array_has(descr, shape):
    """The product of their sides is what the file holds."""
    head = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + bytes(0 if 0 in shape else 8)
    if descr == "<U0":
        content = content[:-8]
    with pytest.raises(BundleError, match="'x.npz: a.npy' is (damaged: no array|damaged: its header|not an array)"):
        bytes_to_arrays(npz(a__npy=content), "x.npz")


def traced(call):
    """(what was refused, most bytes held meanwhile)."""
    tracemalloc.start()
    try:
        with pytest.raises(BundleError) as caught:
            call()
        return str(caught.value), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def declares_little(method, held):
    """A zip of one member that declares 100 bytes, with their checksum, and holds more."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.npy", bytes(held))
    data, kept = bytearray(stream.getvalue()), zlib.crc32(bytes(100)).to_bytes(4, "little")
    for place, check in ((0, 14), (data.rindex(b"PK\x01\x02"), 16)):
        data[place + check : place + check + 4] = kept
        data[place + check + 8 : place + check + 12] = (100).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_that_holds_more_than_it_declares(method):
    """Its checksum is that of the part that it declares: nothing else gives it away."""
    data = declares_little(method, 50 << 20)
    text, most = traced(lambda: bundle_files.read_zip(data, "x.npz"))
    assert "'x.npz' declares 100 bytes for 'a.npy' in it, which holds more" in text and most < 1 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_in_another_way(method):
    """Even where they hold what they declare: Python unpacks them without a bound."""
    data = declares_little(method, 5 << 20)
    text, most = traced(lambda: bundle_files.read_zip(data, "x.carbonmodel"))
    assert "'x.carbonmodel' holds 'a.npy', which is packed in a way that models are not" in text and most < 1 << 20


def test_a_list_of_members_without_end():
    entry = b"PK\x01\x02" + bytes(24) + b"\x06\x00" + bytes(16)
    for mark in (b"", b"PK\x06\x07" + bytes(16)):
        listed = b"".join(entry + b"%06d" % number for number in range(3 if mark else 300_000))
        end = b"PK\x05\x06" + bytes(8) + len(listed).to_bytes(4, "little") + bytes(6)
        text, most = traced(lambda data=listed + mark + end: bundle_files.read_zip(data, "x.carbonmodel"))
        assert "'x.carbonmodel' lists" in text and "at most 256 files" in text and most < 1 << 20


def test_json_longer_than_any_model_has():
    text = b"[" + b"[]," * 3_000_000 + b"0]"
    refused, most = traced(lambda: bundle_files.check_content("a.json", text, "x.carbonmodel"))
    assert "'x.carbonmodel: a.json' is too long (9,000,003 bytes" in refused and most < 1 << 20


@pytest.mark.parametrize("where", ["decompressobj", "crc32"])
def test_a_model_that_the_memory_does_not_hold(monkeypatch, where):
    def full(*_):
        raise MemoryError

    data = bundle_bytes(manifest(), weights())
    monkeypatch.setattr(bundle_files.zlib, where, full)
    assert "the memory of this computer does not hold what is in it" in refusal(data)


def test_a_model_file_that_tells_no_size_is_read_to_a_bound(tmp_path, monkeypatch):
    """A device has a size of 0 and gives bytes for ever."""
    (tmp_path / "a.carbonmodel").write_bytes(bytes(5000))
    monkeypatch.setattr(bundle_module.os.path, "getsize", lambda path: 0)
    monkeypatch.setattr(bundle_module, "MAX_BYTES", 100)
    asked = []
    monkeypatch.setattr(bundle_module, "read_bundle_bytes", lambda data, *_: asked.append(len(data)))
    read_bundle(str(tmp_path / "a.carbonmodel"), "levels")
    assert asked == [101]


# --- drivers --------------------------------------------------------------------------------------------


def test_drivers_are_matched_by_name():
    check_drivers(manifest(), ["extra", "GLC", "NDVI"], "stack.tif")
    with pytest.raises(InputError) as caught:
        check_drivers(manifest(), ["ndvi", "TEM"], "stack.tif")
    text = str(caught.value)
    assert "'stack.tif' lacks the drivers 'NDVI', 'GLC'" in text
    assert "'NDVI' is there as 'ndvi'" in text
    assert "It has: ndvi, TEM. The model needs: NDVI, GLC." in text


def test_statistics_of_drivers():
    features = np.array([[1.0, 7], [3.0, 2], [5.0, 7]])
    ndvi, glc = driver_stats(DRIVERS, features)
    assert (ndvi.min, ndvi.max, ndvi.mean) == (1.0, 5.0, 3.0)
    assert ndvi.sd == pytest.approx(np.sqrt(8 / 3))
    assert glc.codes == (2, 7) and glc.mean is None
    steps = np.stack([features, features + [10, 0]], axis=1)  # (n, T, k)
    assert (driver_stats(DRIVERS, steps)[0].min, driver_stats(DRIVERS, steps)[0].max) == (1.0, 15.0)
