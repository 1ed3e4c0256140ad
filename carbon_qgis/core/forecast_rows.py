"""Yearly densities, observed and forecast, as the forecast writes them and the ratio of eq. 3 reads them."""

from dataclasses import dataclass
from typing import Optional

OBSERVED, FORECAST = "observed", "forecast"


@dataclass(frozen=True)
class ForecastRow:
    """Density of a pool in a year, kg C/m2.

    Bounds are None where the density was observed; `fitted` is what the trend model gives, None where it gives none.
    """

    year: int
    pool: str
    source: str
    density: float
    low95: Optional[float] = None
    low80: Optional[float] = None
    high80: Optional[float] = None
    high95: Optional[float] = None
    fitted: Optional[float] = None
