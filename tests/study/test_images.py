from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.errors import BadInput, StudyDamaged
from gazeannotator.study.images import decode, read_image, write_image

RGB = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
DEEP = np.random.default_rng(2).integers(0, 65536, (20, 30, 3), dtype=np.uint16)
# The orientation tag, and what brings the stored pixels upright (from the EXIF standard's table).
UPRIGHT = {
    1: lambda p: p,
    2: np.fliplr,
    3: lambda p: np.rot90(p, 2),
    4: np.flipud,
    5: lambda p: np.rot90(np.fliplr(p), 1),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(np.fliplr(p), -1),
    8: lambda p: np.rot90(p, 1),
}


def saved(image: PIL.Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels_of(data: bytes) -> np.ndarray:
    return decode(data, "image").pixels


def with_exif_png(png: bytes, orientation: int) -> bytes:
    """Put an eXIf chunk after the header of a PNG."""
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    body = exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body + struct.pack(">I", zlib.crc32(b"eXIf" + body))
    return png[:33] + chunk + png[33:]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_lossless_colour_is_kept_exactly(kind: str) -> None:
    np.testing.assert_array_equal(pixels_of(saved(PIL.Image.fromarray(RGB), kind)), RGB)


def test_jpeg_is_decoded() -> None:
    grey = np.full((32, 32, 3), (200, 120, 40), np.uint8)
    assert (
        np.abs(pixels_of(saved(PIL.Image.fromarray(grey), "JPEG", quality=95)).astype(int) - grey).max() <= 3
    )


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_16_bit_is_kept_exactly(suffix: str) -> None:
    colour = cv2.imencode(suffix, DEEP[..., ::-1])[1].tobytes()
    grey = cv2.imencode(suffix, DEEP[..., 0])[1].tobytes()
    assert pixels_of(colour).dtype == np.uint16
    np.testing.assert_array_equal(pixels_of(colour), DEEP)
    np.testing.assert_array_equal(pixels_of(grey), np.repeat(DEEP[..., :1], 3, axis=2))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "JPEG"])
def test_grey_becomes_rgb(kind: str) -> None:
    pixels = pixels_of(saved(PIL.Image.fromarray(np.full((8, 9), 77, np.uint8)), kind))
    assert pixels.shape == (8, 9, 3)
    assert (pixels == 77).all()


def test_black_and_white_and_palettes() -> None:
    bits = PIL.Image.fromarray(RGB[..., 0] > 127)
    np.testing.assert_array_equal(pixels_of(saved(bits, "PNG"))[..., 0] == 255, RGB[..., 0] > 127)
    palette = PIL.Image.fromarray(RGB).quantize(32)
    for kind in ("PNG", "TIFF", "BMP"):
        np.testing.assert_array_equal(pixels_of(saved(palette, kind)), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(kind: str) -> None:
    red = PIL.Image.new("RGB", (16, 16), (250, 10, 10)).convert("CMYK")
    assert np.abs(pixels_of(saved(red, kind)).astype(int) - (250, 10, 10)).max() <= 3


def test_transparent_parts_are_laid_over_black() -> None:
    alpha = np.tile(np.array([0, 128, 255], np.uint8), (20, 10))
    rgba = np.dstack([RGB, alpha])
    expected = np.round(RGB * (alpha[..., None] / 255)).astype(np.uint8)
    for kind in ("PNG", "TIFF"):
        np.testing.assert_array_equal(pixels_of(saved(PIL.Image.fromarray(rgba), kind)), expected)
    deep = np.dstack([DEEP[..., ::-1], alpha.astype(np.uint16) * 257])
    expected = np.round(DEEP * (alpha[..., None] / 255)).astype(np.uint16)
    np.testing.assert_array_equal(pixels_of(cv2.imencode(".png", deep)[1].tobytes()), expected)


def test_a_masked_name_does_not_come_back() -> None:
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[:5] = 0
    pixels = pixels_of(saved(PIL.Image.fromarray(np.dstack([RGB, alpha])), "PNG"))
    assert (pixels[:5] == 0).all()
    palette = PIL.Image.fromarray(RGB).quantize(16)
    transparent = int(np.asarray(palette)[0, 0])
    pixels = pixels_of(saved(palette, "PNG", transparency=transparent))
    assert (pixels[np.asarray(palette) == transparent] == 0).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    expected = UPRIGHT[orientation](RGB)
    for kind in ("PNG", "TIFF"):
        np.testing.assert_array_equal(pixels_of(saved(PIL.Image.fromarray(RGB), kind, exif=exif)), expected)
    jpeg = saved(PIL.Image.fromarray(RGB), "JPEG")
    turned = saved(PIL.Image.fromarray(RGB), "JPEG", exif=exif)
    np.testing.assert_array_equal(pixels_of(turned), UPRIGHT[orientation](pixels_of(jpeg)))
    deep = with_exif_png(cv2.imencode(".png", DEEP[..., ::-1])[1].tobytes(), orientation)
    np.testing.assert_array_equal(pixels_of(deep), UPRIGHT[orientation](DEEP))


@pytest.mark.parametrize("orientation", [3, 6])
def test_rotation_of_a_16_bit_tiff(orientation: int, tmp_path: Path) -> None:
    # Pillow writes no 16-bit colour, so a grey image carries the tag.
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    data = saved(PIL.Image.fromarray(DEEP[..., 0]), "TIFF", exif=exif)
    np.testing.assert_array_equal(pixels_of(data)[..., 0], UPRIGHT[orientation](DEEP[..., 0]))


@pytest.mark.parametrize("kind", ["TIFF", "MPO"])
def test_pages_are_counted_and_the_first_is_taken(kind: str) -> None:
    pages = [PIL.Image.new("RGB", (30, 20), (200, 100, 50)), PIL.Image.new("RGB", (30, 20))]
    decoded = decode(saved(pages[0], kind, save_all=True, append_images=pages[1:]), "image")
    assert decoded.pages == 2
    assert np.abs(decoded.pixels.astype(int) - (200, 100, 50)).max() <= 3


def test_a_bomb_is_refused_by_its_header() -> None:
    def png(width: int, height: int) -> bytes:
        def chunk(name: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        # No pixels at all: who decoded first would call the file damaged instead.
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(b""))
            + chunk(b"IEND", b"")
        )

    for width, height, told in ((10000, 10000, "100 megapixels"), (60000, 60000, "far more megapixels")):
        with pytest.raises(BadInput, match=told) as caught:
            decode(png(width, height), "bomb.png")
        assert caught.value.message.startswith("bomb.png")
        assert "80" in caught.value.message
    with pytest.raises(BadInput, match="damaged"):
        decode(png(8000, 10000), "large.png")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"This is a letter, not an image.\n" * 50, "not an image"),
        (saved(PIL.Image.fromarray(RGB), "GIF"), "not an image"),
        (saved(PIL.Image.fromarray(RGB), "PNG")[:-200], "damaged"),
        (saved(PIL.Image.fromarray(RGB), "JPEG")[:-200], "damaged"),
        (saved(PIL.Image.fromarray(RGB), "BMP")[:-200], "damaged"),
        (cv2.imencode(".png", DEEP)[1].tobytes()[:-200], "damaged"),
        (cv2.imencode(".tiff", DEEP)[1].tobytes()[:-200], "damaged|not an image"),
        (saved(PIL.Image.fromarray(DEEP[..., 0].astype(np.float32)), "TIFF"), "32 bits per channel"),
        (saved(PIL.Image.fromarray(DEEP[..., 0].astype(np.int32)), "TIFF"), "32 bits per channel"),
    ],
)
def test_what_cannot_be_read_says_so(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        decode(data, "x.png")
    assert caught.value.message.startswith("x.png")
    assert caught.value.hint


def test_a_flipped_byte_in_a_png_is_noticed() -> None:
    data = bytearray(saved(PIL.Image.fromarray(RGB), "PNG"))
    data[len(data) // 2] ^= 0x40
    with pytest.raises(BadInput, match="damaged"):
        decode(bytes(data), "x.png")


SAMPLES = [saved(PIL.Image.fromarray(RGB), kind) for kind in ("PNG", "JPEG", "TIFF", "BMP")]


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8))
def test_broken_files_raise_nothing_but_bad_input(data: bytes, changes: list[tuple[float, int]]) -> None:
    broken = bytearray(data)
    for place, value in changes:
        broken[int(place * len(broken))] = value
    try:
        pixels = pixels_of(bytes(broken))
    except BadInput:
        return
    assert pixels.dtype in (np.uint8, np.uint16)
    assert pixels.shape[2] == 3


@pytest.mark.parametrize("pixels", [RGB, DEEP], ids=["8 bit", "16 bit"])
def test_stored_images_come_back_exactly_and_carry_no_metadata(tmp_path: Path, pixels: np.ndarray) -> None:
    file = tmp_path / "ab" / "x.png"
    write_image(file, pixels)
    back = read_image(file)
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)
    data, at, chunks = file.read_bytes(), 8, set()
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.add(data[at + 4 : at + 8])
        at += 12 + length
    assert chunks == {b"IHDR", b"IDAT", b"IEND"}
    assert [each.name for each in file.parent.iterdir()] == ["x.png"]


# The header of a picture of 100,000 × 100,000 px.
_BOMB = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
_BOMB += (
    struct.pack(">I", zlib.crc32(_BOMB[12:])) + b"\0\0\0\1IDAT\0" + struct.pack(">I", zlib.crc32(b"IDAT\0"))
)


@pytest.mark.parametrize("content", [None, b"", b"no image", _BOMB], ids=["missing", "empty", "text", "bomb"])
def test_a_broken_stored_image_is_damage(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(StudyDamaged, match=r"x\.png"):
        read_image(tmp_path / "x.png")
