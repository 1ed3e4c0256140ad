"""Progress and cancel inside long tasks, and the units of carbon fluxes."""

import copy

import pytest

from carbon_qgis.core.errors import Cancelled
from carbon_qgis.core.units import G_M2_MONTH, G_M2_YR, flux_factor
from carbon_qgis.core.watch import Watch, Watched
from tests.core.helpers import Cancelling


def test_a_cancel_reaches_the_tasks():
    watch = Watch()
    watched = Watched(Cancelling(0.5), watch, 4)
    watch.step()
    assert not watched.cancelled()
    watch.step()
    assert watched.cancelled()
    with pytest.raises(Cancelled):
        watch.step()
    with pytest.raises(Cancelled):
        watch.check()


def test_progress_is_what_the_tasks_did_and_never_goes_back():
    progress, watch = Cancelling(9.0), Watch()
    shares = []
    progress.update = lambda share, message=None: shares.append((share, message))
    watched = Watched(progress, watch, 8)
    watched.update(0.0, "start")
    watch.step(6)
    watched.cancelled()
    watched.update(0.5)
    watch.step(6)
    watched.cancelled()
    assert shares == [(0.0, "start"), (0.75, None), (0.75, None), (1.0, None)]


def test_a_copy_for_another_process_has_its_own_flag():
    watch = Watch()
    watch.stop()
    with pytest.raises(Cancelled):
        watch.check()
    assert copy.copy(watch).check() is None


@pytest.mark.parametrize("text, target, factor", [
    ("g C/m2/yr", G_M2_YR, 1.0), ("kg C/m2/yr", G_M2_YR, 1000.0), ("t C/ha/yr", G_M2_YR, 100.0),
    ("kgC m-2 a-1", G_M2_YR, 1000.0), ("gC m-2 yr-1", G_M2_YR, 1.0), ("t C/km2/yr", G_M2_YR, 1.0),
    ("g C/m2/month", G_M2_MONTH, 1.0), ("kg C m-2 month-1", G_M2_MONTH, 1000.0), ("g C/m2 per year", G_M2_YR, 1.0),
    ("g C/m2/yr", G_M2_MONTH, None), ("g C/m2", G_M2_YR, None), ("kg/m2/yr", G_M2_YR, None),
    ("umol/m2/s", G_M2_YR, None),
])  # fmt: skip
def test_flux_units(text, target, factor):
    assert flux_factor(text, target) == (pytest.approx(factor) if factor else None)
