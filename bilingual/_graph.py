"""The transformer of all-MiniLM-L6-v2 as a graph for ONNX Runtime, in float32 or 8-bit integers.

The 8-bit form is built for accuracy without calibration data, so that it also holds for bodies
whose weights were changed by training:

- Weights are int8 with one scale for each output.
- Activations are two unsigned 7-bit digits, the coarse one and what it leaves over; each is
  multiplied with the same weights and the products are added. One 8-bit digit alone costs .002 to
  .005 of cosine, because a few of this model's channels are 15 times as large as the rest.
- The scale of each activation follows from the weights: the output of a layer normalisation is
  `gain * z + shift` with `|z| <= sqrt(width)`, and what depends linearly on it is bounded by
  Cauchy-Schwarz. The bounds are no waste: before the feed-forward parts of the first four layers
  XQuAD comes within 7 % of them. Nothing has to be measured, and nothing can overflow.
- 7 bits and not 8: processors without VNNI multiply pairs of unsigned and signed bytes into
  16-bit sums that saturate; 2 * 127 * 127 fits. The products are exact on every processor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bilingual._onnx import Graph

Precision: TypeAlias = Literal["int8", "float32"]
Weights: TypeAlias = Mapping[str, NDArray[np.float32]]

LAYERS = 6
_HEADS = 12
_WIDTH = 384
_EPSILON = 1e-12  # of the layer normalisations, from the model's config.json

_ZERO = 64  # the unsigned digit that stands for 0
_DIGIT = 63  # the largest digit: values lie in [-63, 63], stored as [1, 127]


def build(weights: Weights, precision: Precision) -> bytes:
    """The body as an ONNX model.

    Its input `embeddings`, float32 `[1, tokens, 384]`, are the sums of word, position and type
    embeddings; its output `[1, tokens, 384]` is the last layer's. One text a call: see `Body`.
    """
    builder = _Builder(weights, precision)
    result = builder.body("embeddings")
    return builder.graph.model("embeddings", [1, "tokens", _WIDTH], result)


def linear_names() -> list[str]:
    """The names of the linear layers, without `.weight` and `.bias`."""
    parts = [f"attention.self.{name}" for name in ("query", "key", "value")]
    parts += ["attention.output.dense", "intermediate.dense", "output.dense"]
    return [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in parts]


class _Builder:
    """Adds the model's pieces to a graph; values are named by the graph."""

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self.graph = Graph()
        self._weights = weights
        self._precision = precision
        # The digits of an activation, made once for query, key and value.
        self._digits: dict[str, list[tuple[str, str]]] = {}
        self._zero = self.graph.constant(np.array(_ZERO, np.uint8))

    def body(self, embeddings: str) -> str:
        norm = "embeddings.LayerNorm"
        value = self._normalise(embeddings, norm)
        for layer in range(LAYERS):
            value, norm = self._layer(value, norm, f"encoder.layer.{layer}")
        return value

    def _layer(self, value: str, norm: str, name: str) -> tuple[str, str]:
        """One layer, whose input `value` was made by the layer normalisation `norm`."""
        graph, attention = self.graph, f"{name}.attention.self"
        bound = self._normalised_bound(norm)
        parts = [
            self._linear(value, bound, f"{attention}.{part}") for part in ("query", "key", "value")
        ]
        # A head's output is a weighted mean of value vectors: no larger than the largest of them.
        bound = self._linear_bound(norm, f"{attention}.value")
        mixed = graph.node("MultiHeadAttention", *parts, contrib=True, num_heads=_HEADS)
        mixed = self._linear(mixed, bound, f"{name}.attention.output.dense")
        # Added and normalised apart: ONNX Runtime's SkipLayerNormalization takes 4 times as long.
        norm = f"{name}.attention.output.LayerNorm"
        value = self._normalise(graph.node("Add", value, mixed), norm)

        inner = self._linear(value, self._normalised_bound(norm), f"{name}.intermediate.dense")
        inner = graph.node("Gelu", inner, contrib=True)
        bound = self._linear_bound(norm, f"{name}.intermediate.dense")  # |gelu(x)| <= |x|
        inner = self._linear(inner, bound, f"{name}.output.dense")
        norm = f"{name}.output.LayerNorm"
        return self._normalise(graph.node("Add", value, inner), norm), norm

    def _normalise(self, value: str, norm: str) -> str:
        gain = self.graph.constant(self._weights[f"{norm}.weight"])
        shift = self.graph.constant(self._weights[f"{norm}.bias"])
        return self.graph.node("LayerNormalization", value, gain, shift, axis=-1, epsilon=_EPSILON)

    def _linear(self, value: str, bound: float, name: str) -> str:
        """`value @ weight.T + bias`, where no element of `value` exceeds `bound`."""
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        if self._precision == "float32":
            product = self.graph.node("MatMul", value, self.graph.constant(weight.T))
            return self.graph.node("Add", product, self.graph.constant(bias))
        return self._linear_int8(value, bound, weight, bias)

    def _linear_int8(
        self, value: str, bound: float, weight: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> str:
        graph = self.graph
        largest = np.maximum(weight.max(axis=1), -weight.min(axis=1))
        scale = np.maximum(largest / np.float32(127), np.finfo(np.float32).tiny)
        rounded = weight / scale[:, None]
        rounded = np.rint(rounded, out=rounded).astype(np.int8)
        columns, scales = graph.constant(rounded.T), graph.constant(scale)
        zeros = graph.constant(np.zeros(len(scale), np.int8))
        products = [
            graph.node(
                "MatMulIntegerToFloat",
                *(digit, columns, step, scales, self._zero, zeros, *addend),
                contrib=True,
            )
            for (digit, step), addend in zip(
                self._split(value, bound), ([graph.constant(bias)], []), strict=True
            )
        ]
        return graph.node("Add", *products)

    def _split(self, value: str, bound: float) -> list[tuple[str, str]]:
        """`value` as two digits, each with its step: `value ≈ digit1 * step1 + digit2 * step2`."""
        if value not in self._digits:
            graph = self.graph
            coarse = bound / _DIGIT
            step, fine_step = graph.scalar(coarse), graph.scalar(coarse / (2 * _DIGIT))
            digit = graph.node("QuantizeLinear", value, step, self._zero)
            shown = graph.node("DequantizeLinear", digit, step, self._zero)
            rest = graph.node("Sub", value, shown)  # at most half a step
            fine_digit = graph.node("QuantizeLinear", rest, fine_step, self._zero)
            self._digits[value] = [(digit, step), (fine_digit, fine_step)]
        return self._digits[value]

    def _normalised_bound(self, norm: str) -> float:
        """The largest element that the layer normalisation `norm` can give."""
        gain, shift = self._weights[f"{norm}.weight"], self._weights[f"{norm}.bias"]
        return float((np.abs(gain) * np.sqrt(_WIDTH) + np.abs(shift)).max())

    def _linear_bound(self, norm: str, name: str) -> float:
        """The largest element that the linear layer `name` can give after `norm`."""
        gain, shift = self._weights[f"{norm}.weight"], self._weights[f"{norm}.bias"]
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        spread = np.linalg.norm(weight * gain, axis=1) * np.sqrt(_WIDTH)
        return float((spread + np.abs(weight @ shift + bias)).max())
