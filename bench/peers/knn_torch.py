#!/usr/bin/env python3
"""A weighted kNN vote in plain PyTorch, for timing beside `moco bench knn`: as MoCo's CIFAR-10 demo votes, 512 queries at a time, fp32, all threads.

Features are the same on both sides: normal noise around one center a class, from a file that `moco bench knn --save FILE` wrote, or drawn here.
Prints one JSON object.
"""
import argparse
import json
import statistics
import time

import numpy
import torch
from torch.nn import functional as F


def read(path):
    """Two sets, one after the other: rows, columns and classes as int64, then float32 rows, then int32 labels."""
    sets = []
    with open(path, "rb") as file:
        for _ in range(2):
            rows, columns, classes = numpy.fromfile(file, numpy.int64, 3)
            values = torch.from_numpy(numpy.fromfile(file, numpy.float32, rows * columns).reshape(rows, columns))
            sets.append((values, torch.from_numpy(numpy.fromfile(file, numpy.int32, rows)).long(), int(classes)))
    return sets


def vote(bank, bank_labels, queries, classes, k, temperature, block):
    bank, names = F.normalize(bank, dim=1).T.contiguous(), []
    for part in queries.split(block):
        similarity = torch.mm(F.normalize(part, dim=1), bank)
        weight, index = similarity.topk(k=k, dim=-1)
        labels = torch.gather(bank_labels.expand(part.size(0), -1), dim=-1, index=index)
        weight = ((weight - weight[:, :1]) / temperature).exp()     # relative to the nearest, so that small temperatures do not overflow
        one_hot = torch.zeros(part.size(0) * k, classes).scatter(dim=-1, index=labels.view(-1, 1), value=1.0)
        scores = (one_hot.view(part.size(0), -1, classes) * weight.unsqueeze(-1)).sum(dim=1)
        names.append(scores.argmax(dim=1))
    return torch.cat(names)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--features", required=True)
    parser.add_argument("--neighbors", type=int, default=200)
    parser.add_argument("--temperature", type=float, default=0.1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--block", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    (bank, bank_labels, classes), (queries, query_labels, _) = read(a.features)
    times = []
    with torch.no_grad():
        for _ in range(a.repeats + 1):
            start = time.perf_counter()
            predicted = vote(bank, bank_labels, queries, classes, a.neighbors, a.temperature, a.block)
            times.append(time.perf_counter() - start)
    seconds = statistics.median(times[1:])
    print(json.dumps({"seconds": seconds, "images_per_second": len(queries) / seconds, "accuracy": float((predicted == query_labels).float().mean()),
                      "torch": torch.__version__}))


main()
