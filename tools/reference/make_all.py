"""Makes every golden file. Run it twice into two folders and compare them to see that the makers are deterministic."""
import pathlib
import subprocess
import sys

import golden

PLAIN = ["fill", "resnet", "layers", "infonce", "init", "logistic", "linear_sgd", "npid", "cmc", "fastai", "nnclr", "momentum_cmc", "dim", "amdim", "cpc",
         "pretext", "segmentation", "feature_geometry", "tensorboard", "transformers", "masked"]
OFFICIAL = {  # maker -> the checkouts it reads
    "moco": ["moco"], "moco_cifar10_demo": ["moco_demo"], "optim": ["moco_v3"], "schedule": ["moco", "moco_v3"], "knn": ["moco_demo"],
}


def main():
    args = golden.arguments(
        __doc__, moco="github.com/facebookresearch/moco at commit 7397dfe", moco_demo="the same, branch colab-notebook",
        moco_v3="github.com/facebookresearch/moco-v3 at commit c349e6e")
    here = pathlib.Path(__file__).resolve().parent
    for maker in PLAIN + list(OFFICIAL):
        command = [sys.executable, str(here / f"make_{maker}.py"), "--out", str(args.out)]
        for checkout in OFFICIAL.get(maker, []):
            command += [f"--{checkout.replace('_', '-')}", str(getattr(args, checkout))]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
