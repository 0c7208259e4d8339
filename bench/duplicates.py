#!/usr/bin/env python3
"""Plants changed copies among photographs, lets `moco duplicates` find them, and writes docs/results/duplicates.md.

  bench/duplicates.py --data DIR/val --encoder runs/mine

DIR/val: a folder of JPEGs, or of a folder a class. Needs Pillow (apt: python3-pil).
"""
import argparse
import collections
import io
import pathlib
import tempfile
import time

from PIL import Image, ImageEnhance, ImageOps

from moco_tool import ROOT, tool, write_page
from pairs import machine

TEXT = """# Duplicates that were planted

{count:,} photographs of Imagenette, evenly chosen, and a changed copy of each fifth: {planted:,} planted pairs among {all:,} pictures. `moco
duplicates` finds them by the features of {what}, and confirms each by pixels: in {seconds:.0f} seconds
{embedded}{machine}.

```sh
bench/duplicates.py --data DIR --encoder RUN{number} --what "{what}"
```

| what was done | planted | found | recall | named so |
|---|---|---|---|---|
{rows}
| all | {planted} | {found} | {recall} | {named} |

{pairs:,} pairs were told of: {right:,} are planted and {wrong:,} are not{own}, a precision of {precision}. The pixels of {compared} pairs were
compared, down to a cosine of {threshold:.2f}. Planted pairs that were found have a cosine of {lowest:.4f} or more and a correlation of pixels of
{least:.4f} or more; the limit is {limit:.2f}.{missed}

Re-encoded: JPEG of quality 60. Resized: to 0.7 of both sides. Cropped: 5% of the width on the left, 5% of the height at the bottom.
Brightness: times 1.2. Copies are PNG but for the re-encoded ones.
"""


def cropped(image):
    """Without 5% of the width on the left and of the height at the bottom."""
    return image.crop((image.width // 20, 0, image.width, image.height - image.height // 20))


def reencoded(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=60)
    return Image.open(io.BytesIO(file.getvalue()))


CHANGES = {
    "re-encoded": reencoded,                                                # quality 60
    "resized": lambda image: image.resize((round(image.width * 0.7), round(image.height * 0.7)), Image.BICUBIC),
    "cropped": cropped,
    "mirrored": ImageOps.mirror,
    "brightness": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
}


def plant(data, folder, count):
    """Originals as 000.jpg …, copies as 000-mirrored.jpg …: the name before the dash says whose copy it is. Copies are PNG, but for the
    re-encoded ones, so that each has one change."""
    files = sorted(pathlib.Path(data).rglob("*.[jJ][pP]*[gG]"))
    step = len(files) // count
    names = list(CHANGES)
    planted = {}
    for number, file in enumerate(files[::step][:count]):
        original = f"{number:05}.jpg"
        (folder / original).write_bytes(file.read_bytes())
        if number % 5:
            continue
        change = names[number // 5 % len(names)]
        image = CHANGES[change](Image.open(file).convert("RGB"))
        copy = f"{number:05}-{change}.{'jpg' if change == 're-encoded' else 'png'}"
        image.save(folder / copy, **({"quality": 60} if change == "re-encoded" else {}))
        planted[frozenset((original, copy))] = change
    return planted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--what", default="an encoder")
    parser.add_argument("--dry", action="store_true")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, embeddings = pathlib.Path(place) / "data", pathlib.Path(place) / "a.parquet"
        folder.mkdir()
        planted = plant(a.data, folder, a.count)
        written = tool("embed", a.encoder, "--data", folder, "-o", embeddings)
        begun = time.monotonic()
        result = tool("duplicates", "--in", embeddings, "--data", folder)
        seconds = time.monotonic() - begun
    found = {}
    for group in result["groups"]:
        names = [picture["name"] for picture in group["pictures"]]
        for pair in group["pairs"]:
            found[frozenset((names[pair["first"]], names[pair["second"]]))] = pair
    right = {pair: found[pair] for pair in planted if pair in found}
    wrong = [sorted(pair) for pair in found if pair not in planted]
    total, hits, named = (collections.Counter() for _ in range(3))
    for pair, change in planted.items():
        total[change] += 1
        hits[change] += pair in found
        named[change] += pair in found and found[pair]["why"] == change
    rows = "\n".join(f"| {change} | {total[change]} | {hits[change]} | {hits[change] / total[change]:.1%} | {named[change]} |" for change in CHANGES)
    others = f" ({'; '.join(' and '.join(pair) for pair in wrong[:4])}{'; …' if len(wrong) > 4 else ''})" if wrong else ""
    lost = collections.Counter(planted[pair] for pair in planted if pair not in found)
    missed = f" Not found: {', '.join(f'{number} {change}' for change, number in lost.items())}." if lost else ""
    text = TEXT.format(
        count=a.count, what=a.what, seconds=seconds, embedded=f"after {written['seconds']:.0f} seconds of embedding, on ", machine=machine(),
        number=f" --count {a.count}" if a.count != 300 else "", missed=missed,
        planted=len(planted), all=result["pictures"], rows=rows,
        found=len(right), recall=f"{len(right) / len(planted):.1%}", named=sum(named.values()), pairs=len(found), right=len(right), wrong=len(wrong),
        own=others, precision=f"{len(right) / max(1, len(found)):.1%}",
        compared=f"{result['compared']:,}", threshold=result["threshold"], limit=result["correlation"],
        lowest=min(pair["similarity"] for pair in right.values()), least=min(pair["correlation"] for pair in right.values()))
    print(text)
    for pair in sorted(map(sorted, planted.keys() - found.keys())):
        print("not found:", *pair)
    for pair in wrong:
        print("not planted:", pair, found[frozenset(pair)])
    if not a.dry:
        write_page(ROOT / "docs/results/duplicates.md", text)


if __name__ == "__main__":
    main()
