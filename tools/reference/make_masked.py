"""masked.json: the losses and gradients of MAE (arXiv:2111.06377) and SimMIM (arXiv:2111.09886) in float64, written from the papers over torchvision's blocks."""
import math

import torch
from torch import nn
from torchvision.models.vision_transformer import EncoderBlock

import fill
import golden
from make_transformers import sine_positions, transformer_name

BATCH, SIDE, PATCH, FEATURES, HEADS, DECODER, DECODER_HEADS, DECODER_DEPTH, CELL = 2, 32, 8, 64, 1, 32, 2, 2, 16
GRID = SIDE // PATCH
RATIOS = {"mae": 0.75, "simmim": 0.6}


def blocks(prefix, count, features, heads):
    """Blocks whose weights are filled under our names for them."""
    made = nn.ModuleList()
    for i in range(count):
        block = EncoderBlock(heads, features, 4 * features, 0.0, 0.0, lambda size: nn.LayerNorm(size, eps=1e-6))
        for name, value in block.named_parameters():
            ours = transformer_name(f"encoder.layers.encoder_layer_{i}.{name}").replace("blocks.", prefix, 1)
            value.data = fill.parameter(ours, tuple(value.shape)).double()
        made.append(block)
    return made


class Network(nn.Module):
    """The encoder, and what the two methods put behind it; `known` holds single weights by our names."""

    def __init__(self):
        super().__init__()
        self.blocks = blocks("encoder.blocks.", 12, FEATURES, HEADS)
        self.decoder = blocks("decoder_blocks.", DECODER_DEPTH, DECODER, DECODER_HEADS)
        self.known = {}

    def weight(self, name, *shape):
        if name not in self.known:
            self.known[name] = fill.parameter(name, shape).double().requires_grad_()
        return self.known[name]

    def linear(self, x, name, outputs):
        return nn.functional.linear(x, self.weight(f"{name}.weight", outputs, x.shape[-1]), self.weight(f"{name}.bias", outputs))

    def norm(self, x, name):
        size = x.shape[-1]
        return nn.functional.layer_norm(x, (size,), self.weight(f"{name}.weight", size), self.weight(f"{name}.bias", size), 1e-6)

    def embed(self, pictures):
        name = "encoder.patch_embed.proj"
        kernel = self.weight(f"{name}.weight", FEATURES, 3, PATCH, PATCH)
        return nn.functional.conv2d(pictures, kernel, self.weight(f"{name}.bias", FEATURES), stride=PATCH).flatten(2).transpose(1, 2)

    def transform(self, tokens):
        first = self.weight("encoder.cls_token", 1, 1, FEATURES).expand(len(tokens), -1, -1)
        tokens = torch.cat([first, tokens], dim=1)
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens, "encoder.norm")


def pixels(pictures):
    n = len(pictures)
    cut = pictures.reshape(n, 3, GRID, PATCH, GRID, PATCH)
    return torch.einsum("nchpwq->nhwpqc", cut).reshape(n, GRID * GRID, PATCH * PATCH * 3)


def positions(features):
    return sine_positions(GRID, GRID, features).double()


def mae(net, pictures):
    places = GRID * GRID
    kept = int(places * (1 - RATIOS["mae"]))
    target = pixels(pictures)
    target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6).sqrt()
    tokens, losses = net.embed(pictures) + positions(FEATURES), []
    for i in range(len(pictures)):
        order = fill.permutation(f"order{i}", places)
        seen = net.linear(net.transform(tokens[i:i + 1, order[:kept]]), "decoder_embed", DECODER)
        full = net.weight("mask_token", 1, 1, DECODER).expand(1, places, -1).clone()
        full[0, order[:kept]] = seen[0, 1:]
        full = torch.cat([seen[:, :1], full + positions(DECODER)], dim=1)
        for block in net.decoder:
            full = block(full)
        predicted = net.linear(net.norm(full[:, 1:], "decoder_norm"), "decoder_pred", target.shape[-1])
        losses += [((predicted[0, at] - target[i, at]) ** 2).mean() for at in order[kept:]]
    return torch.stack(losses).mean()


def simmim(net, pictures):
    across, cells = CELL // PATCH, (SIDE // CELL) ** 2
    hidden = torch.zeros(len(pictures), SIDE // CELL, SIDE // CELL).double()
    for i in range(len(pictures)):
        chosen = fill.permutation(f"order{i}", cells)[:math.ceil(RATIOS["simmim"] * cells)]
        hidden[i].view(-1)[chosen] = 1
    hidden = hidden.repeat_interleave(across, 1).repeat_interleave(across, 2)
    share = hidden.flatten(1).unsqueeze(-1)
    tokens = net.embed(pictures) * (1 - share) + net.weight("mask_token", 1, 1, FEATURES) * share + positions(FEATURES)
    predicted = net.linear(net.transform(tokens)[:, 1:], "decoder", PATCH * PATCH * 3)
    whole = hidden.repeat_interleave(PATCH, 1).repeat_interleave(PATCH, 2).unsqueeze(1)
    made = torch.einsum("nhwpqc->nchpwq", predicted.reshape(-1, GRID, GRID, PATCH, PATCH, 3)).reshape(pictures.shape)
    return ((made - pictures).abs() * whole).sum() / (whole.sum() * 3)


def entry(method):
    net = Network()
    loss = method(net, fill.inputs("masked.view", (BATCH, 3, SIDE, SIDE)).double())
    loss.backward()
    watched = ("mask_token", "encoder.cls_token", "encoder.patch_embed.proj.weight", "encoder.norm.weight", "decoder_embed.weight",
               "decoder_pred.bias", "decoder.weight")
    gradients = {name: golden.twelve(net.known[name].grad.norm()) for name in watched if name in net.known}
    gradients["encoder.blocks.0.mlp.fc1.weight"] = golden.twelve(net.blocks[0].mlp[0].weight.grad.norm())
    return {"loss": golden.twelve(loss), "gradients": gradients}


def main():
    args = golden.arguments(__doc__)
    golden.write("masked.json", {
        "batch": BATCH, "side": SIDE, "patch": PATCH, "cell": CELL, "ratios": RATIOS, "decoderFeatures": DECODER, "decoderHeads": DECODER_HEADS,
        "decoderDepth": DECODER_DEPTH, "mae": entry(mae), "simmim": entry(simmim),
    }, args.out)


if __name__ == "__main__":
    golden.deterministic()
    main()
