"""momentum-cmc.json: losses of momentum CMC on scores of 1, and three optimisation steps of its combined architecture in float64.

The original (github.com/tpapp157/Contrastive_Multiview_Coding-Momentum) is TensorFlow 2.2 and does not run here, so its parts are restated in
PyTorch, each beside the function that it restates. Two of its ways are not: the momentum networks are copies at the start and do follow (there
`Encoder_ema.variables[j] = ...` assigns into a list that nobody keeps), and keys go through the momentum first stages, not the online ones.
"""
import copy

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d, leaky_relu, normalize

import fill
import golden

EPS, T, MOMENTUM = 1e-7, 0.07, 0.9
PAIRS = [(0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (2, 0), (2, 1), (3, 0)]  # CMC_combined.py: the directed pairs
CHANNELS, KINDS = [3, 7, 1, 3], [0, 1, 2, 0]
BATCH, MEMORY, SIDE, STEM, DIM, HIDDEN, RATE, STEPS = 4, 8, 64, 4, 8, [16, 8], 1e-3, 3


def nce(scores, q):
    """CMC_combined.py, the NCE of a matrix whose column 0 is positive: no partition constant, the sum over columns, the mean over rows."""
    pn = q / (q + 1)
    positive = torch.log(scores[:, 0] / (scores[:, 0] + pn + EPS) + EPS)
    negative = torch.log(pn / (scores[:, 1:] + pn + EPS) + EPS).sum(dim=1)
    return -(positive + negative).mean()


def pair_loss(x, y, memory):
    """The pair's inter-batch and intra-batch terms; cosines by division by both lengths, both sides with gradients."""
    x, y, memory = (normalize(rows, dim=1) for rows in (x, y, memory))
    score = lambda a, b: torch.exp((a * b).sum(dim=-1) / T)
    inter = torch.cat([score(x, y)[:, None], torch.exp(x @ memory.T / T)], dim=1)
    intra = torch.stack([score(x, y.roll(-c, dims=0)) for c in range(len(y))], dim=1)  # column c: x[b] with y[(b + c) mod B]
    return nce(inter, len(memory)) + nce(intra, len(y))


def padded(x, border):
    """tf.pad(mode='SYMMETRIC'): the edge pixel is repeated. By positions, as numpy pads them."""
    if border == 0:
        return x
    rows = torch.from_numpy(np.pad(np.arange(x.shape[2]), border, mode="symmetric"))
    columns = torch.from_numpy(np.pad(np.arange(x.shape[3]), border, mode="symmetric"))
    return x[:, :, rows][:, :, :, columns]


class ConvNorm(nn.Module):
    """ConvNorm.py: W / sqrt(sum over (h, w, in) of W^2 + 1e-8), no bias, symmetric padding, then VALID with the stride."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.weight, self.stride = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel)), stride

    def forward(self, x):
        unit = self.weight / torch.sqrt((self.weight ** 2).sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
        return conv2d(padded(x, self.weight.shape[-1] // 2), unit, stride=self.stride)


class Stem(nn.Module):
    """Init_Layer: a plain 5x5 convolution of stride 2 with bias."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(outputs, inputs, 5, 5)), nn.Parameter(torch.empty(outputs))

    def forward(self, x):
        return conv2d(padded(x, 2), self.weight, self.bias, stride=2)


class Block(nn.Module):
    """resblock: activation first; the shortcut takes the activated input."""

    def __init__(self, channels, stride):
        super().__init__()
        outputs = 2 * channels if stride > 1 else channels
        self.conv1 = ConvNorm(channels, channels // 2, 1)
        self.conv2 = ConvNorm(channels // 2, channels // 2, 3, stride)
        self.conv3 = ConvNorm(channels // 2, outputs, 1)
        if stride > 1:
            self.shortcut = ConvNorm(channels, outputs, 1, stride)

    def forward(self, x):
        a = leaky_relu(x, 0.2)
        b = self.conv3(leaky_relu(self.conv2(leaky_relu(self.conv1(a), 0.2)), 0.2))
        return b + (self.shortcut(a) if hasattr(self, "shortcut") else a)


class Core(nn.Module):
    """FeatureExtractor: five times a block of stride 2 and one of stride 1."""

    def __init__(self):
        super().__init__()
        self.stem, channels = Stem(3, STEM), STEM
        for stage in range(1, 6):
            setattr(self, f"layer{stage}", nn.Sequential(Block(channels, 2), Block(2 * channels, 1)))
            channels *= 2
        self.features = channels

    def forward(self, x):
        for stage in range(1, 6):
            x = getattr(self, f"layer{stage}")(x)
        return x


class Head(nn.Module):
    """Classifier: the mean over the map, then activation and linear layer in turn."""

    def __init__(self, features):
        super().__init__()
        layers = []
        for size in HIDDEN + [DIM]:
            layers += [nn.LeakyReLU(0.2), nn.Linear(features, size)]
            features = size
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.mean(dim=(2, 3)))


class Networks(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Core()
        self.stem1, self.stem2 = Stem(7, STEM), Stem(1, STEM)
        for view in range(4):
            setattr(self, f"head{view}", Head(self.encoder.features))

    def forward(self, views):
        stems = [self.encoder.stem, self.stem1, self.stem2]
        return [getattr(self, f"head{v}")(self.encoder(stems[KINDS[v]](views[v]))) for v in range(4)]


def views(step):
    return [fill.inputs(f"cmc.step{step}.view{v}", (BATCH, CHANNELS[v], SIDE, SIDE)).double() for v in range(4)]


def run():
    online = fill.fill_module(Networks()).double()
    follower = copy.deepcopy(online)
    adam = torch.optim.Adam(online.parameters(), lr=RATE, eps=1e-7)
    memory = [normalize(fill.inputs(f"cmc.memory{v}", (MEMORY, DIM)).double(), dim=1) for v in range(4)]
    steps = []
    for step in range(STEPS):
        batch = views(step)
        x = online(batch)
        with torch.no_grad():
            y = follower(batch)
        loss = sum(pair_loss(x[i], x[j], memory[j]) for i, j in PAIRS)
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            for w_ema, w in zip(follower.parameters(), online.parameters()):
                w_ema.mul_(MOMENTUM).add_(w, alpha=1 - MOMENTUM)
        memory = [torch.cat([memory[v], normalize(y[v], dim=1)])[-MEMORY:] for v in range(4)]
        steps.append(float(loss))
    norms = lambda module: {name: golden.twelve(value.double().norm()) for name, value in module.named_parameters()}
    return {"losses": steps, "query": norms(online), "key": norms(follower), "memory": [golden.twelve(rows.sum()) for rows in memory]}


def main():
    args = golden.arguments(__doc__)
    ones = lambda columns: torch.ones(5, columns, dtype=torch.float64)
    golden.write("momentum-cmc.json", {
        "start": {"inter": float(nce(ones(51), 50)), "intra": float(nce(ones(5), 5)), "total": float(8 * (nce(ones(51), 50) + nce(ones(5), 5)))},
        "batch": BATCH, "memory": MEMORY, "side": SIDE, "dim": DIM, "hidden": HIDDEN, "temperature": T, "momentum": MOMENTUM, "rate": RATE, **{"steps": run()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
