"""The pKa values of PROPKA, and that looking at less of a structure changes none of them."""

import tempfile
import unittest
from pathlib import Path

import gemmi
from propka.output import get_summary_section
from propka.run import single

from engines.protoss import propka_run
from engines.protoss.pka import Propka
from engines.test.utils import structure_path


def summary(text: str) -> list[str]:
    """
    :param text: of PROPKA
    :returns: its lines about groups with a pKa
    """
    return [line.rstrip() for line in text.splitlines() if len(line.split()) > 4 and line.split()[3] != '0.00']


class PropkaTests(unittest.TestCase):
    """Real structures: a metal, a ligand, two chains, disulfide bonds."""

    def test_values_are_those_of_propka_itself(self) -> None:
        """To the last digit that it tells."""
        for name in ('1gbt.cif', '1hvr.pdb', '5pti.cif', '2ha2.pdb'):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = Path(folder, 'model.pdb')
                structure = gemmi.read_structure(str(structure_path(name)))
                path.write_text(Propka(structure)._pdb(structure[0].clone()))
                propka_run.main(path)
                alone = single(str(path), optargs=['--quiet'], write_pka=False)
                told = get_summary_section(alone, 'AVR', alone.version.parameters)
                found = summary(path.with_suffix('.pka').read_text())
                self.assertGreater(len(found), 20)
                self.assertEqual(found, summary(told))

    def test_values_go_to_the_residues_they_belong_to(self) -> None:
        """Aspartate 25 of HIV-1 protease is far from its usual pKa in one chain."""
        table = Propka(gemmi.read_structure(str(structure_path('1hvr.pdb')))).table()
        assert table is not None
        pair = [table[chain, 25, '', 'ASP'] for chain in 'AB']
        self.assertGreater(max(pair), 6)
        self.assertIn(('A', 1, '', 'N+'), table)
