"""The plugin's own description: what QGIS reads, what its repository asks for, and what pb_tool packs."""
import configparser
import hashlib
import re

import pytest


@pytest.fixture(scope="module")
def metadata(repository):
    """The [general] section of metadata.txt, read as QGIS reads it (no interpolation, keys as written)."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(repository / "metadata.txt", encoding="utf-8")
    return dict(parser["general"])


def version(text):
    """'3.22' as (3, 22)."""
    return tuple(int(part) for part in text.split("."))


# Required by the QGIS plugin repository on upload.
REQUIRED = (
    "name", "description", "about", "version", "qgisMinimumVersion", "author", "email", "homepage", "tracker",
    "repository", "tags", "license",
)


@pytest.mark.parametrize("key", REQUIRED)
def test_every_field_the_repository_asks_for_is_filled(metadata, key):
    assert metadata.get(key, "").strip(), f"metadata.txt has no {key}"


def test_qgis_versions_cover_3_22_to_4(metadata):
    assert metadata["qgisMinimumVersion"] == "3.22"
    assert version(metadata["qgisMaximumVersion"]) >= (4, 0)
    assert metadata["supportsQt6"] == "True"


def test_qgis_process_loads_the_provider(metadata):
    """Without this entry qgis_process never calls initProcessing()."""
    assert metadata["hasProcessingProvider"] == "yes"


def test_version_is_three_numbers_and_has_a_changelog_entry(metadata):
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert metadata["version"] in metadata["changelog"]


def test_texts_are_plain(metadata):
    """The plugin manager prints these: HTML would show as tags, and a description is one sentence."""
    for key in ("name", "description", "about", "changelog"):
        assert not re.search(r"<[a-zA-Z/]", metadata[key]), f"HTML in {key}"
    assert "\n" not in metadata["description"]
    assert len(metadata["description"]) <= 200


@pytest.mark.parametrize("key", ["description", "about", "tags"])
def test_the_plugin_manager_has_a_chinese_text(metadata, key):
    """QGIS shows 'key[locale of the system]' where there is one."""
    assert re.search("[\u4e00-\u9fff]{4}", metadata[key + "[zh_CN]"])
    assert not re.search(r"<[a-zA-Z/]", metadata[key + "[zh_CN]"])


def test_icon_is_in_the_package(metadata, repository):
    assert (repository / "carbon_qgis" / metadata["icon"]).is_file()


def test_license_is_the_full_text_it_claims_to_be(metadata, repository):
    assert metadata["license"] == "GPL-2.0-or-later"
    text = (repository / "LICENSE").read_bytes()
    # The text as the Free Software Foundation publishes it and Debian ships it.
    assert hashlib.sha256(text).hexdigest() == "8177f97513213526df2cf6184d8ff986c675afb514d4e68a404010521b880643"


def test_pb_tool_copies_the_package_to_the_top_of_the_plugin(repository):
    """A path under [files] would land one level too deep (carbon_qgis/carbon_qgis) and QGIS would not load it."""
    parser = configparser.ConfigParser()
    parser.read(repository / "pb_tool.cfg", encoding="utf-8")
    assert parser["plugin"]["name"] == "carbon_qgis"
    files = dict(parser["files"])
    assert files.pop("extras").split() == ["metadata.txt", "LICENSE", "README.md"]
    assert not any(value.strip() for value in files.values()), files
    assert (parser["help"]["dir"], parser["help"]["target"]) == ("carbon_qgis", ".")
    assert not (repository / "help").exists(), "pb_tool would try to build help/ with Sphinx"
