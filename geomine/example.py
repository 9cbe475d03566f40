"""The query that forms and the API description offer, and the demo asks."""

import json

#: An aspartate that holds a hydroxyl of a ligand by its carboxylate, and the backbone of a glycine beside it: in the
#: archive of the demo the catalytic aspartates of HIV-1 protease with its inhibitors.
EXAMPLE = json.dumps(
    {
        'title': 'Carboxylate of ASP, oxygen of a ligand, backbone of GLY',
        'has_ligand': True,
        'points': [
            {'id': 'asp', 'residue': 'ASP', 'interaction': 'anion', 'part': 'side_chain'},
            {'id': 'ligand', 'molecule': 'ligand', 'element': 'O', 'interaction': 'donor'},
            {'id': 'gly', 'residue': 'GLY', 'interaction': 'acceptor', 'part': 'backbone'},
        ],
        'distances': [
            {'between': ['asp', 'ligand'], 'min': 2.3, 'max': 3.5},
            {'between': ['gly', 'ligand'], 'min': 2.5, 'max': 5.5},
        ],
        'angles': [{'between': ['asp', 'ligand', 'gly'], 'min': 40, 'max': 160}],
    },
    indent=1,
)
