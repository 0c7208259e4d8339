"""npid.json: two training steps of instance discrimination (arXiv:1805.01978), restated from zhirongw/lemniscate.pytorch at f7cfe29.

The original is written for PyTorch 0.4 (autograd functions with state, in-place edits of inputs), so its parts are said again here:
the loss of lib/NCECriterion.py lines 22-44, scores, first-batch Z and bank update of lib/NCEAverage.py lines 8-52, and lib/LinearAverage.py.
"""
from functools import partial

import torch
from torch.nn.functional import cross_entropy, normalize

import contrast
import fill
import golden
import resnets
import rounding

BATCH, SIDE, PICTURES, DIM, NEGATIVES, STEPS = 8, 16, 32, 16, 12, 2
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 5e-4}
RUNS = {
    "nce": {"negatives": NEGATIVES, "temperature": 0.07, "bankMomentum": 0.5, "proximal": 0.0},
    "softmax": {"negatives": 0, "temperature": 0.1, "bankMomentum": 0.5, "proximal": 0.0},
    "proximal": {"negatives": NEGATIVES, "temperature": 0.07, "bankMomentum": 0.0, "proximal": 30.0},
}


def noise(step):
    """[BATCH, K] rows of the bank, from the hashes of the step's name."""
    return torch.from_numpy((fill.hashes(f"step{step}.noise", BATCH * NEGATIVES) % PICTURES).astype("int64")).view(BATCH, NEGATIVES)


def nce(scores, z, pictures):
    """NCECriterion.forward: scores are exp(f.v / T) / Z with the own one first."""
    p, k = scores / z, scores.shape[1] - 1
    share, eps = k / pictures, 1e-7
    own = torch.log(p[:, 0] / (p[:, 0] + share + eps))
    others = torch.log(share / (p[:, 1:] + share + eps))
    return -(own.sum() + others.sum()) / p.shape[0]


def run(settings, dtype):
    net = resnets.build("resnet18", small_stem=True, num_classes=DIM)
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    bank = fill.directions("bank", (PICTURES, DIM)).to(dtype)
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses, z = [], None
    for step in range(STEPS):
        own = torch.tensor(fill.permutation(f"step{step}.pictures", PICTURES)[:BATCH])
        f = normalize(net(fill.inputs(f"step{step}.view", (BATCH, 3, SIDE, SIDE)).to(dtype)))
        if settings["negatives"] == 0:
            loss = cross_entropy(f @ bank.T / settings["temperature"], own)
        else:
            rows = torch.cat([own[:, None], noise(step)], dim=1)
            scores = torch.exp((bank[rows] @ f[:, :, None]).squeeze(2) / settings["temperature"])
            z = z if z is not None else PICTURES * scores.detach().mean()
            loss = nce(scores, z, PICTURES)
        loss = loss + settings["proximal"] * (f - bank[own]).pow(2).sum() / BATCH
        sgd.zero_grad()
        loss.backward()
        m = settings["bankMomentum"]
        bank[own] = normalize(m * bank[own] + (1 - m) * f.detach())
        sgd.step()
        losses.append(float(loss))
    state = net.state_dict()
    return {
        **settings, "losses": losses, "constant": None if z is None else float(z), "bank": bank,
        "norms": {name: golden.twelve(state[name].double().norm()) for name in ("conv1.weight", "layer1.0.conv1.weight", "layer4.1.conv2.weight", "fc.weight", "fc.bias")},
    }


def main():
    args = golden.arguments(__doc__)
    golden.write("npid.json", {
        "source": "zhirongw/lemniscate.pytorch@f7cfe29, restated", "batch": BATCH, "side": SIDE, "pictures": PICTURES, "dim": DIM,
        "gain": contrast.CONV_GAIN, **OPTIMIZER, "runs": {name: rounding.measured(partial(run, settings), "losses", "constant", "bank", "norms") for name, settings in RUNS.items()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
