"""Good playlists, and for each rule of their text what breaks it."""

MEDIA = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=1.5,PRECISE=YES
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:00.000Z
#EXTINF:4.000,
0.m4s
#EXTINF:4.000,
1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:09.000Z
#EXTINF:2.480,
2.m4s
#EXT-X-ENDLIST
"""
# The rule, what stands in the good one, and what in the broken one.
MEDIAS = (
    ("first-line", "#EXTM3U\n", ""),
    ("utf8", "#EXTM3U", "\ufeff#EXTM3U"),
    ("known-tag", "#EXT-X-START:", "#EXT-X-BEGIN:"),
    ("once", "#EXT-X-TARGETDURATION:4", "#EXT-X-TARGETDURATION:4\n#EXT-X-TARGETDURATION:4"),
    ("attributes", "TIME-OFFSET=1.5,PRECISE=YES", "TIME-OFFSET=1.5, PRECISE=YES"),
    ("attributes", "TIME-OFFSET=1.5,PRECISE=YES", "TIME-OFFSET=1.5,TIME-OFFSET=1.5"),
    ("attribute-type", "PRECISE=YES", "PRECISE=TRUE"),
    ("attribute-missing", "TIME-OFFSET=1.5,", ""),
    ("extinf", "#EXTINF:2.480,", "#EXTINF:2.480"),
    ("extinf", "#EXTINF:2.480,\n", ""),
    ("extinf", "2.m4s\n", ""),
    ("date", "10:00:09.000Z", "10:00:09.000"),
    ("number", "SEQUENCE:0", "SEQUENCE:none"),
    ("number", "0.m4s\n", "0.m4s\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"),
    ("playlist-type", "TYPE:VOD", "TYPE:LIVE"),
    ("target-missing", "#EXT-X-TARGETDURATION:4\n", ""),
    ("target-exceeded", "#EXTINF:2.480,", "#EXTINF:4.500,"),
    ("version", "#EXT-X-VERSION:7", "#EXT-X-VERSION:5"),
    ("init-missing", '#EXT-X-MAP:URI="init.mp4"\n', ""),
    ("ended", "#EXT-X-ENDLIST\n", ""),
    ("start-inside", "TIME-OFFSET=1.5", "TIME-OFFSET=-11"),
    ("dates-run-on", "10:00:09.000Z", "09:59:09.000Z"),
    (
        "dates-run-on",
        "#EXTINF:4.000,\n1.m4s",
        "#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:05.000Z\n#EXTINF:4.000,\n1.m4s",
    ),
    ("hold-back", "#EXT-X-MAP", "#EXT-X-SERVER-CONTROL:HOLD-BACK=11\n#EXT-X-MAP"),
    ("skip-boundary", "#EXT-X-MAP", "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=23.5\n#EXT-X-MAP"),
)

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Original",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="sound.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,URI="sound-2.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="words",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="words.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=640x360,\
FRAME-RATE=25.000,AUDIO="sound",SUBTITLES="words"
360p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=129000,CODECS="mp4a.40.2",AUDIO="sound",SUBTITLES="words"
sound.m3u8
"""
CAPTIONS = '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="Inside",URI="cc.m3u8"\n'
MASTERS = (
    ("one-kind", "#EXT-X-VERSION:7", "#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4"),
    ("uri-after-stream", "360p.m3u8\n", ""),
    ("attribute-type", "BANDWIDTH=900000", "BANDWIDTH=900000.5,BANDWIDTH=900000"),
    ("attribute-missing", 'NAME="English",', ""),
    ("group-missing", 'FRAME-RATE=25.000,AUDIO="sound"', 'FRAME-RATE=25.000,AUDIO="sounds"'),
    ("rendition-uri", ',URI="words.m3u8"', ""),
    ("rendition-uri", "#EXT-X-STREAM-INF", CAPTIONS + "#EXT-X-STREAM-INF"),
    ("forced", 'NAME="Deutsch"', 'NAME="Deutsch",FORCED=NO'),
    ("autoselect", "DEFAULT=YES,AUTOSELECT=YES", "DEFAULT=YES,AUTOSELECT=NO"),
    ("one-default", 'LANGUAGE="de",DEFAULT=NO', 'LANGUAGE="de",DEFAULT=YES'),
    ("name-unique", 'NAME="Deutsch"', 'NAME="Original"'),
    ("choice-clear", 'LANGUAGE="de"', 'LANGUAGE="en"'),
    ("language", 'LANGUAGE="de"', 'LANGUAGE="de_DE"'),
    ("codecs-missing", 'CODECS="mp4a.40.2",', ""),
    ("resolution-missing", "RESOLUTION=640x360,", ""),
    ("frame-rate-missing", "FRAME-RATE=25.000,", ""),
    ("average-above-peak", "AVERAGE-BANDWIDTH=129000", "AVERAGE-BANDWIDTH=131000"),
    ("variant-once", "sound.m3u8\n", "sound.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=130000,"
     'CODECS="mp4a.40.2",AUDIO="sound",SUBTITLES="words"\nsound.m3u8\n'),
)  # fmt: skip

LIVE = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:2
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:00.000Z
#EXTINF:4.000,
7.m4s
#EXT-X-DISCONTINUITY
#EXTINF:4.000,
8.m4s
#EXTINF:4.000,
9.m4s
#EXTINF:4.000,
10.m4s
#EXTINF:4.000,
11.m4s
"""
EVENT = LIVE.replace("#EXT-X-MAP", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MAP")
_FIRST = "#EXT-X-PROGRAM-DATE-TIME:2026-05-06T10:00:00.000Z\n#EXTINF:4.000,\n7.m4s\n"
_SECOND = "#EXT-X-DISCONTINUITY\n#EXTINF:4.000,\n8.m4s\n"


def _later(text, count, *gone):
    text = text.replace("MEDIA-SEQUENCE:7", f"MEDIA-SEQUENCE:{7 + count}")
    for part in gone:
        text = text.replace(part, "")
    return text


_MORE = "#EXTINF:4.000,\n12.m4s\n"
# The rule, one load, and what may not be the next.
RELOADS = (
    ("sequence-grows", LIVE, LIVE.replace("SEQUENCE:7", "SEQUENCE:6")),
    ("sequence-grows", LIVE, LIVE.replace("#EXTINF:4.000,\n11.m4s\n", "")),
    ("reload-same", LIVE, LIVE.replace("9.m4s", "90.m4s")),
    ("target-changed", LIVE, LIVE.replace("DURATION:4", "DURATION:5")),
    ("event-keeps", EVENT, _later(EVENT, 1, _FIRST) + _MORE),
    ("ended-is-ended", LIVE + "#EXT-X-ENDLIST\n", LIVE + _MORE + "#EXT-X-ENDLIST\n"),
    ("cuts-counted", LIVE, _later(LIVE, 2, _FIRST, _SECOND) + _MORE),
    ("list-too-short", LIVE, _later(LIVE, 3, _FIRST, _SECOND, "#EXTINF:4.000,\n9.m4s\n")),
)
