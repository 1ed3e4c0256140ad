"""A trained network as plain arrays: prediction with numpy alone, and the arrays of a bundle.

`torch.nn.RNN` with one time step and a hidden state of 0 computes tanh(W_ih x + b_ih + b_hh) in every layer: W_hh is
multiplied by 0. The network is therefore kept in its folded form (W_ih and the sum of the biases), a plain tanh
network. With more steps W_hh stays and the steps are walked in time order.
"""

from dataclasses import dataclass
from typing import Dict, List, Mapping, Tuple

import numpy as np

from .errors import BundleError, InputError

RELU, LINEAR = "relu", "linear"
HEADS = (RELU, LINEAR)
#: Rows multiplied at once, whatever the size of a block: what a cell gets does not depend on the block it lies in, and
#: the layers of a batch stay in the processor's cache.
INNER_BATCH = 2048
MAX_LAYERS, MAX_HIDDEN = 64, 8192


@dataclass(frozen=True)
class Network:
    """Weights of one network, float32; inputs and outputs as rows.

    Parameters
    ----------
    w_in : per layer W_ih transposed, (inputs, H) and then (H, H).
    w_rec : per layer W_hh transposed, (H, H); empty for a network of one step.
    bias : per layer b_ih + b_hh, (H,).
    w_out, b_out : (H,) and the constant of the head.
    head : 'relu': max(0, z), as published; 'linear': z clamped to 0–1, the range of the level.
    """

    w_in: Tuple[np.ndarray, ...]
    w_rec: Tuple[np.ndarray, ...]
    bias: Tuple[np.ndarray, ...]
    w_out: np.ndarray
    b_out: float
    head: str = LINEAR

    @property
    def inputs(self) -> int:
        """Columns that it reads."""
        return self.w_in[0].shape[0]

    @property
    def hidden(self) -> int:
        """Width of a layer."""
        return len(self.w_out)

    @property
    def recurrent(self) -> bool:
        """True if it reads several steps."""
        return bool(self.w_rec)

    def predict(self, encoded: np.ndarray) -> np.ndarray:
        """Relative density of each row.

        Parameters
        ----------
        encoded : (n, d) or, for a network of several steps, (n, T, d) with the oldest step first; float32.

        Returns
        -------
        (n,) float32, 0 or more; at most 1 with the linear head.

        Raises
        ------
        InputError
            Rows of another shape.
        """
        encoded = np.asarray(encoded, dtype=np.float32)
        if encoded.shape[-1] != self.inputs or encoded.ndim != (3 if self.recurrent else 2):
            raise InputError(
                "The network reads {} inputs {}; got rows of shape {}.".format(
                    self.inputs, "at several steps" if self.recurrent else "of one step", encoded.shape[1:]
                )
            )
        out = np.empty(len(encoded), dtype=np.float32)
        buffers = np.empty((2, min(INNER_BATCH, len(encoded)), self.hidden), dtype=np.float32)
        forward = self._steps if self.recurrent else self._folded
        for start in range(0, len(encoded), INNER_BATCH):
            rows = encoded[start : start + INNER_BATCH]
            last = forward(rows, buffers[:, : len(rows)])
            np.dot(last, self.w_out, out=out[start : start + len(rows)])
        out += np.float32(self.b_out)
        return np.maximum(out, 0, out=out) if self.head == RELU else np.clip(out, 0, 1, out=out)

    def _folded(self, rows: np.ndarray, buffers: np.ndarray) -> np.ndarray:
        """Last layer of one step, in two buffers that take turns."""
        hidden = rows
        for layer, (weights, bias) in enumerate(zip(self.w_in, self.bias)):
            target = buffers[layer % 2]
            np.matmul(hidden, weights, out=target)
            target += bias
            hidden = np.tanh(target, out=target)
        return hidden

    def _steps(self, rows: np.ndarray, buffers: np.ndarray) -> np.ndarray:
        """Last layer after the last step."""
        sequence: List[np.ndarray] = [rows[:, step] for step in range(rows.shape[1])]
        for weights, recurrent, bias in zip(self.w_in, self.w_rec, self.bias):
            hidden = None
            for step, inputs in enumerate(sequence):
                state = inputs @ weights
                state += bias
                if hidden is not None:
                    state += np.matmul(hidden, recurrent, out=buffers[0])
                hidden = sequence[step] = np.tanh(state, out=state)
        return sequence[-1]


def network_arrays(network: Network, prefix: str) -> Dict[str, np.ndarray]:
    """The arrays of a bundle, named with `prefix`."""
    arrays = {prefix + "out_weights": network.w_out, prefix + "out_bias": np.array([network.b_out], dtype=np.float32)}
    for layer, (weights, bias) in enumerate(zip(network.w_in, network.bias)):
        arrays["{}layer{}_weights".format(prefix, layer)] = weights
        arrays["{}layer{}_bias".format(prefix, layer)] = bias
    for layer, weights in enumerate(network.w_rec):
        arrays["{}layer{}_recurrent".format(prefix, layer)] = weights
    return arrays


def network_from_arrays(
    arrays: Mapping[str, np.ndarray], prefix: str, head: str, inputs: int, steps: int, source: str
) -> Network:
    """The network that `network_arrays` gave, checked before use.

    Parameters
    ----------
    inputs, steps : columns and time steps that it must read.

    Raises
    ------
    BundleError
        Missing arrays, shapes that do not follow one another, numbers that are not finite, another head.
    """

    def array(name: str, *shape: int) -> np.ndarray:
        found = arrays.get(prefix + name)
        if found is None:
            raise BundleError("'{}' is damaged: the array '{}{}' is missing.".format(source, prefix, name))
        if found.shape != shape or found.dtype.kind != "f" or not np.isfinite(found).all():
            raise BundleError(
                "'{}' is damaged: the array '{}{}' ({}) is not one of {} finite numbers.".format(
                    source, prefix, name, found.shape, " x ".join(str(length) for length in shape)
                )
            )
        return np.ascontiguousarray(found, dtype=np.float32)

    hidden = arrays.get(prefix + "out_weights", np.zeros(0)).size
    layers = sum(name.startswith(prefix + "layer") and name.endswith("_weights") for name in arrays)
    if head not in HEADS or not 1 <= layers <= MAX_LAYERS or not 1 <= hidden <= MAX_HIDDEN:
        text = "'{}' is damaged: '{}' is no network ({} layers of {}, head '{}')."
        raise BundleError(text.format(source, prefix, layers, hidden, head))
    names = ["layer{}_".format(layer) for layer in range(layers)]
    return Network(
        w_in=tuple(array(name + "weights", hidden if layer else inputs, hidden) for layer, name in enumerate(names)),
        w_rec=tuple(array(name + "recurrent", hidden, hidden) for name in names) if steps > 1 else (),
        bias=tuple(array(name + "bias", hidden) for name in names),
        w_out=array("out_weights", hidden),
        b_out=float(array("out_bias", 1)[0]),
        head=head,
    )
