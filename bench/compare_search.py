#!/usr/bin/env python3
"""Times exact search and the index beside faiss and numpy on clustered points and writes docs/results/search.md.

  bench/compare_search.py --pairs 3
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

import numpy as np

from moco_tool import write_page
from pairs import CLEAN, PYTHON, ROOT, machine, run

PROGRAM = ROOT / "artifacts/bin/MocoSharp.Benchmarks/release/MocoSharp.Benchmarks.dll"

TEXT = """# Search beside faiss and numpy

{rows:,} points of 128 numbers around 1,000 centers, ten nearest by cosine; {queries:,} queries at once, in seconds, and single ones, in
milliseconds (medians). 2 threads. Runs in turn (A B A B), medians and ratios within a turn. {faiss} (`IndexFlatIP`) and {numpy} (products and
`argpartition`, 65,536 rows at a time) have the rows in memory, normalized before; MocoSharp reads them from the system's cache of the file and
normalizes them on the way. All three find the same rows. {machine}, level {level}.

```sh
bench/compare_search.py --pairs {pairs} --rows {rows}
```

| program | all at once, s | times MocoSharp's | one, ms | times MocoSharp's | turns |
|---|---|---|---|---|---|
{exact}

Peak memory of MocoSharp: {peak:,.0f} MB.

## The index
`moco index` on the same rows, built by one processor, both at the same time; a search for ten looks at 64 candidates, and at up to 512 until its recall is 0.99. Recall: the share of the ten
truly nearest, over the {queries:,} queries. The file's rows and the graph are in the system's cache.

| rows | numbers | candidates | built in, s | size, MB | one search, ms | recall |
|---|---|---|---|---|---|---|
{index}
"""


def make(folder, rows, queries):
    random = np.random.default_rng(1)
    centers = random.standard_normal((1000, 128), dtype=np.float32)
    paths = []
    for name, count in ("rows", rows), ("queries", queries):
        points = centers[random.integers(0, len(centers), count)]
        points += 0.7 * random.standard_normal(points.shape, dtype=np.float32)
        paths.append(os.path.join(folder, f"{name}.npy"))
        np.save(paths[-1], points)
    return paths


def begun(paths, index, repeats):
    return subprocess.Popen(["dotnet", str(PROGRAM), "search", *paths, index, str(repeats), paths[0] + ".json"], env=CLEAN)


def ended(process, paths):
    if process.wait():
        raise SystemExit("MocoSharp failed")
    return json.loads(open(paths[0] + ".json").read())


def ours(paths, index, repeats):
    return ended(begun(paths, index, repeats), paths)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = make(folder, a.rows, a.queries)
        turns = []
        for turn in range(a.pairs):
            turns.append((ours(paths, "exact", 3), *(run([PYTHON, str(ROOT / "bench/peers/search_faiss.py"), *paths, "--program", program],
                                                         OPENBLAS_NUM_THREADS="2") for program in ("faiss", "numpy"))))
            print(f"turn {turn + 1}: " + ", ".join(f"{one['seconds']:.2f} s {one['milliseconds']:.1f} ms" for one in turns[-1]), flush=True)
            if any(one["first"] != turns[0][0]["first"] for one in turns[-1]):
                raise SystemExit("the programs do not find the same rows")
        works = []
        for name in "fp32", "int8":
            own = [os.path.join(folder, f"{name}.npy"), paths[1]]
            os.link(paths[0], own[0])
            works.append((name, own, begun(own, name, 3)))
        indexes = [(name, ended(process, own)) for name, own, process in works]
    rows = []
    for place, name in enumerate(["MocoSharp", turns[0][1]["version"], turns[0][2]["version"]]):
        both = [statistics.median(turn[place][key] for turn in turns) for key in ("seconds", "milliseconds")]
        ratios = [statistics.median(turn[place][key] / turn[0][key] for turn in turns) for key in ("seconds", "milliseconds")]
        rows.append(f"| {name} | {both[0]:.2f} | {ratios[0]:.1f} | {both[1]:.0f} | {ratios[1]:.2f} | {len(turns)} |")
    text = TEXT.format(rows=a.rows, queries=a.queries, pairs=a.pairs, faiss=turns[0][1]["version"], numpy=turns[0][2]["version"], machine=machine(),
                       level=turns[0][0]["level"], exact="\n".join(rows), peak=max(turn[0]["peakMegabytes"] for turn in turns),
                       index="\n".join(f"| {a.rows:,} | {name} | {one['more']['candidates']} | {one['more']['buildSeconds']:.0f} | {one['more']['bytes'] / 1e6:,.0f} | "
                                       f"{one['milliseconds']:.2f} | {one['more']['recall']:.3f} |" for name, one in indexes))
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/search.md", text)


main()
