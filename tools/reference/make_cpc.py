"""cpc.json: the masked context, one prediction's loss, and two training steps of CPC (arXiv:1807.03748) in float64.

Restated from loeweX/Greedy_InfoMax at 22d17e4, models/PixelCNN.py, PixelCNN_Autoregressor.py and InfoNCE_Loss.py; the four directions after
rschwarz15/CPCV2-PyTorch at c39c85a (the grid is turned, one context network, prediction weights of their own). The kernels are whole 3x3 ones here, masked as there.
With --gim context and loss are held against the authors' own.
"""
import argparse
import pathlib
import sys
import types
from functools import partial

import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy, relu

import fill
import golden
import rounding

BATCH, SIDE, PATCH, STRIDE, WIDTH, STEPS, SKIP, NEGATIVES, LAYERS, UPDATES, RATE = 3, 20, 8, 4, 0.0625, 2, 1, 4, 2, 2, 0.05
CHANNELS, GRID = 6, 5  # of the context and the loss alone


class Vertical(nn.Module):
    """3x3 without the row below: the weight holds the two rows that are left."""

    def __init__(self, c):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(2 * c, c, 2, 3)), nn.Parameter(torch.empty(2 * c))

    def forward(self, x):
        whole = torch.cat([self.weight, torch.zeros_like(self.weight[:, :, :1])], dim=2)
        return conv2d(x, whole, self.bias, padding=1)


class Layer(nn.Module):
    def __init__(self, c, first):
        super().__init__()
        self.vertical, self.to_row, self.horizontal = Vertical(c), nn.Conv2d(2 * c, 2 * c, 1), nn.Conv2d(c, 2 * c, (1, 3), padding=(0, 1))
        if not first:
            self.residual = nn.Conv2d(c, 2 * c, 1)
        self.output, self.first = nn.Conv2d(c, c, 1), first

    def forward(self, v, h):
        up = self.vertical(v)
        mixed = self.output(gate(self.horizontal(h) + self.to_row(up)))
        return (gate(up), mixed) if self.first else (gate(up + self.residual(v)), h + mixed)


def gate(x):
    a, b = x.chunk(2, dim=1)
    return torch.tanh(a) * torch.sigmoid(b)


class Context(nn.Module):
    def __init__(self, c, layers):
        super().__init__()
        for i in range(layers):
            setattr(self, f"layer{i}", Layer(c, i == 0))
        self.last, self.layers = nn.Conv2d(c, c, 1), layers

    def forward(self, z):
        v = h = z
        for i in range(self.layers):
            v, h = getattr(self, f"layer{i}")(v, h)
        return self.last(h)


def prediction_loss(z, c, weight, ahead, draw):
    """InfoNCE_Loss.forward for one k; rows are in the order picture, row, column."""
    rows = lambda t: t.permute(0, 2, 3, 1).reshape(-1, t.shape[1])
    known, patches = rows(c[:, :, :-ahead]), rows(z[:, :, ahead:]) @ weight.T
    if draw is None:
        return cross_entropy(known @ patches.T, torch.arange(len(known)))
    places = torch.cat([torch.arange(len(known))[:, None], draw(len(known))], dim=1)
    return cross_entropy((patches[places] @ known[:, :, None]).squeeze(2), torch.zeros(len(known), dtype=torch.long))


def negatives(name, count):
    return torch.from_numpy((fill.hashes(name, count * NEGATIVES) % count).astype("int64")).view(count, NEGATIVES)


class Block(nn.Module):
    """PreActBlockNoBN."""

    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(a, b, 3, stride, 1), nn.Conv2d(b, b, 3, 1, 1)
        if stride != 1 or a != b:
            self.shortcut = nn.Conv2d(a, b, 1, stride)

    def forward(self, x):
        on = relu(x)
        return self.conv2(relu(self.conv1(on))) + (self.shortcut(on) if hasattr(self, "shortcut") else x)


class Bottleneck(nn.Module):
    """PreActBottleneckNoBN: each convolution behind a ReLU, biases everywhere; the path around is the input itself, or a 1x1 convolution of its ReLU."""

    def __init__(self, a, inner, stride):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(a, inner, 1), nn.Conv2d(inner, inner, 3, stride, 1), nn.Conv2d(inner, 4 * inner, 1)
        if stride != 1 or a != 4 * inner:
            self.shortcut = nn.Conv2d(a, 4 * inner, 1, stride)

    def forward(self, x):
        on = relu(x)
        return self.conv3(relu(self.conv2(relu(self.conv1(on))))) + (self.shortcut(on) if hasattr(self, "shortcut") else x)


class ResNet(nn.Module):
    """Resnet_Encoder.py: depths 3, 4 and 6, and the mean over the map."""

    def __init__(self, width):
        super().__init__()
        w = a = round(64 * width)
        self.stem, self.layers = nn.Conv2d(3, w, 5, 1, 2), 3
        for i, depth in enumerate((3, 4, 6)):
            inner, blocks = w << i, []
            for block in range(depth):
                blocks.append(Bottleneck(a, inner, 2 if i and block == 0 else 1))
                a = 4 * inner
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))

    def forward(self, x):
        x = self.stem(x)
        for i in range(1, self.layers + 1):
            x = getattr(self, f"layer{i}")(x)
        return x.mean((2, 3))


class Patches(nn.Module):
    def __init__(self, width):
        super().__init__()
        w = round(64 * width)
        self.patch = nn.Module()
        self.patch.stem = nn.Conv2d(3, w, 4, 2, 1)
        self.patch.layer1, self.patch.layer2, self.patch.layer3 = (nn.Sequential(b) for b in (Block(w, w, 1), Block(w, 2 * w, 2), Block(2 * w, 4 * w, 2)))

    def forward(self, x):
        cut = x.unfold(2, PATCH, STRIDE).unfold(3, PATCH, STRIDE).permute(0, 2, 3, 1, 4, 5)  # [N, rows, columns, C, side, side]
        z = self.patch.layer3(self.patch.layer2(self.patch.layer1(self.patch.stem(cut.flatten(0, 2)))))
        return z.mean((2, 3)).view(*cut.shape[:3], -1).permute(0, 3, 1, 2)


class Net(nn.Module):
    def __init__(self, directions):
        super().__init__()
        c = 4 * round(64 * WIDTH)
        self.encoder, self.context = Patches(WIDTH), Context(c, LAYERS)
        for d in range(directions):
            for k in range(1, STEPS + 1):
                setattr(self, f"predict{d}_{k}", nn.Module())
                getattr(self, f"predict{d}_{k}").weights = nn.Linear(c, c, bias=False)


def run(directions, every, dtype):
    net = fill.fill_module(Net(directions)).to(dtype)
    sgd = torch.optim.SGD(net.parameters(), RATE)
    losses = []
    for update in range(UPDATES):
        z = net.encoder(fill.inputs(f"step{update}.view", (BATCH, 3, SIDE, SIDE)).to(dtype))
        loss = 0
        for d in range(directions):
            turned = torch.rot90(z, -d, (2, 3))
            c = net.context(turned)
            for k in range(1, STEPS + 1):
                draw = None if every else lambda count: negatives(f"step{update}.noise{d * STEPS + k - 1}", count)
                loss = loss + prediction_loss(turned, c, getattr(net, f"predict{d}_{k}").weights.weight, k + SKIP, draw)
        loss = loss / (directions * STEPS)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        losses.append(float(loss))
    state = net.state_dict()
    names = ["encoder.patch.stem.weight", "encoder.patch.layer2.0.conv1.weight", "encoder.patch.layer3.0.shortcut.weight", "context.layer0.vertical.weight",
             "context.layer0.horizontal.weight", "context.layer1.residual.weight", "context.layer1.to_row.bias", "context.last.weight", "predict0_1.weights.weight",
             f"predict{directions - 1}_{STEPS}.weights.weight"]
    return {"directions": directions, "negatives": 0 if every else NEGATIVES, "losses": losses, "norms": {name: golden.twelve(state[name].double().norm()) for name in names}}


def alone():
    context = fill.fill_module(Context(CHANNELS, LAYERS), rename=lambda name: f"context.{name}").double()
    z = fill.inputs("cpc.grid", (2, CHANNELS, GRID, GRID)).double().requires_grad_()
    c = context(z)
    weight = fill.parameter("predict.weight", (CHANNELS, CHANNELS)).double()
    loss = prediction_loss(z, c, weight, 2, lambda count: negatives("cpc.noise", count))
    return {"channels": CHANNELS, "grid": GRID, "context": golden.check(c.float()), "loss": float(loss), "gradient": golden.check(torch.autograd.grad(loss, z)[0].float())}


def resnet():
    net = fill.fill_module(ResNet(WIDTH)).double()
    with torch.no_grad():
        features = net(fill.inputs("cpc.patches", (3, 3, 2 * PATCH, 2 * PATCH)).double())
    return {"side": 2 * PATCH, "parameters": sum(p.numel() for p in net.parameters()), "features": golden.check(features.float())}


def hold_against_the_original(checkout):
    sys.path.insert(0, str(checkout))
    from GreedyInfoMax.vision.models import InfoNCE_Loss, PixelCNN_Autoregressor
    opt = types.SimpleNamespace(negative_samples=NEGATIVES, prediction_step=1, weight_init=False, device=torch.device("cpu"))
    theirs = PixelCNN_Autoregressor.PixelCNN_Autoregressor(opt, CHANNELS, LAYERS, calc_loss=False)
    ours = fill.fill_module(Context(CHANNELS, LAYERS), rename=lambda name: f"context.{name}")
    with torch.no_grad():
        for i in range(LAYERS):
            a, b = theirs.stack.layers[i], getattr(ours, f"layer{i}")
            a.vertical_conv.weight[:, :, :2] = b.vertical.weight
            a.vertical_conv.bias.copy_(b.vertical.bias)
            for there, here in (("v_to_h_conv", "to_row"), ("horizontal_conv", "horizontal"), ("horizontal_output", "output"), ("residual_vertical", "residual")):
                if hasattr(b, here):
                    getattr(a, there).load_state_dict(getattr(b, here).state_dict(), strict=False)
        theirs.stack_out.load_state_dict(ours.last.state_dict())
        z = fill.inputs("cpc.grid", (2, CHANNELS, GRID, GRID))
        c = ours(z)
        torch.testing.assert_close(theirs(z)[0], c, rtol=1e-5, atol=1e-6)
        print("the context agrees")
        loss = InfoNCE_Loss.InfoNCE_Loss(opt, CHANNELS, CHANNELS)
        weight = fill.parameter("predict.weight", (CHANNELS, CHANNELS))
        loss.W_k[0].weight.copy_(weight[:, :, None, None])
        torch.manual_seed(1)
        height = GRID - 2
        index = torch.randint(height * GRID * 2, (height * GRID * 2 * NEGATIVES, 1)).view(height, GRID, 2, NEGATIVES)  # row, column, picture
        index = (index % 2) * height * GRID + index // 2  # their places are ordered row, column, picture; ours picture, row, column
        torch.manual_seed(1)
        torch.testing.assert_close(loss(z, c), prediction_loss(z, c, weight, 2, lambda count: index.permute(2, 0, 1, 3).reshape(count, NEGATIVES)), rtol=1e-5, atol=1e-6)
        print("the loss agrees")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=golden.FOLDER)
    parser.add_argument("--gim", type=pathlib.Path, help="a checkout of github.com/loeweX/Greedy_InfoMax at 22d17e4 to hold context and loss against")
    args = parser.parse_args()
    if args.gim:
        hold_against_the_original(args.gim)
    golden.write("cpc.json", {
        "source": "loeweX/Greedy_InfoMax@22d17e4, restated", "batch": BATCH, "side": SIDE, "patch": PATCH, "stride": STRIDE, "width": WIDTH, "steps": STEPS, "skip": SKIP,
        "layers": LAYERS, "negatives": NEGATIVES, "lr": RATE, "alone": alone(), "resnet": resnet(), "runs": {
            name: rounding.measured(partial(run, *settings), "losses", "norms") for name, settings in {"down": (1, False), "four": (4, False), "all": (1, True)}.items()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
