"""Steps of gradient descent: the folded network with gradients written out, the network of several steps by autograd.

With one step W_hh of `torch.nn.RNN` has gradient 0 and never acts, and both biases of a layer have the same gradient:
under Adam their sum moves twice as far as each. The folded network with twice the learning rate on its biases therefore
walks the same path as `torch.nn.RNN`, with half of its arithmetic. Its gradient is short enough to write out, which
saves the bookkeeping of autograd: for small networks that is four fifths of the time.
"""

from typing import Any, List, Optional

from .network_torch import Parameters, forward
from .network_weights import RELU

L1, MSE, HUBER = "l1", "mse", "huber"
LOSSES = (L1, MSE, HUBER)
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


def row_losses(difference: Any, loss: str) -> Any:
    """Loss of each row from predicted − target; 'huber' bends at 1."""
    size = difference.abs()
    if loss == L1:
        return size
    if loss == MSE:
        return difference * difference
    inner = size.clamp(max=1.0)
    return inner * (size - 0.5 * inner)


def _slope(difference: Any, loss: str) -> Any:
    """Derivative of `row_losses`."""
    if loss == L1:
        return difference.sign()
    return 2 * difference if loss == MSE else difference.clamp(-1.0, 1.0)


class FoldedSteps:
    """Trains a network of one step.

    All weights lie in one buffer, and so do gradients and moments: Adam is a handful of calls whatever the number of
    layers.

    Parameters
    ----------
    start : start values; they are copied.
    batch : most rows of a step.
    """

    def __init__(self, start: Parameters, head: str, loss: str, rate: float, decay: float, batch: int):
        import torch

        self._torch, self._head, self._loss = torch, head, loss
        self.rate, self._decay, self._count = rate, decay, 0
        values = start.all()
        self._flat = torch.cat([value.reshape(-1) for value in values])
        self._gradient, self._first, self._second, self._scratch = (torch.zeros_like(self._flat) for _ in range(4))
        self.parameters = self._views(self._flat, start)
        self._slopes = self._views(self._gradient, start)
        weights = sum(value.numel() for value in start.w_in) + start.w_out.numel()
        biases = sum(value.numel() for value in start.bias)
        # Slices of the buffer with the factor of their learning rate.
        self._groups = ((slice(0, weights), 1.0), (slice(weights, weights + biases), 2.0), (slice(-1, None), 1.0))
        hidden = len(start.w_out)
        device = self._flat.device
        self._hidden = [torch.empty(batch, hidden, device=device) for _ in start.w_in]
        self._errors = [torch.empty(batch, hidden, device=device) for _ in range(2)]

    def _views(self, buffer: Any, start: Parameters) -> Parameters:
        """The parts of a buffer in the shapes of the start values."""
        values = start.all()
        parts = [part.view(v.shape) for part, v in zip(buffer.split([v.numel() for v in values]), values)]
        layers = len(start.w_in)
        return Parameters(parts[:layers], [], parts[layers + 1 : -1], parts[layers], parts[-1])

    def step(self, x: Any, y: Any, weight: Optional[Any]) -> Any:
        """One step on a batch; the sum of its losses as a tensor.

        Parameters
        ----------
        x, y, weight : (m, d), (m,) and (m,) or None.
        """
        with self._torch.no_grad():
            loss = self._backward(x, y, weight)
            self._adam()
        return loss

    def _backward(self, x: Any, y: Any, weight: Optional[Any]) -> Any:
        torch, own, slopes, rows = self._torch, self.parameters, self._slopes, len(y)
        layers: List[Any] = [x]
        for weights, bias, buffer in zip(own.w_in, own.bias, self._hidden):
            layers.append(torch.addmm(bias, layers[-1], weights.t(), out=buffer[:rows]).tanh_())
        sums = torch.mv(layers[-1], own.w_out) + own.b_out
        difference = (sums.relu() if self._head == RELU else sums) - y
        losses, slope = row_losses(difference, self._loss), _slope(difference, self._loss)
        if self._head == RELU:
            slope = slope * (sums > 0)
        if weight is not None:
            losses, slope = losses * weight, slope * weight
        slope = slope / rows
        torch.mv(layers[-1].t(), slope, out=slopes.w_out)
        slopes.b_out.copy_(slope.sum())
        error, spare = (buffer[:rows] for buffer in self._errors)
        torch.outer(slope, own.w_out, out=error)
        for layer in range(len(own.w_in) - 1, -1, -1):
            output = layers[layer + 1]
            torch.mul(error, output, out=spare)
            error.addcmul_(spare, output, value=-1.0)  # times the derivative of tanh, 1 − output²
            torch.mm(error.t(), layers[layer], out=slopes.w_in[layer])
            torch.sum(error, 0, out=slopes.bias[layer])
            if layer:
                torch.mm(error, own.w_in[layer], out=spare)
                error, spare = spare, error
        return losses.sum()

    def _adam(self) -> None:
        """Adam (Kingma & Ba 2015), with decay of the weights apart from it (Loshchilov & Hutter 2019)."""
        self._count += 1
        self._first.lerp_(self._gradient, 1 - _BETA1)
        self._second.mul_(_BETA2).addcmul_(self._gradient, self._gradient, value=1 - _BETA2)
        correction = (1 - _BETA2**self._count) ** 0.5
        self._torch.sqrt(self._second, out=self._scratch).add_(_EPSILON * correction)
        pace = self.rate * correction / (1 - _BETA1**self._count)
        if self._decay:
            self._flat[self._groups[0][0]].mul_(1 - self.rate * self._decay)
        for part, factor in self._groups:
            self._flat[part].addcdiv_(self._first[part], self._scratch[part], value=-factor * pace)

    def state(self) -> Any:
        """A copy of the weights."""
        return self._flat.clone()

    def restore(self, state: Any) -> None:
        """Put the weights of `state` back."""
        self._flat.copy_(state)


class SequenceSteps:
    """Trains a network of several steps, W_hh included; see `FoldedSteps`."""

    def __init__(self, start: Parameters, head: str, loss: str, rate: float, decay: float, batch: int):
        import torch

        self._torch, self._head, self._loss = torch, head, loss
        self.parameters, self._rate = start, rate
        for tensor in start.all():
            tensor.requires_grad_()
        groups = [
            {"params": start.w_in + start.w_rec + [start.w_out], "lr": rate, "weight_decay": decay},
            {"params": start.bias, "lr": 2 * rate, "weight_decay": 0.0},
            {"params": [start.b_out], "lr": rate, "weight_decay": 0.0},
        ]
        self._adam = torch.optim.AdamW(groups, betas=(_BETA1, _BETA2), eps=_EPSILON, foreach=True)

    @property
    def rate(self) -> float:
        """Learning rate of the weights."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        for group in self._adam.param_groups:
            group["lr"] *= rate / self._rate
        self._rate = rate

    def step(self, x: Any, y: Any, weight: Optional[Any]) -> Any:
        """One step on a batch; x is (m, T, d)."""
        sums = forward(self.parameters, x)
        losses = row_losses((sums.relu() if self._head == RELU else sums) - y, self._loss)
        losses = losses if weight is None else losses * weight
        self._adam.zero_grad(set_to_none=True)
        losses.mean().backward()
        self._adam.step()
        return losses.detach().sum()

    def state(self) -> Any:
        """A copy of the weights."""
        return [tensor.detach().clone() for tensor in self.parameters.all()]

    def restore(self, state: Any) -> None:
        """Put the weights of `state` back."""
        with self._torch.no_grad():
            for tensor, kept in zip(self.parameters.all(), state):
                tensor.copy_(kept)
