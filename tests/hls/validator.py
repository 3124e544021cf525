"""Holds an HLS stream against RFC 8216 and, where it says more, against its second edition (8216bis): every playlist,
every segment, and all of them together."""

from urllib.parse import urljoin

from tests.hls import content_rules, master_rules, media_rules, playlist

RULES = playlist.RULES | media_rules.RULES | master_rules.RULES | content_rules.RULES
"""Each rule that can be broken, and its section."""


def check_master(text, where="master"):
    found = playlist.read(text, where)
    master_rules.check(found)
    return found


def check_media(text, where="media"):
    found = playlist.read(text, where)
    media_rules.check(found)
    return found


def check_reload(before, after):
    """The faults of a live playlist that was loaded twice, as texts."""
    old, new = check_media(before, "before"), check_media(after, "after")
    media_rules.check_reload(old, new)
    return [*old.faults, *new.faults]


def check_stream(url, fetch):
    """All faults of a stream. `fetch(url)` gives the bytes of an address, or None where nothing is there."""
    master = playlist.read(fetch(url) or b"", url)
    if not master.is_master:
        media_rules.check(master)
        content_rules.look(master, lambda uri: fetch(urljoin(url, uri)))
        return master.faults
    master_rules.check(master)
    contents = {}

    def content(uri):
        at = urljoin(url, uri)
        if at not in contents:
            found = playlist.read(fetch(at) or b"", at)
            media_rules.check(found)
            contents[at] = content_rules.look(found, lambda segment: fetch(urljoin(at, segment)))
        return contents[at]

    sounds = {}
    for one in master.renditions:
        if "URI" in one:
            found = content(one["URI"])
            if one.get("TYPE") == "AUDIO":
                sounds.setdefault(one.get("GROUP-ID"), []).append(found)
    for variant in master.variants:
        own = content(variant["URI"])
        beside = sounds.get(variant.get("AUDIO"), [])
        # A variant of sound alone is one of its own group's.
        content_rules.check_variant(master, variant, own, [] if own in beside else beside)
    content_rules.check_together(master, [one for one in contents.values() if one.track])
    return [*master.faults, *(fault for one in contents.values() for fault in one.playlist.faults)]
