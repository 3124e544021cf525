"""What RFC 8216 asks of a media playlist by itself, and of two loads of a live one."""

RULES = {
    "target-missing": "4.3.3.1",
    "target-exceeded": "4.3.3.1",
    "version": "7",
    "init-missing": "3.3",
    "ended": "6.2.1",
    "start-inside": "4.3.5.2",
    "dates-run-on": "4.3.2.6",
    "hold-back": "8216bis 4.4.3.8",
    "skip-boundary": "8216bis 4.4.3.8",
    "sequence-grows": "6.2.2",
    "reload-same": "6.2.1",
    "target-changed": "6.2.1",
    "event-keeps": "4.3.3.5",
    "ended-is-ended": "6.2.1",
    "cuts-counted": "6.2.2",
    "list-too-short": "6.2.2",
}
DATE_SLACK = 0.06
"""A moment is written in milliseconds and a duration in microseconds; a decoder's clock may differ by some frames."""


def check(found):
    """Notes the faults of one media playlist."""
    if found.target is None:
        found.fault("target-missing", "there is no EXT-X-TARGETDURATION")
    longest = max((one.seconds for one in found.segments), default=0.0)
    if found.target is not None and int(longest + 0.5) > found.target:
        found.fault("target-exceeded", f"a segment of {longest} s, and a target of {found.target}")
    if found.version < (needed := version_needed(found)):
        found.fault("version", f"says {found.version} and uses what came with {needed}")
    for one in found.segments:
        if one.init is None and one.uri.partition("?")[0].endswith((".m4s", ".mp4")):
            found.fault("init-missing", f"{one.uri} has no EXT-X-MAP")
    if found.kind == "VOD" and not found.is_ended:
        found.fault("ended", "all of a VOD is there, and EXT-X-ENDLIST is not")
    _check_start(found)
    _check_dates(found)
    _check_control(found)


def version_needed(found):
    names = {name for name, _value in found.tags}
    if found.skipped:
        return 9
    if "EXT-X-MAP" in names:
        return 6
    if "EXT-X-BYTERANGE" in names:
        return 4
    return 3 if any(not one.is_whole for one in found.segments) else 1


def _check_start(found):
    if not found.start or "TIME-OFFSET" not in found.start:
        return
    offset, whole = float(found.start["TIME-OFFSET"]), sum(one.seconds for one in found.segments)
    if abs(offset) > whole:
        found.fault("start-inside", f"begins {offset} s into {whole} s")


def _check_dates(found):
    due = None
    for one in found.segments:
        if one.date and due and not one.is_cut and abs((one.date - due[0]).total_seconds() - due[1]) > DATE_SLACK:
            found.fault("dates-run-on", f"{one.uri} is dated {one.date}, and what came before it ends otherwise")
        if one.date and due and one.date < due[0]:
            found.fault("dates-run-on", f"{one.uri} is dated before what came before it")
        if one.date:
            due = (one.date, one.seconds)
        elif due and not one.is_cut:
            due = (due[0], due[1] + one.seconds)
        else:
            due = None


def _check_control(found):
    control = found.control or {}
    target = found.target or 0
    if "HOLD-BACK" in control and float(control["HOLD-BACK"]) < 3 * target:
        found.fault("hold-back", f"{control['HOLD-BACK']} is less than three times {target}")
    if "CAN-SKIP-UNTIL" in control and float(control["CAN-SKIP-UNTIL"]) < 6 * target:
        found.fault("skip-boundary", f"{control['CAN-SKIP-UNTIL']} is less than six times {target}")


def check_reload(before, after):
    """Notes in `after` what may not have changed since `before` was loaded; both whole, without EXT-X-SKIP."""
    if after.target != before.target or after.kind != before.kind:
        after.fault("target-changed", f"{before.target} {before.kind} became {after.target} {after.kind}")
    gone = after.sequence - before.sequence
    if gone < 0:
        after.fault("sequence-grows", f"{before.sequence} became {after.sequence}")
        return
    kept = before.segments[gone:]
    if len(after.segments) < len(kept):
        after.fault("sequence-grows", "segments at the end are gone")
    for old, new in zip(kept, after.segments, strict=False):
        if _same(old) != _same(new):
            after.fault("reload-same", f"{_same(old)} became {_same(new)}")
    if gone and before.kind == "EVENT":
        after.fault("event-keeps", f"{gone} segments of an EVENT are gone")
    if before.is_ended and (len(after.segments) != len(before.segments) or not after.is_ended):
        after.fault("ended-is-ended", "it changed after its EXT-X-ENDLIST")
    removed = sum(one.is_cut for one in before.segments[:gone])
    if 0 < gone <= len(before.segments) and after.cuts_before != before.cuts_before + removed:
        after.fault("cuts-counted", f"{removed} discontinuities are gone: {before.cuts_before}, {after.cuts_before}")
    if gone and not after.is_ended and sum(one.seconds for one in after.segments) < 3 * (after.target or 0):
        after.fault("list-too-short", "less than three target durations are left")


def _same(one):
    # A signature in an address is another one after its window, and the file is the same.
    return one.uri.partition("?")[0].rpartition("/")[2], one.seconds, one.is_cut
