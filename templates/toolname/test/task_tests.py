"""The science of ToolName."""

from proteins_plus.test.utils import ApiTestCase

from .config import request


class ToolNameTasks(ApiTestCase):
    """Runs on structures whose content is known."""

    def test_counts_residues_atoms_and_waters_of_each_chain(self) -> None:
        """As counted in the columns of the files: PDB and mmCIF."""
        for name, counts in (('1ajj.pdb', (39, 285, 30)), ('1yjp.cif', (7, 59, 7))):
            job = self.run_job('toolname/', request(name))
            result = self.get(f'toolname/info/{job["toolname_info"]}/')
            expected = dict(zip(('chain', 'residues', 'atoms', 'waters'), ('A', *counts), strict=True))
            self.assertEqual((result['info'], result['parent_toolname_job']), ([expected], job['id']))

    def test_chain_that_is_not_there_is_a_failed_job(self) -> None:
        """The hint says which chains there are."""
        job = self.run_job('toolname/', request(chain_id='B'))
        self.assertEqual((job['error_code'], job['error_hint']), ('structure.no_chain', 'It has: A.'))
