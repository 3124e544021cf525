"""The `ingest` role: encoders come in over RTMP and people over WebSockets, ffmpeg makes the ladder, and segments go to
storage."""

from apps.media.adapters.ingest.gate import Gate
from apps.media.adapters.ingest.sockets import Sockets

__all__ = ["Gate", "Sockets"]
