#!/usr/bin/env python3
"""Makes maps with umap-learn, in seconds after its compilation: a small map first, then the file's.

  bench/peers/umap_learn.py --features features.bin --out map.bin [--seed 1] [--threads 2]

A file holds two int64 (rows, dimensions) and the float32 values row by row; so does the map's.
"""
import argparse
import json
import time

import numba
import numpy as np
import umap


def read(path):
    with open(path, "rb") as file:
        rows, dimensions = np.fromfile(file, np.int64, 2)
        return np.fromfile(file, np.float32, rows * dimensions).reshape(rows, dimensions)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, help="without one umap-learn lays out with all threads, and differently each time")
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    numba.set_num_threads(a.threads)
    features = read(a.features)
    umap.UMAP(random_state=a.seed, n_epochs=20).fit_transform(np.random.default_rng(0).normal(size=(5_000, features.shape[1])).astype(np.float32))
    started = time.perf_counter()
    points = umap.UMAP(random_state=a.seed).fit_transform(features)
    seconds = time.perf_counter() - started
    with open(a.out, "wb") as file:
        np.array(points.shape, np.int64).tofile(file)
        points.astype(np.float32).tofile(file)
    print(json.dumps({"seconds": seconds, "umap_learn": umap.__version__}))


main()
