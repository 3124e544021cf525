"""The drawing on a wall: the courses a river has had, each event's and booth's its own.

A river that wanders follows a sine-generated curve: its direction, not its height, is a sine of the way it has
gone (Langbein and Leopold, 1966). Older courses are calmer; the newest is drawn last, in the accent.
"""

import math
import random
from functools import lru_cache

COURSES = 7
WIDTH, MIDDLE = 1600, 320
RIBBON, EDGE = 22, 25


@lru_cache(maxsize=512)
def courses(seed: str, count: int = COURSES) -> tuple[str, ...]:
    """The `d` of `count` paths over a field of 1600 × 640, oldest first; the same for the same seed."""
    # A drawing, not a secret.
    chance = random.Random(seed)  # noqa: S311
    river = (chance.uniform(720, 880), chance.uniform(0, math.tau), chance.uniform(0, math.tau))
    return tuple(_course(*river, age=number / max(1, count - 1)) for number in range(count))


def _course(wave: float, phase: float, drift: float, age: float) -> str:
    """One course; `age` is 0 for the oldest and 1 for today's. The bends widen downstream, and with the years."""
    wave *= 0.8 + 0.2 * age
    x, y, way = -110.0, float(MIDDLE), 0.0
    points = [(x, y)]
    step = wave / 9
    while x < WIDTH + 110:
        way += step
        downstream = min(1.0, max(0.0, x / WIDTH))
        swing = (0.75 + 0.95 * age) * (0.74 + 0.36 * downstream) + 0.2 * math.sin(way / wave * 1.9 + drift)
        bend = swing * math.sin(math.tau * way / wave + phase + 0.5 * age) + (MIDDLE - y) / 1500
        x += step * math.cos(bend)
        y += step * math.sin(bend)
        points.append((x, y))
    return _smooth(points)


def _smooth(points: list[tuple[float, float]]) -> str:
    """A Catmull-Rom spline through the points, as relative cubic curves in whole units."""
    around = [points[0], *points, points[-1]]
    at = (round(points[0][0]), round(points[0][1]))
    words = [f"M{at[0]} {at[1]}"]
    for before, here, there, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        leave = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        arrive = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        numbers = [round(value - at[index % 2]) for index, value in enumerate((*leave, *arrive, *there))]
        words.append("c" + " ".join(map(str, numbers)).replace(" -", "-"))
        at = (round(there[0]), round(there[1]))
    return "".join(words)
