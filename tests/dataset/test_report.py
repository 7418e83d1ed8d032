import base64
import io
import json
import re
import shutil

import h5py
import numpy as np
import PIL.Image
import pytest

from gazeannotator.dataset import report_figures as figures
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import Contents, ExportOptions
from gazeannotator.dataset.folders import export_folders
from gazeannotator.dataset.folders_import import import_folders
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.report import write_report
from gazeannotator.dataset.schema import open_dataset
from gazeannotator.errors import BadInput, Cancelled
from gazeannotator.gaze.agreement import auc_judd, nss
from gazeannotator.gaze.heatmap import gaze_heatmap
from gazeannotator.geometry import fit_grid, image_px_to_grid_px
from gazeannotator.study.agreement import answers_of, reader_agreement


@pytest.fixture
def page(tmp_path):
    def call(data):
        write_report(data, tmp_path / "report.html")
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return call


def pictures(text):
    """Every picture in a page, as pixels."""
    found = re.findall(r'src="data:image/png;base64,([^"]*)"', text)
    return [np.asarray(PIL.Image.open(io.BytesIO(base64.b64decode(each)))) for each in found]


def cells(text, row):
    """The texts of the first table row that begins with this text."""
    for found in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL):
        columns = re.findall(r"<td[^>]*>(.*?)</td>", found, re.DOTALL)
        parts = [re.sub(r"<[^>]*>", "", each).strip() for each in columns]
        if parts and parts[0].startswith(row):
            return parts
    raise AssertionError(f"no row {row}")


def test_the_page_needs_no_other_file_and_is_all_drawn(wide_dataset, page):
    text = page(wide_dataset[1])
    # Without the pictures, whose letters are anything by chance.
    words = re.sub(r"base64,[^\"]*", "", text)
    assert re.findall(r"http.{0,60}|<link.{0,60}", words) == []
    drawn = pictures(text)
    # 7 figures, a mean for each class, and pairs of examples.
    assert len(drawn) >= 7 + 3 + 2
    assert all(each.size and np.ptp(each) > 0 for each in drawn)


def test_it_counts_images_by_class_part_and_patient(wide_dataset, page):
    text = page(wide_dataset[1])
    with h5py.File(wide_dataset[1]) as file:
        truth, label, split = (file[f"images/{name}"][:] for name in ("truth", "label", "split"))
        patients = file["images/patient"].asstr()[:]
    target = np.where(truth >= 0, truth, label)
    for index in range(3):
        row = cells(text, f"Type {index + 1}")
        for part in range(3):
            mine = (target == index) & (split == part)
            assert row[1 + part] == f"{mine.sum()} of {len(set(patients[mine]))} patients"
    assert cells(text, "no class")[4] == "1 of 1 patients"


def test_it_tells_why_readings_are_not_used(odd_dataset, page):
    text = page(odd_dataset[1])
    for reason, meaning in (
        ("interrupted", "no answer was given"),
        ("cannot be assessed", "the reader answered that the image cannot be assessed"),
        ("corrected", "the later answer counts"),
    ):
        assert f"<td>{reason}</td>" in text
        assert meaning in text
    assert "Simulated:" in text
    assert "张医生" in text
    assert cells(text, "张医生")[1:3] == ["3", "1"]


def test_agreement_is_that_of_the_study(wide_dataset, page):
    maker, data = wide_dataset
    text = page(data)
    images = maker.store.images()
    truth = {each.id: each.truth for each in images if each.truth >= 0}
    found = reader_agreement(answers_of(maker.store.readings(), images), truth, 3)
    ((_, _, pair),) = found.pairs
    row = cells(text, "A and B")
    assert row[1] == f"{pair.kappa:.2f}"
    assert row[2] == f"{pair.ci95[0]:.2f} to {pair.ci95[1]:.2f}"
    assert row[4] == str(pair.images)
    assert cells(text, "All readers")[1] == f"{found.overall.kappa:.2f}"
    for reader, each in found.truth:
        assert cells(text, f"{reader} and pathology")[3] == f"{each.agreement:.1%}"


def test_congruency_of_readers_is_that_of_their_maps(wide_dataset, page):
    data = wide_dataset[1]
    text = page(data)
    with open_dataset(data) as file:
        contents = Contents(file)
        for index, name in enumerate(contents.classes):
            shared = [each for each in contents.images() if each.target == index and len(each.readings) == 2]
            scores = []
            for image in shared:
                grid = fit_grid(image.size_px, 128)
                maps, points = [], []
                for reading in image.readings:
                    found = contents.fixations(reading)
                    xy = image_px_to_grid_px(found["xy_px"], grid) - (grid.dx_px, grid.dy_px)
                    inside = ((xy >= 0) & (xy < (grid.width_px, grid.height_px))).all(axis=1)
                    sigma_px = file["readings/px_per_deg"][reading] * grid.scale
                    shape = (grid.height_px, grid.width_px)
                    maps.append(gaze_heatmap(xy[inside], found["duration_s"][inside], shape, sigma_px))
                    points.append(np.floor(xy[inside]).astype(int))
                scores.append(
                    [
                        np.mean([measure(maps[1 - each], points[each]) for each in range(2)])
                        for measure in (auc_judd, nss)
                    ]
                )
            auc, standardised = np.mean(scores, axis=0)
            row = cells(text, f"{name}, one reader by the others")
            assert row[1:] == [f"{auc:.2f}", f"{standardised:.2f}", str(len(shared))]


def test_one_reader_is_congruent_with_nobody(small_dataset, page):
    assert "Congruency" not in page(small_dataset)


def test_quality_is_summed_up_as_it_is_in_the_file(small_dataset, page):
    text = page(small_dataset)
    with h5py.File(small_dataset) as file:
        durations = 1000 * file["fixations/duration_s"][:]
        loss = 100 * file["readings/data_loss"][:].astype(float)
    assert cells(text, "Duration of fixations")[1] == f"{np.median(durations):.0f}"
    assert cells(text, "Samples lost")[1] == f"{np.median(loss):.2f}"
    assert cells(text, "Accuracy, degrees")[1:] == ["0.50", "0.50 to 0.50", "20 of 20"]


def test_what_one_should_know_is_said(wide_dataset, make_study, tmp_path):
    remarks = " ".join(write_report(wide_dataset[1], tmp_path / "r.html").remarks)
    assert "1 images have neither pathology nor a consensus" in remarks
    assert "used though their tracker was not validated" in remarks
    assert "Classes of fewer than 10 patients: Type 1 (" in remarks
    maker = make_study()
    image = maker.add_image(None, 0)
    maker.start()
    maker.read(image, 0)
    maker.end()
    build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=32))
    remarks = " ".join(write_report(tmp_path / "d.h5", tmp_path / "r.html").remarks)
    assert "Patients are not known" in remarks
    assert "One reader only" in remarks
    assert "The train part has no image of Type 2, Type 3." in remarks


def test_data_without_readings_or_gaze_have_a_report_too(wide_dataset, make_study, page, tmp_path):
    export_folders(wide_dataset[1], tmp_path / "tree", ExportOptions())
    import_folders(tmp_path / "tree", tmp_path / "d.h5", size=64)
    text = page(tmp_path / "d.h5")
    assert "Quality of the gaze" not in text
    assert "Where readers look" in text
    maker = make_study()
    maker.add_image("p", -1)
    build([maker.store.path], tmp_path / "e.h5", BuildOptions(size=32))
    text = page(tmp_path / "e.h5")
    assert "Where readers look" not in text
    assert cells(text, "no class")[4] == "1 of 1 patients"


def test_names_cannot_break_the_page(small_dataset, tmp_path, page):
    shutil.copy(small_dataset, tmp_path / "d.h5")
    with h5py.File(tmp_path / "d.h5", "r+") as file:
        file.attrs["study"] = "<script>alert(1)</script>"
        file["readings/reader"][:] = b"$<"
    text = page(tmp_path / "d.h5")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_an_old_report_stays_until_the_new_one_is_whole(small_dataset, tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")

    def stop(done, total, what):
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_report(small_dataset, target, stop)
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]
    seen = []
    write_report(small_dataset, target, lambda done, total, what: seen.append((done, total)))
    assert seen[-1] == (20, 20)
    assert "old" != target.read_text(encoding="utf-8")
    with pytest.raises(BadInput, match="no data set"):
        write_report(tmp_path / "none.h5", target)


def test_figures_take_what_there_is():
    unknown = np.full(3, np.nan)
    used = np.array([True, False, True])
    assert figures.distributions([("a", unknown, used), ("b", np.zeros(3), used)])
    assert figures.images_per_patient(np.arange(1, 80))
    assert figures.fixation_durations(np.zeros(2))
    assert figures.kappas(np.array([[np.nan, -0.2], [-0.2, np.nan]]), ["a$", "b"])


def test_nearly_equal_images_are_told_of_in_report_and_facts(small_dataset, page, tmp_path):
    data = tmp_path / "d.h5"
    shutil.copy(small_dataset, data)
    with h5py.File(data, "r+") as file:
        told = json.loads(file.attrs["build"])
        assert told["near_duplicates"] == []
        pairs = [["0123456789abcdef", "fedcba9876543210"]]
        told |= {"near_duplicates": pairs, "near_duplicates_count": 7, "near_duplicates_in_two_parts": 3}
        file.attrs["build"] = json.dumps(told)
    text = page(data)
    assert "Nearly equal images of different patients: 7 pairs, 3 of them in different parts" in text
    assert "fedcba9876543210" not in text
    assert "Nearly equal" not in page(small_dataset)
    assert dataset_info(data)["near_duplicates"] == 7
    with h5py.File(data, "r+") as file:
        file.attrs["build"] = "{}"
    assert dataset_info(data)["near_duplicates"] is None
