"""momentum-cmc.json: losses of momentum CMC on scores of 1, optimization steps of its architectures, heads and losses, and its cores' features, in float64.

The original (github.com/tpapp157/Contrastive_Multiview_Coding-Momentum) is TensorFlow 2.2 and does not run here, so its parts are restated in
PyTorch, each beside the function that it restates; the networks are in convnorm_nets.py. Some of its ways are not restated: the momentum networks are copies at the
start and do follow (there `Encoder_ema.variables[j] = ...` assigns into a list that nobody keeps), keys go through the momentum first stages, not the online
ones, and the first architecture's scores have the loss's eps and each score's own two lengths, as the second's. InfoNCE is not in the original: it is arXiv:1807.03748, eq. 4.
"""
import copy

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

import convnorm_nets as nets
import fill
import golden

EPS, T, MOMENTUM = 1e-7, 0.07, 0.9
PAIRS = [(0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (2, 0), (2, 1), (3, 0)]  # CMC_combined.py: the directed pairs
CHANNELS, KINDS = [3, 7, 1, 3], [0, 1, 2, 0]
BATCH, MEMORY, SIDE, STEM, DIM, HIDDEN, RATE, STEPS = 4, 8, 64, 4, 8, [16, 8], 1e-3, 3
HEADS, FIRST_STEM, EMBEDDING, CORE_WIDTH, CORE_SIDE = 3, 8, 128, 0.5, 40
VARIANT_SIDE = 128  # a last map of several places, so that attention has a choice


def nce(scores, q):
    """CMC_combined.py, the NCE of a matrix whose column 0 is positive: no partition constant, the sum over columns, the mean over rows."""
    pn = q / (q + 1)
    positive = torch.log(scores[:, 0] / (scores[:, 0] + pn + EPS) + EPS)
    negative = torch.log(pn / (scores[:, 1:] + pn + EPS) + EPS).sum(dim=1)
    return -(positive + negative).mean()


def pair_loss(x, y, memory, within):
    """The pair's inter-batch and intra-batch terms; cosines by division by both lengths, both sides with gradients."""
    x, y, memory = (normalize(rows, dim=1) for rows in (x, y, memory))
    score = lambda a, b: torch.exp((a * b).sum(dim=-1) / T)
    inter = torch.cat([score(x, y)[:, None], torch.exp(x @ memory.T / T)], dim=1)
    intra = torch.stack([score(x, y.roll(-c, dims=0)) for c in range(len(y))], dim=1)  # column c: x[b] with y[(b + c) mod B]
    return nce(inter, len(memory)) + (nce(intra, len(y)) if within else 0)


def info_nce(x, y, memory, within):
    """Cross-entropy: the own one among all of the memory, and among the batch."""
    x, y, memory = (normalize(rows, dim=1) for rows in (x, y, memory))
    first, own = torch.zeros(len(x), dtype=torch.long), torch.arange(len(x))
    inter = cross_entropy(torch.cat([(x * y).sum(dim=1, keepdim=True), x @ memory.T], dim=1) / T, first)
    return inter + (cross_entropy(x @ y.T / T, own) if within else 0)


class Mlp(nn.Module):
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


class Attention(nn.Module):
    """Att_Classifier: HEADS questions made of the mean, answered by weighted means over the map's places."""

    def __init__(self, features):
        super().__init__()
        self.mix, self.query, self.output = nets.ConvNorm(features, features, 1), nn.Linear(features, HEADS * DIM), nn.Linear(HEADS * DIM, DIM)
        self.key, self.value = nets.Plain(features, DIM, 1), nets.Plain(features, DIM, 1)

    def forward(self, x):
        x = self.mix(nets.on(x))
        q = torch.relu(self.query(nets.on(x.mean(dim=(2, 3))))).reshape(len(x), HEADS, DIM)
        x = nets.on(x)
        k, v = (conv(x).flatten(2).transpose(1, 2) for conv in (self.key, self.value))  # [B, H W, D]
        weights = torch.softmax(torch.einsum("bhd,bpd->bhp", q, k) / DIM ** 0.5, dim=2)
        return self.output(torch.einsum("bhp,bpd->bhd", weights, v).flatten(1))


class Combined(nn.Module):
    """One core, a first stage a kind, a head a view."""

    def __init__(self, head):
        super().__init__()
        self.encoder = nets.combined(3, STEM)
        self.stem1, self.stem2 = nets.stem(7, STEM), nets.stem(1, STEM)
        for view in range(4):
            setattr(self, f"head{view}", head(self.encoder.features))

    def forward(self, views):
        stems = [self.encoder.stem, self.stem1, self.stem2]
        return [getattr(self, f"head{v}")(self.encoder.core(stems[KINDS[v]](views[v]))) for v in range(4)]


class Separate(nn.Module):
    """An encoder a view, and no head."""

    def __init__(self):
        super().__init__()
        self.encoder = nets.First(CHANNELS[0], FIRST_STEM, EMBEDDING)
        for view in range(1, 4):
            setattr(self, f"encoder{view}", nets.First(CHANNELS[view], FIRST_STEM, EMBEDDING))

    def forward(self, views):
        return [(getattr(self, f"encoder{v}") if v else self.encoder)(views[v]).mean(dim=(2, 3)) for v in range(4)]


def views(step, side):
    return [fill.inputs(f"cmc.step{step}.view{v}", (BATCH, CHANNELS[v], side, side)).double() for v in range(4)]


def run(network, pair, within=True, dim=DIM, side=SIDE, count=STEPS, names=None):
    """Steps from filled weights; with names, gradients of the first step and weights after the last one for these alone."""
    online = fill.fill_module(network).double()
    follower = copy.deepcopy(online)
    adam = torch.optim.Adam(online.parameters(), lr=RATE, eps=1e-7)
    memory = [fill.directions(f"cmc.memory{v}", (MEMORY, dim)) for v in range(4)]
    steps, gradients = [], {}
    for step in range(count):
        batch = views(step, side)
        x = online(batch)
        with torch.no_grad():
            y = follower(batch)
        loss = sum(pair(x[i], x[j], memory[j], within) for i, j in PAIRS)
        adam.zero_grad()
        loss.backward()
        if step == 0 and names:
            gradients = {"gradients": {n: golden.check(p.grad.float()) for n, p in online.named_parameters() if n in names}}
        adam.step()
        with torch.no_grad():
            for w_ema, w in zip(follower.parameters(), online.parameters()):
                w_ema.mul_(MOMENTUM).add_(w, alpha=1 - MOMENTUM)
        memory = [torch.cat([memory[v], normalize(y[v], dim=1)])[-MEMORY:] for v in range(4)]
        steps.append(float(loss))
    norms = lambda module: {n: golden.twelve(p.double().norm()) for n, p in module.named_parameters() if not names or n in names}
    return {"losses": steps, **gradients, "query": norms(online), "key": norms(follower), "memory": [golden.twelve(rows.sum()) for rows in memory]}


def variants():
    shared = ["encoder.stem.weight", "encoder.layer1.0.conv2.weight", "encoder.layer5.1.conv3.weight", "stem1.bias", "stem2.weight"]
    mlp = shared + ["head0.layers.1.weight", "head3.layers.5.bias"]
    attention = shared + [f"head{v}.{part}" for v, part in ((0, "mix.weight"), (0, "query.weight"), (1, "key.weight"), (2, "value.bias"), (3, "output.weight"))]
    first = ["encoder.stem.weight", "encoder.layer1.0.shortcut.weight", "encoder.embedding.1.weight", "encoder1.stem.weight", "encoder2.layer3.0.conv1.weight",
             "encoder2.layer5.0.conv3.weight", "encoder3.embedding.1.bias"]
    once = {"side": VARIANT_SIDE, "count": 1}
    return {
        "infoNce": run(Combined(Mlp), info_nce, **once, names=mlp),
        "attention": run(Combined(Attention), pair_loss, **once, names=attention),
        "first": run(Separate(), pair_loss, within=False, dim=EMBEDDING, **once, names=first),
    }


def cores():
    encoders = {"convnorm-resnet34": nets.combined(3, round(32 * CORE_WIDTH)), **{name: nets.regnet(name, 3, CORE_WIDTH) for name in nets.REGNETS}}
    result = []
    for name, net in encoders.items():
        with torch.no_grad():
            features = fill.fill_module(net).double()(fill.inputs("cmc.core", (2, 3, CORE_SIDE, CORE_SIDE)).double()).mean(dim=(2, 3))
        result.append({"name": name, "parameters": sum(p.numel() for p in net.parameters()), "features": golden.check(features.float())})
    return {"width": CORE_WIDTH, "side": CORE_SIDE, "encoders": result}


def main():
    args = golden.arguments(__doc__)
    ones = lambda columns: torch.ones(5, columns, dtype=torch.float64)
    golden.write("momentum-cmc.json", {
        "start": {"inter": float(nce(ones(51), 50)), "intra": float(nce(ones(5), 5)), "total": float(8 * (nce(ones(51), 50) + nce(ones(5), 5)))},
        "batch": BATCH, "memory": MEMORY, "side": SIDE, "dim": DIM, "hidden": HIDDEN, "attentionHeads": HEADS, "embedding": EMBEDDING, "variantSide": VARIANT_SIDE, "temperature": T, "momentum": MOMENTUM,
        "rate": RATE, "steps": run(Combined(Mlp), pair_loss), "variants": variants(), "cores": cores(),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
