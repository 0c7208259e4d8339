"""Golden values of the color spaces, made by scikit-image: python3 tools/reference/make_color_golden.py"""
import json
import pathlib

import numpy as np
from skimage import color

TARGET = pathlib.Path(__file__).parents[2] / "tests/MocoSharp.Imaging.Tests/Augment/Golden/color.json"


def main():
    steps = np.array([0, 1, 9, 10, 11, 40, 90, 128, 200, 254, 255], dtype=np.uint8)  # both sides of both kinks
    rgb = np.array(np.meshgrid(steps, steps, steps[::2])).reshape(3, -1).T.copy()
    unit = rgb[None].astype(np.float64) / 255
    TARGET.write_text(json.dumps({
        "source": "skimage.color.rgb2lab and rgb2ycbcr, float64", "rgb": rgb.reshape(-1).tolist(),
        "lab": np.round(color.rgb2lab(unit), 6).reshape(-1).tolist(), "ycbcr": np.round(color.rgb2ycbcr(unit), 6).reshape(-1).tolist(),
    }) + "\n", encoding="utf-8")
    print(TARGET.name, TARGET.stat().st_size)


if __name__ == "__main__":
    main()
