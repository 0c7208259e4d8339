#!/usr/bin/env python3
"""How the step's cost grows: with the queue, with the batch, and with the number of pictures (packed files of `growth_pipeline.py --keep`).

  bench/growth_step.py --packs FOLDER [--rounds 3]
Writes docs/notes/step-growth.md and .svg.
"""
import argparse
import os
import statistics

from pairs import MOCO, ROOT, machine, run

QUEUES = [1_024, 4_096, 16_384, 65_536, 131_072]
BATCHES = [16, 32, 64, 128, 256, 512]
COUNTS = [1_000, 10_000, 100_000, 1_000_000]


def step(*options):
    return run([MOCO, "bench", "step", "--json", *map(str, options)])


def in_turn(rounds, values, one):
    """Every value once a round, so that a slow minute of the server meets them all; the results of each value."""
    found = {value: [] for value in values}
    for _ in range(rounds):
        for value in values:
            found[value].append(one(value))
            print(f"{value:,}: {found[value][-1]['images_per_second']:.1f} images/s", flush=True)
    return found


def middle(results, of):
    return statistics.median(of(one) for one in results)


def plot(title, points):
    """A small drawing without any library: milliseconds by value, from zero, every value at the same distance."""
    width, height, left, top = 640, 240, 60, 40
    most = max(y for _, y in points) * 1.15
    x = lambda i: left + i * (width - left - 60) / (len(points) - 1)
    y = lambda value: top + (height - top - 40) * (1 - value / most)
    lines = [f'<text x="10" y="20">{title}</text>', f'<line x1="{left}" y1="{y(0)}" x2="{width - 30}" y2="{y(0)}" stroke="black"/>',
             '<polyline fill="none" stroke="#1f77b4" stroke-width="2" points="' + " ".join(f"{x(i):.0f},{y(v):.0f}" for i, (_, v) in enumerate(points)) + '"/>']
    for i, (name, value) in enumerate(points):
        lines.append(f'<circle cx="{x(i):.0f}" cy="{y(value):.0f}" r="4" fill="#1f77b4"/><text x="{x(i):.0f}" y="{y(value) - 10:.0f}" text-anchor="middle">{value:,.1f}</text>'
                     f'<text x="{x(i):.0f}" y="{y(0) + 18:.0f}" text-anchor="middle">{name:,}</text>')
    return lines, height


def drawing(plots):
    whole, offset = [], 0
    for lines, height in plots:
        whole += [f'<g transform="translate(0 {offset})">', *lines, "</g>"]
        offset += height
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {offset}" font-family="sans-serif" font-size="12">', f'<rect width="640" height="{offset}" fill="white"/>', *whole, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--packs", required=True, help="where 1000.pack to 1000000.pack lie")
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    queues = in_turn(a.rounds, QUEUES, lambda k: step("--batch", 64, "--queue", k, "--steps", 20))
    batches = in_turn(a.rounds, BATCHES, lambda b: step("--batch", b, "--steps", 10))
    counts = in_turn(1, COUNTS, lambda n: step("--batch", 64, "--steps", 300, "--recipe", "moco-cifar10", "--data", os.path.join(a.packs, f"{n}.pack")))

    by_queue = [(k, middle(r, lambda one: 64e3 / one["images_per_second"]), middle(r, lambda one: one["milliseconds"]["loss"])) for k, r in queues.items()]
    by_batch = [(b, middle(r, lambda one: 1e3 * b / one["images_per_second"])) for b, r in batches.items()]
    queue_rows = "\n".join(f"| {k:,} | {whole:.1f} | {loss:.1f} |" for k, whole, loss in by_queue)
    batch_rows = "\n".join(f"| {b} | {ms:.1f} | {b * 1e3 / ms:.0f} |" for b, ms in by_batch)
    count_rows = "\n".join(f"| {n:,} | {r[0]['images_per_second']:.1f} | {r[0]['parts'][0]:.1f} | {r[0]['parts'][-1]:.1f} | {r[0]['milliseconds']['waiting']:.1f} | {r[0]['resident_megabytes'][0]:.0f} | {r[0]['resident_megabytes'][-1]:.0f} |"
                           for n, r in counts.items())
    rates = [r[0]["images_per_second"] for r in counts.values()]
    (ROOT / "docs/notes/step-growth.svg").write_text(drawing([plot("milliseconds a step by keys in the queue (batch 64)", [(k, whole) for k, whole, _ in by_queue]), plot("milliseconds a step by batch (queue 4,096)", by_batch)]))
    (ROOT / "docs/notes/step-growth.md").write_text(f"""# How the step's cost grows

The MoCo v2 step, ResNet-18 with the small stem, 32 px, bf16, 2 threads. The median of {a.rounds} rounds in which every value has its turn. {machine()}.

```sh
bench/growth_pipeline.py --seconds 60 --keep FOLDER
bench/growth_step.py --packs FOLDER --rounds {a.rounds}
```

With the queue (batch 64); the loss, forward alone, is timed apart:

| keys | step, ms | loss, ms |
|---|---|---|
{queue_rows}

With the batch (queue 4,096):

| pictures | step, ms | images/s |
|---|---|---|
{batch_rows}

With the number of pictures: 300 steps of 64 from a packed file, made by repeating, kept on disk. First and last are tenths of the run; memory is what the process held at the end of
each. From the slowest count to the fastest the rate differs by {max(rates) / min(rates) - 1:.0%}.

| pictures | images/s | first | last | waiting, ms a step | resident first, MB | last, MB |
|---|---|---|---|---|---|---|
{count_rows}

![Milliseconds by keys and by batch](step-growth.svg)
""")


main()
