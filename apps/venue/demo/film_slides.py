"""The slides of the talk "Eleven towns, one floodplain": each takes how much of it is shown yet."""

import math

from apps.venue.demo.film_drawing import (
    INK,
    INK_2,
    INK_3,
    NOW,
    NOW_PALE,
    PAPER,
    PLAIN,
    WATER,
    WATER_EDGE,
    Canvas,
    Point,
    curve,
)

WIDTH, HEIGHT = 920, 672

_TOWNS = (
    ("Upper Mead", 96, 128, 14, 5), ("Hallbeck", 176, 186, -6, -14), ("Fenny Cross", 258, 214, -10, -14),
    ("Sallow", 352, 232, -8, -14), ("Stoke Tarrow", 404, 296, -84, 30), ("Eel Green", 462, 240, -10, -14),
    ("Marl", 560, 272, -6, -14), ("Long Withy", 590, 360, -96, 24), ("Osier", 704, 334, -10, -14),
    ("Tarrow Quay", 790, 366, -16, -16), ("Saltcote", 852, 452, -20, 30),
)  # fmt: skip
_BANK: tuple[Point, ...] = (
    (20, 90), (170, 132), (330, 190), (480, 202), (620, 260), (770, 310), (900, 380), (900, 500), (750, 482),
    (610, 430), (490, 368), (380, 340), (220, 306), (100, 250), (36, 186),
)  # fmt: skip
_RIVER: tuple[Point, ...] = (
    (40, 120), (92, 190), (150, 214), (206, 226), (240, 248), (276, 240), (310, 248), (352, 262), (398, 264),
    (432, 252), (470, 280), (520, 302), (566, 308), (606, 332), (640, 364), (690, 364), (736, 374), (784, 404),
    (830, 412), (900, 448),
)  # fmt: skip
_MEADOWS: tuple[tuple[Point, ...], ...] = (
    ((250, 258), (302, 254), (328, 294), (288, 322), (242, 300)),
    ((470, 292), (520, 306), (530, 342), (482, 350), (452, 320)),
    ((640, 378), (700, 370), (730, 404), (696, 438), (638, 422)),
)
_CENTRES = ((286, 290), (490, 324), (684, 404))


def _page(*title: str) -> Canvas:
    page = Canvas(WIDTH, HEIGHT, PAPER)
    page.lines((40, 78), title, 42, lead=46, weight="Display")
    return page


def _source(page: Canvas, words: str) -> None:
    page.text((WIDTH - 40, HEIGHT - 38), words, 16, fill=INK_3, anchor="rs")


def opening(shown: int) -> Canvas:
    page = Canvas(WIDTH, HEIGHT, "#0b4f5c")
    for n in range(9):
        y = 470 + n * 30
        line = [(x, y + 14 * math.sin(x / 92 + n * 0.8) + 6 * math.sin(x / 37 + n)) for x in range(-20, WIDTH + 40, 8)]
        page.path(line, fill=("#f07030" if n == 1 else f"#{20 + n * 7:02x}{96 + n * 7:02x}{108 + n * 6:02x}"), width=10)
    page.lines((40, 150), ("Eleven towns,", "one floodplain"), 76, lead=80, weight="Display", fill="#f6fbfa")
    page.text((44, 296), "What the Tarrow valley agreed on, and what it cost", 24, fill="#cfe4e4")
    if shown > 0:
        names = "Tomasz Wrede   ·   Oduya Barasa   ·   Marit Aldersey"
        page.text((44, 352), names, 21, weight="SemiBold", fill="#f6fbfa")
        page.text((44, 384), "in the chair: Amara Lindqvist", 19, fill="#cfe4e4")
    page.text((44, 52), "Freshet 2026   ·   Rivers", 19, weight="SemiBold", fill="#cfe4e4")
    return page


def valley(shown: int) -> Canvas:
    page = _page("One river, eleven maps")
    _map(page)
    if shown > 0:
        for n, x in enumerate((132, 216, 304, 378, 436, 510, 576, 650, 748, 822)):
            y = 190 + (x - 40) * 0.33
            line = [(x - 14, y + step * 13 + (n % 3) * 3) for step in range(15)]
            for a, b in zip(line[::2], line[1::2], strict=False):
                page.path((a, b), fill=INK_2, width=2.5)
        page.text((40, 622), "Where each town’s plan ended", 18)
    _source(page, "Eleven local flood plans, 2014")
    return page


def meadows(shown: int) -> Canvas:
    """1 to 3 show so many meadows; 4 fills them."""
    page = _page("Three meadows flood,", "eleven towns stay dry")
    _map(page, meadows=min(shown, 3), wet=shown > 3)
    page.hatched(((40, 616), (66, 616), (66, 634), (40, 634)))
    page.text((76, 632), "Flooded on purpose, 5 to 19 days a year", 18)
    _source(page, "Tarrow valley agreement, 2019")
    return page


def _map(page: Canvas, *, meadows: int = 0, wet: bool = False) -> None:
    def low(points: tuple[Point, ...]) -> list[Point]:
        return [(x, y + 94) for x, y in points]

    page.shape(curve([*low(_BANK), (20, 184)]), fill=PLAIN)
    river = curve(low(_RIVER))
    for field in _MEADOWS[:meadows]:
        if wet:
            page.shape(low(field), fill=WATER, edge=WATER_EDGE, width=4)
        else:
            page.hatched(low(field))
    page.path(river, fill=WATER_EDGE, width=17)
    page.path(river, fill=WATER, width=9)
    for n, (x, y) in enumerate(_CENTRES[:meadows]):
        page.circle((x, y + 94), 14, fill=NOW)
        page.text((x, y + 100), str(n + 1), 17, weight="Bold", fill="#ffffff", anchor="ms")
    for name, x, y, dx, dy in _TOWNS:
        page.circle((x, y + 94), 7, fill=INK)
        page.text((x + dx, y + dy + 94), name, 17, weight="SemiBold")


def gauge(shown: int) -> Canvas:
    page = _page("The walls grew.", "So did the water.")
    levels = (2.0, 2.2, 1.8, 2.7, 2.1, 2.3, 3.0, 2.2, 2.8, 3.5)
    base, left, step, metre = 584, 40, 80, 112
    for metres in (1, 2, 3):
        y = base - metres * metre
        page.path(((40, y), (836, y)), fill="#d3ddd5", width=1.5)
        page.text((880, y - 8), f"{metres} m", 16, fill=INK_3, anchor="rs")
    for n, level in enumerate(levels):
        x, top = left + n * step, base - level * metre
        is_flood = level > 2.6
        colour = NOW if is_flood and shown > 0 else WATER_EDGE
        page.rect((x, top, x + 50, base), fill=colour, round_by=4)
        page.text((x + 25, base + 28), str(2006 + n), 16, fill=INK_3, anchor="ms")
        if is_flood and shown > 0:
            page.text((x + 25, top - 10), f"{level:.1f}", 19, weight="Bold", fill=NOW, anchor="ms")
    page.path(((40, base), (880, base)), fill=INK, width=2)
    _source(page, "Highest level of the year at Marl, in metres")
    return page


def school(shown: int) -> Canvas:
    page = Canvas(WIDTH, HEIGHT, PAPER)
    page.text((40, 340), "19", 300, weight="Display", fill=NOW)
    page.text((420, 340), "days", 110, weight="Display")
    page.text((48, 430), "The school in Stoke Tarrow stayed shut, winter 2015", 27, weight="SemiBold")
    if shown > 0:
        for n in range(19):
            x, y = 48 + n * 43, 480
            page.rect((x, y, x + 31, y + 44), fill=NOW_PALE, edge=NOW, round_by=4)
            page.text((x + 15.5, y + 28), str(n + 1), 15, weight="SemiBold", fill=NOW, anchor="ms")
        page.text((48, 570), "On the nineteenth day eleven mayors met in its gymnasium.", 22, fill=INK_2)
    return page


def section(shown: int) -> Canvas:
    page = _page("A wall sends the water on.", "A meadow keeps it a week.")
    for n, (name, top) in enumerate((("With walls", 380), ("With a meadow", 440))):
        x = 40 + n * 440
        if n and shown < 1:
            break
        ground: list[Point] = [(x, 470), (x + 110, 470), (x + 128, 350), (x + 146, 350), (x + 164, 520)]
        ground += [(x + 236, 520), (x + 254, 350), (x + 272, 350), (x + 290, 470), (x + 400, 470)]
        if n:
            ground = [(x, 500), (x + 20, 430), (x + 34, 430), (x + 46, 486), (x + 150, 486), (x + 170, 520)]
            ground += [(x + 240, 520), (x + 254, 350), (x + 272, 350), (x + 290, 470), (x + 400, 470)]
        left, right = x + (36 if n else 140), x + 262
        page.shape(((left, top), (right, top), (right, 560), (left, 560)), fill=WATER)
        page.shape([*ground, (x + 400, 600), (x, 600)], fill="#8a9a7e")
        page.path(((left + 4, top), (right - 6, top)), fill=WATER_EDGE, width=4)
        for house in (304, 346):
            _house(page, x + house, 470)
        page.text((x, 250), name, 25, weight="Bold")
        page.text(
            (x, 282), ("Fast, and high in the next town", "Slow, and 1.1 m lower at the bridge")[n], 19, fill=INK_2
        )
    return page


def _house(page: Canvas, x: float, y: float) -> None:
    page.rect((x, y - 26, x + 30, y), fill=INK)
    page.shape(((x - 5, y - 26), (x + 15, y - 44), (x + 35, y - 26)), fill=INK)


def letters(shown: int) -> Canvas:
    page = _page("We wrote to all four")
    rows = (
        ("An owner", "keeps the land, and a say when the gate opens"),
        ("A tenant", "is paid for every wet day, by the price of wheat"),
        ("A right of way", "moves to the dike in winter, with a bench"),
        ("A memory", "gets its marks on the bridge, in stone"),
    )
    for n, (who, what) in enumerate(rows[: 2 + 2 * shown]):
        y = 160 + n * 116
        page.circle((66, y + 34), 26, fill=WATER if n % 2 else PLAIN)
        page.text((66, y + 43), str(n + 1), 24, weight="Bold", anchor="ms")
        page.text((116, y + 26), who, 28, weight="Bold")
        page.text((116, y + 60), what, 21, fill=INK_2)
        page.path(((116, y + 92), (880, y + 92)), fill="#d3ddd5", width=1.5)
    return page


def years(shown: int) -> Canvas:
    page = _page("Four months for the dam,", "three years for the meadow")
    x0, year = 60, 240.0
    page.text((x0, 270), "Engineering", 22, weight="SemiBold")
    page.rect((x0, 288, x0 + year / 3, 340), fill=WATER_EDGE, round_by=6)
    page.text((x0 + year / 3 + 14, 323), "4 months", 21, weight="Bold", fill=WATER_EDGE)
    if shown > 0:
        page.text((x0, 404), "Agreement", 22, weight="SemiBold")
        page.rect((x0, 422, x0 + year * 3, 474), fill=NOW, round_by=6)
        page.text((x0 + 20, 457), "3 years, 41 meetings, one burned map", 21, weight="Bold", fill="#ffffff")
    for n in range(4):
        x = x0 + n * year
        page.path(((x, 520), (x, 534)), fill=INK, width=2)
        page.text((x, 562), str(2016 + n), 18, fill=INK_3, anchor="ms" if n else "ls")
    page.path(((x0, 520), (x0 + 3 * year, 520)), fill=INK, width=2)
    return page


def wave(shown: int) -> Canvas:
    page = _page("The flood of January 2021")
    base = 572

    def level(x: float, high: float, late: float, wide: float) -> float:
        return base - 70 - high * math.exp(-(((x - late) / wide) ** 2))

    without = [(float(x), level(x, 330, 360, 105)) for x in range(60, 880, 6)]
    with_it = [(float(x), level(x, 190, 400, 190)) for x in range(60, 880, 6)]
    if shown > 0:
        page.shape([*with_it, (876, base), (60, base)], fill="#cfe3e6")
    for a, b in zip(without[::2], without[1::2], strict=False):
        page.path((a, b), fill=NOW, width=4)
    page.text((452, 236), "as it would have been", 20, weight="SemiBold", fill=NOW)
    if shown > 0:
        page.path(with_it, fill=WATER_EDGE, width=6)
        page.text((612, 388), "as it came", 20, weight="SemiBold", fill=WATER_EDGE)
        page.path(((364, 182), (364, 312)), fill=INK, width=2.5)
        page.text((375, 308), "1.1 m", 21, weight="Bold")
    page.path(((60, base), (880, base)), fill=INK, width=2)
    for n, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")):
        page.text((110 + n * 140, base + 28), day, 17, fill=INK_3, anchor="ms")
    _source(page, "Level at Hallbeck bridge")
    return page


def quote(shown: int) -> Canvas:
    page = Canvas(WIDTH, HEIGHT, "#173f38")
    said = ("“I rent the river my field,", "and the river pays", "on time.”")
    page.lines((48, 236), said, 62, lead=74, weight="Display", fill="#f3efe2")
    page.text((52, 466), "Ilse Marten, tenant of the second meadow", 23, fill="#c8d8c8")
    if shown > 0:
        page.text((52, 534), "Paid so far: 46 wet days, each within the week", 23, weight="SemiBold", fill="#f3efe2")
    return page


def monday(shown: int) -> Canvas:
    page = _page("If you begin on Monday")
    steps = (
        ("One gauge, in the middle", "that everybody reads, and nobody owns"),
        ("Pay for wet days first", "before anybody draws a line"),
        ("Start with “maybe”", "the owner who has not said no"),
    )
    for n, (what, why) in enumerate(steps[: shown + 1]):
        y = 176 + n * 140
        page.text((40, y + 62), str(n + 1), 84, weight="Display", fill=NOW)
        page.text((120, y + 26), what, 34, weight="Bold")
        page.text((120, y + 64), why, 23, fill=INK_2)
    return page


def question(shown: int) -> Canvas:
    page = _page("Who should pay", "for the first meadow?")
    options = (
        "The towns that stay dry",
        "Everyone in the valley, by rate",
        "The state, from flood relief",
        "The insurers",
    )
    for n, option in enumerate(options):
        y = 176 + n * 96
        page.rect((40, y, 880, y + 76), fill="#ffffff", edge="#c3d0c8", width=1.5, round_by=10)
        page.rect((56, y + 18, 96, y + 58), fill="#dfe8e2", round_by=6)
        page.text((76, y + 46), "ABCD"[n], 22, weight="Bold", anchor="ms")
        page.text((116, y + 46), option, 25, weight="SemiBold")
    if shown > 0:
        page.text((40, 614), "The poll is open, beside the picture", 22, weight="SemiBold", fill=NOW)
    return page
