"""GDAL's messages in other letters than UTF-8 leave nothing on the console; all other errors are told as before."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from carbon_qgis.core.raster import message_letters

ROOT = Path(__file__).resolve().parents[3]
#: GDAL quotes the name of the element, in Latin-1, when it tells that this is no XML.
BAD = b'<VRTDataset rasterXSize="3" rasterYSize="3"><N\xf4 \xf4\xf5></VRTDataset>'
BEGIN = """
    import sys, threading
    from carbon_qgis.core.raster import message_letters
    from carbon_qgis.core.raster.source import _opened, gdal_errors

    def opened():
        try:
            _opened("bad.vrt")  # past the look into the file, which refuses it
        except gdal_errors():
            print("refused")
"""


def printed(folder, lines):
    """(output, console) of a Python that has a raster with such a message at hand."""
    (folder / "bad.vrt").write_bytes(BAD)
    code = textwrap.dedent(BEGIN) + textwrap.dedent(lines)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""}, check=True,
    )  # fmt: skip
    return run.stdout.split(), run.stderr


@pytest.mark.parametrize("call", ["opened()", "t = threading.Thread(target=opened); t.start(); t.join()"])
def test_nothing_is_printed(tmp_path, call):
    assert printed(tmp_path, call) == (["refused"], "")


def test_it_is_this_that_keeps_it_quiet(tmp_path):
    """Without the hooks, rasterio's words are there: the test above can fail."""
    said, console = printed(tmp_path, "message_letters._placed.append(None)\nopened()")
    assert said == ["refused"]
    if not console:
        pytest.skip("this version of rasterio passes over such messages itself")
    assert "UnicodeDecodeError" in console and "rasterio" in console


def test_other_errors_are_told(tmp_path):
    said, console = printed(
        tmp_path,
        r"""
        opened()

        class Falls:
            def __del__(self):
                b"\xf4".decode("utf-8")

        Falls()
        raised = threading.Thread(target=lambda: 1 / 0)
        raised.start()
        raised.join()
        try:
            b"\xf5".decode("utf-8")
        except UnicodeDecodeError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        """,
    )
    assert said == ["refused"]
    assert "byte 0xf4" in console and "ZeroDivisionError" in console and "byte 0xf5" in console


def test_hooks_go_as_they_came(monkeypatch):
    monkeypatch.setattr(message_letters, "_placed", [])
    monkeypatch.setattr(message_letters, "_over", [])
    told = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: told.append(error))
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    before = sys.excepthook, sys.unraisablehook
    message_letters.pass_over_unreadable_messages()
    ours = sys.excepthook, sys.unraisablehook
    message_letters.pass_over_unreadable_messages()
    assert (sys.excepthook, sys.unraisablehook) == ours and ours[0] is not before[0] and ours[1] is not before[1]
    sys.excepthook(ValueError, ValueError("x"), None)
    assert len(told) == 1
    message_letters.restore_hooks()
    assert (sys.excepthook, sys.unraisablehook) == before
    message_letters.pass_over_unreadable_messages()
    assert (sys.excepthook, sys.unraisablehook) == before  # the plugin is unloaded


def test_hooks_of_others_stay(monkeypatch):
    monkeypatch.setattr(message_letters, "_placed", [])
    monkeypatch.setattr(message_letters, "_over", [])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    message_letters.pass_over_unreadable_messages()
    theirs = lambda *error: None  # noqa: E731
    sys.excepthook = theirs
    message_letters.restore_hooks()
    assert sys.excepthook is theirs
