"""The parameters by which both algorithms of this group class continuous drivers."""

from .. import parameters as declare
from ..parameters import tr

METHOD, CLASSES, EXACT, MIN_GAIN = "METHOD", "CLASSES", "EXACT", "MIN_GAIN"
#: As `core.driver_classes.CHOICES`, which is not imported when QGIS starts.
METHODS = ("natural", "quantile", "equal", "geometric", "sd", "optimal", "given")


def method():
    """How continuous drivers are classed."""
    return declare.choice(METHOD, tr("Method of classification"), tr(
        "'natural': natural breaks, the smallest sum of squares within the classes (exact Fisher-Jenks). 'quantile': "
        "equal numbers of cells. 'equal': equal intervals. 'geometric': intervals that grow by a constant factor. "
        "'sd': one standard deviation each. 'optimal': the method and the number of classes (3 to 8) that explain most "
        "of Y. 'given': your own bounds."), METHODS)  # fmt: skip


def count():
    """Number of classes."""
    return declare.integer(CLASSES, tr("Number of classes"), tr(
        "Number of classes of a continuous driver. Not used by 'optimal' and 'given'. More classes than there are "
        "different values are refused."), 10, minimum=2, maximum=254)  # fmt: skip


def exact():
    """Natural breaks from all distinct values."""
    return declare.advanced(declare.boolean(EXACT, tr("Natural breaks from every distinct value"), tr(
        "Otherwise more than 65,536 distinct values go into a fine histogram, which is within a millionth of the "
        "optimum and much quicker. All values must fit into memory.")))  # fmt: skip


def min_gain():
    """When more classes stop being worth it."""
    return declare.advanced(declare.number(MIN_GAIN, tr("Smallest gain in q for more classes ('optimal')"), tr(
        "For 'optimal': the number of classes grows only while the best q grows by at least this share of itself (0.05 "
        "is 5 %), because more classes almost always give a larger q. 0 takes the largest q."), 0.05,
        minimum=0, maximum=1))  # fmt: skip


def rule(p, given):
    """The `Classing` of a run; `given` are upper bounds by driver."""
    from ...core.driver_classes import Classing

    return Classing(
        method=p.choice(METHOD), classes=p.integer(CLASSES), given=given, exact=p.boolean(EXACT),
        min_gain=p.number(MIN_GAIN) or None,
    )  # fmt: skip
