"""The size of a picture, from what an encoder says before the first one (ISO 14496-15, 5.3.3; H.264, 7.3.2.1.1)."""

HIGH = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134}
MOST_SIDE = 8192


class BadSetup(Exception):
    """The bytes do not tell a size that a picture can have."""


def size(setup: bytes) -> tuple[int, int]:
    """Width and height, given the AVCDecoderConfigurationRecord. Raises `BadSetup`."""
    try:
        if setup[0] != 1 or setup[5] & 31 < 1:
            raise BadSetup
        length = int.from_bytes(setup[6:8], "big")
        width, height = _read(_Bits(setup[9 : 8 + length].replace(b"\0\0\3", b"\0\0")))
    except IndexError as error:
        raise BadSetup from error
    if not (16 <= width <= MOST_SIDE and 16 <= height <= MOST_SIDE):
        raise BadSetup
    return width, height


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def bit(self) -> int:
        found = self.data[self.at >> 3] >> (7 - (self.at & 7)) & 1
        self.at += 1
        return found

    def bits(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self.bit()
        return value

    def golomb(self) -> int:
        zeros = 0
        while not self.bit():
            zeros += 1
            if zeros > 32:
                raise BadSetup
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _read(bits: _Bits) -> tuple[int, int]:
    profile = bits.bits(8)
    bits.bits(16)
    bits.golomb()
    chroma = _colours(bits) if profile in HIGH else 1
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.bit()
        bits.signed()
        bits.signed()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed()
    bits.golomb()
    bits.bit()
    width = (bits.golomb() + 1) * 16
    rows = bits.golomb() + 1
    whole_frames = bits.bit()
    height = rows * 16 * (2 - whole_frames)
    if not whole_frames:
        bits.bit()
    bits.bit()
    if bits.bit():
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        across = 1 if chroma in (0, 3) else 2
        down = (2 if chroma == 1 else 1) * (2 - whole_frames)
        width -= (left + right) * across
        height -= (top + bottom) * down
    return width, height


def _colours(bits: _Bits) -> int:
    chroma = bits.golomb()
    if chroma == 3:
        bits.bit()
    bits.golomb()
    bits.golomb()
    bits.bit()
    if bits.bit():
        for n in range(12 if chroma == 3 else 8):
            if bits.bit():
                _skip_scale(bits, 16 if n < 6 else 64)
    return chroma


def _skip_scale(bits: _Bits, count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
