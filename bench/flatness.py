#!/usr/bin/env python3
"""Whether a training's memory, handles and step time stay flat: samples of its process while it runs, and their plot.

  bench/flatness.py --minutes 60 --work DIR --out docs/results/hour.md train RECIPE --data ...
trains into DIR/run, stops after so many minutes if it has not ended, and writes a page with a row for each tenth of the time, and a plot. Other scripts use its parts.
"""
import argparse
import json
import os
import pathlib
import shlex
import signal
import statistics
import subprocess
import threading
import time

EVERY = 10      # seconds


def resident_and_handles(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    megabytes = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))
    return megabytes, len(os.listdir(f"/proc/{process}/fd"))


def watch(process, samples):
    """Appends [seconds, resident MB, handles, process] to a file until the process ends; returns at once. A file that is there goes on with its seconds."""
    samples = pathlib.Path(samples)
    samples.parent.mkdir(parents=True, exist_ok=True)
    before = read(samples)[-1][0] if samples.exists() else 0

    def run():
        begun = time.time() - before
        time.sleep(EVERY)       # until the program itself is there
        while process.poll() is None:
            try:
                line = [round(time.time() - begun, 1), *resident_and_handles(process.pid), process.pid]
            except (OSError, StopIteration):
                return      # it ended meanwhile
            with open(samples, "a") as file:
                file.write(json.dumps(line) + "\n")
            time.sleep(EVERY)
    threading.Thread(target=run, daemon=True).start()


def read(samples):
    return [json.loads(line) for line in pathlib.Path(samples).read_text().splitlines()]


def processes(samples):
    """In words: how many processes one after the other the samples are from."""
    count = len({line[3] for line in read(samples)})
    return "one process" if count == 1 else f"{count} processes, one after the other"


def polyline(values, left, top, width, height, least, most, color):
    x = lambda i: left + width * i / max(1, len(values) - 1)
    y = lambda v: top + height * (1 - (v - least) / ((most - least) or 1))
    return f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="' + " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(values)) + '"/>'


def plot(samples, epochs):
    """Three curves above each other: resident memory, handles, milliseconds a picture."""
    samples = read(samples)
    series = [("resident memory, MB", [s[1] for s in samples], "#1f77b4"), ("open handles", [s[2] for s in samples], "#2ca02c"),
              ("ms a picture, by epoch", [1000 / m["images_per_second"] for m in epochs], "#d62728")]
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="12">', '<rect width="640" height="360" fill="white"/>']
    for i, (name, values, color) in enumerate(series):
        top, most = 30 + 110 * i, max(values) * 1.1
        lines += [f'<text x="70" y="{top - 6}">{name}: {min(values):,.1f} to {max(values):,.1f}</text>', f'<line x1="70" y1="{top + 80}" x2="620" y2="{top + 80}" stroke="black"/>',
                  f'<text x="64" y="{top + 80}" text-anchor="end">0</text>', polyline(values, 70, top, 550, 80, 0, most, color)]
    return "\n".join([*lines, "</svg>", ""])


def tenths(samples, epochs, started):
    """Rows of a table: each tenth of the time with its memory, handles and rates. The epochs' seconds count from the training's first step."""
    length = samples[-1][0] / 10
    for i in range(10):
        inside = [s for s in samples if i * length < s[0] <= (i + 1) * length]
        rates = [m["images_per_second"] for m in epochs if i * length < m["elapsed_seconds"] + started <= (i + 1) * length]
        memory, handles = [s[1] for s in inside], {s[2] for s in inside}
        rate = f"{statistics.median(rates):.1f} ({min(rates):.1f} to {max(rates):.1f})" if rates else "-"
        yield f"| {i * length / 60:.0f} to {(i + 1) * length / 60:.0f} | {min(memory):,.0f} to {max(memory):,.0f} | {' to '.join(map(str, sorted({min(handles), max(handles)})))} | {rate} |"


def main():
    from moco_tool import TOOL, cores, metrics, write_page      # which uses this module's parts
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args, command = parser.parse_known_args()
    args.work.mkdir(parents=True, exist_ok=True)
    run, samples = args.work / "run", args.work / "samples.jsonl"
    samples.unlink(missing_ok=True)
    begun = time.time()
    cut = False
    with open(args.work / "training.log", "w") as log:
        process = subprocess.Popen([*TOOL, *command, "--run", str(run)], stdout=log, stderr=log)
    watch(process, samples)
    try:
        process.wait(60 * args.minutes)
    except subprocess.TimeoutExpired:
        cut = True
        process.send_signal(signal.SIGTERM)     # which writes a checkpoint first
        process.wait()
    if process.returncode and not cut:
        raise SystemExit(f"moco {shlex.join(command)} ended with {process.returncode}:\n{(args.work / 'training.log').read_text()}")
    epochs = metrics(run) if (run / "metrics.jsonl").exists() else []
    if not epochs or len(read(samples)) < 20:
        raise SystemExit(f"too short for ten rows of samples {EVERY} seconds apart: train for longer (--minutes, --epochs); what it said is in {args.work}/training.log")
    started = (run / "metrics.jsonl").stat().st_mtime - begun - epochs[-1]["elapsed_seconds"]
    text = "\n".join([
        f"# {args.minutes:.0f} minutes of training in one process", "", f"Memory, handles and step time on {['one core', 'two cores'][cores() > 1]}, sampled every {EVERY} seconds.", "",
        "```sh", f"bench/flatness.py --minutes {args.minutes:g} --work DIR --out {args.out} {shlex.join(command)}", "```", "",
        "| minutes | resident memory, MB | handles | images/s: median epoch (slowest to fastest) |", "|---|---|---|---|", *tenths(read(samples), epochs, started), "",
        f"![Memory, handles and step time]({args.out.with_suffix('.svg').name})", ""])
    write_page(args.out, text)
    args.out.with_suffix(".svg").write_text(plot(samples, epochs))
    print(text)


if __name__ == "__main__":
    main()
