# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The look the widgets share: the current theme, the icons, the fonts; tells when the theme changes.

Built once by the composition root and handed to each widget. Files are read here, at the start, and never later.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from board.ui.fonts import Fonts, Text
from board.ui.icons import Icon, Icons
from board.ui.lettering import Lettering
from board.ui.theme import Role, Theme, load_theme, palette


class Scheme(StrEnum):
    """Which theme to show: the system's own choice, or always one of the two."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Look(QObject):
    """Theme, icons, fonts and the `letters` made of them; `changed` is emitted after the theme was replaced."""

    changed = Signal()

    def __init__(
        self, folder: Path, scheme: Scheme = Scheme.SYSTEM, system_is_dark: Callable[[], bool] | None = None
    ) -> None:
        super().__init__()
        self._system_is_dark = system_is_dark or _system_is_dark
        self._themes: Mapping[Scheme, Theme] = {
            kind: load_theme(folder / "themes" / f"{kind}.toml") for kind in (Scheme.LIGHT, Scheme.DARK)
        }
        self._icons = Icons(folder / "icons")
        self._fonts = Fonts.load(folder / "fonts")
        self.letters = Lettering(self._fonts)
        self._scheme = scheme
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._theme = self._chosen()

    @property
    def theme(self) -> Theme:
        """The theme shown now."""
        return self._theme

    @property
    def scheme(self) -> Scheme:
        """What was chosen."""
        return self._scheme

    def choose(self, scheme: Scheme) -> None:
        """Show the theme of `scheme` from now on."""
        self._scheme = scheme
        self._refresh()

    def dress(self, app: QApplication) -> None:
        """Give `app` the style, the font and the palette; keep the palette right when the theme changes."""
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(self.font(Text.BODY))
        app.setPalette(palette(self._theme))
        self.changed.connect(lambda: app.setPalette(palette(self._theme)))

    def dress_window(self, window: QWidget) -> None:
        """Give a window the palette where this is not the look of the application; keep it right."""
        window.setPalette(palette(self._theme))
        self.changed.connect(lambda: window.setPalette(palette(self._theme)))

    def color(self, role: Role) -> QColor:
        """Return the colour of `role` in the current theme."""
        return self._theme.color(role)

    def font(self, kind: Text) -> QFont:
        """Return the font for `kind`."""
        return self._fonts.font(kind)

    def letters_at(self, scale: float) -> Lettering:
        """Return letters `scale` times as large; the caller keeps them."""
        return Lettering(self._fonts.scaled(scale))

    def pixmap(self, icon: Icon, color: QColor, size: int, ratio: float) -> QPixmap:
        """Return `icon` in `color`, `size` logical pixels square, for a screen of `ratio`."""
        return self._icons.pixmap(icon, color, size, ratio)

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._refresh()

    def _chosen(self) -> Theme:
        if self._scheme is not Scheme.SYSTEM:
            return self._themes[self._scheme]
        return self._themes[Scheme.DARK if self._system_is_dark() else Scheme.LIGHT]

    def _refresh(self) -> None:
        chosen = self._chosen()
        if chosen is not self._theme:
            self._theme = chosen
            self.changed.emit()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
