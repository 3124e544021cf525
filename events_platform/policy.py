"""What a page may load and where it may send: the content security policy, with its hashes added by a middleware."""


def strict(media_origins: list[str]) -> dict[str, dict[str, list[str]]]:
    """Our own scripts and styles only; pictures, films and uploads may lie elsewhere."""
    return {
        "DIRECTIVES": {
            "default-src": ["'self'"],
            "script-src": ["'self'"],
            "style-src": ["'self'"],
            "img-src": ["'self'", "data:", *media_origins],
            # data: hls.js begins the words of a stream with an empty one.
            "media-src": ["'self'", "blob:", "data:", *media_origins],
            "connect-src": ["'self'", *media_origins],
            "worker-src": ["'self'", "blob:"],
            "object-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
        }
    }
