"""
The names of all that StructureProfiler measures and tests, for the documentation and the description of the API. The
server reads this module too, so it imports no library.

A test compares one or several values with their thresholds; the name of a threshold is that of its value with
``Threshold`` at its end. Names with ``Test`` or ``Clash`` and those that begin with ``no`` are verdicts, since clients
tell them so.
"""

from typing import NamedTuple

TEXT, NUMBER, INTEGER, BOOLEAN = 'text', 'number', 'integer', 'boolean'
AT_MOST, AT_LEAST = '<=', '>='
PRESETS = ('combined', 'astex', 'iridium', 'platinum')
"""Sets of thresholds; the first is used unless another one is asked for."""


class Column(NamedTuple):
    """
    A row of the output.

    :param name: its key
    :param type: one of TEXT, NUMBER, INTEGER, BOOLEAN
    :param unit: empty for numbers, shares and text
    :param meaning: what it is
    """

    name: str
    type: str
    unit: str
    meaning: str


class Criterion(NamedTuple):
    """
    A comparison of a value with a threshold.

    :param value: name of the value
    :param compare: AT_MOST or AT_LEAST
    :param threshold: name of the threshold
    """

    value: str
    compare: str
    threshold: str


class Test(NamedTuple):
    """
    A test: passed if all of its criteria that can be judged hold, untested if none can.

    :param name: of its verdict
    :param meaning: what a passed test says
    :param criteria: what is compared
    """

    name: str
    meaning: str
    criteria: tuple[Criterion, ...]


class Table(NamedTuple):
    """
    One of the three parts of the output.

    :param key: its name in the output
    :param file: end of the name of its file
    :param summary: name of the verdict on all its tests
    :param labels: what identifies the object
    :param values: what is measured
    :param tests: the tests
    """

    key: str
    file: str
    summary: str
    labels: tuple[Column, ...]
    values: tuple[Column, ...]
    tests: tuple[Test, ...]

    @property
    def thresholds(self) -> tuple[Column, ...]:
        """The columns of the thresholds, in the order of the tests."""
        values = {column.name: column for column in self.values}
        return tuple(
            Column(c.threshold, NUMBER, values[c.value].unit, f'{_SIDE[c.compare]} {c.value} that passes {test.name}')
            for test in self.tests
            for c in test.criteria
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in the order of the output."""
        verdicts = tuple(Column(test.name, BOOLEAN, '', test.meaning) for test in self.tests)
        last = Column(self.summary, BOOLEAN, '', 'all tests that were made are passed')
        return (*self.labels, *self.values, *verdicts, last, *self.thresholds)


_SIDE = {AT_MOST: 'largest', AT_LEAST: 'smallest'}


def _at_most(value: str) -> Criterion:
    """
    :param value: name of a value
    :returns: the criterion that it is not above its threshold
    """
    return Criterion(value, AT_MOST, f'{value.removesuffix("Value")}Threshold')


def _at_least(value: str) -> Criterion:
    """
    :param value: name of a value
    :returns: the criterion that it is not below its threshold
    """
    return Criterion(value, AT_LEAST, f'{value.removesuffix("Value")}Threshold')


def _between(value: str) -> tuple[Criterion, Criterion]:
    """
    :param value: name of a value
    :returns: the criteria of a range
    """
    return (
        Criterion(value, AT_LEAST, f'{value}MinThreshold'),
        Criterion(value, AT_MOST, f'{value}MaxThreshold'),
    )


_ALTLOCS = (
    Column('altLocs', INTEGER, '', 'heavy atoms with an alternate location'),
    Column('minOccupancy', NUMBER, '', 'lowest occupancy of a heavy atom without an alternate location'),
)

COMPLEX = Table(
    'complex', 'Complex', 'complexStructureProfilerTests',
    (Column('method', TEXT, '', 'experimental method that the file names'),),
    (
        Column('resolution', NUMBER, 'A', 'high resolution limit of refinement that the file names'),
        Column('DPI', NUMBER, 'A', 'diffraction-component precision index from Rfree (Blow 2002; Goto 2004)'),
        Column('rFactor', NUMBER, '', 'R of the working set'),
        Column('rFree', NUMBER, '', 'R of the test set'),
        Column('rDifference', NUMBER, '', 'rFree - rFactor'),
        Column('ramachandranOutliers', NUMBER, '%', 'residues outside the allowed regions of their Ramachandran plot'),
        Column('ramachandranFavored', NUMBER, '%', 'residues in the favoured regions'),
        Column('rotamerOutliers', NUMBER, '%', 'side chains far from every rotamer'),
        Column('clashscore', NUMBER, '', 'overlaps of 0.4 A or more per 1,000 atoms, with fixed hydrogens'),
        Column('pLDDT', NUMBER, '', 'mean confidence of a predicted model'),
    ),
    (
        Test('resolutionTest', 'the resolution is high enough', (_at_most('resolution'),)),
        Test('DPITest', 'the coordinates are precise enough', (_at_most('DPI'),)),
        Test('overfittingTest', 'Rfree is near R: the model is not fitted to noise', (_at_most('rDifference'),)),
        Test('significanceTest', 'Rfree is far from that of a random model', (_at_most('rFree'),)),
        Test(
            'ramachandranTest', 'hardly any backbone torsions are outliers',
            (_at_most('ramachandranOutliers'), _at_least('ramachandranFavored')),
        ),
        Test('rotamerTest', 'hardly any side chains are outliers', (_at_most('rotamerOutliers'),)),
        Test('clashscoreTest', 'few atoms overlap', (_at_most('clashscore'),)),
        Test('pLDDTTest', 'the prediction is confident as a whole', (_at_least('pLDDT'),)),
    ),
)  # fmt: skip

ACTIVE_SITES = Table(
    'active_sites', 'ActiveSites', 'activeSiteStructureProfilerTests',
    (
        Column('ligand', TEXT, '', 'name of the ligand that the site is around'),
        Column('uniprotID', TEXT, '', 'UniProt accession codes of its chains'),
        Column('chains', TEXT, '', 'chains of its residues'),
    ),
    (
        Column('residues', INTEGER, '', 'residues with a heavy atom within 6.5 A of one of the ligand'),
        Column('bFactorRatio', NUMBER, '', 'mean B factor of the ligand over that of the site'),
        *_ALTLOCS,
        Column(
            'intramolecularDistance', NUMBER, '',
            'smallest distance of atoms of the polymer that are not bonded, over the sum of their van der Waals radii',
        ),
        Column(
            'intermolecularDistance', NUMBER, '',
            'smallest distance between the ligand and its surroundings, over the sum of the van der Waals radii',
        ),
        Column('bondAnglesValue', NUMBER, 'sigma', 'largest deviation of a bond angle from its ideal value'),
        Column('bondLengthsValue', NUMBER, 'sigma', 'largest deviation of a bond length from its ideal value'),
        Column('residueEDIAm', NUMBER, '', 'lowest EDIAm of a residue; only with an electron density map'),
    ),
    (
        Test('bFactorRatioTest', 'the ligand is as well ordered as its surroundings', (_at_most('bFactorRatio'),)),
        Test('noAltLocs', 'one location each, occupied', (_at_most('altLocs'), _at_least('minOccupancy'))),
        Test('noIntramolecularClash', 'the polymer does not overlap itself', (_at_least('intramolecularDistance'),)),
        Test('noIntermolecularClash', 'the ligand overlaps nothing', (_at_least('intermolecularDistance'),)),
        Test('bondAnglesTest', 'bond angles are as expected', (_at_most('bondAnglesValue'),)),
        Test('bondLengthsTest', 'bond lengths are as expected', (_at_most('bondLengthsValue'),)),
        Test('residueEDIATest', 'electron density supports every residue', (_at_least('residueEDIAm'),)),
    ),
)  # fmt: skip

LIGANDS = Table(
    'ligands', 'Ligands', 'ligandStructureProfilerTests',
    (
        Column('name', TEXT, '', 'as in P86_A_400: residue name, chain, residue number'),
        Column('HETCode', TEXT, '', 'name of its first residue'),
        Column('chain', TEXT, '', 'chain of its first residue'),
        Column('ID', TEXT, '', 'number of its first residue, with the insertion code'),
    ),
    (
        Column('maxAtomBFactor', NUMBER, 'A^2', 'largest B factor of a heavy atom'),
        Column('OWAB', NUMBER, 'A^2', 'occupancy-weighted mean B factor of the heavy atoms'),
        *_ALTLOCS,
        Column('missingAtoms', INTEGER, '', 'heavy atoms of the component that are not modelled'),
        Column('covalentBonds', INTEGER, '', 'covalent bonds to other residues'),
        Column(
            'crystalContactDistance', NUMBER, 'A',
            'distance to the nearest symmetry copy of polymer, ligand or metal; 10 if it is farther away; '
            'only with a cell',
        ),
        Column(
            'intramolecularDistance', NUMBER, '', 'smallest distance of atoms that are not bonded, over its lower bound'
        ),
        Column('bondAnglesValue', NUMBER, '', 'largest relative deviation of a 1,3-distance from its bounds'),
        Column('bondLengthsValue', NUMBER, '', 'largest relative deviation of a bond length from its bounds'),
        Column(
            'torsionAnglesValue', NUMBER, '', 'highest strain of a torsion: 0 at the best angle, 1 at the worst one'
        ),
        Column('ringPlanarityValue', NUMBER, 'A', 'largest distance of an atom from the plane of its aromatic ring'),
        Column('heavyAtoms', INTEGER, '', 'atoms but hydrogen'),
        Column('molecularWeight', NUMBER, 'g/mol', 'molecular weight with hydrogens'),
        Column('lipinskiDonors', INTEGER, '', 'hydrogens on N and O'),
        Column('lipinskiAcceptors', INTEGER, '', 'N and O'),
        Column('logP', NUMBER, '', 'octanol/water partition coefficient by atom contributions (Wildman-Crippen)'),
        Column('nofPeptideResidues', INTEGER, '', 'amino acids by their backbone, in whatever residue'),
        Column('NROT', INTEGER, '', 'rotatable bonds, amides not counted'),
        Column('stereoCenters', INTEGER, '', 'tetrahedral stereocentres'),
        Column('excludedPatterns', INTEGER, '', 'SMARTS patterns of the list of exclusions that match'),
        Column('excludedCodes', INTEGER, '', 'residues whose names are in the list of additives'),
        Column('EDIAm', NUMBER, '', 'electron density support of all heavy atoms; only with an electron density map'),
    ),
    (
        Test('maxAtomBFactorTest', 'no atom is badly ordered', (_at_most('maxAtomBFactor'),)),
        Test('OWABTest', 'the ligand is well ordered', (_at_most('OWAB'),)),
        Test('noAltLocs', 'one location each, occupied', (_at_most('altLocs'), _at_least('minOccupancy'))),
        Test('missingAtomsTest', 'the whole ligand is modelled', (_at_most('missingAtoms'),)),
        Test('covalentBondsTest', 'the ligand is not bound covalently', (_at_most('covalentBonds'),)),
        Test('noCrystalContacts', 'symmetry copies keep away', (_at_least('crystalContactDistance'),)),
        Test('noIntramolecularClash', 'it does not overlap itself', (_at_least('intramolecularDistance'),)),
        Test('bondAnglesTest', 'bond angles are as expected', (_at_most('bondAnglesValue'),)),
        Test('bondLengthsTest', 'bond lengths are as expected', (_at_most('bondLengthsValue'),)),
        Test('torsionAnglesTest', 'torsion angles are those of crystals', (_at_most('torsionAnglesValue'),)),
        Test('ringPlanarityTest', 'aromatic rings are flat', (_at_most('ringPlanarityValue'),)),
        Test('heavyAtomsTest', 'neither fragment nor polymer', _between('heavyAtoms')),
        Test('molecularWeightTest', 'of the weight of a drug', _between('molecularWeight')),
        Test('lipinskiDonorsTest', 'few donors', (_at_most('lipinskiDonors'),)),
        Test('lipinskiAcceptorsTest', 'few acceptors', (_at_most('lipinskiAcceptors'),)),
        Test('logPTest', 'as soluble as a drug', _between('logP')),
        Test('nofPeptideResiduesTest', 'not much of a peptide', (_at_most('nofPeptideResidues'),)),
        Test('NROTTest', 'not too flexible', (_at_most('NROT'),)),
        Test('stereoCentersTest', 'not too many stereocentres', (_at_most('stereoCenters'),)),
        Test('SMARTSExklusionTest', 'no excluded pattern matches', (_at_most('excludedPatterns'),)),
        Test('HETExclusionTest', 'no additive', (_at_most('excludedCodes'),)),
        Test('EDIAmTest', 'electron density supports the ligand', (_at_least('EDIAm'),)),
    ),
)  # fmt: skip

TABLES = (COMPLEX, ACTIVE_SITES, LIGANDS)
