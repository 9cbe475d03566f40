"""Lays the server that a release wheel carries into a folder, or brings the one that lies there to this release.

In the wheel this is the package ``proteinsplus_open``, beside the folder that it carries (deploy/release.sh). It needs
the standard library alone.
"""

import argparse
import hashlib
import shutil
from importlib import metadata
from pathlib import Path

CARRIED = Path(__file__).with_name('project')
#: The files of the release that lies in a folder, as ``sha256sum`` writes and checks them.
MANIFEST = '.release.sha256'


def digest(file: Path) -> str:
    """Tell the content of a file.

    :param file: Any file.
    :returns: Its SHA-256 in hexadecimal digits.
    """
    with file.open('rb') as stream:
        return hashlib.file_digest(stream, 'sha256').hexdigest()


def carried_files() -> dict[str, str]:
    """List what the wheel carries, without what an installer has compiled.

    :returns: Path below the project's folder to digest.
    """
    files = (path for path in CARRIED.rglob('*') if path.is_file() and path.parent.name != '__pycache__')
    return {str(path.relative_to(CARRIED)): digest(path) for path in sorted(files)}


def files_before(folder: Path) -> dict[str, str]:
    """List what the release that lies in a folder has put there.

    :param folder: Need not exist.
    :returns: Path below the folder to digest; nothing for a folder that is new or empty.
    :raises SystemExit: If something else lies there, such as a checkout.
    """
    manifest = folder / MANIFEST
    if manifest.is_file():
        lines = manifest.read_text(encoding='utf-8').splitlines()
        return {name: known for known, _, name in (line.partition('  ') for line in lines)}
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise SystemExit(f'{folder} is neither empty nor the folder of a release; nothing was changed')
    return {}


def check_own_work(folder: Path, before: dict[str, str], now: dict[str, str]) -> None:
    """Refuse to write over what somebody has changed or added.

    :param folder: Where the release goes.
    :param before: Files of the release that lies there.
    :param now: Files of this one.
    :raises SystemExit: If a file is of neither.
    """
    present = (name for name in sorted(before | now) if (folder / name).exists())
    own = [name for name in present if digest(folder / name) not in (before.get(name), now.get(name))]
    if own:
        names = '\n  '.join(own)
        raise SystemExit(
            f'These files in {folder} are not as a release has laid them out. Move them away; nothing was changed.'
            f'\n  {names}'
        )


def lay_out(folder: Path) -> None:
    """Put the release into a folder. What a server has made there, such as ``var`` and ``media``, is left alone.

    :param folder: New, empty, or that of another release.
    :raises SystemExit: If it is none of these, or files of the release were changed in it.
    """
    before, now = files_before(folder), carried_files()
    check_own_work(folder, before, now)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).touch()  # whoever is interrupted can begin again
    for name in now:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f'{target.name}.new')
        shutil.copy(CARRIED / name, fresh)
        fresh.replace(target)  # a shell goes on with the script that it reads
    for name in before.keys() - now.keys():
        (folder / name).unlink(missing_ok=True)
    (folder / MANIFEST).write_text(''.join(f'{known}  {name}\n' for name, known in now.items()), encoding='utf-8')


def main() -> None:
    """Run the command of the wheel."""
    version = metadata.version('proteinsplus-open')
    parser = argparse.ArgumentParser(
        prog='proteinsplus-open',
        description=f'Lays ProteinsPlus, open {version} into a folder, or upgrades the release that lies there.',
    )
    parser.add_argument('folder', type=Path, help='a new or empty one, or that of another release')
    parser.add_argument('--version', action='version', version=version)
    folder = parser.parse_args().folder.expanduser().absolute()
    try:
        lay_out(folder)
    except OSError as error:
        raise SystemExit(str(error)) from error
    print(f'ProteinsPlus, open {version} lies in {folder}. Start it: {folder}/start.sh')
