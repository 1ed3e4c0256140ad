"""A missing package is named, with the command of the Python that runs."""

import sys

import pytest

from carbon_qgis.core import dependencies
from carbon_qgis.core.dependencies import Host, gdal_mismatch, install_command, missing, missing_message, require
from carbon_qgis.core.errors import DependencyError

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
    assert "long tail" not in message and "install" in message


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
