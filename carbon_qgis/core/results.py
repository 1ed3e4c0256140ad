"""Parts of result objects: tables, which the log, HTML, CSV, GPKG and JSON are all written from, and remarks."""

import re
from dataclasses import dataclass, field
from typing import Any, List, Sequence, Tuple

_UNIT = re.compile(
    r"_(?P<mass>Tg|t|kg|g)_[Cc](?P<per>_(?:km2|ha|m2|cell|MJ))?(?P<time>_(?:yr|month))?(?P<second>_alt)?$|_(?P<plain>km2|percent)(?P<alt>_alt)?$"
)


class Remark(str):
    """A note that states a plain fact of the run: the log shows it as information, every other note as a warning."""


@dataclass(frozen=True)
class Column:
    """A column of a result table. `kind` is 'integer', 'number' or 'text'; the name carries the unit."""

    name: str
    kind: str
    description: str = ""

    @property
    def title(self) -> str:
        """The name for reading: words, and the unit in brackets ('mean_density_t_C_ha': 'mean density (t C/ha)')."""
        return self.name if "[" in self.name else _readable(self.name)


@dataclass
class Table:
    """Rows under named, typed columns. Missing values are None (never NaN text or a magic number)."""

    title: str
    columns: Tuple[Column, ...]
    rows: List[Sequence[Any]] = field(default_factory=list)

    def column(self, name: str) -> List[Any]:
        """Values of one column, top to bottom."""
        index = [column.name for column in self.columns].index(name)
        return [row[index] for row in self.rows]

    def as_dicts(self) -> List[dict]:
        """One dictionary per row, keys in column order."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row)) for row in self.rows]

    def only(self, names: Sequence[str], title: str = "") -> "Table":
        """The columns of these names, in this order: for reading."""
        order = [[column.name for column in self.columns].index(name) for name in names]
        columns = tuple(self.columns[i] for i in order)
        return Table(title or self.title, columns, [[row[i] for i in order] for row in self.rows])


def _readable(name: str) -> str:
    found = _UNIT.search(name)
    if found is None:
        if name.endswith("_alt"):
            return _readable(name[:-4]) + ", second date"
        return re.sub(r"^y(?=\d{4}$)", "", name).replace("_", " ").strip()
    if found["plain"]:
        unit = {"percent": "%"}.get(found["plain"], found["plain"])
    else:
        unit = found["mass"] + " C" + "".join("/" + part[1:] for part in (found["per"], found["time"]) if part)
    words = re.sub(r"^y(?=\d{4}$)", "", name[: found.start()]).replace("_", " ").strip()
    if found["second"] or found["alt"]:
        words += ", second date"
    return "{} ({})".format(words, unit)
