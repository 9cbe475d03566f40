"""A diagram as PNG, drawn of its SVG with a font of RDKit's, so that every machine draws the same."""

from importlib.resources import files

_FONT = 'Telex'
_ZOOM = 2.0
"""Pixels of the picture for one of the drawing."""


def png(svg: str) -> bytes:
    """
    :param svg: a diagram as SVG
    :returns: the picture
    """
    import resvg_py

    font = files('rdkit') / 'Data' / 'Fonts' / f'{_FONT}-Regular.ttf'
    return resvg_py.svg_to_bytes(
        svg_string=svg, zoom=_ZOOM, skip_system_fonts=True, font_files=[str(font)], font_family=_FONT,
        sans_serif_family=_FONT,
    )  # fmt: skip
