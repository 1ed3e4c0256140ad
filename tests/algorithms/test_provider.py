"""The provider: what it loads, and what a part that cannot be loaded does to the others."""

import os
import subprocess
import sys

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_the_plugin_loads_nothing_heavy_and_every_algorithm():
    code = (
        "import sys; sys.path.insert(0, {!r})\n"
        "import carbon_qgis\n"
        "from qgis.core import QgsApplication\n"
        "app = QgsApplication([], False); app.initQgis()\n"
        "plugin = carbon_qgis.classFactory(None); plugin.initProcessing(); plugin.initProcessing()\n"
        "from carbon_qgis.provider import ALGORITHMS, model_paths\n"
        "provider = app.processingRegistry().providerById('carbon')\n"
        "assert provider is not None\n"
        "assert provider.problems == [], provider.problems\n"
        "assert len(provider.algorithms()) == len(ALGORITHMS) + len(model_paths())\n"
        "heavy = [n for n in ('rasterio', 'scipy', 'pandas', 'matplotlib', 'torch', 'sklearn') if n in sys.modules]\n"
        "assert heavy == [], heavy\n"
        "plugin.unload()\n"
        "assert app.processingRegistry().providerById('carbon') is None\n"
        "print('loaded')\n"
    ).format(REPOSITORY)
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "loaded" in done.stdout, done.stderr


def test_a_shipped_model_has_its_file_name_as_id_and_sees_our_algorithms(tmp_path, monkeypatch):
    from qgis.core import QgsProcessingContext, QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm

    from carbon_qgis import provider as registration

    monkeypatch.setattr(registration, "ALGORITHMS", ())
    monkeypatch.setattr(registration, "MODEL_FOLDER", str(tmp_path))
    model = QgsProcessingModelAlgorithm("Land cover to drivers", "group")
    model.addChildAlgorithm(QgsProcessingModelChildAlgorithm("native:buffer"))
    assert model.toFile(str(tmp_path / "landcovertodrivers.model3"))
    (tmp_path / "damaged.model3").write_text("not a model", encoding="utf-8")
    found = registration.CarbonProvider()
    monkeypatch.setattr(registration.preferences, "add_settings", lambda *_: None)
    found.load()
    assert found.algorithms() == []  # a chain loaded now would not see the algorithms of its own provider
    found.refreshAlgorithms()
    assert [algorithm.name() for algorithm in found.algorithms()] == ["landcovertodrivers"]
    shipped = found.algorithms()[0]
    assert shipped.displayName() == "Land cover to drivers" and shipped.groupId() == "chains"
    again = shipped.create()
    assert again.name() == "landcovertodrivers" and len(again.childAlgorithms()) == 1
    # The text that QGIS keeps in its history; without a file a model has none.
    assert again.asPythonCommand({}, QgsProcessingContext()).startswith('processing.run("{}"'.format(shipped.id()))
    assert len(found.problems) == 1 and found.problems[0].endswith("damaged.model3")


def test_a_broken_algorithm_is_reported_and_the_others_stay(monkeypatch):
    from carbon_qgis import provider as registration

    monkeypatch.setattr(registration, "ALGORITHMS", (("stock.absent", "Absent"),))
    monkeypatch.setattr(registration, "MODEL_FOLDER", os.path.join(REPOSITORY, "nowhere"))
    found = registration.CarbonProvider()
    found.loadAlgorithms()
    assert len(found.problems) == 1 and "stock.absent.Absent: No module named" in found.problems[0]
