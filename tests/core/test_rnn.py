"""One network: the folded form against torch.nn.RNN, sequences, dead heads, determinism, choice of size, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from carbon_qgis.core import network_training
from carbon_qgis.core.errors import Cancelled, InputError
from carbon_qgis.core.network_training import Data, next_seed, train
from carbon_qgis.core.network_weights import INNER_BATCH, LINEAR, RELU
from carbon_qgis.core.progress import Silent
from carbon_qgis.core.rnn import (
    PUBLISHED,
    PUBLISHED_SMALL,
    ROBUST,
    NetworkOptions,
    check_options,
    fit_network,
    holds_out,
)

torch = pytest.importorskip("torch")

from carbon_qgis.core.network_torch import (  # noqa: E402  after the check that torch is there
    choose_device,
    start_parameters,
    to_network,
    torch_threads,
)


def rows(n=400, k=4, seed=0, steps=None):
    rng = np.random.default_rng(seed)
    return rng.random((n, k) if steps is None else (n, steps, k)).astype(np.float32)


def native(inputs, layers, hidden, seed):
    """torch's own network, drawn from the seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.nn.RNN(inputs, hidden, layers, batch_first=True), torch.nn.Linear(hidden, 1)


def native_answer(parts, x):
    with torch.no_grad():
        out, _ = parts[0](torch.from_numpy(x if x.ndim == 3 else x[:, None]))
        return torch.relu(parts[1](out[:, -1]))[:, 0].numpy()


def some(head=RELU, loss="l1", **changes):
    base = NetworkOptions(((2, 16),), head, loss, "minmax", 5, 50)
    return replace(base, **changes)


def alive_seed(inputs, layers, hidden, x):
    """A seed whose head answers some rows."""
    answers = ((seed, native_answer(native(inputs, layers, hidden, seed), x)) for seed in range(100))
    return next(seed for seed, answer in answers if (answer > 0).mean() > 0.5)


# --- the same function as torch.nn.RNN ------------------------------------------------------------------


@pytest.mark.parametrize("layers, hidden", [(5, 64), (4, 32), (1, 8)])
def test_one_step_equals_torch(layers, hidden):
    x = rows(3000)
    seed = alive_seed(4, layers, hidden, x)
    network = to_network(start_parameters(4, layers, hidden, 1, seed), RELU)
    expected = native_answer(native(4, layers, hidden, seed), x)
    assert expected.max() > 0.01
    np.testing.assert_allclose(network.predict(x), expected, rtol=0, atol=1e-6)
    assert not network.w_rec


def test_several_steps_equal_torch():
    x = rows(2500, steps=4)
    seed = alive_seed(4, 2, 16, x)
    network = to_network(start_parameters(4, 2, 16, 4, seed), RELU)
    np.testing.assert_allclose(network.predict(x), native_answer(native(4, 2, 16, seed), x), rtol=0, atol=1e-6)
    assert len(network.w_rec) == 2


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("loss", ["l1", "mse", "huber"])
def test_training_walks_the_path_of_torch(loss, steps):
    """Folded biases at twice the rate: the same answers as torch.nn.RNN with Adam, batch for batch."""
    x = rows(230, steps=None if steps == 1 else steps)
    y = (0.2 + 0.6 * (x[:, 0] if steps == 1 else x[:, 0, 0])).astype(np.float64)
    seed = alive_seed(4, 2, 16, x)
    rnn, linear = native(4, 2, 16, seed)
    adam = torch.optim.Adam(list(rnn.parameters()) + list(linear.parameters()), lr=1e-3)
    function = {"l1": torch.nn.L1Loss, "mse": torch.nn.MSELoss, "huber": torch.nn.HuberLoss}[loss]()
    shuffle = torch.Generator().manual_seed(seed)
    inputs, target = torch.from_numpy(x if steps > 1 else x[:, None]), torch.from_numpy(y.astype(np.float32))
    still = rnn.weight_hh_l0.detach().clone()
    for _ in range(5):
        order = torch.randperm(len(y), generator=shuffle)
        for start in range(0, len(y), 50):
            picked = order[start : start + 50]
            adam.zero_grad()
            out, _ = rnn(inputs[picked])
            function(torch.relu(linear(out[:, -1]))[:, 0], target[picked]).backward()
            adam.step()
    found = train(Data(x, y), None, some(loss=loss).recipe(2, 16), seed, "cpu", Silent())
    before = native_answer(native(4, 2, 16, seed), x)
    expected = native_answer((rnn, linear), x)
    assert np.abs(expected - before).max() > 0.02
    np.testing.assert_allclose(found.network.predict(x), expected, rtol=0, atol=2e-5)
    moved = float((rnn.weight_hh_l0.detach() - still).abs().max())
    assert moved == 0 if steps == 1 else moved > 1e-3


def test_published_presets():
    assert PUBLISHED.sizes == ((5, 512),) and PUBLISHED_SMALL.sizes == ((4, 256),)
    for preset in (PUBLISHED, PUBLISHED_SMALL):
        assert (preset.epochs, preset.batch, preset.rate, preset.loss, preset.head) == (100, 500, 1e-3, "l1", RELU)
        assert preset.scaling == "minmax" and not preset.weighted and not holds_out(preset)
    assert ROBUST.head == LINEAR and ROBUST.scaling == "standard" and holds_out(ROBUST)


def test_head_is_clamped_to_the_level():
    x = 4 * rows(500) - 2
    centre = to_network(start_parameters(4, 1, 8, 1, 3), RELU).b_out
    network = to_network(start_parameters(4, 1, 8, 1, 3), LINEAR, shift=0.5 - 3 * centre, scale=3.0)
    answers = network.predict(x)
    assert answers.min() == 0.0 and answers.max() == 1.0 and ((answers > 0) & (answers < 1)).any()


def test_blocks_do_not_change_the_answer():
    x = rows(3 * INNER_BATCH + 17)
    network = to_network(start_parameters(4, 3, 32, 1, 5), LINEAR, shift=0.5)
    whole = network.predict(x)
    for size in (1, 100, INNER_BATCH - 1, INNER_BATCH + 1):
        picked = range(0, len(x), size) if size > 1 else range(40)
        parts = np.concatenate([network.predict(x[start : start + size]) for start in picked])
        np.testing.assert_allclose(parts, whole[: len(parts)], rtol=1e-6, atol=1e-7)
    assert network.predict(x[:0]).shape == (0,)


def test_rows_of_another_shape_are_refused():
    network = to_network(start_parameters(4, 1, 8, 1, 5), LINEAR)
    with pytest.raises(InputError, match=r"reads 4 inputs of one step; got rows of shape \(3,\)"):
        network.predict(rows(5, k=3))
    with pytest.raises(InputError, match="of one step"):
        network.predict(rows(5, steps=2))


# --- sequences -------------------------------------------------------------------------------------------


def test_sequence_model_reads_the_past():
    """The target is the driver two years back: one step cannot know it, three steps do, by W_hh."""
    x = rows(900, k=2, steps=3)
    y = 0.1 + 0.8 * x[:, 0, 0].astype(np.float64)
    options = some(LINEAR, "mse", scaling="standard", epochs=40, rate=1e-2)
    sequence = fit_network(Data(x[:600], y[:600]), options, 1).networks[0]
    alone = fit_network(Data(x[:600, -1], y[:600]), options, 1).networks[0]
    spread = np.var(y[600:])
    of_sequence = 1 - np.mean((sequence.predict(x[600:]) - y[600:]) ** 2) / spread
    of_one_step = 1 - np.mean((alone.predict(x[600:, -1]) - y[600:]) ** 2) / spread
    assert of_sequence > 0.9 and of_one_step < 0.1
    start = to_network(start_parameters(2, 2, 16, 3, 1), LINEAR)
    assert np.abs(sequence.w_rec[0] - start.w_rec[0]).max() > 0.01
    backwards = sequence.predict(np.ascontiguousarray(x[600:, ::-1]))
    assert np.corrcoef(backwards, y[600:])[0, 1] < 0.5


# --- dead heads ------------------------------------------------------------------------------------------


def dead_seed(x, want=True):
    for seed in range(100):
        if ((native_answer(native(4, 2, 16, seed), x) <= 0).mean() > 0.95) == want:
            return seed
    raise AssertionError("no such seed")


def test_dead_head_is_found_and_started_again():
    x = rows()
    y = np.full(len(x), 0.4) + 0.2 * x[:, 0]
    seed = dead_seed(x)
    fit = fit_network(Data(x, y), some(), seed)
    trained = fit.members[0]
    assert trained.dead[0][0] == seed and trained.dead[0][1] > 0.95
    assert trained.seed == next_seed(seed, len(trained.dead))
    assert (trained.network.predict(x) > 0).mean() > 0.5
    assert "dead ReLU head" in fit.notes[0] and "seed {}".format(seed) in fit.notes[0]
    again = fit_network(Data(x, y), some(), seed)
    assert again.members[0].seed == trained.seed
    np.testing.assert_array_equal(again.networks[0].predict(x), trained.network.predict(x))


def test_living_head_is_left_alone():
    x = rows()
    fit = fit_network(Data(x, np.full(len(x), 0.5)), some(), dead_seed(x, want=False))
    assert not fit.members[0].dead and not fit.notes


def test_zeros_that_are_true_are_no_sign_of_death():
    x = rows()
    fit = fit_network(Data(x, np.zeros(len(x))), some(), dead_seed(x))
    assert not fit.members[0].dead


def test_a_head_that_never_lives_is_an_error(monkeypatch):
    x = rows()
    monkeypatch.setattr(network_training, "STARTS", 1)
    with pytest.raises(InputError, match="for 100 % of its 400 training rows in each of 1 starts.*preset 'robust'"):
        fit_network(Data(x, np.full(400, 0.5)), some(), dead_seed(x))


def test_the_last_dead_start_can_be_kept(monkeypatch):
    monkeypatch.setattr(network_training, "STARTS", 2)
    monkeypatch.setattr(network_training, "next_seed", lambda seed, attempt: seed)
    x = rows(400)
    fit = fit_network(Data(x, np.full(400, 0.5)), some(keep_dead=True), dead_seed(x))
    assert len(fit.members[0].dead) == 1
    assert (fit.networks[0].predict(x) <= 0).mean() > 0.95


def test_about_half_of_the_published_starts_are_dead():
    x = rows(500, k=8)
    dead = [(to_network(start_parameters(8, 4, 256, 1, s), RELU).predict(x) <= 0).mean() > 0.95 for s in range(40)]
    assert 0.25 <= np.mean(dead) <= 0.75


# --- determinism and torch's own state ---------------------------------------------------------------------


def test_same_seed_same_weights_and_torch_is_left_as_it_was():
    x, y = rows(), 0.5 + 0.3 * np.sin(5 * rows()[:, 0])
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    options = some(LINEAR, "mse", scaling="standard")
    one, two = (fit_network(Data(x, y), options, 9).networks[0] for _ in range(2))
    for left, right in zip(one.w_in + one.bias, two.w_in + two.bias):
        np.testing.assert_array_equal(left, right)
    other = fit_network(Data(x, y), options, 10).networks[0]
    assert np.abs(other.w_in[0] - one.w_in[0]).max() > 0.01
    assert torch.equal(torch.random.get_rng_state(), state) and torch.get_num_threads() == threads
    assert torch.is_grad_enabled()


def test_threads_are_given_back_after_an_error_and_when_nested():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError), torch_threads(1):
        with torch_threads(2):
            assert torch.get_num_threads() == 2
        raise RuntimeError
    assert torch.get_num_threads() == before


# --- early stopping, sizes, members, weights ---------------------------------------------------------------


def noisy(n=500, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 4)).astype(np.float32)
    return x, np.clip(0.5 + 0.15 * x[:, 0] + 0.1 * rng.standard_normal(n), 0, 1)


def test_early_stopping_keeps_the_best_epoch():
    x, y = noisy(120)
    held = np.arange(len(y)) % 3 == 0
    options = some(LINEAR, "mse", sizes=((2, 64),), scaling="standard", epochs=400, batch=16, rate=1e-2, patience=10)
    trained = fit_network(Data(x, y), options, 4, [held]).members[0]
    losses = [loss for _, _, loss in trained.curve]
    assert len(losses) < 400
    assert losses[trained.best - 1] <= min(losses) * 1.001
    mean, sd = y[~held].mean(), y[~held].std()
    standardised = (trained.network.predict(x[held]) - mean) / sd - (y[held] - mean) / sd
    assert np.mean(standardised**2) <= losses[trained.best - 1] * 1.001  # the clamp can only bring it nearer


def test_smallest_size_that_is_not_worse():
    x, y = noisy()
    held = np.arange(len(y)) % 4 == 0
    options = some(LINEAR, "mse", sizes=((1, 8), (2, 32)), scaling="standard", epochs=120, rate=1e-2, patience=10)
    linear = fit_network(Data(x, y), options, 1, [held])
    assert (linear.layers, linear.hidden) == (1, 8) and [s[:2] for s in linear.sizes] == [(1, 8), (2, 32)]
    assert all(loss > 0 for _, _, loss in linear.sizes)
    crossed = 0.5 + 0.4 * np.tanh(3 * x[:, 0]) * np.tanh(3 * x[:, 1])
    options = replace(options, sizes=((1, 1), (2, 32)))
    assert fit_network(Data(x, crossed), options, 1, [held]).hidden == 32


def test_too_few_rows_to_hold_out_take_the_middle_size_and_fewer_epochs():
    x, y = noisy(40)
    options = some(LINEAR, "mse", sizes=((1, 4), (1, 8), (2, 8)), scaling="standard", epochs=500, patience=10)
    fit = fit_network(Data(x, y), options, 1, [None])
    assert (fit.layers, fit.hidden) == (1, 8)
    assert len(fit.members[0].curve) == 60 and fit.sizes == [(1, 8, None)]


def test_members_differ_and_are_averaged_by_the_caller():
    x, y = noisy(200)
    fit = fit_network(Data(x, y), some(LINEAR, "mse", scaling="standard", members=3), 1)
    assert len({trained.seed for trained in fit.members}) == 3
    one, two, three = (network.predict(x) for network in fit.networks)
    assert np.abs(one - two).max() > 1e-3 and np.abs(two - three).max() > 1e-3


def test_weights_pull_the_answer():
    x, y = rows(), (np.arange(400) % 2).astype(float)
    options = some(LINEAR, "mse", scaling="standard", epochs=30)
    heavy = fit_network(Data(x, y, np.where(y > 0, 9.0, 1.0)), options, 1).networks[0]
    assert heavy.predict(x).mean() == pytest.approx(0.9, abs=0.03)
    plain = fit_network(Data(x, y), options, 1).networks[0]
    assert plain.predict(x).mean() == pytest.approx(0.5, abs=0.03)


# --- cancel, memory, words --------------------------------------------------------------------------------


class Button(Silent):
    """Pressed after so many looks."""

    def __init__(self, after):
        self.after, self.looks, self.fractions = after, 0, []

    def update(self, fraction, message=None):
        self.fractions.append(fraction)

    def cancelled(self):
        self.looks += 1
        return self.looks > self.after


def test_cancel_between_two_batches():
    button = Button(7)
    threads = torch.get_num_threads()
    with pytest.raises(Cancelled):
        fit_network(Data(rows(), np.full(400, 0.5)), some(LINEAR, "mse", batch=10), 1, progress=button)
    assert button.looks == 8 and torch.get_num_threads() == threads
    assert button.fractions == sorted(button.fractions) and button.fractions[-1] <= 1


def test_sizes_that_do_not_fit_into_memory_are_refused(monkeypatch):
    from carbon_qgis.core import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 10**9)
    check_options(PUBLISHED, (100_000, 8))
    with pytest.raises(InputError, match=r"network of 60 x 8192 .* would need about .* GB of memory; 1.0 GB are free"):
        check_options(replace(PUBLISHED, sizes=((60, 8192),)), (100_000, 8))


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"loss": "l2"}, "'l2' is no loss. Choose one of: l1, mse, huber"),
        ({"head": "softmax"}, "'softmax' is no head"),
        ({"scaling": "log"}, "'log' is no scaling"),
        ({"epochs": 0}, "at least one epoch.*got 0 epochs"),
        ({"rate": 2.0}, "learning rate between 0 and 1"),
        ({"sizes": ((0, 8),)}, "0 layers of 8 is out of reach"),
        ({"sizes": ((1, 10**6),)}, "1 to 8192 are possible"),
    ],
)
def test_options_that_mean_nothing(changes, text):
    with pytest.raises(InputError, match=text):
        check_options(some(**changes), (100, 4))


def test_divergence_is_an_error():
    x = rows() * 1e20
    with pytest.raises(InputError, match="Training diverged in epoch 1.*smaller learning rate than 0.5"):
        fit_network(Data(x, np.full(400, 1e30)), some(LINEAR, "mse", rate=0.5), 1)


def test_devices():
    assert choose_device("cpu") == "cpu" and choose_device("auto") in ("cpu", "cuda")
    with pytest.raises(InputError, match="'tpu' is no device. Choose one of: auto, cpu, cuda"):
        choose_device("tpu")


def test_a_gpu_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(InputError, match="finds no GPU that it can use. Choose 'auto' or 'cpu'"):
        choose_device("cuda")
