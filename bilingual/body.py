"""The transformer body of all-MiniLM-L6-v2: token ids in, token vectors out.

Other encoders build on it: `extra_embeddings` gives new tokens their input embedding, and
`updates` adds trained low-rank changes to its linear layers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bilingual._graph import Precision, Weights, build, linear_names
from bilingual._runtime import onnxruntime

WIDTH = 384
MAX_TOKENS = 256  # the window that the model's authors set, special tokens included

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LowRankUpdate:
    """A trained change of one linear layer: its weight becomes `weight + up @ down`."""

    down: NDArray[np.float32]  # [rank, inputs]
    up: NDArray[np.float32]  # [outputs, rank]


class Embeddings:
    """Input embeddings: of the published word pieces, and of the ids that follow them."""

    def __init__(
        self, words: NDArray[np.float32], extra: NDArray[np.float32] | None = None
    ) -> None:
        """Take `words`, `[30522, 384]`, and `extra`, `[units, 384]`.

        Raises:
            ValueError: `extra` has another shape.
        """
        self._words = words
        self._extra = _checked_extra(extra)

    def __len__(self) -> int:
        return len(self._words) + len(self._extra)

    def of(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 `[len(ids), 384]`."""
        places = np.asarray(ids, dtype=np.int64)
        known = len(self._words)
        is_extra = places >= known
        if not is_extra.any():
            return self._words[places]
        rows = np.empty((len(places), WIDTH), np.float32)
        rows[~is_extra] = self._words[places[~is_extra]]
        rows[is_extra] = self._extra[places[is_extra] - known]
        return rows


class Layers:
    """The transformer without its embeddings. Safe to share between threads."""

    def __init__(self, weights: Weights, precision: Precision = "int8") -> None:
        """Build the graph and hand it to ONNX Runtime (about 0.1 s)."""
        self._session = _session(build(weights, precision))

    def states(self, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """The last layer's vectors, float32 `[tokens, 384]`, of one text.

        Args:
            embedded: float32 `[tokens, 384]`, sums of word, position and type embeddings.
        """
        found: NDArray[np.float32] = self._session.run(None, {"embeddings": embedded[None]})[0][0]
        return found


class Body:
    """Runs the transformer, a text at a time, on as many threads as there are cores.

    Texts are not padded into batches: each runs alone on one thread, several at once. That wastes
    nothing on padding, keeps the activations in the processor's cache, and makes a text's vectors
    the same whatever stands beside it. Safe to share between threads.
    """

    def __init__(
        self,
        weights: Weights,
        *,
        extra_embeddings: NDArray[np.float32] | None = None,
        updates: Mapping[str, LowRankUpdate] | None = None,
        precision: Precision = "int8",
        threads: int | None = None,
    ) -> None:
        """Build the graph and hand it to ONNX Runtime (about 0.1 s).

        Args:
            weights: The model's tensors, float32, by their published names.
            extra_embeddings: Input embeddings `[units, 384]` of the token ids from 30522 on.
            updates: Changes by linear layer, e.g. `encoder.layer.0.attention.self.query`.
            precision: "int8" (cosine to float32 .9994) or "float32" (exact, half as fast).
            threads: Texts that run at once; by default the cores this process may use.

        Raises:
            ValueError: `updates` names a layer that does not exist, or a shape does not fit.
        """
        self._embeddings = Embeddings(
            weights["embeddings.word_embeddings.weight"], extra_embeddings
        )
        self._places = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._layers = Layers(updated(weights, updates or {}), precision)
        self.threads = threads or cores()
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="encoder")

    @property
    def vocabulary(self) -> int:
        """One more than the largest token id."""
        return len(self._embeddings)

    def hidden_states(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The last layer's vectors of one text.

        Args:
            ids: Token ids with the special tokens, 1 to 512 of them (the model was trained on
                `MAX_TOKENS` at most), each below `vocabulary`.

        Returns:
            float32 `[len(ids), 384]`.
        """
        return self._layers.states(self._embeddings.of(ids) + self._places[: len(ids)])

    def map(
        self, texts: Sequence[Sequence[int]], then: Callable[[NDArray[np.float32]], T]
    ) -> list[T]:
        """`then(hidden_states(ids))` of each text, in order, computed on all threads.

        `then` reduces the states at once (to their mean, say), so that those of a whole document
        never lie in memory together.
        """
        # Longest first, so that no thread is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
        results = self._pool.map(lambda at: then(self.hidden_states(texts[at])), order)
        by_place = dict(zip(order, results, strict=True))
        return [by_place[at] for at in range(len(texts))]


def mean_pool(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean `[width]` of token vectors `[tokens, width]`, not yet of unit length."""
    mean: NDArray[np.float32] = states.mean(axis=0)
    return mean


def _checked_extra(extra: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if extra is None:
        return np.empty((0, WIDTH), np.float32)
    if extra.ndim != 2 or extra.shape[1] != WIDTH:
        raise ValueError(
            f"extra_embeddings have the shape {extra.shape}; expected [units, {WIDTH}]"
        )
    return np.asarray(extra, dtype=np.float32)


def updated(weights: Weights, updates: Mapping[str, LowRankUpdate]) -> Weights:
    """`weights` with each update merged into its layer.

    Raises:
        ValueError: `updates` names a layer that does not exist.
    """
    unknown = sorted(updates.keys() - set(linear_names()))
    if unknown:
        raise ValueError(f"there is no linear layer {unknown[0]!r} to update")
    changed = {
        f"{name}.weight": weights[f"{name}.weight"] + update.up @ update.down
        for name, update in updates.items()
    }
    return {**weights, **changed}


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _session(model: bytes) -> Any:  # onnxruntime carries no types
    runtime = onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1  # the texts are what runs in parallel
    options.log_severity_level = 3
    # The graph is written as it should run. The next level would fuse the additions back into
    # SkipLayerNormalization.
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
