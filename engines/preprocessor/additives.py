"""
Residues that come from the buffer, the cryo-protectant or the purification rather than from biology.

They are written as ligands like any other, and marked, so that the user decides. A compound of the list can be the
point of an entry (citrate in an aconitase, glycerol in a glycerol kinase): the mark is a hint, not a verdict.
"""

_CRYO = 'a cryoprotectant or solvent'
_BUFFER = 'a buffer component'
_SALT = 'an ion of the buffer or the precipitant'
_PEG = 'a polyethylene glycol fragment of the precipitant'
_REDUCER = 'a reducing agent'
_DETERGENT = 'a detergent or a lipid of the preparation'

_GROUPS: dict[str, str] = {
    # glycerol, ethylene glycol, propane-, butane- and hexanediols, DMSO, alcohols, acetonitrile, DMF, dioxane, acetone
    _CRYO: 'GOL EDO PGO PGR PDO MPD MRD BU1 BU2 BU3 HEZ DMS MOH EOH IPA POL CCN DMF DIO ACN TBU URE',
    # HEPES, MES, MOPS, Tris, Bis-Tris, imidazole, cacodylate, citrate, tartrate, malonate, CHES, CAPS,
    # PIPES, bicine, Bis-Tris propane, maleate
    _BUFFER: 'EPE MES MPO TRS BTB IMD CAC CAD FLC CIT TAR TLA MLA MLI NHE CXS PIN BCN TAM B3P MAE',
    # sulphate, phosphates, nitrate, acetate, formate, carbonate, azide, perchlorate, borate, sulphite, thiosulphate,
    # thiocyanate, pyrophosphate
    _SALT: 'SO4 PO4 PI 2HP NO3 ACT ACY FMT CO3 BCT AZI LCP BO3 BO4 SO3 THJ SCN POP DPO',
    # fragments of polyethylene glycols of all lengths, with hydroxyl or methoxy ends
    _PEG: 'PEG PGE PG4 1PE P6G PE4 PE5 PE8 2PE 15P 12P 7PE XPE P33 PG0 PG5 PG6 M2M PEU P4C ETE TOE 7PG 1PG PE3',
    # mercaptoethanol, dithiothreitol, TCEP, dithioerythritol
    _REDUCER: 'BME DTT DTV DTU TCE DTD',
    # octyl and dodecyl glycosides and maltosides, LDAO, CHAPS, Triton, alkanes and other tails, monoolein
    _DETERGENT: 'BOG LMT DMU BNG HTG LDA CPS CPQ TRT UMQ SDS OLC OLB C8E C10 D10 D12 MYS HP6 DDQ C15 JEF',
}

ADDITIVES: dict[str, str] = {code: reason for reason, codes in _GROUPS.items() for code in codes.split()}
"""Residue name to the reason why it usually is an additive."""
