"""optim.json: ten updates of torch.optim's SGD, Adam and AdamW, and of the official moco-v3's LARS, on filled gradients."""
import torch

import fill
import golden
import official

STEPS = 10
SHAPES = {"w": (4, 3), "b": (3,), "conv": (2, 2, 2, 2), "one": (1, 5)}
CONSTANT = [0.1] * STEPS
DECAYING = [0.1 / (step + 1) for step in range(STEPS)]  # shows whether the rate is inside or outside of the momentum buffer
RUNS = [  # name, optimizer, options (torch's names), learning rate of each step
    ("sgd", "SGD", {}, CONSTANT),
    ("sgd-weight-decay", "SGD", {"weight_decay": 0.01}, CONSTANT),
    ("sgd-momentum", "SGD", {"momentum": 0.9}, CONSTANT),
    ("sgd-momentum-decaying-rate", "SGD", {"momentum": 0.9}, DECAYING),
    ("sgd-momentum-weight-decay", "SGD", {"momentum": 0.9, "weight_decay": 5e-4}, CONSTANT),
    ("sgd-nesterov-weight-decay", "SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}, CONSTANT),
    ("adam", "Adam", {}, [1e-3] * STEPS),
    ("adam-options", "Adam", {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.05}, DECAYING),
    ("adamw", "AdamW", {}, [1e-3] * STEPS),
    ("adamw-options", "AdamW", {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}, DECAYING),
    ("lars", "LARS", {}, [1.0] * STEPS),
    ("lars-options", "LARS", {"weight_decay": 0.01, "momentum": 0.8, "trust_coefficient": 0.02}, DECAYING),
]
DEFAULTS = {  # what each optimizer takes when an option is not named
    "SGD": {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0},
    "Adam": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0},
    "AdamW": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01},
    "LARS": {"momentum": 0.9, "trust_coefficient": 0.001, "weight_decay": 0.0},
}


def run(make, rates):
    parameters = {name: torch.nn.Parameter(fill.uniform(f"optim.{name}", shape, 1.0)) for name, shape in SHAPES.items()}
    optimizer = make(list(parameters.values()))
    first = None
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = fill.uniform(f"grad.step{step}.{name}", SHAPES[name], 1.0)
        optimizer.step()
        if step == 0:
            first = {name: golden.numbers(parameter.clone()) for name, parameter in parameters.items()}
    return {"afterFirstStep": first, "final": {name: golden.numbers(parameter) for name, parameter in parameters.items()}}


def main():
    args = golden.arguments(__doc__, moco_v3="a checkout of github.com/facebookresearch/moco-v3 at commit c349e6e")
    lars = official.module(args.moco_v3 / "moco" / "optimizer.py", "official_moco_v3_optimizer").LARS
    content = {"source": "torch.optim 1.13; LARS: facebookresearch/moco-v3@c349e6e moco/optimizer.py", "shapes": SHAPES, "runs": []}
    for name, kind, options, rates in RUNS:
        optimizer = lars if kind == "LARS" else getattr(torch.optim, kind)
        defaults = optimizer([torch.nn.Parameter(torch.zeros(1))], lr=0.1).defaults
        assert all(defaults[key] == value for key, value in DEFAULTS[kind].items()), kind
        values = run(lambda p: optimizer(p, lr=rates[0], **options), rates)
        content["runs"].append({"name": name, "optimizer": kind, "options": {**DEFAULTS[kind], **options}, "rates": rates, **values})
    golden.write("optim.json", content, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
