"""Ligands that the user brings along as an SDF file, in place of those of the structure."""

from pathlib import Path

from rdkit import Chem

from engines.errors import EngineError
from engines.structure.molecules import UniqueNames
from engines.structure.reading import decode, read_bytes
from engines.structure.sdf import DELIMITER, parse_record, split_records

MAX_RECORDS = 1000
"""Most molecules that one file may hold."""


def read_ligands(path: Path) -> list[tuple[str, str, Chem.Mol]]:
    """
    The molecules of an SDF file. The records are kept as they are, but for their title.

    :param path: SDF, plain or gzipped
    :returns: name, SDF record and molecule of each
    :raises EngineError: if a record is no molecule with 3D coordinates, or there is none, or too many
    """
    records = split_records(decode(read_bytes(path)))
    if not records:
        raise EngineError('ligand.empty', 'The ligand file holds no molecule.')
    if len(records) > MAX_RECORDS:
        raise EngineError('ligand.too_many', f'The ligand file holds more than {MAX_RECORDS:,} molecules.')
    names = UniqueNames()
    result = []
    for number, record in enumerate(records, 1):
        mol = parse_record(record, f'Record {number} of the ligand file')
        title, rest = record.split('\n', 1)
        name = names.take(title.strip() or f'ligand_{number}')
        result.append((name, f'{name}\n{rest}{DELIMITER}\n', mol))
    return result
