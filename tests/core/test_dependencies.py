"""A missing package is named, with the command of the Python that runs."""

import sys
import threading

import pytest

from carbon_qgis.core import dependencies
from carbon_qgis.core.dependencies import (
    Host,
    gdal_mismatch,
    install_command,
    load,
    missing,
    missing_message,
    require,
    require_installed,
)
from carbon_qgis.core.errors import Cancelled, DependencyError

DEBIAN = Host("linux", "/usr/bin/python3", "/usr", externally_managed=True, distribution="debian")
UBUNTU = Host("linux", "/usr/bin/python3", "/usr", distribution="linuxmint ubuntu debian")
FEDORA = Host("linux", "/usr/bin/python3", "/usr", distribution="fedora")
ARCH = Host("linux", "/usr/bin/python3", "/usr", externally_managed=True, distribution="arch")
VENV = Host("linux", "/usr/env/bin/python", "/usr/env", in_venv=True, distribution="debian")
CONDA = Host("win32", "C:\\conda envs\\gis\\python.exe", "C:\\conda envs\\gis", in_conda=True)  # a path with a blank
FLATPAK = Host("linux", "/usr/bin/python3", "/usr", in_flatpak=True, distribution="org.kde.platform")
WINDOWS = Host("win32", "python3", "C:\\Program Files\\QGIS\\apps\\Python312")
MACOS = Host("darwin", "/Applications/QGIS.app/Contents/MacOS/bin/python3", "/Applications/QGIS.app/Contents/MacOS")


@pytest.mark.parametrize(
    "host, packages, command",
    [
        (DEBIAN, ["rasterio", "sklearn"], "Run: sudo apt install python3-rasterio python3-sklearn"),
        (UBUNTU, ["scipy"], "Run: sudo apt install python3-scipy"),
        (
            DEBIAN,
            ["rasterio", "catboost"],
            "Run: sudo apt install python3-rasterio && /usr/bin/python3 -m pip install --user --break-system-packages "
            "catboost",
        ),
        (FEDORA, ["sklearn"], "Run: sudo dnf install python3-scikit-learn"),
        (ARCH, ["sklearn"], "Run: /usr/bin/python3 -m pip install --user --break-system-packages scikit-learn"),
        (VENV, ["sklearn"], "Run: /usr/env/bin/python -m pip install scikit-learn"),
        (CONDA, ["torch", "rasterio"], 'Run: conda install -p "C:\\conda envs\\gis" -c conda-forge pytorch rasterio'),
        (FLATPAK, ["scipy"], "Run: flatpak run --command=pip3 org.qgis.qgis install --user scipy"),
        (
            WINDOWS,
            ["catboost"],
            "Close QGIS, open the OSGeo4W Shell from the Start menu, and run: python -m pip install catboost",
        ),
        (
            WINDOWS,
            ["rasterio"],
            "Start Setup from the OSGeo4W menu, choose Advanced Install, and select python3-rasterio.",
        ),
        (
            MACOS,
            ["rasterio"],
            "Run: /Applications/QGIS.app/Contents/MacOS/bin/python3 -m pip install --user rasterio",
        ),
        (DEBIAN, ["unheard_of"], "Run: /usr/bin/python3 -m pip install --user --break-system-packages unheard_of"),
    ],
)
def test_the_command_is_that_of_the_host(host, packages, command):
    assert install_command(packages, host) == command


def test_the_message_names_what_is_missing_and_ends_with_the_command():
    assert missing_message(["rasterio"], "Carbon stock", DEBIAN) == (
        "Carbon stock needs the Python package 'rasterio', which is not installed. Install it, then restart QGIS. "
        "Run: sudo apt install python3-rasterio"
    )
    assert missing_message(["scipy", "pandas"], "Geodetector", VENV).startswith(
        "Geodetector needs the Python packages 'scipy' and 'pandas', which are not installed. Install them,"
    )


def test_missing_looks_without_importing(tmp_path, monkeypatch):
    (tmp_path / "carbon_probe.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert missing(["carbon_probe", "json", "carbon_absent"]) == ["carbon_absent"]
    assert "carbon_probe" not in sys.modules


def test_require_refuses_what_is_absent_and_what_is_broken(tmp_path, monkeypatch):
    require(["json"])
    with pytest.raises(DependencyError, match="Carbon stock needs the Python package 'carbon_absent', which is not"):
        require(["json", "carbon_absent"], "Carbon stock")
    (tmp_path / "carbon_broken.py").write_text("raise ImportError('numpy 2 needed\\nlong tail')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(DependencyError) as caught:
        require(["carbon_broken"], "Carbon stock")
    message = str(caught.value)
    assert "installed but cannot be loaded: numpy 2 needed. It was probably built for another" in message
    (tmp_path / "carbon_lacking.py").write_text("import carbon_absent.part\n", encoding="utf-8")
    with pytest.raises(DependencyError, match="'carbon_lacking', which needs 'carbon_absent', and that is not"):
        require(["carbon_lacking"], "Carbon stock")
    assert "long tail" not in message and "install" in message


def test_require_installed_imports_nothing(tmp_path, monkeypatch):
    (tmp_path / "carbon_heavy.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    require_installed(["carbon_heavy"])
    with pytest.raises(DependencyError, match="Levels needs the Python package 'carbon_absent'"):
        require_installed(["carbon_heavy", "carbon_absent"], "Levels")


class Gate:
    """A progress that opens the gate of the slow package below once it has been told so many times, or cancels."""

    def __init__(self, calls, cancels=False):
        self.event, self.calls, self.cancels, self.told = threading.Event(), calls, cancels, []

    def update(self, fraction, message=None):
        self.told.append((fraction, message))
        if len(self.told) >= self.calls and not self.cancels:
            self.event.set()

    def cancelled(self):
        return self.cancels and len(self.told) >= self.calls


@pytest.fixture
def slow_package(tmp_path, monkeypatch):
    """A package whose import ends when the gate is opened; returns how to set the gate."""
    (tmp_path / "carbon_slow.py").write_text("import carbon_gate\ncarbon_gate.event.wait(60)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(dependencies, "_SHORT", 0.0)
    yield lambda gate: monkeypatch.setitem(sys.modules, "carbon_gate", gate)
    sys.modules.pop("carbon_slow", None)


def test_progress_moves_while_a_package_loads(slow_package):
    gate = Gate(calls=3)
    slow_package(gate)
    load(["json", "carbon_slow"], "Levels", gate, "Loading packages")
    assert "carbon_slow" in sys.modules
    fractions = [fraction for fraction, _ in gate.told]
    assert len(fractions) >= 3 and fractions == sorted(set(fractions)) and 0 < fractions[0] and fractions[-1] < 1
    assert {message for _, message in gate.told} == {"Loading packages"}
    load(["json", "carbon_slow"], "Levels", gate, "Loading packages")  # loaded: nothing is told
    assert len(gate.told) == len(fractions)


def test_cancel_is_heard_while_a_package_loads(slow_package):
    gate = Gate(calls=1, cancels=True)
    slow_package(gate)
    with pytest.raises(Cancelled):
        load(["carbon_slow"], "Levels", gate, "Loading packages")
    gate.event.set()


def test_a_package_that_cannot_be_loaded_is_told_from_the_thread():
    with pytest.raises(DependencyError, match="Levels needs the Python package 'carbon_absent'"):
        load(["carbon_absent"], "Levels", Gate(1), "Loading packages")


def test_the_running_python_is_described():
    host = Host.of_this_process()
    assert host.prefix == sys.prefix and host.in_venv == (sys.prefix != sys.base_prefix)
    assert host.python == sys.executable


def test_inside_qgis_the_interpreter_under_the_prefix_is_named(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text("", encoding="utf-8")
    found = dependencies._interpreter("/Applications/QGIS.app/Contents/MacOS/QGIS", str(tmp_path))
    assert found == str(tmp_path / "bin" / "python3")
    assert dependencies._interpreter("", str(tmp_path / "nowhere")) == "python3"


def test_another_python_that_comes_first_on_the_path_is_not_named(tmp_path):
    own, other = tmp_path / "usr" / "bin" / "python3", tmp_path / "shims" / "python3"
    for path in (own, other):
        path.parent.mkdir(parents=True)
        path.write_text("")
    assert dependencies._interpreter(str(other), str(tmp_path / "usr")) == str(own)
    assert dependencies._interpreter(str(own), str(tmp_path / "usr")) == str(own)
    assert dependencies._interpreter(str(other), str(tmp_path / "nowhere")) == str(other)


def test_distribution_is_read_from_os_release(tmp_path):
    path = tmp_path / "os-release"
    path.write_text('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', encoding="utf-8")
    assert dependencies._distribution(str(path)) == "linuxmint ubuntu debian"
    assert dependencies._distribution(str(tmp_path / "none")) == ""


def test_two_gdals_are_told_and_one_is_not():
    assert gdal_mismatch("3.6.2", "3.6.2") is None
    assert gdal_mismatch("3.6.2", "3.6.4") is None
    warning = gdal_mismatch("3.9.1", "3.6.2")
    assert "rasterio uses GDAL 3.9.1 and QGIS uses GDAL 3.6.2" in warning and "python3-rasterio" in warning
