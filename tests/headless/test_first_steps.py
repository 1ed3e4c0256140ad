"""The first steps with qgis_process: what is missing is told with exit code 0, and the sample becomes a project."""

import zipfile

from tests.headless.headless_helpers import rows


def test_the_check_tells_what_qgis_alone_lacks(qgis_process, tmp_path):
    """This QGIS has no model packages: they are missing, with a command, and the run is a success."""
    table, page = tmp_path / "found.csv", tmp_path / "found.html"
    code, text = qgis_process("run", "carbon:checkinstallation", f"--TABLE={table}", f"--REPORT={page}")
    assert code == 0, text
    states = {row["part"]: row for row in rows(table)}
    assert states["rasterio"]["state"] == "ok" and states["GDAL"]["state"] == "ok"
    assert states["catboost"]["state"] == "missing"
    assert states["catboost"]["what to do"].endswith("pip install --user --break-system-packages catboost")
    assert "catboost" in page.read_text(encoding="utf-8") and "COMMAND" in text


def test_the_sample_is_written_as_a_project(qgis_process, tmp_path):
    project = tmp_path / "sample.qgz"
    code, text = qgis_process(
        "run", "carbon:loadsampleproject", f"--PROJECT={project}", f"--FOLDER={tmp_path / 'data'}"
    )
    assert code == 0, text
    with zipfile.ZipFile(project) as archive:
        content = archive.read("sample.qgs").decode("utf-8")
    assert "<projectModels>" in content and "Coupled carbon density" in content
    assert "./data/plum_island/landcover_1999.tif" in content
    assert (tmp_path / "data" / "africa20km" / "SOURCE.txt").exists()


def test_without_a_project_the_user_is_told_what_to_give(qgis_process):
    code, text = qgis_process("run", "carbon:loadsampleproject")
    assert code == 1
    assert "There is no open project to put the data into. Give a project file to write: --PROJECT=sample.qgz" in text


def test_limits_come_from_the_environment(qgis_environment, tmp_path):
    from tests.headless.headless_helpers import runner

    run = runner({**qgis_environment, "CARBON_MEMORY_MB": "64", "CARBON_THREADS": "none"})
    run("plugins", "enable", "carbon_qgis")
    table = tmp_path / "found.csv"
    code, text = run("run", "carbon:checkinstallation", f"--TABLE={table}")
    assert code == 0, text
    (row,) = [row for row in rows(table) if row["part"] == "Settings of runs"]
    assert row["what to do"].startswith("The environment variable CARBON_THREADS is 'none'.")
