"""The program ``gradsim``, which is also ``python -m gradsim``."""

import signal


def main() -> int:
    """Run the command line; Ctrl-C ends the process without a traceback from whatever is being loaded."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gradsim import cli

    return cli.main()


if __name__ == "__main__":
    raise SystemExit(main())
