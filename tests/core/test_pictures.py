"""Pictures that people bring are checked and made small before they cost much."""

from io import BytesIO

import pytest
from PIL import Image

from apps.core import pictures
from apps.core.errors import Refused


def drawn(size, kind="PNG", mode="RGB", **more):
    file = BytesIO()
    Image.new(mode, size, 1 if mode in ("P", "1") else "teal").save(file, kind, **more)
    file.seek(0)
    return file


def shown(content):
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "P"), ("PNG", "1"), ("JPEG", "CMYK"), ("GIF", "P")])
@pytest.mark.parametrize("size", [(900, 600), (600, 2000), (80, 60), (3000, 40)])
def test_square_of_any_picture(kind, mode, size):
    assert shown(pictures.square(drawn(size, kind, mode), edge=128, field="photo")).size == (128, 128)


def test_picture_is_held_within_an_edge_and_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = pictures.within(drawn((900, 600), "JPEG", exif=exif), edge=300, field="logo")
    assert shown(whole).size == (200, 300)


def test_bomb_is_refused_by_its_head():
    with pytest.raises(Refused) as refused:
        pictures.square(drawn((8000, 5001), "PNG", "1"), edge=128, field="photo")
    assert refused.value.code == "picture.unreadable"


def test_largest_picture_is_unpacked_once(monkeypatch):
    copied = []
    convert = Image.Image.convert
    monkeypatch.setattr(
        Image.Image, "convert", lambda self, *args, **kwargs: copied.append(self.size) or convert(self, *args, **kwargs)
    )
    pictures.square(drawn((8000, 5000)), edge=512, field="photo")
    assert [size for size in copied if size[0] * size[1] > 1_000_000] == []
