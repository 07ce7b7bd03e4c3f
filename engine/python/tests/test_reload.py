"""Reloading a task, from a run and from an author's terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from support import PYTHON_DIR, TaskTest

RELOADER = "from services.external_task_loader import list_external_tasks, reload_external_task as reload\n"
SAMPLE = "class SampleJob:\n    def __init__(self, settings): pass\n    def execute(self): return {}\n"


class ReloadTest(TaskTest):
    def reload_in_run(self, name: str) -> dict:
        return self.run_task(
            self.write_task(
                f"""\
{RELOADER}
class ReloaderJob:
    def __init__(self, settings): pass
    async def execute(self): return {{"loaded": reload({name!r}), "tasks": list_external_tasks()}}
""",
                name="reloader",
            )
        )

    def test_a_run_reloads_its_neighbour_and_tells_the_server(self) -> None:
        self.write_task(SAMPLE, name="neighbour")
        final = self.reload_in_run("neighbour")
        self.assertEqual(final["result"], {"loaded": True, "tasks": ["neighbour", "reloader"]})
        self.assertEqual(self.logs[0], {"event": "reload", "name": "neighbour"})
        self.assertEqual(self.logs[1]["logger"], "external_task_loader")

    def test_a_run_that_reloads_a_broken_task_learns_where_it_is_broken(self) -> None:
        self.write_task("\nimport no_such_module\n", name="neighbour")
        self.assertEqual(self.reload_in_run("neighbour")["result"]["loaded"], False)
        self.assertIn("(job.py, line 2)", self.messages()[0])

    def test_a_task_that_ends_its_process_while_imported_does_not_load(self) -> None:
        self.write_task("import os; os._exit(0)\n", name="neighbour")
        self.assertEqual(self.reload_in_run("neighbour")["result"]["loaded"], False)

    def test_names_that_are_no_task_do_not_load(self) -> None:
        for name in ("absent", "", "../reloader", "_private", "."):
            self.assertEqual(self.reload_in_run(name)["result"]["loaded"], False)

    def test_an_author_reloads_from_a_terminal(self) -> None:
        self.write_task(SAMPLE)
        answer = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-B", "-c", f"{RELOADER}print(reload('sample'), reload('absent'))"],
            env={**os.environ, "PYTHONPATH": str(PYTHON_DIR), "EXTERNAL_TASKS_PATH": str(self.tasks)},
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertEqual(answer.stdout, "True False\n")


if __name__ == "__main__":
    unittest.main()
