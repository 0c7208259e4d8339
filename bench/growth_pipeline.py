#!/usr/bin/env python3
"""How the pipeline's cost grows with the number of pictures: rate and memory at 1,000 to 1,000,000 pictures of 32 px in a packed file, made by repeating.

  bench/growth_pipeline.py --seconds 60 --folder /tmp
Writes docs/notes/pipeline-growth.md and .svg. Needs 10 GB of room in the folder while it runs, and nothing but Python's own modules.
"""
import argparse
import os
import random
import tempfile

from pairs import MOCO, ROOT, machine, run

COUNTS = [1_000, 10_000, 100_000, 1_000_000]


def write_cifar(path, count):
    """CIFAR-10's binary form, which `moco pack` reads: a label, then 3,072 samples a record."""
    rng = random.Random(1)
    block = b"".join(bytes([i % 10]) + rng.randbytes(3072) for i in range(1000))
    with open(path, "wb") as file:
        for _ in range(count // 1000):
            file.write(block)


def plot(points):
    """A small drawing without any library: rate over count, both with their values."""
    width, height, left, top = 640, 260, 70, 30
    most = max(rate for _, rate, _ in points) * 1.2
    x = lambda i: left + i * (width - left - 60) / (len(points) - 1)
    y = lambda rate: top + (height - top - 40) * (1 - rate / most)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="white"/><line x1="{left}" y1="{y(0)}" x2="{width - 30}" y2="{y(0)}" stroke="black"/>',
             f'<text x="10" y="16">pictures a second (two views), and resident memory, by pictures in the file</text>',
             '<polyline fill="none" stroke="#1f77b4" stroke-width="2" points="' + " ".join(f"{x(i):.0f},{y(rate):.0f}" for i, (_, rate, _) in enumerate(points)) + '"/>']
    for i, (count, rate, resident) in enumerate(points):
        lines.append(f'<circle cx="{x(i):.0f}" cy="{y(rate):.0f}" r="4" fill="#1f77b4"/><text x="{x(i):.0f}" y="{y(rate) - 10:.0f}" text-anchor="middle">{rate:,.0f}</text>'
                     f'<text x="{x(i):.0f}" y="{y(rate) + 18:.0f}" text-anchor="middle" fill="#666">{resident:.0f} MB</text>'
                     f'<text x="{x(i):.0f}" y="{y(0) + 18:.0f}" text-anchor="middle">{count:,}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--keep", help="a folder whose packed files are made once and left for the next time")
    parser.add_argument("--rounds", type=int, default=1, help="all counts are run so often in turn; the median round counts")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=a.folder) as folder:
        packs = {}
        for count in COUNTS:
            raw, packs[count] = os.path.join(folder, "data_batch_1.bin"), os.path.join(a.keep or folder, f"{count}.pack")
            if os.path.exists(packs[count]):
                continue
            write_cifar(raw, count)
            run([MOCO, "pack", raw, "-o", packs[count], "--json"])
            os.remove(raw)
        found = {count: [] for count in COUNTS}
        for _ in range(a.rounds):
            for count in COUNTS:
                found[count].append(run([MOCO, "bench", "pipeline", "--json", "--recipe", "moco-cifar10", "--batch", "256", "--workers", "2", "--seconds", str(a.seconds), "--data", packs[count]]))
                print(f"{count:,}: {found[count][-1]['images_per_second']:,.0f} images/s", flush=True)
    points, rows = [], []
    for count, results in found.items():
        result = sorted(results, key=lambda one: one["images_per_second"])[len(results) // 2]
        resident = result["resident_megabytes"]
        points.append((count, result["images_per_second"], resident[-1]))
        rows.append(f"| {count:,} | {result['images_per_second']:,.0f} | {result['slowest_images_per_second']:,.0f} to {result['fastest_images_per_second']:,.0f} | "
                    f"{result['first_images_per_second']:,.0f} | {result['last_images_per_second']:,.0f} | {min(resident):.0f} to {max(resident):.0f} |")
    rates = [rate for _, rate, _ in points]
    (ROOT / "docs/notes/pipeline-growth.svg").write_text(plot(points))
    (ROOT / "docs/notes/pipeline-growth.md").write_text(f"""# How the pipeline's cost grows

Pictures of 32 px in a packed file, made by repeating; two views each of MoCo's CIFAR-10 demo, 2 threads, {a.seconds:.0f} s a row after a warm-up, nothing kept in memory. The rate is the
median of ten parts of the time; from the slowest to the fastest count it differs by {max(rates) / min(rates) - 1:.0%}. {machine()}.

```sh
bench/growth_pipeline.py --seconds {a.seconds:.0f}
```

| pictures | images/s | parts | first part | last part | resident, MB |
|---|---|---|---|---|---|
{chr(10).join(rows)}

![Rate and memory by the number of pictures](pipeline-growth.svg)
""")


main()
