#!/usr/bin/env python3
"""The MoCo v2 step in plain PyTorch, for timing beside `moco bench step`: the same networks, queue, loss and optimizer on synthetic pictures.

  --mode usual           fp32, NCHW: what most scripts do
  --mode channels-last   fp32, channels_last
  --mode autocast        bf16 autocast, NCHW
  --mode tuned           bf16 autocast, channels_last
  --replay FILE          start from what `moco bench step --record FILE` wrote: the losses of all steps can then be compared
Needs Debian's python3-torch and python3-torchvision, of 12 or 13. Prints one JSON object; peak_mb is the most that the whole process held (ru_maxrss).
"""
import argparse
import copy
import json
import pathlib
import resource
import statistics
import time

import torch
import torchvision
from torch import nn
from torch.nn import functional as F


def network(arch, small_stem, dim):
    net = getattr(torchvision.models, arch)()
    if small_stem:
        net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    features = net.fc.in_features
    net.fc = nn.Sequential(nn.Linear(features, features), nn.ReLU(), nn.Linear(features, dim))
    return net


def read(path):
    """A safetensors file: the length of a JSON header, the header, the tensors' bytes."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    types = {"F32": torch.float32, "I64": torch.int64}
    tensors = {}
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            data = bytearray(content[start + first:start + last])
            tensors[name] = torch.frombuffer(data, dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def fill(net, tensors, prefix):
    own = lambda name: name.replace("fc.", f"{prefix}.head.", 1) if name.startswith("fc.") else f"{prefix}.encoder.{name}"
    net.load_state_dict({name: tensors[own(name)] for name in net.state_dict()})


def shifted(noise, step):
    """The noise as one row of numbers, turned by a step's share: other pictures in each step, and the same ones as `moco bench step --record` makes."""
    return noise.flatten().roll(-step * 7919).reshape(noise.shape)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default="resnet18")
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--queue", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--mode", choices=["usual", "channels-last", "autocast", "tuned"], default="usual")
    parser.add_argument("--replay")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    last = a.mode in ("channels-last", "tuned")
    low = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=a.mode in ("autocast", "tuned"))
    query_net = network(a.arch, a.image <= 64, dim=128)
    if last:
        query_net = query_net.to(memory_format=torch.channels_last)
    key_net = copy.deepcopy(query_net).requires_grad_(False)
    optimizer = torch.optim.SGD(query_net.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)
    queue, at = F.normalize(torch.randn(a.queue, 128), dim=1), 0
    x = torch.randn(a.batch, 3, a.image, a.image)
    if a.replay:
        start = read(a.replay)
        fill(query_net, start, "query")
        fill(key_net, start, "key")
        queue, x = start["queue.keys"], start["pictures"]
    prepared = lambda pictures: [v.contiguous(memory_format=torch.channels_last) if last else v for v in (pictures, pictures.flip(3))]
    views = prepared(x)
    labels = torch.zeros(a.batch, dtype=torch.long)
    times, losses = [], []
    for i in range(a.warm_up + a.steps):
        if a.replay:
            views = prepared(shifted(x, i))
        start = time.perf_counter()
        with torch.no_grad(), low():
            keys = key_net(views[1])
        keys = F.normalize(keys.float(), dim=1)
        with low():
            queries = query_net(views[0])
        queries = F.normalize(queries.float(), dim=1)
        logits = torch.cat([(queries * keys).sum(1, keepdim=True), queries @ queue.T], dim=1) / 0.2
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        queue[at:at + a.batch] = keys
        at = (at + a.batch) % a.queue
        optimizer.step()
        with torch.no_grad():
            for k, q in zip(key_net.parameters(), query_net.parameters()):
                k.mul_(0.999).add_(q, alpha=0.001)
        losses.append(loss.item())
        if i >= a.warm_up:
            times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({"images_per_second": a.batch / statistics.median(times), "mode": a.mode, "torch": torch.__version__, "peak_mb": round(peak, 1), "losses": losses}))


main()
