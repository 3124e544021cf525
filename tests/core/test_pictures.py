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


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA"])
def test_large_picture_is_never_copied_whole(mode, monkeypatch):
    """Each copy of 40 megapixels would be 160 MB: what is converted or resized are bands of it."""
    copied = []
    for name in ("convert", "reduce", "resize", "copy"):
        real = getattr(Image.Image, name)
        monkeypatch.setattr(
            Image.Image,
            name,
            lambda self, *args, real=real, **kwargs: copied.append(self.size) or real(self, *args, **kwargs),
        )
    file = BytesIO()
    Image.new(mode, (5000, 3000), 1 if mode == "P" else 0).save(file, "PNG")
    file.seek(0)

    assert shown(pictures.within(file, edge=700, field="photo")).size == (700, 420)
    assert copied
    assert [size for size in copied if size[0] * size[1] >= 5000 * 3000] == []


def test_picture_keeps_its_clear_parts_and_its_direction_when_it_is_made_smaller():
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn_image = Image.new("RGBA", (1200, 800), (0, 0, 0, 0))
    drawn_image.paste((255, 0, 0, 255), (0, 0, 600, 800))
    file = BytesIO()
    drawn_image.save(file, "PNG", exif=exif)
    file.seek(0)

    small = shown(pictures.within(file, edge=300, field="logo")).convert("RGBA")

    assert small.size == (200, 300)
    assert small.getpixel((100, 40))[3] == 255
    assert small.getpixel((100, 260))[3] == 0
