"""emp-ssl.json: two training steps of EMP-SSL (arXiv:2304.03977) with the losses of tsb0601/EMP-SSL (TotalCodingRate, Similarity_Loss), four patches a picture."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import contrast
import fill
import golden
import multicrop
import official
import rounding
from multicrop import OPTIMIZER

DIM, HIDDEN, PATCHES, STEPS, WEIGHT, EPSILON = 24, 20, 4, 2, 200, 0.2


def run(code, dtype):
    net = nn.ModuleDict({"encoder": multicrop.encoder(), "head": multicrop.projector([HIDDEN, HIDDEN], DIM, norms=True)})
    fill.fill_module(net, contrast.CONV_GAIN, buffers=False)
    net.to(dtype).train()
    sgd = torch.optim.SGD(net.parameters(), OPTIMIZER["lr"] / WEIGHT, momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
    rate, agree = code["TotalCodingRate"](eps=EPSILON), code["Similarity_Loss"]()
    losses, parts = [], []
    for step in range(STEPS):
        z = F.normalize(net["head"](net["encoder"](torch.cat(multicrop.views(step, dtype, PATCHES, 0)))), p=2)
        patches = z.chunk(PATCHES, dim=0)
        agreement, spread = agree(patches, None)[0], sum(rate(patch) for patch in patches) / PATCHES
        loss = WEIGHT * agreement + spread
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
        parts.append([-float(agreement), -float(spread)])
    names = ["encoder.conv1.weight", "encoder.layer4.1.conv2.weight", "head.0.weight", "head.6.weight"]
    return {"losses": losses, "parts": parts, "norms": {n: golden.twelve(net.state_dict()[n].double().norm()) for n in names}}


def main():
    args = golden.arguments(__doc__, emp_ssl="github.com/tsb0601/EMP-SSL at commit 8fc3758")
    code = {}
    for file, name in {"loss.py": "TotalCodingRate", "main.py": "Similarity_Loss"}.items():
        code.update(official.functions((args.emp_ssl / file).read_text(), [name], {"nn": nn, "F": F}))
    golden.write("emp-ssl.json", {
        "source": "tsb0601/EMP-SSL@8fc3758", **multicrop.SETTINGS, "lr": OPTIMIZER["lr"] / WEIGHT, "dim": DIM, "hidden": HIDDEN, "patches": PATCHES, "weight": WEIGHT,
        "epsilon": EPSILON, "steps": rounding.measured(lambda dtype: run(code, dtype), "losses", "norms"),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
