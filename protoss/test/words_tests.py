"""A report in sentences."""

from typing import Any
from unittest import TestCase

from protoss.words import decisions, sentences


def residue(state: str, *others: float, pka: float | None = None) -> dict[str, Any]:
    """
    :param state: the chosen state
    :param others: scores of the alternatives
    :param pka: of the group
    :returns: a row of a report
    """
    return {'residue': 'HIS_A_57', 'state': state, 'pka': pka, 'alternatives': [{'score': score} for score in others]}


def report(*residues: dict[str, Any], ligands: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """
    :param residues: rows
    :param ligands: rows
    :returns: a report
    """
    return {'residues': list(residues), 'ligands': list(ligands), 'flips': [], 'removed': []}


class Sentences(TestCase):
    """What the demo says about a run."""

    def test_state_is_told_with_pka_and_what_the_next_best_one_costs(self) -> None:
        """A reader sees how sure it is."""
        said = list(sentences(report(residue('HID', -3.04, -1.26, pka=6.54))))
        self.assertEqual(said, ['HIS_A_57: hydrogen on ND1, pKa 6.5; the next best costs 1.3.'])

    def test_usual_states_are_not_worth_a_word(self) -> None:
        """There are a hundred of them."""
        self.assertEqual(list(sentences(report(*map(residue, ('ASP', 'LYS', 'COO-', 'NH3+', 'ASN'))))), [])

    def test_unusual_state_without_alternative_is_told_alone(self) -> None:
        """No number is made up."""
        self.assertEqual(list(sentences(report(residue('CYM')))), ['HIS_A_57: thiolate.'])

    def test_ligand_is_told_with_its_form_and_charge(self) -> None:
        """Neutral ones have no sign."""
        for charge, word in ((1, '+1'), (0, '0'), (-2, '-2')):
            state = {'label': 'likeliest', 'charge': charge}
            row = {'name': 'XK2_A_263', 'state': state, 'partners': ['a', 'b'], 'alternatives': []}
            said = list(sentences(report(ligands=(row,))))
            self.assertEqual(said, [f'XK2_A_263: likeliest form, charge {word}, 2 polar contacts.'])

    def test_report_of_a_job_is_read_from_the_server(self) -> None:
        """The demo knows the job only."""
        served = {'protoss/reports/5/': {'report': report(residue('HIP'))}}
        said = list(decisions(served.__getitem__, {'output_report': 5}))
        self.assertEqual(said, ['HIS_A_57: hydrogen on both nitrogens, charged.'])
