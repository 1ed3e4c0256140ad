"""Bad values of parameters that are no files: numbers, words, texts, fields, cells, and places to write to."""

#: For every kind of parameter of QGIS; what follows from the bounds of a number is added by `of`.
NUMBERS = (float("nan"), float("inf"), float("-inf"), -1, 0, 1e308, -1e308, 2**31, 2**63, 10**30, "abc", "", None,
           [1, 2], "1,5", "0x10", "١٢", "nan")  # fmt: skip
#: No number at all: these may not be used.
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"), "abc", [1, 2], "0x10", "nan")
WORDS = ("no such word", "", None, -1, 99999, ["auto", "auto"], "AUTO ", "<b>", 1.5, "auto;zstd")
TEXTS = ("x" * 100_000, "\x00", "🌳", "{0.__class__} %s %n", "$(touch CANARY) `touch CANARY` ; touch CANARY",
         "__import__('os').system('touch CANARY')", "../../etc/passwd", "a\nb\r\nc", "<script>alert(1)</script>",
         "'; DROP TABLE x; --", "=cmd|'/C touch CANARY'!A0", ", , ,", "2020, 1990, -10", "1, 99999999999, 1", "\ud7ff",
         "climate: TEM, TEM; climate: PRE", ":", ";;;", "(((((", "[", "*" * 50)  # fmt: skip
FLAGS = ("maybe", None, 5, "")
FIELDS = ("no such field", "", ["a", "b"], "<script>", "lucode'; --")
CELLS = (["a"], ["x"] * 7, [None] * 4, ["1", "2", "3", "nan"], [1e308] * 6, "a,b,c", ["=1+1"] * 3)
DESTINATIONS = (
    "OUT/none/r{}", "OUT/", "OUT/.", "OUT/pipe{}", "OUT/pipe{}", "/x{}", "/none/x{}", "IN/pools.csv/x{}",
    "OUT/" + "n" * 300 + "{}", "OUT/" + "ü" * 120 + "{}", "OUT/a\x00b{}", "OUT/a\nb{}", "OUT/-rf {}", "OUT/'\" {}",
    "OUT/🌳 碳{}", "OUT/.hidden{}", "OUT/no suffix", "OUT/other.xyz", "http://127.0.0.1:9/x{}", "/vsimem/x{}",
    "/vsicurl/http://127.0.0.1:9/x{}", "/vsizip/OUT/x.zip/x{}", "postgres://127.0.0.1/x", "ogr:dbname='OUT/x.gpkg'",
    "memory:", "", None, "OUT/../out/x{}", "OUT/CON{}", "~/x{}", "OUT/link{}",
)  # fmt: skip
SUFFIX = {"rasterDestination": ".tif", "sink": ".csv", "fileDestination": ".html", "folderDestination": "",
          "vectorDestination": ".gpkg"}  # fmt: skip
FILES = ("missing", "", "/etc/passwd", "/dev/zero", "/etc", "http://127.0.0.1:9/x", "a\x00b", "x" * 1000, 5, ["a"],
         "/vsicurl/http://127.0.0.1:9/x.csv", "\\\\127.0.0.1\\share\\x.csv", "<VRTDataset/>",
         "WMS:http://127.0.0.1:9/")  # fmt: skip
_BY_KIND = {"enum": WORDS, "string": TEXTS, "boolean": FLAGS, "field": FIELDS, "matrix": CELLS}


def edges(parameter):
    """Numbers just beyond the bounds of a parameter."""
    low, high = parameter.get("minimum"), parameter.get("maximum")
    below = [low - 1] if low is not None and low > -1e300 else []
    return below + ([high + 1] if high is not None and high < 1e300 else [])


def must_be_refused(parameter, value):
    """Whether no run may use this value; of the others some are odd but usable."""
    if parameter["kind"] not in ("number", "distance"):
        return False
    # Not by ==: True is 1, and NaN is nothing.
    return any(value is item or repr(value) == repr(item) for item in (*NO_NUMBERS, *edges(parameter)))


def of(parameter):
    """Bad values of a parameter as the worker describes it."""
    kind = parameter["kind"]
    if kind in ("number", "distance"):
        return list(NUMBERS) + edges(parameter)
    if kind in SUFFIX:
        return [None if value is None else value.replace("{}", SUFFIX[kind]) for value in DESTINATIONS]
    if kind in ("raster", "multilayer", "source", "vector", "file"):
        return list(FILES)
    return list(_BY_KIND.get(kind, ()))
