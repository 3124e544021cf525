"""RTMP as encoders speak it to publish: bytes in, facts out. Nothing here waits, or knows the platform."""
