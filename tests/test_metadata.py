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


def source(repository, pattern):
    """Path -> text of the Python files of the plugin that match."""
    return {path: path.read_text(encoding="utf-8") for path in (repository / "carbon_qgis").glob(pattern)}


@pytest.mark.parametrize("key", ["about", "about[zh_CN]"])
def test_every_group_of_the_toolbox_is_described(metadata, repository, key):
    """The text in the plugin manager says what the toolbox has, in the words of its groups."""
    texts = "".join([*source(repository, "algorithms/base.py").values(), *source(repository, "provider.py").values()])
    titles = re.findall(r'tr\("\d (\w[^"]*)"\)', texts)
    assert len(titles) == 8
    if key != "about":
        catalogue = (repository / "carbon_qgis" / "i18n" / "carbon_zh_CN.ts").read_text(encoding="utf-8")
        pattern = r"<source>\d {}</source>\s*<translation>\d ([^<]+)</translation>"
        titles = [re.search(pattern.format(re.escape(title)), catalogue).group(1) for title in titles]
    assert [title for title in titles if not re.search(re.escape(title) + "[:：]", metadata[key])] == []


@pytest.mark.parametrize("key", ["about", "about[zh_CN]"])
def test_every_package_that_an_algorithm_needs_is_named(metadata, repository, key):
    from carbon_qgis.core.dependencies import PACKAGES

    needed = set(PACKAGES)
    for text in source(repository, "algorithms/*/*.py").values():
        for listed in re.findall(r"REQUIRES = \(([^)]*)\)", text):
            needed |= set(re.findall(r'"(\w+)"', listed))
    assert {"torch", "catboost", "sklearn", "statsmodels", "rasterio"} <= needed
    names = {PACKAGES[name].pip for name in needed}
    assert sorted(name for name in names if name not in metadata[key]) == []


def test_the_changelog_counts_what_there_is(metadata, repository):
    (text,) = source(repository, "provider.py").values()
    algorithms = re.findall(r'^    \("\w+\.\w+", "\w+"\),$', text, re.M)
    assert "{} algorithms".format(len(algorithms)) in metadata["changelog"]
    assert len(list((repository / "carbon_qgis" / "modeler").glob("*.model3"))) == 4
    assert "Four chains" in metadata["changelog"]


def test_addresses_are_urls_and_no_text_gives_them_out_as_real(metadata, repository):
    """There is no address yet: QGIS wants URLs, and nobody is to be sent to a placeholder."""
    for key in ("homepage", "repository", "tracker"):
        assert re.fullmatch(r"https://\S+", metadata[key])
        assert metadata[key] not in metadata["about"]
    if "example.org" in metadata["homepage"]:
        assert "example.org" in (repository / "scripts" / "package").read_text(encoding="utf-8")
        assert "example.org" in (repository / "docs" / "writing-algorithms.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["about", "changelog", "description", "about[zh_CN]"])
def test_no_percent_sign_in_the_texts(metadata, key):
    """QGIS reads metadata.txt with interpolation, for which a percent sign begins a name."""
    assert "%" not in metadata[key]
