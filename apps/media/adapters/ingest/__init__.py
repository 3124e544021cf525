"""The `ingest` role: encoders come in over RTMP, ffmpeg makes the ladder, and segments go to storage."""

from apps.media.adapters.ingest.gate import Gate

__all__ = ["Gate"]
