"""Parts of result objects: tables, which the log, HTML, CSV, GPKG and JSON are all written from, and remarks."""

from dataclasses import dataclass, field
from typing import Any, List, Sequence, Tuple


class Remark(str):
    """A note that states a plain fact of the run: the log shows it as information, every other note as a warning."""


@dataclass(frozen=True)
class Column:
    """A column of a result table. `kind` is 'integer', 'number' or 'text'; the name carries the unit."""

    name: str
    kind: str
    description: str = ""


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
