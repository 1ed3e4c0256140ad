"""CASA: net primary productivity from light (Potter et al. 1993; χ and classes of Zhu et al. 2007).

NPP = APAR · ε, month by month. Pure functions on (12, cells) arrays, months January to December, in float64.
"""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from .casa_climate import water_stress

#: Smallest and largest share of light that a canopy takes up (Los et al. 1994).
FPAR_LOW, FPAR_HIGH = 0.001, 0.95
#: Part of the solar radiation that plants can use (0.4 to 0.7 µm).
PAR_SHARE = 0.5
#: Constant of the second temperature stress: as published by Potter et al. (1993, 1.1814), and its usual rounding.
K_VALUES = {"usual": 1.184, "original": 1.1814}
#: At and below this temperature (degC) nothing grows: Tε1 is 0.
FROST = -10.0
#: Beyond so many degrees above and below the optimum, Tε2 is half its value at the optimum.
TOO_WARM, TOO_COLD = 10.0, 13.0


@dataclass(frozen=True)
class CellClasses:
    """What the vegetation class of each cell says; arrays (cells,).

    `eps_max` g C/MJ; the others are the low and high percentile of NDVI and SR of the class.
    """

    eps_max: np.ndarray
    ndvi_low: np.ndarray
    ndvi_high: np.ndarray
    sr_low: np.ndarray
    sr_high: np.ndarray


@dataclass
class CasaYear:
    """One year of CASA; arrays (12, cells): g C/m2/month, MJ/m2/month, g C/MJ, 1, 1."""

    npp: np.ndarray
    apar: np.ndarray
    epsilon: np.ndarray
    water_stress: np.ndarray
    fpar: np.ndarray


def simple_ratio(ndvi: np.ndarray) -> np.ndarray:
    """SR = (1 + NDVI)/(1 − NDVI); infinite at NDVI 1."""
    with np.errstate(divide="ignore"):
        return (1.0 + ndvi) / (1.0 - ndvi)


def scaled_fpar(index: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """FPAR of a vegetation index: its class percentiles `low` and `high` become 0.001 and 0.95, linear between.

    Source: Zhu et al. (2007), eq. 4 and 6; values beyond the percentiles take the nearer end.
    """
    share = (index - low) * ((FPAR_HIGH - FPAR_LOW) / (high - low)) + FPAR_LOW
    return np.clip(share, FPAR_LOW, FPAR_HIGH)


def fpar(ndvi: np.ndarray, classes: CellClasses) -> np.ndarray:
    """Share of the light that the canopy takes up: mean of the NDVI form and the SR form (Zhu et al. 2007, eq. 8)."""
    by_ndvi = scaled_fpar(ndvi, classes.ndvi_low, classes.ndvi_high)
    by_ndvi += scaled_fpar(simple_ratio(ndvi), classes.sr_low, classes.sr_high)
    by_ndvi *= 0.5
    return by_ndvi


def optimum_temperature(ndvi: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    """Topt: temperature of the month with the largest NDVI, the first one on a tie (Potter et al. 1993): (cells,)."""
    best = np.argmax(ndvi, axis=0)
    return np.take_along_axis(temperature, best[np.newaxis], axis=0)[0]


def temperature_stress_1(optimum: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    """Tε1 = 0.8 + 0.02 Topt − 0.0005 Topt²; 0 in months at or below −10 degC (Potter et al. 1993, eq. 8).

    Never below 0: beyond −26.5 and +66.5 degC the parabola would be.
    """
    parabola = np.maximum(0.8 + 0.02 * optimum - 0.0005 * optimum * optimum, 0.0)
    return np.where(temperature <= FROST, 0.0, parabola)


def temperature_stress_2(optimum: np.ndarray, temperature: np.ndarray, k: float = K_VALUES["usual"]) -> np.ndarray:
    """Tε2 = k / {1 + exp[0.2 (Topt − 10 − T)]} / {1 + exp[0.3 (−Topt − 10 + T)]} (Potter et al. 1993, eq. 9).

    More than 10 degC above or 13 degC below the optimum it is half its value at the optimum.
    """
    excess = temperature - optimum
    with np.errstate(over="ignore"):
        curve = k / (1.0 + np.exp(0.2 * (-10.0 - excess))) / (1.0 + np.exp(0.3 * (excess - 10.0)))
    at_optimum = k / (1.0 + np.exp(-2.0)) / (1.0 + np.exp(-3.0))
    return np.where((excess > TOO_WARM) | (excess < -TOO_COLD), 0.5 * at_optimum, curve)


def casa_year(
    ndvi: np.ndarray,
    temperature: np.ndarray,
    precipitation: np.ndarray,
    radiation: np.ndarray,
    classes: CellClasses,
    k: float = K_VALUES["usual"],
    december: Optional[np.ndarray] = None,
) -> CasaYear:
    """CASA for the twelve months of one year.

    Parameters
    ----------
    ndvi, temperature, precipitation, radiation : (12, cells); 1, degC, mm/month and MJ/m2/month, without NaN.
    classes : class parameters of each cell.
    k : constant of Tε2, one of `K_VALUES`.
    december : water stress of the December before, (cells,), NaN where unknown.
    """
    ndvi, temperature, precipitation, radiation = (
        np.asarray(values, np.float64) for values in (ndvi, temperature, precipitation, radiation)
    )
    absorbed = fpar(ndvi, classes)
    apar = radiation * PAR_SHARE * absorbed
    optimum = optimum_temperature(ndvi, temperature)
    stress = water_stress(temperature, precipitation, december)
    epsilon = temperature_stress_1(optimum, temperature) * temperature_stress_2(optimum, temperature, k)
    epsilon *= stress
    epsilon *= classes.eps_max
    return CasaYear(apar * epsilon, apar, epsilon, stress, absorbed)
