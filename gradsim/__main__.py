"""The program ``gradsim``, which is also ``python -m gradsim``."""

import os
import signal
import sys
import threading


def main() -> int:
    """Run the command line; Ctrl-C ends the process without a traceback from whatever is being loaded."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gradsim import cli

    status = cli.main()
    if any(thread.daemon for thread in threading.enumerate()):
        _end_at_once(status)
    return status


def _end_at_once(status: int) -> None:
    """End the process under a worker that has been waited for long enough.

    It may be compiling, and crashes once the interpreter takes apart what it works with.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    raise SystemExit(main())
