"""Addresses of films and streams elsewhere: what is understood, and what is not."""

import pytest

from apps.tracks.models import Provider, outside_of

FILM = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={FILM}&t=30s",
        f"https://youtube.com/watch?list=abc&v={FILM}",
        f"https://m.youtube.com/watch?v={FILM}",
        f"https://youtu.be/{FILM}?si=xyz",
        f"https://www.youtube.com/live/{FILM}?feature=share",
        f"https://www.youtube.com/embed/{FILM}",
        f"https://www.youtube.com/shorts/{FILM}",
        f"https://www.youtube-nocookie.com/embed/{FILM}",
    ],
)
def test_every_form_of_a_youtube_address_is_one_film(address):
    found = outside_of(address)

    assert found.provider == Provider.YOUTUBE
    assert found.player.startswith(f"https://www.youtube-nocookie.com/embed/{FILM}?")
    assert found.origin == "https://www.youtube-nocookie.com"


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?"),
        ("https://vimeo.com/channels/staffpicks/76979871", "https://player.vimeo.com/video/76979871?"),
        ("https://vimeo.com/groups/rivers/videos/76979871", "https://player.vimeo.com/video/76979871?"),
        ("https://player.vimeo.com/video/76979871?h=8272103f6e", "https://player.vimeo.com/video/76979871?"),
        ("https://vimeo.com/event/3145", "https://vimeo.com/event/3145/embed?"),
    ],
)
def test_forms_of_vimeo_addresses(address, player):
    found = outside_of(address)

    assert (found.provider, found.player[: len(player)]) == (Provider.VIMEO, player)


def test_unlisted_vimeo_film_keeps_its_second_name():
    assert outside_of("https://vimeo.com/76979871/8272103f6e").player.endswith("&h=8272103f6e")


def test_playlist_is_shown_by_our_own_player():
    found = outside_of("https://cdn.example.org/live/a.m3u8?key=1")

    assert (found.is_framed, found.name) == (False, "cdn.example.org")
    assert found.player == "https://cdn.example.org/live/a.m3u8?key=1"


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"http://youtu.be/{FILM}",
        f"https://youtube.com.evil.example/watch?v={FILM}",
        f"https://evil.example/https://youtu.be/{FILM}",
        f"https://user:secret@youtu.be/{FILM}",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@channel",
        f"https://www.youtube.com/watch?v={FILM}%22%3E",
        "https://vimeo.com/features",
        "https://vimeo.com/76979871/<script>",
        "https://127.0.0.1/a.m3u8",
        "https://localhost/a.m3u8",
        "https://cdn.example.org:8443/a.m3u8",
        "https://cdn.example.org/a.mp4",
        "https://cdn.example.org;script-src */a.m3u8",
        "javascript:alert(1)",
        "https://[::1",
    ],
)
def test_what_is_no_such_address_is_none(address):
    assert outside_of(address) is None
