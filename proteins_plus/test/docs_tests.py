"""The documentation says what is there: settings, links, commands, scripts, tools, codes and versions."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from django.conf import settings
from django.core.management import get_commands
from django.test import SimpleTestCase

import proteins_plus
from proteins_plus.tools import installed

ROOT = Path(settings.BASE_DIR)
#: Folders that hold data or other people's files.
NOT_OURS = frozenset({'var', 'media', 'redis', 'celery', 'gunicorn', 'node_modules'})
TABLE_ROW = re.compile(r'^\| `([A-Z][A-Z0-9_]+)` \| (.*?) \|', re.MULTILINE)
#: A formula may look like a link.
CODE = re.compile(r'`[^`\n]*`')
LINK = re.compile(r'\[[^\]]*\]\(([^)\s]+)\)')
CODE_BLOCK = re.compile(r'^```.*?^```', re.MULTILINE | re.DOTALL)


def markdown_files() -> list[Path]:
    """:returns: every Markdown file of the project"""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith('.')]
    nested = (file for folder in folders if folder.name not in NOT_OURS for file in folder.rglob('*.md'))
    nested = (file for file in nested if 'node_modules' not in file.parts)
    return sorted([*ROOT.glob('*.md'), *nested])


def prose(file: Path) -> str:
    """
    :param file: a Markdown file
    :returns: its text without blocks of code
    """
    return CODE_BLOCK.sub('', file.read_text(encoding='utf-8'))


def section(text: str, heading: str) -> str:
    """
    :param text: Markdown
    :param heading: a heading with its marks, such as ``### Read by the server``
    :returns: what stands below it, up to the next heading
    """
    return re.split(r'^#{1,6} ', text.partition(f'{heading}\n')[2], maxsplit=1, flags=re.MULTILINE)[0]


def anchors(file: Path) -> set[str]:
    """
    :param file: a Markdown file
    :returns: the anchors of its headings
    """
    headings = re.findall(r'^#{1,6} (.+)$', prose(file), re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


def settings_variables() -> Iterator[tuple[str, str, object]]:
    """
    :returns: variable, reader, and default (None if it is computed) of every ``env.<reader>(...)`` of the settings
    """
    tree = ast.parse((ROOT / 'proteins_plus' / 'settings.py').read_text(encoding='utf-8'))
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id='env'), attr=reader),
                args=[ast.Constant(value=str() as name), default, *_],
            ):
                yield name, reader, default.value if isinstance(default, ast.Constant) else None


def first_arguments(tree: ast.AST, name: str) -> Iterator[str]:
    """
    :param tree: a parsed module
    :param name: a function or class
    :returns: the first argument of every call of it, where that is a text
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str() as text), *_]) if called == name:
                yield text


class ReadmeTests(SimpleTestCase):
    """README.md against settings, scripts and tools."""

    readme = (ROOT / 'README.md').read_text(encoding='utf-8')

    def documented(self, heading: str) -> dict[str, str]:
        """
        :param heading: of a configuration table
        :returns: variable to the text of its default
        """
        return dict(TABLE_ROW.findall(section(self.readme, heading)))

    def test_every_variable_of_the_settings_is_documented_and_no_other(self) -> None:
        """A setting without a row, and a row without a setting."""
        read = {name for name, _, _ in settings_variables()}
        self.assertGreater(len(read), 20)
        self.assertEqual(set(self.documented('### Read by the server')), read)

    def test_fixed_defaults_are_documented_as_they_are(self) -> None:
        """Defaults that are computed are described in words and left out here."""
        documented = self.documented('### Read by the server')
        for name, reader, default in settings_variables():
            if default is None:
                continue
            words = ('on' if default else 'off') if reader == 'boolean' else f'`{default}`'
            self.assertEqual(documented[name], 'empty' if default == '' else words, name)

    def test_every_variable_of_the_scripts_is_documented_and_no_other(self) -> None:
        """The variables that only shell scripts and the web server read."""
        scripts = [*ROOT.glob('*.sh'), ROOT / 'deploy' / 'common.sh', ROOT / 'gunicorn' / 'gunicorn.conf.py']
        used = {name for script in scripts for name in re.findall(r'\bPPLUS_[A-Z_]+\b', script.read_text('utf-8'))}
        by_server = {name for name, _, _ in settings_variables()}
        self.assertEqual(set(self.documented('### Read by the scripts only')), used - by_server)

    def test_every_installed_tool_has_a_row_and_a_page(self) -> None:
        """The page carries the citation of the tool."""
        rows = re.findall(r'^\| (\w+) \| `([\w/]+)` \|.*\((docs/tools/\w+\.md)\) \|$', self.readme, re.MULTILINE)
        self.assertEqual([name for name, _, _ in rows], [tool.label for tool in installed()])
        for tool, (name, route, page) in zip(installed(), rows, strict=True):
            self.assertTrue(route.startswith(f'{tool.prefix}/'), route)
            self.assertIn(tool.citation, ' '.join((ROOT / page).read_text(encoding='utf-8').split()), name)

    def test_examples_use_files_that_are_there(self) -> None:
        """What a reader pastes must find its structures."""
        for name in re.findall(r'test_files/[\w.]+', self.readme):
            self.assertTrue((ROOT / name).is_file(), name)


class MarkdownTests(SimpleTestCase):
    """All Markdown files against the project."""

    def test_relative_links_lead_to_files_and_headings(self) -> None:
        """Also across files, and never out of the project."""
        for file in markdown_files():
            for target in LINK.findall(CODE.sub('', prose(file))):
                if target.startswith(('http:', 'https:', 'mailto:')):
                    continue
                name, _, anchor = target.partition('#')
                path = (file.parent / name).resolve() if name else file
                self.assertTrue(path.exists() and path.is_relative_to(ROOT), f'{file.name}: {target}')
                if anchor:
                    self.assertIn(anchor, anchors(path), f'{file.name}: {target}')

    def test_management_commands_that_are_named_exist(self) -> None:
        """In text and in examples."""
        known = get_commands()
        for file in markdown_files():
            for command in re.findall(r'manage\.py ([a-z_]+)', file.read_text(encoding='utf-8')):
                self.assertIn(command, known, file.name)

    def test_scripts_and_files_that_are_named_exist(self) -> None:
        """Shell scripts, and paths in back-quotes."""
        for file in markdown_files():
            text = file.read_text(encoding='utf-8')
            named = [*re.findall(r'\./(\w+\.sh)', text), *re.findall(r'`((?:docs|deploy|engines|bin)/[\w./-]+)`', text)]
            for name in named:
                if 'toolname' in name:  # stands for the name of a tool in templates
                    continue
                self.assertTrue((ROOT / name).exists(), f'{file.name}: {name}')

    def test_steps_of_test_sh_that_are_named_exist(self) -> None:
        """Examples such as ``./test.sh lint sqlite``."""
        script = (ROOT / 'test.sh').read_text(encoding='utf-8')
        steps = set(re.findall(r'^run_(\w+)\(\)', script, re.MULTILINE))
        for file in markdown_files():
            for words in re.findall(r'\./test\.sh((?: [a-z]+)+)', file.read_text(encoding='utf-8')):
                self.assertLessEqual(set(words.split()), steps, file.name)

    def test_examples_of_the_guide_are_what_new_tool_makes(self) -> None:
        """Every line of an example stands in the template it names."""
        guide = (ROOT / 'Developer-Guide.md').read_text(encoding='utf-8')
        examples = re.findall(r'^```python\n# (templates/\S+)\n(.*?)^```', guide, re.MULTILINE | re.DOTALL)
        self.assertGreater(len(examples), 5)
        for name, code in examples:
            lines = {line.strip() for line in (ROOT / name).read_text(encoding='utf-8').splitlines()}
            self.assertEqual([line for line in code.splitlines() if line.strip() not in lines], [], name)


class EnginePageTests(SimpleTestCase):
    """The pages of tools against their engines."""

    engines = tuple(tool.label for tool in installed() if (ROOT / 'engines' / tool.label).is_dir())

    def codes(self, engine: str, heading: str) -> set[str]:
        """
        :param engine: a tool with an engine of ours
        :param heading: of a table of codes
        :returns: the codes in it on the tool's page
        """
        page = (ROOT / 'docs' / 'tools' / f'{engine}.md').read_text(encoding='utf-8')
        return set(re.findall(r'^\| `([a-z_]+\.[a-z0-9_]+)` \|', section(page, heading), re.MULTILINE))

    def raised(self, engine: str, name: str) -> set[str]:
        """
        :param engine: a folder of engines
        :param name: a class whose first argument is a code
        :returns: every code the engine gives to it
        """
        found = (ROOT / 'engines' / engine).rglob('*.py')
        files = [file for file in found if 'test' not in file.parts and file.name != 'component_build.py']
        trees = [ast.parse(file.read_text(encoding='utf-8')) for file in files]
        return {code for tree in trees for code in first_arguments(tree, name)}

    def test_every_note_and_error_is_explained_and_no_other(self) -> None:
        """What all engines share stands on the page of the preprocessor; the others may repeat it."""
        self.assertIn('preprocessor', self.engines)
        for heading, name in (('## Notes', 'Note'), ('### Of the engine', 'EngineError')):
            shared = self.raised('structure', name)
            self.assertLessEqual(shared, self.codes('preprocessor', heading))
            for engine in self.engines:
                with self.subTest(engine=engine, heading=heading):
                    own, codes = self.raised(engine, name), self.codes(engine, heading)
                    self.assertEqual(codes - shared, own - shared)


class ErrorPageTests(SimpleTestCase):
    """docs/errors.md against the server."""

    def test_every_code_of_the_server_is_explained_and_no_other(self) -> None:
        """Codes are texts in the code; their first words are those of the page."""
        page = (ROOT / 'docs' / 'errors.md').read_text(encoding='utf-8')
        documented = re.findall(r'^\| `([a-z_]+\.[a-z0-9_]+)` \|', page, re.MULTILINE)
        kinds = '|'.join({code.partition('.')[0] for code in documented})
        apps = ('proteins_plus', 'molecule_handler', *(tool.label for tool in installed()))
        files = [file for app in apps for file in (ROOT / app).rglob('*.py') if 'test' not in file.parts]
        nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
        self.assertEqual(set(documented), {text for text in texts if re.fullmatch(rf'({kinds})\.[a-z_0-9]+', text)})


class ReleaseTests(SimpleTestCase):
    """The version and the licence are the same wherever they stand."""

    def test_version_is_the_same_everywhere(self) -> None:
        """Package, code, citation and the newest heading of the changelog."""
        project = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))['project']
        citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text(encoding='utf-8'))
        newest = re.search(r'^## (\S+)', (ROOT / 'CHANGELOG.md').read_text(encoding='utf-8'), re.MULTILINE)
        versions = {project['version'], citation['version'], proteins_plus.__version__, newest and newest[1]}
        self.assertEqual(versions, {project['version']})
        self.assertEqual(project['license'], citation['license'])

    def test_decisions_are_numbered_without_a_gap(self) -> None:
        """The number in the name is the one in the heading."""
        for number, file in enumerate(sorted((ROOT / 'docs' / 'decisions').glob('*.md')), start=1):
            self.assertTrue(file.name.startswith(f'{number:04d}-'), file.name)
            self.assertTrue(file.read_text(encoding='utf-8').startswith(f'# {number}. '), file.name)
