"""Colours of diagrams. Interactions also differ by their dashes, so that no colour is needed to tell them apart."""

from dataclasses import dataclass

from engines.interactions.interaction import Kind


@dataclass(frozen=True)
class Style:
    """
    How a kind of interaction is drawn.

    :param name: in the legend
    :param colour: hexadecimal
    :param dashes: of the line, in pixels; empty for an unbroken one
    """

    name: str
    colour: str
    dashes: str


@dataclass(frozen=True)
class Theme:
    """
    Colours of a diagram.

    :param background: hexadecimal
    :param ink: of bonds, carbon and text
    :param elements: colours of other elements
    :param interactions: colours by kind
    """

    background: str
    ink: str
    elements: dict[str, str]
    interactions: dict[Kind, str]


_NAMES = {
    Kind.COVALENT: ('Covalent bond', ''),
    Kind.METAL: ('Metal coordination', '6 3'),
    Kind.HYDROGEN_BOND: ('Hydrogen bond', '4 3'),
    Kind.WATER_BRIDGE: ('Water bridge', '1.5 3'),
    Kind.SALT_BRIDGE: ('Salt bridge', '8 3'),
    Kind.HALOGEN_BOND: ('Halogen bond', '2 2 6 2'),
    Kind.PI_PARALLEL: ('Pi stacking, parallel', '10 3'),
    Kind.PI_T_SHAPED: ('Pi stacking, T-shaped', '10 3 2 3'),
    Kind.CATION_PI: ('Cation-pi', '8 2 2 2 2 2'),
    Kind.HYDROPHOBIC: ('Hydrophobic contact', ''),
}


def _interactions(*colours: str) -> dict[Kind, str]:
    """
    :param colours: in the order of the kinds
    :returns: them by kind
    """
    return dict(zip(Kind, colours, strict=True))


# Okabe & Ito 2008, https://jfly.uni-koeln.de/color/: colours that people with any colour vision tell apart.
_ORANGE, _SKY, _GREEN, _BLUE, _RED, _PURPLE = '#b26a00', '#2b8cbf', '#007a5a', '#0072b2', '#c04a00', '#a8527f'
THEMES = {
    'default': Theme(
        '#ffffff', '#222222', {'N': '#3050f8', 'O': '#e00d0d', 'S': '#9a7d00', 'P': '#c05a00', 'F': '#4d8f1a',
        'Cl': '#148a14', 'Br': '#a62929', 'I': '#940094'},
        _interactions('#222222', '#9a7d00', '#2f6fe0', '#2f6fe0', '#d000d0', '#940094', '#138a8a', '#138a8a', '#5f8a00',
                      '#017a3c'),
    ),
    'dark': Theme(
        '#1b1e23', '#e8e8e8', {'N': '#8ea2ff', 'O': '#ff7b7b', 'S': '#f7de3a', 'P': '#ffb066', 'F': '#a8e66a',
        'Cl': '#5fe65f', 'Br': '#ff9c9c', 'I': '#e58ae5'},
        _interactions('#e8e8e8', '#f7de3a', '#8fb8ff', '#8fb8ff', '#ff8cff', '#e58ae5', '#55dddd', '#55dddd', '#b5e04d',
                      '#4fd68a'),
    ),
    'colour-blind': Theme(
        '#ffffff', '#111111', {'N': _BLUE, 'O': _RED, 'S': _ORANGE, 'P': _ORANGE, 'F': _GREEN, 'Cl': _GREEN,
        'Br': _RED, 'I': _PURPLE},
        _interactions('#111111', _ORANGE, _BLUE, _SKY, _PURPLE, _PURPLE, _GREEN, _GREEN, _ORANGE, _RED),
    ),
}  # fmt: skip
"""Themes by name; every colour has a contrast of at least 3 to its background."""


def style(theme: Theme, kind: Kind) -> Style:
    """
    :param theme: a theme
    :param kind: of interaction
    :returns: how it is drawn
    """
    name, dashes = _NAMES[kind]
    return Style(name, theme.interactions[kind], dashes)
