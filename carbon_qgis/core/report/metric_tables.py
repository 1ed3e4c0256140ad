"""Metrics of accuracy as tables for reading: values of very different size in one column, each rounded by itself."""

from typing import Mapping, Sequence

from ..results import Column, Table
from ..validation import AccuracyMetrics, comparison_table, metrics_table, unit_suffix
from . import style

#: Metrics that a page shows side by side.
SHOWN = ("n", "mean RE", "accuracy", "r", "R2", "MAE", "RMSE", "bias")


def metrics_for_reading(metrics: AccuracyMetrics, unit: str = "1", title: str = "Accuracy") -> Table:
    """`metrics_table` with its values as text, for `Page.table`."""
    table = metrics_table(metrics, unit, title)
    columns = tuple(Column(c.name, "text", c.description) for c in table.columns)
    rows = [[row[0], style.number(row[1], 4)] + list(row[2:]) for row in table.rows]
    for row in rows:
        row[2] = style.pretty_unit(row[2])
    return Table(table.title, columns, rows)


def comparison_for_reading(
    metrics: Mapping[str, AccuracyMetrics], unit: str = "1", key: str = "model", title: str = "Accuracy",
    shown: Sequence[str] = SHOWN,
) -> Table:  # fmt: skip
    """`comparison_table` with the main metrics only; label and scheme stay, so that no number loses its label.

    The unit goes from the column names into the title: the table then fits a page.
    """
    table = comparison_table(metrics, unit, key, title)
    suffix = unit_suffix(unit)
    plain = {column.name: column.name for column in table.columns}
    plain.update({name + suffix: name for name in (text.replace(" ", "_") for text in shown)})
    wanted = {key, "label"} | {name.replace(" ", "_") for name in shown}
    names = [column.name for column in table.columns if plain[column.name] in wanted]
    names += ["scheme"] if any(table.column("scheme")) else []
    cut = table.only(names, title + (" (densities in {})".format(style.pretty_unit(unit)) if suffix else ""))
    columns = tuple(Column(plain[column.name], column.kind, column.description) for column in cut.columns)
    return Table(cut.title, columns, cut.rows)
