"""The toolbox in Chinese: what QGIS shows is translated; ids, numbers, tables and files are the same."""

import json
import re

import numpy as np
import pytest
import rasterio
from qgis.core import QgsApplication, QgsProcessingModelAlgorithm, QgsProcessingParameterEnum, QgsSettings
from qgis.PyQt.QtCore import QLocale
from rasterio.transform import from_origin

from carbon_qgis import translation
from carbon_qgis.algorithms.chain_texts import read_chain
from carbon_qgis.algorithms.parameters import tr
from carbon_qgis.provider import model_paths

CJK = re.compile("[\u4e00-\u9fff]")
#: Of a run record, what differs between two runs.
TIMES = ("start", "wall_s", "cpu_s", "peak_memory_mb")
ENGLISH, CHINESE = "3 Carbon stock and sink capacity", "3 碳储量与碳汇能力"


@pytest.fixture
def chinese(provider):
    """The Chinese catalogue in force for one test."""
    assert tr(ENGLISH) == ENGLISH, "the tests run in English"
    assert translation.install("zh_CN")
    yield
    translation.remove()
    assert tr(ENGLISH) == ENGLISH


@pytest.fixture
def algorithms(provider):
    """id -> a function that makes the algorithm anew, in the language that is then in force."""
    return {algorithm.id(): algorithm.create for algorithm in provider.algorithms()}


# --- which language ------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["zh_CN", "zh-Hans", "zh", "zh_CN.UTF-8", "zh_Hans_HK", "zh_SG", "ZH_cn"])
def test_simplified_chinese_has_a_catalogue(locale):
    assert translation.catalogue(locale).endswith("carbon_zh_CN.qm")


@pytest.mark.parametrize("locale", ["en", "en_US", "C", "", "de", "zh_TW", "zh-Hant", "zh_HK", "zho"])
def test_other_languages_have_none(locale):
    assert translation.catalogue(locale) is None
    assert not translation.install(locale) and not translation.active()


@pytest.fixture
def settings(qgis_processing):
    """QGIS's settings of the language, put back afterwards."""
    found, keys = QgsSettings(), ("locale/userLocale", "locale/overrideFlag")
    before = {key: found.value(key) for key in keys}
    yield found
    for key, value in before.items():
        found.remove(key) if value is None else found.setValue(key, value)


def test_the_locale_of_the_options_counts_where_it_overrides_the_system(settings):
    settings.setValue("locale/userLocale", "zh-Hans")
    settings.setValue("locale/overrideFlag", False)
    assert translation.interface_locale() == QLocale.system().name()
    settings.setValue("locale/overrideFlag", True)
    assert translation.interface_locale() == "zh-Hans"


def test_the_window_keeps_its_language_in_the_settings(settings, monkeypatch):
    """QGIS writes it there at every start, also where it comes from --lang or from the system."""
    monkeypatch.setattr(QgsApplication, "platform", staticmethod(lambda: "desktop"))
    settings.setValue("locale/userLocale", "zh_CN")
    settings.setValue("locale/overrideFlag", False)
    assert translation.interface_locale() == "zh_CN"


# --- the catalogue -------------------------------------------------------------------------------------


def test_the_compiled_catalogue_has_every_text_of_the_ts(repository, chinese):
    from xml.etree import ElementTree

    messages = ElementTree.parse(repository / "carbon_qgis" / "i18n" / "carbon_zh_CN.ts").getroot().iter("message")
    pairs = [(message.findtext("source"), message.findtext("translation")) for message in messages]
    assert len(pairs) > 1000
    other = [source for source, text in pairs if tr(source) != text]
    assert other == [], "Run scripts/build-translations"


def test_install_and_remove(provider):
    assert translation.install("zh_CN") and translation.active() and tr(ENGLISH) == CHINESE
    assert translation.install("zh_CN") and tr(ENGLISH) == CHINESE  # once more does not stack
    translation.remove()
    assert tr(ENGLISH) == ENGLISH and not translation.active()
    translation.remove()


def test_the_plugin_brings_the_language_and_takes_it_away(provider, settings, monkeypatch):
    """Only the provider's own registration is left out: the session has one."""
    from carbon_qgis import plugin as module

    class Registry:
        def addProvider(self, added):
            assert tr(ENGLISH) == CHINESE, "titles are asked for before the language is there"
            return True

        def removeProvider(self, removed):
            return True

    settings.setValue("locale/userLocale", "zh_CN")
    settings.setValue("locale/overrideFlag", True)
    monkeypatch.setattr(module.QgsApplication, "processingRegistry", staticmethod(Registry))
    monkeypatch.setattr(module.sys, "modules", {})
    plugin = module.CarbonPlugin(None)
    plugin.initProcessing()
    assert tr(ENGLISH) == CHINESE
    plugin.unload()
    assert tr(ENGLISH) == ENGLISH


# --- the toolbox ---------------------------------------------------------------------------------------


def shown(algorithm):
    """Every text that the toolbox, the dialog and the help show, by where it stands."""
    found = {"title": algorithm.displayName(), "group": algorithm.group(), "help": algorithm.shortHelpString()}
    found["tip"] = algorithm.shortDescription() or found["help"]
    for definition in algorithm.parameterDefinitions():
        found[definition.name()] = definition.description()
        if definition.help():
            found[definition.name() + " help"] = definition.help()
    for output in algorithm.outputDefinitions():
        found.setdefault("output " + output.name(), output.description())
    return found


def fixed(algorithm):
    """What must be the same in every language."""
    parameters = []
    for definition in algorithm.parameterDefinitions():
        words = definition.options() if isinstance(definition, QgsProcessingParameterEnum) else None
        kinds = type(definition).Flag
        flags = [bool(definition.flags() & kind) for kind in (kinds.FlagAdvanced, kinds.FlagOptional, kinds.FlagHidden)]
        parameters.append((definition.name(), definition.type(), str(definition.defaultValue()), flags, words))
    outputs = [(output.name(), output.type()) for output in algorithm.outputDefinitions()]
    return algorithm.id(), algorithm.groupId(), parameters, outputs


def test_everything_that_is_shown_is_chinese(algorithms, chinese):
    assert len(algorithms) > 35
    english = []
    for name, create in algorithms.items():
        found = shown(create()).items()
        english += ["{} {}: {}".format(name, place, text) for place, text in found if not CJK.search(text)]
    assert english == []


def test_ids_and_words_are_the_same(algorithms):
    before = {name: fixed(create()) for name, create in algorithms.items()}
    assert translation.install("zh_CN")
    try:
        assert {name: fixed(create()) for name, create in algorithms.items()} == before
    finally:
        translation.remove()


def test_titles_tell_the_algorithms_apart(algorithms, chinese):
    titles = [create().displayName() for create in algorithms.values()]
    assert len(set(titles)) == len(titles)


def test_the_tip_of_the_toolbox_is_the_first_sentence(algorithms, chinese):
    tips = {name: create().shortDescription() for name, create in algorithms.items() if "chain" not in create().tags()}
    for name, tip in tips.items():
        assert tip.endswith("。") and tip.count("。") == 1, name


def test_no_english_sentence_is_left_in_a_help(algorithms, chinese):
    """Words to type, names and units are there; four English words in a row are a sentence that was put together."""
    for name, create in algorithms.items():
        for place, text in shown(create()).items():
            plain = re.sub(r"'[^']*'|[A-Za-z_]+[,，:：、] ?", "", text)
            assert not re.search(r"(?:\b[a-z]{2,} ){3}[a-z]{2,}", plain), "{} {}: {}".format(name, place, text)


def test_searching_by_chinese_words_finds_the_algorithms(provider, chinese):
    by_word = {
        "碳汇": "carbonaccumulation", "地理探测器": "geodetector", "净初级生产力": "casanpp", "随机森林": "trainforest",
        "情景": "runscenarios", "土地利用强度": "landuseintensity", "弹性": "elasticity",
    }  # fmt: skip
    for word, name in by_word.items():
        assert word in provider.algorithm(name).create().displayName()


# --- the chains ----------------------------------------------------------------------------------------


def without_texts(value):
    """A chain as a plain structure, its texts left out."""
    texts = ("model_name", "model_group", "component_description", "description", "help", "filefilter", "file_filter")
    if isinstance(value, dict):
        kept = {key: without_texts(item) for key, item in value.items() if key not in texts}
        return {key: sorted(item) if key == "help" and isinstance(item, dict) else item for key, item in kept.items()}
    return [without_texts(item) for item in value] if isinstance(value, list) else str(value)


def texts(value):
    """All texts of a chain that the canvas or the dialog shows."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and key in ("model_name", "component_description", "description") and item:
                yield item
            else:
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("path", model_paths())
def test_a_chain_is_the_same_in_both_languages_but_for_its_texts(provider, path):
    english, chinese = QgsProcessingModelAlgorithm(), QgsProcessingModelAlgorithm()
    assert read_chain(english, path)
    assert translation.install("zh_CN")
    try:
        assert read_chain(chinese, path)
        left = [text for text in texts(chinese.toVariant()) if not CJK.search(text)]
        assert left == []
        help_of_the_chain = chinese.helpContent()
        assert CJK.search(help_of_the_chain.pop("ALG_DESC"))
        help_of_the_chain.pop("ALG_CREATOR")
        assert all(CJK.search(text) for text in help_of_the_chain.values())
    finally:
        translation.remove()
    assert without_texts(chinese.toVariant()) == without_texts(english.toVariant())
    assert not any(CJK.search(text) for text in texts(english.toVariant()))


def test_a_damaged_chain_is_refused_in_chinese_too(tmp_path, chinese):
    path = tmp_path / "cut.model3"
    path.write_bytes(open(model_paths()[0], "rb").read()[:5000])
    assert not read_chain(QgsProcessingModelAlgorithm(), str(path))
    assert not read_chain(QgsProcessingModelAlgorithm(), str(tmp_path / "absent.model3"))


# --- what a run writes ---------------------------------------------------------------------------------


@pytest.fixture
def densities(tmp_path):
    """Two dates of a density, with gains and losses."""
    paths = []
    for year, seed in ((2000, 1), (2010, 2)):
        path = tmp_path / "density_{}.tif".format(year)
        values = np.random.default_rng(seed).uniform(10, 90, (40, 50)).astype("float32")
        with rasterio.open(
            path, "w", driver="GTiff", width=50, height=40, count=1, dtype="float32", crs="EPSG:32645",
            transform=from_origin(500000, 4800000, 1000, 1000), nodata=-9999,
        ) as target:  # fmt: skip
            target.write(values, 1)
            target.units = ("t C/ha",)
            target.update_tags(CARBON_YEAR=str(year))
        paths.append(str(path))
    return paths


def record(folder):
    """The run record but for its times, and with the same name for both folders."""
    text = (folder / "rates.csv.run.json").read_text(encoding="utf-8").replace("/{}/".format(folder.name), "/here/")
    return {key: value for key, value in json.loads(text).items() if key not in TIMES}


def test_a_run_writes_the_same_numbers_tables_and_records(densities, tmp_path, run_algorithm, make_feedback):
    def run(folder):
        place = tmp_path / folder
        place.mkdir()
        parameters = {
            "DENSITIES": densities, "RATE": str(place / "rate.tif"), "SINK_SOURCE": str(place / "sink.tif"),
            "TABLE": str(place / "rates.csv"), "REPORT": str(place / "report.html"),
        }  # fmt: skip
        said = make_feedback()
        return run_algorithm("carbonaccumulation", parameters, feedback=said), place, said

    numbers, place, said = run("english")
    assert translation.install("zh_CN")
    try:
        numbers_zh, place_zh, said_zh = run("chinese")
    finally:
        translation.remove()
    keys = [key for key, value in numbers.items() if isinstance(value, float)]
    assert keys and {key: numbers[key] for key in keys} == {key: numbers_zh[key] for key in keys}
    assert (place / "rates.csv").read_bytes() == (place_zh / "rates.csv").read_bytes()
    for name in ("rate.tif", "sink.tif"):
        with rasterio.open(place / name) as one, rasterio.open(place_zh / name) as other:
            assert one.tags() == other.tags() and one.descriptions == other.descriptions and one.units == other.units
            assert np.array_equal(one.read(), other.read())
    assert record(place_zh) == record(place)
    assert "储量变化" in said_zh.text and "stock change" in said.text
    # The legend is for the eye.
    legend = (place_zh / "sink.qml").read_text("utf-8")
    assert "碳汇（碳增加）" in legend
    colours = re.compile(r'value="(\d+)" color="([^"]+)"')
    assert colours.findall(legend) == colours.findall((place / "sink.qml").read_text("utf-8"))


def test_the_sample_has_the_same_colours(provider):
    """Colours of classes come from their names; the Chinese names suggest the same."""
    from carbon_qgis.algorithms.start._sample import regions
    from carbon_qgis.core.colours import named_class_colours

    def colours():
        classes = [layer.classes for region in regions() for layer in region.layers if layer.classes]
        return [named_class_colours([name for _, name, _ in entries]) for entries in classes]

    before = colours()
    assert translation.install("zh_CN")
    try:
        after = colours()
    finally:
        translation.remove()
    assert after == before


def test_the_progress_is_told_in_chinese(densities, tmp_path, run_algorithm, make_feedback, chinese):
    said = make_feedback()
    run_algorithm("carbonaccumulation", {"DENSITIES": densities, "RATE": str(tmp_path / "rate.tif")}, feedback=said)
    assert "正在计算碳累积速率" in said.text and "Computing" not in said.text


def test_a_message_with_values_is_looked_up_before_they_are_filled_in(make_feedback, chinese):
    from carbon_qgis.algorithms.base import FeedbackProgress
    from carbon_qgis.core.progress import Message, Part

    said = make_feedback()
    progress = Part(FeedbackProgress(said), (0.0, 1.0))
    message = Message("Cross-validation, fold {} of {}", 2, 5)
    assert message == "Cross-validation, fold 2 of 5"  # what a script or a test sees
    progress.update(0.1, message)
    progress.update(0.2, "A text {that} nobody translated")
    assert said.infos == ["交叉验证，第 2 / 5 折", "A text {that} nobody translated"]
