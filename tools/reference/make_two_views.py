"""two-views.json: two training steps of each method that compares two views of a batch, restated in PyTorch in float64.

SimCLR: google-research/simclr at 383d414, objective.py, as a mean. SupCon: HobbitLong/SupContrast at 66a8fe5, losses.py, with both temperatures equal.
SimSiam: facebookresearch/simsiam at a7bc177, simsiam/builder.py and main_simsiam.py. BYOL: google-deepmind/deepmind-research at 4822a45, byol/byol_experiment.py.
VICReg: facebookresearch/vicreg at 4e12602, main_vicreg.py. Barlow Twins: facebookresearch/barlowtwins at 8e8d284, main.py.
MoCo v3: facebookresearch/moco-v3 at c349e6e, moco/builder.py. DenseCL: WXinlong/DenseCL at b64bbb6, openselfsup/models/densecl.py.
"""
import copy
import math
from functools import partial

import torch
import torch.nn as nn
from torch.nn.functional import cross_entropy, normalize, relu

import contrast
import fill
import golden
import resnets
import rounding

BATCH, SIDE, DIM, HIDDEN, PREDICTOR, STEPS, TEMPERATURE, MOMENTUM, QUEUE = 8, 16, 16, 20, 28, 2, 0.2, 0.9, 24
LABELS = [0, 1, 0, 2, -1, 1, 0, -1]
OPTIMIZER = {"lr": 0.01, "momentum": 0.9, "weightDecay": 1e-4}


def normed(sizes, end):
    """Linear without bias, batch norm, ReLU; the last: 'biased', 'unbiased' or 'normed' (without scale and shift)."""
    layers = []
    for i, o in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(i, o, bias=False), nn.BatchNorm1d(o), nn.ReLU()]
    layers += [nn.Linear(sizes[-2], sizes[-1], bias=end == "biased")] + ([nn.BatchNorm1d(sizes[-1], affine=False)] if end == "normed" else [])
    return nn.Sequential(*layers)


def plain(sizes):
    return nn.Sequential(nn.Linear(sizes[0], sizes[1]), nn.ReLU(), nn.Linear(sizes[1], sizes[2]))


def mean_cosine(p, z):
    return (normalize(p) * normalize(z)).sum(1).mean()


def pair_logits(net, views):
    """[2N, 2N]: both views through the network together; no view is compared with itself."""
    z = normalize(net["head"](net["encoder"](torch.cat(views))))
    return (z @ z.T / TEMPERATURE).masked_fill(torch.eye(len(z), dtype=torch.bool), -math.inf)


class Simclr:
    heads = staticmethod(lambda: {"head": plain([512, HIDDEN, DIM])})

    @staticmethod
    def loss(net, target, views, state):
        own = torch.arange(BATCH)
        return cross_entropy(pair_logits(net, views), torch.cat([own + BATCH, own]))


class SimclrNormed(Simclr):
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, HIDDEN, DIM], "normed")})


class Supcon(Simclr):
    @staticmethod
    def loss(net, target, views, state):
        logs = pair_logits(net, views).log_softmax(1)
        total = 0
        for anchor in range(2 * BATCH):
            same = lambda other: anchor % BATCH == other % BATCH or LABELS[anchor % BATCH] == LABELS[other % BATCH] >= 0
            positives = [other for other in range(2 * BATCH) if other != anchor and same(other)]
            total = total - logs[anchor, positives].mean()
        return total / (2 * BATCH)


class Simsiam:
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, HIDDEN, DIM], "normed"), "predictor": normed([DIM, PREDICTOR, DIM], "biased")})

    @staticmethod
    def loss(net, target, views, state):
        z1, z2 = (net["head"](net["encoder"](view)) for view in views)
        p1, p2 = net["predictor"](z1), net["predictor"](z2)
        return -(mean_cosine(p1, z2.detach()) + mean_cosine(p2, z1.detach())) / 2


class Byol:
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, DIM], "unbiased"), "predictor": normed([DIM, PREDICTOR, DIM], "unbiased")})
    rate = staticmethod(lambda step: 1 - (1 - MOMENTUM) * (1 + math.cos(math.pi * step / STEPS)) / 2)  # of the update behind this step

    @staticmethod
    def loss(net, target, views, state):
        with torch.no_grad():
            t1, t2 = (target["head"](target["encoder"](view)) for view in views)
        z1, z2 = (net["head"](net["encoder"](view)) for view in views)
        distance = lambda p, t: (normalize(p) - normalize(t)).square().sum(1)
        return (distance(net["predictor"](z1), t2) + distance(net["predictor"](z2), t1)).mean()


class Vicreg:
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, HIDDEN, DIM], "unbiased")})

    @staticmethod
    def loss(net, target, views, state):
        x, y = (net["head"](net["encoder"](view)) for view in views)
        invariance = (x - y).square().mean()
        x, y = x - x.mean(0), y - y.mean(0)
        variance = sum(relu(1 - (one.var(0) + 0.0001).sqrt()).mean() / 2 for one in (x, y))
        off = ~torch.eye(DIM, dtype=torch.bool)
        covariance = sum((one.T @ one / (BATCH - 1))[off].square().sum() / DIM for one in (x, y))
        return 25 * invariance + 25 * variance + covariance


class Barlow:
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, HIDDEN, DIM], "unbiased"), "norm": nn.BatchNorm1d(DIM, affine=False)})

    @staticmethod
    def loss(net, target, views, state):
        a, b = (net["norm"](net["head"](net["encoder"](view))) for view in views)
        c = a.T @ b / BATCH
        off = ~torch.eye(DIM, dtype=torch.bool)
        return (torch.diagonal(c) - 1).square().sum() + 0.0051 * c[off].square().sum()


class Mocov3:
    heads = staticmethod(lambda: {"head": normed([512, HIDDEN, DIM], "normed"), "predictor": normed([DIM, PREDICTOR, DIM], "unbiased")})
    rate = staticmethod(lambda step: 1 - (1 - MOMENTUM) * (1 + math.cos(math.pi * (step + 1) / STEPS)) / 2)  # the original's comes before the next step

    @staticmethod
    def loss(net, target, views, state):
        q1, q2 = (normalize(net["predictor"](net["head"](net["encoder"](view)))) for view in views)
        with torch.no_grad():
            k1, k2 = (normalize(target["head"](target["encoder"](view))) for view in views)
        own = torch.arange(BATCH)
        return sum(cross_entropy(q @ k.T / TEMPERATURE, own) * 2 * TEMPERATURE for q, k in ((q1, k2), (q2, k1)))


class Densecl:
    heads = staticmethod(lambda: {"head": plain([512, HIDDEN, DIM]), "dense": plain([512, HIDDEN, DIM])})
    rate = staticmethod(lambda step: MOMENTUM)

    @staticmethod
    def see(net, view):
        """Global output, [N, D]; dense outputs [N, D, P]; their mean; the map [N, C, P]: all normalized."""
        encoder, maps = net["encoder"], []
        hook = encoder.layer4.register_forward_hook(lambda module, inputs, output: maps.append(output))
        whole = net["head"](encoder(view))
        hook.remove()
        places = maps[0].flatten(2)
        dense = net["dense"](places.transpose(1, 2)).transpose(1, 2)
        return normalize(whole), normalize(dense), normalize(dense.mean(2)), normalize(places)

    @staticmethod
    def loss(net, target, views, state):
        q, q_grid, _, q_map = Densecl.see(net, views[0])
        with torch.no_grad():
            k, k_grid, k_mean, k_map = Densecl.see(target, views[1])
        nearest = (q_map.transpose(1, 2) @ k_map).max(2)[1]  # [N, P]
        positive = (q_grid * torch.gather(k_grid, 2, nearest.unsqueeze(1).expand_as(q_grid))).sum(1).reshape(-1, 1)
        negative = q_grid.transpose(1, 2).reshape(-1, DIM) @ state["dense_queue"].T
        term = lambda pos, neg: cross_entropy(torch.cat([pos, neg], 1) / TEMPERATURE, torch.zeros(len(pos), dtype=torch.long))
        whole, dense = term((q * k).sum(1, keepdim=True), q @ state["queue"].T), term(positive, negative)
        state["queue"] = torch.cat([state["queue"][BATCH:], k])
        state["dense_queue"] = torch.cat([state["dense_queue"][BATCH:], k_mean])
        return (whole + dense) / 2


METHODS = {"simclr": Simclr, "simclr-normed": SimclrNormed, "supcon": Supcon, "simsiam": Simsiam, "byol": Byol, "vicreg": Vicreg, "barlow-twins": Barlow,
           "moco-v3": Mocov3, "densecl": Densecl}
NAMES = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "predictor.0.weight", "predictor.3.weight", "dense.2.weight"]


def run(method, dtype):
    encoder = resnets.build("resnet18", small_stem=True)
    encoder.fc = nn.Identity()
    net = nn.ModuleDict({"encoder": encoder, **method.heads()})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    target = copy.deepcopy(net) if hasattr(method, "rate") else None
    state = {name: fill.directions(name, (QUEUE, DIM)).to(dtype) for name in ("queue", "dense_queue")}
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses = []
    for step in range(STEPS):
        views = [fill.inputs(f"step{step}.{view}", (BATCH, 3, SIDE, SIDE)).to(dtype) for view in ("a", "b")]
        loss = method.loss(net, target, views, state)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
        if target is not None:
            rate = method.rate(step)
            with torch.no_grad():
                for leader, follower in zip(net.parameters(), target.parameters()):
                    follower.copy_(follower * rate + leader * (1 - rate))
    norms = {name: golden.twelve(value.double().norm()) for name, value in net.state_dict().items() if name in NAMES}
    if target is not None:
        norms.update({f"target.{name}": golden.twelve(value.double().norm()) for name, value in target.state_dict().items()
                      if name in NAMES and not name.startswith("predictor")})
    return {"losses": losses, "norms": norms}


def main():
    args = golden.arguments(__doc__)
    golden.write("two-views.json", {
        "batch": BATCH, "side": SIDE, "dim": DIM, "hidden": HIDDEN, "predictor": PREDICTOR, "temperature": TEMPERATURE, "keyMomentum": MOMENTUM, "queue": QUEUE,
        "steps": STEPS, "labels": LABELS, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        **{name: rounding.measured(partial(run, method), "losses", "norms") for name, method in METHODS.items()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
