"""The months of a stack: which band is which month of which year, by name or date, else by order."""

import datetime
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import InputError
from .raster.source import raster_info
from .results import Remark
from .time_steps import TimeStep, steps_of

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_YEAR = r"(?:1[5-9]|20|21)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_APART = r"[-_. /年mM]?"
_YEAR_MONTH = re.compile(
    r"(?<!\d)({})({}{})(?:[-_. /月]?(?:0[1-9]|[12]\d|3[01]))?(?![0-9A-Za-z])".format(_YEAR, _APART, _MONTH)
)
_YEAR_DAY = re.compile(r"(?<!\d)({})(\d{{3}})(?!\d)".format(_YEAR))
_MONTH_YEAR = re.compile(r"(?<![0-9A-Za-z])({})[-_. /]({})(?!\d)".format(_MONTH, _YEAR))
_NAMES = re.compile(
    r"(?<![A-Za-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?(?![A-Za-z])", re.IGNORECASE
)  # fmt: skip
_CHINESE = re.compile(r"(?<!\d)({})月".format(_MONTH))
_ANY_YEAR = re.compile(r"(?<!\d)({})(?!\d)".format(_YEAR))
_NUMBER = re.compile(r"(?<![0-9A-Za-z.])(?:m|month)?[ _]?({})(?![0-9A-Za-z]|\.\d)".format(_MONTH), re.IGNORECASE)
_NUMBERED_BAND = re.compile(r"\b(?:band|b)[ _]?\d+$", re.IGNORECASE)


@dataclass(frozen=True)
class MonthLabel:
    """What a band says of its date. `named` is False for a bare number, which may mean something else."""

    month: int
    year: Optional[int] = None
    named: bool = True


@dataclass(frozen=True)
class MonthStack:
    """The bands of a variable in the order of time: `steps[12 i + m]` is month m + 1 of `years[i]`.

    A year is None where nothing says which it is. `by_order` is True where the order of the bands was taken.
    """

    name: str
    years: Tuple[Optional[int], ...]
    steps: Tuple[TimeStep, ...]
    by_order: bool = False
    notes: Tuple[str, ...] = field(default=())

    def of_year(self, index: int) -> Tuple[TimeStep, ...]:
        """The twelve bands of year number `index`; those of the only year where there is one."""
        first = 12 * (index if len(self.years) > 1 else 0)
        return self.steps[first : first + 12]


def month_of(label: str) -> Optional[MonthLabel]:
    """Month, and year if there is one, in the description of a band or the name of a file.

    Understood are `NDVI_2010_03`, `2010-03`, `201003`, `2010-03-15`, `A2010060` (day of the year), `03_2010`, `Mar`,
    `March 2010`, `2010年3月`, `3月`, and bare numbers `3`, `m03`, `NDVI_3` (the last one of the text).
    """
    text = label.strip()
    if _NUMBERED_BAND.search(text):
        return None  # what a band without a description is called: its position, not its month
    found = _YEAR_MONTH.search(text)
    if found:
        return MonthLabel(int(re.search(r"\d+$", found.group(2)).group()), int(found.group(1)))
    found = _YEAR_DAY.search(text)
    if found and 1 <= int(found.group(2)) <= 366:
        day = datetime.date(int(found.group(1)), 1, 1) + datetime.timedelta(int(found.group(2)) - 1)
        return MonthLabel(day.month, int(found.group(1))) if day.year == int(found.group(1)) else None
    found = _MONTH_YEAR.search(text)
    if found:
        return MonthLabel(int(found.group(1)), int(found.group(2)))
    years = _ANY_YEAR.findall(text)
    year = int(years[-1]) if years else None
    found = _NAMES.search(text)
    if found:
        return MonthLabel([name.lower() for name in MONTHS].index(found.group(1).lower()) + 1, year)
    found = _CHINESE.search(text)
    if found:
        return MonthLabel(int(found.group(1)), year)
    numbers = _NUMBER.findall(text)
    return MonthLabel(int(numbers[-1]), year, named=False) if numbers else None


def month_stack(paths: Sequence[str], name: str) -> MonthStack:
    """The monthly bands of one variable, in the order of time.

    Parameters
    ----------
    paths : one raster with 12 bands per year, or several rasters of a month or a year each.
    name : what the variable is called in messages.

    Raises
    ------
    InputError
        No whole years; a month twice or missing; a date on some bands only; several rasters without dates.
    RasterError
        A raster that cannot be read.
    """
    steps = steps_of(paths)
    if len(steps) % 12:
        raise InputError(
            "{}: {} band{} in {}; monthly data have 12 bands for each year. Stack the twelve months (Raster > "
            "Miscellaneous > Build Virtual Raster, each input in its own band), or choose the months that are "
            "missing.".format(name, len(steps), "" if len(steps) == 1 else "s", _files(paths))
        )
    labels = _labels(steps)
    if all(label is None for label in labels):
        return _by_order(steps, paths, name, "carry no month in their names")
    if any(label is not None and label.named for label in labels):
        unread = [step for step, label in zip(steps, labels) if label is None or not label.named]
        if unread:
            raise InputError(
                "{}: some bands name their month and others do not: {}. Give every band a name such as '2010-03' or "
                "'Mar', or none of them.".format(name, _listed(unread))
            )
        return _ordered(steps, labels, name)
    if any(label is None for label in labels) or not _whole(labels):
        return _by_order(steps, paths, name, "have numbers that are not the months 1 to 12")
    return _ordered(steps, labels, name)


def common_years(stacks: Mapping[str, MonthStack]) -> Tuple[Optional[int], ...]:
    """The years of a run: those of the stacks, which must agree. A stack of one year without a date serves every year.

    Raises
    ------
    InputError
        Stacks of different years or of different numbers of years.
    """
    most = max(len(stack.years) for stack in stacks.values())
    bound = {name: stack for name, stack in stacks.items() if len(stack.years) == most or stack.years != (None,)}
    dated = {name: stack.years for name, stack in bound.items() if None not in stack.years}
    if len({len(stack.years) for stack in bound.values()}) > 1 or len(set(dated.values())) > 1:
        raise InputError(
            "The monthly rasters are not of the same years: {}. Give all of them for the same years; one raster of 12 "
            "bands without a year in its names is used for every year.".format(
                "; ".join("{} {}".format(name, _span(stack)) for name, stack in stacks.items())
            )
        )
    return next(iter(dated.values()), next(iter(bound.values())).years)


def days_in_month(year: Optional[int], month: int) -> float:
    """Days of a month (1–12); February has 28.25 where the year is not known."""
    if month == 2:
        if year is None:
            return 28.25
        return 29.0 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28.0
    return 30.0 if month in (4, 6, 9, 11) else 31.0


def month_name(year: Optional[int], month: int, years: int = 1, index: int = 0) -> str:
    """Name of a month (1–12) of a run: '2010-03'; 'Mar', or 'year 2 Mar' of several, where the year is not known."""
    if year is not None:
        return "{}-{:02d}".format(year, month)
    return MONTHS[month - 1] if years == 1 else "year {} {}".format(index + 1, MONTHS[month - 1])


def _labels(steps: Sequence[TimeStep]) -> List[Optional[MonthLabel]]:
    """What each band says; a year that only the tag of its file knows is added."""
    years = {path: raster_info(path).year() for path in dict.fromkeys(step.path for step in steps)}
    per_file = Counter(step.path for step in steps)
    labels: List[Optional[MonthLabel]] = []
    for step in steps:
        label = month_of(step.label)
        if label is not None and label.year is None and per_file[step.path] <= 12:
            label = MonthLabel(label.month, years[step.path], label.named)
        labels.append(label)
    return labels


def _whole(labels: Sequence[MonthLabel]) -> bool:
    counts = Counter((label.year, label.month) for label in labels)
    years = {label.year for label in labels}
    return all(counts[year, month] == counts[year, 1] >= 1 for year in years for month in range(1, 13))


def _ordered(steps: Sequence[TimeStep], labels: Sequence[MonthLabel], name: str) -> MonthStack:
    undated = [step for step, label in zip(steps, labels) if label.year is None]
    if undated and len(undated) < len(steps):
        raise InputError(
            "{}: some bands name their year and others do not: {}. Name all of them alike, such as '2010-03'.".format(
                name, _listed(undated)
            )
        )
    found: Dict[Tuple[Optional[int], int], List[TimeStep]] = {}
    for step, label in zip(steps, labels):
        found.setdefault((label.year, label.month), []).append(step)
    if not undated:
        _require_whole(found, name)
        years = tuple(sorted({label.year for label in labels}))
        return MonthStack(name, years, tuple(found[year, month][0] for year in years for month in range(1, 13)))
    count = len(steps) // 12
    uneven = [MONTHS[month - 1] for month in range(1, 13) if len(found.get((None, month), ())) != count]
    if uneven:
        raise InputError(
            "{}: the bands name no year, and {} do not occur {} each: {}. Name the bands by year and month, such as "
            "'2010-03'.".format(
                name, ", ".join(uneven), "once" if count == 1 else "{} times".format(count), _files([steps[0].path])
            )
        )
    ordered = tuple(found[None, month][i] for i in range(count) for month in range(1, 13))
    notes: Tuple[str, ...] = ()
    if count > 1:
        text = "{}: the bands name months but no years; the first of each month was taken for the first year."
        notes = (Remark(text.format(name)),)
    return MonthStack(name, (None,) * count, ordered, notes=notes)


def _require_whole(found: Mapping[Tuple[Optional[int], int], Sequence[TimeStep]], name: str) -> None:
    twice = [(key, steps) for key, steps in sorted(found.items()) if len(steps) > 1]
    if twice:
        key, steps = twice[0]
        raise InputError(
            "{}: {} bands are of {}-{:02d}: {}. Keep one, or correct the names.".format(
                name, len(steps), key[0], key[1], _listed(steps)
            )
        )
    years = sorted({year for year, _ in found})
    missing = ["{}-{:02d}".format(y, m) for y in years for m in range(1, 13) if (y, m) not in found]
    if missing:
        shown = ", ".join(missing[:24]) + (" and {} more".format(len(missing) - 24) if len(missing) > 24 else "")
        raise InputError("{}: every year needs its 12 months; missing: {}.".format(name, shown))


def _by_order(steps: Sequence[TimeStep], paths: Sequence[str], name: str, why: str) -> MonthStack:
    if len(paths) > 1:
        raise InputError(
            "{}: the {} rasters {}, and the order of a list is not reliable. Name the files or bands by their month, "
            "such as 'NDVI_2010_03.tif'.".format(name, len(paths), why)
        )
    count = len(steps) // 12
    year = raster_info(paths[0]).year() if count == 1 else None
    note = "{}: the bands of {} {}; their order was taken: band 1 is January{}.".format(
        name, _files(paths), why, " of the first of {} years".format(count) if count > 1 else ""
    )
    return MonthStack(name, (year,) if count == 1 else (None,) * count, tuple(steps), True, (note,))


def _span(stack: MonthStack) -> str:
    if None in stack.years:
        return "{} year{} without a date".format(len(stack.years), "" if len(stack.years) == 1 else "s")
    return ", ".join(str(year) for year in stack.years)


def _files(paths: Sequence[str]) -> str:
    names = ["'{}'".format(os.path.basename(path)) for path in paths]
    return ", ".join(names[:3]) + (" and {} more".format(len(names) - 3) if len(names) > 3 else "")


def _listed(steps: Sequence[TimeStep]) -> str:
    texts = ["'{}' ({} band {})".format(step.label, os.path.basename(step.path), step.band) for step in steps]
    return ", ".join(texts[:6]) + (" and {} more".format(len(texts) - 6) if len(texts) > 6 else "")
