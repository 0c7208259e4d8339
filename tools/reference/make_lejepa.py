"""lejepa.json: the normality test of rbalestr-lab/lejepa (EppsPulley), and two training steps of LeJEPA (arXiv:2511.08544) with local views around it,
restated from that repository's MINIMAL.md.
"""
import torch
import torch.nn as nn

import contrast
import fill
import golden
import multicrop
import official
import rounding
from multicrop import GLOBALS, OPTIMIZER

DIM, HIDDEN, DIRECTIONS, STEPS, WEIGHT = 12, 20, 16, 2, 0.2


class UnivariateTest(nn.Module):
    world_size = 1


def run(test, dtype):
    net = nn.ModuleDict({"encoder": multicrop.encoder(), "head": multicrop.projector([HIDDEN, HIDDEN], DIM, norms=True)})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    statistic = test().to(dtype)
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    losses, parts = [], []
    for step in range(STEPS):
        crops = multicrop.views(step, dtype)
        features = torch.cat([net["encoder"](torch.cat(crops[:GLOBALS])), net["encoder"](torch.cat(crops[GLOBALS:]))])
        proj = net["head"](features).reshape(len(crops), -1, DIM)
        directions = fill.inputs(f"directions{step}", (DIM, DIRECTIONS)).to(dtype)
        invariance = (proj[:GLOBALS].mean(0) - proj).square().mean()
        normality = statistic(proj @ (directions / directions.norm(p=2, dim=0))).mean()
        loss = normality * WEIGHT + invariance * (1 - WEIGHT)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
        parts.append([float(invariance), float(normality)])
    names = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "head.6.weight"]
    return {"losses": losses, "parts": parts, "norms": {n: golden.twelve(net.state_dict()[n].double().norm()) for n in names}}


def statistics(test):
    """The test of some numbers, with the code's knots and those of the paper's interval."""
    x = fill.inputs("numbers", (2, 40, 3)).double()
    return [{"knots": knots, "reach": reach, "statistic": test(reach, knots)(x).flatten().tolist()} for knots, reach in ((17, 3), (9, 5))]


def main():
    args = golden.arguments(__doc__, lejepa="github.com/rbalestr-lab/lejepa at commit eddffdd")
    source = (args.lejepa / "lejepa" / "univariate" / "epps_pulley.py").read_text().replace("torch.float32", "torch.float64")  # its knots and weights
    test = official.functions(source, ["EppsPulley"], {"UnivariateTest": UnivariateTest, "all_reduce": lambda x: x})["EppsPulley"]
    golden.write("lejepa.json", {
        "source": "rbalestr-lab/lejepa@eddffdd", **multicrop.SETTINGS, "dim": DIM, "hidden": HIDDEN, "directions": DIRECTIONS, "weight": WEIGHT,
        "statistics": statistics(test), "steps": rounding.measured(lambda dtype: run(test, dtype), "losses", "norms"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
