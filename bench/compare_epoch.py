#!/usr/bin/env python3
"""One epoch of `moco-cifar10` from files to the kNN test, beside the same in PyTorch, in turn (A B A B ...): seconds by the wall clock.

  bench/compare_epoch.py --data DIR [--share 0.2] [--pairs 3] [--peer PROGRAM]
With --share only that part of each class is used. Pair i has seed i on both sides. The peer takes DIR, the number of epochs and a seed, and gets glibc's
best allocator settings.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from moco_tool import part_of
from pairs import BEST_ALLOCATOR, CLEAN, MOCO, PYTHON, ROOT


def timed(command, environment):
    start = time.time()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr}{done.stdout}")
    return time.time() - start, done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--share", type=float, default=1)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--peer", default=str(ROOT / "bench/peers/cifar10_torch.py"))
    a = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=a.data.parent) as temporary:
        data = a.data
        if a.share < 1:
            data = pathlib.Path(temporary) / "part"
            part_of(a.data, data, train=a.share, test=a.share)
        found = []
        for i in range(a.pairs):
            run = f"{temporary}/run-{i}"
            ours, _ = timed([MOCO, "train", "moco-cifar10", "--data", str(data), "--run", run, "--stop-after", "1", "--set", f"training.seed={i + 1}"], CLEAN)
            theirs, said = timed([PYTHON, a.peer, str(data), "1", str(i + 1)], CLEAN | BEST_ALLOCATOR)
            mine, other = json.loads(pathlib.Path(run, "metrics.jsonl").read_text().splitlines()[-1]), json.loads(said.splitlines()[-1])
            found.append((ours, theirs))
            print(f"pair {i + 1}: MocoSharp {ours:.0f} s (loss {mine['loss']:.2f}, kNN {mine['knn']:.1f}), PyTorch {theirs:.0f} s (loss {other['loss']:.2f}, kNN {other['knn']:.1f}), ratio {theirs / ours:.2f}", flush=True)
        print(f"median ratio {statistics.median(b / a for a, b in found):.2f}, MocoSharp {statistics.median(a for a, _ in found):.0f} s, PyTorch {statistics.median(b for _, b in found):.0f} s")


main()
