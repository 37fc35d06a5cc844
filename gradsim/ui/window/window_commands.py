"""The table of commands: every menu with its entries, their keys and what they do; and the actions made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from gradsim.ui.race_memory import MEMORY_MIB, RACE_MEMORY, memory_text
from gradsim.ui.session import CODE_LIBRARIES
from gradsim.ui.theme import SCALE_PERCENTS


@dataclass(frozen=True)
class Command:
    """One entry of a menu.

    Attributes:
        name: what the code calls it.
        text: what the user reads; an ellipsis means that something is asked before anything happens.
        tip: one sentence that says what it does.
        keys: its shortcuts, the first of which is shown.
        group, value: of a choice, which commands exclude each other, and what this one stands for; a command that is
            alone in its group is a switch.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    group: str = ""
    value: object = None


@dataclass(frozen=True)
class Menu:
    """A menu and what stands in it; None is a line between entries, a text a part that is filled when it opens."""

    title: str
    entries: tuple[Command | Menu | str | None, ...]


FILE = Menu(
    "&File",
    (
        Command("new", "New", "Begin anew with the opening race.", ("Ctrl+N",)),
        Command("open", "Open…", "Open a scene from a file.", ("Ctrl+O",)),
        Menu("Open recent", ("recent",)),
        Menu("Recover unsaved", ("unsaved",)),
        None,
        Command("save", "Save", "Save the scene under its name.", ("Ctrl+S",)),
        Command("save_as", "Save as…", "Save the scene under another name.", ("Ctrl+Shift+S",)),
        None,
        Command("export", "Export video…", "Write the race as a video.", ("Ctrl+E",)),
        None,
        Command("quit", "Quit", "Close gradsim, after asking about changes that are not saved.", ("Ctrl+Q",)),
    ),
)
CODE = Menu(
    "Copy as code",
    tuple(
        Command(
            f"copy_{library}",
            title,
            f"Put the race on the clipboard as a {title} program that prints the same digits.",
        )
        for library, title in CODE_LIBRARIES.items()
    ),
)
EDIT = Menu(
    "&Edit",
    (
        Command("undo", "Undo", "Take back the last change of the race.", ("Ctrl+Z",)),
        Command("redo", "Redo", "Make the change again that was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y")),
        None,
        CODE,
    ),
)
THEME = Menu(
    "Theme",
    (
        Command(
            "theme_system", "Follow the system", "Be dark or light as the desktop is.", group="theme", value="system"
        ),
        Command("theme_dark", "Dark", "Show light text on dark, for dim rooms.", group="theme", value="dark"),
        Command("theme_light", "Light", "Show dark text on light, for bright rooms.", group="theme", value="light"),
    ),
)
SIZE = Menu(
    "Interface size",
    (
        Command("larger", "Larger", "Make all text and controls larger.", ("Ctrl++", "Ctrl+=")),
        Command("smaller", "Smaller", "Make all text and controls smaller.", ("Ctrl+-",)),
        Command("normal_size", "Normal", "Show text and controls at their normal size.", ("Ctrl+0",)),
        None,
        *(
            Command(
                f"size_{percent}",
                f"{percent} %",
                f"Show text and controls at {percent} % of their normal size.",
                group="size",
                value=percent,
            )
            for percent in SCALE_PERCENTS
        ),
    ),
)


MEMORY = Menu(
    RACE_MEMORY,
    tuple(
        Command(
            f"memory_{mib}",
            memory_text(mib),
            f"Let a race take {memory_text(mib)} of memory, and replay from checkpoints what would take more.",
            group="memory",
            value=mib,
        )
        for mib in MEMORY_MIB
    ),
)
VIEW = Menu(
    "&View",
    (
        Command(
            "layout_map", "Map", "Show all optimizers together on one map.", ("Ctrl+1",), group="layout", value="map"
        ),
        Command(
            "layout_panels",
            "Side by side",
            "Give every optimizer a map of its own, all moving together.",
            ("Ctrl+2",),
            group="layout",
            value="panels",
        ),
        None,
        "panels",
        Command("reset_layout", "Reset layout", "Put every panel back to where it was at first."),
        None,
        THEME,
        SIZE,
        MEMORY,
        None,
        Command(
            "presentation",
            "Presentation",
            "Show nothing but the map, as large as the screen, with large text.",
            ("F11",),
            group="presentation",
        ),
        Command(
            "full_screen",
            "Full screen",
            "Fill the whole screen with the window.",
            ("Shift+F11",),
            group="full screen",
        ),
    ),
)
LESSONS = Menu(
    "&Lessons",
    (
        "lessons",
        None,
        Command("previous_lesson", "Previous lesson", "Open the lesson before this one.", ("Ctrl+PgUp",)),
        Command("next_lesson", "Next lesson", "Open the lesson after this one.", ("Ctrl+PgDown",)),
    ),
)
HELP = Menu(
    "&Help",
    (
        Command("shortcuts", "Keyboard shortcuts", "List every key that does something.", ("F1", "?")),
        Command("about", "About gradsim", "Say which version this is, and under which licence."),
    ),
)
MENUS = (FILE, EDIT, VIEW, LESSONS, HELP)
"""The menu bar; the letter behind & opens a menu together with Alt."""


def commands_of(menus: Iterable[Menu]) -> Iterator[Command]:
    """The commands of ``menus`` and of the menus in them, from top to bottom."""
    for menu in menus:
        for entry in menu.entries:
            if isinstance(entry, Command):
                yield entry
            elif isinstance(entry, Menu):
                yield from commands_of([entry])


COMMANDS = {command.name: command for command in commands_of(MENUS)}


class CommandActions(QObject):
    """An action for each of ``COMMANDS`` that works wherever in ``window`` the focus is.

    ``chosen(group, value)`` tells of commands that are choices or, with a bool, switches; of the others ``triggered``.
    """

    chosen = Signal(str, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        sizes = [command.group for command in COMMANDS.values()]
        for command in COMMANDS.values():
            action = QAction(command.text, self)
            action.setObjectName(command.name)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            self._actions[command.name] = action
            self.show_tip(command.name, command.tip)
            if command.group:
                action.setCheckable(True)
                self._connect_choice(command, action, is_switch=sizes.count(command.group) == 1)
            window.addAction(action)  # so that its keys work while the menu bar is hidden

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def _connect_choice(self, command: Command, action: QAction, *, is_switch: bool) -> None:
        if is_switch:
            action.triggered.connect(lambda checked: self.chosen.emit(command.group, checked))
            return
        group = self._groups.setdefault(command.group, QActionGroup(self))
        group.addAction(action)
        action.triggered.connect(lambda: self.chosen.emit(command.group, command.value))

    def show_choice(self, group: str, value: object) -> None:
        """Check the command of ``group`` that stands for ``value``, if there is one; nothing is signalled."""
        for name, command in COMMANDS.items():
            if command.group == group:
                self._actions[name].setChecked(command.value == value)

    def show_tip(self, name: str, tip: str) -> None:
        """Change what the command ``name`` says of itself: one sentence, to which its keys are added."""
        keys = self._actions[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._actions[name].setToolTip(f"{tip.removesuffix('.')} ({keys})." if keys else tip)
