"""Memory, threads and device of runs: which place counts, and what each refusal says."""

import pytest

from carbon_qgis.core.errors import InputError
from carbon_qgis.core.run_limits import (
    DEFAULT,
    DEVICE,
    ENVIRONMENT,
    MEMORY,
    SCHEDULER,
    SETTINGS,
    THREADS,
    checked,
    run_limits,
)


def test_defaults_without_settings_and_environment():
    limits = run_limits({}, {})
    assert (limits.memory_mb, limits.threads, limits.device) == (96, None, "auto")
    assert set(limits.sources.values()) == {DEFAULT}


def test_the_environment_goes_before_the_settings_and_those_before_the_defaults():
    limits = run_limits({MEMORY: "256", DEVICE: "cuda", THREADS: None}, {MEMORY: " 512 ", DEVICE: ""})
    assert (limits.memory_mb, limits.threads, limits.device) == (512, None, "cuda")
    assert limits.sources == {MEMORY: ENVIRONMENT, THREADS: DEFAULT, DEVICE: SETTINGS, SCHEDULER: DEFAULT}


def test_no_threads_leaves_the_number_to_qgis():
    assert run_limits({THREADS: 0}, {}).threads is None
    assert run_limits({THREADS: 3}, {}).threads == 3


def test_a_value_that_is_not_in_force_does_no_harm():
    assert run_limits({MEMORY: "much"}, {MEMORY: "64"}).memory_mb == 64


@pytest.mark.parametrize(
    "name, value, words",
    [
        (MEMORY, "1 GB", "a whole number of MB from 16 to 1,048,576"),
        (MEMORY, "15", "from 16"),
        (MEMORY, "96.5", "whole number"),
        (MEMORY, "-96", "whole number"),
        (MEMORY, "٩٦", "whole number"),
        (MEMORY, "1048577", "to 1,048,576"),
        (THREADS, "1025", "from 0 to 1,024 (0: as QGIS)"),
        (DEVICE, "gpu", "auto, cpu, cuda"),
        (SCHEDULER, "somewhere", "host and port of a scheduler such as tcp://192.168.1.5:8786"),
        (SCHEDULER, "tcp://host:0", "host and port"),
        (SCHEDULER, "host:65536", "host and port"),
        (SCHEDULER, "http://host:8787/status", "host and port"),
        (SCHEDULER, "host:8786; rm -r x", "host and port"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_possible(name, value, words):
    with pytest.raises(InputError) as caught:
        run_limits({}, {name: value})
    text = str(caught.value)
    assert text.startswith("The environment variable {} is '{}'.".format(name, value))
    assert words in text and text.endswith("or unset it.")


def test_a_setting_is_refused_with_its_place_in_the_options():
    with pytest.raises(InputError) as caught:
        run_limits({DEVICE: "gpu"}, {})
    assert str(caught.value) == (
        "The device of Carbon is 'gpu'. Give one of: auto, cpu, cuda (Settings > Options > Processing > Providers > "
        "Carbon)."
    )


def test_text_and_numbers_of_the_profile_are_both_read():
    assert checked(MEMORY, 128) == checked(MEMORY, "128") == 128
    assert checked(DEVICE, "CUDA ") == "cuda"


@pytest.mark.parametrize(
    "given, found",
    [
        ("", ""), ("  ", ""), ("host:8786", "tcp://host:8786"), (" tcp://10.0.0.5:8786 ", "tcp://10.0.0.5:8786"),
        ("tls://a-b.example.org:9000", "tls://a-b.example.org:9000"), ("[::1]:8786", "tcp://[::1]:8786"),
    ],
)  # fmt: skip
def test_the_address_of_a_scheduler(given, found):
    assert checked(SCHEDULER, given) == found
    assert run_limits({SCHEDULER: given}, {}).scheduler == found
