"""pretext.json: orders of tiles, bins of color, and two training steps of each predictive method in float64.

Restated from the papers: rotation (arXiv:1803.07728), jigsaw puzzles (arXiv:1603.09246, with the tiles' normalization of bbrattoli/JigsawPuzzlePytorch at ec85994),
patch position (arXiv:1505.05192), colorization (arXiv:1603.08511), denoising (Vincent et al. 2008), inpainting (arXiv:1604.07379). The encoder is the small one of make_cpc.
"""
import itertools
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, cross_entropy, interpolate, leaky_relu, log_softmax, relu, softplus

import fill
import golden
import rounding
from make_cpc import Block

BATCH, WIDTH, UPDATES, RATE, FINE = 4, 0.0625, 2, 0.05, 1 << 24
JIGSAW = {"side": 25, "tile": 6, "shift": 1, "orders": 20, "tileFeatures": 8, "hidden": 12}
POSITION = {"side": 24, "patch": 8, "gap": 3, "jitter": 1, "pairs": 2, "hidden": 12}
COLOR = {"side": 16, "stride": 4, "neighbors": 10, "spread": 5.0, "uniform": 0.5}
DENOISING = {"side": 16, "masked": 0.25, "sigma": 0.3}
LAB = [(float((np.float32(mean) + np.float32(128)) / np.float32(255)), float(np.float32(deviation) / np.float32(255)))
       for mean, deviation in ((6.025, 92.208), (-6.6895, 101.1675))]  # of a and b as views are normalized by them, in float32
INPAINTING = {"side": 16, "hole": 8, "overlap": 1, "overlapWeight": 10.0}
ADVERSARY = {"weight": 0.25, "rate": 0.01}


def draw(step, use, count, rows):
    return (fill.hashes(f"step{step}.noise{use}", count) % rows).astype(np.int64)


class Encoder(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        w = round(64 * WIDTH)
        self.stem = nn.Conv2d(channels, w, 4, 2, 1)
        self.layer1, self.layer2, self.layer3 = (nn.Sequential(b) for b in (Block(w, w, 1), Block(w, 2 * w, 2), Block(2 * w, 4 * w, 2)))
        self.features = 4 * w

    def map(self, x):
        return self.layer3(self.layer2(self.layer1(self.stem(x))))

    def forward(self, x):
        return self.map(x).mean((2, 3))


class Decoder(nn.Module):
    def __init__(self, channels, doublings, outputs):
        super().__init__()
        self.doublings = doublings
        for i in range(doublings):
            fewer = max(32, channels // 2)
            setattr(self, f"conv{i}", nn.Conv2d(channels, fewer, 3, padding=1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(fewer))
            channels = fewer
        self.last = nn.Conv2d(channels, outputs, 1)

    def forward(self, x):
        for i in range(self.doublings):
            x = relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(interpolate(x, scale_factor=2, mode="nearest"))))
        return self.last(x)


def standardized(patch):
    """[C, s, s]: each channel with mean 0 and deviation 1."""
    wide = patch.double()
    return (wide - wide.mean((1, 2), keepdim=True)) / wide.var((1, 2), unbiased=False, keepdim=True).sqrt()


class Rotation(nn.Module):
    side = 16

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Sequential(nn.Linear(self.encoder.features, 4))

    def loss(self, step, x):
        turned = torch.stack([torch.rot90(picture, -k, (1, 2)) for picture in x for k in range(4)])
        return cross_entropy(self.head(self.encoder(turned)), torch.arange(4).repeat(len(x)))


class Jigsaw(nn.Module):
    side = JIGSAW["side"]

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.tile = nn.Linear(self.encoder.features, JIGSAW["tileFeatures"])
        self.head = nn.Sequential(nn.Linear(9 * JIGSAW["tileFeatures"], JIGSAW["hidden"]), nn.ReLU(), nn.Linear(JIGSAW["hidden"], JIGSAW["orders"]))
        self.orders = orders(9, JIGSAW["orders"], "mean")

    def loss(self, step, x):
        cell, tile, shift = self.side // 3, JIGSAW["tile"], JIGSAW["shift"]
        which = draw(step, 0, BATCH, JIGSAW["orders"])
        moved = draw(step, 1, BATCH * 9 * 2, cell - tile - shift + 1).reshape(BATCH, 9, 2)
        apart = draw(step, 2, BATCH * 9 * 3 * 2, shift + 1).reshape(BATCH, 9, 3, 2)
        tiles = []
        for n in range(BATCH):
            for place in range(9):
                row, column = divmod(int(self.orders[which[n]][place]), 3)
                top, left = row * cell + moved[n, place, 0], column * cell + moved[n, place, 1]
                cut = [x[n, c, top + dy:top + dy + tile, left + dx:left + dx + tile] for c, (dy, dx) in enumerate(apart[n, place])]
                tiles.append(standardized(torch.stack(cut)))
        each = relu(self.tile(self.encoder(torch.stack(tiles).to(x.dtype))))
        return cross_entropy(self.head(each.reshape(BATCH, -1)), torch.from_numpy(which))


class Position(nn.Module):
    side = POSITION["side"]

    def __init__(self, one):
        super().__init__()
        self.encoder, self.one = Encoder(), one
        self.head = nn.Sequential(nn.Linear(2 * self.encoder.features, POSITION["hidden"]), nn.BatchNorm1d(POSITION["hidden"]), nn.ReLU(), nn.Linear(POSITION["hidden"], 8))

    def loss(self, step, x):
        patch, jitter, count = POSITION["patch"], POSITION["jitter"], BATCH * POSITION["pairs"]
        apart = patch + POSITION["gap"]
        where = draw(step, 0, count, 8)
        places = draw(step, 1, 2 * count, FINE).reshape(count, 2)
        moved = draw(step, 2, 4 * count, 2 * jitter + 1).reshape(count, 2, 2)
        kept = draw(step, 3, 2 * count, 3)
        noise = (draw(step, 4, 2 * count * 3 * patch * patch, FINE).reshape(2 * count, 3, patch, patch) / FINE - 0.5) * np.sqrt(12) * 0.01
        around = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
        patches = []
        for i in range(count):
            start = []
            for axis in range(2):
                towards = around[where[i]][axis]
                room = self.side - patch - 2 * jitter - abs(towards) * apart
                start.append(int(places[i, axis] * (room + 1) // FINE) + (apart if towards < 0 else 0))
            for member in range(2):
                top, left = (start[axis] + member * around[where[i]][axis] * apart + moved[i, member, axis] for axis in range(2))
                cut = standardized(x[i // POSITION["pairs"], :, top:top + patch, left:left + patch])
                if self.one:
                    mixed = torch.from_numpy(noise[2 * i + member].astype(np.float32)).double()
                    mixed[kept[2 * i + member]] = cut[kept[2 * i + member]]
                    cut = mixed * np.sqrt(3)
                patches.append(cut)
        features = self.encoder(torch.stack(patches).to(x.dtype))
        return cross_entropy(self.head(features.reshape(count, -1)), torch.from_numpy(where))


class Colorization(nn.Module):
    side = COLOR["side"]

    def __init__(self):
        super().__init__()
        self.centers = torch.tensor(bins(), dtype=torch.float64)
        self.encoder = Encoder(1)
        self.decoder = Decoder(self.encoder.features, 1, len(self.centers))
        nearest, soft, _ = self.soft(self.lab("prime"))
        self.prior, self.nearest = soft.mean(0), torch.bincount(nearest, minlength=len(self.centers)) / len(nearest)

    def lab(self, name):
        """The second view: a and b of unit variance would lie far out of gamut; the first picture has no color."""
        x = fill.inputs(f"{name}.lab", (BATCH, 3, self.side, self.side)).double() * 0.25
        x[0, 1], x[0, 2] = -6.025 / 92.208, 6.6895 / 101.1675
        return x

    def soft(self, lab):
        color = torch.stack([(lab[:, channel].double() * deviation + mean) * 255 - 128 for channel, (mean, deviation) in enumerate(LAB, 1)], 1)
        rows = avg_pool2d(color, COLOR["stride"]).permute(0, 2, 3, 1).reshape(-1, 2)
        squared = ((rows[:, None] - self.centers[None]) ** 2).sum(2)
        near = squared.argsort(1)[:, :COLOR["neighbors"]]
        weight = torch.exp(-squared.gather(1, near) / (2 * COLOR["spread"] ** 2))
        return near[:, 0], torch.zeros_like(squared).scatter_(1, near, weight / weight.sum(1, keepdim=True)), color

    def loss(self, step, x):
        nearest, soft, color = self.soft(self.lab(f"step{step}"))
        logits = self.decoder(self.encoder.map(x[:, :1])).permute(0, 2, 3, 1).reshape(-1, len(self.centers))
        count = 1 / ((1 - COLOR["uniform"]) * self.prior + COLOR["uniform"] / len(self.prior))
        count = count / (self.nearest * count).sum()
        colored = (avg_pool2d(color, COLOR["stride"]).abs().amax((1, 2, 3)) > 5).double().repeat_interleave((self.side // COLOR["stride"]) ** 2)
        each = -(soft.to(x.dtype) * log_softmax(logits, 1)).sum(1) * (count[nearest] * colored).to(x.dtype)
        return each.sum() / colored.sum().to(x.dtype)


class Denoising(nn.Module):
    side = DENOISING["side"]

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder(self.encoder.features, 3, 3)

    def loss(self, step, x):
        mask, one, two = (draw(step, use, x.numel(), FINE).reshape(x.shape) for use in range(3))
        noise = DENOISING["sigma"] * np.sqrt(-2 * np.log((one + 1.0) / FINE)) * np.cos(2 * np.pi * two / FINE)
        damaged = (x + torch.from_numpy(noise.astype(np.float32)).to(x.dtype)) * torch.from_numpy((mask >= DENOISING["masked"] * FINE).astype(np.float32)).to(x.dtype)
        return (self.decoder(self.encoder.map(damaged)) - x).pow(2).mean()


class Inpainting(nn.Module):
    side = INPAINTING["side"]

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder(self.encoder.features, 3, 3)

    def loss(self, step, x):
        restored, _, count = self.restored(step, x)
        return ((restored - x).pow(2) * count).sum() / (3 * count.sum())

    def restored(self, step, x):
        hole, band = INPAINTING["hole"], INPAINTING["overlap"]
        tops, lefts = (draw(step, use, BATCH, self.side - hole + 1) for use in range(2))
        shown, count = torch.ones(BATCH, 1, self.side, self.side, dtype=x.dtype), torch.zeros(BATCH, 1, self.side, self.side, dtype=x.dtype)
        for n, (top, left) in enumerate(zip(tops, lefts)):
            count[n, :, top:top + hole, left:left + hole] = INPAINTING["overlapWeight"]
            inner = (slice(None), slice(top + band, top + hole - band), slice(left + band, left + hole - band))
            count[n][inner], shown[n][inner] = 1, 0
        return self.decoder(self.encoder.map(x * shown)), shown, count


class Critic(nn.Module):
    """The discriminator of arXiv:1511.06434, with a score for each place of its last map."""

    def __init__(self):
        super().__init__()
        for i, (inputs, outputs) in enumerate(zip((3, 64, 128, 256), (64, 128, 256, 512))):
            setattr(self, f"conv{i}", nn.Conv2d(inputs, outputs, 4, 2, 1, bias=i == 0))
            if i:
                setattr(self, f"bn{i}", nn.BatchNorm2d(outputs))
        self.score = nn.Conv2d(512, 1, 1)

    def forward(self, x):
        for i in range(4):
            x = getattr(self, f"conv{i}")(x)
            x = leaky_relu(getattr(self, f"bn{i}")(x) if i else x, 0.2)
        return self.score(x)


class Adversarial(Inpainting):
    """arXiv:1604.07379, eq. 3; the critic sees the picture with its hole filled."""

    def __init__(self):
        super().__init__()
        self.critic = Critic()

    def loss(self, step, x):
        restored, shown, count = self.restored(step, x)
        filled = x * shown + restored * (1 - shown)
        self.critic.requires_grad_(False)
        adversarial = softplus(-self.critic(filled)).mean()
        self.critic.requires_grad_(True)
        self.told = softplus(-self.critic(x)).mean() + softplus(self.critic(filled.detach())).mean()
        return (1 - ADVERSARY["weight"]) * ((restored - x).pow(2) * count).sum() / (3 * count.sum()) + ADVERSARY["weight"] * adversarial


def run(make, dtype):
    net = fill.fill_module(make(), buffers=False).to(dtype)
    critic = list(net.critic.parameters()) if hasattr(net, "critic") else []
    sgd = torch.optim.SGD([value for value in net.parameters() if not any(value is other for other in critic)], RATE)
    adam = torch.optim.Adam(critic, ADVERSARY["rate"], (0.5, 0.999)) if critic else None
    losses = []
    for step in range(UPDATES):
        loss = net.loss(step, fill.inputs(f"step{step}.view", (BATCH, 3, net.side, net.side)).to(dtype))
        for optimizer, own in ((sgd, loss), (adam, getattr(net, "told", None))):
            if optimizer:
                optimizer.zero_grad()
                own.backward()
        for optimizer in filter(None, (sgd, adam)):
            optimizer.step()
        losses.append(float(loss))
    return {"losses": losses, "norms": {name: golden.twelve(value.detach().double().norm()) for name, value in net.named_parameters() if value.ndim > 1}}


def orders(tiles, count, distance):
    """Algorithm 1 of arXiv:1603.09246 from the identity on, the first of equals: the order whose mean (or least) Hamming distance to those before is greatest."""
    every = np.array(list(itertools.permutations(range(tiles))), dtype=np.int8)
    total, least, chosen = np.zeros(len(every), dtype=np.int64), np.full(len(every), tiles), [0]
    while True:
        apart = (every != every[chosen[-1]]).sum(1)
        total, least = total + apart, np.minimum(least, apart)
        if len(chosen) == count:
            return every[chosen]
        worth = np.where(least == 0, -1, total if distance == "mean" else least * 1_000_000 + total)
        chosen.append(int(worth.argmax()))


def told(tiles, count, distance):
    """All orders in one number, as many digits as there are tiles, by a polynomial; and how far apart they are."""
    chosen = orders(tiles, count, distance)
    value = 0
    for digit in chosen.reshape(-1):
        value = (value * 31 + int(digit) + 1) % 2147483647
    apart = (chosen[:, None] != chosen[None]).sum(2)[np.triu_indices(count, 1)]
    return {"tiles": tiles, "count": count, "distance": distance, "hash": value, "mean": golden.twelve(apart.mean()), "least": int(apart.min()),
            "last": [int(tile) for tile in chosen[-1]]}


def bins():
    """Squares of 10 units of a and b that the surface of the RGB cube is projected on, by the formulas of scikit-image."""
    found, level = set(), np.arange(256) / 255
    for axis in range(3):
        for face in (0.0, 1.0):
            rest = np.stack(np.meshgrid(level, level, indexing="ij"), -1).reshape(-1, 2)
            rgb = np.insert(rest, axis, face, axis=1)
            linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
            xyz = linear @ np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]).T / [0.95047, 1, 1.08883]
            f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
            ab = np.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)
            found |= set(map(tuple, (10 * np.rint(ab / 10)).astype(int).tolist()))
    return sorted(found)


METHODS = {"rotation": Rotation, "jigsaw": Jigsaw, "position-one": partial(Position, True), "position-all": partial(Position, False), "colorization": Colorization,
           "denoising": Denoising, "inpainting": Inpainting, "adversarial": Adversarial}


def main():
    args = golden.arguments(__doc__)
    centers = bins()
    golden.write("pretext.json", {
        "source": "the papers, restated", "batch": BATCH, "width": WIDTH, "lr": RATE, "jigsaw": JIGSAW, "position": POSITION, "color": COLOR, "denoising": DENOISING,
        "inpainting": INPAINTING, "adversary": ADVERSARY, "orders": [told(9, 100, "mean"), told(9, 100, "min"), told(9, 1000, "mean"), told(4, 24, "min")],
        "bins": {"count": len(centers), "sumOfA": sum(a for a, _ in centers), "sumOfB": sum(b for _, b in centers), "products": sum(a * b for a, b in centers)},
        "runs": {name: {"side": make().side, **rounding.measured(partial(run, make), "losses", "norms")} for name, make in METHODS.items()},
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
