"""Looking up choices, and trying out settings, without a run."""

from __future__ import annotations

import textwrap
import unittest

from support import IMPORTS, HarnessProcess, TaskTest

from harness_parts.calling import find_check
from harness_parts.json_safe import Unusable
from harness_parts.options import all_of, choices
from jobs.base_job import BaseJob


class OptionsTest(TaskTest):
    def options(self, members: str, function: str = "regions", **params: object) -> dict:
        """Asks a class with these members for choices."""
        members = textwrap.indent(textwrap.dedent(members).strip(), " " * 4)
        source = f"{IMPORTS}class SampleJob(BaseJob):\n{members}\n    async def execute(self): return {{}}\n"
        request = self.run_request(self.write_task(source), {"portal_email": "a@b"}, **params)
        return self.ask({**request, "mode": "options", "function": function})

    def assert_choices(self, members: str, expected: list, **params: object) -> None:
        self.assertEqual(self.options(members, **params), {"event": "options", "options": expected})

    def assert_problem(self, members: str, *parts: str) -> None:
        event = self.options(members)
        self.assertEqual((event["event"], event["kind"]), ("error", "invalid_result"), event)
        for part in ("SampleJob.regions", *parts):
            self.assertIn(part, event["message"])

    def test_any_kind_of_function_gets_what_it_accepts(self) -> None:
        for head in (
            "@classmethod\ndef regions(cls, settings, params):",
            "@staticmethod\ndef regions(settings, params):",
            "def regions(settings, params):",
            "def regions(settings, /, *, params):",
            "def regions(settings, params, more=1):",
            "async def regions(params, settings):",
            "@classmethod\nasync def regions(cls, settings, params):",
        ):
            members = f"{head} return [settings.portal_email, params['region']]"
            self.assert_choices(members, ["a@b", "eu"], region="eu")
        self.assert_choices("def regions(**given): return sorted(given)", ["params", "settings"])
        self.assert_choices("def regions(params): return [params['region']]", ["eu"], region="eu")
        self.assert_choices("regions = staticmethod(lambda: ['eu'])", ["eu"])

    def test_any_collection_is_a_list_of_choices(self) -> None:
        for returned, expected in (
            (("eu", 7, 1.5, True), ["eu", 7, 1.5, True]),
            ({"eu": "Europe", 2: "Asia"}, [{"value": "eu", "label": "Europe"}, {"value": 2, "label": "Asia"}]),
            ([("eu", "Europe"), ["as", "Asia"]], [["eu", "Europe"], ["as", "Asia"]]),
            ([{"value": 7, "label": "Every week"}], [{"value": 7, "label": "Every week"}]),
            ({"b", "a"}, ["a", "b"]),
            ((str(number) for number in range(2)), ["0", "1"]),
            ({}.keys(), []),
            (range(1000), list(range(1000))),
        ):
            self.assertEqual(choices(all_of(returned), "f"), expected)
        self.assert_choices("def regions():\n    yield 'a'\n    yield 'b'", ["a", "b"])
        self.assert_choices("async def regions():\n    yield 'a'\n    yield 'b'", ["a", "b"])

    def test_what_is_no_list_of_choices_is_told_by_the_functions_name(self) -> None:
        for returned, part in (
            (None, "returned nothing"),
            ("eu", "returned a str"),
            (b"eu", "returned a bytes"),
            (7, "returned an int"),
            (range(1001), "more than 1,000"),
            (iter(int, 1), "more than 1,000"),
            (["x" * 300_000], "at most 262,144"),
            ([{1}], "options[0] is a set"),
            ([float("nan")], "options[0] is nan"),
            (["a", None], "Choice 2"),
            ([("a", "b", "c")], "Choice 1"),
            ([{"label": "no value"}], "Choice 1"),
            ([{"value": ["nested"]}], "Choice 1"),
        ):
            with self.assertRaises(Unusable) as raised:
                choices(all_of(returned), "SampleJob.regions")
            for expected in ("SampleJob.regions", part):
                self.assertIn(expected, str(raised.exception))
        self.assert_problem("def regions(): return 'eu'", "returned a str")

    def test_a_function_that_is_missing_or_cannot_be_called_is_told(self) -> None:
        event = self.options("other = 1")
        self.assertEqual(event["message"], "The class SampleJob has no function regions.")
        self.assert_problem("regions = ['eu']", "is no function")
        self.assert_problem("def regions(self): return []", "needs self", "@staticmethod")
        self.assert_problem("def regions(config): return []", "needs 'config'")

    def test_what_the_function_raises_is_told_with_its_line(self) -> None:
        for head in ("def", "async def"):
            event = self.options(f"{head} regions(params):\n    return [params['region']]")
            self.assertEqual(
                (event["kind"], event["exception"], event["message"]), ("exception", "KeyError", "'region'")
            )
            self.assertEqual((event["file"], event["line"]), ("job.py", 5))
        event = self.options("def regions(): sys.exit(3)")
        self.assertEqual((event["kind"], "instead of returning choices" in event["message"]), ("exit", True))

    def test_a_task_that_does_not_load_is_a_load_error(self) -> None:
        event = self.ask({**self.run_request(self.write_task("x = 1\n")), "mode": "options", "function": "f"})
        self.assertEqual((event["kind"], event["load_kind"]), ("load_error", "no_job_class"))


class CheckTest(TaskTest):
    def check(self, member: str, base: str = "BaseJob", **params: object) -> dict:
        source = f"{IMPORTS}class SampleJob({base}):\n    {member}\n    async def execute(self): return {{}}\n"
        return self.ask({**self.run_request(self.write_task(source), **params), "mode": "check"})

    def test_nothing_true_and_a_text_mean_that_all_is_well(self) -> None:
        for returned, message in {"None": None, "True": None, "''": None, "' Connected '": "Connected"}.items():
            for head in ("def", "async def"):
                event = self.check(f"{head} check(self): return {returned}")
                self.assertEqual(event, {"event": "checked", "supported": True, "message": message})

    def test_the_job_has_its_parameters_and_settings(self) -> None:
        event = self.check("def check(self): return self.params['key'] + self.settings.portal_url", key="k-")
        self.assertEqual(event["message"], "k-https://portal.8thlight.com")

    def test_a_check_may_use_what_a_run_may(self) -> None:
        event = self.check(
            "def check(self): self.progress(1); self.checkpoint['a'] = 1; self.artifact_text('a', 'b'); log = "
            "logging.info('x'); return str(dict(self.checkpoint))"
        )
        self.assertEqual(event["message"], "{'a': 1}")

    def test_false_and_exceptions_mean_that_it_failed(self) -> None:
        event = self.check("def check(self): return False")
        self.assertEqual((event["event"], event["message"]), ("error", "check() returned False."))
        for head in ("def", "async def"):
            event = self.check(f"{head} check(self): raise ValueError('wrong key')")
            self.assertEqual(
                (event["kind"], event["exception"], event["message"]), ("exception", "ValueError", "wrong key")
            )
            self.assertEqual((event["file"], event["line"]), ("job.py", 4))
        event = self.check("def check(self): sys.exit()")
        self.assertEqual(event["message"], "The task called sys.exit() instead of returning from check.")

    def test_any_other_answer_is_none(self) -> None:
        for returned in ("{'ok': True}", "1", "0", "[]"):
            event = self.check(f"def check(self): return {returned}")
            self.assertEqual((event["event"], event["kind"]), ("error", "invalid_result"))
            self.assertIn("must return nothing, a text, True or False", event["message"])

    def test_a_class_without_check_is_not_even_constructed(self) -> None:
        unsupported = {"event": "checked", "supported": False, "message": None}
        self.assertEqual(self.check("def __init__(self, settings): raise ValueError"), unsupported)
        self.assertEqual(self.check("def check(self, url): pass"), unsupported)
        self.assertEqual(self.check("check = True"), unsupported)

    def test_a_job_that_cannot_be_constructed_is_an_init_error(self) -> None:
        event = self.check("def check(self): pass\n    def __init__(self, settings, key): pass")
        self.assertEqual((event["kind"], "'key'" in event["message"]), ("init_error", True))

    def test_has_check_tells_whether_there_is_one(self) -> None:
        for check, expected in (
            (lambda self: None, True),
            (lambda self, deep=False: None, True),
            (staticmethod(lambda: None), True),
            (classmethod(lambda cls: None), True),
            (True, False),
            (lambda self, url: None, False),
            (lambda self, *, url: None, False),
        ):
            self.assertEqual(find_check(type("SampleJob", (BaseJob,), {"check": check})) is not None, expected)
        self.assertIsNone(find_check(BaseJob))
        head = "def check(self{}): pass\n    def execute(self)"
        self.assertIs(self.describe(self.write_execute("return {}", head.format("")))["has_check"], True)
        event = self.describe(self.write_execute("return {}", head.format(", url")))
        self.assertIs(event["has_check"], False)
        self.assertIn("so it is not used", " ".join(event["warnings"]))


class RequestTest(TaskTest):
    def test_a_field_of_a_wrong_kind_is_a_usage_error(self) -> None:
        request = self.run_request(self.write_execute("return {}"))
        for wrong in ({"code": 1}, {"checkpoint": []}, {"folder": {}}, {"mode": "options"}, {"params": None}):
            with HarnessProcess({**request, **wrong}) as harness:
                self.assertEqual((harness.all_events(), harness.wait()), ([], 64))

    def test_what_may_be_left_out_may_be_left_out(self) -> None:
        request = self.run_request(self.write_execute("return {'empty': not self.checkpoint}"))
        for field in ("code", "folder", "checkpoint", "run_id"):
            del request[field]
        self.assertEqual(self.ask(request)["result"], {"empty": True})


if __name__ == "__main__":
    unittest.main()
