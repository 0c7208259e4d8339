"""Makes every golden file. Run it twice into two folders and compare them to see that the makers are deterministic."""
import pathlib
import subprocess
import sys

import golden

PLAIN = ["fill", "resnet", "layers", "infonce", "init", "logistic", "linear_sgd", "npid", "cmc", "fastai", "nnclr", "momentum_cmc", "dim", "amdim",
         "cpc", "segmentation", "feature_geometry", "tensorboard", "transformers", "masked", "two_views", "pretext", "distillation"]
OFFICIAL = {  # maker -> the checkouts it reads
    "moco": ["moco"], "moco_cifar10_demo": ["moco_demo"], "optim": ["moco_v3"], "schedule": ["moco", "moco_v3"], "knn": ["moco_demo"],
    "swav": ["swav"], "dino": ["dino"], "lejepa": ["lejepa"], "emp_ssl": ["emp_ssl"],
}


def main():
    args = golden.arguments(
        __doc__, moco="github.com/facebookresearch/moco at commit 7397dfe", moco_demo="the same, branch colab-notebook",
        moco_v3="github.com/facebookresearch/moco-v3 at commit c349e6e", swav="github.com/facebookresearch/swav at commit 06b1b7c",
        dino="github.com/facebookresearch/dino at commit 7c446df", lejepa="github.com/rbalestr-lab/lejepa at commit eddffdd",
        emp_ssl="github.com/tsb0601/EMP-SSL at commit 8fc3758")
    here = pathlib.Path(__file__).resolve().parent
    for maker in PLAIN + list(OFFICIAL):
        command = [sys.executable, str(here / f"make_{maker}.py"), "--out", str(args.out)]
        for checkout in OFFICIAL.get(maker, []):
            command += [f"--{checkout.replace('_', '-')}", str(getattr(args, checkout))]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
