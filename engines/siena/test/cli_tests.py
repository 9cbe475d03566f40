"""The command line: what goes in, what comes out, and what is said when it cannot be used."""

import csv
import gzip
import json
import os
import shutil
import unittest
from pathlib import Path

import gemmi
import numpy as np
from rdkit import Chem

from engines.siena.cli import command
from engines.siena.test.cases import ARCHIVE, build_index, index_path
from engines.test.utils import TEST_FILES, CommandResult, Workspace, dictionary_path, run_command, structure_path

_AMPRENAVIR = '1hpv_478_in_1hvr.sdf'


class CommandLineTests(unittest.TestCase):
    """On real structures."""

    def setUp(self) -> None:
        """A work folder."""
        self.work = Workspace()
        self.addCleanup(self.work.close)
        self.output = self.work.path / 'out'

    def run_siena(self, *arguments: str, database: Path | None = None, protein: str = '1hvr.pdb') -> CommandResult:
        """
        :param arguments: beside protein, database and output
        :param database: that of the small archive unless given
        :param protein: a test file
        :returns: what it did
        """
        base = [f'--protein={structure_path(protein)}', f'--database={database or index_path()}']
        return run_command(command, [*base, f'--output={self.output}', f'--ccd={dictionary_path()}', *arguments])

    def found(self, *arguments: str) -> list[dict[str, str]]:
        """
        :param arguments: see :meth:`run_siena`
        :returns: rows of the table
        """
        result = self.run_siena(*arguments)
        self.assertEqual(result.code, 0, result.stderr)
        with (self.output / 'resultStatistic.csv').open() as file:
            return list(csv.DictReader(file, delimiter=';'))

    def notes(self) -> dict[str, str]:
        """:returns: the notes by code"""
        return {note['code']: note['message'] for note in json.loads((self.output / 'notes.json').read_text())}

    def edf(self, *residues: str) -> str:
        """
        :param residues: such as ``ASP A 25``
        :returns: the argument that names the site
        """
        lines = ['REFERENCE x.pdb', *(f'RESIDUE {residue}' for residue in residues)]
        file = self.work.write(f'{len(lines)}{"".join(residues)}.edf', '\n'.join(lines))
        return f'--edf={file}'

    def test_table_structures_ligands_and_alignment_go_together(self) -> None:
        """A row, a structure and a line each, by rank; ligands lie in the site of the query."""
        rows = self.found(f'--ligand={structure_path(_AMPRENAVIR)}')
        names = [f'{row["PDB code"]}_{rank}' for rank, row in enumerate(rows, start=1)]
        self.assertEqual(sorted(names), sorted(file.stem for file in (self.output / 'ensemble').iterdir()))
        lines = [line.split('|') for line in (self.output / 'alignment.txt').read_text().splitlines()]
        self.assertEqual([line[0] for line in lines], ['query 1HVR', *names])
        self.assertEqual({len(line) for line in lines}, {len(lines[0])})
        self.assertRegex(lines[1][1], r'^[A-Z]-[0-9]+-A$')
        amprenavir = Chem.MolFromMolBlock(gzip.decompress(structure_path(_AMPRENAVIR).read_bytes()).decode())
        there = np.array(amprenavir.GetConformer().GetPositions())
        (file,) = (self.output / 'ligands').glob('1HPV_*.sdf')
        (bound,) = Chem.SDMolSupplier(str(file))
        self.assertEqual(bound.GetProp('_Name'), '478__200')
        apart = np.linalg.norm(np.array(bound.GetConformer().GetPositions()).mean(0) - there.mean(0))
        self.assertLess(apart, 1.0)

    def test_structures_are_the_chains_with_the_site_moved_onto_the_query(self) -> None:
        """Atom by atom of the site; no ligand, no crystal of another frame."""
        rows = self.found(f'--ligand={structure_path(_AMPRENAVIR)}')
        query = gemmi.read_structure(str(structure_path('1hvr.pdb')))[0]
        lines = [line.split('|')[1:] for line in (self.output / 'alignment.txt').read_text().splitlines()]
        for rank, row in enumerate(rows, start=1):
            member = gemmi.read_structure(str(self.output / 'ensemble' / f'{row["PDB code"]}_{rank}.pdb'))
            self.assertFalse(member.cell.is_crystal())
            self.assertEqual([chain.name for chain in member[0]][:2], ['A', 'B'])
            apart = []
            for cells in zip(lines[0], lines[rank], strict=True):
                places = [cell.split('-') for cell in cells]
                first, second = (
                    model[chain][number][0]['CA'][0].pos
                    for model, (_, number, chain) in zip((query, member[0]), places, strict=True)
                )
                apart.append(first.dist(second))
            self.assertLess(max(apart), 6)
            self.assertLess(np.median(apart), 1)
        self.assertEqual(float(rows[0]['Backbone RMSD']), 0)

    def test_hits_beyond_the_ensemble_are_listed(self) -> None:
        """And the user is told."""
        rows = self.found(f'--ligand={structure_path(_AMPRENAVIR)}', '--members=1')
        self.assertEqual(len(rows), 1)
        self.assertEqual(len((self.output / 'further.csv').read_text().splitlines()), 4)
        self.assertIn('4 sites were found', self.notes()['siena.more_found'])

    def test_site_by_residues(self) -> None:
        """In any order; another name, a ligand and a blank chain are told or understood."""
        rows = self.found(self.edf('ILE B 50', 'ASP A 25', 'GLY A 27', 'HIS A 84', 'XK2 A 263', 'ILE B 84', 'ASP B 29'))
        cells = (self.output / 'alignment.txt').read_text().splitlines()[0].split('|')[1:]
        self.assertEqual(cells, ['D-25-A', 'G-27-A', 'I-84-A', 'D-29-B', 'I-50-B', 'I-84-B'])
        # These residues are there twice, the second time with the chains exchanged.
        self.assertEqual(len(rows), 8)
        self.assertEqual(set(self.notes()), {'siena.left_out', 'siena.residue_name'})

    def test_nothing_found_is_no_failure(self) -> None:
        """There is no table then."""
        result = self.run_siena(f'--ligand={structure_path(_AMPRENAVIR)}', '--ec_number=7')
        self.assertEqual(result.code, 0, result.stderr)
        self.assertFalse((self.output / 'resultStatistic.csv').exists())
        self.assertIn('siena.nothing_found', self.notes())

    def test_low_identity_and_further_molecules_are_told(self) -> None:
        """The first molecule counts."""
        text = gzip.decompress(structure_path(_AMPRENAVIR).read_bytes()).decode()
        both = self.work.write('both.sdf', text + text)
        self.found(f'--ligand={both}', '--minimal_site_identity=0.4')
        self.assertEqual(set(self.notes()), {'siena.low_identity', 'siena.first_ligand'})

    def test_entry_whose_file_has_changed_is_left_out_and_named(self) -> None:
        """Ranks stay without a gap."""
        archive = self.work.path / 'archive'
        archive.mkdir()
        for name in ('1hvr', '1hpv', '4e43', '1qbs'):
            shutil.copyfile(ARCHIVE / f'{name}.pdb.gz', archive / f'{name}.pdb.gz')
        target = self.work.path / 'index.sqlite'
        build_index(target, archive)
        os.utime(archive / '1hvr.pdb.gz', (1, 1))
        (archive / '1qbs.pdb.gz').unlink()
        result = self.run_siena(f'--ligand={structure_path(_AMPRENAVIR)}', database=target)
        self.assertEqual(json.loads(result.stdout)['members'], 2)
        self.assertEqual({file.stem[-1] for file in (self.output / 'ensemble').iterdir()}, {'1', '2'})
        self.assertIn('1HVR, 1QBS', self.notes()['siena.files_changed'])

    def test_structure_too_wide_for_pdb_is_mmcif(self) -> None:
        """A chain with a name of two letters."""
        archive = self.work.path / 'archive'
        archive.mkdir()
        structure = gemmi.read_structure(str(ARCHIVE / '1ubi.pdb.gz'))
        structure.rename_chain('A', 'AB')
        structure.setup_entities()
        structure.make_mmcif_document().write_file(str(archive / '1ubi.cif'))
        target = self.work.path / 'index.sqlite'
        build_index(target, archive)
        result = self.run_siena(self.edf('LEU A 8', 'ILE A 44', 'HIS A 68'), database=target, protein='1ubi.pdb')
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual([file.name for file in (self.output / 'ensemble').iterdir()], ['1UBI_1.cif'])

    def test_inputs_that_cannot_be_used_have_a_code(self) -> None:
        """And a sentence."""
        far = gzip.decompress((TEST_FILES / '1ia1_TQ3.sdf.gz').read_bytes())
        dna = ['--edf', str(self.work.write('d.edf', 'REFERENCE x\nRESIDUE DA A 1\n'))]
        for code, arguments, protein in (
            ('siena.empty_site', [f'--ligand={self.work.write("far.sdf", far)}'], '1hvr.pdb'),
            ('siena.empty_site', [self.edf('XK2 A 263')], '1hvr.pdb'),
            ('siena.site_residue', [self.edf('ASP A 25', 'ASP C 1000')], '1hvr.pdb'),
            ('siena.edf', [self.edf('ASP')], '1hvr.pdb'),
            ('siena.edf', [self.edf()], '1hvr.pdb'),
            ('siena.no_protein', dna, '1pfe.cif'),
            ('siena.option', [self.edf('ASP A 25'), '--site_radius=99'], '1hvr.pdb'),
        ):
            with self.subTest(code=code, arguments=arguments):
                result = self.run_siena(*arguments, protein=protein)
                self.assertEqual((result.code, result.error.get('code')), (65, code), result.stderr)
        missing = self.run_siena(self.edf('ASP A 25'), database=self.work.path / 'none.sqlite')
        self.assertEqual((missing.error['code'], bool(missing.error['hint'])), ('siena.no_database', True))

    def test_usage(self) -> None:
        """A site is needed, and one is enough."""
        self.assertEqual(self.run_siena().code, 64)
        self.assertEqual(self.run_siena('--ligand=a', '--edf=b').code, 64)
        self.assertEqual(run_command(command, []).code, 64)
