from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.geometry import Placement
from gazeannotator.study.model import Protocol, Reading
from gazeannotator.study.reading_list import answered, reading_order, remaining

image_ids = st.lists(st.text("0123456789abcdef", min_size=4, max_size=4), unique=True, max_size=30)


def reading(
    name: str, image: str, *, reader: str = "A", state: str = "done", replaced_by: str | None = None
) -> Reading:
    label = 1 if state == "done" else None
    place = Placement(0, 0, 1, 1)
    return Reading(
        name, "s", reader, image, "live", state, 0, 1, "swap", place, label, 2, False, 1, replaced_by
    )


@given(image_ids, st.text(), st.text())
def test_order_holds_every_image_once(images: list[str], study: str, reader: str) -> None:
    order = reading_order(images, study, reader, Protocol())
    assert sorted(order) == sorted(images)
    assert order == reading_order(reversed(images), study, reader, Protocol())


@given(image_ids, st.integers(0, 30))
def test_later_images_do_not_move_the_others(images: list[str], cut: int) -> None:
    before = reading_order(images[:cut], "study", "A", Protocol())
    after = reading_order(images, "study", "A", Protocol())
    assert [each for each in after if each in before] == before


def test_readers_and_studies_have_orders_of_their_own() -> None:
    images = [f"{k:04x}" for k in range(50)]
    orders = {
        tuple(reading_order(images, study, reader, Protocol()))
        for study in ("s", "t")
        for reader in ("A", "B")
    }
    assert len(orders) == 4
    assert tuple(images) not in orders


def test_the_order_does_not_change_between_versions() -> None:
    # A running study must go on in the same order after an update.
    order = reading_order([f"{k:04x}" for k in range(6)], "study", "A", Protocol())
    assert order == ["0002", "0001", "0000", "0004", "0003", "0005"]


def test_without_random_order_images_come_as_imported() -> None:
    assert reading_order(["b", "c", "a"], "s", "A", Protocol(random_order=False)) == ["b", "c", "a"]


def test_an_interrupted_image_stays_where_it_stood() -> None:
    readings = [reading("1", "a"), reading("2", "b", state="interrupted"), reading("3", "a", reader="B")]
    assert remaining(["a", "b", "c"], readings, "A") == ["b", "c"]
    assert remaining(["a", "b", "c"], readings, "B") == ["b", "c"]
    assert remaining(["a", "b", "c"], [], "A") == ["a", "b", "c"]


def test_a_corrected_image_keeps_its_place_and_counts_once() -> None:
    readings = [
        reading("1", "a", replaced_by="3"),
        reading("2", "b"),
        reading("3", "a", replaced_by="4"),
        reading("4", "a"),
        reading("5", "b", state="interrupted"),
    ]
    assert list(answered(readings, "A").items()) == [("a", "4"), ("b", "2")]
