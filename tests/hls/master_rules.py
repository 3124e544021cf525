"""What RFC 8216 asks of a master playlist by itself."""

import re
from collections import defaultdict

RULES = {
    "group-missing": "4.3.4.2.1",
    "rendition-uri": "4.3.4.1",
    "forced": "4.3.4.1",
    "autoselect": "4.3.4.1",
    "one-default": "4.3.4.1.1",
    "name-unique": "4.3.4.1.1",
    "choice-clear": "4.3.4.1.1",
    "language": "4.3.4.1",
    "codecs-missing": "4.3.4.2",
    "resolution-missing": "4.3.4.2",
    "frame-rate-missing": "4.3.4.2",
    "average-above-peak": "4.3.4.2",
    "variant-once": "4.3.4.2",
}
GROUPS = {"AUDIO": "AUDIO", "VIDEO": "VIDEO", "SUBTITLES": "SUBTITLES", "CLOSED-CAPTIONS": "CLOSED-CAPTIONS"}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
PICTURE = ("avc", "hvc", "hev", "av01", "vp09")


def check(found):
    """Notes the faults of one master playlist."""
    groups = defaultdict(list)
    for one in found.renditions:
        groups[one.get("TYPE"), one.get("GROUP-ID")].append(one)
        _check_rendition(found, one)
    for (kind, name), members in groups.items():
        _check_group(found, f"{kind} {name}", members)
    for one in found.variants:
        _check_variant(found, one, groups)
    said = [(one["URI"], one.get("AUDIO"), one.get("SUBTITLES")) for one in found.variants]
    if len(said) != len(set(said)):
        found.fault("variant-once", "the same variant stands twice")


def _check_rendition(found, one):
    name, kind = one.get("NAME"), one.get("TYPE")
    if kind == "SUBTITLES" and "URI" not in one:
        found.fault("rendition-uri", f"{name} has no URI")
    if kind == "CLOSED-CAPTIONS" and ("URI" in one or "INSTREAM-ID" not in one):
        found.fault("rendition-uri", f"{name} lies in the picture: INSTREAM-ID, and no URI")
    if "FORCED" in one and kind != "SUBTITLES":
        found.fault("forced", f"{name} is no subtitle, and says FORCED")
    if one.get("DEFAULT") == "YES" and one.get("AUTOSELECT", "YES") != "YES":
        found.fault("autoselect", f"{name} is the default, and not chosen by itself")
    if "LANGUAGE" in one and not LANGUAGE.fullmatch(one["LANGUAGE"]):
        found.fault("language", f"{name} is in {one['LANGUAGE']!r}")


def _check_group(found, name, members):
    names = [one.get("NAME") for one in members]
    if len(names) != len(set(names)):
        found.fault("name-unique", f"{name} has a name twice")
    if sum(one.get("DEFAULT") == "YES" for one in members) > 1:
        found.fault("one-default", f"{name} has several defaults")
    about = ("LANGUAGE", "ASSOC-LANGUAGE", "FORCED", "CHARACTERISTICS")
    chosen = [tuple(one.get(key) for key in about) for one in members if one.get("AUTOSELECT") == "YES"]
    if len(chosen) != len(set(chosen)):
        found.fault("choice-clear", f"a player cannot tell two of {name} apart")


def _check_variant(found, one, groups):
    for key, kind in GROUPS.items():
        if key in one and one[key] != "NONE" and (kind, one[key]) not in groups:
            found.fault("group-missing", f"{one['URI']} asks for {key}={one[key]}")
    codecs = one.get("CODECS", "")
    if not codecs:
        found.fault("codecs-missing", one["URI"])
    is_picture = any(codec.strip().startswith(PICTURE) for codec in codecs.split(","))
    if is_picture and "RESOLUTION" not in one:
        found.fault("resolution-missing", one["URI"])
    if is_picture and "FRAME-RATE" not in one:
        found.fault("frame-rate-missing", one["URI"])
    if int(one.get("AVERAGE-BANDWIDTH", 0)) > int(one.get("BANDWIDTH", 0)):
        found.fault("average-above-peak", one["URI"])
