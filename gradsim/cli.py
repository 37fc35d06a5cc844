"""The command line: reads the words, runs one command, and turns what the user can mend into one line and status 1.

Exit status: 0 done · 1 something the user can mend · 2 usage · 130 interrupted. Only JSON or a table goes to standard
output; progress and errors go to standard error. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import gradsim
from gradsim import interruption
from gradsim.core.errors import Cancelled, GradsimError, nearest

_PIPE_CLOSED = 141  # 128 + SIGPIPE, which Windows does not define
_MAX_STEPS = 10_000_000
LIBRARIES = ("numpy", "pytorch", "optax")
"""What code is written for: ``gradsim.core.scripts`` knows them too, but is not loaded to read words."""

COMMANDS = {
    "simulate": "race a scene and write the run to a NumPy file",
    "export": "race a scene and write it as a video",
    "critical-points": "find and classify every critical point of a scene's surface",
    "code": "write a scene as a program for NumPy, PyTorch or optax",
    "optimizers": "list the optimizers with their conventions and defaults",
    "surfaces": "list the surfaces of the gallery",
    "verify": "measure how exact everything is on this machine, and whether every optimizer does what it declares",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``gradsim`` with the words ``argv`` (those of the process when None) and return its exit status.

    Raises:
        SystemExit: as argparse does, with 2 for wrong usage and 0 after ``--help`` and ``--version``.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that cannot show η must not end the program
            stream.reconfigure(errors="backslashreplace")
    arguments = _parse(words)
    try:
        _run(arguments)
        if sys.stdout is not None:  # None in a program that Windows starts without a console
            sys.stdout.flush()
    except BrokenPipeError:
        _discard_unwritable_output()
        return _PIPE_CLOSED
    except (KeyboardInterrupt, Cancelled):
        return _fail("interrupted", interruption.STATUS)
    except GradsimError as error:
        return _fail(str(error))
    except OSError as error:
        _discard_unwritable_output()
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}")
    except MemoryError:
        return _fail("there is not enough memory for this; use fewer particles or steps")
    return 0


def _parse(words: list[str]) -> argparse.Namespace:
    parser = _command_parser() if words and words[0] in COMMANDS else _window_parser()
    return parser.parse_args(words)


def _window_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS)) + 2
    parser = argparse.ArgumentParser(
        prog="gradsim",
        usage="gradsim [SCENE]\n       gradsim COMMAND …   (gradsim COMMAND --help tells more)",
        description="See how gradient-based optimizers move. Without a command, the window opens.",
        epilog="commands:\n" + "\n".join(f"  {name:{width}}{purpose}" for name, purpose in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("scene", metavar="SCENE", nargs="?", type=Path, help="a .gradsim file to open")
    parser.add_argument("--version", action="version", version=f"gradsim {gradsim.__version__}")
    parser.set_defaults(command="window")
    return parser


def _command_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradsim", allow_abbrev=False)
    subparsers = parser.add_subparsers(dest="command", required=True)

    def add(name: str) -> argparse.ArgumentParser:
        purpose = COMMANDS[name]
        return subparsers.add_parser(
            name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.", allow_abbrev=False
        )

    simulate = add("simulate")
    simulate.add_argument("scene", metavar="SCENE", type=Path, help="a .gradsim file")
    simulate.add_argument("-o", "--output", metavar="RUN.npz", type=Path, required=True, help="the file to write")
    simulate.add_argument(
        "--every", metavar="N", type=_count, default=1, help="record every N-th step (default: %(default)s)"
    )

    export = add("export")
    export.add_argument("scene", metavar="SCENE", type=Path, help="a .gradsim file")
    export.add_argument("-o", "--output", metavar="RACE.mp4", type=Path, required=True, help="the file to write")
    export.add_argument("--size", metavar="WxH", type=_size, help="pixels, such as 1920x1080 (default: the scene's)")
    export.add_argument("--fps", type=_fps, help="frames per second (default: the scene's)")
    export.add_argument("--seconds", type=_seconds, help="length of the video (default: the scene's)")

    critical_points = add("critical-points")
    critical_points.add_argument("scene", metavar="SCENE", type=Path, help="a .gradsim file")

    code = add("code")
    code.add_argument("scene", metavar="SCENE", type=Path, help="a .gradsim file")
    code.add_argument("--for", dest="library", choices=LIBRARIES, required=True, help="the library that it is for")
    code.add_argument("-o", "--output", metavar="RACE.py", type=Path, help="the file to write (default: print it)")

    verify = add("verify")
    verify.add_argument(
        "optimizers", metavar="OPTIMIZER", nargs="*", help="verify these only, such as adam (default: everything)"
    )
    for listing in (critical_points, add("optimizers"), add("surfaces"), verify):
        listing.add_argument("--json", action="store_true", help="print a JSON array instead of a table")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_STEPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {_MAX_STEPS}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.lower().replace("×", "x").partition("x")
    if not separator or not width.isdecimal() or not height.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a width and a height, such as 1920x1080")
    return int(_export_field("width", width)), int(_export_field("height", height))


def _fps(text: str) -> int:
    return int(_export_field("fps", text))


def _seconds(text: str) -> float:
    return _export_field("seconds", text)


def _export_field(name: str, text: str) -> float:
    """Read a number and hold it to the range that a scene file accepts for it."""
    import msgspec

    from gradsim.core.scene import Export

    try:
        number = float(text)
        value: float = getattr(msgspec.convert({name: number}, Export, strict=False), name)
    except msgspec.ValidationError as error:
        reason = str(error).replace("`", "").partition(" - at")[0]
        raise argparse.ArgumentTypeError(f"{name} {text}: {reason[0].lower()}{reason[1:]}") from None
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    return value


def _run(arguments: argparse.Namespace) -> None:
    from gradsim import commands, file_commands, verify_command

    if arguments.command == "window":
        _explain_mistyped_command(arguments.scene)
        commands.open_window(arguments.scene)
        return
    if arguments.command == "export":
        file_commands.export_to_file(
            arguments.scene, arguments.output, size=arguments.size, fps=arguments.fps, seconds=arguments.seconds
        )
    elif arguments.command == "simulate":
        file_commands.simulate_to_file(arguments.scene, arguments.output, record_every=arguments.every)
    elif arguments.command == "critical-points":
        commands.print_critical_points(arguments.scene, as_json=arguments.json)
    elif arguments.command == "verify":
        verify_command.verify(arguments.optimizers, as_json=arguments.json)
    elif arguments.command == "code":
        file_commands.write_code_to(arguments.scene, arguments.output, library=arguments.library)
    elif arguments.command == "optimizers":
        commands.print_optimizers(as_json=arguments.json)
    else:
        commands.print_surfaces(as_json=arguments.json)


def _explain_mistyped_command(scene: Path | None) -> None:
    if scene is None or scene.exists() or scene.suffix:
        return
    command = nearest(str(scene), COMMANDS)
    if command:
        raise GradsimError(f"there is no scene file {str(scene)!r}; did you mean the command {command!r}?")


def _discard_unwritable_output() -> None:
    """Drop what standard output cannot take, else the interpreter fails once more when it flushes at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(reason: str, status: int = 1) -> int:
    """Print one plain line, whatever control characters a file name or a formula brought along."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in reason)
    print(f"gradsim: {line}", file=sys.stderr)
    return status
