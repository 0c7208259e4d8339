"""mocosharp::conv2d against float64, all three directions, over many shapes; with --time [--fp32], ours against libtorch's own
kernels; with --time-grouped, grouped convolutions against dense ones."""
import json
import random
import sys

import torch
import torch.nn.functional as F

from common import error, expect, finish, ops, paired

# n, in channels, height, width, out channels, kernel, stride, padding[, groups]
STEP_32 = [(256, 3, 32, 32, 64, 3, 1, 1), (256, 64, 32, 32, 64, 3, 1, 1), (256, 64, 32, 32, 128, 3, 2, 1), (256, 64, 32, 32, 128, 1, 2, 0),
           (256, 128, 16, 16, 128, 3, 1, 1), (256, 128, 16, 16, 256, 3, 2, 1), (256, 128, 16, 16, 256, 1, 2, 0),
           (256, 256, 8, 8, 256, 3, 1, 1), (256, 256, 8, 8, 512, 3, 2, 1), (256, 256, 8, 8, 512, 1, 2, 0), (256, 512, 4, 4, 512, 3, 1, 1)]
STEP_128 = [(64, 3, 128, 128, 64, 7, 2, 3), (64, 64, 32, 32, 64, 1, 1, 0), (64, 64, 32, 32, 256, 1, 1, 0), (64, 256, 32, 32, 64, 1, 1, 0),
            (64, 256, 32, 32, 128, 1, 1, 0), (64, 128, 32, 32, 128, 3, 2, 1), (64, 256, 32, 32, 512, 1, 2, 0), (64, 512, 16, 16, 128, 1, 1, 0),
            (64, 256, 16, 16, 256, 3, 2, 1), (64, 1024, 8, 8, 256, 1, 1, 0), (64, 256, 8, 8, 1024, 1, 1, 0), (64, 512, 8, 8, 512, 3, 2, 1),
            (64, 512, 4, 4, 2048, 1, 1, 0), (64, 2048, 4, 4, 512, 1, 1, 0)]
ODD = [(33, 64, 8, 8, 64, 3, 1, 1), (5, 32, 16, 16, 48, 3, 1, 1), (2, 16, 20, 20, 16, 3, 1, 1), (64, 64, 4, 4, 96, 3, 1, 1),
       (40, 64, 7, 9, 128, 1, 2, 0), (3, 48, 5, 7, 32, 1, 1, 0), (2, 3, 20, 20, 64, 7, 2, 3), (2, 32, 18, 33, 32, 5, 2, 2),
       (2, 32, 18, 33, 32, 5, 3, 2), (33, 48, 6, 5, 32, 5, 1, 2), (33, 64, 6, 5, 32, 7, 2, 3), (1, 64, 1, 1, 64, 1, 1, 0),
       (130, 512, 4, 4, 512, 3, 1, 1), (70, 16, 2, 2, 16, 3, 2, 1), (4, 7, 9, 9, 5, 3, 1, 1), (4, 1, 28, 28, 32, 3, 1, 1)]


# RegNetX's grouped convolutions, first of a stage and others; group widths 8 to 48 of RegNetX-200MF, 400MF, 600MF, 3.2GF and 4.0GF.
GROUPED = [(64, 24, 32, 32, 24, 3, 2, 1, 3), (64, 56, 16, 16, 56, 3, 1, 1, 7), (64, 152, 8, 8, 152, 3, 1, 1, 19), (64, 64, 32, 32, 64, 3, 1, 1, 4),
           (64, 160, 16, 16, 160, 3, 2, 1, 10), (64, 96, 32, 32, 96, 3, 1, 1, 4), (64, 240, 16, 16, 240, 3, 1, 1, 10),
           (64, 528, 8, 8, 528, 3, 2, 1, 22), (64, 240, 16, 16, 240, 3, 1, 1, 6), (64, 192, 16, 16, 192, 3, 1, 1, 4), (64, 432, 8, 8, 432, 3, 1, 1, 9),
           (64, 432, 16, 16, 432, 3, 2, 1, 9), (64, 1008, 4, 4, 1008, 3, 1, 1, 21), (64, 408, 8, 8, 408, 3, 1, 1, 17)]


def random_cases(count, seed=0):
    generator = random.Random(seed)
    cases = []
    while len(cases) < count:
        groups = generator.choice([1, 1, 2, 3, 4, 6, 16])
        inner, outer = generator.choice([1, 2, 3, 8, 12, 16, 24, 40, 48]), generator.choice([1, 4, 8, 12, 16, 24, 40, 48])
        kernel, stride = generator.choice([1, 2, 3, 3, 3, 5]), generator.choice([1, 1, 2, 3])
        size = lambda: generator.randint(kernel, 40)
        cases.append((generator.randint(1, 40), inner * groups, size(), size(), outer * groups, kernel, stride, generator.randint(0, kernel), groups))
    return cases


LEVELS = ["avx2", "avx512", "avx512bf16", "amx"]


def make(case, dtype):
    n, c, h, w, k, kernel, stride, padding, groups = (*case, 1)[:9]
    c //= groups
    x = torch.randn(n, c * groups, h, w).to(dtype).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(k, c, kernel, kernel) / (c * kernel * kernel) ** 0.5
    return x, weight, torch.randn(k), [stride, stride], [padding, padding], groups


def one(case, mode, dtype, with_bias):
    torch.manual_seed(1)
    ops.set_conv_mode(mode)
    x, weight, bias, stride, padding, groups = make(case, dtype)
    bias = bias if with_bias else None
    leaves = [t.requires_grad_() for t in (x, weight, bias) if t is not None]
    exact = [x.detach().double().requires_grad_(), weight.detach().to(dtype).double().requires_grad_()]
    exact += [bias.detach().double().requires_grad_()] if with_bias else []
    y = ops.conv2d(x, weight, bias, stride, padding, groups)
    want = F.conv2d(exact[0], exact[1], exact[2] if with_bias else None, stride, padding, groups=groups)
    up = torch.randn(want.shape).to(dtype)
    name = f"{mode} {dtype} {case} bias {with_bias}"
    limit = 1e-2 if dtype == torch.bfloat16 else 1e-5
    expect(f"{name}: y", error(y, want), limit)
    got, again = (torch.autograd.grad(ops.conv2d(x, weight, bias, stride, padding, groups), leaves, up) for _ in range(2))
    for g, g2, e, leaf, which in zip(got, again, torch.autograd.grad(want, exact, up.double()), leaves, ("x", "weight", "bias")):
        expect(f"{name}: gradient of {which}", error(g, e), limit)
        expect(f"{name}: gradient of {which}, twice the same bits", 0.0 if torch.equal(g, g2) else 1.0, 0.0)
        expect(f"{name}: gradient of {which} has its leaf's type", 0.0 if g.dtype == leaf.dtype else 1.0, 0.0)
    with torch.no_grad():
        expect(f"{name}: without gradient", 0.0 if torch.equal(ops.conv2d(x, weight, bias, stride, padding, groups), y) else 1.0, 0.0)


def fork(case, mode):
    torch.manual_seed(2)
    ops.set_conv_mode(mode)
    x, weight, _, stride, padding, groups = make(case, torch.bfloat16)
    exact = [x.double().requires_grad_(), weight.bfloat16().double().requires_grad_()]
    leaves = [x.requires_grad_(), weight.requires_grad_()]
    y, same = ops.conv2d_fork(x, weight, None, stride, padding, groups)
    up, side = torch.randn(y.shape).bfloat16(), torch.randn(x.shape).bfloat16()
    want = F.conv2d(*exact, None, stride, padding, groups=groups)
    got = torch.autograd.grad([y, same], leaves, [up, side])
    for g, e in zip(got, torch.autograd.grad([want, exact[0] * 1.0], exact, [up.double(), side.double()])):
        expect(f"fork {mode} {case}", error(g, e), 1e-2)
    y, same = ops.conv2d_fork(x, weight, None, stride, padding, groups)
    expect(f"fork {mode} {case}: only the shortcut used", error(torch.autograd.grad(same, x, side)[0], side), 0.0)
    y, same = ops.conv2d_fork(x, weight, None, stride, padding, groups)
    expect(f"fork {mode} {case}: only y used", error(torch.autograd.grad(y, x, up)[0], torch.autograd.grad(
        F.conv2d(*exact, None, stride, padding, groups=groups), exact[0], up.double())[0]), 1e-2)


def moments(case, mode, splits, expected):
    torch.manual_seed(4)
    ops.set_conv_mode(mode)
    x, weight, bias, stride, padding, groups = make(case, torch.bfloat16)
    y, same, sums = ops.conv2d_moments(x.requires_grad_(), weight.requires_grad_(), bias, stride, padding, groups, splits)
    name = f"moments {mode} {case} splits {splits}"
    expect(f"{name}: y as conv2d gives it", 0.0 if torch.equal(y, ops.conv2d(x, weight, bias, stride, padding, groups)) else 1.0, 0.0)
    expect(f"{name}: x passes", 0.0 if torch.equal(same, x) else 1.0, 0.0)
    expect(f"{name}: present", 0.0 if (sums.numel() > 0) == expected else 1.0, 0.0)
    c = y.shape[1]
    state = lambda: (torch.ones(c), torch.zeros(c), torch.zeros(c), torch.ones(c))
    w, b, mean, var = state()
    plain = ops.batch_norm_act(y, None, w, b, mean, var, True, 0.1, 1e-5, splits, False)
    w, b, mean2, var2 = state()
    fused = ops.batch_norm_act.moments(y, None, w, b, mean2, var2, True, 0.1, 1e-5, splits, False, sums)
    expect(f"{name}: batch norm", error(fused, plain), 2e-3)
    expect(f"{name}: running variance", error(var2, var), 1e-4)
    expect(f"{name}: running mean", error(mean2, mean), 1e-3)
    up = torch.randn(y.shape).bfloat16()
    for a, e in zip(torch.autograd.grad(fused, [x, weight], up, retain_graph=True), torch.autograd.grad(plain, [x, weight], up)):
        expect(f"{name}: gradients", error(a, e), 1e-2)


def choices():
    ops.set_conv_choices("{}")
    ops.set_conv_mode("auto")
    x, weight, _, stride, padding, groups = make((32, 32, 8, 8, 32, 3, 1, 1), torch.bfloat16)
    ops.conv2d(x, weight, None, stride, padding, groups)
    table = json.loads(ops.conv_choices())
    expect("one choice after one call", abs(len(table) - 1), 0)
    for name in ("tiles", "library"):
        text = json.dumps({key: name for key in table})
        ops.set_conv_choices(text)
        ops.conv2d(x, weight, None, stride, padding, groups)
        expect("a given table stays", 0.0 if json.loads(ops.conv_choices()) == json.loads(text) else 1.0, 0.0)
    for wrong in ("{", '{"a": "fast"}', '{"a" "tiles"}'):
        try:
            ops.set_conv_choices(wrong)
            expect(f"{wrong} is refused", 1.0, 0.0)
        except RuntimeError:
            pass


def directions(case, dtype=torch.bfloat16):
    """Functions of a mode that compute each direction once; and the arithmetic of one, in billions."""
    x, weight, _, stride, padding, groups = make(case, dtype)
    x.requires_grad_(case[1] > 3)
    weight.requires_grad_()
    y = ops.conv2d(x, weight, None, stride, padding, groups)
    up = torch.randn(y.shape).to(dtype).contiguous(memory_format=torch.channels_last)

    def backward(leaf, other):
        other.requires_grad_(False)
        kept = ops.conv2d(x, weight, None, stride, padding, groups)
        other.requires_grad_(other is weight or case[1] > 3)
        return lambda: torch.autograd.grad(kept, leaf, up, retain_graph=True)

    def forward():
        with torch.no_grad():
            ops.conv2d(x, weight, None, stride, padding, groups)

    def under(function):
        def run(mode):
            ops.set_conv_mode(mode)
            function()
        return run

    found = {"forward": under(forward), "weight": under(backward(weight, x))}
    if case[1] > 3:
        found["input"] = under(backward(x, weight))
    return found, 2e-9 * y.numel() * weight[0].numel()


def timing(dtype, cases, own="tiles"):
    for case in cases:
        found, billions = directions(case, dtype)
        text = str(case).ljust(36)
        for name, run in found.items():
            theirs, ours = paired(lambda: run("library"), lambda: run(own), repetitions=3 if dtype == torch.float32 else 5)
            text += f"  {name} {theirs:6.2f} / {ours:6.2f} ms = {theirs / ours:5.2f} x, {1e3 * billions / ours:5.0f} GFLOP/s"
        print(text, flush=True)


def timing_grouped():
    """Each grouped convolution against a dense one of the same map and the same arithmetic, each by the faster of its two implementations."""
    for case in GROUPED:
        n, c, h, w, k, kernel, stride, padding, groups = case
        side = max(16, round((c * c // groups) ** 0.5 / 16) * 16)
        grouped, billions = directions(case)
        dense, dense_billions = directions((n, side, h, w, side, kernel, stride, padding))
        text = f"{n} x {c} channels in groups of {c // groups}, {h} px, stride {stride}:".ljust(58)
        for name in grouped:
            runs = [lambda f=f, mode=mode: f(mode) for f in (grouped[name], dense[name]) for mode in ("library", "tiles")]
            library, ours, *equals = paired(*runs, repetitions=9)
            equal = min(equals) * billions / dense_billions
            text += f"  {name} {library:6.2f} / {ours:6.2f} ms, {min(library, ours) / equal:4.2f} of dense"
        print(text, flush=True)


if "--time" in sys.argv:
    if "--fp32" in sys.argv:
        for own in ("columns", "winograd"):
            print(own)
            timing(torch.float32, STEP_32 if own == "columns" else [c for c in STEP_32 if c[5:] == (3, 1, 1) and c[1] > 3], own)
    else:
        timing(torch.bfloat16, STEP_32 + STEP_128)
        if ops.machine_level() != "amx":
            print("winograd")
            timing(torch.bfloat16, [c for c in STEP_32 if c[5:] == (3, 1, 1) and c[1] > 3], "winograd")
elif "--time-grouped" in sys.argv:
    timing_grouped()
else:
    cases = 0
    levels = [level for level in LEVELS if LEVELS.index(level) <= LEVELS.index(ops.machine_level())]
    print("levels:", *levels)
    for case in STEP_32 + STEP_128 + ODD + GROUPED + random_cases(60):
        small = (min(case[0], 40),) + case[1:] if case in STEP_32 + STEP_128 + GROUPED else case
        for mode in ("tiles", "library"):
            one(small, mode, torch.bfloat16, with_bias=cases % 3 == 0)
            cases += 1
    for level in levels:
        ops.set_level(level)
        for case in STEP_32 + ODD + random_cases(25, seed=1):
            small = (min(case[0], 20),) + case[1:]
            for mode in ("columns", "winograd"):
                one(small, mode, torch.float32, with_bias=cases % 3 == 0)
                cases += 1
            for mode in ("tiles", "winograd"):
                one(small, mode, torch.bfloat16, with_bias=cases % 2 == 0)
                cases += 1
    ops.set_level("auto")
    for case in ((8, 64, 32, 32, 64, 3, 1, 1), (33, 64, 8, 8, 128, 3, 2, 1), (8, 64, 32, 32, 64, 1, 2, 0), (33, 32, 7, 7, 48, 1, 2, 0), (33, 72, 9, 9, 72, 3, 2, 1, 3)):
        for mode in ("tiles", "library"):
            fork(case, mode)
            cases += 1
    for case, splits, expected in (((8, 64, 32, 32, 64, 3, 1, 1), 4, True), ((64, 64, 8, 8, 128, 3, 2, 1), 8, True),
                                   ((40, 32, 7, 7, 48, 3, 1, 1), 5, True), ((40, 48, 10, 9, 48, 3, 1, 1, 2), 5, True), ((8, 64, 16, 16, 32, 1, 1, 0), 2, True),
                                   ((64, 64, 8, 8, 256, 1, 1, 0), 8, True), ((6, 3, 32, 32, 64, 3, 1, 1), 3, True),
                                   ((6, 32, 20, 20, 64, 3, 1, 1), 1, False), ((8, 72, 16, 16, 72, 3, 1, 1, 3), 2, True)):
        moments(case, "tiles", splits, expected)
        moments(case, "library", splits, False)
        cases += 2
    if ops.machine_level() == "amx":
        ops.set_level("avx512bf16")
    for case, splits in (((8, 64, 32, 32, 64, 3, 1, 1), 4), ((40, 32, 7, 7, 48, 3, 1, 1), 5), ((6, 80, 5, 9, 16, 3, 1, 0), 3)):
        moments(case, "winograd", splits, True)
        cases += 1
    ops.set_level("auto")
    choices()
    finish(cases + 1)
