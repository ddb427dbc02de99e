"""The little of the ONNX format that the encoder's graph needs, written without the package `onnx`.

An ONNX model is a protobuf message. Writing one takes two wire types and the field numbers of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, which are frozen. The alternatives are a
dependency of 17 MB at run time, or a binary file that nobody can review.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_IR_VERSION = 9
_OPSET = 17  # the first with LayerNormalization
_ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT = 1, 2
_CONTRIB = "com.microsoft"  # ONNX Runtime's own operators


class Graph:
    """Collects operators and constants, and writes them as an ONNX model.

    Every method that adds something returns the name of the value it makes, to be handed to the
    next operator.
    """

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._names = 0

    def constant(self, values: NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int8]) -> str:
        """Add a constant tensor."""
        name = self._name()
        raw = np.ascontiguousarray(values).tobytes()
        shape = b"".join(_integer(1, size) for size in values.shape)
        element = _integer(2, _ELEMENT_TYPES[values.dtype.name])
        self._constants.append(_message(5, shape + element + _text(8, name) + _bytes(9, raw)))
        return name

    def scalar(self, value: float) -> str:
        """Add a float32 constant without dimensions."""
        return self.constant(np.array(value, np.float32))

    def node(self, operator: str, *inputs: str, contrib: bool = False, **settings: float) -> str:
        """Add an operator with one output; `settings` are its attributes."""
        name = self._name()
        self._nodes.append(_node(operator, inputs, name, settings, _CONTRIB if contrib else ""))
        return name

    def model(self, source: str, source_shape: Sequence[int | str], result: str) -> bytes:
        """The model as bytes: input `source` of `source_shape`, output `result`, both float32.

        Dimensions given as text are free. The output has the input's shape.
        """
        shape = _shape(source_shape)
        graph = b"".join(
            [
                *self._nodes,
                _text(2, "encoder"),
                *self._constants,
                _message(11, _text(1, source) + shape),
                _message(12, _text(1, result) + shape),
            ]
        )
        opsets = [("", _OPSET), (_CONTRIB, 1)]
        versions = (_message(8, _text(1, domain) + _integer(2, of)) for domain, of in opsets)
        return _integer(1, _IR_VERSION) + b"".join(versions) + _message(7, graph)

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"


def _node(
    operator: str,
    inputs: Sequence[str],
    output: str,
    settings: Mapping[str, float],
    domain: str,
) -> bytes:
    fields = [_text(1, name) for name in inputs]
    fields += [_text(2, output), _text(3, output), _text(4, operator)]
    for name, value in settings.items():
        if isinstance(value, int):
            kind = _integer(3, value) + _integer(20, _ATTRIBUTE_INT)
        else:
            kind = _key(2, 5) + struct.pack("<f", value) + _integer(20, _ATTRIBUTE_FLOAT)
        fields.append(_message(5, _text(1, name) + kind))
    if domain:
        fields.append(_text(7, domain))
    return _message(1, b"".join(fields))


def _shape(sizes: Sequence[int | str]) -> bytes:
    """The `type` field of a ValueInfo: a float32 tensor of `sizes`."""
    dimensions = b"".join(
        _message(1, _text(2, size) if isinstance(size, str) else _integer(1, size))
        for size in sizes
    )
    return _message(2, _message(1, _integer(1, 1) + _message(2, dimensions)))


def _varint(value: int) -> bytes:
    if value < 0:
        value += 1 << 64  # negative integers are written as their 64-bit two's complement
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _key(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _integer(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value


_message = _bytes  # a nested message is written like any other bytes


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())
