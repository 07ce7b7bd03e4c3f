"""The folders of the built-in tasks, as they are shipped."""

from __future__ import annotations

import os
import subprocess
import unittest

from tests.builtin.product import BUILT_IN, TASKS, task_server

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

    def test_each_passes_its_check_without_a_warning(self) -> None:
        """With the environments that the server has already made."""
        server = task_server()
        server.use_database(server.environment.get("DATA_DATABASE_URL"))
        environment = {
            **server.environment,
            "DATA_DIR": str(server.folder / "data"),
            "EXTERNAL_TASKS_PATH": str(server.folder / "tasks"),
            "PATH": os.environ["PATH"],
            "UV": os.environ.get("UV", "uv"),
        }
        for task in BUILT_IN:
            command = [server.binary, "task", "check", task]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
            said = done.stdout + done.stderr
            self.assertEqual(done.returncode, 0, said)
            self.assertNotIn("arning", said)
            self.assertIn("tests pass", said)
