"""The outside world of media: ffmpeg, the bytes of files, and where they are stored."""
