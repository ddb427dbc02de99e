"""`trichdan feedback`: what people thought of answers, one JSON object a line."""

from __future__ import annotations

import argparse
import sys

from bilingual.texts import InterfaceLanguage
from rag.settings import Settings
from ui.feedback import Feedback
from ui.state import State


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Print every record, oldest first."""
    state = State(settings.state_folder)
    if state.path.exists():
        sys.stdout.writelines(Feedback(state).lines())
        state.close()
    return 0
