"""Descriptions and metadata: whatever GDAL's own parser may read otherwise is refused."""

import time

import pytest

from carbon_qgis.core.foreign_found import Suspect
from carbon_qgis.core.foreign_xml import RASTER_ROOT, names_in_description, names_in_metadata

_VRT = b"<VRTDataset><VRTRasterBand><SourceFilename>a.tif</SourceFilename></VRTRasterBand></VRTDataset>"


def described(data):
    return [named.text for named in names_in_description(data, RASTER_ROOT) if named.opened]


@pytest.mark.parametrize("before", [
    b"<!DOCTYPE a>", b"<!doctype a>", b'<!DOCTYPE a [<!ENTITY x "y">]>', b"<?x?>", b'<?xml version="1.0"?><?x?>',
    b'<?xml version="1.0"?>\n<?xml version="1.0"?>', b"<!--> -->", b"<!---> -->", b"<!-- <!DOCTYPE a> -->", b"\x00",
    b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="1.0" encoding="UTF-16"?>',
    b'<?xml version="1.0" encoding="cp500"?>', b"<a/>", b"text", b"\xfe\xff", b"<!-- -- -->", b"<![cdata[x]]>",
    b"<?XML version='1.0'?>",
])  # fmt: skip
def test_what_may_be_read_otherwise_is_refused(before):
    with pytest.raises(Suspect):
        described(before + _VRT)


@pytest.mark.parametrize("before", [
    b"", b"\xef\xbb\xbf", b" \n", b'<?xml version="1.0"?>',
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
    b"<?xml version='1.0' encoding='iso-8859-1'?>", b"<?xml version='1.0' encoding='US-ASCII'?>", b"<!-- a -->\n",
    b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n<!-- <a> & -->',
])  # fmt: skip
def test_usual_beginnings_pass(before):
    assert described(before + _VRT) == ["a.tif"]


@pytest.mark.parametrize("inside", [
    b"<!DOCTYPE a>", b"<?x?>", b"&#x10000002f;", b"&x;", b"<a>", b"</a>", b"<", b"\x00", b"\x01", b"a='1'<b",
    b"\xff&#47;",
])  # fmt: skip
def test_what_stands_in_the_middle_is_refused_too(inside):
    with pytest.raises(Suspect):
        described(_VRT.replace(b"<VRTRasterBand>", b"<VRTRasterBand>" + inside))


@pytest.mark.parametrize("source", [
    b"a.tif<!-- -->x", b"a.tif<![CDATA[x]]>", b"<a/>a.tif", b"a.tif<a/>", b"<!-- -->a.tif", b" " + b"a" * (2 << 20),
])  # fmt: skip
def test_a_source_is_one_text(source):
    with pytest.raises(Suspect, match="more than one text"):
        described(_VRT.replace(b"a.tif", source))


@pytest.mark.parametrize("text, found", [
    ('<MDI key="OVERVIEW_FILE">o</MDI>', ["o"]), ('<MDI key="overview_file"> :::BASE:::o </MDI>', ["o"]),
    ('<MDI key="OVERVIEW_FILE"><![CDATA[o]]></MDI>', ["o"]), ('<MDI key="X_DATASET">o</MDI>', ["o"]),
    ('<MDI key="OVERVIEW_FILE=o"></MDI>', ["o"]), ('<MDI key="a">OVERVIEW_FILE=o</MDI>', []), ('<MDI key="a"/>', []),
    ('<Item name="OVERVIEW_FILE" domain="OVERVIEWS">o</Item>', ["o"]), ('<Item name="a" domain="b">c</Item>', []),
    ('<Metadata format="json">{"a": "OVERVIEW_FILE=o"}</Metadata>', []),
    ('<Metadata format="json">OVERVIEW_FILE=o</Metadata>', None),
    ('<Metadata format="xml">OVERVIEW_<![CDATA[FILE=o]]></Metadata>', None),
    ('<MDI name="OVERVIEW_FILE">o</MDI>', None), ('<MDI x="OVERVIEW_FILE" key="a">o</MDI>', None),
    ('<mdi key="OVERVIEW_FILE">o</mdi>', None), ('<MDI key="OVERVIEW_FILE"><a>o</a></MDI>', None),
    ('<MDI key="OVERVIEW_FILE">o<!-- --></MDI>', None), ('<MDI key="OVERVIEW_FILE">a&amp;b</MDI>', None),
    ('<Item key="OVERVIEW_FILE">o</Item>', None), ('<a b="X_DATASET"/>', None), ("<a><!--OVERVIEW_FILE=o--></a>", None),
])  # fmt: skip
def test_entries_of_metadata(text, found):
    data = "<PAMDataset>{}</PAMDataset>".format(text).encode()
    if found is None:
        with pytest.raises(Suspect, match="in a form"):
            list(names_in_metadata(data))
    else:
        assert [named.text for named in names_in_metadata(data)] == found


@pytest.mark.parametrize("part", ["<a>", "<a/>", "<a>x</a>", "<MDI key='a'>b</MDI>", "x", " ", "<!-- -->", "&amp;"])
def test_a_description_of_one_thing_ends(part):
    data = ("<VRTDataset>" + part * ((4 << 20) // len(part)) + "</VRTDataset>").encode()
    began = time.monotonic()
    try:
        list(names_in_description(data, RASTER_ROOT))
    except Suspect as error:
        assert "within each other" in str(error)
    assert time.monotonic() - began < 20
