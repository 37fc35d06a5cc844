"""``python -m gradsim`` is the command ``gradsim``."""

from gradsim.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
