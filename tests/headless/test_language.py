"""qgis_process in Chinese: texts follow the locale, ids, numbers and tables do not."""

import pytest

from tests.headless.headless_helpers import runner


@pytest.fixture(scope="module")
def chinese(qgis_process, qgis_environment):
    """qgis_process under a Chinese system. The packaged plugin must bring its catalogue."""
    return runner({**qgis_environment, "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"})


@pytest.fixture(scope="module")
def english(qgis_process, qgis_environment):
    return runner({**qgis_environment, "LC_ALL": "C.UTF-8"})


def test_the_help_is_chinese_and_its_ids_are_not(chinese):
    status, printed = chinese("help", "carbon:carbonstock")
    assert status == 0, printed
    for text in ("按土地覆被类别计算碳储量（InVEST）", "LANDCOVER: 土地覆被", "第二期土地覆被", "CELL_AREA", "auto"):
        assert text in printed, printed
    assert "Carbon stock by land-cover class" not in printed


def test_english_is_what_it_was(english):
    status, printed = english("help", "carbon:carbonstock")
    assert status == 0 and "Carbon stock by land-cover class (InVEST)" in printed
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in printed)


def test_a_run_writes_the_same_tables(english, chinese, plugin_folder, tmp_path):
    sample = plugin_folder / "carbon_qgis" / "sample" / "plum_island"
    tables = {}
    for name, run in (("english", english), ("chinese", chinese)):
        place = tmp_path / name
        place.mkdir()
        status, printed = run(
            "run", "carbon:carbonstock", "--LANDCOVER={}".format(sample / "landcover_1985.tif"),
            "--LANDCOVER_ALT={}".format(sample / "landcover_1999.tif"), "--POOLS={}".format(sample / "pools.csv"),
            "--YEAR=1985", "--YEAR_ALT=1999", "--TABLE={}".format(place / "classes.csv"),
            "--TRANSITIONS={}".format(place / "transitions.csv"),
        )  # fmt: skip
        assert status == 0, printed
        tables[name] = [(place / file).read_bytes() for file in ("classes.csv", "transitions.csv")]
        if name == "chinese":
            assert "碳储量：" in printed and "变化：" in printed
    assert tables["chinese"] == tables["english"]
    assert tables["chinese"][0].startswith(b"code,class,cells,area_km2,")
