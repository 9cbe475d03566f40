"""Scores in sentences."""

from unittest import TestCase

from ediascorer.words import Row, judgement, kinds, number, sentences, support, worst_first


def atom(name: str, edia: float, kind: str = 'r', number: str = '1') -> Row:
    """
    :param name: of its residue or ligand
    :param edia: its score
    :param kind: r, m, w or t
    :param number: of its residue or ligand
    :returns: a row of the table of atoms
    """
    place = {'Substructure name': name, 'Chain': 'A', 'Substructure id': number}
    return {**place, 'Structure specifier': kind, 'EDIA': str(edia)}


def structure(name: str, ediam: float, number: str = '1') -> Row:
    """
    :param name: of a residue or ligand
    :param ediam: its score
    :param number: of it
    :returns: a row of the table of residues and ligands
    """
    return {'Name': name, 'Chain': 'A', 'ID': number, 'EDIAm': str(ediam)}


class Sentences(TestCase):
    """What the page and the demo say about a run."""

    def test_share_of_supported_atoms_then_ligands_then_residues_without_support(self) -> None:
        """Whoever has a ligand asks about it; of residues only the bad ones are news."""
        atoms = {'1': atom('GLY', 0.9), '2': atom('LEU', 0.3), '3': atom('TES', 0.8, 'm'), '4': atom('HOH', 0.1, 'w')}
        structures = {
            'GLY_A_1': structure('GLY', 0.9),
            'LEU_A_1': structure('LEU', 0.3),
            'TES_A_1': structure('TES', 0.8),
            'HOH_A_1': structure('HOH', 0.1),
        }
        said = [
            '2 of 4 atoms (50 %) are well supported by the density.',
            'TES_A_1: well supported, EDIAm 0.80.',
            'Hardly supported residues: LEU_A_1.',
        ]
        self.assertEqual(list(sentences(atoms, structures)), said)
        served = {'ediascorer/scores/5/': {'atom_scores': atoms, 'structure_scores': structures}}
        self.assertEqual(list(support(served.__getitem__, {'edia_scores': 5})), said)

    def test_long_list_of_residues_is_cut_behind_the_worst(self) -> None:
        """A wrong map has them all."""
        atoms = {str(n): atom('LEU', 0.1, number=str(n)) for n in range(8)}
        structures = {f'LEU_A_{n}': structure('LEU', 0.3 - n / 100, str(n)) for n in range(8)}
        self.assertTrue(
            list(sentences(atoms, structures))[-1].endswith('LEU_A_7, LEU_A_6, LEU_A_5, LEU_A_4, LEU_A_3 and 3 more.')
        )

    def test_what_the_map_does_not_reach_is_neither_good_nor_bad(self) -> None:
        """A cell may be empty."""
        self.assertIsNone(number({'EDIAm': ''}, 'EDIAm'))
        unknown = {**structure('TES', 0), 'EDIAm': ''}
        self.assertEqual([name for name, _ in worst_first({'A': unknown, 'B': structure('B', 0.9)})], ['B', 'A'])
        atoms = {'1': atom('GLY', 0.9), '2': {**atom('TES', 0, 'm'), 'EDIA': ''}}
        said = ['1 of 1 atoms (100 %) are well supported by the density.', 'TES_A_1: the map does not reach it.']
        self.assertEqual(list(sentences(atoms, {'TES_A_1': unknown})), said)

    def test_limits_belong_to_the_better_side(self) -> None:
        """As the colours have it."""
        words = [judgement(score).partition(',')[0] for score in (0.39, 0.4, 0.79, 0.8)]
        self.assertEqual(words, ['hardly supported', 'partly supported', 'partly supported', 'well supported'])
        self.assertEqual(kinds([atom('TES', 1, 'm')]), {('TES', 'A', '1'): 'm'})
