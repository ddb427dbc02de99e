"""The trained student as the files that ship: `encoder.safetensors`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from bilingual.training.body import LAYERS
from bilingual.training.student import Student

# Which linear layers of the published model each update belongs to, in the order of `Body`.
_NAMES = ("attention.self.qkv", "attention.output.dense", "intermediate.dense", "output.dense")


def write_encoder(
    units: NDArray[np.float32],
    updates: list[tuple[NDArray[np.float32], NDArray[np.float32]]],
    projection: NDArray[np.float32],
    idf: tuple[NDArray[np.float32], NDArray[np.float32]],
    path: Path,
) -> None:
    """Write the unit embeddings as int8 rows with a scale, the rest as float16.

    Tensors: `units` int8 `[units, 384]`, `units.scale` float16 `[units]`;
    `encoder.layer.N.NAME.a` `[rank, inputs]` and `.b` `[outputs, rank]`, whose product `b @ a` is
    added to the weight (`qkv`: of query, key and value, one under another); `projection`
    `[384, 128]`; `idf.vietnamese` and `idf.english`, float16, by token id, for ids never seen the
    largest value.
    """
    scale = (np.abs(units).max(1) / 127).astype(np.float16)
    rows = np.round(units / np.maximum(scale.astype(np.float32), 1e-8)[:, None])
    tensors: dict[str, NDArray[np.generic]] = {
        "units": np.clip(rows, -127, 127).astype(np.int8),
        "units.scale": scale,
        "projection": projection.astype(np.float16),
        "idf.vietnamese": idf[0].astype(np.float16),
        "idf.english": idf[1].astype(np.float16),
    }
    names = [f"encoder.layer.{n}.{name}" for n in range(LAYERS) for name in _NAMES]
    for name, (a, b) in zip(names, updates, strict=True):
        tensors[f"{name}.a"], tensors[f"{name}.b"] = a.astype(np.float16), b.astype(np.float16)
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)


def export_student(
    student: Student, idf: tuple[NDArray[np.float32], NDArray[np.float32]], path: Path
) -> None:
    """`write_encoder` for a trained student."""

    def array(tensor: torch.Tensor) -> NDArray[np.float32]:
        values: NDArray[np.float32] = tensor.detach().float().numpy()
        return values

    updates = [(array(a), array(b)) for a, b in zip(student.body.a, student.body.b, strict=True)]
    write_encoder(array(student.units), updates, array(student.projection), idf, path)
