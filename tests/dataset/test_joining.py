import pytest

from gazeannotator.dataset.joining import join_studies
from gazeannotator.errors import BadInput
from gazeannotator.study.model import Scheme, SchemeClass
from gazeannotator.study.store import Store


def test_two_studies_become_one(make_study, built):
    first, second = make_study("first"), make_study("second")
    common = first.add_image("same", 0, seed=1)
    assert second.add_image("same", -1, seed=1) == common
    first.add_image("other", 1, seed=2)
    second.add_image("third", 2, seed=3)
    for maker, label in ((first, 0), (second, 1)):
        maker.start(maker.store.name, started_utc=f"2026-01-0{label + 1}T08:00:00+00:00")
        maker.read(common, label, confidence=2 - label)
    report, file = built([first, second])
    with file:
        assert len(file["images/id"]) == 3
        assert file["images/truth"][:].tolist() == [0, 1, 2]
        assert file["readings/reader"].asstr()[:].tolist() == ["first", "second"]
        assert file["readings/image"][:].tolist() == [0, 0]
        assert file["images/label"][0] == 0
        assert file.attrs["study"] == "first, second"
    assert any("different key files" in each for each in report.warnings)


def test_the_same_study_twice_changes_nothing(small_study, built):
    report, file = built([small_study, small_study])
    with file:
        assert len(file["readings/id"]) == 20
    assert not any("key" in each for each in report.warnings)


def test_contradicting_pathology_is_unknown_and_said(make_study, built):
    first, second = make_study("first"), make_study("second")
    first.add_image("p", 0, seed=1)
    second.add_image("p", 2, seed=1)
    report, file = built([first, second])
    with file:
        assert file["images/truth"][:].tolist() == [-1]
    assert any("different pathology" in each for each in report.warnings)


def test_a_third_study_does_not_settle_contradicting_pathology(make_study, built):
    makers = [make_study(name) for name in ("first", "second", "third")]
    for maker, truth in zip(makers, (0, 2, 0), strict=True):
        maker.add_image("p", truth, seed=1)
    _, file = built(makers)
    with file:
        assert file["images/truth"][:].tolist() == [-1]


def test_patients_of_a_shared_image_are_one_patient_whatever_their_pseudonyms(make_study, built):
    first, second = make_study("first"), make_study("second")
    first.add_image("aaa", 0, seed=1)
    second.add_image("bbb", 0, seed=1)
    second.add_image("bbb", 0, seed=2)
    _, file = built([first, second])
    with file:
        assert file["images/patient"].asstr()[:].tolist() == ["aaa", "aaa"]


def test_studies_that_ask_another_question_are_not_joined(make_study, tmp_path):
    first = make_study("first")
    first.add_image("p", 0)
    scheme = Scheme("yes-no", (SchemeClass("1", "Yes"), SchemeClass("2", "No")))
    Store.create(tmp_path / "other", name="other", scheme=scheme).close()
    with pytest.raises(BadInput, match=r"yes-no.*NICE"):
        join_studies([first.store.path, tmp_path / "other"])
