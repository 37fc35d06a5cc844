"""Finds the files that gradsim ships: fonts, icons, preset and lesson scenes, trajectories of libraries."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries the assets inside the package; an editable install leaves them beside it, in the checkout.
_FOLDERS = (_PACKAGE / "assets", _PACKAGE.parent / "assets")


def asset_path(*parts: str) -> Path:
    """Return the absolute path of the shipped file or folder ``assets/<parts…>``.

    The package's own folder is looked at first, then the checkout's.

    Raises:
        FileNotFoundError: the installation lacks it; the message names every place that was looked at.
    """
    candidates = [folder.joinpath(*parts) for folder in _FOLDERS]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    places = " or ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"gradsim's installation is incomplete: there is no {places}; install it again")
