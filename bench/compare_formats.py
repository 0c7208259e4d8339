#!/usr/bin/env python3
"""Decodes the same pictures in each format with MocoSharp and with Pillow in turn and writes docs/results/formats.md.

  bench/compare_formats.py --data FOLDER --pairs 3      # FOLDER: JPEGs, such as Imagenette's val

One thread each; Debian's python3-pil. HEIC and AVIF, which that Pillow lacks, are written and read by libheif's own tools (libheif-examples).
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile

from moco_tool import ROOT, tool, write_page
from pairs import PYTHON, machine

PICTURES = 200
PEER = """
import sys, time, pathlib
from PIL import Image
files = sorted(pathlib.Path(sys.argv[1]).iterdir())
best = 1e9
for _ in range(3):
    start = time.perf_counter()
    for file in files:
        picture = Image.open(file)
        picture.convert("RGB").load()
    best = min(best, time.perf_counter() - start)
print(1000 * best / len(files))
"""
FORMATS = {
    "JPEG": ("jpg", {"quality": 90}), "PNG": ("png", {}), "WebP": ("webp", {"quality": 90}), "TIFF, plain": ("tif", {}),
    "TIFF, LZW": ("tif", {"compression": "tiff_lzw"}), "TIFF, Deflate": ("tif", {"compression": "tiff_adobe_deflate"}),
    "BMP": ("bmp", {}), "GIF": ("gif", {}), "JPEG 2000": ("jp2", {}),
}

TEXT = """# Decoding beside Pillow

Milliseconds a picture of one thread, from the file to RGB: {count} photographs of 224 pixels, medians of {pairs} runs in turn (A B A B), the best
of three passes in each. {machine}. Pillow {pillow}.

```sh
bench/compare_formats.py --data imagenette/val --pairs {pairs}
```

| format | MocoSharp | Pillow | times as fast | read by |
|---|---|---|---|---|
{rows}

That Pillow reads no HEIC and no AVIF; its place is taken by `heif-convert`, a process a picture that writes a PNG too, so those two ratios say
little. JPEG, PNG and WebP have libraries of their own; TIFF is LibTiff.NET's, the others ImageMagick's.
"""


def make(source, folder, ending, options):
    from PIL import Image
    folder.mkdir()
    for i, path in enumerate(source):
        Image.open(path).convert("RGB").save(folder / f"{i:04}.{ending}", **options)


def ours(folder):
    return tool("bench", "pipeline", "--data", folder, "--recipe", "moco-cifar10", "--seconds", 1, "--workers", 1)["milliseconds"]["decode"]


def peer(folder):
    return float(subprocess.run([PYTHON, "-c", PEER, str(folder)], check=True, capture_output=True, text=True).stdout)


def convert(folder, names):
    import time
    start = time.perf_counter()
    for name in names:
        subprocess.run(["heif-convert", str(name), "/dev/shm/out.png"], check=True, capture_output=True)
    return 1000 * (time.perf_counter() - start) / len(names)


def main():
    import PIL
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    found = sorted(pathlib.Path(options.data).rglob("*.[jJ][pP]*[gG]"))
    source, rows = found[::max(1, len(found) // PICTURES)][:PICTURES], []
    with tempfile.TemporaryDirectory() as work:
        for name, (ending, more) in FORMATS.items():
            folder = pathlib.Path(work) / name.replace(", ", "-").replace(" ", "")
            make(source, folder, ending, more)
            turns = [(ours(folder), peer(folder)) for _ in range(options.pairs)]
            rows.append(row(name, turns, "Pillow"))
        for name, (ending, flags) in {"HEIC": ("heic", []), "AVIF": ("avif", ["-A"])}.items():
            folder, png = pathlib.Path(work) / name, pathlib.Path(work) / f"{name}-png"
            make(source[:80], png, "png", {})
            folder.mkdir()
            for path in sorted(png.iterdir()):
                subprocess.run(["heif-enc", "-q", "90", *flags, str(path), "-o", str(folder / f"{path.stem}.{ending}")], check=True,
                               capture_output=True)
            turns = [(ours(folder), convert(folder, sorted(folder.iterdir()))) for _ in range(options.pairs)]
            rows.append(row(name, turns, "heif-convert"))
    write_page(ROOT / "docs/results/formats.md", TEXT.format(count=len(source), pairs=options.pairs, machine=machine(), pillow=PIL.__version__, rows="\n".join(rows)))


def row(name, turns, other):
    mine, others = (statistics.median(column) for column in zip(*turns))
    print(f"{name}: {mine:.2f} and {others:.2f} ms", flush=True)
    return f"| {name} | {mine:.2f} | {others:.2f}{'' if other == 'Pillow' else f' ({other})'} | {others / mine:.1f} | " + \
        ("own" if name in ("JPEG", "PNG", "WebP") else "LibTiff.NET" if name.startswith("TIFF") else "ImageMagick") + " |"


main()
