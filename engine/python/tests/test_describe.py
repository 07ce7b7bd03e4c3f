"""Describing a task: what it declares, or why it cannot be used."""

from __future__ import annotations

import unittest

from support import IMPORTS, HarnessProcess, TaskTest


class DescribeTest(TaskTest):
    def declared(self, attributes: str, constructor: str = "") -> dict:
        return self.describe(
            self.write_task(f"""\
from jobs.base_job import BaseJob
class SampleJob(BaseJob):
    JOB_NAME = "Sample"
    JOB_DESCRIPTION = "A sample"
    {attributes}
    {constructor}
    async def execute(self): return {{}}
""")
        )

    def test_string_params_become_named_params(self) -> None:
        event = self.declared("REQUIRED_PARAMS = ['a']; OPTIONAL_PARAMS = ('b', {'name': 'c', 'type': 'text'})")
        self.assertEqual(event["required_params"], [{"name": "a"}])
        self.assertEqual(event["optional_params"], [{"name": "b"}, {"name": "c", "type": "text"}])
        self.assertEqual(event["warnings"], [])

    def test_param_groups_are_passed_on(self) -> None:
        event = self.declared("PARAM_GROUPS = [{'name': 'source', 'params': ['a', 'b'], 'min_required': 1}]")
        self.assertEqual(event["param_groups"], [{"name": "source", "params": ["a", "b"], "min_required": 1}])

    def test_a_value_that_json_cannot_hold_is_shown_as_text_with_a_warning(self) -> None:
        event = self.declared("REQUIRED_PARAMS = [{'name': 'a', 'default': {1}, 'max': float('inf')}]")
        self.assertEqual(event["required_params"], [{"name": "a", "default": "{1}", "max": "inf"}])
        self.assertEqual(len(event["warnings"]), 2)
        self.assertIn("REQUIRED_PARAMS[0]['default'] is a set", event["warnings"][0])

    def test_params_that_are_no_list_are_a_bad_declaration(self) -> None:
        event = self.declared("REQUIRED_PARAMS = {'a': 1}")
        self.assertEqual((event["event"], event["kind"]), ("load_error", "bad_params_declaration"))
        self.assertEqual(event["message"], "REQUIRED_PARAMS must be a list, but it is a dict.")

    def test_an_entry_that_is_neither_name_nor_dict_is_a_bad_declaration(self) -> None:
        event = self.declared("OPTIONAL_PARAMS = ['a', 42]")
        self.assertEqual(event["kind"], "bad_params_declaration")
        self.assertIn("Entry 2 of OPTIONAL_PARAMS is an int", event["message"])

    def test_a_declaration_of_unreasonable_size_is_refused(self) -> None:
        event = self.declared("REQUIRED_PARAMS = [{'name': 'a', 'description': 'x' * 1_000_000}]")
        self.assertEqual(event["kind"], "bad_params_declaration")

    def test_params_unknown_to_the_constructor_are_warned_about(self) -> None:
        event = self.declared("REQUIRED_PARAMS = ['a']", "def __init__(self, settings, b): pass")
        self.assertEqual(len(event["warnings"]), 2)
        self.assertIn("'a' is declared, but __init__ does not accept it", event["warnings"][0])
        self.assertIn("__init__ needs 'b', which is not declared", event["warnings"][1])

    def test_a_name_that_is_not_set_is_left_to_the_server(self) -> None:
        event = self.describe(self.write_execute("return {}"))
        self.assertEqual((event["job_name"], event["job_description"]), (None, ""))
        self.assertEqual(event["warnings"], ["JOB_NAME is not set.", "JOB_DESCRIPTION is not set."])

    def test_without_the_job_alias_the_longest_class_name_ending_in_job_is_used(self) -> None:
        event = self.describe(
            self.write_task(
                f"""\
{IMPORTS}from base import AVeryLongImportedNameJob
class ShortJob(BaseJob):
    async def execute(self): return {{}}
class MuchLongerJob(ShortJob): pass
""",
                base="class AVeryLongImportedNameJob: pass",
            )
        )
        self.assertEqual(event["class_name"], "MuchLongerJob")
        self.assertIn("MuchLongerJob is used", " ".join(event["warnings"]))

    def test_a_class_that_overrides_only_the_old_method_is_accepted(self) -> None:
        event = self.describe(self.write_task(f"{IMPORTS}class AJob(BaseJob):\n    async def _execute_job(self): pass"))
        self.assertEqual(event["event"], "described")

    def test_a_sibling_whose_name_is_taken_is_warned_about_and_reached_with_a_dot(self) -> None:
        event = self.describe(
            self.write_task(
                """\
from jobs.base_job import BaseJob
from config.settings import TasksSettings
from . import config
class Job(BaseJob):
    JOB_NAME = config.NAME
    async def execute(self): return {}
""",
                config="NAME = 'from the sibling'",
            )
        )
        self.assertEqual(event["job_name"], "from the sibling")
        self.assertIn("Rename config.py", " ".join(event["warnings"]))

    def test_a_request_that_is_no_request_ends_with_a_usage_error(self) -> None:
        for line in (b"not json\n", b'{"mode":"dance"}\n', b'{"mode":"describe","name":"x"}\n', b"[]\n"):
            with HarnessProcess(line) as harness:
                self.assertEqual((harness.all_events(), harness.wait()), ([], 64))
                self.assertTrue(harness.stderr().startswith("harness: the request"), harness.stderr())


class LoadErrorTest(TaskTest):
    def load_error(self, source: str, **siblings: str) -> dict:
        event = self.describe(self.write_task(source, **siblings))
        self.assertEqual(event["event"], "load_error")
        return event

    def test_a_missing_module_is_named_with_file_and_line(self) -> None:
        event = self.load_error("import os\n\nimport no_such_module.part\n")
        self.assertEqual((event["kind"], event["exception"]), ("missing_module", "ModuleNotFoundError"))
        self.assertEqual((event["file"], event["line"]), ("job.py", 3))
        self.assertEqual(event["missing"], "no_such_module")
        self.assertIn("import no_such_module.part", event["traceback"])
        self.assertNotIn("harness", event["traceback"])

    def test_an_error_in_a_sibling_names_the_sibling(self) -> None:
        event = self.load_error("import helper\n", helper="x = 1\nimport no_such_module\n")
        self.assertEqual((event["file"], event["line"]), ("helper.py", 2))

    def test_a_syntax_error_has_the_position_of_the_syntax(self) -> None:
        event = self.load_error("x = 1\n\ndef broken(:\n    pass\n")
        self.assertEqual((event["kind"], event["file"], event["line"]), ("syntax_error", "job.py", 3))

    def test_a_syntax_error_in_a_sibling_names_the_sibling(self) -> None:
        event = self.load_error("import helper\n", helper="\nbroken = = 1\n")
        self.assertEqual((event["kind"], event["file"], event["line"]), ("syntax_error", "helper.py", 2))

    def test_a_syntax_error_in_a_text_the_task_parses_is_an_error_of_the_task(self) -> None:
        event = self.load_error("import ast\nast.parse('= =')\n")
        self.assertEqual((event["kind"], event["file"], event["line"]), ("error", "job.py", 2))

    def test_a_name_that_a_module_lacks_is_an_import_error(self) -> None:
        event = self.load_error("from os import no_such_name\n")
        self.assertEqual((event["kind"], event["line"], event["missing"]), ("import_error", 1, None))

    def test_a_file_without_a_job_says_how_to_add_one(self) -> None:
        event = self.load_error("x = 1\n")
        self.assertEqual((event["kind"], event["file"]), ("no_job_class", "job.py"))
        self.assertIn("Job = MyTaskJob", event["message"])

    def test_an_empty_file_has_no_job(self) -> None:
        self.assertEqual(self.load_error("")["kind"], "no_job_class")

    def test_jobs_that_cannot_be_used_say_why(self) -> None:
        cases = {
            "import os as Job\n": "must be a class",
            "class Job: pass\n": "no method execute",
            f"{IMPORTS}class Job(BaseJob): pass\n": "does not override execute",
            f"{IMPORTS}import abc\nclass Job(BaseJob):\n    @abc.abstractmethod\n    def work(self): ...\n": "work",
        }
        for source, expected in cases.items():
            event = self.load_error(source)
            self.assertEqual(event["kind"], "not_instantiable")
            self.assertIn(expected, event["message"])

    def test_exit_while_importing_is_a_load_error(self) -> None:
        event = self.load_error("import sys\nsys.exit(0)\n")
        self.assertEqual((event["kind"], event["exception"], event["line"]), ("error", "SystemExit", 2))
        self.assertIn("sys.exit(0)", event["message"])

    def test_any_exception_while_importing_is_a_load_error(self) -> None:
        for raised in ("RuntimeError('no')", "KeyboardInterrupt", "BaseException"):
            event = self.load_error(f"raise {raised}\n")
            self.assertEqual((event["kind"], event["line"]), ("error", 1))

    def test_bytes_that_are_no_text_are_a_load_error(self) -> None:
        job_file = self.write_task("")
        job_file.write_bytes(b"x = '\xff'\n")
        self.assertEqual(self.describe(job_file)["kind"], "syntax_error")
        job_file.write_bytes(b"x = 1\0\n")
        self.assertEqual(self.describe(job_file)["event"], "load_error")

    def test_a_missing_job_file_is_a_load_error(self) -> None:
        job_file = self.write_task("")
        job_file.unlink()
        event = self.describe(job_file)
        self.assertEqual((event["kind"], event["exception"]), ("error", "FileNotFoundError"))

    def test_output_and_threads_of_an_import_do_no_harm(self) -> None:
        source = """\
        import sys, threading
        print('{"event":"described"}', flush=True)
        print("to stderr", file=sys.stderr)
        threading.Thread(target=threading.Event().wait).start()
        raise ValueError("after the prints")
        """
        self.assertEqual(self.load_error(source)["message"], "after the prints")


if __name__ == "__main__":
    unittest.main()
