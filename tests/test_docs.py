"""The documentation holds together: links, pictures, algorithms, parameters, units, and pages that can be reached."""

import re
import sys

import pytest

#: Written by a program from figures of its own, or for developers; the rest is for users.
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?\s*\)")
FENCE = re.compile(r"^```.*?^```", re.S | re.M)
COMMENT = re.compile(r"<!--.*?-->", re.S)


@pytest.fixture(scope="module")
def pages(repository):
    """Path -> text of README and every page below docs/."""
    found = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    return {path: path.read_text(encoding="utf-8") for path in found}


@pytest.fixture(scope="module")
def algorithms(repository):
    """Id -> names of its parameters and outputs, as the reference has them."""
    found = {}
    for path in (repository / "docs" / "algorithms").glob("*.md"):
        if path.stem != "index":
            found["carbon:" + path.stem] = set(re.findall(r"^\| `([\w:]+)` \|", path.read_text("utf-8"), re.M))
    return found


@pytest.fixture(scope="module")
def scripts(repository):
    """The modules page_numbers and page_commands of scripts/."""
    sys.path.insert(0, str(repository / "scripts"))
    try:
        import page_commands
        import page_numbers
    finally:
        sys.path.remove(str(repository / "scripts"))
    return page_numbers, page_commands


def anchors(text):
    """Anchors of the headings of a page, made as GitHub makes them."""
    heads = re.findall(r"^#+ (.+?)\s*$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", head).lower()).replace(" ", "-") for head in heads}


def links(text):
    """Targets of the links and pictures of a page, outside of code."""
    return LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", text)))


def test_every_link_and_picture_leads_somewhere(pages):
    broken = []
    for page, text in pages.items():
        for target in links(text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists():
                broken.append("{}: {}".format(page.name, target))
            elif anchor and anchor not in anchors(there.read_text(encoding="utf-8")):
                broken.append("{}: {} has no such heading".format(page.name, target))
    assert not broken, "\n".join(broken)


def test_every_page_can_be_reached_from_the_readme(pages, repository):
    seen, waiting = set(), [repository / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = (target.partition("#")[0] for target in links(pages[page]))
        waiting += [path for path in ((page.parent / target).resolve() for target in targets) if path in pages]
    assert sorted(path.name for path in set(pages) - seen) == []


def test_every_picture_is_shown(pages, repository):
    shown = {(page.parent / target).resolve() for page, text in pages.items() for target in links(text)}
    pictures = set((repository / "docs" / "images").glob("*"))
    assert sorted(path.name for path in pictures - shown) == []
    assert sum(path.stat().st_size for path in pictures) < 4_000_000


def test_every_algorithm_that_is_named_exists(pages, algorithms):
    for page, text in pages.items():
        named = set(re.findall(r"\bcarbon:[a-z]+\b", text))
        assert named <= set(algorithms), page.name


def test_every_parameter_of_a_command_exists(pages, algorithms):
    count = 0
    for page, text in pages.items():
        for call in re.findall(r"run (carbon:[a-z]+)((?:[^\n]*\\\n)*[^\n]*)", text):
            given = set(re.findall(r"--([A-Za-z_]+(?::[A-Z_]+)?)=", call[1]))
            count += len(given)
            assert given <= algorithms[call[0]], (page.name, call[0])
    assert count > 150  # of the reference and of headless.md


def test_parameters_in_capitals_exist_somewhere(pages, algorithms, repository):
    """In the text of the pages for users, names such as `TARGET_KIND` are parameters, or environment variables."""
    known = set().union(*algorithms.values())
    known |= set(re.findall(r'"(CARBON_[A-Z_]+)"', (repository / "carbon_qgis/core/run_limits.py").read_text("utf-8")))
    known |= {"CARBON_UNIT", "CARBON_YEAR", "QT_QPA_PLATFORM", "NAME", "PYTHONPATH"}
    for name in ("guide", "headless", "installing", "papers", "units", *WALKTHROUGHS):
        text = FENCE.sub("", pages[repository / "docs" / (name + ".md")])
        named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", text))
        assert named <= known, name


WALKTHROUGHS = ("walkthrough-landcover", "walkthrough-coupled", "walkthrough-scenarios")


@pytest.mark.parametrize("name", WALKTHROUGHS)
def test_the_numbers_of_a_walk_through_are_filled_in(name, pages, scripts, repository):
    text = pages[repository / "docs" / (name + ".md")]
    numbers, _ = scripts
    found = numbers.queries(text)
    assert len(found) >= 5
    assert len(found) == len(re.findall(r"<!--(?:=|rows|says) ", text)), "a query is not closed"
    assert not re.search(r"<!--= [^>]*? --><!--/-->|<!--(?:rows|says) [^>]*? -->\n<!--/", text), (
        "run scripts/build-pages"
    )
    assert not re.search(r"^\s*<!--= ", text, re.M), "a comment that begins a line ends the paragraph in Markdown"
    assert not any("|" in comment for comment in re.findall(r"<!--.*?-->", text)), "a bar ends the cell of a table"


def test_queries_are_answered_from_tables_and_reports(scripts, tmp_path):
    numbers, _ = scripts
    (tmp_path / "t.csv").write_text("year,stock_Tg_C\n2010,1234.5\n2020,-0.25\n", encoding="utf-8")
    report = (
        '<div class="lead"><p>It <b>is</b> so &amp; so.</p><p>No more.</p></div><div class="key">'
        '<div class="label">Mean</div><div class="value">9.4 <span>t C/ha</span></div></div>'
    )
    (tmp_path / "r.html").write_text(report, encoding="utf-8")
    old = (
        "A <!--= t.csv :: stock_Tg_C :: year=2010 :: ,.0f -->?<!--/-->, "
        "<!--= t.csv :: stock_Tg_C :: year=2020 :: *100 +.1f --><!--/--> %, <!--= r.html :: Mean --><!--/-->.\n"
        "<!--rows t.csv ::  :: year: year; stock_Tg_C: stock: +.2f -->\n<!--/rows-->\n"
        "<!--says r.html -->\n<!--/says-->\n"
    )
    new = numbers.fill(old, str(tmp_path))
    assert re.sub(r"<!--.*?-->", "", new) == (
        "A 1,234, −25.0 %, 9.4 t C/ha.\n\n| year | stock |\n| --- | ---: |\n| 2010 | +1234.50 |\n| 2020 | −0.25 |\n\n"
        "\n> It is so & so.\n>\n> No more.\n\n"
    )
    assert numbers.fill(new, str(tmp_path)) == new


@pytest.mark.parametrize(
    "query, message",
    [
        ("t.csv :: stock :: year=2010 :: .1f", "t.csv has no column stock: year"),
        ("t.csv :: year :: year=1999 :: .1f", "0 rows of t.csv are year=1999; one is wanted"),
        ("r.html :: Median", "r.html has no key figure 'Median'"),
    ],
)
def test_a_query_that_finds_nothing_is_an_error(scripts, tmp_path, query, message):
    (tmp_path / "t.csv").write_text("year\n2010\n", encoding="utf-8")
    (tmp_path / "r.html").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit, match=re.escape(message)):
        scripts[0].fill("<!--= {} --><!--/-->".format(query), str(tmp_path))


def test_commands_of_a_page_are_run_and_what_they_print_is_kept(scripts, tmp_path):
    _, commands = scripts
    page = (
        "```sh\necho some; echo more > file\n```\n\n<!--prints: so -->\n```text\nold\n```\n\n"
        "```sh\ncat file; pwd\n```\n\n<!--prints: . -->\n```text\n```\n"
    )
    new = commands.fill(page, str(tmp_path))
    assert "```text\nsome\n```" in new and "```text\nmore\n{}\n```".format(tmp_path) in new
    with pytest.raises(SystemExit, match="ended with 3"):
        commands.fill("```sh\nexit 3\n```\n", str(tmp_path))
    with pytest.raises(SystemExit, match="printed nothing that has x"):
        commands.fill("```sh\necho y\n```\n<!--prints: x -->\n```text\n```\n", str(tmp_path))


def test_headless_shows_what_its_commands_print(pages, repository, scripts):
    text = pages[repository / "docs" / "headless.md"]
    assert len(scripts[1].commands(text)) >= 8
    assert "```text\n```" not in text, "run scripts/build-pages"


def test_every_spelling_of_a_unit_is_read_as_the_page_says(pages, repository):
    from carbon_qgis.core.units import DENSITY_T_KM2, parse_density_unit

    text = pages[repository / "docs" / "units.md"]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \| (\d+) \|$", text, re.M)
    assert {row[0] for row in rows} == set(DENSITY_T_KM2)
    for unit, spellings, factor in rows:
        assert float(factor) == DENSITY_T_KM2[unit]
        assert {parse_density_unit(one) for one in re.findall(r"`([^`]+)`", spellings)} == {unit}
    refused = re.search(r"Not accepted as a carbon density: (.*?)\. \*Convert", text, re.S).group(1)
    spellings = re.findall(r"`([^`]+)`", refused)
    assert len(spellings) >= 5 and {parse_density_unit(one) for one in spellings} == {None}


def test_files_of_the_core_that_are_named_exist(pages, repository):
    core = repository / "carbon_qgis" / "core"
    named = set(re.findall(r"`([a-z_]+(?:\*)?\.py)`", pages[repository / "docs" / "papers.md"]))
    assert len(named) > 40
    assert sorted(name for name in named if not list(core.glob(name))) == []


def test_the_papers_are_named_as_in_the_reports(pages, repository):
    """Addresses, authors and title: one constant for reports, and the page that explains them."""
    from carbon_qgis.core.report.papers import PAPERS

    text = " ".join(pages[repository / "docs" / "papers.md"].replace("*", "").split())
    for name, reference in PAPERS.items():
        assert name in text
        for part in re.findall(r"https://[^\s,;)]+[^\s,;).]|\b10\.\d+/\w+|Shi, T\., Yan, W\., & Chen, W\.", reference):
            assert part in text, part
    assert "Integrated Carbon Stock Simulation in Jiangsu Province Using InVEST" in text


#: Pages that a program writes whole; their command stands where it puts it.
GENERATED = ("accuracy.md", "reliability.md", "scaling.md")
DEVELOPERS = ("architecture.md", "writing-algorithms.md", "translation-glossary.md")


def test_pages_for_users_do_not_talk_of_development(pages, repository):
    """Scripts, tests and benchmarks are not in the ZIP: a last section 'How this was checked' alone names them."""
    said = []
    for page, text in pages.items():
        if page.name == "README.md" or page.name in GENERATED + DEVELOPERS:
            continue
        text = COMMENT.sub("", text).partition("\n## How this was checked\n")[0]
        named = [one for one in re.findall(r"`([^`\n]+)`", text) if one != "scripts/package"]
        folders = ("tests/", "benchmarks/", "requirements/", "scripts/")
        said += ["{}: {}".format(page.name, one) for one in named if any(folder in one for folder in folders)]
    assert said == []


def test_how_this_was_checked_comes_last(pages):
    for page, text in pages.items():
        after = text.partition("\n## How this was checked\n")[2]
        assert "\n## " not in after, page.name


def test_no_path_of_a_machine(pages):
    for page, text in pages.items():
        assert not re.search(r"(?<![\w./])/(home|root|Users|work|tmp)/", text), page.name


def test_the_guide_lists_every_page_for_users_and_the_readme_too(pages, repository):
    docs = repository / "docs"
    wanted = {path.name for path in docs.glob("*.md")} - set(DEVELOPERS) - {"guide.md"} | {"index.md"}
    for page in (docs / "guide.md", repository / "README.md"):
        listed = {target.partition("#")[0].rpartition("/")[2] for target in links(pages[page])}
        assert sorted(wanted - listed) == [], page.name
