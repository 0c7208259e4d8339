"""amdim.json: one score, and two training steps of AMDIM (arXiv:1906.00910) in float64.

The authors' program needs a GPU (`.cuda()` in costs.py), so the step is restated here from Philip-Bachman/amdim-public at 8754ae1: model.py (Encoder for
32 pixels, ConvResNxN, FakeRKHSConvNet) and costs.py (NCE_MI_MULTI, LossMultiNCE). With --amdim the restated score and encoder are held against theirs.
"""
import argparse
import pathlib
import sys
import types

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, pad, relu

import fill
import golden
import rounding

BATCH, SIDE, NDF, RKHS, DEPTH, STEPS = 4, 32, 8, 40, 2, 2
CLIP, REGULARISATION, RATE = 20.0, 0.05, 0.01
SCORE = (5, 4, 16)  # pictures, places, numbers


class Pair(nn.Module):
    """ConvResNxN without batch norm."""

    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(inputs, outputs, kernel, stride, bias=False), nn.Conv2d(outputs, outputs, 1, bias=False)
        self.kernel, self.stride, self.more = kernel, stride, outputs - inputs

    def forward(self, x):
        return self.conv2(relu(self.conv1(x))) + pad(avg_pool2d(x, self.kernel, self.stride), (0, 0, 0, 0, 0, self.more))


def block(inputs, outputs, kernel, stride, depth):
    return nn.Sequential(Pair(inputs, outputs, kernel, stride), *(Pair(outputs, outputs, 1, 1) for _ in range(depth - 1)))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        n = NDF
        self.stem, self.mix, self.map14 = nn.Conv2d(3, n, 3), block(n, n, 1, 1, 1), block(n, 2 * n, 4, 2, DEPTH)
        self.map7, self.map5, self.map3 = block(2 * n, 4 * n, 2, 2, DEPTH), block(4 * n, 4 * n, 3, 1, DEPTH), block(4 * n, 4 * n, 3, 1, DEPTH)
        self.last, self.norm = Pair(4 * n, RKHS, 3, 1), nn.BatchNorm2d(RKHS)

    def forward(self, x):
        seven = self.map7(self.map14(self.mix(relu(self.stem(x)))))
        five = self.map5(seven)
        return self.norm(self.last(self.map3(five))), five, seven


class Embedding(nn.Module):
    """FakeRKHSConvNet without hidden batch norm, over rows."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first, self.second, self.shortcut = nn.Linear(inputs, outputs, bias=False), nn.Linear(outputs, outputs, bias=False), nn.Linear(inputs, outputs)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x):
        rows = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])
        return self.norm(self.second(relu(self.first(rows))) + self.shortcut(rows)).view(x.shape[0], -1, RKHS)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.five, self.seven = Encoder(), Embedding(4 * NDF, RKHS), Embedding(4 * NDF, RKHS)

    def forward(self, x):
        one, five, seven = self.encoder(x)
        return one.flatten(1), self.five(five), self.seven(seven)


def score(source, target):
    """NCE_MI_MULTI._model_scores: loss and regularizer."""
    n, places, d = target.shape
    raw = torch.einsum("id,jld->ijl", source, target) / d ** 0.5
    u, own = CLIP * torch.tanh(raw / CLIP), torch.eye(n, dtype=torch.bool)
    others = torch.stack([torch.logsumexp(u[i][~own[i]].reshape(-1), 0) for i in range(n)])[:, None]
    return -(u[own] - torch.logaddexp(u[own], others)).mean(), REGULARISATION * (raw ** 2).mean()


def run(dtype):
    net = fill.fill_module(Net(), buffers=False).to(dtype).train()
    sgd = torch.optim.SGD(net.parameters(), RATE)
    losses = []
    for step in range(STEPS):
        (a1, a5, a7), (b1, b5, b7) = (net(fill.inputs(f"step{step}.view{v}", (BATCH, 3, SIDE, SIDE)).to(dtype)) for v in (0, 1))
        place = [torch.from_numpy((fill.hashes(f"step{step}.noise{v}", BATCH) % 25).astype("int64")) for v in (0, 1)]
        rows = torch.arange(BATCH)
        terms = [(a1, b5), (b1, a5), (a1, b7), (b1, a7), (a5[rows, place[0]], b5), (b5[rows, place[1]], a5)]
        loss = sum(sum(score(source, target)) for source, target in terms) / 2
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
    state = net.state_dict()
    names = ["encoder.stem.weight", "encoder.mix.0.conv2.weight", "encoder.map14.0.conv1.weight", "encoder.map7.1.conv1.weight", "encoder.map5.0.conv1.weight",
             "encoder.last.conv1.weight", "encoder.norm.weight", "five.shortcut.weight", "seven.first.weight", "seven.norm.bias"]
    return {"losses": losses, "norms": {name: golden.twelve(state[name].double().norm()) for name in names}}


def one_score():
    n, places, d = SCORE
    source, target = 3 * fill.inputs("amdim.source", (n, d)).double(), 3 * fill.inputs("amdim.target", SCORE).double()
    source.requires_grad_(), target.requires_grad_()
    loss, square = score(source, target)
    gradients = torch.autograd.grad(loss + square, [source, target])
    return {"shape": list(SCORE), "loss": float(loss), "regularizer": float(square), "source": golden.check(gradients[0].float()), "target": golden.check(gradients[1].float())}


def hold_against_the_original(checkout):
    sys.path.insert(0, str(checkout))
    for name, content in (("mixed_precision", {"maybe_half": lambda x: x}), ("utils", {"flatten": None, "random_locs_2d": None, "Flatten": None})):
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(content)
    import costs
    import model
    n, places, d = SCORE
    source, target = 3 * fill.inputs("amdim.source", (n, d)), 3 * fill.inputs("amdim.target", SCORE)
    theirs = costs.NCE_MI_MULTI(tclip=CLIP)._loss_g2l(source, target.reshape(-1, d).T, torch.eye(n))
    for own, other in zip(score(source, target), theirs):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-5)
        print(f"{float(other):.6f} there and here")
    net, original = fill.fill_module(Net()), model.Encoder(torch.zeros(2, 3, SIDE, SIDE), 3, NDF, RKHS, DEPTH, SIDE)
    theirs = [p for name, p in original.layer_list.state_dict().items() if not (".bn" in name and not name.startswith("8."))]
    ours = [p for p in net.encoder.state_dict().values()]
    assert [tuple(p.shape) for p in theirs if p.ndim == 4] == [tuple(p.shape) for p in ours if p.ndim == 4], "the encoders differ in shape"
    with torch.no_grad():
        for a, b in zip([p for p in theirs if p.ndim == 4], [p for p in ours if p.ndim == 4]):
            a.copy_(b)
        original.layer_list[0].conv.bias.copy_(net.encoder.stem.bias)
        original.layer_list[8].bn.weight.copy_(net.encoder.norm.weight)
        original.layer_list[8].bn.bias.copy_(net.encoder.norm.bias)
        x = fill.inputs("amdim.picture", (BATCH, 3, SIDE, SIDE))
        acts = original.train()._forward_acts(x)
        one, five, seven = net.train().encoder(x)
        torch.testing.assert_close(acts[-1], one, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(acts[original.dim2layer[5]], five, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(acts[original.dim2layer[7]], seven, rtol=1e-4, atol=1e-4)
    print("the encoder's three maps agree")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=golden.FOLDER)
    parser.add_argument("--amdim", type=pathlib.Path, help="a checkout of github.com/Philip-Bachman/amdim-public at 8754ae1 to hold score and encoder against")
    args = parser.parse_args()
    if args.amdim:
        hold_against_the_original(args.amdim)
    golden.write("amdim.json", {
        "source": "Philip-Bachman/amdim-public@8754ae1, restated", "batch": BATCH, "side": SIDE, "width": NDF / 128, "features": RKHS, "depth": DEPTH, "lr": RATE,
        "clip": CLIP, "regularization": REGULARISATION, "score": one_score(), "run": rounding.measured(run, "losses", "norms"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
