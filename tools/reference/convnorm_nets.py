"""The networks of momentum CMC for terrain maps said again in plain PyTorch: convolutions of unit kernels under a mirrored border.

github.com/tpapp157/Contrastive_Multiview_Coding-Momentum at bc9a923: ConvNorm.py and CMC_combined.py; the first architecture from CMC.py at 8f97f55. Each class
names the function that it restates. Module names are this toolkit's.
"""
import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv2d, leaky_relu

REGNETS = {  # depths, widths and the group's width of CMC_combined.py's three tables
    "convnorm-regnetx-1.6gf": ([2, 4, 10, 2], [72, 168, 408, 912], 24),
    "convnorm-regnetx-3.2gf": ([2, 6, 15, 2], [96, 192, 432, 1008], 48),
    "convnorm-regnetx-4.0gf": ([2, 5, 14, 2], [80, 240, 560, 1360], 40),
}


def on(x):
    return leaky_relu(x, 0.2)


def padded(x, border):
    """tf.pad(mode='SYMMETRIC'): the edge pixel is repeated. By positions, as numpy pads them."""
    if border == 0:
        return x
    rows = torch.from_numpy(np.pad(np.arange(x.shape[2]), border, mode="symmetric"))
    columns = torch.from_numpy(np.pad(np.arange(x.shape[3]), border, mode="symmetric"))
    return x[:, :, rows][:, :, :, columns]


class ConvNorm(nn.Module):
    """ConvNorm.py: W / sqrt(sum over (h, w, in) of W^2 + 1e-8), no bias, symmetric padding, then VALID with the stride. `group`: input channels a group."""

    def __init__(self, inputs, outputs, kernel, stride=1, group=None):
        super().__init__()
        self.weight, self.stride = nn.Parameter(torch.empty(outputs, group or inputs, kernel, kernel)), stride
        self.groups = inputs // (group or inputs)

    def forward(self, x):
        unit = self.weight / torch.sqrt((self.weight ** 2).sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
        return conv2d(padded(x, self.weight.shape[-1] // 2), unit, stride=self.stride, groups=self.groups)


class Plain(nn.Module):
    """Init_Layer and the 1x1 convolutions with bias: kernels as they are."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.weight, self.bias, self.stride = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel)), nn.Parameter(torch.empty(outputs)), stride

    def forward(self, x):
        return conv2d(padded(x, self.weight.shape[-1] // 2), self.weight, self.bias, stride=self.stride)


def stem(inputs, outputs):
    """Init_Layer: a plain 5x5 convolution of stride 2 with bias."""
    return Plain(inputs, outputs, 5, 2)


class Block(nn.Module):
    """resblock of both files and the RegNetX Block: activation first, three convolutions; the shortcut takes the activated input."""

    def __init__(self, convolutions, shortcut):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = convolutions
        if shortcut is not None:
            self.shortcut = shortcut

    def forward(self, x):
        a = on(x)
        return self.conv3(on(self.conv2(on(self.conv1(a))))) + (self.shortcut(a) if hasattr(self, "shortcut") else a)


def bottleneck(channels, stride):
    outputs, half = (2 if stride > 1 else 1) * channels, channels // 2
    return Block([ConvNorm(channels, half, 1), ConvNorm(half, half, 3, stride), ConvNorm(half, outputs, 1)], ConvNorm(channels, outputs, 1, stride) if stride > 1 else None)


def pair_of_threes(inputs, outputs):
    """CMC.py: the inner width is the smaller of both."""
    inner = min(inputs, outputs)
    return Block([ConvNorm(inputs, inner, 3, 2), ConvNorm(inner, inner, 3), ConvNorm(inner, outputs, 3)], ConvNorm(inputs, outputs, 1, 2))


def grouped(inputs, outputs, group, stride):
    convolutions = [ConvNorm(inputs, outputs, 1), ConvNorm(outputs, outputs, 3, stride, group), ConvNorm(outputs, outputs, 1)]
    return Block(convolutions, ConvNorm(inputs, outputs, 1, stride) if inputs != outputs else None)


class Staged(nn.Module):
    """A first stage and then layer1, layer2 ..."""

    def __init__(self, first, layers, features):
        super().__init__()
        self.stem, self.depth, self.features = first, len(layers), features
        for i, blocks in enumerate(layers, 1):
            setattr(self, f"layer{i}", nn.Sequential(*blocks))

    def core(self, x):
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
        return x

    def forward(self, x):
        return self.core(self.stem(x))


def combined(channels, start):
    """FeatureExtractor: five times a block of stride 2 and one of stride 1."""
    layers = [[bottleneck(start << i, 2), bottleneck(start << (i + 1), 1)] for i in range(5)]
    return Staged(stem(channels, start), layers, start << 5)


class First(Staged):
    """CMC.py: an encoder a view that ends in an embedding; its map is the embedding's."""

    def __init__(self, channels, start, embedding):
        widths = [start << i for i in range(5)]
        super().__init__(stem(channels, start), [[pair_of_threes(a, b)] for a, b in zip([start] + widths, widths)], embedding)
        self.embedding = nn.Sequential(nn.LeakyReLU(0.2), Plain(widths[-1], embedding, 1))

    def core(self, x):
        return self.embedding(super().core(x))


def regnet(name, channels, width):
    depths, widths, group = REGNETS[name]
    widths = [max(1, round(w * width / group)) * group for w in widths]
    layers, inputs = [], widths[0]
    for stage, (depth, outputs) in enumerate(zip(depths, widths)):
        layers.append([grouped(inputs if block == 0 else outputs, outputs, group, 2 if stage and block == 0 else 1) for block in range(depth)])
        inputs = outputs
    return Staged(stem(channels, widths[0]), layers, inputs)
