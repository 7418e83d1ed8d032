from __future__ import annotations

import hashlib
import hmac
import struct
from pathlib import Path

import numpy as np
import pytest

from gazeannotator.errors import StudyDamaged
from gazeannotator.study.identity import StudyKey, image_id


def test_the_pseudonym_is_what_the_format_page_says(tmp_path: Path) -> None:
    key = StudyKey.create(tmp_path / "study.key")
    secret = bytes.fromhex((tmp_path / "study.key").read_text(encoding="ascii"))
    expected = hmac.new(secret, "Müller 7".encode(), hashlib.sha256).hexdigest()[:12]
    assert key.patient_pseudonym("Müller 7") == expected
    assert StudyKey.load(tmp_path / "study.key") == key


def test_keys_are_random_and_not_shown(tmp_path: Path) -> None:
    one, other = StudyKey.create(tmp_path / "a"), StudyKey.create(tmp_path / "b")
    assert one.patient_pseudonym("1") != other.patient_pseudonym("1")
    assert one.secret.hex() not in repr(one)
    assert str(one.secret) not in repr(one)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    StudyKey.create(tmp_path / "study.key")
    with pytest.raises(FileExistsError):
        StudyKey.create(tmp_path / "study.key")


@pytest.mark.parametrize("content", [None, "", "zz" * 32, "ab" * 31, "ä" * 64])
def test_a_bad_key_file_is_damage(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "study.key").write_text(content, encoding="utf-8")
    with pytest.raises(StudyDamaged, match=r"study\.key") as caught:
        StudyKey.load(tmp_path / "study.key")
    assert caught.value.hint


def test_a_name_is_the_same_however_it_is_composed() -> None:
    key = StudyKey(b"0" * 32)
    assert key.file_hmac("Mu\u0308ller.png") == key.file_hmac("M\u00fcller.png")
    assert len(key.file_hmac("x")) == 64
    assert key.file_hmac("bad\udcff.png") != key.file_hmac("bad.png")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_image_id_is_what_the_format_page_says(dtype: type) -> None:
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (5, 7, 3)).astype(dtype)
    head = b"gazeannotator-image-1\n" + struct.pack("<III", 7, 5, dtype().itemsize * 8)
    values = pixels.ravel().tolist()
    body = struct.pack(f"<{len(values)}{'B' if dtype is np.uint8 else 'H'}", *values)
    assert image_id(pixels) == hashlib.sha256(head + body).hexdigest()
    # The same whatever the memory layout.
    assert image_id(np.asfortranarray(pixels)) == image_id(pixels)
    assert image_id(pixels.astype(pixels.dtype.newbyteorder(">"))) == image_id(pixels)
    assert image_id(pixels[..., ::-1]) != image_id(pixels)
