"""mocosharp::sgd_step_, adam_step_ and lerp_ against torch.optim in float64; with --time, against torch.optim's foreach form."""
import itertools
import sys

import torch

from common import error, expect, finish, ops, paired


def sgd(size, momentum, dampening, decay, nesterov):
    torch.manual_seed(size)
    exact = torch.randn(size, dtype=torch.float64).requires_grad_()
    param, buffer = exact.detach().float(), torch.full((size,), float("nan"))
    optimizer = torch.optim.SGD([exact], lr=0.03, momentum=momentum, dampening=dampening, weight_decay=decay, nesterov=nesterov)
    for step in range(4):
        gradient = torch.randn(size)
        exact.grad = gradient.double()
        optimizer.step()
        ops.sgd_step_(param, gradient, buffer, 0.03, momentum, dampening, decay, nesterov, step == 0, step % 2 == 0)
        expect("gradient zeroed when asked", 0.0 if bool((gradient == 0).all()) == (step % 2 == 0) else 1.0, 0.0)
    expect(f"sgd {size} {momentum} {dampening} {decay} {nesterov}", error(param, exact.detach()), 1e-6)


def adam(size, decay, decoupled):
    torch.manual_seed(size)
    exact = torch.randn(size, dtype=torch.float64).requires_grad_()
    param, first, second = exact.detach().float(), torch.zeros(size), torch.zeros(size)
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    optimizer = kind([exact], lr=1e-2, betas=(0.9, 0.99), eps=1e-6, weight_decay=decay)
    for step in range(1, 6):
        gradient = torch.randn(size)
        exact.grad = gradient.double()
        optimizer.step()
        ops.adam_step_(param, gradient, first, second, 1e-2, 0.9, 0.99, 1e-6, decay, decoupled, step, True)
    expect(f"adam {size} {decay} {decoupled}", error(param, exact.detach()), 1e-5)


def timing():
    shapes = [(512, 512, 3, 3)] * 3 + [(256, 256, 3, 3)] * 4 + [(512,)] * 20
    params = [torch.randn(s).requires_grad_() for s in shapes]
    for p in params:
        p.grad = torch.randn_like(p)
    count = sum(p.numel() for p in params)
    flat, gradient, buffer = torch.randn(count), torch.randn(count), torch.zeros(count)
    optimizer = torch.optim.SGD(params, lr=0.03, momentum=0.9, weight_decay=1e-4, foreach=True)
    theirs, ours = paired(optimizer.step, lambda: ops.sgd_step_(flat, gradient, buffer, 0.03, 0.9, 0.0, 1e-4, False, False, False))
    print(f"sgd over {count / 1e6:.1f} M: {theirs:.2f} / {ours:.2f} ms = {theirs / ours:.1f} x")
    keys = [torch.randn(s) for s in shapes]

    def loop():
        with torch.no_grad():
            for k, q in zip(keys, params):
                k.mul_(0.999).add_(q, alpha=0.001)
    theirs, ours = paired(loop, lambda: ops.lerp_(buffer, flat, 0.999))
    print(f"momentum copy: {theirs:.2f} / {ours:.2f} ms = {theirs / ours:.1f} x")


if "--time" in sys.argv:
    timing()
else:
    checks = 0
    for size, momentum, dampening, decay, nesterov in itertools.product((1, 17, 100003), (0.0, 0.9), (0.0, 0.3), (0.0, 1e-2), (False, True)):
        if not nesterov or (momentum and not dampening):
            sgd(size, momentum, dampening, decay, nesterov)
            checks += 1
    for size, decay, decoupled in itertools.product((1, 17, 100003), (0.0, 1e-2), (False, True)):
        adam(size, decay, decoupled)
        checks += 1
    key, query = torch.randn(70001), torch.randn(70001)
    want = 0.999 * key.double() + 0.001 * query.double()
    ops.lerp_(key, query, 0.999)
    expect("lerp", error(key, want), 1e-7)
    finish(checks + 1)
