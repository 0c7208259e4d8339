"""Whether a training's memory, handles and step time stay flat: samples of its process while it runs, and their plot."""
import json
import os
import pathlib
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


def polyline(values, left, top, width, height, least, most, colour):
    x = lambda i: left + width * i / max(1, len(values) - 1)
    y = lambda v: top + height * (1 - (v - least) / ((most - least) or 1))
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="' + " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(values)) + '"/>'


def plot(samples, epochs):
    """Three curves above each other: resident memory, handles, milliseconds a picture."""
    samples = read(samples)
    series = [("resident memory, MB", [s[1] for s in samples], "#1f77b4"), ("open handles", [s[2] for s in samples], "#2ca02c"),
              ("ms a picture, by epoch", [1000 / m["images_per_second"] for m in epochs], "#d62728")]
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="12">', '<rect width="640" height="360" fill="white"/>']
    for i, (name, values, colour) in enumerate(series):
        top, most = 30 + 110 * i, max(values) * 1.1
        lines += [f'<text x="70" y="{top - 6}">{name}: {min(values):,.1f} to {max(values):,.1f}</text>', f'<line x1="70" y1="{top + 80}" x2="620" y2="{top + 80}" stroke="black"/>',
                  f'<text x="64" y="{top + 80}" text-anchor="end">0</text>', polyline(values, 70, top, 550, 80, 0, most, colour)]
    return "\n".join([*lines, "</svg>", ""])
