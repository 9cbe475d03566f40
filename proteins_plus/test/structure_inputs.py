"""What a tool owes that takes a structure and a ligand as files, as tests to mix into those of its known defects."""

import gzip
from typing import TYPE_CHECKING, Any, ClassVar

from .samples import GLYCINE, METHANE, glycine_file
from .utils import ApiTestCase, structure_text, upload

if TYPE_CHECKING:
    _Base = ApiTestCase
else:
    _Base = object  # a mixin, so that it is not run by itself


class StructureInputs(_Base):
    """Mix it into an :class:`~proteins_plus.test.utils.ApiTestCase` whose tool works at once."""

    #: The submission route below ``/api/v2/``.
    route: ClassVar[str]

    def beside(self) -> dict[str, Any]:
        """:returns: what a request needs beside the structure"""
        return {}

    def jobs(self, *requests: dict[str, Any]) -> int:
        """
        :param requests: to submit
        :returns: how many different jobs they are
        """
        return len({self.run_job(self.route, request)['id'] for request in requests})

    def test_bytes_that_are_no_text_are_refused_in_both_files(self) -> None:
        """3.2: they answered 500."""
        for junk in (b'\xff\xfe', b'\0'):
            bad_protein = {'protein_file': upload(GLYCINE.encode() + junk, 'x.pdb')}
            bad_ligand = {'protein_file': glycine_file(), 'ligand_file': upload(METHANE.encode() + junk, 'x.sdf')}
            for field, data in (('protein_file', bad_protein), ('ligand_file', bad_ligand)):
                response = self.post(self.route, {**self.beside(), **data})
                self.assertEqual((response.status_code, field in response.json()), (400, True))

    def test_usual_formats_and_names_are_taken(self) -> None:
        """3.3: neither mmCIF nor gzip, .ent or upper-case suffixes."""
        cif = structure_text('1yjp.cif.gz')
        files: list[tuple[str | bytes, str]] = [(cif, 'x.cif'), (GLYCINE, 'x.ent'), (GLYCINE, 'X.PDB')]
        for content, name in (*files, (gzip.compress(cif.encode()), 'x.cif.gz')):
            job = self.run_job(self.route, {**self.beside(), 'protein_file': upload(content, name)})
            self.assertEqual(job['status'], 'success', name)
