"""A window in Chinese: toolbox, dialogs and sample read so; the plugin takes its language away with it."""

import os
import re

import pytest

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inside", "language.py")
CJK = re.compile("[\u4e00-\u9fff]")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chinese(desktop_session, plugin_folder):
    """Calls a function of inside/language.py in a QGIS whose options say Chinese."""
    with desktop_session.DesktopSession(str(plugin_folder), locale="zh-Hans") as session:
        session.startup.check()
        yield lambda function: session.call(FILE, function, {}, timeout=240).check().value


def test_the_toolbox_is_chinese(chinese):
    shown = chinese("toolbox")
    assert len(shown) >= 8 + 38 and "碳累积速率（碳汇与碳源）" in shown
    assert [title for title in shown if not CJK.search(title)] == []


def test_every_dialog_is_chinese(chinese):
    assert chinese("dialogs") == []


def test_the_sample_is_chinese(chinese):
    layers, chains = chinese("sample")
    assert "1999 年土地覆被" in layers and "土地覆被 → 储量 → CAR → 驱动因子" in chains
    assert [name for name in layers + chains if not CJK.search(name)] == []


def test_nothing_is_left_after_unloading_and_all_is_back_after_loading(chinese):
    without, again, reloaded = chinese("unload_and_load")
    assert without == "3 Carbon stock and sink capacity"
    assert again == reloaded == "3 碳储量与碳汇能力"
