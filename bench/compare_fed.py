#!/usr/bin/env python3
"""Times the MoCo v2 step on real pictures and on synthetic ones in turn (A B A B ...): what loading costs a training.

  bench/compare_fed.py --data DIR [--encoder resnet18] [--image 128] [--batch 64] [--pairs 4]
The loader's threads and the step share the same cores, so that the ratio shows what both together cost.
"""
import argparse
import statistics

from pairs import MOCO, run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="a folder of pictures, or a packed file")
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--image", default="128")
    parser.add_argument("--batch", default="64")
    parser.add_argument("--steps", default="40")
    parser.add_argument("--pairs", type=int, default=4)
    a = parser.parse_args()
    step = [MOCO, "bench", "step", "--json", "--encoder", a.encoder, "--image", a.image, "--batch", a.batch, "--steps", a.steps]
    ratios = []
    for i in range(a.pairs):
        synthetic, fed = run(step), run([*step, "--data", a.data])
        ratios.append(fed["images_per_second"] / synthetic["images_per_second"])
        print(f"pair {i + 1}: synthetic {synthetic['images_per_second']:.1f}, real {fed['images_per_second']:.1f} images/s "
              f"({fed['milliseconds']['waiting']:.1f} ms of waiting a step), {ratios[-1]:.0%}", flush=True)
    print(f"real pictures train at {statistics.median(ratios):.0%} of the rate of synthetic ones ({min(ratios):.0%} to {max(ratios):.0%}, {a.pairs} pairs)")


main()
