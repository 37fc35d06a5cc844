"""The dialog that writes a video, and says how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.scene import Scene
from gradsim.ui.exporter import export_video
from gradsim.ui.jobs import LatestJob
from gradsim.ui.numbers import format_count
from gradsim.ui.playback import Playback
from gradsim.ui.race_memory import with_window_remedy
from gradsim.ui.session import Session
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import label, row
from gradsim.ui.window.export_form import ExportForm

if TYPE_CHECKING:
    from gradsim.core.run import Run


class ExportDialog(QDialog):
    """Asks for a video and writes it on a thread of its own, while the window stays alive.

    The scene is taken as it is when the export begins; playback pauses, which leaves the processor to encoding. Closing
    the dialog cancels, and so does the end of the application; nothing half-written stays.
    """

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export video")
        self._session = session
        self._playback = playback
        self._started_at = 0.0
        self._job = LatestJob(self, name="gradsim export")
        self._job.finished.connect(self._show_written)
        self._job.failed.connect(self._show_failure)
        self._job.progressed.connect(self._show_progress)
        self._job.busy_changed.connect(self._show_busy)
        QCoreApplication.instance().aboutToQuit.connect(self.stop)
        self._build()

    def _build(self) -> None:
        self.form = ExportForm()
        self.note, self.error = label("", "note"), label("", "error")
        self.error.setWordWrap(True)
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setFormat("%p %")
        self.progress_bar.setAccessibleName("Progress of the export")
        policy = self.progress_bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress_bar.setSizePolicy(policy)
        self.progress_bar.hide()
        self.cancel_button, self.export_button = QPushButton("Close"), QPushButton("Export")
        self.cancel_button.setAccessibleName("Close")
        self.export_button.setAccessibleName("Export")
        self.cancel_button.setToolTip("Close this dialog; an export that is under way is cancelled and leaves no file.")
        self.cancel_button.setAutoDefault(False)
        self.export_button.setToolTip("Write the video.")
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        layout = QVBoxLayout(self)
        for widget in (self.form, self.note, self.error, self.progress_bar):
            layout.addWidget(widget)
        layout.addLayout(row(None, self.cancel_button, self.export_button))
        self._follow_scale()
        theme_hub().changed.connect(self._follow_scale)
        self.form.described.connect(self.note.setText)
        self.form.rejected.connect(self._show_problem)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.start)

    def _follow_scale(self, *_: object) -> None:
        side, end, gap = (round(length * theme_hub().scale) for length in (20, 18, 12))
        self.layout().setContentsMargins(side, end, side, end)
        self.layout().setSpacing(gap)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._job.busy:
            self.form.show_scene(self._session.scene, suggested_path(self._session))
            self.form.path_field.setFocus()  # and not, when it is shown again, the button that closed it
        super().showEvent(event)

    def start(self) -> None:
        """Begin to write the video of the scene as it is now."""
        self._session.try_edit(replace(self._session.scene, export=self.form.settings()), "change export")
        self.error.clear()
        self.note.setText("Writing…")
        self._playback.pause()
        self.progress_bar.setValue(0)
        self._started_at = time.monotonic()
        session = self._session
        self._job.submit(_export, session.scene, self.form.path, session.run, session.results.memory_budget)

    def cancel(self) -> None:
        """Cancel an export that is under way; the worker removes what it has written so far."""
        if self._job.busy:
            self._job.cancel()
            self.note.setText("Cancelled; no file was written.")

    def may_end(self) -> bool:
        """Ask before an export that is under way would end with the application; return whether it may."""
        if not self._job.busy:
            return True
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("gradsim")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Cancel the export of “{self.form.path.name}”?")
        box.setInformativeText("The video is not complete yet; nothing of it would be kept.")
        cancel = box.addButton("Cancel the export", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("Go on exporting", QMessageBox.ButtonRole.RejectRole))
        self._job.busy_changed.connect(box.reject)  # it has ended meanwhile: the dialog below says how
        box.exec()
        box.deleteLater()
        return box.clickedButton() is cancel

    def stop(self) -> None:
        """Cancel an export and wait until nothing of it is left; the dialog exports no more."""
        self._job.stop()

    def reject(self) -> None:
        """Escape and the button: cancel an export, and close only where there is none."""
        if self._job.busy:
            self.cancel()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.cancel()
        super().closeEvent(event)

    def _show_problem(self, problem: str) -> None:
        self.error.setText(problem)
        self.export_button.setEnabled(not problem)
        if problem:
            self.note.clear()

    def _show_busy(self, busy: bool) -> None:
        self.form.setEnabled(not busy)
        self.export_button.setEnabled(not busy)
        self.progress_bar.setVisible(busy)
        self.cancel_button.setText("Cancel" if busy else "Close")
        self.cancel_button.setAccessibleName(self.cancel_button.text())
        if not busy:
            self.form.path_field.setFocus()  # which it lost with the form: a refused name can be typed anew at once

    def _show_progress(self, share: float) -> None:
        self.progress_bar.setValue(round(1000 * share))
        elapsed_s = time.monotonic() - self._started_at
        if share > 0.0 and elapsed_s > 1.0:
            self.note.setText(f"About {format_count(max(1, round(elapsed_s * (1 - share) / share)))} s left")

    def _show_written(self, path: Path) -> None:
        self.note.setText(f"Written: {path.name}, {path.stat().st_size / 1e6:.1f} MB")

    def _show_failure(self, error: Exception) -> None:
        error = with_window_remedy(error)
        if not isinstance(error, GradsimError):
            raise error
        self.note.clear()
        self.error.setText(str(error))


def _export(
    scene: Scene,
    path: Path,
    run: Run | None,
    memory_budget: int,
    *,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Path:
    export_video(scene, path, progress=progress, cancelled=cancelled, run=run, memory_budget=memory_budget)
    return path


def suggested_path(session: Session) -> Path:
    """Return where a video would go: beside the scene's file, else in the folder for films, under the scene's name."""
    if session.path is not None:
        return session.path.with_suffix(".mp4")
    films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    name = re.sub(r'[/\\:*?"<>|\x00-\x1f]+', "", session.title).strip(" .") or "race"
    return Path(films if films and Path(films).is_dir() else Path.home()) / f"{name}.mp4"
