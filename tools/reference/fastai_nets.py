"""fastai's xresnet and timm's tf_efficientnet_b0_ns said again in plain PyTorch, to make golden features.

xresnet: fastai/fastai2 at f923125, fastai2/vision/models/xresnet.py and layers.py. EfficientNet: timm at aa4b585, timm/models/efficientnet.py,
_efficientnet_blocks.py and layers/padding.py. Module names are the originals'.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def conv_layer(i, o, k, s=1, act=True):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), *([nn.ReLU()] if act else []))


class XBlock(nn.Module):
    def __init__(self, i, inner, o, s, bottleneck):
        super().__init__()
        self.convpath = nn.Sequential(*([conv_layer(i, inner, 1), conv_layer(inner, inner, 3, s), conv_layer(inner, o, 1, act=False)] if bottleneck
                                        else [conv_layer(i, inner, 3, s), conv_layer(inner, o, 3, act=False)]))
        way = [nn.AvgPool2d(2, ceil_mode=True)] if s > 1 else []
        self.idpath = nn.Sequential(*way, *([conv_layer(i, o, 1, act=False)] if i != o else []))

    def forward(self, x):
        return F.relu(self.convpath(x) + self.idpath(x))


def xresnet(depths, expansion, channels=3):
    layers = [conv_layer(channels, 32, 3, 2), conv_layer(32, 32, 3), conv_layer(32, 64, 3), nn.MaxPool2d(3, 2, 1)]
    i = 64
    for stage, depth in enumerate(depths):
        inner, blocks = 64 << stage, []
        for block in range(depth):
            blocks.append(XBlock(i, inner, inner * expansion, 2 if stage and not block else 1, expansion > 1))
            i = inner * expansion
        layers.append(nn.Sequential(*blocks))
    return nn.Sequential(*layers)


class SameConv(nn.Conv2d):
    def forward(self, x):
        pads = []
        for size, k, s in ((x.shape[3], self.kernel_size[1], self.stride[1]), (x.shape[2], self.kernel_size[0], self.stride[0])):
            total = max((-(-size // s) - 1) * s + k - size, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), self.weight, None, self.stride, 0, 1, self.groups)


def same(i, o, k, s=1, g=1):
    return SameConv(i, o, k, s, bias=False, groups=g)


def norm(c):
    return nn.BatchNorm2d(c, eps=1e-3)


class Excite(nn.Module):
    def __init__(self, c, r):
        super().__init__()
        self.conv_reduce, self.conv_expand = nn.Conv2d(c, r, 1), nn.Conv2d(r, c, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.conv_expand(F.silu(self.conv_reduce(x.mean((2, 3), keepdim=True)))))


class Inverted(nn.Module):
    def __init__(self, i, o, k, s, e):
        super().__init__()
        c, self.adds = i * e, s == 1 and i == o
        if e == 1:
            self.conv_dw, self.bn1, self.se, self.conv_pw, self.bn2 = same(c, c, k, s, c), norm(c), Excite(c, i // 4), same(c, o, 1), norm(o)
        else:
            self.conv_pw, self.bn1, self.conv_dw, self.bn2 = same(i, c, 1), norm(c), same(c, c, k, s, c), norm(c)
            self.se, self.conv_pwl, self.bn3 = Excite(c, i // 4), same(c, o, 1), norm(o)

    def forward(self, x):
        if hasattr(self, "bn3"):
            y = F.silu(self.bn2(self.conv_dw(F.silu(self.bn1(self.conv_pw(x))))))
            y = self.bn3(self.conv_pwl(self.se(y)))
        else:
            y = self.bn2(self.conv_pw(self.se(F.silu(self.bn1(self.conv_dw(x))))))
        return y + x if self.adds else y


class EfficientNetB0(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        self.conv_stem, self.bn1 = same(channels, 32, 3, 2), norm(32)
        i, stages = 32, []
        for n, k, s, e, o in [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]:
            stages.append(nn.Sequential(*[Inverted(i if b == 0 else o, o, k, s if b == 0 else 1, e) for b in range(n)]))
            i = o
        self.blocks = nn.Sequential(*stages)
        self.conv_head, self.bn2 = same(320, 1280, 1), norm(1280)

    def forward(self, x):
        return F.silu(self.bn2(self.conv_head(self.blocks(F.silu(self.bn1(self.conv_stem(x)))))))
