"""Tasks of one file, as the ConfigMap sample of the contract mounts them."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path

from support import PYTHON_DIR, TaskTest

TASK = "class SampleJob:\n    def __init__(self, settings): pass\n    def execute(self): return {}\n"
LISTER = "from services.external_task_loader import list_external_tasks, reload_external_task as reload\n"


class FlatTaskTest(TaskTest):
    def write_flat(self, name: str, source: str) -> Path:
        file = self.tasks / f"{name}.py"
        file.write_text(source)
        return file

    def mount_config_map(self, **files: str) -> None:
        """As Kubernetes does: what is seen are links through `..data`, which an update exchanges at once."""
        version = self.tasks / "..2024_01_01"
        version.mkdir()
        (self.tasks / "..data").symlink_to(version.name)
        for name, source in files.items():
            (version / f"{name}.py").write_text(source)
            (self.tasks / f"{name}.py").symlink_to(f"..data/{name}.py")

    def test_a_file_is_described_and_run_under_its_own_name(self) -> None:
        job_file = self.write_flat(
            "my_task",
            """
import helper
from . import helper as dotted
class MyTaskJob:
    def __init__(self, settings): pass
    def execute(self): return {"values": [helper.VALUE, dotted.VALUE], "module": __name__, "file": __file__}
""",
        )
        self.write_flat("helper", "VALUE = 5")
        self.assertEqual(self.describe(job_file)["class_name"], "MyTaskJob")
        expected = {"values": [5, 5], "module": "external_tasks.my_task", "file": str(job_file)}
        self.assertEqual(self.run_task(job_file)["result"], expected)
        self.keep_copies(job_file)
        (self.tasks / "helper.py").unlink()
        self.assertEqual(self.run_task(job_file)["result"], expected)

    def test_a_mistake_is_told_with_the_name_of_its_file(self) -> None:
        job_file = self.write_flat("my_task", "\nimport helper\n")
        self.write_flat("helper", "import no_such_module\n")
        for keep in (False, True):
            if keep:
                self.keep_copies(job_file)
            event = self.describe(job_file)
            self.assertEqual((event["kind"], event["file"], event["line"]), ("missing_module", "helper.py", 1))
        self.code = None
        event = self.describe(self.write_flat("empty", ""))
        self.assertEqual((event["kind"], event["file"]), ("no_job_class", "empty.py"))

    def test_folders_of_other_tasks_are_no_siblings_whose_names_are_taken(self) -> None:
        self.write_task("", name="config")
        self.write_flat("services", "")
        warnings = " ".join(self.describe(self.write_flat("my_task", TASK))["warnings"])
        self.assertIn("Rename services.py", warnings)
        self.assertNotIn("Rename config", warnings)

    def test_a_mounted_config_map_is_listed_described_and_run(self) -> None:
        self.mount_config_map(my_task=f"{LISTER}{TASK}".replace("{}", "{'tasks': list_external_tasks()}"), helper="")
        job_file = self.tasks / "my_task.py"
        self.assertEqual(self.describe(job_file)["class_name"], "SampleJob")
        for keep in (False, True):
            if keep:
                self.keep_copies(job_file)
            self.assertEqual(self.run_task(job_file)["result"], {"tasks": ["my_task"]})

    def test_files_that_hold_a_job_are_tasks_and_others_are_not(self) -> None:
        self.write_task(TASK, name="folder")
        self.write_task(TASK, name="both")
        for name, source in {
            "both": TASK,
            "plain": TASK,
            "imported": "from shared import Job  # a BaseJob",
            "indented": "if True:\n    class InnerJob: pass\n",
            "helper": "VALUE = 1",
            "jobless": "class Jobber: pass",
            "_private": TASK,
            ".hidden": TASK,
        }.items():
            self.write_flat(name, source)
        (self.tasks / "notes.txt").write_text("BaseJob")
        (self.tasks / "empty").mkdir()
        (self.tasks / "folder.py.d").mkdir()
        found = self.in_terminal("print(*list_external_tasks())")
        self.assertEqual(found, "both folder imported plain\n")

    def test_a_file_is_reloaded_by_its_name(self) -> None:
        self.write_flat("plain", TASK)
        self.write_flat("broken", "class BrokenJob: nonsense")
        self.assertEqual(
            self.in_terminal("print(reload('plain'), reload('broken'), reload('absent'))"), "True False False\n"
        )

    def test_a_run_from_copies_lists_and_reloads_what_the_author_has(self) -> None:
        job_file = self.write_flat(
            "plain", f"{LISTER}{TASK}".replace("{}", "{'seen': [list_external_tasks(), reload('new')]}")
        )
        self.keep_copies(job_file)
        self.write_flat("new", TASK)
        self.assertEqual(self.run_task(job_file)["result"], {"seen": [["new", "plain"], True]})

    def in_terminal(self, statement: str) -> str:
        return subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-B", "-c", LISTER + statement],
            env={**os.environ, "PYTHONPATH": str(PYTHON_DIR), "EXTERNAL_TASKS_PATH": str(self.tasks)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout


if __name__ == "__main__":
    unittest.main()
