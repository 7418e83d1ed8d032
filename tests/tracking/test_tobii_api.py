"""The stand-ins for Tobii's packages have the real ones' names and signatures, where those are there.

``pip install tittapy`` (and ``tobii-research`` on Python 3.10) into the environment runs these tests.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from fake_control import HERE

NOT_API = {"on_sample", "on_notice"}  # how the fake device hands over
TITTA = ("TittaPy_v2", "TittaPy_v1")


def stand_in(folder: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"stand_in_{name}", HERE / folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def real(name: str) -> ModuleType:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed here: the stand-in's API cannot be compared with it")
    return importlib.import_module(name)


def public(thing: object, module: str) -> Iterator[tuple[str, object]]:
    """What a stand-in defines itself, without what it imports."""
    for name, each in vars(thing).items():
        if name.startswith("_") or name in NOT_API or inspect.ismodule(each):
            continue
        if getattr(each, "__module__", module) == module:
            yield name, each


def python_parameters(function: object) -> list[tuple[str, bool]]:
    """Names, and whether each has a default."""
    return [
        (each.name, each.default is not inspect.Parameter.empty)
        for each in inspect.signature(function).parameters.values()
    ]


def pybind_parameters(function: object) -> list[list[tuple[str, bool]]]:
    """The same for each overload, from the docstring that pybind11 writes."""
    overloads = []
    for found in re.findall(r"^\s*(?:\d+\. )?\w+\((.*)\) ->", function.__doc__, re.MULTILINE):
        inner = re.sub(r"\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", found)))
        parts = [each.strip() for each in inner.split(",") if each.strip()]
        overloads.append([(each.split(":")[0].strip(), "=" in each) for each in parts])
    return overloads


def test_tobii_research() -> None:
    package, fake = real("tobii_research"), stand_in("research", "tobii_research")
    compared = 0
    for name, ours in public(fake, fake.__name__):
        theirs = getattr(package, name)
        compared += 1
        if isinstance(ours, str):
            assert theirs == ours
        elif inspect.isclass(ours):
            assert issubclass(theirs, Exception) == issubclass(ours, Exception), name
            for method, function in public(ours, fake.__name__):
                assert hasattr(theirs, method), (name, method)
                if inspect.isfunction(function):
                    assert python_parameters(function) == python_parameters(getattr(theirs, method))
        else:
            assert python_parameters(ours) == python_parameters(theirs), name
    assert compared > 30


def test_tobii_research_hands_over_what_the_stand_in_does() -> None:
    package = real("tobii_research")
    source = inspect.getsource(sys.modules[package.GazeData.__module__])
    keys = set(re.findall(r'data\["(\w+)"\]', source))
    ours = (HERE / "research" / "tobii_research.py").read_text(encoding="utf-8")
    for key in keys:
        assert key.replace("left_", "{eye}_").replace("right_", "{eye}_") in ours, key


@pytest.mark.parametrize("name", TITTA)
def test_titta(name: str) -> None:
    package, fake = real(name), stand_in("titta", "TittaPy_v2")
    older = name == "TittaPy_v1"  # it tells of no overflow, and numbers some notifications otherwise
    compared = 0
    for each, ours in public(fake, fake.__name__):
        theirs = getattr(package, each)
        compared += 1
        if inspect.isclass(ours) and hasattr(ours, "__members__"):
            members = {
                member: int(value)
                for member, value in ours.__members__.items()
                if not (older and each == "notification_type" and int(value) >= 5)
            }
            real_members = {member: int(value) for member, value in theirs.__members__.items()}
            assert members.items() <= real_members.items(), each
            assert isinstance(next(iter(theirs.__members__.values())).name, str)
        elif inspect.isclass(ours):
            for method, function in public(ours, fake.__name__):
                assert hasattr(theirs, method), method
                if inspect.isfunction(function):
                    wanted = python_parameters(function)
                    assert wanted in pybind_parameters(getattr(theirs, method)), method
        else:
            assert python_parameters(ours) in pybind_parameters(theirs), each
    assert compared > 8
    assert package.__version__.strip('"')[0].isdigit()


@pytest.mark.parametrize("name", TITTA)
def test_titta_raises_as_the_stand_in_does(name: str) -> None:
    package = real(name)
    with pytest.raises(RuntimeError, match=r"Error code: \d+: TOBII_RESEARCH_STATUS_\w+ \(.+\)"):
        package.get_eye_tracker_from_address("nothing is here")
    assert package.get_system_timestamp() > 0
