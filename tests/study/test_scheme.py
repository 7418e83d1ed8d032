from __future__ import annotations

from pathlib import Path

import pytest

from gazeannotator.errors import BadInput
from gazeannotator.study.scheme import load_scheme, scheme_as_dict, scheme_from_dict

GOOD = """
name = "Paris"
[[classes]]
key = "1"
name = "Is"
[classes.criteria.en]
shape = "Sessile"
[[classes]]
key = "2"
name = "Ip"
"""


def test_nice_has_its_three_types_and_all_criteria() -> None:
    scheme = load_scheme("nice")
    assert scheme.name == "NICE"
    assert [(each.key, each.name) for each in scheme.classes] == [
        ("1", "Type 1"),
        ("2", "Type 2"),
        ("3", "Type 3"),
    ]
    for each in scheme.classes:
        assert set(each.criteria) == {"en", "zh_CN"}
        for texts in each.criteria.values():
            assert list(texts) == ["colour", "vessels", "surface", "likely"]
            assert all(texts.values())


@pytest.mark.parametrize(
    ("text", "index"), [("1", 0), ("Type 2", 1), (" type 3 ", 2), ("4", None), ("Type", None)]
)
def test_a_class_is_found_by_key_or_name(text: str, index: int | None) -> None:
    assert load_scheme("NICE").index_of(text) == index


def test_a_scheme_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "paris.toml"
    file.write_text(GOOD, encoding="utf-8")
    scheme = load_scheme(file)
    assert (scheme.name, [each.name for each in scheme.classes]) == ("Paris", ["Is", "Ip"])
    assert scheme.classes[0].criteria == {"en": {"shape": "Sessile"}}
    assert scheme_from_dict(scheme_as_dict(scheme)) == scheme


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("name = ", "nam = "), "lacks 'name'"),
        ((GOOD, 'name = "x"'), "lacks 'classes'"),
        (('key = "2"', 'key = "1"'), "'1' stands for two classes"),
        (('"Ip"', '"IS"'), "'is' stands for two classes"),
        (('key = "2"', 'key = "0"'), "not one of the digits"),
        (('"Ip"', '"a/b"'), "cannot be a folder name"),
        (('"Ip"', '".."'), "cannot be a folder name"),
        (('name = "Paris"', 'name = "'), "not valid TOML"),
        (('name = "Paris"', 'name = " "'), "has no name"),
        (("[classes.criteria.en]", "[classes.criteria]"), "not laid out as a scheme|cannot be used"),
        ((GOOD, 'name = "x"\nclasses = []'), "has 0 classes"),
        ((GOOD, 'name = "x"\nclasses = 3'), "not laid out"),
    ],
)
def test_a_bad_scheme_is_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(BadInput, match=words) as caught:
        load_scheme(file)
    assert str(file) in caught.value.message


def test_a_missing_scheme_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no label scheme 'nise'") as caught:
        load_scheme("nise")
    assert "nice" in caught.value.hint
    with pytest.raises(BadInput, match="cannot be read"):
        load_scheme(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe4"')
    with pytest.raises(BadInput, match="not UTF-8"):
        load_scheme(tmp_path / "latin.toml")
