"""dim.json: the three bounds, a score network, the discriminator's loss and two training steps of Deep InfoMax (arXiv:1808.06670).

The authors' program needs their own training framework, so the step is restated here: functions/dim_losses.py, functions/gan_losses.py,
functions/gradient_penalty.py, nn_modules/mi_networks.py (MI1x1ConvNet), models/dim.py (LocalDIM, GlobalDIM) and models/prior_matching.py with
models/discriminator.py of rdevon/DIM at bac4765, each named where it is said again. With --dim JSD and InfoNCE are held against theirs.
"""
import argparse
import math
import pathlib
import sys
from functools import partial

import torch
from torch import nn
from torch.nn.functional import log_softmax, relu, softplus

import fill
import golden
import rounding

BATCH, SIDE, WIDTH, FEATURES, UNITS, STEPS = 6, 32, 0.125, 8, 16, 2
RATE, GAMMA, ALPHA, BETA, PENALTY_RATE = 0.05, 0.5, 0.75, 1.25, 1e-3
SCORES = (5, 4, 7)  # pictures, places, units


def bound(parts, whole, kind):
    """functions/dim_losses.py. parts [N, L, U], whole [N, U]."""
    n, places, _ = parts.shape
    u = torch.einsum("iu,jlu->ijl", whole, parts)
    own = torch.eye(n, dtype=torch.bool)
    if kind == "jsd":  # fenchel_dual_loss, measure JSD
        positive = (math.log(2) - softplus(-u))[own].mean()
        return (softplus(-u) + u - math.log(2))[~own].mean() - positive
    if kind == "infoNce":  # infonce_loss
        negatives = u.masked_fill(own[:, :, None], -10).reshape(n, 1, n * places).expand(-1, places, -1)
        return -log_softmax(torch.cat([u[own][:, :, None], negatives], dim=2), dim=2)[:, :, 0].mean()
    others = u[~own].reshape(-1)  # by the formula: donsker_varadhan_loss multiplies masks of two axes with scores of four, and does not run here
    return torch.logsumexp(others, 0) - math.log(len(others)) - u[own].mean()


class Score(nn.Module):
    """MI1x1ConvNet over rows."""

    def __init__(self, inputs, units):
        super().__init__()
        self.first, self.norm, self.second = nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units), nn.Linear(units, units)
        self.shortcut, self.last = nn.Linear(inputs, units, bias=False), nn.LayerNorm(units)

    def forward(self, x):
        return self.last(self.second(relu(self.norm(self.first(x)))) + self.shortcut(x))


class Encoder(nn.Module):
    """configs/convnets.py, basic32x32."""

    def __init__(self, width):
        super().__init__()
        w, d = round(64 * width), round(1024 * width)
        for i, (a, b) in enumerate([(3, w), (w, 2 * w), (2 * w, 4 * w)], 1):
            setattr(self, f"conv{i}", nn.Conv2d(a, b, 4, 2, 1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(b))
        self.dense, self.dense_bn = nn.Linear(4 * w * 16, d, bias=False), nn.BatchNorm1d(d)

    def forward(self, x):
        maps = []
        for i in (1, 2, 3):
            x = relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
            maps.append(x)
        return maps[1], relu(self.dense_bn(self.dense(x.flatten(1))))


class Summary(nn.Module):
    """GlobalDIM's copy of the encoder's layers from the map's own one on."""

    def __init__(self, channels, units):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, channels, 4, 2, 1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * channels)
        self.dense, self.dense_bn = nn.Linear(8 * channels, 8 * channels, bias=False), nn.BatchNorm1d(8 * channels)
        self.last = nn.Linear(8 * channels, units)

    def forward(self, x):
        x = relu(self.bn2(self.conv2(relu(self.bn1(self.conv1(x))))))
        return self.last(relu(self.dense_bn(self.dense(x.flatten(1)))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        channels = round(64 * WIDTH) * 2
        self.encoder, self.head = Encoder(WIDTH), nn.Sequential(nn.Linear(round(1024 * WIDTH), FEATURES))
        self.local, self.local_whole = Score(channels, UNITS), Score(FEATURES, UNITS)
        setattr(self, "global", Summary(channels, UNITS))
        self.global_whole = nn.Linear(FEATURES, UNITS)
        self.prior = nn.Module()
        self.prior.layers = nn.Sequential(nn.Linear(FEATURES, 1000), nn.ReLU(), nn.Linear(1000, 200), nn.ReLU(), nn.Linear(200, 1))


def penalty(net, x):
    """functions/gradient_penalty.py."""
    x = x.detach().requires_grad_()
    gradient = torch.autograd.grad(net(x).sum(), x, create_graph=True)[0]
    return (gradient ** 2).sum(1).mean()


def discriminator_loss(net, drawn, features):
    """discriminator.py with gan_losses.py's measure GAN."""
    p, q = net(drawn), net(features)
    return -((-softplus(-p)).mean() - (softplus(-q) + q).mean()) + 0.5 * (penalty(net, drawn) + penalty(net, features))


def drawn(name, dtype):
    return torch.from_numpy((fill.hashes(name, BATCH * FEATURES) % (1 << 24)).astype("float64") / (1 << 24)).to(dtype).view(BATCH, FEATURES)


def run(kind, dtype):
    net = fill.fill_module(Net(), buffers=False).to(dtype).train()
    d = net.prior.layers
    others = [p for name, p in net.named_parameters() if not name.startswith("prior")]
    sgd, adam = torch.optim.SGD(others, RATE), torch.optim.Adam(d.parameters(), PENALTY_RATE)
    losses, d_losses = [], []
    for step in range(STEPS):
        local_map, features = net.encoder(fill.inputs(f"step{step}.view", (BATCH, 3, SIDE, SIDE)).to(dtype))
        y = net.head(features)
        rows = net.local(local_map.permute(0, 2, 3, 1).reshape(-1, local_map.shape[1])).view(BATCH, 64, UNITS)
        q = torch.sigmoid(y)
        loss = BETA * bound(rows, net.local_whole(y), kind) + ALPHA * bound(getattr(net, "global")(local_map)[:, None], net.global_whole(y), kind) \
            + GAMMA * softplus(-d(q)).mean()
        d_loss = discriminator_loss(d, drawn(f"step{step}.noise", dtype), q.detach())
        sgd.zero_grad()
        loss.backward()
        adam.zero_grad()
        d_loss.backward()
        sgd.step()
        adam.step()
        losses.append(float(loss))
        d_losses.append(float(d_loss))
    state = net.state_dict()
    names = ["encoder.conv1.weight", "encoder.bn2.bias", "encoder.dense.weight", "head.0.weight", "local.shortcut.weight", "local.last.weight", "local_whole.second.weight",
             "global.conv2.weight", "global.last.weight", "global_whole.weight", "prior.layers.0.weight", "prior.layers.2.weight", "prior.layers.4.weight"]
    return {"losses": losses, "discriminatorLosses": d_losses, "norms": {name: golden.twelve(state[name].double().norm()) for name in names}}


def discriminator():
    """The value and the gradients of the discriminator's loss, penalty included, for given draws and features."""
    net = nn.Module()
    net.layers = nn.Sequential(nn.Linear(FEATURES, 1000), nn.ReLU(), nn.Linear(1000, 200), nn.ReLU(), nn.Linear(200, 1))
    fill.fill_module(net, rename=lambda name: f"prior.{name}").double()
    features = torch.sigmoid(fill.inputs("dim.features", (BATCH, FEATURES)).double())
    loss = discriminator_loss(net.layers, drawn("dim.drawn", torch.float64), features)
    loss.backward()
    plain = float(softplus(-net.layers(drawn("dim.drawn", torch.float64))).mean() + softplus(net.layers(features)).mean())
    return {"loss": float(loss), "penalty": float(loss) - plain, "gradients": {name: golden.check(p.grad.float()) for name, p in net.named_parameters() if p.grad is not None}}


def bounds():
    n, places, units = SCORES
    parts, whole = fill.inputs("dim.parts", SCORES).double().requires_grad_(), fill.inputs("dim.whole", (n, units)).double().requires_grad_()
    result = {}
    for kind in ("jsd", "infoNce", "dv"):
        loss = bound(parts, whole, kind)
        gradients = torch.autograd.grad(loss, [parts, whole])
        result[kind] = {"loss": float(loss), "parts": golden.check(gradients[0].float()), "whole": golden.check(gradients[1].float())}
    return result


def hold_against_the_original(checkout):
    sys.path.insert(0, str(checkout))
    from cortex_DIM.functions import dim_losses
    n, places, units = SCORES
    parts, whole = fill.inputs("dim.parts", SCORES), fill.inputs("dim.whole", (n, units))
    l, m = parts.permute(0, 2, 1), whole[:, :, None]
    theirs = {"jsd": dim_losses.fenchel_dual_loss(l, m, "JSD"), "infoNce": dim_losses.infonce_loss(l, m)}
    for kind, value in theirs.items():
        torch.testing.assert_close(bound(parts, whole, kind), value, rtol=1e-5, atol=1e-5)
        print(f"{kind}: {float(value):.6f} there and here")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=golden.FOLDER)
    parser.add_argument("--dim", type=pathlib.Path, help="a checkout of github.com/rdevon/DIM at bac4765 to hold the bounds against")
    args = parser.parse_args()
    if args.dim:
        hold_against_the_original(args.dim)
    golden.write("dim.json", {
        "source": "rdevon/DIM@bac4765, restated", "batch": BATCH, "side": SIDE, "width": WIDTH, "features": FEATURES, "units": UNITS, "lr": RATE,
        "globalWeight": ALPHA, "localWeight": BETA, "priorWeight": GAMMA, "discriminatorRate": PENALTY_RATE, "scores": list(SCORES), "bounds": bounds(), "discriminator": discriminator(),
        "runs": {kind: rounding.measured(partial(run, kind), "losses", "discriminatorLosses", "norms") for kind in ("jsd", "infoNce", "dv")},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
