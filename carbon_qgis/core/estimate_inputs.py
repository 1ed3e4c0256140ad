"""Driver stacks of one or several years as the inputs of the coupled model."""

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from .bundle import DriverStats
from .coupled import CoupledModel
from .errors import InputError
from .model_stack import FeatureLayout, ModelBands, model_bands
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.source import Band


@dataclass(frozen=True)
class EstimateInputs:
    """Aligned stacks and how their cells become rows: T·k columns, oldest year first.

    `year` and `scenario` are those of the latest stack (None and '' where it carries none), `years` of all, oldest
    first.
    """

    inputs: AlignedInputs
    layout: FeatureLayout
    drivers: Tuple[DriverStats, ...]
    year: Optional[int]
    years: Tuple[Optional[int], ...]
    scenario: str = ""
    notes: Tuple[str, ...] = ()


def estimate_inputs(
    stacks: Sequence[str], model: CoupledModel, mask: Optional[PolygonLayer] = None, area_mode: str = "auto"
) -> EstimateInputs:
    """The stacks of a model, in time order, on the grid of the latest.

    Raises
    ------
    InputError
        Too few or too many stacks for the model, a year that is missing, given twice, or not the one that the model
        needs; a missing driver.
    UnitError, RasterError, GridError
    """
    drivers = tuple(model.drivers)
    ordered = _in_time_order(stacks, model, drivers)
    bands: Dict[str, Band] = {}
    for step, found in enumerate(ordered):
        before = len(ordered) - 1 - step
        for driver, band in zip(drivers, found.bands):
            bands["{} (t-{})".format(driver.name, before) if before else driver.name] = band
    latest = ordered[-1].stack
    inputs = align_inputs(bands, latest.path, mask=mask, area_mode=area_mode)
    notes = tuple(dict.fromkeys(note for found in ordered for note in found.notes))
    return EstimateInputs(
        inputs, FeatureLayout.of(inputs, tuple(bands)), drivers, latest.year,
        tuple(found.stack.year for found in ordered), latest.scenario, notes + tuple(inputs.notes),
    )  # fmt: skip


def _in_time_order(stacks: Sequence[str], model: CoupledModel, drivers) -> List[ModelBands]:
    steps = model.steps
    if len(stacks) != steps:
        if steps == 1:
            raise InputError(
                "The density model reads one year; {} driver stacks are given. Leave the earlier stacks empty.".format(
                    len(stacks)
                )
            )
        raise InputError(
            "The density model reads sequences of {} yearly driver stacks; {} given. Add the stacks of the years "
            "before the year of the map.".format(steps, len(stacks))
        )
    found = [model_bands(path, drivers) for path in stacks]
    if steps == 1:
        return found
    for one in found:
        if one.stack.year is None:
            raise InputError(
                "'{}' carries no year (tag CARBON_YEAR), so its place in the sequence is not known. Make it with "
                "'Driver stack' and give the year there.".format(one.stack.path)
            )
    found.sort(key=lambda one: one.stack.year)
    years = [one.stack.year for one in found]
    lags = tuple(getattr(model.density, "lags", ())) or tuple(range(steps - 1, -1, -1))
    needed = [years[-1] - lag for lag in lags]
    if years != needed:
        raise InputError(
            "The driver stacks are of {}; for a map of {} the model needs those of {}.".format(
                ", ".join(str(year) for year in years), years[-1], ", ".join(str(year) for year in needed)
            )
        )
    return found
