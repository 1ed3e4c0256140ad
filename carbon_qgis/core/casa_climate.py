"""Evapotranspiration and water stress of CASA: pure functions on (12, cells) arrays, months January to December.

Units: temperature degC, precipitation and evapotranspiration mm/month. Computed in float64.
"""

from typing import Optional

import numpy as np

#: Above this temperature (degC) Thornthwaite's formula gives way to Willmott's fit.
HOT = 26.5
#: Bounds of the water stress: 0.5 extremely dry, 1 moist (Potter et al. 1993).
DRIEST, MOIST = 0.5, 1.0


def heat_index(temperature: np.ndarray) -> np.ndarray:
    """Annual heat index I = Σ (T/5)^1.514 over the months above 0 degC (Thornthwaite 1948): (cells,).

    Parameters
    ----------
    temperature : (12, cells), degC.
    """
    return np.power(np.maximum(temperature, 0.0) / 5.0, 1.514).sum(axis=0)


def heat_exponent(index: np.ndarray) -> np.ndarray:
    """Exponent a = (0.675 I³ − 77.1 I² + 17920 I + 492390)·10⁻⁶ of a heat index (Thornthwaite 1948)."""
    return (((0.675 * index - 77.1) * index + 17920.0) * index + 492390.0) * 1e-6


def thornthwaite(temperature: np.ndarray) -> np.ndarray:
    """Potential evapotranspiration Ep0 of a 30-day month with 12 hours of sun: (12, cells), mm/month.

    16 (10 T/I)^a (Thornthwaite 1948); 0 at and below 0 degC; −415.85 + 32.24 T − 0.43 T² above 26.5 degC (Willmott et
    al. 1985).

    Parameters
    ----------
    temperature : (12, cells), degC: all months of one year.
    """
    temperature = np.asarray(temperature, np.float64)
    index = heat_index(temperature)
    warm = np.maximum(temperature, 0.0)
    # Where no month is above 0 degC the index is 0 and so is every month; any divisor will do.
    scaled = 10.0 * warm / np.where(index > 0, index, 1.0)
    result = 16.0 * np.power(scaled, heat_exponent(index))
    hot = temperature > HOT
    if hot.any():
        t = temperature[hot]
        result[hot] = -415.85 + 32.24 * t - 0.43 * t * t
    return result


def net_radiation(ep0: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Net radiation Rn = 0.369 √(Ep0 r) + 0.598 Ep0, in mm of evaporated water (Zhou and Zhang 1996)."""
    return 0.369 * np.sqrt(ep0 * precipitation) + 0.598 * ep0


def regional_evapotranspiration(ep0: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Actual evapotranspiration EET = r Rn (r² + Rn² + r Rn) / [(r + Rn)(r² + Rn²)], mm/month; 0 without rain.

    Source: Zhou and Zhang (1995).
    """
    rn = net_radiation(ep0, precipitation)
    product, squares = precipitation * rn, precipitation * precipitation + rn * rn
    below = (precipitation + rn) * squares
    return np.divide(product * (squares + product), below, out=np.zeros_like(product), where=product > 0)


def potential_evapotranspiration(eet: np.ndarray, ep0: np.ndarray) -> np.ndarray:
    """PET = (EET + Ep0)/2, mm/month: Bouchet's complementary relation (Zhang 1989)."""
    return (eet + ep0) / 2.0


def monthly_stress(temperature: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Wε = 0.5 + 0.5 EET/PET of each month by itself, in [0.5, 1] (Potter et al. 1993): (12, cells).

    0.5 without rain. Where nothing evaporates and there is rain it is 1, the limit of the formula.
    """
    ep0 = thornthwaite(temperature)
    eet = regional_evapotranspiration(ep0, precipitation)
    pet = potential_evapotranspiration(eet, ep0)
    moist = (precipitation > 0).astype(np.float64)
    ratio = np.divide(eet, pet, out=moist, where=pet > 0)
    return DRIEST + 0.5 * np.clip(ratio, 0.0, 1.0)


def water_stress(
    temperature: np.ndarray, precipitation: np.ndarray, december: Optional[np.ndarray] = None
) -> np.ndarray:
    """Water stress Wε of each month: that of the month, or of the month before where T ≤ 0 degC.

    Parameters
    ----------
    temperature, precipitation : (12, cells), degC and mm/month.
    december : Wε of the December before (cells,); NaN where it is not known. Where it is not given, the December of the
        same year stands for it; 0.5 where no month is above 0 degC.

    Returns
    -------
    (12, cells) in [0.5, 1].
    """
    own = monthly_stress(temperature, precipitation)
    thawed = temperature > 0
    before = np.full(own.shape[1:], DRIEST)
    for month in range(len(own)):
        before = np.where(thawed[month], own[month], before)
    # Now `before` is the December of the same year: the last month above 0 degC.
    if december is not None:
        before = np.where(np.isnan(december), before, december)
    for month in range(len(own)):
        own[month] = before = np.where(thawed[month], own[month], before)
    return own


def soil_respiration(temperature: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Heterotrophic respiration Rh = 0.22 [exp(0.0912 T) + ln(0.3145 R + 1)]·30·0.465, g C/m2/month (Pei et al. 2009).

    Parameters
    ----------
    temperature, precipitation : degC and mm/month, of any common shape.
    """
    return 0.22 * (np.exp(0.0912 * temperature) + np.log(0.3145 * precipitation + 1.0)) * 30.0 * 0.465
