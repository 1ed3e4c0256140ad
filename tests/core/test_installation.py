"""The check of the installation tells what is missing or broken, and never fails on it."""

import sys

import pytest

from carbon_qgis.core import installation
from carbon_qgis.core.dependencies import Host
from carbon_qgis.core.errors import Cancelled
from carbon_qgis.core.installation import BROKEN, INFO, MISSING, OK, WARNING, Surroundings, check_installation
from carbon_qgis.core.report.installation_report import installation_page

DEBIAN = Host("linux", "/usr/bin/python3", "/usr", externally_managed=True, distribution="debian")


def around(**changes):
    facts = dict(
        programs=(("QGIS", "3.22"),), gdal="3.6.2", zstd=True, users={"absent_package": ["One", "Two"]}, problems=(),
        settings={},
    )  # fmt: skip
    facts.update(changes)
    return Surroundings(**facts)


def check(packages, environment=None, **changes):
    return check_installation(around(**changes), environment or {}, packages, DEBIAN)


def finding(found, part):
    (match,) = [entry for entry in found.findings if entry.part == part]
    return match


@pytest.fixture
def broken_package(tmp_path, monkeypatch):
    """An installed package that fails when it is loaded, as one built for another numpy does."""
    (tmp_path / "broken_package.py").write_text("raise ValueError('numpy.dtype size changed\\nmore')")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "broken_package"
    sys.modules.pop("broken_package", None)


def test_a_package_that_is_there_is_listed_with_its_version():
    import numpy

    entry = finding(check(["numpy"]), "numpy")
    assert (entry.state, entry.found, entry.advice) == (OK, numpy.__version__, "")
    assert entry.needed_for == "every computation"


def test_a_missing_package_has_its_command_and_its_users():
    found = check(["numpy", "absent_package"])
    entry = finding(found, "absent_package")
    assert entry.state == MISSING and entry.found == "not installed" and entry.needed_for == "One, Two"
    command = "Run: /usr/bin/python3 -m pip install --user --break-system-packages absent_package"
    assert entry.advice == found.command == command
    assert found.missing == ["absent_package"] and found.broken == []
    assert found.verdict() == (
        "Not everything is there: 1 of the Python packages is missing or cannot be loaded ('absent_package')."
    )


def test_a_package_that_cannot_be_loaded_says_why_in_one_line(broken_package):
    found = check([broken_package])
    entry = finding(found, broken_package)
    assert entry.state == BROKEN
    assert entry.found == "cannot be loaded: ValueError: numpy.dtype size changed"
    assert entry.advice.startswith("Built for another Python, numpy or GDAL. Install it again. Run: ")
    assert found.broken == [broken_package] and found.command.endswith(broken_package)


def test_one_command_covers_everything(broken_package):
    command = check([broken_package, "absent_package"]).command
    assert command.endswith("absent_package broken_package")


def test_everything_there():
    found = check(["numpy"])
    assert found.verdict() == "Everything is there." and found.command == ""


def test_rasterio_and_qgis_with_one_gdal():
    import rasterio

    same = finding(check(["rasterio"], gdal=rasterio.__gdal_version__), "GDAL")
    assert same.state == OK and same.found.count(rasterio.__gdal_version__) == 2
    other = check(["rasterio"], gdal="2.4.4")
    entry = finding(other, "GDAL")
    assert entry.state == WARNING and "two copies of GDAL" in entry.advice
    assert other.verdict() == "All packages are there; look at the warnings."


def test_without_rasterio_gdal_is_not_compared_and_zstd_is_that_of_qgis():
    found = check(["absent_package"], zstd=False)
    assert finding(found, "GDAL").state == INFO and "not there to compare" in finding(found, "GDAL").found
    entry = finding(found, "ZSTD compression")
    assert (entry.state, entry.found) == (INFO, "no") and "DEFLATE" in entry.advice
    assert finding(check([], zstd=True), "ZSTD compression").state == OK


def test_without_torch_the_gpu_is_unknown():
    assert finding(check([]), "GPU").found == "unknown: PyTorch is not there"


def test_settings_that_cannot_be_used_are_a_warning_with_the_reason():
    entry = finding(check([], {"CARBON_MEMORY_MB": "lots"}), "Settings of runs")
    assert entry.state == WARNING and "CARBON_MEMORY_MB is 'lots'" in entry.advice


def test_a_budget_beyond_the_free_memory_and_a_gpu_that_is_not_there_are_warned_of(monkeypatch):
    monkeypatch.setattr(installation, "available_bytes", lambda: 100 * 2**20)
    found = check([], {"CARBON_MEMORY_MB": "96", "CARBON_DEVICE": "cuda"})
    assert "More than 80 %" in finding(found, "Memory budget of a run").advice
    assert "no GPU" in finding(found, "Device of networks").advice
    assert found.count(WARNING) == 2
    enough = check([], {"CARBON_MEMORY_MB": "80"})
    assert finding(enough, "Memory budget of a run").found == "80 MB (environment variable)"
    assert enough.count(WARNING) == 0


def test_parts_of_the_plugin_that_did_not_load_are_told():
    found = check([], problems=["stock.carbonstock: no module"])
    assert finding(found, "Part of the plugin").found == "stock.carbonstock: no module"
    assert found.verdict() == "All packages are there; look at the warnings."


def test_little_space_for_temporary_files_is_a_warning(monkeypatch):
    class Usage:
        free = 2**29

    monkeypatch.setattr(installation.shutil, "disk_usage", lambda folder: Usage)
    assert finding(check([]), "Free space for temporary files").state == WARNING


def test_the_check_can_be_cancelled():
    class Stop:
        def update(self, fraction, message=None):
            pass

        def cancelled(self):
            return True

    with pytest.raises(Cancelled):
        check_installation(around(), {}, ["numpy"], DEBIAN, Stop())


def test_the_page_leads_with_the_verdict_and_the_command(broken_package):
    text = installation_page(check(["numpy", broken_package, "absent_package"], gdal="2.4.4"), "QGIS 3.22").html()
    assert "Not everything is there: 2 of the Python packages are missing or cannot be loaded" in text
    assert "pip install --user --break-system-packages absent_package broken_package Then restart QGIS" in text
    assert text.index("To be mended") < text.index("In order") < text.index("Good to know")


def test_the_table_has_every_finding():
    found = check(["numpy", "absent_package"])
    rows = found.table().as_dicts()
    assert len(rows) == len(found.findings)
    assert [row["part"] for row in rows if row["state"] == MISSING] == ["absent_package"]


def test_the_package_for_shared_compression_is_told_and_never_missed(monkeypatch):
    assert finding(check([]), "zstandard").state == OK
    monkeypatch.setitem(sys.modules, "zstandard", None)
    entry, told = finding(check([]), "zstandard"), check([])
    assert entry.state == INFO and "each raster is compressed by itself" in entry.advice
    assert "zstandard" in entry.advice.split("Run: ")[1] and not told.missing
