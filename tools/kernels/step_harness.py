"""A whole MoCo v2 step built from mocosharp:: operators next to the tuned PyTorch step, and where its time goes.

  /usr/bin/python3 step_harness.py [library.so] --image 32 --batch 256 [--arch resnet50] [--threads 2] [--steps 3] [--profile] [--ours]
"""
import argparse
import copy
import json
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

from common import ops

parser = argparse.ArgumentParser()
parser.add_argument("library", nargs="?")
parser.add_argument("--image", type=int, default=32)
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--arch", default="resnet18")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--splits", type=int, default=1)
parser.add_argument("--profile", action="store_true")
parser.add_argument("--ours", action="store_true", help="leave the peer out")
parser.add_argument("--cpu-time", action="store_true", help="one thread's processor time instead of the clock")
a = parser.parse_args()
torch.manual_seed(0)
HALF, LAST = torch.bfloat16, torch.channels_last


def encoder():
    m = getattr(torchvision.models, a.arch)(num_classes=128)
    if a.image <= 64:
        m.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        m.maxpool = nn.Identity()
    width = m.fc.in_features
    m.fc = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 128))
    return m


class Flat:
    """All parameters of a model as views into one tensor, and their gradients into another."""

    def __init__(self, model, with_gradient):
        parameters = list(model.parameters())
        self.data = torch.cat([p.detach().reshape(-1) for p in parameters])
        self.gradient, self.buffer, self.first = torch.zeros_like(self.data), torch.zeros_like(self.data), True
        at = 0
        for p in parameters:
            p.data = self.data[at:at + p.numel()].view(p.shape)
            if with_gradient:
                p.grad = self.gradient[at:at + p.numel()].view(p.shape)
            at += p.numel()


def conv_norm(convolution, normal, x, relu, residual=None):
    """Returns the normalized output and x for its second user."""
    c, n = convolution, normal
    y, same, moments = ops.conv2d_moments(x, c.weight, c.bias, list(c.stride), list(c.padding), c.groups, a.splits)
    y = ops.batch_norm_act.moments(y, residual, n.weight, n.bias, n.running_mean, n.running_var, True, 0.1, n.eps, a.splits, relu, moments)
    return y, same


def block(m, x):
    y, same = conv_norm(m.conv1, m.bn1, x, True)
    if m.downsample is not None:
        same, _ = conv_norm(m.downsample[0], m.downsample[1], same, False)
    if hasattr(m, "conv3"):
        y, _ = conv_norm(m.conv2, m.bn2, y, True)
        return conv_norm(m.conv3, m.bn3, y, True, same)[0]
    return conv_norm(m.conv2, m.bn2, y, True, same)[0]


def ours_encode(m, x):
    x, _ = conv_norm(m.conv1, m.bn1, x.to(HALF).contiguous(memory_format=LAST), True)
    if not isinstance(m.maxpool, nn.Identity):
        x = ops.max_pool2d(x, [3, 3], [2, 2], [1, 1])
    for layer in (m.layer1, m.layer2, m.layer3, m.layer4):
        for b in layer:
            x = block(b, x)
    x = x.mean((2, 3)).float()
    return F.normalize(m.fc(x), dim=1)


def loss_of(q, k, queue):
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue], 1) / 0.2
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))


class Ours:
    def __init__(self):
        self.query = encoder()
        self.key = copy.deepcopy(self.query).requires_grad_(False)
        self.flat, self.key_flat = Flat(self.query, True), Flat(self.key, False)

    def step(self, x_q, x_k, queue):
        with torch.no_grad():
            ops.lerp_(self.key_flat.data, self.flat.data, 0.999)
            k = ours_encode(self.key, x_k)
        loss = loss_of(ours_encode(self.query, x_q), k, queue)
        loss.backward()
        f = self.flat
        ops.sgd_step_(f.data, f.gradient, f.buffer, 0.03, 0.9, 0.0, 1e-4, False, f.first, True)
        f.first = False
        return loss.item()


class Peer:
    def __init__(self):
        self.query = encoder().to(memory_format=LAST)
        self.key = copy.deepcopy(self.query).requires_grad_(False)
        self.optimizer = torch.optim.SGD(self.query.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)

    def encode(self, m, x):
        with torch.autocast("cpu", dtype=HALF):
            y = m(x.contiguous(memory_format=LAST))
        return F.normalize(y.float(), dim=1)

    def step(self, x_q, x_k, queue):
        with torch.no_grad():
            for k, q in zip(self.key.parameters(), self.query.parameters()):
                k.mul_(0.999).add_(q, alpha=0.001)
            k = self.encode(self.key, x_k)
        loss = loss_of(self.encode(self.query, x_q), k, queue)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    torch.set_num_threads(1 if a.cpu_time else a.threads)
    clock = time.thread_time if a.cpu_time else time.perf_counter
    x = torch.randn(a.batch, 3, a.image, a.image)
    x_q, x_k, queue = x, x.flip(3), F.normalize(torch.randn(128, 4096), dim=0)
    torch.manual_seed(1)
    ours = Ours()
    torch.manual_seed(1)
    runners = {"ours": ours} if a.ours else {"peer": Peer(), "ours": ours}
    for runner in runners.values():
        for _ in range(2):
            runner.step(x_q, x_k, queue)
    times = {name: [] for name in runners}
    backward_note = {}
    for _ in range(a.steps):
        for name, runner in runners.items():
            start = clock()
            backward_note[name] = runner.step(x_q, x_k, queue)
            times[name].append(clock() - start)
    best = {name: min(t) for name, t in times.items()}
    report = {f"{name} images/s": round(a.batch / t, 1) for name, t in best.items()}
    report.update({f"{name} median ms": round(1e3 * statistics.median(t), 1) for name, t in times.items()})
    if "peer" in best:
        report["ratio of best"] = round(best["peer"] / best["ours"], 2)
        report["ratio of medians"] = round(statistics.median(times["peer"]) / statistics.median(times["ours"]), 2)
    print(json.dumps({"arch": a.arch, "image": a.image, "batch": a.batch, **report, "losses": backward_note}))
    print("allocator: in use, cached, peak, requests, system requests:", ops.allocator_statistics())
    if a.profile:
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
            ours.step(x_q, x_k, queue)
        print(profile.key_averages().table(sort_by="self_cpu_time_total", row_limit=22, max_name_column_width=90))


main()
