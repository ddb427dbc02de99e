"""ONNX Runtime, which is not to report what is done with it."""

from __future__ import annotations

import os
from typing import Any


def onnxruntime() -> Any:  # it carries no types
    """The package, imported now (a tenth of a second).

    As published, from 1.31 on, it writes an identifier of the machine to the home folder and sends
    events to its makers a few seconds after the first session. This variable alone keeps it from
    both, and only before the first import; whoever sets it otherwise is left their choice.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime
