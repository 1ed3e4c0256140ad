"""Progress: parts of it, and the time that is left."""

import pytest

from carbon_qgis.core.progress import Part, RemainingTime, rounded_seconds


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def told(steps, **options):
    """Estimates of a run that is at `share` after `seconds`, for each (seconds, share)."""
    clock = Clock()
    remaining, found = RemainingTime(clock, **options), []
    for seconds, share in steps:
        clock.now = 1000.0 + seconds
        found.append(remaining.update(share))
    return found


def test_a_steady_run_counts_down_to_its_true_end():
    steps = [(second, second / 200) for second in range(0, 201)]
    found = told(steps)
    said = [(second, left) for (second, _), left in zip(steps, found) if left is not None]
    for second, left in said:
        assert left == pytest.approx(200 - second, abs=31)
    assert [left for _, left in said] == sorted({left for _, left in said}, reverse=True), "each value once, falling"
    assert {left for _, left in said} == {180, 120, 60, 50, 40, 30, 20, 10}


def test_nothing_is_said_before_five_seconds_or_three_percent_or_at_the_end():
    assert told([(4.9, 0.5)]) == [None]
    assert told([(60, 0.029)]) == [None]
    assert told([(60, 1.0)]) == [None]
    assert told([(60, 0.5)]) == [60]


def test_estimates_are_five_seconds_apart_however_the_pace_jumps():
    steps = [(10 + n / 2, 0.1 + 0.001 * n * (1 + n % 7)) for n in range(100)]
    found = told(steps)
    moments = [second for (second, _), left in zip(steps, found) if left is not None]
    assert len(moments) > 3
    assert min(b - a for a, b in zip(moments, moments[1:])) >= 5


def test_the_later_half_sets_the_pace():
    # Two minutes for the first tenth, then one hundredth a second: 30 s are left at 70 %; the mean pace says 77 s.
    slow = [(second, second / 1200) for second in range(0, 121)]
    quick = [(120 + second, 0.1 + second / 100) for second in range(1, 61)]
    assert [left for left in told(slow + quick) if left is not None][-1] in (30, 40, 50)


def test_a_run_that_stands_still_is_not_judged():
    assert told([(1, 0.2), (2, 0.2), (60, 0.2), (200, 0.2)])[-1] is None


def test_many_updates_need_little_memory():
    clock = Clock()
    remaining = RemainingTime(clock)
    for n in range(20000):
        clock.now += 1
        remaining.update(n / 20000)
    assert len(remaining._seen) <= 400


@pytest.mark.parametrize(
    "seconds, rounded",
    [(0.1, 10), (14, 10), (16, 20), (54, 50), (58, 60), (95, 120), (560, 540), (600, 600), (3400, 3300), (3500, 3600),
     (5000, 5400), (20000, 21600)],
)  # fmt: skip
def test_an_estimate_is_rounded_as_coarse_as_it_is(seconds, rounded):
    assert rounded_seconds(seconds) == rounded


def test_a_part_maps_its_share_into_the_whole():
    seen = []

    class Whole:
        def update(self, fraction, message=None):
            seen.append((fraction, message))

        def cancelled(self):
            return True

    part = Part(Whole(), (0.5, 0.75))
    part.update(0.5, "half")
    assert seen == [(0.625, "half")] and part.cancelled()
