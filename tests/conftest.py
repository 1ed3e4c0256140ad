"""What tests of every kind share: the packaged plugin, and a QGIS without a screen and without the user's profile."""
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the source tree."""
    return REPOSITORY


@pytest.fixture(scope="session")
def plugin_zip(tmp_path_factory) -> Path:
    """The ZIP that scripts/package builds, made once per session outside the source tree."""
    folder = tmp_path_factory.mktemp("package")
    done = subprocess.run(
        [str(REPOSITORY / "scripts" / "package"), str(folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    assert done.returncode == 0, f"scripts/package failed:\n{done.stderr}"
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="session")
def plugin_folder(plugin_zip, tmp_path_factory) -> Path:
    """A folder for QGIS_PLUGINPATH: it holds carbon_qgis/ exactly as a user's QGIS unpacks it."""
    folder = tmp_path_factory.mktemp("plugins")
    with zipfile.ZipFile(plugin_zip) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def qgis_environment(plugin_folder, tmp_path_factory) -> dict:
    """Environment of a QGIS subprocess: the packaged plugin, no screen, a home of its own."""
    home = tmp_path_factory.mktemp("home")
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("XDG_", "QGIS_", "PYTHON")) and name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        **kept,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_PLUGINPATH": str(plugin_folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }


@pytest.fixture(scope="session")
def models_environment(qgis_environment) -> dict:
    """The same with the model packages (torch, catboost ...) of the environment that runs the tests."""
    import sysconfig

    return {**qgis_environment, "PYTHONPATH": sysconfig.get_paths()["purelib"]}
