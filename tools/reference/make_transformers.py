"""transformers.json: torchvision's vision transformer and ConvNeXt with filled weights under timm's names, and MAE's positions."""
import re

import numpy as np
import torch
import torchvision.models as models
from torchvision.models.convnext import CNBlockConfig

import fill
import golden

TRANSFORMERS = [("vit-tiny", 192, 3, 4, 32), ("vit-small", 384, 6, 16, 64)]  # name, features, heads, patch, side
CONVNEXTS = [("convnext-tiny", (3, 3, 9, 3), 96, 64), ("convnext-atto", (2, 2, 6, 2), 40, 64)]  # name, blocks, channels, side


def transformer_name(name):
    """timm's name of what torchvision calls something else."""
    fixed = {"class_token": "cls_token", "encoder.pos_embedding": "pos_embed", "encoder.ln": "norm", "conv_proj": "patch_embed.proj"}
    for theirs, timm in fixed.items():
        if name.startswith(theirs):
            return timm + name[len(theirs):]
    block, rest = re.fullmatch(r"encoder\.layers\.encoder_layer_(\d+)\.(.*)", name).groups()
    parts = {
        "ln_1.": "norm1.", "ln_2.": "norm2.", "self_attention.in_proj_": "attn.qkv.", "self_attention.out_proj.": "attn.proj.",
        "mlp.0.": "mlp.fc1.", "mlp.3.": "mlp.fc2.",
    }
    theirs = next(part for part in parts if rest.startswith(part))
    return f"blocks.{block}.{parts[theirs]}{rest[len(theirs):]}"


def convnext_name(name):
    if name.startswith("classifier.0."):
        return "head.norm." + name[len("classifier.0."):]
    group, index, rest = re.fullmatch(r"features\.(\d+)\.(\d+)\.?(.*)", name).groups()
    stage = (int(group) - 1) // 2
    if group == "0":
        return f"stem.{index}.{rest}"
    if int(group) % 2 == 0:
        return f"stages.{stage + 1}.downsample.{index}.{rest}"
    parts = {"layer_scale": "gamma", "block.0.": "conv_dw.", "block.2.": "norm.", "block.3.": "mlp.fc1.", "block.5.": "mlp.fc2."}
    theirs = next(part for part in parts if rest.startswith(part))
    return f"stages.{stage}.blocks.{index}.{parts[theirs]}{rest[len(theirs):]}"


def filled(net, rename):
    """torchvision's network without its classifier, under the names by which the formula fills it; a scale of rank 3 counts as a list."""
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            timm = rename(name)
            shape = (tensor.shape[0],) if timm.endswith(".gamma") else tuple(tensor.shape)
            tensor.copy_(fill.parameter(timm, shape).reshape(tensor.shape))
    return net.eval()


def transformer(features, heads, patch, side):
    net = models.VisionTransformer(side, patch, 12, heads, features, 4 * features)
    net.heads = torch.nn.Identity()
    return filled(net, transformer_name)


def convnext(blocks, channels):
    settings = [CNBlockConfig(channels << i, channels << i + 1 if i < 3 else None, count) for i, count in enumerate(blocks)]
    net = models.ConvNeXt(settings)
    net.classifier = net.classifier[:2]
    return filled(net, convnext_name)


def entry(name, net, side):
    """Features, and the gradients of sum(features * cotangent)."""
    x = fill.inputs(f"{name}.input", (2, 3, side, side)).double()
    features = net.double()(x)
    (features * fill.inputs(f"{name}.cotangent", tuple(features.shape)).double()).sum().backward()
    rename = transformer_name if name.startswith("vit") else convnext_name
    watched = ("cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "blocks.11.mlp.fc2.bias", "norm.weight",
               "stem.0.weight", "stages.1.downsample.1.weight", "stages.2.blocks.0.conv_dw.weight", "stages.3.blocks.1.gamma")
    gradients = {rename(key): value.grad for key, value in net.named_parameters() if rename(key) in watched}
    checks = {key: golden.check(value.squeeze() if key.endswith(".gamma") else value) for key, value in gradients.items()}
    return {"side": side, "features": golden.check(features, first=16), "gradients": checks}


def sine_positions(rows, columns, features):
    """Half the numbers for the column, half for the row: sines, then cosines, of wavelengths from 2 pi to 10,000 times as long."""
    frequencies = 10000.0 ** -(np.arange(features // 4) / (features // 4))
    y, x = np.mgrid[:rows, :columns]
    parts = [wave(np.outer(at.reshape(-1), frequencies)) for at in (x, y) for wave in (np.sin, np.cos)]
    return torch.from_numpy(np.concatenate(parts, axis=1).astype(np.float32))


def main():
    args = golden.arguments(__doc__)
    cases = {name: entry(name, transformer(features, heads, patch, side), side) | {"patch": patch}
             for name, features, heads, patch, side in TRANSFORMERS}
    cases |= {name: entry(name, convnext(blocks, channels), side) for name, blocks, channels, side in CONVNEXTS}
    table = fill.uniform("table", (1, 8, 5, 5), 1.0)
    resized = torch.nn.functional.interpolate(table, (3, 7), mode="bicubic", antialias=True, align_corners=False)
    golden.write("transformers.json", {
        "cases": cases, "positions": golden.values(sine_positions(3, 4, 16)), "resized": golden.values(resized),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
