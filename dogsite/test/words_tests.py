"""A table of pockets in sentences."""

from unittest import TestCase

from dogsite.words import pockets, sentences


def row(name: str, **cells: str) -> dict[str, str]:
    """
    :param name: of the pocket
    :param cells: other than usual
    :returns: a row of a table
    """
    return {'name': name, 'volume': '599.23', 'depth': '17.51', 'drugScore': '0.62', 'lig_name': '', **cells}


class Sentences(TestCase):
    """What the demo says about a run."""

    def test_pocket_is_told_by_size_and_druggability(self) -> None:
        """The figures a chemist asks for."""
        said = ['1 pocket.', 'P_1: 599 \u00c5\u00b3, 17.5 \u00c5 deep, druggability 0.62.']
        self.assertEqual(list(sentences([row('P_1')])), said)

    def test_pocket_with_the_ligand_is_told_wherever_it_stands(self) -> None:
        """Whoever gave a ligand asks where it is."""
        others = [row(f'P_{number}', lig_name='non', lig_cov='0.00') for number in range(1, 6)]
        said = list(sentences([*others, row('P_6', lig_name='XK2_A_263', lig_cov='85.48')]))
        self.assertEqual([line.partition(':')[0] for line in said], ['6 pockets.', 'P_1', 'P_2', 'P_3', 'P_6'])
        self.assertTrue(said[-1].endswith('holds 85 % of XK2_A_263.'))
        bound = row('P_1', lig_name='XK2_A_263', lig_cov='85.48')
        self.assertEqual(len(list(sentences([bound, *others[1:]]))), 4)

    def test_subpockets_are_left_out_and_no_pocket_is_said(self) -> None:
        """The demo knows the job only."""
        served = {'dogsite/info/5/': {'info': [row('P_1'), row('P_1_1'), row('P_1_2'), row('P_2')]}}
        self.assertEqual(len(list(pockets(served.__getitem__, {'dogsite_info': 5}))), 3)
        self.assertEqual(list(pockets(served.__getitem__, {'dogsite_info': None})), ['0 pockets.'])
