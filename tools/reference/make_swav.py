"""swav.json: four training steps of SwAV (arXiv:2006.09882) with local views: one with frozen prototypes, two that fill the queue, one that uses it.

The assignments are made by distributed_sinkhorn of facebookresearch/swav's main_swav.py; the step around it is restated from train() of the same file.
"""
import types

import torch
import torch.nn as nn
from torch.nn.functional import log_softmax, normalize

import contrast
import fill
import golden
import multicrop
import official
import rounding
from multicrop import BATCH, GLOBALS, LOCALS

OPTIMIZER = {**multicrop.OPTIMIZER, "weightDecay": 0}  # torch keeps no momentum of weights that stand still, ours that of their decay
DIM, HIDDEN, PROTOTYPES, QUEUE, STEPS, TEMPERATURE, EPSILON, ITERATIONS = 16, 20, 12, 2 * BATCH, 4, 0.1, 0.05, 3
FROZEN, QUEUE_FROM = 1, 1  # epochs; one step is an epoch here


def run(sinkhorn, dtype):
    net = nn.ModuleDict({"encoder": multicrop.encoder(), "head": multicrop.projector([HIDDEN], DIM, norms=True)})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    prototypes = nn.Parameter(fill.directions("prototypes", (PROTOTYPES, DIM)))
    net["prototypes"] = nn.ParameterList([prototypes])
    net.to(dtype).train()
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    queue, losses = None, []
    for step in range(STEPS):
        crops = multicrop.views(step, dtype)
        with torch.no_grad():
            prototypes.copy_(normalize(prototypes, dim=1))
        features = torch.cat([net["encoder"](torch.cat(crops[:GLOBALS])), net["encoder"](torch.cat(crops[GLOBALS:]))])
        z = normalize(net["head"](features), dim=1)
        output, embedding = z @ prototypes.T, z.detach()
        if step >= QUEUE_FROM and queue is None:
            queue = torch.zeros(GLOBALS, QUEUE, DIM, dtype=dtype)
        loss = 0
        for i in range(GLOBALS):
            with torch.no_grad():
                out = output[BATCH * i: BATCH * (i + 1)].detach()
                if queue is not None:
                    if not torch.all(queue[i, -1] == 0):
                        out = torch.cat((queue[i] @ prototypes.T, out))
                    queue[i, BATCH:] = queue[i, :-BATCH].clone()
                    queue[i, :BATCH] = embedding[i * BATCH: (i + 1) * BATCH]
                q = sinkhorn(out)[-BATCH:]
            others = [v for v in range(GLOBALS + LOCALS) if v != i]
            loss = loss - sum((q * log_softmax(output[BATCH * v: BATCH * (v + 1)] / TEMPERATURE, dim=1)).sum(1).mean() for v in others) / len(others)
        loss = loss / GLOBALS
        sgd.zero_grad()
        loss.backward()
        if step < FROZEN:
            prototypes.grad = None
        sgd.step()
        losses.append(float(loss))
    state = {**net.state_dict(), "prototypes.weight": normalize(prototypes.detach(), dim=1)}
    names = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "head.3.weight"]
    return {"losses": losses, "norms": {n: golden.twelve(state[n].double().norm()) for n in names}, "prototypes": state["prototypes.weight"]}


def main():
    args = golden.arguments(__doc__, swav="github.com/facebookresearch/swav at commit 06b1b7c")
    space = {"args": types.SimpleNamespace(epsilon=EPSILON, sinkhorn_iterations=ITERATIONS, world_size=1), "dist": multicrop.ALONE}
    sinkhorn = official.functions((args.swav / "main_swav.py").read_text(), ["distributed_sinkhorn"], space)["distributed_sinkhorn"]
    scores = fill.directions("scores", (BATCH, DIM)) @ fill.directions("prototypes", (PROTOTYPES, DIM)).T
    golden.write("swav.json", {
        "source": "facebookresearch/swav@06b1b7c", **multicrop.SETTINGS, **OPTIMIZER, "dim": DIM, "hidden": HIDDEN, "prototypes": PROTOTYPES, "queue": QUEUE,
        "queueFrom": QUEUE_FROM, "frozen": FROZEN, "temperature": TEMPERATURE, "epsilon": EPSILON, "iterations": ITERATIONS,
        "assignments": golden.values(sinkhorn(scores).float()), "steps": rounding.measured(lambda dtype: run(sinkhorn, dtype), "losses", "norms", "prototypes"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
