"""What one file may cost before it is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file. All but the first two are for formats that are parsed in a process apart.

    Attributes:
        file_bytes: Largest file.
        text_chars: Longest text that may come out of it.
        pages: Most pages or slides.
        unpacked_bytes: Largest content of an archive (DOCX, PPTX, XLSX, EPUB), unpacked.
        memory_bytes: Memory of the process, all told.
        silence_s: Longest time without a page read.
        total_s: Longest time for the whole file, both on the clock and of the processor.
    """

    file_bytes: int = 100_000_000
    text_chars: int = 30_000_000
    pages: int = 20_000
    unpacked_bytes: int = 500_000_000
    memory_bytes: int = 1 << 30
    silence_s: float = 120.0
    total_s: float = 900.0
