"""Pages can present whatever a codec answers."""

from draftedit.engine.values.presentation import Notation, Style
from draftedit.web.notations import KINDS, PRESENTATIONS


def test_every_notation_and_every_style_has_a_presentation():
    assert set(PRESENTATIONS) == set(Notation)
    assert set(KINDS) == set(Style)
