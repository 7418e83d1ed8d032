"""The look of the full-screen windows for readers: neutral greys, no hint of gaze or of an answer."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize

# One id more than the rules of the application's own style sheet, which are for light pages.
_STYLE = """
#readingWindow { background: #5F5F5F; }
#readingWindow QLabel { color: #FFFFFF; background: transparent; }
#readingWindow #readingPanel, #readingWindow #consentForm {
    background: #434343; border: 1px solid #505050; border-radius: 16px;
}
#readingWindow QLabel[part="title"] { font-size: 30px; font-weight: 700; }
#readingWindow QLabel[part="lead"] { font-size: 17px; color: #E4E4E4; }
#readingWindow QLabel[part="status"] { font-size: 17px; }
#readingWindow QLabel[part="note"] { font-size: 15px; color: #F2C66D; }
#readingWindow QLabel[part="what"] { font-size: 15px; color: #E4E4E4; }
#readingWindow QLabel[part="action"] {
    font-size: 19px; font-weight: 600; color: #262626; background: #F0F0F0;
    border-radius: 10px; padding: 12px;
}
#readingWindow QLabel[part="action"][waiting="true"] {
    color: #E4E4E4; background: transparent; border: 1px solid #7A7A7A;
}
#readingWindow QLabel[part="key"] {
    font-size: 14px; font-weight: 600; background: #5A5A5A; border: 1px solid #8A8A8A;
    border-bottom: 2px solid #8A8A8A; border-radius: 6px; padding: 3px 10px;
}
#readingWindow QLabel[part="head"] { font-size: 17px; font-weight: 700; }
#readingWindow QLabel[part="aspect"] { font-size: 15px; font-weight: 600; color: #C9C9C9; }
#readingWindow QLabel[part="criterion"] { font-size: 15px; color: #F4F4F4; }
#readingWindow QFrame[part="line"] { background: #5C5C5C; max-height: 1px; min-height: 1px; border: 0; }
#readingWindow QLabel[role="title"] { font-size: 28px; font-weight: 700; }
#readingWindow QLabel[role="strong"] { font-size: 15px; font-weight: 600; }
#readingWindow QLabel[role="secondary"], #readingWindow QLabel[role="lead"] {
    color: #E4E4E4; font-size: 15px;
}
#readingWindow #consentForm QPushButton { font-size: 15px; min-height: 42px; padding: 0 22px; }
#readingWindow #progressSign { font-size: 13px; color: #B4B4B4; }
#readingWindow #recordingSign { font-size: 12px; font-weight: 600; color: #B4B4B4; }
#readingWindow #flagSign { font-size: 13px; font-weight: 600; color: #DADADA; }
#readingWindow #calmSign {
    font-size: 14px; color: #E4E4E4; background: #505050; border-radius: 8px; padding: 6px 10px;
}
#readingWindow #hintSign { font-size: 17px; color: #D9D9D9; }
#readingWindow #simulatedSign {
    font-size: 13px; font-weight: 700; letter-spacing: 1px; background: #434343;
    border: 1px solid #8A8A8A; border-radius: 6px; padding: 3px 8px;
}
#readingWindow #troubleSign {
    font-size: 16px; font-weight: 600; background: #8C1D13; border-radius: 10px; padding: 12px 20px;
}
"""


def zoom_for(window: QSize) -> float:
    """How large the words are: smaller where a page would not fit, larger where pixels are small."""
    fits = min(window.width() / 860, window.height() / 760)
    zoom = min(1.0, fits) if fits < 1 else max(1.0, window.height() / 1300)
    return round(20 * min(max(zoom, 0.5), 2.0)) / 20


def style_sheet(zoom: float, window: str = "readingWindow") -> str:
    """Return the look of the grey window of that object name, all sizes multiplied."""
    style = _STYLE.replace("#readingWindow", f"#{window}")
    return re.sub(r"\b(\d+)px", lambda found: f"{max(1, round(int(found[1]) * zoom))}px", style)
