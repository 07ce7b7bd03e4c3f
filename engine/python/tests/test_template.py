"""The template for new tasks, and running an author's own tests."""

from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

from support import PYTHON_DIR, TaskTest

TEMPLATE = PYTHON_DIR / "template"
ENDING = ".template"


class AuthorTestsTest(TaskTest):
    def fill_in(self, **values: str) -> Path:
        """Makes a task of the template, as `insightmesh-tasks task new` does, and returns its job file."""
        folder = self.tasks / values["name"]
        for source in TEMPLATE.rglob(f"*{ENDING}"):
            text = source.read_text()
            for placeholder, value in values.items():
                text = text.replace("{{" + placeholder + "}}", value)
            self.assertNotIn("{{", text)
            target = folder / str(source.relative_to(TEMPLATE))[: -len(ENDING)]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return folder / "job.py"

    def new_task(self) -> Path:
        return self.fill_in(name="greet-all", title="Greet all", class_name="GreetAllJob")

    def run_tests(self, *arguments: Path | str, code: int) -> str:
        command = [sys.executable, "-I", "-B", "-X", "utf8", PYTHON_DIR / "run_tests.py", *arguments]
        answer = subprocess.run(command, capture_output=True, text=True, cwd="/")  # noqa: S603 - our own interpreter
        self.assertEqual((answer.returncode, answer.stdout), (code, ""), answer.stderr)
        return answer.stderr

    def write_test(self, source: str, name: str = "test_it") -> None:
        (self.tasks / "sample" / "tests").mkdir(exist_ok=True)
        (self.tasks / "sample" / "tests" / f"{name}.py").write_text(source)

    def test_the_template_has_what_a_task_has_and_no_file_that_python_would_take_for_its_own(self) -> None:
        files = sorted(str(file.relative_to(TEMPLATE)) for file in TEMPLATE.rglob("*") if file.is_file())
        expected = ["README.md", "job.py", "requirements.txt", "tests/test_job.py"]
        self.assertEqual(files, [f"{name}{ENDING}" for name in expected])

    def test_a_new_task_is_described_without_warnings_runs_and_passes_its_tests(self) -> None:
        job_file = self.new_task()
        event = self.describe(job_file)
        self.assertEqual((event["job_name"], event["class_name"]), ("Greet all", "GreetAllJob"))
        self.assertEqual(event["warnings"], [])
        final = self.run_task(job_file, names="Ada, Grace", times=2)
        self.assertEqual(final["result"]["records_processed"], 2)
        self.assertEqual(self.messages(), [f"Good morning, {name}!" for name in ("Ada", "Ada", "Grace", "Grace")])
        self.assertEqual(self.events("progress")[-1]["done"], 2)
        self.assertIn("Ran 2 tests", self.run_tests(job_file.parent, code=0))
        self.assertEqual([*job_file.parent.rglob("*.pyc")], [])

    def test_its_packages_are_only_examples(self) -> None:
        lines = (self.new_task().parent / "requirements.txt").read_text().splitlines()
        self.assertEqual([line for line in lines if not line.startswith("#")], [])

    def test_tests_import_the_task_as_a_run_does(self) -> None:
        self.write_task(
            "from . import helper\nimport helper as plain\nclass Job:\n    execute = lambda self: {}\n", helper=""
        )
        self.write_test(
            "import unittest, job\nclass Test(unittest.TestCase):\n"
            "    def test(self): self.assertEqual(job.Job.__module__, 'external_tasks.sample')\n"
        )
        self.run_tests(self.tasks / "sample", code=0)
        self.write_test("", "__init__")
        self.write_test("from .test_it import Test", "test_more")
        self.assertIn("Ran 2 tests", self.run_tests(self.tasks / "sample", code=0))

    def test_a_test_that_fails_fails(self) -> None:
        self.write_task("class Job: pass\n")
        for body in ("self.fail('seen')", "raise SystemError('seen')"):
            self.write_test(f"import unittest\nclass Test(unittest.TestCase):\n    def test(self): {body}\n")
            self.assertIn("seen", self.run_tests(self.tasks / "sample", code=1))
        self.write_test("import no_such_module\n")
        self.assertIn("no_such_module", self.run_tests(self.tasks / "sample", code=1))

    def test_a_task_that_does_not_load_is_told_with_its_line(self) -> None:
        self.write_task("\nimport no_such_module\n")
        self.write_test("")
        said = self.run_tests(self.tasks / "sample", code=1)
        self.assertIn("The task does not load: No module named 'no_such_module' (job.py, line 2)", said)

    def test_no_tests_are_not_success(self) -> None:
        self.write_task("class Job: pass\n")
        self.assertIn("is no folder", self.run_tests(self.tasks / "sample", code=5))
        self.write_test("def test_for_pytest(): pass\n")
        self.assertIn("no file test*.py", self.run_tests(self.tasks / "sample", code=5))
        self.run_tests(code=64)


if __name__ == "__main__":
    unittest.main()
