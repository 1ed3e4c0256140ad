"""Networks in torch: start values, the forward pass of the form of `torch.nn.RNN`, device, threads and memory."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Iterator, List, Tuple

import numpy as np

from .cores import default_threads
from .errors import InputError
from .network_weights import Network

DEVICES = ("auto", "cpu", "cuda")
_LOCK = threading.Lock()
#: Threads of torch before the first training, then one entry per training under way.
_OPEN: List[int] = []


@dataclass
class Parameters:
    """Tensors of a network as torch keeps them.

    Per layer W_ih (H, inputs), W_hh (H, H; none in a network of one step) and b_ih + b_hh (H,); of the head (H,) and
    (1,).
    """

    w_in: List[Any]
    w_rec: List[Any]
    bias: List[Any]
    w_out: Any
    b_out: Any

    def all(self) -> List[Any]:
        """Every tensor: weights first, then the biases of the layers, then that of the head."""
        return self.w_in + self.w_rec + [self.w_out] + self.bias + [self.b_out]


def start_parameters(inputs: int, layers: int, hidden: int, steps: int, seed: int, device: str = "cpu") -> Parameters:
    """Start values, drawn as `torch.manual_seed(seed)` and then `torch.nn.RNN` and `torch.nn.Linear` draw them.

    A generator of its own is used; that of torch is left alone.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    bound = 1.0 / np.sqrt(hidden)

    def draw(*shape: int):
        return torch.empty(shape).uniform_(-bound, bound, generator=generator)

    w_in, w_rec, bias = [], [], []
    for layer in range(layers):
        w_in.append(draw(hidden, hidden if layer else inputs).to(device))
        recurrent = draw(hidden, hidden)  # drawn for one step too, so that what follows is the same
        if steps > 1:
            w_rec.append(recurrent.to(device))
        bias.append((draw(hidden) + draw(hidden)).to(device))
    return Parameters(w_in, w_rec, bias, draw(1, hidden)[0].to(device), draw(1).to(device))


def forward(parameters: Parameters, x: Any) -> Any:
    """Output of the head before ReLU or clamping, (n,).

    Parameters
    ----------
    x : (n, d), or (n, T, d) in time order for a network with W_hh.
    """
    import torch

    linear = torch.nn.functional.linear
    if not parameters.w_rec:
        hidden = x
        for weights, bias in zip(parameters.w_in, parameters.bias):
            hidden = torch.tanh(linear(hidden, weights, bias))
        return torch.mv(hidden, parameters.w_out) + parameters.b_out
    sequence = list(x.unbind(1))
    for weights, recurrent, bias in zip(parameters.w_in, parameters.w_rec, parameters.bias):
        hidden = None
        for step, inputs in enumerate(sequence):
            state = linear(inputs, weights, bias)
            hidden = torch.tanh(state if hidden is None else state + linear(hidden, recurrent))
            sequence[step] = hidden
    return torch.mv(sequence[-1], parameters.w_out) + parameters.b_out


def to_network(parameters: Parameters, head: str, shift: float = 0.0, scale: float = 1.0) -> Network:
    """The arrays of the trained network; `shift` and `scale` undo the standardisation of the target."""

    def rows(tensor) -> np.ndarray:
        # A copy: the tensors may be views of a buffer that is trained on.
        return np.array(tensor.detach().cpu().numpy().T, dtype=np.float32, order="C")

    return Network(
        w_in=tuple(rows(tensor) for tensor in parameters.w_in),
        w_rec=tuple(rows(tensor) for tensor in parameters.w_rec),
        bias=tuple(rows(tensor) for tensor in parameters.bias),
        w_out=rows(parameters.w_out) * np.float32(scale),
        b_out=float(parameters.b_out.detach()) * scale + shift,
        head=head,
    )


def choose_device(device: str) -> str:
    """'cpu' or 'cuda' for a device that may be 'auto'.

    Raises
    ------
    InputError
        An unknown word; 'cuda' where torch finds no GPU.
    """
    import torch

    if device not in DEVICES:
        raise InputError("'{}' is no device. Choose one of: {}.".format(device, ", ".join(DEVICES)))
    if device == "cpu":
        return "cpu"
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise InputError(
            "The device 'cuda' was asked for, but PyTorch {} finds no GPU that it can use. Choose 'auto' or "
            "'cpu'.".format(torch.__version__)
        )
    return "cuda" if found else "cpu"


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """So many threads inside torch, and as many as before afterwards, also where two trainings run at once."""
    import torch

    with _LOCK:
        # Only the first one sees the number that is not ours.
        if not _OPEN:
            _OPEN.append(torch.get_num_threads())
        _OPEN.append(count)
    torch.set_num_threads(count)
    try:
        yield
    finally:
        with _LOCK:
            _OPEN.pop()
            torch.set_num_threads(_OPEN[0])
            if len(_OPEN) == 1:
                _OPEN.clear()


def thread_count(hidden: int) -> int:
    """Threads that help: small layers are done before a second thread has woken up."""
    return 1 if hidden <= 128 else default_threads()


def parameter_count(inputs: int, layers: int, hidden: int, steps: int) -> int:
    """Numbers in the weights and biases of a network."""
    count = hidden * inputs + (layers - 1) * hidden * hidden + layers * hidden + hidden + 1
    return count + (layers * hidden * hidden if steps > 1 else 0)


def memory_needed(shape: Tuple[int, ...], layers: int, hidden: int, batch: int) -> int:
    """Bytes that training takes at its peak, from above.

    Parameters
    ----------
    shape : of the encoded rows, (n, d) or (n, T, d).
    """
    steps = shape[1] if len(shape) == 3 else 1
    weights = parameter_count(shape[-1], layers, hidden, steps)
    # Weights, gradients, two moments of Adam, its temporaries, and the best weights so far.
    state = 4 * 8 * weights
    # Per layer and step: sums, tanh and their gradients.
    activations = 4 * 4 * min(batch, shape[0]) * steps * layers * hidden
    return state + activations + 3 * 4 * int(np.prod(shape, dtype=np.int64))
