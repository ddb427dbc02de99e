"""Files in, passages with exact offsets out."""

from ingest.ingestion import ingest
from ingest.report import OnProgress, Progress, Report

__all__ = ["OnProgress", "Progress", "Report", "ingest"]
