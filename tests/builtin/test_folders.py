"""The folders of the built-in tasks, as they are shipped."""

from __future__ import annotations

import unittest

from tests.builtin.product import BUILT_IN, TASKS

_SHARED = ("database.py", "embeddings.py", "records.py", "retries.py", "vectors.py")


class FoldersTest(unittest.TestCase):
    def test_files_that_several_tasks_have_are_the_same_in_all_of_them(self) -> None:
        """A task's folder must work when it is copied alone, so each has its own copy; a change is made in all."""
        for name in _SHARED:
            copies = {path.read_text() for path in TASKS.glob(f"*/{name}")}
            self.assertEqual(len(copies), 1, name)

    def test_each_says_what_it_is_and_pins_what_it_needs(self) -> None:
        for task in BUILT_IN:
            readme = (TASKS / task / "README.md").read_text()
            self.assertGreater(len(readme), 1000, task)
            for line in (TASKS / task / "requirements.txt").read_text().splitlines():
                self.assertRegex(line, r"^(#|[a-z0-9-]+(\[\w+\])?==[\w.]+( ; .*)?$)", task)
            for source in (TASKS / task).glob("*.py"):
                self.assertLess(len(source.read_text().splitlines()), 300, source)
