#!/usr/bin/env python3
"""Makes maps of Fashion-MNIST with MocoSharp, umap-learn and umap-js in turn and writes docs/results/umap.md.

  bench/compare_umap.py --pairs 3 --umap-js FOLDER      # FOLDER: where `npm install umap-js` was run

--features FILE.npy adds other vectors, as `moco embed` writes them; --million times MocoSharp on a million points.
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import numpy as np

from moco_tool import write_page
from pairs import CLEAN, PYTHON, ROOT, machine, run

PROGRAM = ROOT / "artifacts/bin/MocoSharp.Benchmarks/release/MocoSharp.Benchmarks.dll"
PICTURES = pathlib.Path("/usr/share/datasets/fashion-mnist")
NEIGHBORS, SAMPLE = 15, 2_000

TEXT = """# Maps beside umap-learn and umap-js

Fashion-MNIST, 784 values a picture{also}, default settings of UMAP: 15 neighbors, two dimensions. Wall clock in seconds, {threads} threads; runs in turn
(A B A B), medians, ratios within a turn. umap-learn is {umap_learn}, timed after its compilation: seeded, its layout has one thread; without a seed
it has all, and no two maps are alike. MocoSharp is always seeded. {machine}, level {level}.

```sh
bench/compare_umap.py --pairs {count}{js}{more}
```

| vectors | program | seconds | times MocoSharp's | turns | trustworthiness | neighbors kept |
|---|---|---|---|---|---|---|
{rows}

Trustworthiness and the share of each point's {k} nearest that are among its {k} nearest on the map: of {sample:,} points against all, by the same
program for all maps. MocoSharp's peak memory for {largest}: {peak:,.0f} MB, features included; of its seconds {neighbors:.1f} went to
neighbors, {start:.1f} to the first places and {layout:.1f} to the layout.
{million}"""


def pictures():
    parts = [np.frombuffer(gzip.open(PICTURES / f"{part}-images-idx3-ubyte.gz").read(), np.uint8, offset=16) for part in ("train", "t10k")]
    return (np.concatenate(parts).reshape(-1, 784) / np.float32(255)).astype(np.float32)


def read(path):
    with open(path, "rb") as file:
        rows, dimensions = np.fromfile(file, np.int64, 2)
        return np.fromfile(file, np.float32, rows * dimensions).reshape(rows, dimensions)


def write(path, points):
    with open(path, "wb") as file:
        np.array(points.shape, np.int64).tofile(file)
        np.ascontiguousarray(points, np.float32).tofile(file)


class Quality:
    """Trustworthiness (Venna and Kaski) and kept neighbors of a sample of points against all."""

    def __init__(self, features, sample=SAMPLE):
        self.count = len(features)
        self.sample = np.random.default_rng(1).choice(self.count, min(sample, self.count), replace=False)
        self.ranks = np.empty((len(self.sample), self.count), np.int32)
        features = features.astype(np.float64)
        squares = (features ** 2).sum(1)
        step = max(1, 35_000_000 // self.count)
        for i in range(0, len(self.sample), step):
            part = self.sample[i:i + step]
            distances = squares - 2 * features[part] @ features.T
            distances[np.arange(len(part)), part] = -np.inf
            np.put_along_axis(self.ranks[i:i + step], distances.argsort(1), np.arange(self.count, dtype=np.int32)[None], 1)

    def of(self, points):
        points = points.astype(np.float64)
        distances = (points ** 2).sum(1) - 2 * points[self.sample] @ points.T
        distances[np.arange(len(self.sample)), self.sample] = np.inf
        ranks = np.take_along_axis(self.ranks, distances.argpartition(NEIGHBORS, 1)[:, :NEIGHBORS], 1)
        worst = len(self.sample) * NEIGHBORS * (2 * self.count - 3 * NEIGHBORS - 1) / 2
        return 1 - np.maximum(0, ranks - NEIGHBORS).sum() / worst, (ranks <= NEIGHBORS).mean()


MILLION = """
**A million points** of 128 numbers around 1,000 centers, once: {seconds:,.0f} s, of which {neighbors:,.0f} s to neighbors, {start:,.0f} s to the first places
and {layout:,.0f} s to the layout; {peakMegabytes:,.0f} MB at most, the points' 512 MB included; trustworthiness {trust:.4f}, {kept:.4f} of the neighbors kept.
"""


def clustered(count):
    random = np.random.default_rng(1)
    centers = random.standard_normal((1000, 128), dtype=np.float32)
    points = centers[random.integers(0, len(centers), count)]
    return points + np.float32(0.7) * random.standard_normal(points.shape, dtype=np.float32)


def million(threads):
    with tempfile.TemporaryDirectory() as folder:
        source, out = os.path.join(folder, "features.bin"), os.path.join(folder, "map.bin")
        points = clustered(1_000_000)
        write(source, points)
        result = mocosharp(source, out, threads)
        trust, kept = Quality(points, sample=200).of(read(out))
        return MILLION.format(**result, trust=trust, kept=kept)


def mocosharp(features, out, threads):
    subprocess.run(["dotnet", str(PROGRAM), "map", features, out, "1", str(threads)], env=CLEAN, check=True)
    return json.loads(pathlib.Path(f"{out}.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 70_000])
    parser.add_argument("--umap-js", help="where `npm install umap-js` was run; it makes the smallest map once")
    parser.add_argument("--features", nargs="*", default=[], metavar="FILE.npy")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    everything, rows, last = pictures(), [], {}
    sets = [(f"{count:,} pictures", everything[-count:]) for count in a.counts]
    others = [(pathlib.Path(file), np.load(file)) for file in a.features]
    sets = [(f"{file.stem}, {len(own):,} x {own.shape[1]}", own) for file, own in others] + sets
    more = (["features " + " ".join(file.name for file, _ in others)] if others else []) + (["million"] if a.million else [])
    for number, (name_of_set, vectors) in enumerate(sets):
        with tempfile.TemporaryDirectory() as folder:
            source, out = os.path.join(folder, "features.bin"), os.path.join(folder, "map.bin")
            write(source, vectors)
            quality = Quality(vectors)
            peer = [PYTHON, str(ROOT / "bench/peers/umap_learn.py"), "--features", source, "--out", out, "--threads", str(a.threads)]
            programs = {"MocoSharp": lambda: mocosharp(source, out, a.threads), "umap-learn, seeded": lambda: run([*peer, "--seed", "1"]),
                        "umap-learn, no seed": lambda: run(peer)}
            if a.umap_js and number == 0:
                programs["umap-js"] = lambda: run(["node", str(ROOT / "bench/peers/umap_js.mjs"), a.umap_js, source, out])
            seconds, good = {name: [] for name in programs}, {}
            for turn in range(a.pairs):
                for name, program in programs.items():
                    if name == "umap-js" and turn > 0:
                        continue
                    last[name] = program()
                    seconds[name].append(last[name]["seconds"])
                    good.setdefault(name, quality.of(read(out)))
                    print(f"{name_of_set}, turn {turn + 1}: {name} {seconds[name][-1]:.1f} s, {good[name][0]:.4f}, {good[name][1]:.4f}", flush=True)
            for name, times in seconds.items():
                ratio = statistics.median(theirs / ours for ours, theirs in zip(seconds["MocoSharp"], times))
                rows.append(f"| {name_of_set} | {name} | {statistics.median(times):.1f} | {'' if name == 'MocoSharp' else f'**{ratio:.1f}**'} | "
                            f"{len(times)} | {good[name][0]:.4f} | {good[name][1]:.4f} |")
    own = last["MocoSharp"]
    text = TEXT.format(threads=a.threads, umap_learn=last["umap-learn, seeded"]["umap_learn"], machine=machine(), count=a.pairs, k=NEIGHBORS, sample=SAMPLE,
                       level="AVX-512" if "avx512f" in open("/proc/cpuinfo").read() else "AVX2", js=" --umap-js FOLDER" if a.umap_js else "",
                       rows="\n".join(rows), largest=sets[-1][0], also=" (and features of other files)" if a.features else "",
                       more="".join(f" --{word}" for word in more),
                       million=million(a.threads) if a.million else "", peak=own["peakMegabytes"], neighbors=own["neighbors"], start=own["start"], layout=own["layout"])
    print(text)
    if not a.dry:
        write_page(ROOT / "docs/results/umap.md", text)


main()
