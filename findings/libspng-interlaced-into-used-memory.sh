#!/usr/bin/env bash
# libspng 0.7.3 mixes an interlaced picture of 1, 2 or 4 bits a pixel with what was in the caller's memory before.
#
# Packages: Debian 12's libspng0 and libspng-dev 0.7.3-3, unpacked in a folder of their own; a C compiler, Python without packages.
# Behavior: spng_decode_image with SPNG_FMT_RAW or SPNG_FMT_PNG writes a gray picture of 21 x 13 pixels into memory of spng_decoded_image_size
#   bytes. Where that was filled with ones and the picture is interlaced (Adam7) with less than 8 bits a pixel, pixels come out wrong, and no error
#   is returned: bits are set and never cleared. Into zeros all is right, and so are 8 bits a pixel, and pictures that are not interlaced, into
#   anything. SPNG_FMT_RGBA8 is right, too.
#   One would bet that a decoder that takes the size of its output writes all of it, as it does for every other picture. Memory that was just
#   allocated is mostly zeros, so that a test passes and a buffer that is used again fails.
# Seen 2026-11-30, pixels wrong of 273, into ones: 1 bit 77, 2 bits 112, 4 bits 138, 8 bits 0; into zeros none.
# Fails when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q libspng0=0.7.3-3 libspng-dev=0.7.3-3 >/dev/null 2>&1 || { echo "needs Debian 12's packages"; exit 77; }
for package in ./*.deb; do dpkg -x "$package" root; done
library=$(dirname "$(find root -name 'libspng.so.0')")
cat >read.c <<'C'
#include <spng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* read FILE raw|png|rgba BYTE: the picture, decoded into memory that was filled with BYTE */
int main(int count, char** words) {
  FILE* file = fopen(words[1], "rb");
  spng_ctx* png = spng_ctx_new(0);
  int kind = !strcmp(words[2], "raw") ? SPNG_FMT_RAW : !strcmp(words[2], "png") ? SPNG_FMT_PNG : SPNG_FMT_RGBA8;
  size_t size;
  if (count != 4 || spng_set_png_file(png, file) || spng_decoded_image_size(png, kind, &size)) return 1;
  unsigned char* bytes = malloc(size);
  memset(bytes, atoi(words[3]), size);
  if (spng_decode_image(png, bytes, size, kind, 0)) return 1;
  fwrite(bytes, 1, size, stdout);
  return 0;
}
C
cc -o read read.c -I root/usr/include -L "$library" -lspng
cat >check.py <<'PYTHON'
import struct
import subprocess
import sys
import zlib

WIDTH, HEIGHT = 21, 13
WHOLE, ADAM7 = [(0, 0, 1, 1)], [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
PLACES = [(x, y) for y in range(HEIGHT) for x in range(WIDTH)]


def pixel(x, y, depth):
    return (x * 7 + y * 5 + x * y) % (1 << depth)


def packed(values, depth):
    bits = "".join(f"{value:0{depth}b}" for value in values)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def write(path, depth, passes):
    rows = b""
    for left, top, across, down in passes:
        for y in range(top, HEIGHT, down):
            rows += b"\0" + packed([pixel(x, y, depth) for x in range(left, WIDTH, across)], depth)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, 0, 0, 0, int(passes is ADAM7))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def wrong(path, depth, kind, byte):
    found = subprocess.run(["./read", path, kind, str(byte)], check=True, capture_output=True).stdout
    if kind == "rgba":
        return sum(found[4 * (y * WIDTH + x)] * ((1 << depth) - 1) != pixel(x, y, depth) * 255 for x, y in PLACES)
    stride = (WIDTH * depth + 7) // 8
    return sum((found[y * stride + x * depth // 8] >> (8 - depth - x * depth % 8)) % (1 << depth) != pixel(x, y, depth) for x, y in PLACES)


changed = False
for depth in 1, 2, 4, 8:
    for name, passes in ("plain", WHOLE), ("interlaced", ADAM7):
        write("picture.png", depth, passes)
        counts = {(kind, byte): wrong("picture.png", depth, kind, byte) for kind in ("raw", "png", "rgba") for byte in (0, 255)}
        print(f"{depth} bits, {name}, wrong of {len(PLACES)}: " + ", ".join(f"{kind} into {byte}: {count}" for (kind, byte), count in counts.items()))
        for (kind, byte), count in counts.items():
            changed |= (count > 0) != (depth < 8 and passes is ADAM7 and byte == 255 and kind != "rgba")
sys.exit(1 if changed else 0)
PYTHON
LD_LIBRARY_PATH=$library python3 check.py || { echo "this has changed"; exit 1; }
