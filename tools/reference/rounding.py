"""How far rounding alone moves a run: the spread that a test in float32 is allowed, measured instead of guessed.

A run in float64 is the truth. The same run in float32 is made many times, each with the terms of its sums in another order: what changes is
rounding and nothing else, as it does from one processor, library or kernel to the next. A ReLU that switches over is a step, and one that did not
happen in some runs is not covered by a factor on what did; so the factor comes first: each sum is moved by about ten times its rounding as well.
"""
import contextlib
import itertools

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

import golden

ORDERS = 16
NOISE = 2.0 ** -18  # of a result's root mean square; a float32 convolution is off by 7e-8 to 2e-7 of it


class Reordered(TorchFunctionMode):
    """Convolutions, linear layers and batch norm over channels, features and pictures in an order drawn anew in each call."""

    def __init__(self, seed):
        super().__init__()
        self.random = np.random.default_rng(seed)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = {torch.conv2d: "conv2d", torch.nn.functional.linear: "linear", torch.batch_norm: "batch_norm"}.get(function)
        return getattr(self, name)(*args, **(kwargs or {})) if name else function(*args, **(kwargs or {}))

    def noisy(self, y):
        noise = torch.from_numpy(self.random.uniform(-NOISE, NOISE, tuple(y.shape)).astype("float32"))
        return y + noise * y.detach().square().mean().sqrt()

    def order(self, count):
        order = torch.from_numpy(self.random.permutation(count))
        return order, torch.argsort(order)

    def conv2d(self, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        pictures, back = self.order(len(x))
        x = x.index_select(0, pictures)
        if groups == 1:
            inputs, _ = self.order(x.shape[1])
            x, weight = x.index_select(1, inputs), weight.index_select(1, inputs)
        return self.noisy(torch.conv2d(x, weight, bias, stride, padding, dilation, groups).index_select(0, back))

    def linear(self, x, weight, bias=None):
        inputs, _ = self.order(x.shape[-1])
        rows, back = self.order(len(x))
        return self.noisy(torch.nn.functional.linear(x.index_select(0, rows).index_select(-1, inputs), weight.index_select(1, inputs), bias).index_select(0, back))

    def batch_norm(self, x, *rest):
        pictures, back = self.order(len(x))
        return self.noisy(torch.batch_norm(x.index_select(0, pictures), *rest).index_select(0, back))


@contextlib.contextmanager
def order(seed):
    """One order of all sums; every second one without oneDNN, whose kernels add in blocks."""
    with torch.backends.mkldnn.flags(enabled=seed % 2 == 0), Reordered(seed):
        yield


def orders(run, count=ORDERS, first=0):
    """The results of run(torch.float32), one an order."""
    results = []
    for seed in range(first, first + count):
        with order(seed):
            results.append(run(torch.float32))
    return results


def distance(narrow, wide):
    """Share of the number, of the tensor's length, or of the largest of its first elements, whichever is furthest; lists and dictionaries item by item."""
    if isinstance(wide, dict):
        return {key: distance(narrow[key], wide[key]) for key in wide}
    if isinstance(wide, list):
        return [distance(a, b) for a, b in zip(narrow, wide)]
    if wide is None:
        return None
    if not isinstance(wide, torch.Tensor):
        return abs(narrow - wide) / abs(wide)
    first = [t.detach().double().reshape(-1)[:4] for t in (narrow, wide)]
    return max(golden.noise(narrow, wide), float((first[0] - first[1]).abs().max() / first[1].abs().max()))


def furthest(trees):
    """The largest of each number, to three digits; in a list of steps the largest so far, because a later step carries what an earlier one was moved by."""
    one = trees[0]
    if isinstance(one, dict):
        return {key: furthest([tree[key] for tree in trees]) for key in one}
    if isinstance(one, list):
        return list(itertools.accumulate((furthest(items) for items in zip(*trees)), max))
    return None if one is None else float(f"{max(trees):.3g}")


def spread(narrow, wide):
    """How far the runs are from the one in float64, in a tree like theirs."""
    return furthest([distance(one, wide) for one in narrow])


def measured(run, *names):
    """The run in float64, tensors as checks, and the spread of what is named."""
    wide = run(torch.float64)
    only = lambda tree: {name: tree[name] for name in names if name in tree}
    checked = lambda tree: {key: checked(value) for key, value in tree.items()} if isinstance(tree, dict) else golden.check(tree.float()) if isinstance(tree, torch.Tensor) else tree
    return {**checked(wide), "spread": spread([only(one) for one in orders(run)], only(wide))}
