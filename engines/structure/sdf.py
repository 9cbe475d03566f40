"""SDF records: written with the title every later tool relies on, and split so that nothing is lost."""

from rdkit import Chem

from engines.errors import EngineError

DELIMITER = '$$$$'


def sdf_record(mol: Chem.Mol, title: str) -> str:
    """
    One molecule as an SDF record, in Kekule form; V2000, or V3000 beyond 999 atoms.

    :param mol: molecule with one conformer, Angstrom
    :param title: first line of the record
    :returns: the record, which ends with the delimiter and a newline
    """
    named = Chem.RWMol(mol)
    Chem.KekulizeIfPossible(named, clearAromaticFlags=True)
    for atom in named.GetAtoms():
        atom.ClearProp('_Name')
    for bond in named.GetBonds():
        # The format has no common type for dative bonds; the dictionary and every reader use single ones to metals.
        if bond.GetBondType() == Chem.BondType.DATIVE:
            bond.SetBondType(Chem.BondType.SINGLE)
    named.SetProp('_Name', title)
    return f'{Chem.MolToMolBlock(named, kekulize=False)}{DELIMITER}\n'


def split_records(text: str) -> list[str]:
    """
    The records of an SDF file without their delimiters; the last one may lack it.

    :param text: SDF with plain newlines
    :returns: the records, each ends with a newline
    """
    records: list[str] = []
    lines: list[str] = []
    for line in text.split('\n'):
        if line.startswith(DELIMITER):
            records.append('\n'.join(lines) + '\n')
            lines = []
        else:
            lines.append(line)
    if any(line.strip() for line in lines):
        records.append('\n'.join(lines).rstrip('\n') + '\n')
    return records


def parse_record(record: str, label: str) -> Chem.Mol:
    """
    The molecule of a record, with its hydrogens.

    :param record: mol block and data fields
    :param label: how the record is called in an error
    :returns: sanitised molecule
    :raises EngineError: ``ligand.unreadable`` or ``ligand.no_3d``
    """
    mol = Chem.MolFromMolBlock(record, sanitize=True, removeHs=False)
    if mol is None or mol.GetNumAtoms() == 0:
        raise EngineError(
            'ligand.unreadable',
            f'{label} is not a molecule that can be read.',
            'An SDF with V2000 or V3000 records is needed.',
        )
    conformer = mol.GetConformer()
    points = conformer.GetPositions()
    flat = not conformer.Is3D() and not abs(points[:, 2]).max() > 1e-4
    if flat or (len(points) > 1 and (abs(points - points[0]).max() < 1e-4)):
        raise EngineError(
            'ligand.no_3d', f'{label} has no 3D coordinates.', 'Send the ligand with its pose in the protein.'
        )
    if not bool((abs(points) < 1e5).all()):
        raise EngineError('ligand.coordinates', f'{label} has a coordinate that is not a usable number.')
    return mol
