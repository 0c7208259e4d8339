"""Tensors made from a name alone, so that no weights or inputs have to be stored.

The formula uses 32-bit integers and single IEEE-754 double operations only, so that any language repeats it bit for bit.
tests/Shared/Golden/README.md states it for readers in other languages; fill.json holds samples of it.
"""
import math

import numpy as np
import torch

MASK = 0xFFFFFFFF
UNIT_VARIANCE = math.sqrt(3.0)  # a uniform variable on [-sqrt(3), sqrt(3)) has variance 1


def salt(name):
    """FNV-1a, 32 bits, of the name's UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in name.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) & MASK
    return value


def hashes(name, count):
    """murmur3's 32-bit finalizer of i * 0x9E3779B1 + salt for i in 0 .. count - 1, as uint64 (values below 2^32)."""
    x = (np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B1) + np.uint64(salt(name))) & np.uint64(MASK)
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x85EBCA6B)) & np.uint64(MASK)
    x ^= x >> np.uint64(13)
    x = (x * np.uint64(0xC2B2AE35)) & np.uint64(MASK)
    return x ^ (x >> np.uint64(16))


def unit(name, count):
    """u = hash / 2^32 in [0, 1), float64; the division is exact."""
    return hashes(name, count).astype(np.float64) / 4294967296.0


def _tensor(values, shape):
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def _count(shape):
    return int(np.prod(shape, dtype=np.int64))


def uniform(name, shape, bound):
    """float32((2u - 1) * bound), row-major."""
    return _tensor((2.0 * unit(name, _count(shape)) - 1.0) * bound, shape)


def inputs(name, shape):
    """Images, features and other data: unit variance."""
    return uniform(name, shape, UNIT_VARIANCE)


def directions(name, shape, axis=1):
    """The inputs divided by their length along an axis, in float64: in float32 one version of torch rounds the quotients otherwise than the next."""
    return torch.nn.functional.normalize(inputs(name, shape).double(), dim=axis)


def permutation(name, count):
    """The order that sorts the hashes of the name; no two of them are equal, because each step of the hash is a bijection."""
    return np.argsort(hashes(name, count), kind="stable").tolist()


def parameter(name, shape, gain=1.0):
    """One entry of a state_dict: the name's last part and the number of axes choose the rule."""
    count, last = _count(shape), name.rsplit(".", 1)[-1]
    if last == "num_batches_tracked":
        return torch.zeros(shape, dtype=torch.int64)
    if last == "running_mean":
        return _tensor(0.1 * (2.0 * unit(name, count) - 1.0), shape)
    if last == "running_var":
        return _tensor(1.0 + 0.2 * unit(name, count), shape)
    if last == "bias":
        return _tensor(0.1 * (2.0 * unit(name, count) - 1.0), shape)
    if last in ("weight", "gamma") and len(shape) == 1:  # a norm's or a block's scale
        return _tensor(1.0 + 0.1 * (2.0 * unit(name, count) - 1.0), shape)
    if last == "weight":  # convolution [out, in / groups, kh, kw] or linear [out, in]
        return uniform(name, shape, math.sqrt(3.0 / _count(shape[1:])) * gain)
    if last in ("cls_token", "reg_token", "mask_token", "pos_embed"):
        return uniform(name, shape, 1.0)
    raise ValueError(f"fill.py has no rule for '{name}' of shape {list(shape)}: neither weight, bias nor a batch norm buffer")


def fill_module(module, conv_gain=1.0, rename=lambda name: name, buffers=True):
    """Overwrite a module's parameters and, unless told otherwise, its batch norm buffers; linear weights keep gain 1."""
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            is_buffer = name.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")
            if is_buffer and not buffers:
                continue
            tensor.copy_(parameter(rename(name), tuple(tensor.shape), conv_gain if tensor.ndim == 4 else 1.0))
    return module
