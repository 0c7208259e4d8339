"""Reads a .safetensors file: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes."""
import json
import struct

import numpy as np
import torch

MAX_HEADER = 100_000_000  # bytes, the format's own limit
TYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8,
    "U8": np.uint8, "BOOL": np.bool_,
}


class SafetensorsError(Exception):
    """The file breaks the format; the text says where."""


def read(path):
    """Returns ({name: tensor}, {metadata key: text})."""
    data = path.read_bytes()
    if len(data) < 8:
        raise SafetensorsError(f"{path} has {len(data)} bytes; a safetensors file begins with an 8-byte header length")
    (length,) = struct.unpack_from("<Q", data)
    if length > min(MAX_HEADER, len(data) - 8):
        raise SafetensorsError(f"{path} announces a header of {length} bytes but has {len(data) - 8} bytes after the length field")
    try:
        header = json.loads(data[8:8 + length].decode("utf-8"))
    except ValueError as error:
        raise SafetensorsError(f"{path}: the header is no UTF-8 JSON: {error}") from error
    if not isinstance(header, dict):
        raise SafetensorsError(f"{path}: the header is a {type(header).__name__}, not a JSON object")
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length:]
    _check_layout(path, header, len(body))
    return {name: _tensor(path, name, entry, body) for name, entry in header.items()}, metadata


def _check_layout(path, header, size):
    """Every entry is whole, and the tensors cover the data without gaps or overlaps."""
    for name, entry in header.items():
        offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
        if not (_naturals(offsets) and len(offsets) == 2 and _naturals(entry.get("shape")) and isinstance(entry.get("dtype"), str)):
            raise SafetensorsError(f"{path}: the header's entry '{name}' lacks a dtype, a shape or two data_offsets: {str(entry)[:200]}")
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        if begin != end or stop < begin:
            raise SafetensorsError(f"{path}: tensor '{name}' lies at bytes {begin}-{stop}, but the one before it ends at {end}")
        end = stop
    if end != size:
        raise SafetensorsError(f"{path}: the tensors end at byte {end} of the data, which has {size} bytes")


def _naturals(value):
    return isinstance(value, list) and all(type(v) is int and v >= 0 for v in value)


def _tensor(path, name, entry, body):
    kind, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    item = np.uint16 if kind == "BF16" else TYPES.get(kind)
    if item is None:
        raise SafetensorsError(f"{path}: tensor '{name}' has type {kind}; known are {', '.join([*TYPES, 'BF16'])}")
    expected = int(np.prod(shape, dtype=np.int64)) * np.dtype(item).itemsize
    if end - begin != expected:
        raise SafetensorsError(f"{path}: tensor '{name}' {shape} {kind} needs {expected} bytes and has {end - begin}")
    values = np.frombuffer(body[begin:end], dtype=np.dtype(item).newbyteorder("<")).reshape(shape)
    if kind == "BF16":  # the upper half of a float32
        values = (values.astype(np.uint32) << 16).view(np.float32)
    return torch.from_numpy(values.copy())
