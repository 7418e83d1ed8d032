"""The look of the operator view: the program's own, with words large enough to be read from a chair away."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize

from gazeannotator.ui import style

# One id more than the rules of the application's own style sheet.
_STYLE = f"""
#operatorWindow {{ background: {style.COLOURS.background}; }}
#operatorWindow QLabel[part="who"] {{ font-size: 19px; font-weight: 700; }}
#operatorWindow QLabel[part="heading"] {{ font-size: 17px; font-weight: 700; }}
#operatorWindow QLabel[part="caption"] {{ font-size: 15px; color: {style.COLOURS.secondary}; }}
#operatorWindow QLabel[part="text"] {{ font-size: 16px; }}
#operatorWindow QLabel[part="banner"] {{ font-size: 19px; font-weight: 700; }}
#operatorWindow QLabel[part="advice"] {{ font-size: 16px; }}
#operatorWindow QLabel[part="number"] {{ font-size: 31px; font-weight: 700; }}
#operatorWindow QLabel[part="number"][judged="warning"] {{ color: {style.COLOURS.warning}; }}
#operatorWindow QLabel[part="number"][judged="danger"] {{ color: {style.COLOURS.danger}; }}
#operatorWindow QLabel[part="total"] {{ font-size: 19px; color: {style.COLOURS.secondary}; }}
#operatorWindow QLabel[part="fact"] {{ font-size: 21px; font-weight: 700; }}
#operatorWindow QLabel[part="words"] {{
    font-size: 15px; font-weight: 600; color: {style.COLOURS.secondary};
}}
#operatorWindow QLabel[part="words"][judged="success"] {{ color: {style.COLOURS.success}; }}
#operatorWindow QLabel[part="words"][judged="warning"] {{ color: {style.COLOURS.warning}; }}
#operatorWindow QLabel[part="words"][judged="danger"] {{ color: {style.COLOURS.danger}; }}
#operatorWindow QLabel[part="simulated"] {{
    font-size: 16px; font-weight: 700; letter-spacing: 1px; color: {style.COLOURS.warning};
    background: {style.COLOURS.warning_soft}; border: 1px solid {style.COLOURS.warning_line};
    border-radius: 8px; padding: 3px 10px;
}}
#operatorWindow QLabel[part="recording"] {{
    font-size: 16px; font-weight: 700; color: {style.COLOURS.danger};
}}
#operatorWindow QPushButton {{ font-size: 16px; min-height: 44px; padding: 0 16px; }}
#operatorWindow QPushButton[kind="primary"] {{ font-size: 18px; min-height: 44px; padding: 0 22px; }}
#operatorWindow QLineEdit {{ font-size: 17px; min-height: 40px; }}
#operatorWindow StripChart {{ font-size: 15px; font-weight: 600; }}
#operatorWindow QTableView {{ font-size: 16px; border: 0; border-radius: 0; }}
#operatorWindow QTableView::item {{ padding: 3px 1px; }}
#operatorWindow QHeaderView::section {{ font-size: 14px; padding: 2px 4px; }}
#operatorWindow ScreenPicture {{ font-size: 17px; }}
#operatorWindow QProgressBar {{ min-height: 10px; max-height: 10px; border-radius: 5px; }}
"""


def zoom_for(window: QSize) -> float:
    """How large the words are: as drawn at 1366 × 700, in steps of a twentieth."""
    fits = min(window.width() / 1366, window.height() / 700)
    return round(20 * min(max(fits, 0.6), 2.5)) / 20


def style_sheet(zoom: float) -> str:
    """Return the look of the operator view, all sizes multiplied."""
    return re.sub(r"\b(\d+)px", lambda found: f"{max(1, round(int(found[1]) * zoom))}px", _STYLE)
