"""The dialogs of the window, each built when it is first needed: none must delay the window's first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gradsim.ui.playback import Playback
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.ui.window.export_dialog import ExportDialog


class WindowDialogs:
    """Shows the dialogs of ``window``."""

    def __init__(self, session: Session, playback: Playback, window: QWidget) -> None:
        self._session = session
        self._playback = playback
        self._window = window
        self._export: ExportDialog | None = None

    @property
    def export(self) -> ExportDialog:
        """The export dialog, which stays and goes on where it was left."""
        if self._export is None:
            from gradsim.ui.window.export_dialog import ExportDialog

            self._export = ExportDialog(self._session, self._playback, self._window)
        return self._export

    def show_export(self) -> None:
        """Show the export dialog beside the window, which stays usable."""
        self.export.show()
        self.export.raise_()
        self.export.activateWindow()

    def show_shortcuts(self) -> None:
        """Show the list of all keys."""
        from gradsim.ui.window.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self._window).exec()

    def show_about(self) -> None:
        """Show which version this is."""
        from gradsim.ui.window.help_dialogs import AboutDialog

        AboutDialog(self._window).exec()

    def may_end(self) -> bool:
        """Whether the window may close, so far as dialogs are concerned; they may ask."""
        return self._export is None or self._export.may_end()

    def stop(self) -> None:
        """Stop what a dialog is working on."""
        if self._export is not None:
            self._export.stop()
