#!/usr/bin/env python3
"""Makes golden TIFFs of many bands and deep numbers: NAME.tif, and in NAME.f32 the numbers, [height, width, bands], float32, little end first.

    make_tiff_golden.py [folder]      default: tests/MocoSharp.Imaging.Tests/Golden/tiff

Debian's python3-tifffile writes them from numpy arrays; libtiff-tools' tiffcp then packs some of them otherwise, without changing a number.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
import tifffile

HERE = Path(__file__).resolve().parents[2]
OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tests/MocoSharp.Imaging.Tests/Golden/tiff"
HEIGHT, WIDTH = 21, 19
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]
RAMPS = np.stack([X * 13, Y * 12, (X * Y) % 256, (X + 2 * Y) % 256, 255 - X], -1).astype(np.uint8)
DEEP = RAMPS.astype(np.uint16) * 16 + (X % 16).astype(np.uint16)[..., None]
FLOAT = (DEEP.astype(np.float32) / 4095 * 3 - 1).astype(np.float32)


def keep(name, numbers, expected=None, packed=(), planes=False, **options):
    path = OUT / f"{name}.tif"
    tifffile.imwrite(path, np.moveaxis(numbers, -1, 0) if planes else numbers, **options)
    if packed:
        plain = path.rename(path.with_suffix(".plain"))
        subprocess.run(["tiffcp", *packed, plain, path], check=True)
        plain.unlink()
    expected = numbers if expected is None else expected
    (OUT / f"{name}.f32").write_bytes(np.ascontiguousarray(expected.astype("<f4")).tobytes())


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    bands = dict(photometric="minisblack", planarconfig="contig")
    color = dict(photometric="rgb", planarconfig="contig")
    keep("rgb-infrared-8", RAMPS[..., :4], extrasamples=["unspecified"], **color)
    keep("rgb-infrared-16-lzw", DEEP[..., :4], packed=["-c", "lzw:2"], extrasamples=["unspecified"], **color)
    keep("rgb-alpha-16", DEEP[..., :4], extrasamples=["unassalpha"], **color)
    keep("five-8", RAMPS, **bands)
    keep("five-16-planes-zip", DEEP, photometric="minisblack", planarconfig="separate", compression="zlib", predictor=True, planes=True)
    keep("five-16-planes-tiles", DEEP, photometric="minisblack", planarconfig="separate", tile=(16, 32), planes=True)
    keep("five-float-tiles", FLOAT, tile=(16, 16), **bands)
    keep("float-zip", FLOAT[..., 0], packed=["-c", "zip:3", "-r", "8"])
    keep("half", FLOAT[..., 0].astype(np.float16), FLOAT[..., 0].astype(np.float16).astype(np.float32))
    keep("double", FLOAT[..., 0].astype(np.float64))
    keep("signed-16", (FLOAT[..., 0] * 1000).astype(np.int16))
    keep("unsigned-32", DEEP[..., 0].astype(np.uint32) * 70000)
    keep("gray-12-in-16", DEEP[..., 0], packed=["-c", "packbits"])
    keep("big-end", DEEP[..., :3], byteorder=">", **color)
    keep("big-file", DEEP[..., :3], bigtiff=True, **color)
    keep("white-is-zero", RAMPS[..., 0], 255 - RAMPS[..., 0], photometric="miniswhite")
    gaps = FLOAT[..., :3].copy()
    gaps[5:9, 7:11] = -9999
    metadata = "<GDALMetadata>" + "".join(f'<Item name="DESCRIPTION" sample="{at}" role="description">{name}</Item>'
                                          for at, name in enumerate(["B02", "B04", "B08"])) + "</GDALMetadata>"
    keep("described", gaps, extratags=[(42112, "s", 0, metadata, True), (42113, "s", 0, "-9999", True)], **bands)
    keep("pages", np.stack([RAMPS[..., 0], RAMPS[..., 1]]), RAMPS[..., 0], photometric="minisblack")


main()
