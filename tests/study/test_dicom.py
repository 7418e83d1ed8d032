from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from gazeannotator.errors import BadInput
from gazeannotator.study import dicom
from gazeannotator.study.dicom import open_dicom
from gazeannotator.study.identity import image_id
from gazeannotator.study.importing import create_study
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store

RGB = np.random.default_rng(1).integers(0, 256, (40, 48, 3), dtype=np.uint8)


def dataset(pixels: np.ndarray, kind: str, *, frames: int = 0, stored: int = 0, **more: object) -> Dataset:
    """A DICOM image; `pixels` of shape (frames?, rows, columns, samples?)."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.77.1.1")
    data.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3.4")
    data.SOPClassUID, data.SOPInstanceUID = data.file_meta.MediaStorageSOPClassUID, UID("1.2.3.4")
    data.PatientID, data.PatientName = "P-SECRET", "SECRET^JOHN"
    shape = pixels.shape[1:] if frames else pixels.shape
    data.Rows, data.Columns = shape[:2]
    data.SamplesPerPixel = shape[2] if len(shape) == 3 else 1
    data.PhotometricInterpretation = kind
    if data.SamplesPerPixel == 3:
        data.PlanarConfiguration = 0
    data.BitsAllocated = pixels.itemsize * 8
    data.BitsStored = stored or data.BitsAllocated
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = int(pixels.dtype.kind == "i")
    if frames:
        data.NumberOfFrames = frames
    data.PixelData = pixels.tobytes()
    for name, value in more.items():
        setattr(data, name, value)
    return data


def saved(data: Dataset) -> bytes:
    file = io.BytesIO()
    data.save_as(file, enforce_file_format=True)
    return file.getvalue()


def frames_of(data: Dataset) -> list[np.ndarray]:
    return list(open_dicom(saved(data), "x.dcm").pixels())


def test_rgb_is_taken_to_the_bit() -> None:
    image = open_dicom(saved(dataset(RGB, "RGB", PixelSpacing=[0.5, 0.25])), "x.dcm")
    assert (next(iter(image.pixels())) == RGB).all()
    assert image.spacing_mm == (0.25, 0.5)
    assert (image.frames, image.patient, image.declared) == (1, "P-SECRET", False)
    assert "PatientName" in image.metadata
    assert not any("SECRET" in each for each in image.metadata)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless])
def test_lossless_compression_gives_the_same_pixels(syntax: UID) -> None:
    data = dataset(RGB, "RGB")
    pytest.importorskip("pylibjpeg")
    try:
        data.compress(syntax, generate_instance_uid=False)
    except (RuntimeError, NotImplementedError) as error:
        pytest.skip(f"no encoder: {error}")
    (pixels,) = frames_of(data)
    assert (pixels == RGB).all()


def test_monochrome_of_both_directions() -> None:
    grey = RGB[..., 0]
    (light,) = frames_of(dataset(grey, "MONOCHROME2"))
    (dark,) = frames_of(dataset(grey, "MONOCHROME1"))
    assert (light == grey[..., None]).all()
    assert (dark == 255 - grey[..., None]).all()


def test_twelve_bits_signed_and_windowed() -> None:
    deep = np.arange(40 * 48, dtype=np.uint16).reshape(40, 48) * 2
    (pixels,) = frames_of(dataset(deep, "MONOCHROME2", stored=12))
    assert pixels.dtype == np.uint16
    assert np.abs(pixels[..., 0] - deep / 4095 * 65535).max() <= 0.5
    signed = deep.astype(np.int16) - 2048
    (same,) = frames_of(dataset(signed, "MONOCHROME2", stored=12))
    assert (same == pixels).all()
    (window,) = frames_of(dataset(deep, "MONOCHROME2", stored=12, WindowCenter=1000, WindowWidth=500))
    assert (window[deep < 700] == 0).all()
    assert (window[deep > 1300] == 65535).all()


def test_ybr_becomes_rgb() -> None:
    from pydicom.pixels.processing import convert_color_space

    smooth = np.full((40, 48, 3), (200, 90, 40), np.uint8)
    full = convert_color_space(smooth, "RGB", "YBR_FULL")
    (pixels,) = frames_of(dataset(full, "YBR_FULL"))
    assert np.abs(pixels.astype(int) - smooth).max() <= 2
    sub = np.empty((40, 24, 4), np.uint8)  # Y1 Y2 B R
    sub[..., 0] = sub[..., 1] = full[0, 0, 0]
    sub[..., 2], sub[..., 3] = full[0, 0, 1], full[0, 0, 2]
    data = dataset(full, "YBR_FULL_422")
    data.PixelData = sub.tobytes()
    (pixels,) = frames_of(data)
    assert np.abs(pixels.astype(int) - smooth).max() <= 2


def test_palettes_are_resolved() -> None:
    index = np.arange(40 * 48, dtype=np.uint8).reshape(40, 48)
    data = dataset(index, "PALETTE COLOR")
    table = np.random.default_rng(2).integers(0, 256, (3, 256), dtype=np.uint8)
    for name, values in zip(("Red", "Green", "Blue"), table, strict=True):
        setattr(data, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(data, f"{name}PaletteColorLookupTableData", (values.astype(np.uint16) << 8).tobytes())
    (pixels,) = frames_of(data)
    assert pixels.dtype == np.uint8
    assert (pixels == table.T[index]).all()


def test_a_file_of_frames_becomes_that_many_images(tmp_path: Path) -> None:
    frames = np.stack([RGB, 255 - RGB, RGB[::-1]])
    (tmp_path / "photos").mkdir()
    data = dataset(frames, "RGB", frames=3, PixelSpacing=[0.1, 0.1])
    (tmp_path / "photos" / "IM00001").write_bytes(saved(data))
    single = dataset(RGB // 2, "RGB", BurnedInAnnotation="YES")
    (tmp_path / "photos" / "one.dcm").write_bytes(saved(single))
    report = create_study(tmp_path / "study", tmp_path / "photos", scheme=load_scheme("nice"))
    assert (report.added, report.waiting, report.refused) == (3, 1, [])
    with Store.open(tmp_path / "study") as store:
        assert [each.id for each in store.images()] == [
            image_id(np.ascontiguousarray(each)) for each in frames
        ]
        assert {each.patient for each in store.images()} == {store.key.patient_pseudonym("P-SECRET")}
        assert {each.spacing_mm for each in store.images()} == {(0.1, 0.1)}
        assert store.images()[1].file_hmac == (store.key.file_hmac("IM00001#2"),)
        (waits,) = store.waiting()
        assert waits.masks.what == ["declared"]
    for file in (each for each in (tmp_path / "study").rglob("*") if each.is_file()):
        assert b"SECRET" not in file.read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Rows": 60000, "Columns": 60000}, "3600 megapixels"),
        ({"Rows": 0}, "says that it has"),
        ({"NumberOfFrames": dicom.MAX_FRAMES + 1}, "frames; at most"),
        ({"NumberOfFrames": 5}, "damaged"),
        ({"Rows": 41}, "damaged"),
        ({"PhotometricInterpretation": "HSV"}, "not supported"),
        ({"SamplesPerPixel": 1}, "not supported"),
        ({"BitsAllocated": 32}, "not supported"),
        ({"PixelData": None}, "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(change: dict[str, object], said: str) -> None:
    data = dataset(RGB, "RGB", **change)
    with pytest.raises(BadInput, match=said):
        frames_of(data)


def test_other_files_are_refused() -> None:
    data = dataset(RGB, "RGB")
    del data.PixelData
    with pytest.raises(BadInput, match="holds no image"):
        open_dicom(saved(data), "x.dcm")
    with pytest.raises(BadInput, match="no DICOM file"):
        open_dicom(b"\x89PNG", "x.dcm")
    unknown = saved(dataset(RGB, "RGB")).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4\0")
    with pytest.raises(BadInput):
        list(open_dicom(unknown, "x.dcm").pixels())
    data = dataset(RGB, "RGB")
    data.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1.99")
    with pytest.raises(BadInput, match="deflated"):
        open_dicom(saved(data), "x.dcm")


def test_without_a_decoder_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset(RGB, "RGB")
    data.compress(RLELossless, generate_instance_uid=False)
    monkeypatch.setattr("pydicom.pixels.decoders.base.Decoder.is_available", False)
    with pytest.raises(BadInput, match="RLE") as error:
        open_dicom(saved(data), "x.dcm")
    assert "gazeannotator[dicom]" in (error.value.hint or "")


@given(st.integers(0, 2**32 - 1))
def test_a_broken_file_gives_words_or_an_image(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray(saved(dataset(RGB, "RGB")))
    head = len(data) - RGB.nbytes
    for place in rng.integers(132, head, 4):
        data[place] = rng.integers(0, 256)
    if rng.random() < 0.5:
        del data[int(rng.integers(140, len(data))) :]
    try:
        for pixels in open_dicom(bytes(data), "x.dcm").pixels():
            assert pixels.ndim == 3
    except BadInput:
        pass
