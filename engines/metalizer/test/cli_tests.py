"""The command line, on real structures."""

import json
import unittest
from pathlib import Path
from typing import Any

import gemmi

from engines.errors import EngineError
from engines.metalizer.cli import command
from engines.metalizer.sites import choose, find_metals
from engines.structure.reading import read_structure
from engines.test.utils import Workspace, dictionary_path, run_command, structure_path

#: Iron where that of haem A of 4HHB is.
_IRON = (
    'HEM_A_142\n  test 3D\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n{:10.4f}{:10.4f}{:10.4f} Fe  0  0\nM  END\n$$$$\n'
)


class _Case(unittest.TestCase):
    """With a work folder."""

    def setUp(self) -> None:
        """Make it."""
        self.work = Workspace()
        self.addCleanup(self.work.close)

    def found(self, file: Path, *more: str) -> list[dict[str, Any]]:
        """
        :param file: a structure
        :param more: further arguments
        :returns: what is told of its metals
        """
        result = run_command(command, [f'--input={file}', '--crystal_symmetry', *more])
        self.assertEqual(result.code, 0, result.stderr)
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found

    def notes(self) -> list[dict[str, str]]:
        """:returns: the notes of a run"""
        notes: list[dict[str, str]] = json.loads((self.work.path / 'notes.json').read_text())
        return notes


class CommandLineTests(_Case):
    """What goes in and what comes out."""

    def test_calcium_of_1ajj_is_octahedral_and_linked_to_its_six_oxygens(self) -> None:
        """As PDB and as mmCIF."""
        output = self.work.path / 'out.pdb'
        (calcium,) = self.found(structure_path('1ajj.pdb'), '--metal=73:A.CA', f'--output={output}')
        best = calcium['predictions'][0]
        self.assertEqual((best['geometry'], best['free_sites'], best['unique']), ('octahedral', 0, True))
        self.assertEqual({atom['element'] for site in best['partners'] for atom in site['atoms']}, {'O'})
        for file in (output, output.with_suffix('.cif')):
            ends = (
                {bond.partner1.res_id.name, bond.partner2.res_id.name}
                for bond in gemmi.read_structure(str(file)).connections
            )
            bonds = [names for names in ends if 'CA' in names]
            self.assertEqual(len(bonds), 6, file.name)

    def test_all_metals_are_looked_at_when_none_is_named(self) -> None:
        """Four haem irons, each below four nitrogens of its ring and one of histidine."""
        irons = self.found(structure_path('4hhb.pdb'))
        self.assertEqual(
            [iron['molecule_name'] for iron in irons], ['HEM_A_142', 'HEM_B_148', 'HEM_C_142', 'HEM_D_148']
        )
        for iron in irons:
            self.assertEqual(iron['predictions'][0]['geometry'], 'square pyramid')
            apical = next(site for site in iron['predictions'][0]['partners'] if site['localization'] == 'apical')
            self.assertIn('.NE2/', apical['atoms'][0]['atom_name'])

    def test_metal_that_is_not_there_is_an_error_that_names_those_that_are(self) -> None:
        """So are a name that is none, a distance out of bounds, and a structure without metals."""
        cases = [
            ('1ajj.pdb', '--metal=74:A.CA', 'metal.not_found'), ('1ajj.pdb', '--metal=CA', 'metal.name'),
            ('1ajj.pdb', '--distance_threshold=nan', 'metal.threshold'), ('1crn.pdb', '--metal=1:A.ZN', 'metal.none'),
        ]  # fmt: skip
        for name, argument, code in cases:
            result = run_command(command, [f'--input={structure_path(name)}', argument])
            self.assertEqual((result.code, result.error['code']), (65, code))
        self.assertIn(
            '73:A.CA', run_command(command, [f'--input={structure_path("1ajj.pdb")}', '--metal=1:B.K']).stderr
        )

    def test_models_and_missing_cells_and_metals_without_geometry_are_noted(self) -> None:
        """Three models in solution; with 2.15 Angstrom two of the sodium's partners are left."""
        notes = self.work.path / 'notes.json'
        self.found(structure_path('1lcd.pdb'), f'--notes={notes}', '--distance_threshold=2.15')
        codes = [note['code'] for note in self.notes()]
        self.assertEqual(codes, ['structure.first_model', 'metal.no_crystal', 'metal.no_geometry'])
        self.found(structure_path('1ajj.pdb'), f'--notes={notes}', '--distance_threshold=1.5')
        self.assertIn('73:A.CA has no partners within 1.5', self.notes()[0]['message'])

    def test_ligands_beside_the_structure_are_put_back(self) -> None:
        """A metal of them is found, and told by name."""
        source = read_structure(structure_path('4hhb.pdb')).structure
        iron = find_metals(source[0])[0].atom.pos
        sdf = self.work.write('x.sdf', _IRON.format(*iron.tolist()))
        for chain in source[0]:
            for index in reversed([i for i, residue in enumerate(chain) if residue.name == 'HEM']):
                del chain[index]
        bare = self.work.write('x.cif', source.make_mmcif_document().as_string())
        (found,) = self.found(bare, f'--ligands={sdf}', f'--ccd={dictionary_path()}', '--metal=142:A.FE')
        self.assertEqual((found['molecule_name'], found['donors'][0]['residue']), ('HEM_A_142', 'HIS'))

    def test_long_numbers_chains_and_insertion_codes_are_kept(self) -> None:
        """They do not fit into the PDB format; mmCIF is written alone."""
        source = read_structure(structure_path('1ajj.pdb')).structure
        calcium = find_metals(source[0])[0]
        calcium.residue.seqid = gemmi.SeqId(12345, 'B')
        source.rename_chain('A', 'AAA')
        long = self.work.write('x.cif', source.make_mmcif_document().as_string())
        output, notes = self.work.path / 'out.pdb', self.work.path / 'notes.json'
        arguments = ['--metal=12345B:AAA.CA', f'--output={output}', f'--notes={notes}']
        (found,) = self.found(long, *arguments)
        self.assertEqual((found['metal_name'], found['position']), ('12345B:AAA.CA/0', '12345B'))
        self.assertEqual((output.exists(), output.with_suffix('.cif').exists()), (False, True))
        self.assertIn('structure.no_pdb', [note['code'] for note in self.notes()])


class SiteTests(unittest.TestCase):
    """Names of metals."""

    def test_metal_answers_to_atom_residue_and_element(self) -> None:
        """In any case; the atom's name goes first."""
        metals = find_metals(read_structure(structure_path('4hhb.pdb')).structure[0])
        for name in ('142:A.FE', '142:A.hem', '142:A.Fe'):
            self.assertEqual([metal.molecule for metal in choose(metals, name)], ['HEM_A_142'])
        with self.assertRaises(EngineError):
            choose(metals, '142:A.ZN')
