"""fill.json: samples of the fill formula, so that an implementation in another language can check itself first."""
import math

import fill
import golden

NAMES = ["", "a", "conv1.weight", "layer1.0.bn1.running_var", "step3.q", "Größe"]
PARAMETERS = [
    ("conv1.weight", (64, 3, 7, 7), math.sqrt(2.0)),
    ("fc.weight", (1000, 512), 1.0),
    ("fc.bias", (1000,), 1.0),
    ("bn1.weight", (64,), 1.0),
    ("bn1.bias", (64,), 1.0),
    ("bn1.running_mean", (64,), 1.0),
    ("bn1.running_var", (64,), 1.0),
]


def main():
    args = golden.arguments(__doc__)
    golden.write("fill.json", {
        "hashes": [{"name": n, "salt": fill.salt(n), "first": [int(h) for h in fill.hashes(n, 6)]} for n in NAMES],
        "parameters": [
            {"name": name, "gain": gain, "check": golden.check(fill.parameter(name, shape, gain), first=6)}
            for name, shape, gain in PARAMETERS
        ],
        "inputs": [{"name": "step3.q", "check": golden.check(fill.inputs("step3.q", (8, 3, 16, 16)), first=6)}],
        "permutations": [{"name": "step3.shuffle", "values": fill.permutation("step3.shuffle", 8)}],
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
