"""Drivers as a network reads them, and networks as arrays of a bundle: round trips and every refusal."""

import numpy as np
import pytest

from carbon_qgis.core.errors import BundleError, InputError
from carbon_qgis.core.memory import available_bytes, require_memory
from carbon_qgis.core.network_inputs import Encoding
from carbon_qgis.core.network_weights import LINEAR, Network, network_arrays, network_from_arrays
from carbon_qgis.core.samples import Driver

NUMBER, CLASSES = Driver("NDVI", "1"), Driver("GLC", "", True)


def network(inputs=3, hidden=4, layers=2, steps=1, seed=0):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    return Network(
        tuple(draw(hidden if layer else inputs, hidden) for layer in range(layers)),
        tuple(draw(hidden, hidden) for _ in range(layers)) if steps > 1 else (),
        tuple(draw(hidden) for _ in range(layers)), draw(hidden), 0.25, LINEAR,
    )  # fmt: skip


# --- encoding --------------------------------------------------------------------------------------------


def test_scalings():
    x = np.array([[2.0], [4.0], [6.0]])
    np.testing.assert_allclose(Encoding.fit(x, [NUMBER], "minmax").encode(x)[:, 0], [0, 0.5, 1])
    np.testing.assert_allclose(Encoding.fit(x, [NUMBER], "standard").encode(x)[:, 0], [-1.5**0.5, 0, 1.5**0.5])


def test_training_scaling_serves_other_years():
    """+2 on a driver moves what the network reads; a fresh scaling per year would not."""
    x = np.linspace(0, 10, 11)[:, None]
    encoding = Encoding.fit(x, [NUMBER], "minmax")
    np.testing.assert_allclose(encoding.encode(x + 2), encoding.encode(x) + 0.2, atol=1e-6)
    assert encoding.encode(x + 2).max() == pytest.approx(1.2)


def test_one_hot_and_codes_that_are_new():
    x = np.array([[5.0, 11], [7.0, 3], [9.0, 40]])
    encoding = Encoding.fit(x, [NUMBER, CLASSES], "minmax")
    assert encoding.width == 4
    np.testing.assert_allclose(
        encoding.encode(np.array([[5.0, 3], [9.0, 40], [7.0, 99]])), [[0, 1, 0, 0], [1, 0, 0, 1], [0.5, 0, 0, 0]]
    )


def test_sequences_share_one_scaling():
    x = np.arange(12.0).reshape(2, 3, 2)
    encoding = Encoding.fit(x, [NUMBER, Driver("TEM", "degC")], "minmax")
    assert encoding.encode(x).shape == (2, 3, 2)
    np.testing.assert_allclose(encoding.encode(x)[..., 0].ravel(), np.arange(6) / 5)


def test_large_offsets_keep_their_decimals():
    x = 1e8 + np.array([[0.0], [0.25], [1.0]])
    np.testing.assert_allclose(Encoding.fit(x, [NUMBER], "minmax").encode(x)[:, 0], [0, 0.25, 1], atol=1e-6)


def test_encoding_survives_the_manifest():
    encoding = Encoding.fit(np.array([[1.0, 2], [3.0, 5]]), [NUMBER, CLASSES], "standard")
    again = Encoding.from_dict(encoding.as_dict(), 2, "a model")
    x = np.array([[2.0, 5], [9.0, 2]])
    np.testing.assert_array_equal(again.encode(x), encoding.encode(x))


@pytest.mark.parametrize(
    "x, driver, text",
    [
        ([[3.0], [3.0]], NUMBER, "The driver 'NDVI' is constant .3 in all 2 training rows"),
        ([[1.5], [2.0]], CLASSES, "'GLC' holds 1.5: codes of classes are whole numbers"),
        (np.arange(300.0)[:, None], CLASSES, "'GLC' has 300 different codes; at most 256 are taken"),
    ],
)
def test_drivers_that_cannot_be_read(x, driver, text):
    with pytest.raises(InputError, match=text):
        Encoding.fit(np.array(x), [driver], "minmax")


@pytest.mark.parametrize("driver", [NUMBER, CLASSES])
def test_constant_within_a_fold_is_read_as_nothing(driver):
    encoding = Encoding.fit(np.array([[3.0, 1], [3.0, 2]]), [driver, NUMBER], "standard", in_fold=True)
    np.testing.assert_array_equal(encoding.encode(np.array([[3.0, 1], [9e9, 2]]))[:, 0], [0, 0])
    assert encoding.width == 2


def test_encoding_refuses_other_words_and_shapes():
    with pytest.raises(InputError, match="'log' is no scaling. Choose one of: minmax, standard"):
        Encoding.fit(np.array([[1.0], [2.0]]), [NUMBER], "log")
    encoding = Encoding.fit(np.array([[1.0], [2.0]]), [NUMBER], "minmax")
    with pytest.raises(InputError, match="reads 1 drivers; the rows have 2"):
        encoding.encode(np.zeros((3, 2)))


@pytest.mark.parametrize(
    "change", [{"shift": [1.0, 2.0]}, {"scale": [0.0]}, {"scale": [float("nan")]}, {"codes": []}, {"shift": None}]
)
def test_tampered_encoding(change):
    values = Encoding.fit(np.array([[1.0], [2.0]]), [NUMBER], "minmax").as_dict()
    with pytest.raises(BundleError, match="'m' is damaged: its scaling"):
        Encoding.from_dict({**values, **change}, 1, "m")


# --- arrays ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 3])
def test_arrays_give_the_network_back(steps):
    one = network(steps=steps)
    again = network_from_arrays(network_arrays(one, "a_"), "a_", LINEAR, 3, steps, "m")
    x = np.random.default_rng(1).random((50, 3) if steps == 1 else (50, 3, 3)).astype(np.float32)
    np.testing.assert_array_equal(again.predict(x), one.predict(x))


def test_known_answer_by_hand():
    """tanh(0.5 x + 0.1) times 0.5, plus 0.25."""
    one = Network((np.full((1, 1), 0.5, "f4"),), (), (np.full(1, 0.1, "f4"),), np.full(1, 0.5, "f4"), 0.25, LINEAR)
    assert one.predict(np.array([[1.0]]))[0] == pytest.approx(0.25 + 0.5 * np.tanh(0.6), abs=1e-6)
    two = Network(one.w_in, (np.full((1, 1), 2.0, "f4"),), one.bias, one.w_out, 0.25, LINEAR)
    expected = 0.25 + 0.5 * np.tanh(0.5 * 0.2 + 0.1 + 2.0 * np.tanh(0.5 * 1.0 + 0.1))
    assert two.predict(np.array([[[1.0], [0.2]]]))[0] == pytest.approx(expected, abs=1e-6)


def broken(name, value):
    arrays = network_arrays(network(), "a_")
    if value is None:
        del arrays["a_" + name]
    else:
        arrays["a_" + name] = value
    return arrays


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("layer0_bias", None, "'a_layer0_bias' is missing"),
        ("layer1_weights", np.zeros((4, 5), "f4"), "'a_layer1_weights' .* is not one of 4 x 4 finite numbers"),
        ("layer0_weights", np.zeros((2, 4), "f4"), "is not one of 3 x 4 finite"),
        ("layer0_bias", np.array([0, np.nan, 0, 0], "f4"), "is not one of 4 finite"),
        ("layer0_bias", np.zeros(4, "i4"), "finite numbers"),
        ("out_bias", np.zeros(2, "f4"), "'a_out_bias'"),
        ("out_weights", None, "is no network"),
    ],
)
def test_tampered_arrays(name, value, text):
    with pytest.raises(BundleError, match=text):
        network_from_arrays(broken(name, value), "a_", LINEAR, 3, 1, "m")


def test_another_head_or_number_of_steps():
    arrays = network_arrays(network(), "a_")
    with pytest.raises(BundleError, match="head 'exp'"):
        network_from_arrays(arrays, "a_", "exp", 3, 1, "m")
    with pytest.raises(BundleError, match="'a_layer0_recurrent' is missing"):
        network_from_arrays(arrays, "a_", LINEAR, 3, 2, "m")


# --- memory ----------------------------------------------------------------------------------------------


def test_memory_is_refused_before_work():
    free = available_bytes()
    assert free is None or 10**6 < free < 10**15
    require_memory(1, "Nothing", "")
    if free is not None:
        with pytest.raises(InputError, match=r"It would need about 9,000,000\.0 GB of memory; .* are free\. Less\."):
            require_memory(9 * 10**15, "It", "Less.")
