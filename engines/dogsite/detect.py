"""
Finds pockets and subpockets.

After DoGSite (Volkamer et al. 2010, J. Chem. Inf. Model. 50:2041): the protein is put on a grid, a difference of
Gaussians (DoG) shows where a sphere would sit in it, the local maxima are the seeds of subpockets, and subpockets are
merged to pockets. What the paper leaves open is decided here: points have to be buried, the basins of the seeds are
found by a watershed, and two of them are one if the DoG response on the way between them stays high.
"""

from dataclasses import dataclass, field

import numpy as np

from engines.dogsite.fields import PROBE, Cloud, cloud
from engines.dogsite.grid import Coordinates, Grid, Indices, ball
from engines.dogsite.holes import fill
from engines.dogsite.watershed import basins, grow, merge, neighbours, saddles

BURIED = 0.6
"""Burial of the centre of a probe in the core of a pocket. Chosen on the training half of the validation set."""
FLAT = 0.161
"""Highest DoG response above a flat surface for Gaussians of the ratio 2. A seed has to be above it."""
POCKET_PASS, SUBPOCKET_PASS = 0.7, 0.85
"""Share of the lower seed's response that the response between two seeds has to reach for one pocket, one subpocket.
The first was chosen on the training half; the second lies halfway between it and 1."""
SMALLEST = 100.0
"""Cubic Angstrom; the least volume of a pocket: a benzene with the space that it needs."""
SMALLEST_SUBPOCKET = 60.0
"""Cubic Angstrom; a smaller part is no subpocket of its own but belongs to its neighbour: about four heavy atoms."""
MARGIN = 4.5
"""Angstrom around the protein. No point outside of its hull is buried; the rest is for neighbours on coarse grids."""


@dataclass(frozen=True)
class Pocket:
    """
    A pocket or a subpocket.

    :param points: its points in the frame of :class:`Found`, flat indices of the grid, rising
    :param size: buried volume: sum of burial less :data:`BURIED` over its core, in voxels; what the order follows
    :param parts: its subpockets, the largest first; none if it is one of a piece
    """

    points: Indices
    size: float
    parts: list['Pocket'] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """
    The pockets of a protein, in a frame of its own.

    :param grid: the grid in that frame
    :param frame: rotation from the frame of the file: ``own = frame @ (file - centre)``
    :param centre: of the frame, Angstrom
    :param pockets: the first is the one with the largest buried volume
    """

    grid: Grid
    frame: Coordinates
    centre: Coordinates
    pockets: list[Pocket]

    def to_own(self, positions: Coordinates) -> Coordinates:
        """
        Positions of the file in the frame of the grid.

        :param positions: Angstrom, shape (n, 3)
        :returns: Angstrom, shape (n, 3)
        """
        result: Coordinates = (positions - self.centre) @ self.frame.T
        return result

    def indices(self, points: Indices) -> Indices:
        """
        Indices along the axes of the grid.

        :param points: flat indices
        :returns: shape (n, 3)
        """
        return np.stack(np.unravel_index(points, self.grid.shape), 1)


def own_frame(positions: Coordinates) -> tuple[Coordinates, Coordinates]:
    """
    The frame in which a molecule is looked at: its principal axes, each in the direction of its longer tail. So the
    pockets do not depend on how the molecule lies in its file, unless it has the symmetry of a regular body.

    :param positions: Angstrom, shape (n, 3)
    :returns: rotation, shape (3, 3), and centre, shape (3,), Angstrom
    """
    centre = positions.mean(0)
    relative = positions - centre
    _, axes = np.linalg.eigh(relative.T @ relative)
    axes = axes.T[::-1].copy()
    tails = ((relative @ axes.T) ** 3).sum(0)
    axes[:2] *= np.where(tails[:2] < 0, -1, 1)[:, None]
    axes[2] = np.cross(axes[0], axes[1])
    return axes, centre


def find_pockets(
    positions: Coordinates, radii: Coordinates, spacing: float, bias: list[Coordinates] | None = None
) -> Found:
    """
    Find the pockets of a protein.

    :param positions: its heavy atoms, shape (n, 3), Angstrom
    :param radii: their van der Waals radii, shape (n,), Angstrom
    :param spacing: of the grid, Angstrom
    :param bias: heavy atoms of ligands whose sites belong to pockets however open they are, Angstrom
    :returns: the pockets with their subpockets
    """
    frame, centre = own_frame(positions)
    own = (positions - centre) @ frame.T
    ligands = [(atoms - centre) @ frame.T for atoms in bias or ()]
    extent = np.concatenate([own, *ligands])
    grid = Grid.around(extent, spacing, MARGIN)
    found = cloud(grid, own, radii, ligands)
    pockets = _pockets(found)
    everything = np.concatenate([np.empty(0, np.intp), *(pocket.points for pocket in pockets)])
    filled = [_with(pocket, fill(grid, pocket.points, everything, own, radii)) for pocket in pockets]
    return Found(grid, frame, centre, filled)


def _with(pocket: Pocket, added: Indices) -> Pocket:
    """
    A pocket with more points; of subpockets the largest gets them.

    :param pocket: the pocket
    :param added: flat indices, none of them in the pocket
    :returns: the larger pocket
    """
    if not added.size:
        return pocket
    parts = [_with(part, added if i == 0 else added[:0]) for i, part in enumerate(pocket.parts)]
    return Pocket(np.sort(np.concatenate([pocket.points, added])), pocket.size, parts)


def _pockets(found: Cloud) -> list[Pocket]:
    """
    Divide the points.

    :param found: the points
    :returns: pockets in their order
    """
    grid = found.grid
    core = ((found.buried >= BURIED) & (found.distance >= PROBE)) | (found.ligand >= 0)
    cores, response = found.points[core], found.response[core]
    if not cores.size:
        return []
    near = neighbours(cores, grid.shape)
    summits = basins(response, near)
    passes = saddles(response, near, summits)
    pockets = _hold_ligands(merge(response, summits, passes, POCKET_PASS), found.ligand[core])
    inside = [(height, a, b) for height, a, b in passes if pockets[a] == pockets[b]]
    least = SMALLEST_SUBPOCKET / grid.spacing**3
    steps = ball(PROBE + grid.spacing / 2, grid.spacing)
    owners = grow(np.arange(len(cores)), cores, found.points, grid.shape, steps)
    points, owners = found.points[owners >= 0], owners[owners >= 0]
    parts = merge(response, summits, inside, SUBPOCKET_PASS, np.bincount(owners, minlength=len(cores)), least)
    size = np.maximum(found.buried[core] - BURIED, 0).astype(np.float64)
    biased = {int(label) for label in pockets[found.ligand[core] >= 0]}
    result = []
    for label in np.unique(pockets):
        mine = pockets[owners] == label
        whole = Pocket(points[mine], float(size[pockets == label].sum()))
        enough = len(whole.points) * grid.spacing**3 >= SMALLEST
        clear = response[pockets == label].max() > FLAT
        if (enough and clear) or int(label) in biased:
            result.append(Pocket(whole.points, whole.size, _parts(points[mine], parts[owners[mine]], parts, size)))
    return sorted(result, key=_order)


def _parts(points: Indices, labels: Indices, parts: Indices, size: Coordinates) -> list[Pocket]:
    """
    The subpockets of one pocket.

    :param points: of the pocket
    :param labels: subpocket of each of them
    :param parts: subpocket of each core point
    :param size: buried volume of each core point
    :returns: at least two subpockets in their order, or none
    """
    names = np.unique(labels)
    if len(names) < 2:
        return []
    found = [Pocket(points[labels == name], float(size[parts == name].sum())) for name in names]
    return sorted(found, key=_order)


def _order(pocket: Pocket) -> tuple[float, int]:
    """
    Sort key.

    :param pocket: a pocket
    :returns: the largest buried volume first, then the place on the grid
    """
    return -pocket.size, int(pocket.points[0])


def _hold_ligands(labels: Indices, ligand: Indices) -> Indices:
    """
    Make one pocket of all that a ligand touches.

    :param labels: pocket of each core point
    :param ligand: ligand of each core point, or -1
    :returns: pocket of each core point
    """
    labels = labels.copy()
    for number in np.unique(ligand[ligand >= 0]):
        touched = np.unique(labels[ligand == number])
        labels[np.isin(labels, touched)] = touched[0]
    return labels


def volume(pocket: Pocket, grid: Grid) -> float:
    """
    Volume of a pocket.

    :param pocket: a pocket
    :param grid: its grid
    :returns: cubic Angstrom
    """
    return float(len(pocket.points) * grid.spacing**3)
