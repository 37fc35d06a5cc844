"""The clipping of an optimizer's gradients, chosen and limited in its card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import enter_number
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.scene import Clip
from gradsim.ui.optimizers.card_details import CardDetails
from gradsim.ui.optimizers.gradient_clip import WAYS
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session


@pytest.fixture
def details(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[CardDetails]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    picker.cards[0].head.fold.click()
    QApplication.processEvents()
    yield picker.cards[0].details
    picker.stop()


def clip(details: CardDetails, by: str | None) -> None:
    details.clip.way.activated.emit(details.clip.way.findData(by))


def test_gradients_are_clipped_by_value_or_by_norm(qtbot: QtBot, details: CardDetails, session: Session) -> None:
    assert not details.clip.limit.isVisible()
    for by in ("norm", "value"):
        clip(details, by)
        assert session.scene.optimizers[0].clip == Clip(by=by, limit=1.0)
        assert details.clip.way.currentData() == by
    assert session.undo_name == "change clipping"
    enter_number(qtbot, details.clip.limit.field, "0.25")
    assert session.scene.optimizers[0].clip == Clip(by="value", limit=0.25)
    before = session.scene
    enter_number(qtbot, details.clip.limit.field, "-1")
    assert "must be ≥ 0" in details.clip.error.text()
    assert session.scene is before
    qtbot.keyClick(details.clip.limit.field, Qt.Key.Key_Escape)
    clip(details, None)
    assert session.scene.optimizers[0].clip is None
    assert not details.clip.limit.isVisible()
    clip(details, "norm")  # comes back as it was
    assert session.scene.optimizers[0].clip == Clip(by="norm", limit=0.25)


def test_a_drag_of_the_limit_is_one_edit(details: CardDetails, session: Session) -> None:
    clip(details, "norm")
    slider = details.clip.limit.slider
    slider.setSliderDown(True)
    for tick in (20_000, 30_000, slider.maximum()):
        slider.setValue(tick)
    slider.setSliderDown(False)
    assert session.scene.optimizers[0].clip == Clip(by="norm", limit=1000.0)
    session.undo()
    assert session.scene.optimizers[0].clip == Clip(by="norm", limit=1.0)


def test_every_way_of_clipping_says_what_it_does(details: CardDetails) -> None:
    box = details.clip.way
    tips = [box.itemData(place, Qt.ItemDataRole.ToolTipRole) for place in range(box.count())]
    assert len(tips) == len(WAYS) == 3
    assert all(tip.endswith(".") and tip.count(".") == 1 for tip in tips)
    assert box.accessibleName() == "Clipping of Gradient descent"
    assert details.clip.limit.field.accessibleName() == "clipping limit of Gradient descent"
