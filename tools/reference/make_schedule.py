"""schedule.json: learning rates and key momenta as the official training programs compute them."""
import types

import golden
import official


class Recorder:
    """Stands for an optimizer; adjust_learning_rate writes the rate into its only group."""

    def __init__(self):
        self.param_groups = [{"lr": None}]


def rates(adjust, points, **options):
    recorder, result = Recorder(), []
    for epoch in points:
        adjust(recorder, epoch, types.SimpleNamespace(**options))
        result.append(float(recorder.param_groups[0]["lr"]))
    return result


def main():
    args = golden.arguments(
        __doc__, moco="a checkout of github.com/facebookresearch/moco at commit 7397dfe",
        moco_v3="a checkout of github.com/facebookresearch/moco-v3 at commit c349e6e")
    v1 = official.functions((args.moco / "main_moco.py").read_text(encoding="utf-8"), ["adjust_learning_rate"])["adjust_learning_rate"]
    v3 = official.functions((args.moco_v3 / "main_moco.py").read_text(encoding="utf-8"), ["adjust_learning_rate", "adjust_moco_momentum"])
    step = {"lr": 0.03, "cos": False, "schedule": [120, 160], "epochs": 200}
    cosine = {"lr": 0.03, "cos": True, "schedule": [], "epochs": 200}
    demo = {"lr": 0.06, "cos": True, "schedule": [], "epochs": 200}  # the notebook's function is main_moco.py's; its loop counts from 1
    warm = {"lr": 9.6, "warmup_epochs": 2, "epochs": 10, "moco_m": 0.99}
    per_epoch = 7
    fractions = [epoch + i / per_epoch for epoch in range(warm["epochs"]) for i in range(per_epoch)]
    golden.write("schedule.json", {
        "mocoStep": {"lr": 0.03, "milestones": [120, 160], "factor": 0.1, "firstEpoch": 0, "rates": rates(v1, range(200), **step)},
        "mocoCosine": {"lr": 0.03, "epochs": 200, "firstEpoch": 0, "rates": rates(v1, range(200), **cosine)},
        "demoCosine": {"lr": 0.06, "epochs": 200, "firstEpoch": 1, "rates": rates(v1, range(1, 201), **demo)},
        "mocoV3": {
            "lr": warm["lr"], "epochs": warm["epochs"], "warmupEpochs": warm["warmup_epochs"], "stepsPerEpoch": per_epoch,
            "keyMomentum": warm["moco_m"], "rates": rates(v3["adjust_learning_rate"], fractions, **warm),
            "momenta": [v3["adjust_moco_momentum"](e, types.SimpleNamespace(**warm)) for e in fractions],
        },
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
