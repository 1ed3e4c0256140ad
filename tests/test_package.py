"""The ZIP that users install: its tree, and that QGIS loads what is in it."""
import ast
import configparser
import json
import re
import subprocess
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 25 * MEGABYTE  # of the QGIS plugin repository


@pytest.fixture(scope="module")
def entries(plugin_zip):
    """Name and size of every file in the ZIP."""
    with zipfile.ZipFile(plugin_zip) as archive:
        assert archive.testzip() is None
        return {item.filename: item.file_size for item in archive.infolist() if not item.is_dir()}


def run(environment, *command):
    """Run a command in the environment of a fresh QGIS; return (exit status, stdout, stderr)."""
    done = subprocess.run(
        list(command), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, timeout=300,
    )
    return done.returncode, done.stdout, done.stderr


# --- the tree -----------------------------------------------------------------------------------------

def test_everything_is_in_one_folder_of_the_plugins_name(entries):
    assert {name.split("/")[0] for name in entries} == {"carbon_qgis"}


@pytest.mark.parametrize("name", ["__init__.py", "metadata.txt", "LICENSE", "README.md", "plugin.py", "provider.py"])
def test_the_files_qgis_and_the_repository_look_for_are_at_the_top(entries, name):
    assert entries.get(f"carbon_qgis/{name}", 0) > 0


def user_pages(repository):
    """The pages of docs/ for users, relative and with slashes; pictures left out."""
    docs = repository / "docs"
    developers = {"architecture.md", "writing-algorithms.md", "translation-glossary.md"}
    return {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} - developers


def test_the_package_is_complete(entries, repository):
    """Every source, icon, style, model and sample file of the working tree is in the ZIP, nothing nested twice.

    The user pages come as HTML, with their pictures.
    """
    source = repository / "carbon_qgis"
    expected = {
        f"carbon_qgis/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith(("~", ".aux.xml"))
        and not path.name.startswith(".")
    }
    expected |= {f"carbon_qgis/{name}" for name in ("metadata.txt", "LICENSE", "README.md")}
    expected |= {f"carbon_qgis/docs/{name[:-3]}.html" for name in user_pages(repository)}
    expected |= {f"carbon_qgis/docs/images/{path.name}" for path in (repository / "docs" / "images").glob("*.png")}
    assert set(entries) == expected


@pytest.mark.parametrize("folder, ending", [
    ("icons", ".svg"), ("modeler", ".model3"), ("styles", ".qml"), ("i18n", ".qm"), ("sample", ""),
    ("algorithms", ".py"), ("core", ".py"), ("core/raster", ".py"),
])
def test_each_folder_of_the_plugin_is_there(entries, folder, ending):
    prefix = f"carbon_qgis/{folder}/"
    assert any(name.startswith(prefix) and name.endswith(ending) for name in entries), f"no {prefix}*{ending}"


def test_nothing_that_does_not_belong(entries):
    """Compiled files are refused on upload; tests, environments and hidden files are of no use to a user."""
    unwanted = [
        name for name in entries
        if name.endswith((".pyc", ".pyo", ".so", ".pkl", ".aux.xml", "~"))
        or any(part in ("__pycache__", "tests", "benchmarks", "scripts", ".venv", "pb_tool.cfg") or part.startswith(".")
               for part in name.split("/"))
    ]
    assert unwanted == []


class Links(HTMLParser):
    """Targets of the links and pictures of a page, its anchors, and its title."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.anchors, self.title, self._in_title = [], set(), "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.anchors.add(values.get("id"))
        self.targets += [values[key] for key in ("href", "src") if key in values]
        self._in_title = tag == "title"

    def handle_data(self, data):
        self.title += data if self._in_title else ""

    def handle_endtag(self, tag):
        self._in_title = False


def test_every_link_and_picture_of_the_pages_in_the_zip_leads_somewhere(plugin_folder):
    docs = plugin_folder / "carbon_qgis" / "docs"
    pages = {path: Links(path.read_text("utf-8")) for path in docs.rglob("*.html")}
    assert len(pages) > 45
    broken = []
    for page, found in pages.items():
        for target in found.targets:
            if re.match(r"https?:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.is_file() or (anchor and anchor not in pages[there].anchors):
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_every_page_in_the_zip_can_be_reached_from_every_help_button(plugin_folder):
    """The button opens the page of an algorithm; from there the guide, and from the guide everything."""
    docs = (plugin_folder / "carbon_qgis" / "docs").resolve()
    waiting, seen = [docs / "algorithms" / "carbonstock.html"], set()
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".html":
            continue
        seen.add(page)
        targets = [target.partition("#")[0] for target in Links(page.read_text("utf-8")).targets]
        waiting += [(page.parent / target).resolve() for target in targets if target and "://" not in target]
    assert sorted(path.name for path in set(docs.rglob("*.html")) - seen) == []


def test_the_pages_in_the_zip_are_whole(plugin_folder, repository):
    """Titles, tables and characters arrive; what only the scripts read does not."""
    docs = plugin_folder / "carbon_qgis" / "docs"
    for name in user_pages(repository):
        text = (docs / name).with_suffix(".html").read_text("utf-8")
        source = (repository / "docs" / name).read_text("utf-8")
        heading = re.search(r"^# (.+)$", source, re.M).group(1)
        assert Links(text).title == f"{heading} - Carbon for QGIS"
        assert "<!--" not in text and "|---" not in text
        assert text.count("<table>") == len(re.findall(r"^ *\|[ :|-]*-[ :|-]*\|$", source, re.M)), name
    assert "kg C/m²" in (docs / "units.html").read_text("utf-8")


def test_the_readme_in_the_zip_leads_to_what_is_in_the_zip(plugin_folder):
    folder = plugin_folder / "carbon_qgis"
    text = (folder / "README.md").read_text("utf-8")
    targets = [found for found in re.findall(r"\]\(([^)]+)\)", text) if "://" not in found]
    assert len(targets) > 8
    assert [target for target in targets if not (folder / target.partition("#")[0]).is_file()] == []


def test_small_enough_to_upload(plugin_zip, entries):
    assert plugin_zip.stat().st_size < UPLOAD_LIMIT
    assert sum(entries.values()) < 4 * UPLOAD_LIMIT


def test_metadata_in_the_zip_is_that_of_the_source(plugin_folder, repository):
    """pb_tool stamps date and commit into the copy; everything else is untouched."""
    def general(path):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(path, encoding="utf-8")
        return dict(parser["general"])

    packed = general(plugin_folder / "carbon_qgis" / "metadata.txt")
    stamped = {key: packed.pop(key) for key in ("datetime", "commitsha1", "commitnumber") if key in packed}
    assert packed == general(repository / "metadata.txt")
    assert "datetime" in stamped


def test_every_algorithm_and_chain_has_an_icon_of_the_family(repository):
    """Legible at 16 px: a 24 x 24 grid, colours that colour-blind readers tell apart, and those of the maps' ramps."""
    family = {"#0072b2", "#e69f00", "#8a9ba8", "#009e73", "#56b4e9", "#d55e00", "#b9c4cc"}
    ramps = {"#440154", "#21918c", "#c7e5c0", "#56b36b", "#00592b", "#b35806"}
    folder = repository / "carbon_qgis" / "icons"
    chains = {path.stem for path in (repository / "carbon_qgis" / "modeler").glob("*.model3")}
    needed = algorithm_ids(repository) | chains | {"provider", "icon"}
    assert needed - {path.stem for path in folder.glob("*.svg")} == set()
    for path in folder.glob("*.svg"):
        drawing = ElementTree.parse(path).getroot()
        assert drawing.get("viewBox") == "0 0 24 24", path.name
        colours = {node.get(key) for node in drawing.iter() for key in ("fill", "stroke")} - {None, "none", "#ffffff"}
        assert colours <= family | ramps, path.name


# --- QGIS with the plugin in it -----------------------------------------------------------------------

@pytest.fixture(scope="module")
def enabled(qgis_environment):
    """A fresh QGIS profile in which the packaged plugin is switched on."""
    status, output, errors = run(qgis_environment, "qgis_process.bin", "plugins", "enable", "carbon_qgis")
    assert status == 0, output + errors
    return qgis_environment


def algorithm_ids(repository):
    """The ID of every algorithm class in the source, read without importing it."""
    found = set()
    for path in (repository / "carbon_qgis" / "algorithms").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for statement in node.body:
                if isinstance(statement, ast.Assign):
                    found |= _id_in(statement)
    return found


def _id_in(statement):
    """{value} of `ID = "value"` or `ID, GROUP = "value", ...`; empty for any other assignment."""
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts))
    else:
        pairs = [(target, value)]
    return {
        right.value for left, right in pairs
        if isinstance(left, ast.Name) and left.id == "ID" and isinstance(right, ast.Constant) and right.value
    }


def test_id_reader_reads_both_ways_of_writing_it():
    for source in ('ID = "a"', 'ID, GROUP = "a", Group.STOCK'):
        assert _id_in(ast.parse(source).body[0]) == {"a"}
    assert _id_in(ast.parse('NAME = "a"').body[0]) == set()


def test_qgis_process_lists_every_algorithm_of_the_zip(enabled, repository):
    status, output, errors = run(enabled, "qgis_process.bin", "--json", "list")
    assert status == 0, errors
    listed = set(json.loads(output)["providers"]["carbon"]["algorithms"])
    in_source = {f"carbon:{name}" for name in algorithm_ids(repository)}
    chains = {f"carbon:{path.stem}" for path in (repository / "carbon_qgis" / "modeler").glob("*.model3")}
    assert in_source
    assert listed == in_source | chains
    assert "Traceback" not in output + errors


PROBE = """
import sys
from qgis.core import QgsApplication, QgsProcessingRegistry
before = set(sys.modules)
application = QgsApplication([], False)
application.initQgis()
sys.path.insert(0, {folder!r})
import carbon_qgis
plugin = carbon_qgis.classFactory(None)
plugin.initProcessing()
provider = QgsApplication.processingRegistry().providerById("carbon")
print("ALGORITHMS", len(provider.algorithms()))
heavy = ("torch", "catboost", "sklearn", "statsmodels", "matplotlib", "pandas", "scipy", "rasterio")
print("HEAVY", sorted(name for name in heavy if name in sys.modules and name not in before))
"""


def test_loading_the_provider_imports_nothing_heavy(plugin_folder, qgis_environment):
    """Every QGIS start pays for what is imported at load; a package missing there would hide the whole provider."""
    status, output, errors = run(qgis_environment, "/usr/bin/python3", "-c", PROBE.format(folder=str(plugin_folder)))
    lines = dict(line.split(" ", 1) for line in output.splitlines() if line.startswith(("ALGORITHMS", "HEAVY")))
    assert "HEAVY" in lines, output + errors
    assert int(lines["ALGORITHMS"]) > 0
    assert lines["HEAVY"] == "[]"


HELP = """
import json, sys
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl
application = QgsApplication([], False)
application.initQgis()
sys.path.insert(0, {folder!r})
import carbon_qgis
plugin = carbon_qgis.classFactory(None)
plugin.initProcessing()
algorithms = QgsApplication.processingRegistry().providerById("carbon").algorithms()
print("HELP", json.dumps({{one.id(): QUrl(one.helpUrl()).toLocalFile() for one in algorithms}}))
"""


def test_the_help_button_of_every_algorithm_and_chain_opens_its_page(plugin_folder, qgis_environment, repository):
    """A page of the installed plugin, in HTML: what a browser opens on every system, without a network."""
    status, output, errors = run(qgis_environment, "/usr/bin/python3", "-c", HELP.format(folder=str(plugin_folder)))
    found = [line.split(" ", 1)[1] for line in output.splitlines() if line.startswith("HELP ")]
    assert found, output + errors
    pages = json.loads(found[0])
    assert len(pages) == len(algorithm_ids(repository)) + 4
    docs = plugin_folder / "carbon_qgis" / "docs" / "algorithms"
    for name, page in pages.items():
        assert page == str(docs / (name.split(":")[1] + ".html"))
        with open(page, encoding="utf-8") as stream:
            assert f"<code>{name}</code>" in stream.read()
