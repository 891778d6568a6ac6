# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Themes: complete, readable, refused in plain words; and the look that hands them out."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from board.resources import resources
from board.states import DeviceState, PresenceState
from board.ui.fonts import Text
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from board.ui.look import Look, Scheme
from board.ui.theme import Role, Theme, ThemeError, load_theme

THEMES = sorted((resources() / "themes").glob("*.toml"))
AA = 4.5


def luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_pairs(theme: Theme) -> dict[str, tuple[QColor, QColor]]:
    """Every colour of text with every ground it stands on."""
    card, stale, surface = (theme.color(r) for r in (Role.CARD, Role.CARD_STALE, Role.SURFACE))
    pairs = {
        f"{role} on {name}": (theme.color(role), ground)
        for role in (Role.INK, Role.SOFT)
        for name, ground in (("card", card), ("stale card", stale), ("surface", surface))
    }
    pairs |= {f"{role} on card": (theme.color(role), card) for role in (Role.WARNING, Role.FAULT)}
    pairs["warning on stale card"] = (theme.color(Role.WARNING), stale)
    pairs["accent text on accent tint"] = (theme.color(Role.ACCENT_TEXT), theme.color(Role.ACCENT_TINT))
    for state, tone in theme.device.items():
        pairs[f"{state} block"] = (tone.text, tone.tint)
        pairs[f"ink on the wall's {state}"] = (theme.color(Role.INK), tone.tint)
        pairs[f"{state} word"] = (tone.mark, card)
    return pairs | {f"{state} person": (color, card) for state, color in theme.person.items()}


@pytest.mark.parametrize("path", THEMES, ids=lambda path: path.stem)
def test_every_text_can_be_read(path: Path, qapp: QApplication) -> None:
    weak = {what: round(contrast(*pair), 2) for what, pair in text_pairs(load_theme(path)).items()}
    assert {what: value for what, value in weak.items() if value < AA} == {}


@pytest.mark.parametrize("path", THEMES, ids=lambda path: path.stem)
def test_a_stale_card_differs_from_every_block_and_from_a_card(path: Path, qapp: QApplication) -> None:
    theme = load_theme(path)
    grounds = [theme.color(Role.CARD), *(tone.tint for tone in theme.device.values())]
    assert theme.color(Role.CARD_STALE) not in grounds


def test_a_theme_that_lacks_a_role_is_refused_with_file_place_and_remedy(tmp_path: Path, qapp: QApplication) -> None:
    text = THEMES[0].read_text()
    for broken, place in (
        (text.replace("ink = ", "inc = "), "roles.ink"),
        (text.replace('[person.dnd]\nmark = "', '[person.dnd]\nmark = "no'), "person.dnd.mark"),
        (text.replace("[device.idle]", "[device.idel]"), "device.idle.mark"),
    ):
        path = tmp_path / "mine.toml"
        path.write_text(broken)
        with pytest.raises(ThemeError, match=place) as refused:
            load_theme(path)
        assert str(path) in str(refused.value)
        assert "#" in str(refused.value)


def test_a_file_that_is_no_toml_or_not_there_is_refused(tmp_path: Path, qapp: QApplication) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(ThemeError, match="cannot be read"):
        load_theme(path)
    path.write_text("= nonsense")
    with pytest.raises(ThemeError, match="cannot be read"):
        load_theme(path)


def test_every_state_has_a_glyph_of_its_own() -> None:
    assert set(DEVICE_ICONS) == set(DeviceState)
    assert set(PERSON_ICONS) == set(PresenceState)
    glyphs = [*DEVICE_ICONS.values(), *PERSON_ICONS.values()]
    assert len(set(glyphs)) == len(glyphs)


def test_an_icon_is_tinted_and_kept(look: Look) -> None:
    red = QColor("#ff0000")
    pixmap = look.pixmap(Icon.PHONE, red, 24, 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (48, 2.0)
    image = pixmap.toImage()
    solid = {
        image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255
    }
    assert solid == {"#ff0000"}
    assert look.pixmap(Icon.PHONE, red, 24, 2.0).cacheKey() == pixmap.cacheKey()


def test_the_fonts_are_the_program_s_own(look: Look) -> None:
    assert QFontInfo(look.font(Text.BODY)).family() == "Inter"


def test_choosing_a_scheme_changes_the_theme_once_and_the_palette(qapp: QApplication) -> None:
    look = Look(resources(), Scheme.LIGHT)
    look.dress(qapp)
    changed = QSignalSpy(look.changed)
    look.choose(Scheme.DARK)
    look.choose(Scheme.DARK)
    assert changed.count() == 1
    assert look.theme.dark
    assert qapp.palette().window().color() == look.color(Role.CARD)


def test_the_system_s_scheme_is_followed_until_another_is_chosen(qapp: QApplication) -> None:
    dark = [False]
    look = Look(resources(), Scheme.SYSTEM, lambda: dark[0])
    told = QGuiApplication.styleHints().colorSchemeChanged
    assert not look.theme.dark
    dark[0] = True
    told.emit(Qt.ColorScheme.Dark)
    assert look.theme.dark
    look.choose(Scheme.LIGHT)
    told.emit(Qt.ColorScheme.Dark)
    assert not look.theme.dark
    look.choose(Scheme.SYSTEM)
    assert look.theme.dark
