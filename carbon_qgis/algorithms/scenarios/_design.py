"""Parameters that the scenario algorithms share: groups, pathways, design."""

from typing import Optional, Tuple

from qgis.core import QgsProcessingParameterFileDestination

from .. import parameters as declare
from ..parameters import tr

GROUPS, PATHWAYS, DESIGN = "GROUPS", "PATHWAYS", "DESIGN"
DEFAULT_GROUPS = "climate: PRE, TEM; AGPP: AGPP; population: PD"
DEFAULT_PATHWAYS = "SSP126, SSP245, SSP585"


def declare_design(algorithm) -> None:
    """Add groups, pathways and design."""
    algorithm.add(declare.text(GROUPS, tr("Groups of drivers"), tr(
        "Drivers that follow one pathway together, as 'name: driver, driver', separated by semicolons. Drivers of no "
        "group are the same in every run. The first letter of a group stands for it in the names of the runs: "
        "C1A1P5 is climate and AGPP under SSP1, population under SSP5."), DEFAULT_GROUPS))
    algorithm.add(declare.text(PATHWAYS, tr("Pathways"), tr(
        "Names of the scenarios, separated by commas, as in the driver table."), DEFAULT_PATHWAYS))
    algorithm.add(declare.choice(DESIGN, tr("Design"), tr(
        "'paper': in each set one group takes every pathway while all others share one; with three groups and three "
        "pathways 27 rows, of which 21 are different runs. 'factorial': every combination, 27 runs."),
        ("paper", "factorial")))  # fmt: skip


def csv_output(name: str, title: str, help: str, optional: bool = False):
    """A CSV file that other algorithms read as a file. A table layer would have no file of its own."""
    parameter = QgsProcessingParameterFileDestination(name, title, tr("CSV files") + " (*.csv)", optional=optional)
    parameter.setHelp(help)
    return parameter


def words(text: Optional[str]) -> Tuple[str, ...]:
    """Words of a text that is separated by commas."""
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))


def matrix_of(p):
    """The scenario matrix of the parameters.

    Raises
    ------
    InputError
        Groups or pathways that cannot be used.
    """
    from ...core.scenario_matrix import parse_groups, scenario_matrix

    return scenario_matrix(parse_groups(p.text(GROUPS) or ""), words(p.text(PATHWAYS)), p.choice(DESIGN))
