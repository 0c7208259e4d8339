"""mocosharp::max_pool2d against libtorch's, values and gradients; with --time, next to it."""
import itertools
import sys

import torch
import torch.nn.functional as F

from common import error, expect, finish, ops, paired


def one(shape, kernel, stride, padding, dtype):
    torch.manual_seed(3)
    x = torch.randn(shape).to(dtype).contiguous(memory_format=torch.channels_last).requires_grad_()
    y = ops.max_pool2d(x, [kernel] * 2, [stride] * 2, [padding] * 2)
    exact = x.detach().float().requires_grad_()
    want = F.max_pool2d(exact, kernel, stride, padding)
    up = torch.randn(want.shape).to(dtype)
    name = f"{shape} {kernel} {stride} {padding} {dtype}"
    expect(f"{name}: y", error(y, want), 0.0)
    got, expected = torch.autograd.grad(y, x, up)[0], torch.autograd.grad(want, exact, up.float())[0]
    expect(f"{name}: gradient", error(got, expected), 1e-6 if dtype == torch.float32 else 1e-2)
    with torch.no_grad():
        expect(f"{name}: without gradient", 0.0 if torch.equal(ops.max_pool2d(x, [kernel] * 2, [stride] * 2, [padding] * 2), y) else 1.0, 0.0)


if "--time" in sys.argv:
    x = torch.randn(64, 64, 64, 64).bfloat16().contiguous(memory_format=torch.channels_last)
    ours = lambda: ops.max_pool2d(x, [3, 3], [2, 2], [1, 1])
    theirs = lambda: F.max_pool2d(x, 3, 2, 1)
    t, o = paired(theirs, ours)
    print(f"forward {t:.2f} / {o:.2f} ms = {t / o:.1f} x")
    x.requires_grad_()
    up = torch.randn(64, 64, 32, 32).bfloat16().contiguous(memory_format=torch.channels_last)
    t, o = paired(lambda: torch.autograd.grad(theirs(), x, up), lambda: torch.autograd.grad(ours(), x, up))
    print(f"forward + backward {t:.2f} / {o:.2f} ms = {t / o:.1f} x")
else:
    checks = 0
    for shape, (kernel, stride, padding), dtype in itertools.product(
            ((2, 64, 16, 16), (3, 48, 7, 9), (2, 5, 8, 8), (1, 16, 3, 3)), ((3, 2, 1), (2, 2, 0), (3, 1, 1)), (torch.float32, torch.bfloat16)):
        one(shape, kernel, stride, padding, dtype)
        checks += 1
    nan = torch.randn(1, 16, 4, 4)
    nan[0, :, 1, 1] = float("nan")
    expect("a NaN passes", 0.0 if ops.max_pool2d(nan, [2, 2], [2, 2], [0, 0])[0, :, 0, 0].isnan().all() else 1.0, 0.0)
    infinite = torch.full((1, 16, 2, 2), float("-inf")).requires_grad_()
    (ops.max_pool2d(infinite, [2, 2], [2, 2], [0, 0])).sum().backward()
    expect("minus infinity has a gradient too", abs(infinite.grad.sum().item() - 16), 0.0)
    finish(checks + 2)
