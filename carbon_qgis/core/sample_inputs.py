"""What sampling reads: the density, and the drivers of its year and of earlier years by their tags CARBON_YEAR."""

from dataclasses import dataclass, replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .density_input import DensityRaster
from .errors import InputError
from .raster.inputs import AlignedInputs, align_inputs
from .raster.polygons import PolygonLayer
from .raster.source import Band
from .samples import TARGET, Driver
from .stack import StackInfo


@dataclass
class SampledBands:
    """What is read: the density and each driver of each step, the oldest first."""

    density: DensityRaster
    drivers: Tuple[Driver, ...]
    lags: Tuple[int, ...]
    bands: Dict[str, Band]
    notes: List[str]

    @classmethod
    def of(
        cls, density: DensityRaster, stack: StackInfo, earlier: Sequence[StackInfo], names: Sequence[str]
    ) -> "SampledBands":
        names = tuple(dict.fromkeys(names)) or stack.names
        stack.bands(names)  # an unknown name is refused here
        kinds = dict(zip(stack.names, stack.categorical))
        drivers = tuple(Driver(name, "" if kinds[name] else stack.unit(name), kinds[name]) for name in names)
        if density.path in [stack.path] + [other.path for other in earlier]:
            raise InputError(
                "'{}' is both the density and the driver stack; it cannot explain itself.".format(stack.path)
            )
        notes: List[str] = []
        year = density.year if density.year is not None else stack.year
        if stack.year is not None and density.year is not None and stack.year != density.year:
            text = "The drivers are of {}, the density is of {}; they are used as if they were of one year."
            notes.append(text.format(stack.year, density.year))
        stacks = _by_lag(stack, earlier, year)
        bands = {TARGET: replace(density.band, factor=1.0)}
        for lag, info in stacks.items():
            for name, band in info.bands(names).items():
                if info.unit(name) != stack.unit(name):
                    text = "The unit of '{}' is '{}' in '{}' but '{}' in '{}'. Convert one of them."
                    raise InputError(text.format(name, info.unit(name), info.path, stack.unit(name), stack.path))
                bands["{} {}".format(lag, name)] = replace(band, categorical=kinds[name])
        return cls(density, drivers, tuple(stacks), bands, notes)

    @property
    def features(self) -> List[str]:
        """Names of the bands of the drivers, in the order of the features."""
        return [name for name in self.bands if name != TARGET]


def _by_lag(stack: StackInfo, earlier: Sequence[StackInfo], year: Optional[int]) -> Dict[int, StackInfo]:
    """Stacks by years before the density, the oldest first."""
    found = {0: stack}
    for info in earlier:
        if year is None:
            raise InputError(
                "The year of the density is not known, so '{}' cannot be placed before it. Give the year, or write it "
                "to the raster (tag CARBON_YEAR).".format(info.path)
            )
        if info.year is None:
            raise InputError(
                "The year of '{}' is not known: it has no tag CARBON_YEAR. Make the stack with 'Driver stack' and give "
                "the year.".format(info.path)
            )
        if info.year >= year:
            text = "'{}' is of {}, but the density is of {}. Earlier stacks must be of earlier years."
            raise InputError(text.format(info.path, info.year, year))
        if year - info.year in found:
            text = "'{}' and '{}' are both of {}. Leave one out."
            raise InputError(text.format(found[year - info.year].path, info.path, info.year))
        found[year - info.year] = info
    return dict(sorted(found.items(), reverse=True))


def aligned_numbers(bands: Mapping[str, Band], reference: str, mask: Optional[PolygonLayer]) -> AlignedInputs:
    """Inputs that deliver every driver as numbers: alignment has chosen the method for class codes by now."""
    inputs = align_inputs(bands, reference, mask=mask, area_mode="auto")
    scalings = {name: (1.0, 0.0) if bands[name].categorical else scaling for name, scaling in inputs.scalings.items()}
    plain = {name: replace(band, categorical=False) for name, band in inputs.bands.items()}
    return replace(inputs, bands=plain, scalings=scalings, spaces={})
