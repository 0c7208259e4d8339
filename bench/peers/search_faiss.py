#!/usr/bin/env python3
"""Times faiss' exact search, and numpy's products, for bench/compare_search.py. Prints one JSON object."""
import argparse
import json
import statistics
import time

import numpy as np

TOP = 10


def median(count, work):
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def by_numpy(rows, queries):
    best_scores, best = np.full((len(queries), 0), 0, np.float32), np.zeros((len(queries), 0), np.int64)
    for first in range(0, len(rows), 65_536):
        scores = queries @ rows[first:first + 65_536].T
        part = np.argpartition(-scores, TOP, 1)[:, :TOP]
        scores = np.concatenate([best_scores, np.take_along_axis(scores, part, 1)], 1)
        places = np.concatenate([best, part + first], 1)
        kept = np.argsort(-scores, 1)[:, :TOP]
        best_scores, best = np.take_along_axis(scores, kept, 1), np.take_along_axis(places, kept, 1)
    return best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows")
    parser.add_argument("queries")
    parser.add_argument("--program", choices=["faiss", "numpy"], default="faiss")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    rows, queries = (np.load(path) for path in (a.rows, a.queries))
    for one in (rows, queries):
        one /= np.linalg.norm(one, axis=1, keepdims=True)
    if a.program == "faiss":
        import faiss
        faiss.omp_set_num_threads(a.threads)
        index = faiss.IndexFlatIP(rows.shape[1])
        index.add(rows)
        search, version = (lambda some: index.search(some, TOP)[1]), f"faiss {faiss.__version__}"
    else:
        search, version = (lambda some: by_numpy(rows, some)), f"numpy {np.__version__}"
    found = search(queries)
    together = median(a.repeats, lambda: search(queries))
    asked = iter(range(10 ** 9))
    alone = median(10 * a.repeats, lambda: search(queries[[next(asked) % len(queries)]]))
    print(json.dumps({"seconds": together, "milliseconds": 1e3 * alone, "first": found[:20, 0].tolist(), "version": version}))


main()
