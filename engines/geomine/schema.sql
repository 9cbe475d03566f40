-- The tables of GeoMine, the same on SQLite and PostgreSQL. They hold nothing that cannot be built again from the
-- structures, so a new format needs no migration: the archive is built anew (engines/geomine/words.py, FORMAT).

CREATE TABLE geomine_archive (
    id integer PRIMARY KEY,
    format integer NOT NULL,
    version text NOT NULL           -- another one after every change: results are cached under it
);

CREATE TABLE geomine_entry (
    id integer PRIMARY KEY,
    file text NOT NULL UNIQUE,      -- below the folder that was indexed
    stamp text NOT NULL,            -- size, time and options; another one means that the file is read again
    code text NOT NULL,             -- PDB id in capitals, else the name of the file
    title text NOT NULL,
    keywords text NOT NULL,         -- the classification of the header
    ec text NOT NULL,               -- ' 1.1.1.27 2.7.1.1 ': every number between blanks
    method text NOT NULL,
    resolution real,                -- Angstrom
    date text NOT NULL,             -- of deposition, YYYY-MM-DD
    chains integer NOT NULL,
    residues integer NOT NULL,
    ligands integer NOT NULL,
    error text NOT NULL             -- why it could not be read; else empty
);
CREATE INDEX geomine_entry_code ON geomine_entry (code);

CREATE TABLE geomine_molecule (
    id integer PRIMARY KEY,
    code text NOT NULL,             -- residue names, joined by '-'
    smiles text NOT NULL,
    heavy_atoms integer NOT NULL,
    weight real NOT NULL,           -- g/mol
    UNIQUE (smiles, code)
);

CREATE TABLE geomine_site (
    id integer PRIMARY KEY,
    entry integer NOT NULL REFERENCES geomine_entry (id) ON DELETE CASCADE,
    name text NOT NULL,             -- P86_A_400 or Empty_Pocket_0
    molecule integer REFERENCES geomine_molecule (id),  -- null for a pocket without ligand
    volume real,                    -- of a pocket, cubic Angstrom
    points integer NOT NULL,
    content bytea NOT NULL          -- zlib: JSON with its atoms as PDB text, rings, residues
);
CREATE INDEX geomine_site_entry ON geomine_site (entry);
CREATE INDEX geomine_site_molecule ON geomine_site (molecule);

-- Every combination of properties that occurs. A query is compared with these few thousand rows first; points carry the
-- number of their kind only, and how many points a kind has tells how selective it is.
CREATE TABLE geomine_kind (
    id integer PRIMARY KEY,
    shape smallint NOT NULL,
    molecule smallint NOT NULL,
    element smallint NOT NULL,      -- atomic number; 0 for a ring
    residue text NOT NULL,
    parent text NOT NULL,           -- the standard amino acid or nucleotide that it comes from, or empty
    part smallint NOT NULL,
    secondary smallint NOT NULL,
    interactions smallint NOT NULL, -- bits, see words.py
    points bigint NOT NULL,         -- counted when a build ends
    UNIQUE (shape, molecule, element, residue, parent, part, secondary, interactions)
);

CREATE TABLE geomine_point (
    site integer NOT NULL,
    id smallint NOT NULL,           -- of atoms the serial number in the text of the site
    kind integer NOT NULL,
    x real NOT NULL,                -- Angstrom
    y real NOT NULL,
    z real NOT NULL,
    surface real NOT NULL,          -- square Angstrom that a probe of 1.4 Angstrom can touch
    u smallint NOT NULL,            -- unit vector in thousandths: where it gives or takes, or normal of a ring; else 0
    v smallint NOT NULL,
    w smallint NOT NULL,
    PRIMARY KEY (site, id)
) /*WITHOUT ROWID*/;
CREATE INDEX geomine_point_kind ON geomine_point (kind, site, id, x, y, z);
