"""tensorboard.json: an event file's bytes, with messages from Google's protobuf by the public field numbers, and a bitwise CRC-32C."""
import base64
import struct

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import golden

DOUBLE, FLOAT, INT64, MESSAGE, BYTES, STRING, INT32 = 1, 2, 3, 11, 12, 9, 5
# message: (field, number, type, repeated, message of the field); numbers are those of event.proto, summary.proto and tensor.proto
SCHEMA = {
    "Event": [("wall_time", 1, DOUBLE, False, None), ("step", 2, INT64, False, None), ("file_version", 3, STRING, False, None),
              ("summary", 5, MESSAGE, False, "Summary")],
    "Summary": [("value", 1, MESSAGE, True, "Value")],
    "Value": [("tag", 1, STRING, False, None), ("simple_value", 2, FLOAT, False, None), ("tensor", 8, MESSAGE, False, "Tensor"),
              ("metadata", 9, MESSAGE, False, "Metadata")],
    "Metadata": [("plugin_data", 1, MESSAGE, False, "Plugin"), ("data_class", 4, INT32, False, None)],
    "Plugin": [("plugin_name", 1, STRING, False, None)],
    "Tensor": [("dtype", 1, INT32, False, None), ("tensor_shape", 2, MESSAGE, False, "Shape"), ("string_val", 8, BYTES, True, None)],
    "Shape": [("unknown_rank", 3, INT32, False, None)],
}


def messages():
    """The schema's classes."""
    file = descriptor_pb2.FileDescriptorProto(name="board.proto", package="board", syntax="proto3")
    for name, fields in SCHEMA.items():
        message = file.message_type.add(name=name)
        for field, number, kind, repeated, of in fields:
            message.field.add(name=field, number=number, type=kind, label=3 if repeated else 1, type_name=f".board.{of}" if of else None)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(f"board.{name}")) for name in SCHEMA}


def crc32c(content):
    """Castagnoli's polynomial, a bit at a time."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(content):
    """As TFRecord keeps it."""
    crc = crc32c(content)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def record(message):
    content = message.SerializeToString(deterministic=True)
    length = struct.pack("<Q", len(content))
    return length + struct.pack("<I", masked(length)) + content + struct.pack("<I", masked(content))


def text(content):
    return base64.b64encode(content).decode("ascii")


def main():
    args = golden.arguments(__doc__)
    types = messages()
    assert crc32c(b"123456789") == 0xE3069283      # the check value of CRC-32C's catalog entry
    version = types["Event"](wall_time=1234567890.25, file_version="brain.Event:2")
    scalars = types["Event"](wall_time=1234567891.5, step=300)
    scalars.summary.value.add(tag="loss", simple_value=2.75)
    scalars.summary.value.add(tag="knn", simple_value=54.31)
    recipe = types["Event"](wall_time=1234567892)
    value = recipe.summary.value.add(tag="recipe")
    value.tensor.dtype = 7
    value.tensor.tensor_shape.SetInParent()
    value.tensor.string_val.append("    name: é".encode())
    value.metadata.plugin_data.plugin_name = "text"
    value.metadata.data_class = 2
    golden.write("tensorboard.json", {
        "checksums": [{"bytes": text(content), "masked": masked(content)} for content in (b"", b"123456789", bytes(range(256)))],
        "file": text(b"".join(record(event) for event in (version, scalars, recipe))),
    }, args.out)


if __name__ == "__main__":
    main()
