"""One convolution of libtorch's against float64: what is drawn, what is computed, what counts as sound."""
import dataclasses

LIMITS = {"float32": 2e-5, "bfloat16": 1e-2}  # the largest distance from float64, as a share of the largest number
CALLS = 3  # one case is computed so often, and must give the same bits
MARGIN = 64  # elements of NaN before and behind each operand
MOST_PRODUCTS, MOST_ELEMENTS = 4e6, 4e5


@dataclasses.dataclass(frozen=True)
class Case:
    dtype: str
    direction: str  # forward, input or weight: which result
    layout: str  # of x and the gradient; the weight is contiguous
    n: int
    c: int
    h: int
    w: int
    k: int  # output channels
    kh: int
    kw: int
    sh: int
    sw: int
    ph: int
    pw: int
    groups: int
    threads: int
    data: str  # normal or ones
    seed: int

    @property
    def out(self):
        return (self.h + 2 * self.ph - self.kh) // self.sh + 1, (self.w + 2 * self.pw - self.kw) // self.sw + 1

    @property
    def is_possible(self):
        if self.c % self.groups or self.k % self.groups or self.h + 2 * self.ph < self.kh or self.w + 2 * self.pw < self.kw:
            return False
        places = self.out[0] * self.out[1]
        products = self.n * self.k * places * (self.c // self.groups) * self.kh * self.kw
        return products <= MOST_PRODUCTS and self.n * (self.c * self.h * self.w + self.k * places) <= MOST_ELEMENTS


# Where faults were found, each by its range; a third of the cases is drawn from these, the others from everything.
DIRECTED = [
    {"kh": 1, "kw": 1, "ph": 0, "pw": 0, "sh": [1, 2], "sw": 2, "groups": 1, "n": [1, 3, 5, 16], "c": range(1, 18), "h": range(8, 34, 2), "w": range(8, 34, 2)},
    {"kh": 1, "kw": 1, "ph": 0, "pw": 0, "groups": 1, "n": [1, 3], "k": [*range(1, 18, 2), 31, 65, 129], "h": [5, 10, 12, 20, 24, 36], "w": [6, 10, 12, 18, 20, 36]},
    {"h": range(1, 9), "w": range(1, 5), "sh": [1, 2, 3, 4], "sw": [2, 3, 4]},
    {"kh": [2, 3, 5, 7], "kw": 1, "sw": [3, 4, 5], "w": range(5, 18)},
    {"h": 1, "w": 1, "n": [512, 1024, 2048, 4096], "data": "ones"},
]


def draw(generator, fixed):
    """One case; of a fixed field the value is drawn from those given."""
    pick, area = generator.choice, generator.choice(DIRECTED + [{}] * 8)
    while True:
        kernel, stride = pick([(1, 1)] * 3 + [(3, 3)] * 2 + [(5, 5), (7, 7), (1, 3), (3, 1), (1, 7), (7, 1), (2, 2)]), pick([1, 1, 2, 2, 3, 4])
        few = [*range(1, 18)] * 3 + [24, 32, 48, 64, 128, 408]
        groups = pick([1] * 6 + [2, 2, 3, 4, 8, 16])
        c, k = (pick(few), pick(few)) if groups == 1 else (groups * pick([1, 2, 3, 4, 8, 16, 24]), groups * pick([1, 2, 3, 4, 8, 16, 24]))
        if pick([False] * 5 + [True]):  # depthwise
            groups, k = c, c * pick([1, 2])
        h = pick([1, generator.randint(1, 5), generator.randint(1, 33)])
        w, pad = pick([h, h, generator.randint(1, 33)]), pick([0, 1, 2, 3, kernel[0] // 2, kernel[0] // 2])
        values = {
            "dtype": pick([*LIMITS]), "direction": pick(["forward", "input", "weight"]), "layout": pick(["channels_last", "channels_last", "nchw"]),
            "n": pick([1, 3, 3, 16, 64] if h * w > 1 else [1, 3, 64, 512, 1024, 2048, 4096]), "c": c, "h": h, "w": w, "k": k, "kh": kernel[0], "kw": kernel[1],
            "sh": stride, "sw": pick([stride] * 3 + [1, 2]), "ph": pad, "pw": pick([pad, pad, 0]), "groups": groups, "threads": pick([1, 2, 2, 3, 4]),
            "data": pick(["normal", "normal", "ones"]), "seed": generator.randrange(1 << 30)}
        chosen = {key: pick(value) if isinstance(value, (list, range)) else value for key, value in {**area, **fixed}.items()}
        case = Case(**{**values, **chosen})
        if case.is_possible:
            return case


def _exact(numpy, case, x, weight, gradient):
    """The direction's result in float64, tap by tap."""
    g, (rows, columns), n = case.groups, case.out, case.n
    ci, co = case.c // g, case.k // g
    padded = numpy.zeros((n, case.c, case.h + 2 * case.ph, case.w + 2 * case.pw))
    padded[:, :, case.ph:case.ph + case.h, case.pw:case.pw + case.w] = x
    flat = lambda t, channels: t.reshape(n, g, channels, -1).transpose(1, 2, 0, 3).reshape(g, channels, -1)  # [G, channels, N places]
    up, taps = flat(gradient, co), weight.reshape(g, co, ci, case.kh, case.kw)
    y, to_x, to_weight = numpy.zeros((g, co, n * rows * columns)), numpy.zeros_like(padded), numpy.zeros_like(taps)
    for i in range(case.kh):
        for j in range(case.kw):
            part = (slice(None), slice(None), slice(i, i + (rows - 1) * case.sh + 1, case.sh), slice(j, j + (columns - 1) * case.sw + 1, case.sw))
            if case.direction == "forward":
                y += taps[:, :, :, i, j] @ flat(padded[part], ci)
            elif case.direction == "weight":
                to_weight[:, :, :, i, j] = up @ flat(padded[part], ci).transpose(0, 2, 1)
            else:
                back = taps[:, :, :, i, j].transpose(0, 2, 1) @ up
                to_x[part] += back.reshape(g, ci, n, rows, columns).transpose(2, 0, 1, 3, 4).reshape(n, case.c, rows, columns)
    if case.direction == "forward":
        return y.reshape(g, co, n, rows, columns).transpose(2, 0, 1, 3, 4).reshape(n, case.k, rows, columns)
    return to_weight.reshape(weight.shape) if case.direction == "weight" else to_x[:, :, case.ph:case.ph + case.h, case.pw:case.pw + case.w]


def _surrounded(torch, values, dtype, layout):
    """A tensor of these values, and a test that what lies around it is as it was."""
    count, (n, c, h, w) = values.size, values.shape
    around = torch.full((count + 2 * MARGIN,), float("nan"), dtype=dtype)
    inner = around[MARGIN:MARGIN + count]
    tensor = inner.view(n, c, h, w) if layout == "nchw" else inner.view(n, h, w, c).permute(0, 3, 1, 2)
    tensor.copy_(torch.from_numpy(values))
    return tensor, lambda: bool(around[:MARGIN].isnan().all()) and bool(around[MARGIN + count:].isnan().all())


def _sliced(torch, case, x):
    """A 1 x 1 kernel without padding sees every stride-th pixel and no other: the same convolution without a stride."""
    if (case.kh, case.kw, case.ph, case.pw) != (1, 1, 0, 0):
        return case, x
    layout = torch.contiguous_format if case.layout == "nchw" else torch.channels_last
    rows, columns = case.out
    return dataclasses.replace(case, h=rows, w=columns, sh=1, sw=1), x[:, :, ::case.sh, ::case.sw].contiguous(memory_format=layout)


def _library(torch, case, x, weight, gradient, sliced):
    if sliced and case.direction == "weight":
        case, x = _sliced(torch, case, x)
    common = [case.sh, case.sw], [case.ph, case.pw], [1, 1], False, [0, 0], case.groups
    if case.direction == "forward":
        return torch.ops.aten.convolution(x, weight, None, *common)
    wanted = [case.direction == "input", case.direction == "weight", False]
    return torch.ops.aten.convolution_backward(gradient, x, weight, None, *common, wanted)[wanted.index(True)]


def measure(case, sliced=False):
    """{"error": share of the largest number, "same": equal bits in each call, "intact": nothing beside the operands was written}, or {"refused": why}."""
    import numpy
    import torch
    torch.set_num_threads(case.threads)
    dtype, source = getattr(torch, case.dtype), numpy.random.default_rng(case.seed)
    make = (lambda *shape: numpy.ones(shape)) if case.data == "ones" else (lambda *shape: source.standard_normal(shape))
    drawn = make(case.n, case.c, case.h, case.w), make(case.k, case.c // case.groups, case.kh, case.kw), make(case.n, case.k, *case.out)
    rounded = [torch.from_numpy(values).to(dtype).double().numpy() for values in drawn]
    operands = [_surrounded(torch, values, dtype, "nchw" if i == 1 else case.layout) for i, values in enumerate(rounded)]
    want = _exact(numpy, case, *rounded)
    try:
        results = [_library(torch, case, *(tensor for tensor, _ in operands), sliced).double().contiguous().numpy().copy() for _ in range(CALLS)]
    except RuntimeError as refusal:
        return {"refused": str(refusal).splitlines()[0][:100]}
    worst = max(float(abs(result - want).max()) for result in results) / max(abs(want).max(), 1e-30)
    return {
        "error": worst if worst == worst else float("inf"), "same": all(numpy.array_equal(results[0], other, equal_nan=True) for other in results),
        "intact": all(is_intact() for _, is_intact in operands),
    }


def is_sound(case, result):
    return "refused" in result or ("error" in result and result["error"] <= LIMITS[case.dtype] and result["same"] and result["intact"])
