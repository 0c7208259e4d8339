"""Golden values of the augmentations, made by torchvision: python3 tools/reference/make_augment_golden.py

Writes augment.json (cases and where their values lie) and augment.bin next to the tests. Each case holds torchvision's result on float
tensors (16 bits a sample, 0 to 1) and on Pillow pictures (8 bits a sample), for choices that are fixed here.
Made with torchvision 0.14.1, torch 1.13.1 and Pillow 9.4.0.
"""
import json
import pathlib

import numpy as np
import torch
import torchvision.transforms.functional as F
from PIL import Image, ImageFilter
from torchvision.transforms import InterpolationMode

TARGET = pathlib.Path(__file__).parents[2] / "tests/MocoSharp.Imaging.Tests/Augment/Golden"


def adjust_hue(image, turn):
    """On Pillow pictures torchvision turns the hue by trunc(255 turn) / 256: hand it the number that comes out as the turn wanted."""
    if torch.is_tensor(image):
        return F.adjust_hue(image, turn)
    steps = round(turn * 256)
    return F.adjust_hue(image, max(-0.5, (steps + np.sign(steps) * 0.5) / 255))


PARTS = {
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "saturation": F.adjust_saturation,
    "hue": adjust_hue,
}
blob, cases, sources = bytearray(), [], []


def store(array):
    offset = len(blob)
    blob.extend(np.ascontiguousarray(array).tobytes())
    return offset


def picture(width, height, channels):
    """Slopes, a disc with a hard edge, a grating and some noise: each operation has something to get wrong."""
    y, x = np.mgrid[0:height, 0:width]
    disc = (x - 0.6 * width) ** 2 + (y - 0.4 * height) ** 2 < (0.25 * min(width, height)) ** 2
    noise = np.random.default_rng(7).normal(0, 8, (height, width, channels))
    planes = [230 * x / width, 210 * y / height, 120 + 90 * np.sin(x * 0.9 + y * 0.4)]
    image = np.stack(planes[:channels], -1)
    image[disc] = [250, 20, 60][:channels]
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def source(name, width, height, channels):
    pixels = picture(width, height, channels)
    sources.append(dict(name=name, width=width, height=height, channels=channels, at=store(pixels)))
    return name, pixels


def case(name, operation, of, run, pil=None, **parameters):
    """run(image) must work on both a float tensor [C, H, W] and a Pillow picture."""
    source_name, pixels = of
    tensor = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
    exact = run(tensor).clamp(0, 1).permute(1, 2, 0).numpy()
    rounded = np.asarray((pil or run)(Image.fromarray(pixels.squeeze())), dtype=np.uint8).reshape(exact.shape)
    height, width, channels = exact.shape
    cases.append(dict(name=name, operation=operation, source=source_name, parameters=parameters, width=width, height=height,
                      channels=channels, exact=store(np.round(exact * 65535).astype("<u2")), pillow=store(rounded)))


def crop(left, top, width, height, size, mode):
    return lambda image: F.resized_crop(image, top, left, height, width, [size, size], mode, antialias=True)


large, small, gray = source("large", 56, 40, 3), source("small", 24, 20, 3), source("gray", 30, 22, 1)
modes = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}
for mode, value in modes.items():
    for name, of, box in [("shrunk", large, (3, 2, 50, 37)), ("enlarged", large, (20, 9, 11, 14)), ("of one pixel", large, (55, 39, 1, 1)),
                          ("of gray", gray, (1, 0, 28, 21)), ("squeezed", large, (0, 10, 56, 7))]:
        left, top, width, height = box
        case(f"{mode} crop {name}", "crop", of, crop(*box, 22, value), left=left, top=top, width=width, height=height, size=22, mode=mode)
case("resized to a shorter side of 20", "resize", large, lambda i: F.resize(i, 20, modes["bilinear"], antialias=True), size=20)
case("resized to a shorter side of 30", "resize", gray, lambda i: F.resize(i, 30, modes["bilinear"], antialias=True), size=30)
case("center of the resized", "fit", large, lambda i: F.center_crop(F.resize(i, 27, modes["bilinear"], antialias=True), 24),
     size=24, share=24 / 27)
case("center crop", "center", large, lambda i: F.center_crop(i, 25), size=25)
case("center crop with border", "center", small, lambda i: F.center_crop(i, 27), size=27)
case("flip", "flip", small, F.hflip)
factors_of = dict(brightness=(0.6, 1.4), contrast=(0.6, 1.4), saturation=(0.5, 1.6), hue=(-25 / 256, 18 / 256, 102 / 256, -127 / 256))
for part, factors in factors_of.items():
    for factor in factors:
        case(f"{part} {factor}", "jitter", small, lambda i: PARTS[part](i, factor), order=[part], **{part: factor})
case("contrast of gray", "jitter", gray, lambda i: F.adjust_contrast(i, 1.5), order=["contrast"], contrast=1.5)
jitter = dict(hue=20 / 256, contrast=1.3, brightness=0.8, saturation=0.7)


def jitter_all(image):
    for part, factor in jitter.items():
        image = PARTS[part](image, factor)
    return image


case("whole jitter", "jitter", small, jitter_all, order=list(jitter), **jitter)
case("grayscale", "grayscale", small, lambda i: F.rgb_to_grayscale(i, 3))
for kernel, sigma in [(5, 0.7), (9, 1.3), (23, 2.0)]:
    case(f"blur {sigma} with {kernel} taps", "blur", small, lambda i: F.gaussian_blur(i, [kernel, kernel], [sigma, sigma]),
         sigma=sigma, kernel=kernel)
case("blur of gray", "blur", gray, lambda i: F.gaussian_blur(i, [9, 9], [1.3, 1.3]), sigma=1.3, kernel=9)
case("solarize", "solarize", small, lambda i: F.solarize(i, 0.5 if torch.is_tensor(i) else 128))
for degrees in (30.0, -7.5, 180.0):
    case(f"rotation by {degrees}", "rotation", small, lambda i: F.rotate(i, degrees, modes["bilinear"]), degrees=degrees)
case("rotation of gray", "rotation", gray, lambda i: F.rotate(i, 12.0, modes["bilinear"]), degrees=12.0)


def moco_v2(image, hue=True):
    image = crop(6, 3, 40, 33, 32, modes["bilinear"])(image)
    image = jitter_all(image) if hue else F.adjust_saturation(F.adjust_brightness(image, 0.8), 0.7)
    return F.hflip(F.gaussian_blur(image, [9, 9], [1.1, 1.1]))


view = dict(left=6, top=3, width=40, height=33, size=32, sigma=1.1, kernel=9)
case("a MoCo v2 view", "view", large, moco_v2, order=list(jitter), **jitter, **view)
case("a MoCo v2 view with hue as it is", "view", large, lambda i: moco_v2(i, hue=False), order=["brightness", "saturation"], brightness=0.8,
     saturation=0.7, **view)

# what Pillow's own blur, three box filters, does for the same sigma
sigma = 1.5
case("blur by Pillow", "pillow blur", small, lambda i: F.gaussian_blur(i, [11, 11], [sigma, sigma]),
     pil=lambda i: i.filter(ImageFilter.GaussianBlur(sigma)), sigma=sigma, kernel=11)

TARGET.mkdir(parents=True, exist_ok=True)
(TARGET / "augment.bin").write_bytes(blob)
lines = ",\n".join(json.dumps(item) for item in cases)
(TARGET / "augment.json").write_text(f'{{"sources": {json.dumps(sources)},\n"cases": [\n{lines}\n]}}\n')
print(f"{len(cases)} cases, {len(blob) / 1024:.0f} KB")
