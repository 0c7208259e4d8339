"""cmc.json: two training steps of contrastive multiview coding (arXiv:1906.05849), restated from HobbitLong/CMC at 7b227be.

The original needs CUDA (alias sampling on the GPU), so its parts are said again here: scores against the other view's bank, first-batch Z and
bank update of NCE/NCEAverage.py (NCEAverage.forward), NCE/NCECriterion.py (NCECriterion, NCESoftmaxLoss), the sum of both of train_CMC.py.
"""
from functools import partial

import torch
from torch.nn.functional import cross_entropy, normalize

import contrast
import fill
import golden
import resnets
import rounding
from make_npid import nce

BATCH, SIDE, PICTURES, DIM, NEGATIVES, STEPS = 8, 16, 32, 16, 12, 2
TEMPERATURE, MOMENTUM = 0.07, 0.5
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 1e-4}


def network(view, channels, dtype):
    net = resnets.build("resnet18", small_stem=True, channels=channels, num_classes=DIM)
    fill.fill_module(net, contrast.CONV_GAIN, rename=lambda name: f"{view}.{name}", buffers=False)
    return net.to(dtype).train()


def run(softmax, dtype):
    nets = {"light": network("light", 1, dtype), "color": network("color", 2, dtype)}
    banks = {view: fill.directions(f"{view}.bank", (PICTURES, DIM)).to(dtype) for view in nets}
    sgd = torch.optim.SGD(
        [p for net in nets.values() for p in net.parameters()], OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses, constants = [], {}
    for step in range(STEPS):
        own = torch.tensor(fill.permutation(f"step{step}.pictures", PICTURES)[:BATCH])
        noise = torch.from_numpy((fill.hashes(f"step{step}.noise", BATCH * NEGATIVES) % PICTURES).astype("int64")).view(BATCH, NEGATIVES)
        rows = torch.cat([own[:, None], noise], dim=1)
        picture = fill.inputs(f"step{step}.view", (BATCH, 3, SIDE, SIDE)).to(dtype)
        features = {"light": normalize(nets["light"](picture[:, :1])), "color": normalize(nets["color"](picture[:, 1:]))}
        loss = 0
        for view, other in (("light", "color"), ("color", "light")):
            scores = (banks[other][rows] @ features[view][:, :, None]).squeeze(2) / TEMPERATURE
            if softmax:
                loss = loss + cross_entropy(scores, torch.zeros(BATCH, dtype=torch.long))
            else:
                constants.setdefault(view, PICTURES * scores.detach().exp().mean())
                loss = loss + nce(scores.exp(), constants[view], PICTURES)
        sgd.zero_grad()
        loss.backward()
        for view, bank in banks.items():
            bank[own] = normalize(MOMENTUM * bank[own] + (1 - MOMENTUM) * features[view].detach())
        sgd.step()
        losses.append(float(loss))
    names = ("conv1.weight", "layer4.1.conv2.weight", "fc.weight")
    return {
        "losses": losses, "constants": {view: float(z) for view, z in constants.items()}, "banks": banks,
        "norms": {f"{view}.{name}": golden.twelve(net.state_dict()[name].double().norm()) for view, net in nets.items() for name in names},
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("cmc.json", {
        "source": "HobbitLong/CMC@7b227be, restated", "batch": BATCH, "side": SIDE, "pictures": PICTURES, "dim": DIM, "negatives": NEGATIVES,
        "temperature": TEMPERATURE, "bankMomentum": MOMENTUM, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        "runs": {name: rounding.measured(partial(run, name == "softmax"), "losses", "constants", "banks", "norms") for name in ("nce", "softmax")},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
