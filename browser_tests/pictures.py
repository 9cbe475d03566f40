"""What is to be seen in a picture: how much, and in which colours. Never pixel by pixel, since renderers differ."""

import io

import numpy as np
from PIL import Image

#: Light and shadow change a colour's brightness, hardly its hue, on a circle of 256 steps.
_HUE_STEPS = 10
_LEAST_SATURATION = 60


def drawn_share(png: bytes) -> float:
    """
    :param png: a picture
    :returns: share of its pixels that differ from the most frequent colour
    """
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert('RGB')).reshape(-1, 3)
    _, counts = np.unique(pixels, axis=0, return_counts=True)
    return float(1 - counts.max() / len(pixels))


def share_of(png: bytes, colour: str) -> float:
    """
    :param png: a picture
    :param colour: ``#rrggbb``
    :returns: share of its pixels that have this hue
    """
    hsv = np.asarray(Image.open(io.BytesIO(png)).convert('RGB').convert('HSV')).reshape(-1, 3).astype(int)
    wanted = np.asarray(Image.new('RGB', (1, 1), colour).convert('HSV')).astype(int)[0, 0, 0]
    apart = np.abs(hsv[:, 0] - wanted)
    near = (np.minimum(apart, 256 - apart) <= _HUE_STEPS) & (hsv[:, 1] >= _LEAST_SATURATION)
    return float(near.mean())
