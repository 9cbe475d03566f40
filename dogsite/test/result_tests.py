"""What the page of a job shows."""

from typing import Any

from dogsite.models import DogsiteJob
from molecule_handler.models import Ligand, ProteinSite
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, upload
from web import scenes
from web.results import Place, Result, result_of

from .samples import working_dogsite

#: Puts the ligand into a pocket, by its number in the table.
_HOLDS = 'sed -i "s/^{0}\\tnon/{0}\\tMTN_A_1/" pocket_desc.txt'


class Results(ApiTestCase):
    """Results of runs of a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def job(self, *names: str, also: str = '', **data: Any) -> DogsiteJob:
        """
        :param names: of the pockets
        :param also: shell commands in the work directory
        :param data: of the request; a glycine unless given
        :returns: the job after its run
        """
        with working_dogsite(*names, also=also):
            answer = self.run_job('dogsite/', {'use_cache': 'false', **(data or {'protein_file': glycine_file()})})
        return DogsiteJob.objects.get(pk=answer['id'])

    def result(self, *names: str, also: str = '', **data: Any) -> Result:
        """
        :param names: of the pockets
        :param also: shell commands in the work directory
        :param data: of the request; a glycine unless given
        :returns: the result of the job
        """
        return result_of(self.job(*names, also=also, **data))

    def test_row_leads_to_the_residues_of_its_pocket(self) -> None:
        """The stand-in gives each pocket the residue of its number."""
        (table,) = self.result('P_1', 'P_1_1', 'P_2').tables
        self.assertEqual([row.cells['name'] for row in table.rows], ['P_1', 'P_1_1', 'P_2'])
        self.assertEqual([row.places for row in table.rows], [(Place('A', n, 'B'),) for n in (1, 2, 3)])

    def test_columns_have_units_and_meanings_and_only_some_are_shown(self) -> None:
        """Sixty columns are for a file. Those about a ligand say nothing where there is none."""
        columns = {column.key: column for column in self.result('P_1').tables[0].columns}
        self.assertEqual((columns['volume'].title, columns['volume'].unit), ('Volume', '\u00c5\u00b3'))
        self.assertIn('distance of the deepest point', columns['depth'].meaning)
        self.assertEqual([name for name in columns if columns[name].shown], ['name', 'volume', 'depth'])
        held = self.result('P_1', also=_HOLDS.format('P_1')).tables[0]
        self.assertIn('lig_name', [column.key for column in held.columns if column.shown])
        self.assertFalse(columns['site_id'].shown or columns['site_id'].numeric)

    def test_surface_has_the_colour_of_its_rank_in_scene_legend_and_file(self) -> None:
        """The ranks of subpockets are their own."""
        result = self.result('P_1', 'P_1_1', 'P_1_2', 'P_2')
        self.assertEqual([scene.title for scene in result.scenes], ['Pockets', 'Subpockets'])
        first, second = scenes.colour(0), scenes.colour(1)
        wanted = {'P_1.ccp4': first, 'P_1_1.ccp4': first, 'P_1_2.ccp4': second, 'P_2.ccp4': second}
        self.assertEqual({file.name: file.contour.colour for file in result.files if file.contour}, wanted)
        legend = [(first, 'P_1, 2 \u00c5\u00b3'), (second, 'P_2, 4 \u00c5\u00b3')]
        self.assertEqual(list(result.scenes[0].legend), legend)
        drawn = result.scenes[0].build().model_dump_json()
        self.assertEqual([name in drawn for name in wanted], [True, False, False, True])

    def test_no_colour_is_used_twice_and_the_pocket_with_the_ligand_is_drawn(self) -> None:
        """Nobody tells 47 pockets apart, but the one with the ligand is the one that is asked for."""
        names = [f'P_{number}' for number in range(1, 13)]
        colours, drawn = len(scenes.COLOURS) - 1, []
        for also in ('', _HOLDS.format('P_10')):
            (scene,) = self.result(*names, also=also).scenes
            self.assertEqual(len({colour for colour, _ in scene.legend}), colours)
            drawn.append([words.partition(',')[0] for _, words in scene.legend])
            self.assertIn('6 of 12 pockets of gly', scene.text)
        self.assertEqual(drawn, [names[:colours], [*names[:3], *names[4:colours], 'P_10']])

    def test_ligands_are_shown_beside_the_pockets_and_the_given_one_once(self) -> None:
        """A stored protein has its ligands in rows of their own; the text without them looks empty."""
        protein = stored_protein()
        for name in ('NAP_A_324', 'TES_A_325'):
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        own = Ligand.objects.get(name='TES_A_325')
        for given, titles in (
            ({}, ['NAP_A_324', 'TES_A_325']),
            ({'ligand_id': str(own.pk)}, ['TES_A_325', 'NAP_A_324']),
            ({'ligand_file': upload(METHANE, 'x.sdf')}, ['MTN_A_1', 'NAP_A_324', 'TES_A_325']),
        ):
            result = self.result('P_1', protein_id=str(protein.pk), **given)
            text = next(file.read().decode() for file in result.files if file.name == 'ligands.sdf')
            records = text.split('$$$$\n')[:-1]
            self.assertEqual([record.partition('\n')[0] for record in records], titles)
            self.assertIn(', '.join(titles), result.scenes[0].text)
            self.assertEqual(result.scenes[0].legend[1:], ((scenes.COLOURS[-1], 'ligand'),))

    def test_job_without_pockets_shows_the_protein_and_says_so(self) -> None:
        """Smooth proteins have none."""
        result = self.result()
        self.assertEqual((result.sentences, result.tables), (('0 pockets.',), ()))
        self.assertEqual([file.name for file in result.files], ['protein.pdb', 'pockets.json', 'residues.json'])
        self.assertIn('files/protein.pdb', result.scenes[0].build().model_dump_json())

    def test_pocket_whose_residues_were_deleted_keeps_its_row(self) -> None:
        """Sites may be deleted one by one; the rest of the page stays."""
        job = self.job('P_1', 'P_2')
        ProteinSite.objects.get(pk=job.dogsite_info.info[0]['site_id']).delete()
        result = result_of(DogsiteJob.objects.get(pk=job.pk))
        self.assertEqual([row.places for row in result.tables[0].rows], [(), (Place('A', 2, 'B'),)])
        self.assertEqual([words for _, words in result.scenes[0].legend], ['P_2, 2 \u00c5\u00b3'])
