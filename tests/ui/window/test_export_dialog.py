"""The export dialog writes what it says, and cancels cleanly."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from small_races import finished_session, valley

from gradsim.core.scene import Export, View
from gradsim.ui.playback import Playback
from gradsim.ui.theme import apply_theme
from gradsim.ui.window.export_dialog import ExportDialog, suggested_path
from gradsim.ui.window.export_form import FRAME_RATES, SIZES, view_words


@pytest.fixture
def dialog(qtbot, tmp_path: Path):
    session = finished_session(valley())
    dialog = ExportDialog(session, Playback())
    dialog.session = session
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.form.path_field.setText(str(tmp_path / "race.mp4"))
    yield dialog
    dialog.stop()
    session.stop()


def type_number(qtbot, field, text: str) -> None:
    field.setText(text)
    field.editingFinished.emit()


def test_it_offers_what_the_scene_says(dialog) -> None:
    assert dialog.form.settings() == valley().export
    assert dialog.note.text() == "10 frames at 40 steps per second"
    assert dialog.form.size_box.currentText() == "Custom"


def test_a_scene_without_export_settings_is_offered_in_the_window_theme(qtbot, qapp) -> None:
    apply_theme(qapp, "light")
    session = finished_session(valley(export=Export()))
    dialog = ExportDialog(session, Playback())
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.form.settings() == Export(seconds=1.0, theme="light")
    dialog.stop()
    session.stop()
    apply_theme(qapp, "dark")


@pytest.mark.parametrize("name", SIZES)
def test_a_size_by_name_fills_in_its_pixels(dialog, name: str) -> None:
    box = dialog.form.size_box
    box.setCurrentIndex(list(SIZES).index(name))
    box.activated.emit(box.currentIndex())
    settings = dialog.form.settings()
    assert (settings.width, settings.height) == SIZES[name]


def test_the_estimate_follows_every_field(qtbot, dialog) -> None:
    type_number(qtbot, dialog.form.seconds_field, "2.5")
    box = dialog.form.fps_box
    box.setCurrentIndex(FRAME_RATES.index(60))
    box.activated.emit(box.currentIndex())
    assert dialog.note.text() == "150 frames at 16 steps per second"


def test_an_odd_width_is_refused_with_its_remedy(qtbot, dialog) -> None:
    type_number(qtbot, dialog.form.width_field, "321")
    assert dialog.error.text() == "the width must be an even number from 16 to 7680"
    assert dialog.form.settings().width == 320


def test_a_video_too_short_for_a_frame_cannot_be_exported(qtbot, dialog) -> None:
    type_number(qtbot, dialog.form.seconds_field, "0.01")
    assert "no frame" in dialog.error.text()
    assert not dialog.export_button.isEnabled()
    type_number(qtbot, dialog.form.seconds_field, "1")
    assert dialog.error.text() == ""
    assert dialog.export_button.isEnabled()


def test_it_says_when_a_file_would_be_replaced(dialog) -> None:
    dialog.form.path.write_bytes(b"")
    dialog.form.describe()
    assert dialog.note.text().endswith("; replaces the file that is there")


def test_it_writes_the_video_and_keeps_its_settings_in_the_scene(qtbot, dialog) -> None:
    type_number(qtbot, dialog.form.seconds_field, "0.5")
    dialog.export_button.click()
    assert dialog.cancel_button.text() == "Cancel"
    assert not dialog.form.isEnabled()
    qtbot.waitUntil(lambda: dialog.note.text().startswith("Written: race.mp4"))
    assert dialog.form.isEnabled()
    assert dialog.cancel_button.text() == "Close"
    assert dialog.session.scene.export.seconds == 0.5
    with av.open(str(dialog.form.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 5


def test_cancelling_leaves_no_file(qtbot, dialog) -> None:
    type_number(qtbot, dialog.form.seconds_field, "600")
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.progress_bar.value() > 2)
    dialog.cancel_button.click()
    assert dialog.isVisible()
    assert dialog.note.text() == "Cancelled; no file was written."
    folder = dialog.form.path.parent
    qtbot.waitUntil(lambda: list(folder.iterdir()) == [])


@pytest.mark.parametrize("end", ["close", "stop"])
def test_closing_during_an_export_leaves_no_file(qtbot, dialog, end: str) -> None:
    type_number(qtbot, dialog.form.seconds_field, "600")
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.progress_bar.value() > 2)
    getattr(dialog, end)()
    folder = dialog.form.path.parent
    qtbot.waitUntil(lambda: list(folder.iterdir()) == [])


@pytest.mark.parametrize("text", ["Cancel the export", "Go on exporting"])
def test_an_export_under_way_does_not_end_with_the_window_unasked(qtbot, dialog, text: str) -> None:
    assert dialog.may_end()
    type_number(qtbot, dialog.form.seconds_field, "600")
    dialog.start()

    def answer() -> None:
        box = dialog.findChild(QMessageBox)
        if box is None:
            QTimer.singleShot(10, answer)
            return
        next(button for button in box.buttons() if button.text() == text).click()

    QTimer.singleShot(0, answer)
    assert dialog.may_end() == (text == "Cancel the export")
    dialog.cancel()


def test_shown_again_it_takes_a_name_at_once(qtbot, dialog) -> None:
    for end in (dialog.cancel_button.click, dialog.reject):
        qtbot.waitUntil(dialog.form.path_field.hasFocus)
        dialog.cancel_button.setFocus()
        end()
        dialog.show()
        dialog.activateWindow()
    qtbot.waitUntil(dialog.form.path_field.hasFocus)


@pytest.mark.parametrize(("name", "words"), [("race.doc", ".doc"), ("missing/race.mp4", "missing"), ("", "format")])
def test_a_place_that_cannot_be_written_is_one_line(qtbot, dialog, name: str, words: str) -> None:
    folder = dialog.form.path.parent
    dialog.form.path_field.setText(str(folder / name) if name else "")
    dialog.export_button.click()
    qtbot.waitUntil(lambda: bool(dialog.error.text()))
    assert words in dialog.error.text()
    assert "\n" not in dialog.error.text()
    assert dialog.export_button.isEnabled()
    assert dialog.focusWidget() is dialog.form.path_field


def test_the_suggested_name_is_that_of_the_scene(tmp_path: Path) -> None:
    session = finished_session(valley(title='Why "Adam" / wins: a tale?'))
    assert suggested_path(session).name == "Why Adam  wins a tale.mp4"
    session.path = tmp_path / "lesson.gradsim"
    assert suggested_path(session) == tmp_path / "lesson.mp4"
    session.stop()


@pytest.mark.parametrize(
    ("n", "view", "words"),
    [
        (3, View(), "one map"),
        (1, View(layout="panels"), "one map"),
        (3, View(layout="panels"), "side by side, 3 panels"),
        (15, View(layout="panels"), "side by side, the first 12 of 15 optimizers"),
        (3, View(x=(0.0, 1.0), y=(0.0, 1.0)), "one map, zoomed as in the window"),
    ],
)
def test_it_says_what_the_video_will_show(n: int, view: View, words: str) -> None:
    assert view_words(valley(n, view=view)) == words


def test_it_follows_the_layout_of_the_window(dialog) -> None:
    assert dialog.form.view.text() == "one map"
    session = dialog.session
    session.edit(replace(session.scene, view=replace(session.scene.view, layout="panels")), "change layout")
    dialog.hide()
    dialog.show()
    assert dialog.form.view.text() == "side by side, 2 panels"


def test_it_grows_with_the_interface(dialog, qapp) -> None:
    fields = (dialog.form.path_field, dialog.form.width_field, dialog.form.size_box)
    widths = [field.minimumWidth() for field in fields]
    apply_theme(qapp, "dark", 1.5)
    try:
        assert [field.minimumWidth() for field in fields] == [1.5 * width for width in widths]
    finally:
        apply_theme(qapp, "dark", 1.0)
