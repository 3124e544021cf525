"""Which pages may open a socket here."""

import pytest

from apps.live import origin


@pytest.mark.parametrize(
    ("page", "host", "ours"),
    [
        ("https://events.example.org", "events.example.org", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://trusted.example", "ws.example.org", True),
        ("https://a.wide.example", "ws.example.org", True),
        ("https://wide.example", "ws.example.org", False),
        ("https://trusted.example.evil.example", "ws.example.org", False),
        ("null", "ws.example.org", False),
        ("", "ws.example.org", False),
    ],
)
def test_origin(settings, page, host, ours):
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example", "https://*.wide.example"]
    headers = [(b"host", host.encode())] + ([(b"origin", page.encode())] if page else [])

    assert origin.is_ours({"headers": headers}) is ours
