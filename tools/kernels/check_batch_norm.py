"""mocosharp::batch_norm_act against a float64 composition, over random shapes; with --time, against libtorch's own operators."""
import random
import sys

import torch
import torch.nn.functional as F

from common import error, expect, finish, ops, paired


def reference(x, residual, weight, bias, mean, var, training, momentum, eps, splits, relu):
    y = torch.empty_like(x)
    means, variances = [], []
    for j in range(splits if training else 1):
        part = slice(j, None, splits) if training else slice(None)
        m, v = mean.clone(), var.clone()
        y[part] = F.batch_norm(x[part], m, v, weight, bias, training, momentum, eps)
        means.append(m)
        variances.append(v)
    if residual is not None:
        y = y + residual
    return (y.relu() if relu else y), torch.stack(means).mean(0), torch.stack(variances).mean(0)


def one(seed):
    random.seed(seed)
    torch.manual_seed(seed)
    dtype = random.choice([torch.float32, torch.bfloat16])
    splits = random.choice([1, 1, 2, 4])
    n, c = splits * random.randint(4, 9), random.choice([1, 3, 16, 30, 64, 128])
    shape = [n, c] + random.choice([[], [1, 1], [3, 5], [8, 8]])
    training, relu, with_residual, affine = (random.random() < p for p in (0.8, 0.6, 0.5, 0.8))
    x = (torch.randn(shape) * 2 + random.choice([0, 5, 30])).to(dtype)
    residual = torch.randn(shape).to(dtype) if with_residual else None
    if len(shape) == 4 and random.random() < 0.7:
        x = x.contiguous(memory_format=torch.channels_last)
    weight, bias = (torch.rand(c) + 0.5, torch.randn(c)) if affine else (None, None)
    mean, var = torch.randn(c), torch.rand(c) + 0.5
    upstream = torch.randn(shape).to(dtype)

    leaves = [t for t in (x, residual, weight, bias) if t is not None]
    ours = [t.clone(memory_format=torch.preserve_format).requires_grad_() for t in leaves]
    exact = [t.double().requires_grad_() for t in leaves]

    def spread(tensors):
        tensors = list(tensors)
        return [tensors.pop(0) if t is not None else None for t in (x, residual, weight, bias)]

    m, v = mean.clone(), var.clone()
    y = ops.batch_norm_act(*spread(ours), m, v, training, 0.1, 1e-5, splits, relu)
    want, want_mean, want_var = reference(*spread(exact), mean.double(), var.double(), training, 0.1, 1e-5, splits, relu)
    name = f"seed {seed} {dtype} {shape} splits {splits} training {training} relu {relu} residual {with_residual}"
    limit = 1e-5 if dtype == torch.float32 else 1e-2
    expect(f"{name}: y", error(y, want), limit)
    if training:
        expect(f"{name}: running mean", error(m, want_mean), 1e-5)
        expect(f"{name}: running variance", error(v, want_var), 1e-5)
    # Where the output is within rounding of zero the gate may differ: such entries get no gradient from above.
    upstream = upstream * (want.abs() > 1e-2).to(dtype)
    gradients = torch.autograd.grad(y, ours, upstream)
    wanted = torch.autograd.grad(want, exact, upstream.double())
    for got, expected, which in zip(gradients, wanted, "abcd"):
        if expected.norm() > 1e-6 * upstream.double().norm():
            expect(f"{name}: gradient {which}", error(got, expected), 3e-5 if dtype == torch.float32 else 1e-2)
    with torch.no_grad():
        again = ops.batch_norm_act(x, residual, weight, bias, mean.clone(), var.clone(), training, 0.1, 1e-5, splits, relu)
    expect(f"{name}: without gradient, the same bits", 0.0 if torch.equal(again, y) else 1.0, 0.0)


def timing():
    print("shape, residual: libtorch forward / ours, forward + backward / ours, ms")
    for shape in ([256, 64, 32, 32], [256, 128, 16, 16], [256, 256, 8, 8], [256, 512, 4, 4]):
        for with_residual in (False, True):
            c = shape[1]
            make = lambda: torch.randn(shape).bfloat16().contiguous(memory_format=torch.channels_last)
            x, residual, up = make().requires_grad_(), make().requires_grad_() if with_residual else None, make()
            w, b, m, v = torch.ones(c, requires_grad=True), torch.zeros(c, requires_grad=True), torch.zeros(c), torch.ones(c)

            def theirs():
                y = F.batch_norm(x, m, v, w, b, True, 0.1, 1e-5)
                return (y if residual is None else y + residual).relu()

            def ours():
                return ops.batch_norm_act(x, residual, w, b, m, v, True, 0.1, 1e-5, 1, True)

            def without(f):
                def g():
                    with torch.no_grad():
                        f()
                return g

            both = [x, w, b] + ([residual] if with_residual else [])
            f = paired(without(theirs), without(ours))
            fb = paired(lambda: torch.autograd.grad(theirs(), both, up), lambda: torch.autograd.grad(ours(), both, up))
            print(f"{shape} {with_residual}: {f[0]:.1f} / {f[1]:.1f} = {f[0] / f[1]:.2f} x,  {fb[0]:.1f} / {fb[1]:.1f} = {fb[0] / fb[1]:.2f} x")


if "--time" in sys.argv:
    timing()
else:
    for seed in range(200):
        one(seed)
    finish(200)
