"""What all formats share: images, idempotence, corrections, all or nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.info import dataset_info
from gazeannotator.dataset.schema import validate
from gazeannotator.errors import BadInput, Cancelled, UserError
from gazeannotator.geometry import Placement
from gazeannotator.study.check import check_study
from gazeannotator.study.facts import study_info
from gazeannotator.study.importing import import_images
from gazeannotator.study.reading_list import remaining
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.importing import import_gaze
from gazeannotator.tracking.formats.placing import NOMINAL_SCREEN
from gazeannotator.tracking.formats.recorded import ImportOptions

LOG = "polyp 1.png;1;[[206, 412], [209, 415]];[];(-1, -1)\npolyp2.JPG;2;[[9, 9]];[];(-1, -1)\n"
OPTIONS = ImportOptions("A")


def test_importing_again_changes_nothing(bench) -> None:
    path = bench.write("a.csv", LOG)
    first = import_gaze(bench.store, [path], "miceye", OPTIONS)
    before = bench.readings(), bench.store.gaze_sample_count()
    moved = bench.write("other name.csv", LOG)
    again = import_gaze(bench.store, [path, moved], "miceye", OPTIONS)
    assert (first.sessions, again.sessions, again.already_known) == (1, 0, 2)
    assert (bench.readings(), bench.store.gaze_sample_count()) == before
    assert check_study(bench.store.path) == []


def test_the_same_file_twice_in_one_import_counts_once(bench) -> None:
    files = [bench.write("a.csv", LOG), bench.write("b.csv", LOG)]
    report = import_gaze(bench.store, files, "miceye", OPTIONS)
    assert (report.sessions, report.already_known) == (1, 1)


def test_other_options_correct_what_was_imported_before(bench) -> None:
    bench.take("a.csv", LOG, "miceye")
    bench.take("a.csv", LOG, "miceye", rate_hz=90)
    first, second = (bench.readings()[:2], bench.readings()[2:])
    assert [each.replaced_by for each in first] == [each.id for each in second]
    assert [each.replaced_by for each in second] == [None, None]
    assert [each.columns["valid"] for each in bench.prepared()] == [False, False, True, True]
    bench.take("a.csv", LOG, "miceye", rate_hz=60)
    assert [each.columns["valid"] for each in bench.prepared()] == [False] * 4 + [True, True]


def test_an_answer_that_was_given_here_is_not_touched(bench) -> None:
    bench.store.add_reader("A")
    session = ReadingSession.start(bench.store, "A", NOMINAL_SCREEN, None, False, lambda: 1.0)
    while (image := session.next_image()) != bench.ids["polyp 1.png"]:
        session.show(image, Placement(0, 0, 9, 9), 1.0, "swap")
        session.answer("1", 0, 2, 1.0)
        session.hidden(1.0, "answered")
    session.show(image, Placement(0, 0, 9, 9), 2.0, "swap")
    session.answer("3", 2, 2, 3.0)
    session.end(4.0)
    before = bench.readings()
    only = LOG.partition("\n")[0] + "\n"
    with pytest.raises(BadInput, match="Reader A has answered this image in the study already"):
        bench.take("a.csv", only, "miceye")
    assert bench.readings() == before
    assert bench.take("a.csv", only, "miceye", reader="B").readings == 1


def test_gaze_without_labels_leaves_the_images_to_be_read(bench) -> None:
    text = "image,time_s,x,y\npolyp 1.png,0,1,1\npolyp 1.png,1,1,1\n"
    bench.take("a.csv", text, "csv")
    order = [each.id for each in bench.store.images()]
    assert remaining(order, bench.readings(), "A") == order
    facts = study_info(bench.store)
    assert facts["readings"] == {"done": 0, "left": 3, "excluded": 0}
    assert facts["gaze_only"] == 1
    assert ReadingSession.start(bench.store, "A", NOMINAL_SCREEN, None, False, lambda: 1.0).progress == (0, 3)


def test_images_that_are_not_there_or_not_unique_are_named(bench) -> None:
    twin = bench.folder / "twin"
    twin.mkdir()
    PIL.Image.fromarray(np.full((8, 8, 3), 200, np.uint8)).save(twin / "polyp 1.png")
    import_images(bench.store, twin)
    text = LOG + "C:\\x\\lost.png;1;[[1, 1]];[];(-1, -1)\n"
    report = bench.take("a.csv", text, "miceye")
    assert report.readings == 1
    assert [where.rpartition(" ")[2] for where, _ in report.refused] == ["1", "3"]
    assert "2 images of the study were imported from files named 'polyp 1.png'" in report.refused[0][1]
    assert "named 'lost.png'" in report.refused[1][1]


@pytest.mark.parametrize(
    "name",
    [
        "POLYP 1.PNG",
        "polyp 1.png",
        "polyp 1",
        "polyp 1.bmp",
        '"/data/x/polyp 1.png"',
        "D:\\Bilder\\polyp 1.png",
        "\\\\server\\share\\polyp 1.PNG",
    ],
)
def test_folders_case_and_kind_of_a_name_do_not_count(bench, name) -> None:
    bench.take("a.csv", f"{name};1;[[1, 1]];[];(-1, -1)\n", "miceye")
    assert bench.readings()[0].image == bench.ids["polyp 1.png"]


def test_letters_that_are_written_in_two_ways_are_the_same(bench) -> None:
    folder = bench.folder / "more"
    folder.mkdir()
    PIL.Image.fromarray(np.full((8, 8, 3), 200, np.uint8)).save(folder / "gr\u00f6\u00dfe.png")
    import_images(bench.store, folder)
    bench.take("a.csv", "gro\u0308\u00dfe.png;1;[[1, 1]];[];(-1, -1)\n", "miceye")
    assert len(bench.readings()) == 1


def test_no_name_of_a_file_stays_in_the_study(bench) -> None:
    bench.take("Smith_John.csv", LOG.replace("polyp2", "D:\\Smith_John\\polyp2"), "miceye")
    bench.store.close()
    for path in bench.store.path.rglob("*"):
        if path.is_file():
            assert b"Smith" not in path.read_bytes(), path


def test_nothing_is_imported_of_files_of_which_one_is_broken(bench) -> None:
    files = [bench.write("a.csv", LOG), bench.write("b.csv", "x;y\n")]
    with pytest.raises(BadInput, match=r"b\.csv line 1"):
        import_gaze(bench.store, files, "miceye", OPTIONS)
    assert (bench.store.sessions(), bench.store.readers()) == ([], [])


def test_nothing_to_import_is_an_error(bench) -> None:
    with pytest.raises(BadInput, match=r"Nothing could be imported .*lost\.png"):
        bench.take("a.csv", "lost.png;1;[[1, 1]];[];(-1, -1)\n", "miceye")
    with pytest.raises(BadInput, match="holds no recording"):
        bench.take("b.csv", "\n", "miceye")


def test_stopping_and_failing_leave_the_study_as_it_was(bench, monkeypatch) -> None:
    path = bench.write("a.csv", LOG)

    def stop(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        import_gaze(bench.store, [path], "miceye", OPTIONS, stop)
    with monkeypatch.context() as patch:
        patch.setattr("gazeannotator.study.store_rows.append_end", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_gaze(bench.store, [path], "miceye", OPTIONS)
    assert (bench.store.sessions(), bench.store.readers()) == ([], [])
    assert check_study(bench.store.path) == []


def test_a_reader_who_reads_now_is_not_disturbed(bench) -> None:
    with Store.open(bench.store.path) as other, other.reader_lock("A"):
        with pytest.raises(UserError, match="another window"):
            bench.take("a.csv", LOG, "miceye")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"reader": " "}, "cannot be a reader code"),
        ({"rate_hz": -1.0}, "positive numbers"),
        ({"screen_px": (0, 1080)}, "positive numbers"),
        ({"distance_mm": float("nan")}, "positive numbers"),
        ({"display_height": 0.0}, "positive numbers"),
        ({"participant": "P1"}, "--participant means nothing for files of miceye"),
        ({"columns": {"image": "x"}}, "--columns means nothing"),
        ({"onset_message": "x"}, "--onset-message means nothing"),
    ],
)
def test_options_that_make_no_sense(bench, options, reason) -> None:
    with pytest.raises(BadInput, match=reason):
        bench.take("a.csv", LOG, "miceye", **options)


def test_unknown_formats_and_files(bench) -> None:
    with pytest.raises(BadInput, match="no format 'x'"):
        import_gaze(bench.store, [Path("a")], "x", OPTIONS)
    with pytest.raises(BadInput, match="There is no file"):
        import_gaze(bench.store, [Path("a")], "csv", OPTIONS)


def test_a_data_set_of_everything_is_whole(bench, tmp_path) -> None:
    still = ", ".join(["[206, 412]"] * 60)
    bench.take("a.csv", f"polyp 1.png;1;[{still}];[];(-1, -1)\n", "miceye", rate_hz=90)
    bench.take("b.csv", LOG, "miceye", reader="B")
    rows = "".join(f"polyp2.JPG,{k / 100},{100 + k % 2},100\n" for k in range(80))
    bench.take("c.csv", "image,time_s,left_x,left_y\n" + rows, "csv", reader="C")
    target = tmp_path / "data.h5"
    report = build([bench.store.path], target, BuildOptions(size=32, method="ivt"))
    assert (report.readings, report.valid, report.with_gaze) == (4, 4, 2)
    assert validate(target) == []
    info = dataset_info(target)
    assert info["sources"] == {"imported:csv": 1, "imported:miceye": 3}
    nominal = {frozenset(each) for each in info["nominal"].values()}
    shared = {"screen_px", "screen_mm", "distance_mm", "placement", "utc"}
    assert nominal == {
        frozenset(shared),
        frozenset(shared | {"rate_hz", "duration_s"}),
        frozenset(shared | {"onset_s", "duration_s"}),
    }


def test_one_place_of_a_screen_is_told_once(bench) -> None:
    options = dataclasses.replace(OPTIONS, screen_mm=(300.0, 200.0))
    report = import_gaze(bench.store, [bench.write("a.csv", LOG)], "miceye", options)
    assert bench.imported.nominal == {"screen_px", "distance_mm", "placement", "utc"}
    assert any("does not tell the screen's px, the reader's distance" in note for note in report.notes)
