"""What is done to an X display from outside: monitors plugged and unplugged, windows moved."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_int, c_ulong, c_void_p


class _Monitor(Structure):
    _fields_ = [
        ("name", c_ulong),
        *((name, c_int) for name in ("primary", "automatic", "noutput", "x", "y", "width", "height")),
        ("mwidth", c_int),
        ("mheight", c_int),
        ("outputs", POINTER(c_ulong)),
    ]


class XScreens:
    """The cables of the X display, and where its windows lie."""

    def __init__(self) -> None:
        self._x11, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        self._x11.XOpenDisplay.restype = c_void_p
        self._x11.XDefaultRootWindow.restype = c_ulong
        self._x11.XDefaultRootWindow.argtypes = [c_void_p]
        self._x11.XInternAtom.restype = c_ulong
        self._x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        self._x11.XSync.argtypes = [c_void_p, c_int]
        self._x11.XMoveWindow.argtypes = [c_void_p, c_ulong, c_int, c_int]
        self._randr.XRRGetMonitors.restype = POINTER(_Monitor)
        self._randr.XRRGetMonitors.argtypes = [c_void_p, c_ulong, c_int, POINTER(c_int)]
        self._randr.XRRSetMonitor.argtypes = [c_void_p, c_ulong, POINTER(_Monitor)]
        self._randr.XRRDeleteMonitor.argtypes = [c_void_p, c_ulong, c_ulong]
        self._display = self._x11.XOpenDisplay(None)
        self._root = self._x11.XDefaultRootWindow(self._display)
        first = self._randr.XRRGetMonitors(self._display, self._root, 1, ctypes.byref(c_int()))[0]
        self._outputs = (c_ulong * 1)(first.outputs[0])

    def move(self, window: int, x: int, y: int) -> None:
        """Put a window on a physical pixel, as a window manager does."""
        self._x11.XMoveWindow(self._display, window, x, y)
        self._x11.XSync(self._display, 0)

    def _atom(self, name: str) -> int:
        return self._x11.XInternAtom(self._display, name.encode(), 0)

    def plug(self, name: str, area: tuple[int, int, int, int], *, primary: bool = False) -> None:
        x, y, width, height = area
        outputs = self._outputs if primary else None
        count = int(primary)
        monitor = _Monitor(
            self._atom(name), count, 0, count, x, y, width, height, width // 2, height // 2, outputs
        )
        self._randr.XRRSetMonitor(self._display, self._root, ctypes.byref(monitor))
        self._x11.XSync(self._display, 0)

    def unplug(self, name: str) -> None:
        self._randr.XRRDeleteMonitor(self._display, self._root, self._atom(name))
        self._x11.XSync(self._display, 0)
