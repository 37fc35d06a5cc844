"""What is asked about a video: file, size, frame rate, length and theme."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QLineEdit, QPushButton, QWidget

from gradsim.core.errors import ExportError
from gradsim.core.scene import Export, Scene
from gradsim.ui.drawing.picture_layout import MAX_PANELS
from gradsim.ui.exporter import MAX_SECONDS, count_frames, video_seconds
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import ComboBox, label, row
from gradsim.ui.widgets.number_field import NumberField

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440), "4K": (3840, 2160)}
FRAME_RATES = (24, 25, 30, 50, 60, 120)
FILE_FILTER = "Videos (*.mp4)"


def view_words(scene: Scene) -> str:
    """Return what a video of ``scene`` shows, such as ``side by side, 6 panels, zoomed as in the window``."""
    n_racing = len(scene.racing)
    if scene.view.layout == "map" or n_racing < 2:
        words = "one map"
    elif n_racing <= MAX_PANELS:
        words = f"side by side, {n_racing} panels"
    else:
        words = f"side by side, the first {MAX_PANELS} of {n_racing} optimizers"
    zoomed = scene.view.x is not None or scene.view.y is not None
    return f"{words}, zoomed as in the window" if zoomed else words


class ExportForm(QWidget):
    """The fields of an export. ``described`` carries a line on what they give, ``rejected`` one on what is wrong."""

    described = Signal(str)
    rejected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_steps = 0
        self.path_field = QLineEdit()
        self.path_field.setAccessibleName("Video file")
        self.path_field.setToolTip("Where the video is written; its suffix decides the format.")
        self.browse_button = QPushButton("Browse…")
        self.browse_button.setAccessibleName("Browse")
        self.browse_button.setToolTip("Choose the folder and the name of the video.")
        self.browse_button.setAutoDefault(False)
        self.view = QLabel()
        self.view.setToolTip("What the video shows: as the window does, with the part of the map in view.")
        self.size_box = ComboBox("Size", "How many pixels the video has.")
        for name, (width, height) in SIZES.items():
            self.size_box.addItem(f"{name}  {width} × {height}", (width, height))
        self.size_box.addItem("Custom", None)
        self.width_field = _pixel_field("Width", 16, 7680)
        self.height_field = _pixel_field("Height", 16, 4320)
        self.fps_box = ComboBox(
            "Frames per second", "How many pictures a second has; 60 is smooth, 30 is a smaller file."
        )
        for rate in FRAME_RATES:
            self.fps_box.addItem(f"{rate} per second", rate)
        self.seconds_field = NumberField(
            "Length in seconds",
            "How long the whole race takes in the video.",
            check=lambda value: (
                None if 0 < value <= MAX_SECONDS else f"the length must be in (0, {MAX_SECONDS:g}] seconds"
            ),
        )
        self.theme_box = ComboBox("Theme", "Dark suits a darkened room, light suits slides and print.")
        self.theme_box.addItem("Dark", "dark")
        self.theme_box.addItem("Light", "light")
        self._lay_out()
        self._connect()

    @property
    def path(self) -> Path:
        """Where the video goes."""
        return Path(self.path_field.text().strip()).expanduser()

    def settings(self) -> Export:
        """What the fields say."""
        return Export(
            width=int(self.width_field.value),
            height=int(self.height_field.value),
            fps=self.fps_box.currentData(),
            seconds=self.seconds_field.value,
            theme=self.theme_box.currentData(),
        )

    def show_scene(self, scene: Scene, path: Path) -> None:
        """Offer what the scene says about its video, else a video that looks like the window, written to ``path``."""
        self._n_steps = scene.steps
        self.view.setText(view_words(scene))
        export = scene.export
        self.width_field.show_value(export.width)
        self.height_field.show_value(export.height)
        if self.fps_box.findData(export.fps) < 0:
            self.fps_box.addItem(f"{export.fps} per second", export.fps)
        self.fps_box.show_data(export.fps)
        self.seconds_field.show_value(float(f"{min(MAX_SECONDS, video_seconds(scene)):.4g}"))
        self.theme_box.show_data(current_theme().name if export == Export() else export.theme)
        self.path_field.setText(str(path))
        self._show_size()
        self.describe()

    def describe(self) -> None:
        """Tell how many frames the fields would give, or why none."""
        export = self.settings()
        seconds = self.seconds_field.value
        try:
            n_frames = count_frames(seconds, export.fps)
        except ExportError as error:
            self.rejected.emit(str(error))
            return
        self.rejected.emit("")
        speed = format_number(self._n_steps / seconds, digits=3)
        replaces = "; replaces the file that is there" if self.path.is_file() else ""
        self.described.emit(f"{format_count(n_frames)} frames at {speed} steps per second{replaces}")

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(label("File"), row(self.path_field, self.browse_button))
        form.addRow(label("View"), self.view)
        form.addRow(label("Size"), row(self.size_box, self.width_field, label("×"), self.height_field, None))
        form.addRow(label("Frames"), row(self.fps_box, None))
        form.addRow(label("Length"), row(self.seconds_field, label("seconds"), None))
        form.addRow(label("Theme"), row(self.theme_box, None))
        self._follow_scale()
        theme_hub().changed.connect(self._follow_scale)

    def _follow_scale(self, *_: object) -> None:
        scale = theme_hub().scale
        form = self.layout()
        assert isinstance(form, QFormLayout)
        form.setVerticalSpacing(round(10 * scale))
        form.setHorizontalSpacing(round(16 * scale))
        self.path_field.setMinimumWidth(round(320 * scale))
        for box in (self.size_box, self.fps_box, self.theme_box):
            box.setMinimumWidth(round(168 * scale))
        for field in (self.width_field, self.height_field, self.seconds_field):
            field.setFixedWidth(round(64 * scale))

    def _connect(self) -> None:
        self.browse_button.clicked.connect(self._browse)
        self.path_field.textChanged.connect(self.describe)
        self.size_box.activated.connect(self._take_size)
        self.fps_box.activated.connect(self.describe)
        for field in (self.width_field, self.height_field):
            field.changed.connect(self._show_size)
        for field in (self.width_field, self.height_field, self.seconds_field):
            field.changed.connect(self.describe)
            field.rejected.connect(self.rejected)

    def _show_size(self, *_: object) -> None:
        size = (int(self.width_field.value), int(self.height_field.value))
        index = next((index for index in range(self.size_box.count()) if self.size_box.itemData(index) == size), None)
        self.size_box.setCurrentIndex(self.size_box.count() - 1 if index is None else index)

    def _take_size(self, *_: object) -> None:
        size = self.size_box.currentData()
        if size is None:
            self.width_field.setFocus()
            self.width_field.selectAll()
            return
        self.width_field.show_value(size[0])
        self.height_field.show_value(size[1])
        self.describe()

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Export video", self.path_field.text(), FILE_FILTER)
        if path:
            self.path_field.setText(path if Path(path).suffix else f"{path}.mp4")


def _pixel_field(name: str, low: int, high: int) -> NumberField:
    def check(value: float) -> str | None:
        if value != int(value) or value % 2 or not low <= value <= high:
            return f"the {name.lower()} must be an even number from {low} to {high}"
        return None

    return NumberField(f"{name} in pixels", f"{name} of the video in pixels, an even number.", check=check)
