"""The look: bundled fonts, and a palette and style sheet made from the colours of a theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gradsim.core.render.palette import THEMES, Theme
from gradsim.resources import asset_path
from gradsim.ui.style_sheet import style_sheet

UI_FONT = "Inter"
MONO_FONT = "JetBrains Mono"
BASE_PIXELS = 12
THEME_NAMES = ("system", "dark", "light")
SCALE_PERCENTS = (80, 90, 100, 110, 125, 150, 175, 200)


class ThemeHub(QObject):
    """Tells whoever paints by hand that the colours have changed."""

    changed = Signal(object)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.name = "system"
        self.theme: Theme = THEMES["dark"]
        self.scale = 1.0
        self.icons: dict[object, QIcon] = {}
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def _follow_system(self) -> None:
        if self.name == "system":
            apply_theme(QApplication.instance(), "system", self.scale)


def theme_hub() -> ThemeHub:
    """The application's one hub; its ``changed`` signal carries the new ``Theme``."""
    app = QApplication.instance()
    hub = app.findChild(ThemeHub)
    return hub if hub is not None else ThemeHub(app)


def current_theme() -> Theme:
    """The colours on show."""
    return theme_hub().theme


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts, once, and return their families; those of the system serve where none are bundled."""
    families: list[str] = []
    folder = asset_path("fonts")
    for file in sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")]):
        number = QFontDatabase.addApplicationFont(str(file))
        if number >= 0:
            families += QFontDatabase.applicationFontFamilies(number)
    return tuple(families)


def ui_font(pixels: float = BASE_PIXELS, *, bold: bool = False) -> QFont:
    """The interface's font at a size in logical pixels."""
    font = QFont(UI_FONT)
    font.setPixelSize(round(pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def mono_font(pixels: float = BASE_PIXELS) -> QFont:
    """The font of numbers and formulas at a size in logical pixels."""
    font = QFont(MONO_FONT)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(round(pixels))
    return font


def resolve_theme(app: QApplication, name: str) -> Theme:
    """The colours of ``name``: "dark", "light", or "system", which is dark unless the desktop says light."""
    if name != "system":
        return THEMES[name]
    light = app.styleHints().colorScheme() == Qt.ColorScheme.Light
    return THEMES["light" if light else "dark"]


def apply_theme(app: QApplication, name: str, scale: float = 1.0) -> Theme:
    """Dress the whole application in theme ``name`` ("dark", "light" or "system"); ``scale`` is the interface size."""
    hub = theme_hub()
    hub.name, hub.scale = name, scale
    hub.theme = theme = resolve_theme(app, name)
    app.setStyle("Fusion")
    app.setFont(ui_font(BASE_PIXELS * scale))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme, scale))
    hub.changed.emit(theme)
    return theme


def palette(theme: Theme) -> QPalette:
    """The Qt palette of ``theme``: Fusion paints arrows, tool tips and disabled text from it."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.card,
        role.Text: theme.text,
        role.Button: theme.card,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.dim_text,
        role.Link: theme.accent,
        role.Light: theme.border,
        role.Midlight: theme.border,
        role.Mid: theme.border,
        role.Dark: theme.window,
        role.Shadow: theme.window,
    }
    result = QPalette()
    for each, color in colors.items():
        result.setColor(each, QColor(color))
    for each in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.dim_text))
    return result


def saved_theme_name() -> str:
    """The theme chosen last time, "system" at first."""
    name = QSettings().value("theme", "system")
    return name if name in THEME_NAMES else "system"


def save_theme_name(name: str) -> None:
    QSettings().setValue("theme", name)


def saved_scale() -> float:
    """The interface size chosen last time, 1.0 at first."""
    try:
        percent = int(QSettings().value("interface size", 100))
    except (TypeError, ValueError):
        return 1.0
    return percent / 100 if percent in SCALE_PERCENTS else 1.0


def next_scale(scale: float, direction: int) -> float:
    """The interface size that follows ``scale`` upwards (1) or downwards (-1); the last one is followed by itself."""
    percents = [each for each in SCALE_PERCENTS if (each - round(100 * scale)) * direction > 0]
    return min(percents, key=lambda each: abs(each - 100 * scale)) / 100 if percents else scale


def save_scale(scale: float) -> None:
    QSettings().setValue("interface size", round(100 * scale))


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, such as ``invalid``; Qt does not notice by itself."""
    if widget.property(name) != value:  # to polish takes longer than to look
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ScaledSize(QObject):
    """Keeps a widget at a size given in logical pixels at an interface size of 100 %, whatever the size is now."""

    def __init__(self, widget: QWidget, resize: Callable[[int], None], pixels: float) -> None:
        super().__init__(widget)
        self._resize, self._pixels = resize, pixels
        theme_hub().changed.connect(self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        self._resize(round(self._pixels * theme_hub().scale))


def fix_width(widget: QWidget, pixels: float) -> None:
    """Fix the width of ``widget``, which then follows the interface size."""
    ScaledSize(widget, widget.setFixedWidth, pixels)


def limit_width(widget: QWidget, pixels: float) -> None:
    """Let ``widget`` be no narrower than ``pixels``, which then follow the interface size."""
    ScaledSize(widget, widget.setMinimumWidth, pixels)


def limit_height(widget: QWidget, pixels: float) -> None:
    """Let ``widget`` be no lower than ``pixels``, which then follow the interface size."""
    ScaledSize(widget, widget.setMinimumHeight, pixels)
