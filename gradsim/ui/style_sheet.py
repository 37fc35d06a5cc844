"""The style sheet: what Fusion and the palette leave plain, in the colours and at the size of a theme."""

from __future__ import annotations

from gradsim.core.render.palette import Theme

RADIUS_PIXELS = 8


def mix(first: str, second: str, share: float) -> str:
    """The colour ``share`` of the way from ``first`` to ``second``, both ``#RRGGBB``."""
    channels = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in channels)


def style_sheet(theme: Theme, scale: float = 1.0) -> str:
    """The application's style sheet; every length is in logical pixels times ``scale``.

    Widgets opt in by object name (``card``, ``heading``, ``dim``, ``number``, ``error`` …), so that dialogs of other
    modules look the same without knowing more than a name.
    """

    def px(length: float) -> str:
        return f"{max(1, round(length * scale))}px"

    # Qt draws square corners where a radius is more than half of the side.
    half, groove = max(1, round(6 * scale)), 2 * max(1, round(2 * scale))
    hover = mix(theme.card, theme.text, 0.08)
    pressed = mix(theme.card, theme.text, 0.16)
    off = mix(theme.dim_text, theme.panel, 0.45)
    return f"""
* {{ font-size: {px(12)}; }}
QToolTip {{
  background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border}; padding: {px(5)} {px(8)};
}}

QFrame#card {{ background: {theme.panel}; border: 1px solid {theme.card}; border-radius: {px(RADIUS_PIXELS)}; }}
QFrame#card[enabledEntry="false"] {{ background: {theme.window}; }}
QFrame#bottomBar {{ background: {theme.window}; border: 0; border-top: 1px solid {theme.card}; }}
QFrame#plotPanel {{ background: {theme.panel}; border-radius: {px(RADIUS_PIXELS)}; }}
QWidget#panel, QWidget#topBar {{ background: {theme.window}; }}

QLabel {{ background: transparent; }}
QLabel#brand {{ font-size: {px(15)}; font-weight: 700; }}
QLabel#panelTitle {{ font-size: {px(13)}; font-weight: 600; }}
QLabel#lessonText {{ font-size: {px(13)}; }}
QLabel#heading {{ color: {theme.dim_text}; font-size: {px(11)}; font-weight: 600; }}
QLabel#dim, QLabel#note {{ color: {theme.dim_text}; }}
QLabel#note {{ font-size: {px(11)}; }}
QLabel#error {{ color: {theme.error}; font-size: {px(11)}; }}
QLabel#number, QLabel#dimNumber {{ font-family: 'JetBrains Mono'; font-size: {px(11)}; }}
QLabel#dimNumber {{ color: {theme.dim_text}; }}
QLabel#cardTitle {{ font-size: {px(13)}; font-weight: 600; }}
QLabel#cardTitle:disabled {{ color: {theme.dim_text}; font-weight: 500; }}

QLineEdit, QPlainTextEdit, QComboBox {{
  background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: {px(6)};
  padding: {px(3)} {px(7)}; selection-background-color: {theme.accent}; selection-color: {theme.accent_text};
}}
QFrame#card QLineEdit, QFrame#card QComboBox {{ background: {theme.window}; }}
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover {{ border-color: {mix(theme.border, theme.text, 0.2)}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border-color: {theme.accent}; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {off}; }}
QLineEdit#number, QPlainTextEdit#formula {{ font-family: 'JetBrains Mono'; }}
QLineEdit#number {{ font-size: {px(11)}; padding: {px(3)} {px(5)}; }}
QLineEdit#counter {{
  font-family: 'JetBrains Mono'; font-size: {px(11)}; padding: {px(3)} {px(4)}; background: transparent;
  border-color: transparent;
}}
QLineEdit#counter:hover {{ border-color: {theme.border}; }}
QLineEdit#counter:focus {{ background: {theme.panel}; border-color: {theme.accent}; }}
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] {{ border-color: {theme.error}; }}
QComboBox {{ padding-right: {px(20)}; }}
QComboBox::drop-down {{ border: 0; width: {px(20)}; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{
  background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border}; padding: {px(4)}; outline: 0;
  selection-background-color: {theme.accent}; selection-color: {theme.accent_text};
}}
QComboBox QAbstractItemView::item {{ min-height: {px(24)}; padding: 0 {px(6)}; }}

QPushButton, QToolButton {{
  background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border}; border-radius: {px(6)};
  padding: {px(5)} {px(11)};
}}
QToolButton {{ padding: {px(5)}; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {pressed}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {theme.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {off}; }}
QPushButton#primary {{
  background: {theme.accent}; border-color: {theme.accent}; color: {theme.accent_text}; font-weight: 600;
}}
QPushButton#primary:hover {{ background: {mix(theme.accent, theme.text, 0.2)}; }}
QPushButton#primary:disabled {{ background: {theme.card}; border-color: {theme.border}; color: {off}; }}
QToolButton#flat, QToolButton#tiny, QToolButton#slim,
QPushButton#link {{ background: transparent; border: 1px solid transparent; }}
QToolButton#tiny {{ padding: {px(3)}; }}
QToolButton#slim {{ padding: {px(3)} 0; }}
QToolButton#flat:hover, QToolButton#tiny:hover, QToolButton#slim:hover,
QToolButton#slim:checked, QToolButton#flat:checked {{ background: {hover}; }}
QToolButton#flat:checked {{ border-color: {theme.accent}; }}
QToolButton#flat:focus, QToolButton#tiny:focus, QToolButton#slim:focus,
QPushButton#link:focus {{ border-color: {theme.accent}; }}
QToolButton:checked {{ background: {hover}; border-color: {theme.accent}; }}
QToolButton#flat::menu-indicator, QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0; }}
QToolButton#sectionHead {{
  background: transparent; border: 0; padding: {px(2)} 0; color: {theme.dim_text}; font-size: {px(11)};
  font-weight: 600; text-align: left;
}}
QToolButton#sectionHead:hover, QToolButton#sectionHead:focus {{ color: {theme.text}; }}
QToolButton#preset {{ padding: 0; }}
QListView#pictures, QListView#words {{ background: {theme.card}; border: 0; outline: 0; }}
QToolButton#panelHead {{
  background: transparent; border: 0; padding: {px(3)} 0; color: {theme.text}; font-size: {px(13)};
  font-weight: 600; text-align: left;
}}
QToolButton#panelHead:hover, QToolButton#panelHead:focus {{ color: {theme.accent}; }}
QToolButton#choice {{
  background: transparent; border: 1px solid transparent; border-radius: {px(5)}; padding: {px(1)} {px(7)};
  color: {theme.dim_text}; font-size: {px(11)};
}}
QToolButton#choice:hover {{ color: {theme.text}; }}
QToolButton#choice:checked {{ background: {theme.card}; border-color: {theme.border}; color: {theme.text}; }}
QToolButton#choice:focus {{ border-color: {theme.accent}; }}
QPushButton#link {{ color: {theme.accent}; padding: 0; text-align: left; font-size: {px(11)}; }}
QPushButton#link:hover {{ text-decoration: underline; }}
QPushButton#link:disabled {{ color: {off}; }}

QSlider {{ min-height: {px(18)}; background: transparent; }}
QSlider::groove:horizontal {{ height: {groove}px; background: {theme.border}; border-radius: {groove // 2}px; }}
QSlider::sub-page:horizontal {{ background: {theme.accent}; border-radius: {groove // 2}px; }}
QSlider::handle:horizontal {{
  width: {2 * half}px; height: {2 * half}px; margin: -{half - groove // 2}px 0; border-radius: {half}px;
  background: {theme.text};
}}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {theme.accent}; }}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{ background: {off}; }}

QScrollArea, QScrollArea > QWidget > QWidget#panel {{ border: 0; background: {theme.window}; }}
QScrollArea#clear, QScrollArea#clear > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ width: {px(8)}; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: {px(8)}; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {theme.border}; border-radius: {px(4)}; min-height: {px(30)}; min-width: {px(30)}; }}
QScrollBar::handle:hover {{ background: {mix(theme.border, theme.text, 0.2)}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QMenuBar {{ background: transparent; spacing: 0; }}
QMenuBar::item {{ background: transparent; color: {theme.text}; padding: {px(5)} {px(9)}; border-radius: {px(6)}; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {theme.card}; }}
QFrame#segments {{ background: {theme.panel}; border: 1px solid {theme.card}; border-radius: {px(8)}; }}
QToolButton#segment {{
  background: transparent; border: 1px solid transparent; color: {theme.dim_text}; padding: {px(4)} {px(12)};
}}
QToolButton#segment:hover {{ color: {theme.text}; }}
QToolButton#segment:checked {{ background: {hover}; border-color: transparent; color: {theme.text}; font-weight: 600; }}
QToolButton#segment:focus {{ border-color: {theme.accent}; }}

QMenu {{ background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border}; padding: {px(5)}; }}
QMenu::item {{ padding: {px(5)} {px(22)} {px(5)} {px(24)}; border-radius: {px(4)}; }}
QMenu::item:selected {{ background: {theme.accent}; color: {theme.accent_text}; }}
QMenu::item:disabled {{ color: {theme.dim_text}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {theme.border}; margin: {px(5)} {px(6)}; }}
QMenu::section {{ color: {theme.dim_text}; }}

QMainWindow#dockArea, QDockWidget > QWidget {{ background: {theme.window}; }}
QMainWindow#dockArea::separator {{ background: transparent; width: {px(6)}; height: {px(6)}; }}
QMainWindow#dockArea::separator:hover {{ background: {theme.border}; }}
QWidget#dockTitle {{ background: {theme.window}; }}
QWidget#dockTitle QToolButton#flat {{ padding: {px(2)}; }}
QMainWindow#dockArea > QTabBar::tab {{
  background: transparent; color: {theme.dim_text}; font-weight: 600; padding: {px(4)} {px(10)}; border: 0;
  border-bottom: 2px solid transparent;
}}
QMainWindow#dockArea > QTabBar::tab:hover, QMainWindow#dockArea > QTabBar::tab:selected {{ color: {theme.text}; }}
QMainWindow#dockArea > QTabBar::tab:selected {{ border-bottom-color: {theme.accent}; }}

QTableView {{
  background: transparent; border: 0; outline: 0; font-size: {px(11)};
  selection-background-color: {mix(theme.panel, theme.accent, 0.28)}; selection-color: {theme.text};
}}
QTableView::item {{ padding: 0 {px(3)}; border: 0; }}
QTableView::item:focus {{ border: 0; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{
  background: transparent; color: {theme.dim_text}; border: 0; border-bottom: 1px solid {theme.border};
  padding: {px(3)}; font-size: {px(11)}; font-weight: 600;
}}
QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
QHeaderView::section:hover {{ color: {theme.text}; }}

QFrame#popup {{ background: {theme.card}; border: 1px solid {theme.border}; border-radius: {px(RADIUS_PIXELS)}; }}
QListWidget#choices {{ background: transparent; border: 0; outline: 0; color: {theme.text}; }}
QListWidget#choices::item {{ padding: {px(4)} {px(8)}; border-radius: {px(5)}; }}
QListWidget#choices::item:selected {{ background: {theme.accent}; color: {theme.accent_text}; }}
QListWidget#choices::item:disabled {{ color: {theme.dim_text}; padding: {px(5)} {px(2)} {px(2)} {px(2)}; }}

QProgressBar {{
  background: {theme.panel}; border: 1px solid {theme.border}; border-radius: {px(6)}; text-align: center;
  min-height: {px(16)};
}}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: {px(5)}; }}
QDialog, QMessageBox {{ background: {theme.window}; }}
QMessageBox QLabel {{ min-width: {px(360)}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
"""
