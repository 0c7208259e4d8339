#!/usr/bin/env python3
"""Makes the codecs' golden files with PIL: small pictures and, beside each, the pixels that PIL reads from them.

    make_codec_golden.py [folder]      default: tests/MocoSharp.Imaging.Tests/Golden/codecs

Debian's python3-pil, libheif-examples and libjxl-tools. <name>.<ext> is the picture; <name>.ppm holds the RGB pixels and <name>.pgm the gray ones (8 bits, binary PNM).
"""
import io
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

HERE = Path(__file__).resolve().parents[2]
OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tests/MocoSharp.Imaging.Tests/Golden/codecs"


def scene(width=29, height=21):
    """Smooth ramps, one hard edge, one saturated patch and a little noise, so that every stage of a codec matters."""
    y, x = np.mgrid[0:height, 0:width]
    r = 255 * x / (width - 1)
    g = 255 * y / (height - 1)
    b = 127 + 120 * np.sin(x / 3.0) * np.cos(y / 4.0)
    rgb = np.stack([r, g, b], -1)
    rgb[4:10, 6:14] = (255, 0, 0)
    rgb[12:18, 15:24] = (0, 0, 255)
    rgb += np.random.default_rng(7).normal(0, 4, rgb.shape)
    return Image.fromarray(rgb.clip(0, 255).astype(np.uint8))


def keep(name, data, rgb=None, gray=None):
    (OUT / name).write_bytes(data)
    stem = OUT / name.rsplit(".", 1)[0]
    picture = Image.open(io.BytesIO(data))
    picture.load()
    rgb = rgb or picture.convert("RGB")
    rgb.save(stem.with_suffix(".ppm"))
    (gray or rgb.convert("L")).save(stem.with_suffix(".pgm"))


def encoded(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def chunk(kind, body):
    import zlib
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(rows, width, height, depth, color, interlace=0):
    """A PNG from packed rows (filter 0), for the kinds that PIL does not write."""
    import zlib
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def adam7(pixels):
    """Rows of the seven passes of an [H, W, C] uint8 picture."""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = pixels[y0::dy, x0::dx]
        if part.size:
            yield from (row.tobytes() for row in part)


def others(rgb, gray, rgba, deep, frames):
    """The formats beside JPEG, PNG and WebP; what PIL cannot read is read by the format's own tools."""
    for name, options in {"none": {}, "lzw": {"compression": "tiff_lzw"}, "deflate": {"compression": "tiff_adobe_deflate"},
                          "packbits": {"compression": "packbits"}}.items():
        keep(f"tiff-{name}.tif", encoded(rgb, "TIFF", **options))
    keep("tiff-gray.tif", encoded(gray, "TIFF"))
    keep("tiff-bilevel.tif", encoded(gray.convert("1"), "TIFF", compression="group4"))
    keep("tiff-palette.tif", encoded(rgb.quantize(37), "TIFF"))
    keep("tiff-alpha.tif", encoded(rgba, "TIFF"), rgb)
    keep("tiff-pages.tif", encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]), rgb)
    keep("tiff-big-endian.tif", big_endian(np.asarray(rgb)), rgb)
    eight = Image.fromarray((deep[..., 1] >> 8).astype(np.uint8))
    keep("tiff-gray16.tif", encoded(Image.fromarray(deep[..., 1]), "TIFF"), eight.convert("RGB"), eight)
    for orientation in (2, 6, 7):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for form, options in {"PNG": {}, "WEBP": {"lossless": True}}.items():
            data = encoded(rgb, form, exif=exif, **options)
            keep(f"{form.lower()}-turned-{orientation}.{form.lower()}", data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    turned = Image.Exif()
    turned[0x0112] = 6
    keep("tiff-turned.tif", encoded(rgb, "TIFF", exif=turned), rgb.rotate(-90, expand=True))
    keep("bmp-24.bmp", encoded(rgb, "BMP"))
    keep("bmp-palette.bmp", encoded(rgb.quantize(37), "BMP"))
    keep("bmp-gray.bmp", encoded(gray, "BMP"))
    keep("gif.gif", encoded(rgb.quantize(200), "GIF"))
    keep("gif-animated.gif", encoded(frames[0].quantize(200), "GIF", save_all=True, append_images=[frames[1].quantize(200)]), frames[0].quantize(200).convert("RGB"))
    keep("jp2-lossless.jp2", encoded(rgb, "JPEG2000", irreversible=False))
    keep("jp2-stream.j2k", encoded(rgb, "JPEG2000", irreversible=False, no_jp2=True))
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        large = rgb.resize((64, 48), Image.BICUBIC)        # encoders of videos want some size
        large.save(here / "in.png")
        run = lambda *command: subprocess.run(command, check=True, capture_output=True)
        for name, extra in {"heic.heic": [], "avif.avif": ["-A"]}.items():
            run("heif-enc", "-q", "95", *extra, str(here / "in.png"), "-o", str(here / name))
            run("heif-convert", str(here / name), str(here / "out.png"))
            keep_read(name, (here / name).read_bytes(), Image.open(here / "out.png").convert("RGB"))
        run("cjxl", "-d", "0", str(here / "in.png"), str(here / "jxl-lossless.jxl"))
        keep_read("jxl-lossless.jxl", (here / "jxl-lossless.jxl").read_bytes(), large)


def keep_read(name, data, rgb):
    """As keep, with pixels that another program has read."""
    (OUT / name).write_bytes(data)
    stem = OUT / name.rsplit(".", 1)[0]
    rgb.save(stem.with_suffix(".ppm"))
    rgb.convert("L").save(stem.with_suffix(".pgm"))


def big_endian(pixels):
    """A TIFF with the large end first, one strip, no compression."""
    height, width = pixels.shape[:2]
    data = pixels.tobytes()
    entries = [(256, 3, 1, width << 16), (257, 3, 1, height << 16), (258, 3, 3, 8 + 2 + 9 * 12 + 4), (259, 3, 1, 1 << 16), (262, 3, 1, 2 << 16),
               (273, 4, 1, 8 + 2 + 9 * 12 + 4 + 6), (277, 3, 1, 3 << 16), (278, 3, 1, height << 16), (279, 4, 1, len(data))]
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries)) + b"".join(struct.pack(">HHII", *entry) for entry in entries) + struct.pack(">I", 0)
    return head + struct.pack(">HHH", 8, 8, 8) + data


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rgb = scene()
    gray = rgb.convert("L")
    pixels = np.asarray(rgb)
    height, width = pixels.shape[:2]

    keep("baseline-444.jpg", encoded(rgb, "JPEG", quality=92, subsampling=0))
    keep("baseline-422.jpg", encoded(rgb, "JPEG", quality=85, subsampling=1))
    keep("baseline-420.jpg", encoded(rgb, "JPEG", quality=85, subsampling=2))
    keep("progressive.jpg", encoded(rgb, "JPEG", quality=85, progressive=True))
    keep("gray.jpg", encoded(gray, "JPEG", quality=85))
    keep("cmyk-adobe.jpg", encoded(rgb.convert("CMYK"), "JPEG", quality=92))
    cmyk = bytearray(encoded(rgb.convert("CMYK"), "JPEG", quality=92))
    adobe = cmyk.find(b"Adobe")
    cmyk[adobe + 11] = 2  # the same samples read as YCCK
    keep("ycck-adobe.jpg", bytes(cmyk))
    coded = bytearray(encoded(rgb, "JPEG", quality=92, subsampling=0))
    app14 = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
    keep("rgb-adobe.jpg", bytes(coded[:2]) + app14 + bytes(coded[20:]))  # without JFIF: the samples are RGB
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = encoded(rgb, "JPEG", quality=85, exif=exif)
        keep(f"orientation-{orientation}.jpg", data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    big = rgb.resize((232, 168), Image.BICUBIC)
    data = encoded(big, "JPEG", quality=85)
    (OUT / "scaled.jpg").write_bytes(data)
    for eighths, size in ((4, (116, 84)), (2, (58, 42)), (1, (29, 21))):
        draft = Image.open(io.BytesIO(data))
        draft.draft("RGB", size)
        assert draft.size == size, draft.size
        draft.save(OUT / f"scaled-{eighths}.ppm")

    keep("rgb8.png", encoded(rgb, "PNG"))
    keep("gray8.png", encoded(gray, "PNG"))
    keep("gray1.png", encoded(gray.convert("1"), "PNG"))
    four = np.asarray(gray) >> 4
    packed = [bytes((int(a) << 4) | int(b) for a, b in zip(np.append(row, 0)[0::2], np.append(row, 0)[1::2])) for row in four]
    keep("gray4.png", raw_png(packed, width, height, 4, 0))
    keep("palette.png", encoded(rgb.quantize(37), "PNG"))
    keep("palette-trns.png", encoded(rgb.quantize(37), "PNG", transparency=3))
    keep("rgb-trns.png", encoded(rgb, "PNG", transparency=tuple(int(v) for v in pixels[0, 0])))
    alpha = Image.fromarray(np.linspace(0, 255, width * height).reshape(height, width).astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    keep("rgba8.png", encoded(rgba, "PNG"))
    keep("gray-alpha8.png", encoded(Image.merge("LA", (gray, alpha)), "PNG"))
    keep("interlaced.png", raw_png(adam7(pixels), width, height, 8, 2, interlace=1))
    deep = (pixels.astype(np.uint16) << 8) | np.random.default_rng(3).integers(0, 256, pixels.shape).astype(np.uint16)
    keep("rgb16.png", raw_png([row.astype(">u2").tobytes() for row in deep], width, height, 16, 2))
    # PIL clips 16-bit gray at 255 when it converts; the high byte is what its own 16-bit RGB reader takes.
    high = Image.fromarray((deep[..., 1] >> 8).astype(np.uint8))
    keep("gray16.png", raw_png([row.astype(">u2").tobytes() for row in deep[..., 1]], width, height, 16, 0), high.convert("RGB"), high)
    (OUT / "gray16.u16").write_bytes(deep[..., 1].astype("<u2").tobytes())
    (OUT / "rgb16.u16").write_bytes(deep.astype("<u2").tobytes())

    keep("lossy.webp", encoded(rgb, "WEBP", quality=80))
    keep("lossless.webp", encoded(rgb, "WEBP", lossless=True))
    keep("alpha.webp", encoded(rgba, "WEBP", lossless=True, exact=True))
    frames = [rgb, rgb.rotate(180)]
    keep("animated.webp", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True), rgb)
    others(rgb, gray, rgba, deep, frames)


main()
