# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The type: Inter where its files are there, else the system's own, in the few sizes the program uses."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Self

from PySide6.QtGui import QFont, QFontDatabase

Weight = QFont.Weight


class Text(Enum):
    """A kind of text."""

    SMALL = "small"
    COUNTER = "counter"
    CAPTION = "caption"
    CAPTION_MEDIUM = "caption_medium"
    CAPTION_STRONG = "caption_strong"
    BODY = "body"
    BODY_STRONG = "body_strong"
    BODY_HEADING = "body_heading"
    NUMBER = "number"
    NAME = "name"
    NAME_SMALL = "name_small"
    TITLE = "title"
    DISPLAY = "display"


# Kind -> size in logical pixels and weight.
_KINDS: Mapping[Text, tuple[int, QFont.Weight]] = MappingProxyType(
    {
        Text.SMALL: (11, Weight.Medium),
        Text.COUNTER: (12, Weight.DemiBold),
        Text.CAPTION: (12, Weight.Normal),
        Text.CAPTION_MEDIUM: (12, Weight.Medium),
        Text.CAPTION_STRONG: (12, Weight.DemiBold),
        Text.BODY: (13, Weight.Normal),
        Text.BODY_STRONG: (13, Weight.Medium),
        Text.BODY_HEADING: (13, Weight.DemiBold),
        Text.NUMBER: (14, Weight.Medium),
        Text.NAME: (15, Weight.DemiBold),
        Text.NAME_SMALL: (13, Weight.DemiBold),
        Text.TITLE: (17, Weight.DemiBold),
        Text.DISPLAY: (24, Weight.DemiBold),
    }
)


class Fonts:
    """Fonts by kind of text; all have tabular figures, so that running times do not wobble."""

    def __init__(self, family: str, scale: float = 1) -> None:
        self._family = family
        self._fonts = {kind: _font(family, round(size * scale), weight) for kind, (size, weight) in _KINDS.items()}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Register the font files in `folder` and return the fonts of their family, else of the system's."""
        return cls(_load(folder))

    def scaled(self, scale: float) -> "Fonts":
        """Return the same fonts, `scale` times as large."""
        return Fonts(self._family, scale)

    def font(self, kind: Text) -> QFont:
        """Return the font for `kind`."""
        return self._fonts[kind]


def _load(folder: Path) -> str:
    """Register the font files in `folder`; return their family, or the system's where there is none."""
    families = [
        family
        for path in sorted(folder.glob("*.otf"))
        for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    ]
    return min(families, key=len, default=QFont().family())


def _font(family: str, size: int, weight: QFont.Weight) -> QFont:
    font = QFont(family)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("calt"), 0)  # Inter would draw "=>" of a dialplan line as an arrow
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
