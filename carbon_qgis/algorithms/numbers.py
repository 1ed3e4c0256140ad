"""Numbers as they are given: what is none is refused, where QGIS takes the default or 0 instead."""

import math
import re
from typing import Any, Optional

from qgis.core import QgsProcessingParameterNumber

from ..core.errors import InputError

#: A number as QGIS writes it, in every language.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?(nan|inf)", re.IGNORECASE)
#: The largest whole number that QGIS holds.
_MOST = 2**31 - 1


def written_number(label: str, value: Any) -> Optional[float]:
    """The number that `value` is or spells; None where only QGIS can tell (an expression, a property).

    Raises
    ------
    InputError
        Text or a list that is no number ('1,5'): QGIS would take the default, or 0.
    """
    if isinstance(value, (list, tuple, dict)) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
        raise InputError(
            "{}: '{}' is not a number to compute with. Write digits, and a point before decimals: 0.5.".format(
                label, value
            )
        )
    return float(value) if isinstance(value, (int, float, str)) else None


def within_bounds(label: str, number: float, definition: QgsProcessingParameterNumber) -> float:
    """The number, if it lies within the bounds of its parameter: a model hands values to its steps unchecked.

    Raises
    ------
    InputError
        Not finite, no whole number where one is wanted, too small or too large.
    """
    if not math.isfinite(number):
        raise InputError("{}: {} is not a number to compute with.".format(label, number))
    low, high = definition.minimum(), definition.maximum()
    if definition.dataType() == QgsProcessingParameterNumber.Type.Integer:
        low, high = max(low, -_MOST), min(high, _MOST)
        if number != int(number):
            raise InputError("{}: {:g} is no whole number. Give one.".format(label, number))
    if number < low:
        raise InputError("{}: {:g} is too small; the least is {:,.10g}.".format(label, number, low))
    if number > high:
        raise InputError("{}: {:g} is too large; the most is {:,.10g}.".format(label, number, high))
    return number
