"""What is on the screen of a reading: grey, the fixation cross, then the image, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal, Slot

from gazeannotator.geometry import Placement, largest_placement
from gazeannotator.ui.image_view import BLANK, Frame, ImageView, Method
from gazeannotator.ui.reading.images import ImageLoader

Size = tuple[int, int]


class Stage(QObject):
    """Puts images on the screen and tells the moments at which they came and went.

    Parameters
    ----------
    view : ImageView
    origin_px : callable
        Where the view's top-left corner lies on its screen now, physical px.
    files : callable
        Image id → file.
    sizes : dict
        Image id → width, height in image px.
    may_show : callable
        Whether the next image may appear now; after a no, `try_again` is called.

    Signals
    -------
    appeared(image id, Placement, time_s, method)
        The image is on the screen, there in screen px.
    left(time_s, why)
        It is no longer there.
    unreadable(image id, UserError)
    """

    appeared = Signal(str, object, float, str)
    left = Signal(float, str)
    unreadable = Signal(str, object)

    def __init__(
        self,
        view: ImageView,
        origin_px: Callable[[], tuple[int, int]],
        files: Callable[[str], Path],
        sizes: dict[str, Size],
        may_show: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._origin_px = origin_px
        self._files = files
        self._sizes = sizes
        self._may_show = may_show
        self._loader = ImageLoader(self)
        self._loader.loaded.connect(self.try_again)
        self._loader.failed.connect(self.unreadable)
        self._view.shown.connect(self._shown)
        self._awaited: str | None = None
        self._cross_over = False
        self._cross = self._picture = self._seen = BLANK
        self._cross_ms = 0
        self._why = ""
        self._afterwards: list[Callable[[float], None]] = []
        self._cross_timer = QTimer(self, singleShot=True)
        self._cross_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._cross_timer.timeout.connect(self._end_cross)

    def show_image(self, image: str, cross_s: float, why_left: str) -> None:
        """Show the cross for so long, then an image; what was there has left for that reason."""
        self._awaited, self._cross_over, self._why = image, False, self._why or why_left
        self._cross_ms = round(cross_s * 1000)
        self.prefetch(image)
        self._cross_timer.stop()
        if self._cross_ms > 0:
            size = self._view.size_px
            self._cross = Frame(cross_px=(size[0] / 2, size[1] / 2))
            self._view.present(self._cross)
        else:
            self._end_cross()

    def clear(self, why_left: str, afterwards: Callable[[float], None] | None = None) -> None:
        """Show grey; `afterwards` gets the time from which on nothing else was seen."""
        self._awaited, self._why = None, self._why or why_left
        self._cross_timer.stop()
        if afterwards is not None:
            self._afterwards.append(afterwards)
        self._view.present(Frame())

    def prefetch(self, image: str) -> None:
        """Bring an image to its size beforehand."""
        size = _whole_size(self._placement(image))
        self._loader.fetch(image, self._files(image), size)

    @Slot()
    def try_again(self) -> None:
        """Show the image that is due, if it can be shown now."""
        if self._awaited is None or not self._cross_over or not self._may_show():
            return
        placement = self._placement(self._awaited)
        pixels = self._loader.get(self._awaited, _whole_size(placement))
        if pixels is None:
            # On its way, or made for another size before the window changed.
            self.prefetch(self._awaited)
            return
        self._cross_over = False
        corner = (int(placement.x0_px), int(placement.y0_px))
        # The patch flips with every onset, also where one image follows on another.
        self._picture = Frame(pixels, corner, lit=not self._view.frame.lit)
        self._view.present(self._picture)

    def covered_by_patch(self) -> int:
        """Count the images of which the view's patch covers a corner."""
        patch = self._view.patch_px
        if patch is None:
            return 0
        of_size = Counter(self._sizes.values())
        return sum(count for size, count in of_size.items() if patch.intersects(self._area(size)))

    def _area(self, size: Size) -> QRect:
        return QRect(*map(int, largest_placement(size, self._view.size_px).as_tuple()))

    def close(self) -> None:
        """End the work in the background."""
        self._awaited = None
        self._cross_timer.stop()
        self._loader.close()

    @Slot()
    def _end_cross(self) -> None:
        self._cross_over = True
        self.try_again()

    @Slot(object, float, str)
    def _shown(self, frame: Frame, t_s: float, method: Method) -> None:
        if self._seen is not BLANK and frame is not self._seen:
            self._seen = BLANK
            self.left.emit(t_s, self._why)
        self._why = ""
        afterwards, self._afterwards = self._afterwards, []
        for call in afterwards:
            call(t_s)
        if frame is self._cross:
            self._cross_timer.start(self._cross_ms)
        elif frame is self._picture and self._awaited is not None:
            image, self._awaited = self._awaited, None
            self._seen = frame
            x, y = self._origin_px()
            there = self._placement(image)
            there = Placement(there.x0_px + x, there.y0_px + y, there.width_px, there.height_px)
            self.appeared.emit(image, there, t_s, method)

    def _placement(self, image: str) -> Placement:
        return largest_placement(self._sizes[image], self._view.size_px)


def _whole_size(placement: Placement) -> Size:
    return (int(placement.width_px), int(placement.height_px))
