"""What points are, against what is known of the structures; and builds that are cut short."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from engines.errors import EngineError
from engines.geomine.build import builder
from engines.geomine.build.builder import build
from engines.geomine.build.extract import EntryRow, Options, read_entry
from engines.geomine.build.sites import REACH, Row
from engines.geomine.database import Where, reading
from engines.geomine.words import Interaction, Molecule, Part, Secondary
from engines.structure.components import default_path

from . import brute_force
from .samples import FILES, NAMES, archive, entry

CRAMBIN = (FILES / '1crn.pdb.gz', FILES / '1ejg.pdb.gz')
PLAIN = Options(default_path(), pockets=False)


class Points(unittest.TestCase):
    """Of HIV-1 protease with a cyclic urea (1HVR) and of streptavidin with biotin (2IZF)."""

    def rows(self, residue: str, element: int, name: str = '1hvr.pdb.gz') -> list[Row]:
        """
        :param residue: name
        :param element: atomic number
        :param name: of the file
        :returns: the points of such atoms in the site of the ligand
        """
        return [row for row in entry(name).sites[0].points if (row[1].residue, row[1].element) == (residue, element)]

    def test_header_is_read(self) -> None:
        """As archives read it."""
        head = entry('1hvr.pdb.gz').header
        self.assertEqual((head.code, head.method, head.resolution), ('1HVR', 'X-RAY DIFFRACTION', 1.8))
        self.assertTrue(head.title.startswith('RATIONAL DESIGN'))
        self.assertRegex(head.date, r'^1994-\d\d-\d\d$')

    def test_sites_are_those_of_the_ligand_and_of_pockets_that_are_empty(self) -> None:
        """No pocket is told twice."""
        sites = entry('1hvr.pdb.gz').sites
        self.assertEqual(sites[0].name, 'XK2_A_263')
        self.assertEqual([site.name for site in sites[1:]], [f'Empty_Pocket_{i}' for i in range(len(sites) - 1)])
        ligand = np.array([row[2:5] for row in sites[0].points if row[1].molecule == Molecule.LIGAND])
        for pocket in sites[1:]:
            middle = np.mean([row[2:5] for row in pocket.points], 0)
            self.assertGreater(np.linalg.norm(ligand - middle, axis=1).min(), 2)
            self.assertGreaterEqual(pocket.volume or 0, 100)

    def test_all_atoms_within_reach_are_points_and_no_others(self) -> None:
        """Counted again from the file."""
        import gemmi

        structure = gemmi.read_structure(str(FILES / '1hvr.pdb.gz'))
        atoms = [(cra.residue.name, cra.atom) for cra in structure[0].all() if not cra.atom.is_hydrogen()]
        own = np.array([atom.pos.tolist() for residue, atom in atoms if residue == 'XK2'])
        near = {
            tuple(round(x, 3) for x in atom.pos.tolist())
            for _, atom in atoms
            if np.linalg.norm(own - atom.pos.tolist(), axis=1).min() <= REACH
        }
        points = {row[2:5] for row in entry('1hvr.pdb.gz').sites[0].points if row[1].element}
        self.assertEqual(points, near)

    def test_atoms_of_the_protein_can_do_what_they_do(self) -> None:
        """Carboxylates, amides, apolar carbons; parts; and the flaps are strands."""
        oxygens = {row[1].part: row[1] for row in self.rows('ASP', 8)}
        side, back = oxygens[Part.SIDE_CHAIN], oxygens[Part.BACKBONE]
        self.assertEqual(side.interactions, Interaction.ACCEPTOR | Interaction.ANION)
        self.assertEqual(back.interactions, Interaction.ACCEPTOR)
        (nitrogens,) = {row[1].interactions for row in self.rows('ILE', 7)}
        self.assertEqual(nitrogens, Interaction.DONOR)
        carbons = {row[1].interactions for row in self.rows('VAL', 6) if row[1].part == Part.SIDE_CHAIN}
        self.assertEqual(carbons, {int(Interaction.HYDROPHOBIC)})
        self.assertEqual({row[1].secondary for row in self.rows('ILE', 7) if row[5] >= 0} - set(Secondary), set())

    def test_direction_of_a_carbonyl_is_that_of_its_bond_and_of_an_amide_that_of_its_hydrogen(self) -> None:
        """Away from what an atom is bonded to."""
        import gemmi

        structure = gemmi.read_structure(str(FILES / '1hvr.pdb.gz'))
        chain = structure[0]['A']
        number = {row[2:5]: row for row in entry('1hvr.pdb.gz').sites[0].points}
        seen = 0
        for before, residue in zip(chain, [*chain][1:], strict=False):
            oxygen = residue.find_atom('O', '*') if residue.name in ('GLY', 'ASP') else None
            row = oxygen and number.get(tuple(round(x, 3) for x in oxygen.pos.tolist()))
            if row:
                bond = np.array((oxygen.pos - residue['C'][0].pos).tolist())
                self.assertGreater(float(bond @ row[6:] / np.linalg.norm(bond)) / 1000, 0.999)
                seen += 1
            nitrogen = residue.find_atom('N', '*') if residue.name != 'PRO' else None
            row = nitrogen and number.get(tuple(round(x, 3) for x in nitrogen.pos.tolist()))
            if row and before.find_atom('C', '*'):
                ends = [np.array((nitrogen.pos - a.pos).tolist()) for a in (residue['CA'][0], before['C'][0])]
                way = sum(end / np.linalg.norm(end) for end in ends)
                self.assertGreater(float(way @ row[6:] / np.linalg.norm(way)) / 1000, 0.999)
                seen += 1
        self.assertGreater(seen, 8)

    def test_ligands_are_typed_by_their_bonds(self) -> None:
        """Biotin: acid, urea, sulphur without polar neighbours; its molecule and where its atoms are."""
        site = entry('2izf.pdb.gz').sites[0]
        rows = [row for row in site.points if row[1].molecule == Molecule.LIGAND]
        found = sorted((row[1].element, row[1].interactions) for row in rows if row[1].element in (7, 8, 16))
        donor, acceptor, anion = Interaction.DONOR, Interaction.ACCEPTOR, Interaction.ANION
        expected = [(7, donor), (7, donor), (8, acceptor), (8, acceptor | anion), (16, Interaction.HYDROPHOBIC)]
        self.assertEqual([pair for pair in found if pair in [(e, int(i)) for e, i in expected]][:3],
                         [(7, int(donor)), (7, int(donor)), (8, int(acceptor))])  # fmt: skip
        self.assertEqual(sum(bool(interactions & anion) for _, interactions in found), 2)
        self.assertIsNotNone(site.molecule)
        self.assertEqual(
            (site.molecule and site.molecule.code, site.molecule and site.molecule.heavy_atoms), ('BTN', 16)
        )

    def test_rings_are_points_with_their_normal(self) -> None:
        """Tryptophan has two, which lie in one plane."""
        rings = [row for row in entry('2izf.pdb.gz').sites[0].points if row[1].shape == 1 and row[1].residue == 'TRP']
        self.assertTrue(rings and len(rings) % 2 == 0)
        for one, other in zip(rings[::2], rings[1::2], strict=True):
            self.assertGreater(abs(np.dot(one[6:], other[6:])) / 1e6, 0.98)
            self.assertAlmostEqual(float(np.linalg.norm(one[6:])), 1000, delta=2)

    def test_buried_atoms_have_less_surface_than_exposed_ones(self) -> None:
        """Of the structure without its ligand: what the ligand covers is free."""
        waters = [row[5] for row in entry('2izf.pdb.gz').sites[0].points if row[1].molecule == Molecule.WATER]
        self.assertEqual(set(waters), {0.0})
        protein = [row[5] for row in entry('1hvr.pdb.gz').sites[0].points if row[1].molecule == Molecule.PROTEIN]
        self.assertEqual(min(protein), 0)
        self.assertTrue(20 < max(protein) < 150)


class Building(unittest.TestCase):
    """Builds and their ends."""

    def setUp(self) -> None:
        """A folder with structures, and place for an archive."""
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.source = self.folder / 'source'
        self.source.mkdir()
        self.where = Where(str(self.folder / 'archive.sqlite3'))
        self.read: list[str] = []
        self.enterContext(mock.patch.object(builder, 'read_entry', self._noted))

    def _noted(self, path: Path, options: Options) -> EntryRow:
        """
        :param path: of a file, which is noted
        :param options: what is taken from it
        :returns: the rows of its entry
        """
        self.read.append(path.name)
        return read_entry(path, options)

    def build(self, options: Options = PLAIN, anew: bool = False) -> dict[str, int]:
        """
        :param options: what is taken from structures
        :param anew: whether another folder may take the place of the old one
        :returns: what the build tells; ``self.read`` has the files that it read
        """
        self.read.clear()
        return build(self.source, self.where, options, 0, lambda *_: None, anew)

    def add(self, file: Path, name: str = '') -> Path:
        """
        :param file: to be put into the source
        :param name: of the copy
        :returns: the copy
        """
        return Path(shutil.copy(file, self.source / (name or file.name)))

    def state(self) -> tuple[str, list[tuple[object, ...]]]:
        """:returns: version of the archive, and files and codes of its entries"""
        with reading(self.where) as database:
            rows = database.rows(
                "SELECT file, code, CASE error WHEN '' THEN 1 ELSE 0 END FROM geomine_entry ORDER BY file"
            )
            return str(database.one('SELECT version FROM geomine_archive')), rows

    def test_only_what_is_new_or_changed_is_read_and_what_is_gone_is_removed(self) -> None:
        """And nothing changes the version of an archive that stays the same."""
        first, _ = self.add(CRAMBIN[0]), self.add(CRAMBIN[1])
        self.assertEqual(self.build()['entries'], 2)
        version, rows = self.state()
        self.build()
        self.assertEqual((self.read, self.state()), ([], (version, rows)))
        first.touch()
        self.build()
        self.assertEqual(self.read, [first.name])
        self.assertNotEqual(self.state()[0], version)
        first.unlink()
        told = self.build()
        self.assertEqual((told['removed'], told['entries'], self.read), (1, 1, []))
        self.assertEqual([code for _, code, _ in self.state()[1]], ['1EJG'])
        self.build(Options(default_path(), pockets=True))
        self.assertEqual(self.read, ['1ejg.pdb.gz'])

    def test_unusable_files_are_told_once_and_skipped(self) -> None:
        """Until they change."""
        bad = self.source / 'bad.pdb'
        bad.write_text('hello')
        self.add(CRAMBIN[0])
        told = self.build()
        self.assertEqual((told['entries'], told['unusable'], told['failed']), (1, 1, 1))
        self.assertIn(('bad.pdb', 'BAD', 0), self.state()[1])
        self.assertEqual(self.build()['failed'], 0)
        shutil.copy(CRAMBIN[1], bad)
        self.assertEqual(self.build()['entries'], 2)

    def test_faults_that_are_not_those_of_the_file_are_tried_again(self) -> None:
        """Such as too little memory."""
        self.add(CRAMBIN[0])
        with mock.patch.object(builder, 'read_entry', side_effect=MemoryError):
            self.assertEqual(self.build()['unusable'], 1)
        self.assertEqual(self.build()['entries'], 1)

    def test_entry_in_two_files_is_stored_once(self) -> None:
        """And taken from the other one when the first is gone."""
        first = self.add(CRAMBIN[0])
        self.add(CRAMBIN[0], 'pdb1crn.ent.gz')
        told = self.build()
        self.assertEqual((told['entries'], told['unusable']), (1, 1))
        first.unlink()
        self.assertEqual(self.build()['entries'], 1)

    def test_archive_is_replaced_when_the_build_has_ended_and_not_before(self) -> None:
        """A build that fails in between leaves the old one, and the next goes on where it ended."""
        self.add(CRAMBIN[0])
        self.build()
        before = self.state()
        for name in NAMES[:2]:
            self.add(FILES / name)
        stops = iter([None, KeyboardInterrupt])

        def interrupted(*_: object) -> None:
            """:raises KeyboardInterrupt: for the second file"""
            if stop := next(stops):
                raise stop

        with self.assertRaises(KeyboardInterrupt):
            build(self.source, self.where, PLAIN, 0, interrupted)
        self.assertEqual(self.state(), before)
        self.build()
        self.assertEqual(self.read, [])
        self.assertEqual([code for _, code, _ in self.state()[1]], ['1CRN', '1HPV', '1HVR'])

    def test_archive_of_another_folder_is_not_emptied_by_mistake(self) -> None:
        """A wrong folder would cost days of work."""
        self.add(CRAMBIN[0])
        self.build()
        before = self.state()
        (self.source / CRAMBIN[0].name).unlink()
        self.add(CRAMBIN[1])
        with self.assertRaises(EngineError) as caught:
            self.build()
        self.assertEqual((caught.exception.code, self.state()), ('geomine.other_folder', before))
        self.assertEqual(self.build(anew=True)['entries'], 1)

    def test_two_builds_at_once_are_refused(self) -> None:
        """They would undo each other."""
        with builder._successor_sqlite(self.where), self.assertRaises(EngineError) as caught:
            self.build()
        self.assertEqual(caught.exception.code, 'geomine.busy')

    def test_killed_build_leaves_the_old_archive_and_the_next_one_resumes(self) -> None:
        """Killed for real, at two moments; the end is the same as without."""
        for name in ('1crn.pdb.gz', '1ejg.pdb.gz', '1ubi.pdb.gz', '1hel.pdb.gz'):
            self.add(FILES / name)
        script = (
            'import sys; from pathlib import Path; from engines.geomine.test import build_tests as t; '
            'print("begun", flush=True); '
            't.build(Path(sys.argv[1]), t.Where(sys.argv[2]), t.PLAIN, 0, lambda *a: print(*a, flush=True))'
        )
        for seconds in (0.0, 0.3):
            argv = [sys.executable, '-c', script, str(self.source), self.where.name]
            with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as process:
                assert process.stdout is not None
                process.stdout.readline()
                time.sleep(seconds)
                process.send_signal(signal.SIGKILL)
            with self.assertRaises(EngineError), reading(self.where):
                pass
        self.assertEqual(self.build()['entries'], 4)
        again = Where(str(self.folder / 'other.sqlite3'))
        build(self.source, again, PLAIN, 0, lambda *_: None)
        held = []
        for where in (self.where, again):
            with reading(where) as database:
                entries = database.rows(
                    'SELECT s.id, e.code, s.name FROM geomine_site s JOIN geomine_entry e ON e.id = s.entry'
                )
                there = brute_force.sites(database)
                held.append({(code, name): sorted(there[site]) for site, code, name in entries})
        self.assertEqual(*held)

    def test_archive_that_is_missing_or_old_is_told(self) -> None:
        """With what to do."""
        for name, code in (('nowhere', 'geomine.no_archive'), ('text', 'geomine.no_archive')):
            path = self.folder / name
            if name == 'text':
                path.write_text('hello' * 1000)
            with self.assertRaises(EngineError) as caught, reading(Where(str(path))):
                pass
            self.assertEqual((caught.exception.code, 'build_geomine' in caught.exception.hint), (code, True))
        built = archive()
        with mock.patch('engines.geomine.database.FORMAT', 99), self.assertRaises(EngineError) as caught:
            self.enterContext(reading(built))
        self.assertEqual(caught.exception.code, 'geomine.old_archive')
