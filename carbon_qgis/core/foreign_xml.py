"""Names of data in descriptions and metadata of GDAL in XML.

GDAL reads them by a parser of its own, which forgives much. Whatever it might read otherwise than the parser used here
is refused: GDAL itself writes nothing of the kind.
"""

import codecs
import re
from typing import Iterator, List, Tuple
from xml.parsers import expat

from .foreign_found import ADDRESS, Named, Suspect, text_of

#: Roots of what is read as a raster or as a layer: maps of servers have others.
RASTER_ROOT, VECTOR_ROOT = "VRTDataset", "OGRVRTDataSource"
#: Parts of a description that hold no names of data. GDAL takes capitals and small letters for the same.
_SYSTEMS = ("srs", "layersrs", "gcplist")
_INERT = (*_SYSTEMS, "metadata", "mdi", "description")
#: What GDAL opens for certain.
_SOURCES = ("sourcefilename", "sourcedataset", "srcdatasource", "dempath")
#: Entries of metadata that GDAL opens: 'OVERVIEW_FILE', 'X_DATASET'; it takes = and : for the end of a key.
_OPENED_KEY = r"\s*(?:OVERVIEW_FILE|\w*_DATASET)\s*"
_OPENED = re.compile(_OPENED_KEY + r"[=:]\s*(?:\:\:\:BASE\:\:\:)?(.*)", re.IGNORECASE | re.DOTALL)
_MAY_OPEN = re.compile(_OPENED_KEY + r"(?:[=:]|$)", re.IGNORECASE)
#: What the two parsers may take for different things, or what hides it: declarations, instructions, odd comments.
_AMBIGUOUS = re.compile(rb"<!(?!--|\[CDATA\[)|<!--?-?>|\x00|<\?")
_START = re.compile(rb"((?:\xef\xbb\xbf)?[ \t\r\n\v\f]*)(?:<\?xml\s[^<>]*\?>)?")
_ENCODINGS = ("utf-8", "utf8", "ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1")
#: In metadata that are no sound XML: without these nothing can be named.
_NAMING = re.compile(rb"OVERVIEW_FILE|_DATASET|&|<!|\x00|://|/vsi", re.IGNORECASE)
_ELEMENT = re.compile(rb"(\?xml\b|!--|!DOCTYPE|[A-Za-z_][\w:.\-]*[\s>/])", re.IGNORECASE)
#: What GDAL tells descriptions of servers by, wherever it stands at the beginning of a text.
_SERVER = re.compile(
    rb"<[\w.\-]*:?(?:TileMap|TileMapService|Services|GDAL_WMT?S|WMTS?_\w+|WM[ST]_Capabilities|WMT_MS_Capabilities|"
    rb"WFS_Capabilities|Capabilities|WCS_\w+|OGRWFSDataSource|OGRGMLASDataSource|GetCapabilities\w*)[\s>/]",
    re.IGNORECASE,
)
#: Longer texts are cut: they are no names.
_STEP, _MOST_DEPTH, _MOST_TEXT = 1 << 16, 1000, 1 << 20


class Element:
    """An element: its tag in small letters, attributes in their order, and its texts.

    Texts that a remark, another element or the edge of a CDATA section parts are several: GDAL often takes the first.
    """

    __slots__ = ("attributes", "inert", "inner", "name", "remarks", "tag", "texts")

    def __init__(self, name: str, attributes: List[Tuple[str, str]], inert: bool):
        self.name, self.tag = name, name.rsplit(":", 1)[-1].lower()
        self.attributes = attributes
        self.inert = inert or self.tag in _INERT  # it lies in a part that names nothing
        self.texts: List[str] = []
        self.remarks: List[str] = []
        self.inner = False

    def plain(self) -> bool:
        """Whether it holds one text at most, and nothing else."""
        return len(self.texts) <= 1 and not self.remarks and not self.inner


def looks_like_xml(head: bytes) -> bool:
    """Whether the beginning of a file is that of XML."""
    text = text_of(head)
    return text[:1] == b"<" and _ELEMENT.match(text, 1) is not None


def require_no_server(head: bytes) -> None:
    """Refuse what GDAL takes for the description of a server although it does not begin like XML.

    Raises
    ------
    Suspect
        Naming the word.
    """
    found = _SERVER.search(head.split(b"\x00", 1)[0])
    if found:
        raise Suspect(
            "it leads to the network: '{}' in it describes a server".format(found.group().decode("ascii", "replace"))
        )


def names_in_description(data: bytes, root: str) -> Iterator[Named]:
    """Texts in a virtual raster or layer that may name data.

    Raises
    ------
    Suspect
        If it is another description, or one that GDAL may read otherwise.
    """
    vector = root == VECTOR_ROOT
    try:
        for element in _elements(data, root):
            yield from _names_of(element, vector)
    except expat.ExpatError as error:
        raise Suspect(
            "it is XML that cannot be read ({}), and may lead to the network. Make it anew".format(error)
        ) from error


def names_in_metadata(data: bytes) -> Iterator[Named]:
    """Names in the file of metadata (`.aux.xml`) that lies beside a raster, or in such metadata within one.

    Raises
    ------
    Suspect
        If GDAL may read them otherwise, or they name data in a form that GDAL does not write.
    """
    try:
        for element in _elements(data, ""):
            yield from _entry(element)
            yield from _addresses_of(element, False)
    except expat.ExpatError as error:
        if _NAMING.search(data):
            raise Suspect(
                "its metadata are XML that cannot be read ({}), and may lead to the network. Delete its file "
                "'.aux.xml', if it has one".format(error)
            ) from error


def require_plain_sql(sql: str) -> None:
    """Refuse a query that reads elsewhere.

    Raises
    ------
    Suspect
        Naming the function.
    """
    found = re.search(r"\b(ogr_geocode\w*|virtualogr|load_extension|ogr_datasource_load_layers)\b", sql, re.IGNORECASE)
    if found:
        raise Suspect("it asks for '{}', which reads elsewhere".format(found.group(1)))


def _names_of(element: Element, vector: bool) -> Iterator[Named]:
    """What an element of a description may name."""
    yield from _entry(element)
    yield from _addresses_of(element, vector)
    if element.tag == "srcsql":
        require_plain_sql("".join(element.texts))
    if element.tag in _SOURCES:
        if not element.plain():
            raise Suspect("its <{}> holds more than one text: GDAL may take a part of it".format(element.name[:60]))
        yield from (Named(text.strip(), vector, True) for text in element.texts)
    elif not element.inert:
        texts = element.texts + ["".join(element.texts)] if len(element.texts) > 1 else element.texts
        texts = texts + [text for name, text in element.attributes if name.split(":")[0] != "xmlns"]
        yield from (Named(text.strip(), vector) for text in texts if text and not text.isspace())


def _addresses_of(element: Element, vector: bool) -> Iterator[Named]:
    """Addresses in the place of a coordinate system, which GDAL may fetch."""
    if element.tag in _SYSTEMS:
        texts = ["".join(element.texts), *(text for _, text in element.attributes)]
        yield from (Named(text.strip(), vector) for text in texts if ADDRESS.match(text))


def _entry(element: Element) -> Iterator[Named]:
    """The name in an entry of metadata that GDAL opens, such as <MDI key="OVERVIEW_FILE">.

    GDAL takes the first attribute for the key, whatever it is called, a remark for the value, and of metadata in other
    forms (format="json") the text itself. What it does not write is not sorted out: it is refused.

    Raises
    ------
    Suspect
        For an entry in another form.
    """
    if element.name in ("MDI", "Item") and element.plain():
        names = dict(element.attributes)
        key = names.pop("key" if element.name == "MDI" else "name", None)
        if key is not None and not any(_MAY_OPEN.match(text) for text in names.values()):
            yield from _value("{}={}".format(key, "".join(element.texts)))
            return
    texts = [text for _, text in element.attributes] + element.texts + element.remarks
    if len(element.texts) > 1:
        texts.append("".join(element.texts))
    found = next((text for text in texts if _MAY_OPEN.match(text)), None)
    if found is not None:
        raise Suspect(
            "it names other data ('{}') in a form that GDAL does not write, and may lead to the network".format(
                found.strip()[:60]
            )
        )


def _value(entry: str) -> Iterator[Named]:
    found = _OPENED.fullmatch(entry)
    # A key that holds the value itself ends at its first '='.
    text = found.group(1).strip().rstrip("=") if found else ""
    if "&" in text:  # metadata within a TIFF are escaped twice
        raise Suspect("it names other data ('{}') in a form that cannot be followed".format(text[:60]))
    if text:
        yield Named(text, False, True)


def _elements(data: bytes, root: str) -> Iterator[Element]:
    """Elements as they end, but for those without attributes, texts and remarks.

    Parameters
    ----------
    root : the name that the first one must have; '' for any.

    Raises
    ------
    Suspect
        If it has another, or GDAL's parser may read it otherwise.
    ExpatError
        If it is no sound XML.
    """
    start = _START.match(data)
    begin, declared = (start.end(1), start.end()) if start else (0, 0)
    found = _AMBIGUOUS.search(data, declared)
    if found:
        raise Suspect(
            "it is XML with '{}' in it, which may hide what it leads to: GDAL writes no such files. Make it anew "
            "without".format(found.group().decode("ascii").replace("\x00", "NUL"))
        )
    yield from _Reader(_encoding_of(data), root).read(data, begin)


def _encoding_of(data: bytes) -> str:
    """How the bytes are to be read: GDAL does not look at the declaration, and takes them as they are.

    Raises
    ------
    Suspect
        If some are no UTF-8 and others are written as numbers: their names cannot be told.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _STEP):
            decoder.decode(data[start : start + _STEP])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        if b"&#" in data:
            text = "it is XML in another encoding than UTF-8, with letters as numbers. Save it as UTF-8"
            raise Suspect(text) from None
        return "iso-8859-1"
    return "utf-8"


class _Reader:
    """Collects elements from the parser's calls."""

    def __init__(self, encoding: str, root: str):
        self._encoding, self._root = encoding, root
        self._open: List[Element] = []
        self._pieces: List[str] = []
        self._length = 0
        self._ready: List[Element] = []
        parser = self._parser = expat.ParserCreate(encoding)
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.XmlDeclHandler = _require_known_encoding
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler, parser.CommentHandler = self._text, self._remark
        parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = self._part

    def read(self, data: bytes, begin: int) -> Iterator[Element]:
        # In parts: nothing is held that is dealt with.
        for start in range(begin, len(data), _STEP):
            self._parser.Parse(bytes(data[start : start + _STEP]), False)
            ready, self._ready = self._ready, []
            yield from ready
        self._parser.Parse(b"", True)
        yield from self._ready

    def _begin(self, name: str, given: List[str]) -> None:
        self._part()
        inert = False
        if self._open:
            inert = self._open[-1].inert
            self._open[-1].inner = True
        elif self._root not in ("", name):
            raise Suspect(
                "it is XML that begins with <{}>, which may lead to the network; of such files only <{}> is read "
                "here".format(name[:60], self._root)
            )
        if len(self._open) == _MOST_DEPTH:
            raise Suspect("it is XML of more than {:,} elements within each other".format(_MOST_DEPTH))
        attributes = [(key, self._as_given(text)) for key, text in zip(given[::2], given[1::2])]
        self._open.append(Element(name, attributes, inert))

    def _end(self, name: str) -> None:
        self._part()
        element = self._open.pop()
        if element.attributes or element.texts or element.remarks:
            self._ready.append(element)

    def _text(self, text: str) -> None:
        if not self._pieces:
            text = text.lstrip()
        self._length += len(text)
        if text and self._length <= _MOST_TEXT:
            self._pieces.append(text)

    def _remark(self, text: str) -> None:
        self._part()
        if self._open:
            self._open[-1].remarks.append(self._as_given(text))

    def _part(self) -> None:
        """The end of a text."""
        if self._length == 0:
            return
        if self._open:
            self._open[-1].texts.append(self._as_given("".join(self._pieces)))
            if self._length > _MOST_TEXT:
                self._open[-1].remarks.append("cut")  # it is not plain then
        self._pieces.clear()
        self._length = 0

    def _as_given(self, text: str) -> str:
        """A text with the bytes of the file in it, as Python names files of this machine."""
        return text if self._encoding == "utf-8" else text.encode("iso-8859-1").decode("utf-8", "surrogateescape")


def _require_known_encoding(version: str, encoding: str, standalone: int) -> None:
    if encoding and encoding.lower() not in _ENCODINGS:
        raise Suspect("it is XML in the encoding '{}'. Save it as UTF-8 first".format(encoding[:60]))
