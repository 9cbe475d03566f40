"""No test is forgotten: ``manage.py test`` finds those that the ``test`` package of an app imports."""

import ast
import importlib
from pathlib import Path
from unittest import TestCase

from django.conf import settings


def test_classes(module: Path) -> set[str]:
    """
    :param module: a file of tests
    :returns: the classes in it that have tests
    """
    classes = (node for node in ast.parse(module.read_text()).body if isinstance(node, ast.ClassDef))
    return {node.name for node in classes if any(_is_test(item) for item in node.body)}


def _is_test(item: ast.stmt) -> bool:
    """
    :param item: a statement in a class
    :returns: whether it defines a test
    """
    return isinstance(item, ast.FunctionDef) and item.name.startswith('test_')


class Suite(TestCase):
    """The tests of every app."""

    def test_every_class_with_tests_is_imported_by_its_package_under_its_own_name(self) -> None:
        """A second class of the same name would hide the first, and its tests would never run."""
        folders = [path for path in Path(settings.BASE_DIR).glob('*/test') if (path / '__init__.py').is_file()]
        self.assertGreaterEqual(len(folders), 3)
        for folder in folders:
            package = f'{folder.parent.name}.{folder.name}'
            found = vars(importlib.import_module(package))
            for file in folder.glob('*_tests.py'):
                for name in test_classes(file):
                    self.assertIn(name, found, f'{file} is not imported by {package}')
                    self.assertEqual(found[name].__module__, f'{package}.{file.stem}')
