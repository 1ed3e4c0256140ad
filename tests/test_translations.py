"""The Chinese catalogue against the source: complete, with the same placeholders, and as the script writes it."""

import re
import sys

import pytest

REBUILD = "Run scripts/build-translations; its comment says how to translate what is left."


@pytest.fixture(scope="module")
def build(repository):
    """scripts/build_translations.py as a module."""
    sys.path.insert(0, str(repository / "scripts"))
    try:
        import build_translations

        yield build_translations
    finally:
        sys.path.remove(str(repository / "scripts"))


@pytest.fixture(scope="module")
def sources(build):
    return build.source_strings()


@pytest.fixture(scope="module")
def entries(build):
    return build.read_ts(build.TS)


def test_every_text_is_translated_with_its_placeholders_and_nothing_is_left_over(build, sources, entries):
    found = build.problems(sources, entries)
    assert found == [], "{}\n{}".format(REBUILD, "\n".join(found))


def test_the_catalogue_is_what_the_script_writes(build, sources, entries, tmp_path, repository):
    again = tmp_path / "again.ts"
    build.write_ts(str(again), sources, build.merged(sources, entries, {}))
    committed = (repository / "carbon_qgis" / "i18n" / "carbon_zh_CN.ts").read_bytes()
    assert again.read_bytes() == committed, REBUILD


def test_the_source_has_what_users_read(sources):
    """Of each kind one: a title, a help over several lines, a text of the log, a chain's name, comment and help."""
    for text in (
        "Geodetector: what explains the carbon map",
        "Polygons, such as counties or catchments, for which totals are also given. Any CRS. May be left empty.",
        "{} layers added",
        "Land cover → stock → CAR → drivers",
        "Classes by natural breaks; q overall and by ecosystem.",
        "Class codes at the first date; the reference grid.",
    ):
        assert text in sources
    assert len(sources) > 1000


def test_words_to_type_units_and_years_stay_as_they_are(entries):
    """Enum words in quotes, names of tags and columns, file endings and units are the same in every language."""
    for text, (translation, _) in entries.items():
        kept = re.findall(r"'[a-z0-9_]+(?:-[a-z]+)?'", text)  # 'from_raster', 'held-out'
        kept += re.findall(r"\b(?:CARBON_[A-Z_]+|c_[a-z]+|lucode|\w+\.(?:csv|tif|vrt|json|txt|carbonmodel))\b", text)
        kept += re.findall(r"(?:t C/ha|t C/km2/yr|g C/m2/yr|kg C/m2|Tg C|km2|degC)\b", text)
        kept += re.findall(r"\b(?:1[89]|20)\d\d\b", text)
        lost = {word for word in kept if word not in translation}
        assert not lost, "{} lost in: {}".format(", ".join(sorted(lost)), translation)


def test_terms_of_the_glossary_are_used(entries, repository):
    """Where a text names a term, its translation has one of the words of the glossary."""
    glossary = (repository / "docs" / "translation-glossary.md").read_text(encoding="utf-8")
    terms = {row[0]: row[1].split("、") for row in re.findall(r"^\| ([A-Za-z][^|]*) \| ([^|]+) \|$", glossary, re.M)}
    del terms["English"]
    assert len(terms) > 40
    other, idle = [], []
    for term, words in terms.items():
        named = [text for text in entries if re.search(r"\b{}\b".format(re.escape(term)), text, re.IGNORECASE)]
        for text in named:
            translation = entries[text][0]
            if not any(word.lower() in translation.lower() for word in words + [term]):
                other.append("{} is not {} in: {}".format(term, " or ".join(words), translation))
        if not named:
            idle.append(term)
    assert other == []
    assert idle == [], "no text names these terms; take them out of the glossary"


@pytest.mark.parametrize(
    "source, translation, fine",
    [
        ("{} of {}", "{} / {}", True),
        ("{:,.6g} Tg C on {} km2", "{} km2，{:,.6g} Tg C", False),
        ("{pool}, {date}", "{date}：{pool}", True),
        ("{pool}", "{Pool}", False),
        ("{}", "", False),
    ],
)  # fmt: skip
def test_placeholders_are_compared_as_format_fills_them(build, source, translation, fine):
    found = build.problems({source: ["a.py"]}, {source: (translation, True)})
    assert (found == []) is fine


def test_a_text_put_together_is_refused(build, tmp_path):
    import source_strings

    for line in ('tr("a" + b)', 'self.tr(f"{a}")', 'tr("a".format(b))', "tr(a)"):
        path = tmp_path / "piece.py"
        path.write_text(line, encoding="utf-8")
        with pytest.raises(SystemExit, match=r"piece\.py:1: tr\(\) needs a text as it stands"):
            source_strings.strings_of_python(str(path))
    path.write_text('tr("one "\n   "sentence")\ntr(text)', encoding="utf-8")
    assert source_strings.strings_of_python(str(path)) == ["one sentence"]


def test_messages_of_the_core_are_found_however_they_are_given(build, tmp_path):
    import source_strings

    path = tmp_path / "stage.py"
    path.write_text(
        'def stage(progress, message: str = "By default"):\n'
        '    progress.update(0.1, "Reading")\n'
        '    progress.update(0.2, Message("Fold {} of {}", 1, 5))\n'
        '    run_blocks(inputs, message="Computing NPP")\n'
        '    message = "An extra pass"\n'
        '    facts.update(name="no message")\n'
        '    progress.update(0.3, "Fold {}".format(2))\n'
        '    raise InputError("An error stays English.")\n',
        encoding="utf-8",
    )
    found = ["By default", "Reading", "Fold {} of {}", "Computing NPP", "An extra pass"]
    assert source_strings.messages_of_core(str(path)) == found


def test_a_changed_text_keeps_its_translation_for_a_second_look(build):
    known = {"The year of the raster.": ("栅格的年份。", True), "Gone altogether": ("没有了", True)}
    sources = {"The year of the rasters.": ["a.py"], "Something new": ["a.py"]}
    entries = build.merged(sources, known, {})
    assert entries == {"The year of the rasters.": ("栅格的年份。", False), "Something new": ("", False)}
    assert build.merged(sources, known, {"Something new": "新的"})["Something new"] == ("新的", True)
    assert [line.split(":")[0] for line in build.problems(sources, entries)] == ["not translated"] * 2


def test_a_catalogue_reads_back_as_it_was_written(build, tmp_path):
    entries = {"a < b & 'c' \"d\"": ("甲 < 乙 & “丙”", True), "later": ("", False)}
    path = str(tmp_path / "x.ts")
    build.write_ts(path, {text: ["x.py"] for text in entries}, entries)
    assert build.read_ts(path) == entries
