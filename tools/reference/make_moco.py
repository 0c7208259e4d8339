"""moco-v1.json and moco-v2.json: ten training steps of the official moco/builder.py (facebookresearch/moco, commit 7397dfe)."""
from functools import partial

import torch

import contrast
import fill
import golden
import official
import resnets
import rounding

BATCH, SIDE, QUEUE, DIM, STEPS = 8, 16, 32, 16, 10
OPTIMIZER = {"lr": 0.03, "momentum": 0.9, "weightDecay": 1e-4}
VERSIONS = {
    "moco-v1.json": {"mlp": False, "temperature": 0.07, "heads": ["fc.weight", "fc.bias"]},
    "moco-v2.json": {"mlp": True, "temperature": 0.2, "heads": ["fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"]},
}
MOMENTA = {"m0.999": 0.999, "m0.9": 0.9}


def run(builder, version, momentum, dtype):
    """The loop of main_moco.py: forward (key update, keys, logits, enqueue), loss, backward, SGD."""
    permutations = [fill.permutation(f"step{step}.shuffle", BATCH) for step in range(STEPS)]
    with official.on_one_cpu(permutations):
        model = builder.MoCo(
            lambda num_classes: resnets.build("resnet18", small_stem=True, num_classes=num_classes),
            DIM, QUEUE, momentum, version["temperature"], version["mlp"])
        model.to(dtype).train()
        contrast.fill_state(model)
        sgd = torch.optim.SGD(model.parameters(), OPTIMIZER["lr"], momentum=OPTIMIZER["momentum"], weight_decay=OPTIMIZER["weightDecay"])
        steps = []
        for step in range(STEPS):
            views = [fill.inputs(f"step{step}.{view}", (BATCH, 3, SIDE, SIDE)).to(dtype) for view in ("q", "k")]
            logits, labels = model(*views)
            loss = torch.nn.functional.cross_entropy(logits, labels)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            steps.append((loss.detach(), logits.detach()[0, :8].clone(), int(model.queue_ptr)))
        return steps, contrast.state(model, version["heads"])


def entry(builder, version, momentum):
    one = partial(run, builder, version, momentum)
    (steps, state), (wide_steps, wide_state), reordered = one(torch.float32), one(torch.float64), rounding.orders(one)
    losses = lambda run: [float(step[0]) for step in run]
    spreads = rounding.spread([losses(other) for other, _ in reordered], losses(wide_steps))
    return {
        "momentum": momentum,
        "steps": [
            {
                "loss": golden.numbers(loss)[0], "loss64": float(wide[0]), "lossNoise": golden.noise(loss, wide[0]),
                "lossSpread": spreads[i],
                "logits": golden.numbers(logits), "logitsNoise": golden.noise(logits, wide[1]), "queuePointer": pointer,
                "shuffle": fill.permutation(f"step{i}.shuffle", BATCH),
            }
            for i, ((loss, logits, pointer), wide) in enumerate(zip(steps, wide_steps))
        ],
        "final": contrast.compare_state(state, wide_state, [other for _, other in reordered]),
    }


def main():
    args = golden.arguments(__doc__, moco="a checkout of github.com/facebookresearch/moco at commit 7397dfe")
    builder = official.module(args.moco / "moco" / "builder.py", "official_moco_builder")
    builder.concat_all_gather = lambda tensor: tensor  # a world of one
    for name, version in VERSIONS.items():
        settings = {
            "source": "facebookresearch/moco@7397dfe146c7ca6bbb58e9c382498069178ba764 moco/builder.py",
            "encoder": "resnet18-small", "mlp": version["mlp"], "temperature": version["temperature"], "batch": BATCH, "side": SIDE,
            "queueLength": QUEUE, "dim": DIM, "gain": contrast.CONV_GAIN, **OPTIMIZER,
        }
        golden.write(name, {**settings, "runs": {key: entry(builder, version, m) for key, m in MOMENTA.items()}}, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
