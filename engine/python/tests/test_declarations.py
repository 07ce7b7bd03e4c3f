"""What a class declares besides plain parameters, and the mistakes of newcomers."""

from __future__ import annotations

import unittest

from support import IMPORTS, TaskTest

NO_LIMITS = dict.fromkeys(("memory_mb", "processes", "file_mb", "open_files", "time_minutes", "runs"))


class DeclarationTest(TaskTest):
    def declared(self, attributes: str, **siblings: str) -> dict:
        """Describes a class whose attributes are these lines."""
        body = "\n".join(f"    {line}" for line in attributes.splitlines())
        source = f'{IMPORTS}class SampleJob(BaseJob):\n    JOB_NAME = JOB_DESCRIPTION = "x"\n{body}\n'
        event = self.describe(self.write_task(f"{source}    async def execute(self): return {{}}\n", **siblings))
        self.assertEqual(event["event"], "described", event)
        return event

    def test_limits_are_passed_on(self) -> None:
        self.assertEqual(self.declared("")["limits"], NO_LIMITS)
        event = self.declared("LIMITS = {'memory_mb': 512, 'time_minutes': 90, 'processes': None}")
        self.assertEqual(event["limits"], {**NO_LIMITS, "memory_mb": 512, "time_minutes": 90})
        self.assertEqual(event["warnings"], [])

    def test_a_wrong_limit_is_ignored_with_a_warning_that_names_it(self) -> None:
        event = self.declared("LIMITS = dict(memory_mb=0, processes=-1, file_mb=1.5, open_files=64, time_minutes=True)")
        self.assertEqual(event["limits"], {**NO_LIMITS, "open_files": 64})
        for warning, name in zip(event["warnings"], ("memory_mb", "processes", "file_mb", "time_minutes")):
            self.assertIn(f"LIMITS[{name!r}] is ignored: it must be a whole number above 0, but it is ", warning)
        event = self.declared("LIMITS = {'memory_mb': '512', 'processes': 10 ** 30, 'file_mb': [1]}")
        self.assertEqual((event["limits"], len(event["warnings"])), (NO_LIMITS, 3))

    def test_tags_and_needs_are_words(self) -> None:
        event = self.declared("TAGS = ['reports', 'reports', 'drive']\nNEEDS = 'gpu'")
        self.assertEqual((event["tags"], event["needs"], event["warnings"]), (["reports", "drive"], ["gpu"], []))
        event = self.declared("TAGS = ['a b', 7, 'ok']\nNEEDS = {'gpu': 1}")
        self.assertEqual((event["tags"], event["needs"]), (["ok"], []))
        self.assertEqual(
            event["warnings"],
            [
                "TAGS: 'a b' is left out. Use letters, digits, dot, dash and underscore.",
                "TAGS: 7 is left out. Use letters, digits, dot, dash and underscore.",
                'NEEDS is ignored: it must be a list of words such as ["reports"], but it is a dict.',
            ],
        )
        event = self.declared("TAGS = [f't{number}' for number in range(30)]")
        self.assertEqual((len(event["tags"]), len(event["warnings"])), (20, 1))

    def test_a_mistyped_limit_is_told_with_the_nearest_one(self) -> None:
        warnings = self.declared("LIMITS = {'memory': 1, 'TIME_MINUTES': 1, 'colour': 1, 7: 1}")["warnings"]
        self.assertEqual(
            warnings,
            [
                "LIMITS has no entry 'memory'. Did you mean 'memory_mb'?",
                "LIMITS has no entry 'TIME_MINUTES'. Did you mean 'time_minutes'?",
                "LIMITS has no entry 'colour'.",
                "LIMITS has no entry 7.",
            ],
        )

    def test_limits_that_are_no_dict_are_ignored_with_a_warning(self) -> None:
        event = self.declared("LIMITS = [512]")
        self.assertEqual(event["limits"], NO_LIMITS)
        self.assertIn("but it is a list", event["warnings"][0])

    def test_a_dict_of_dicts_is_taken_as_the_list_that_was_meant(self) -> None:
        event = self.declared("REQUIRED_PARAMS = {'b': {'type': 'password'}, 'a': {}}")
        self.assertEqual(event["required_params"], [{"type": "password", "name": "b"}, {"name": "a"}])
        self.assertIn("REQUIRED_PARAMS should be a list", event["warnings"][0])

    def test_none_is_no_parameters_and_a_tuple_is_a_list(self) -> None:
        event = self.declared("REQUIRED_PARAMS = None; OPTIONAL_PARAMS = ('a',); PARAM_GROUPS = ({'params': ('a',)},)")
        self.assertEqual((event["required_params"], event["optional_params"]), ([], [{"name": "a"}]))
        self.assertEqual(event["param_groups"], [{"params": ["a"]}])

    def test_a_set_is_a_bad_declaration_because_it_has_no_order(self) -> None:
        event = self.describe(
            self.write_task("class Job:\n    REQUIRED_PARAMS = {'a'}\n    def execute(self): return {}\n")
        )
        self.assertEqual(
            (event["kind"], event["message"]),
            ("bad_params_declaration", "REQUIRED_PARAMS must be a list, but it is a set."),
        )

    def test_a_type_of_python_is_taken_by_its_name(self) -> None:
        types = {
            "int": "int",
            "str": "str",
            "dict": "dict",
            "datetime.date": "date",
            "list[str]": "list[str]",
            "typing.Optional[int]": "",
            "7": 7,
        }
        entries = ", ".join(f"{{'name': 'p{index}', 'type': {name}}}" for index, name in enumerate(types))
        event = self.declared(f"import datetime, typing\nREQUIRED_PARAMS = [{entries}]")
        found = [entry["type"] for entry in event["required_params"]]
        self.assertEqual(found, [*list(types.values())[:5], found[5], 7])
        self.assertIn(found[5], ("typing.Optional[int]", "int | None"))  # Python 3.14 writes the latter
        self.assertEqual(event["warnings"], [])

    def test_a_date_as_default_is_written_as_a_form_writes_it(self) -> None:
        event = self.declared(
            "import datetime\nOPTIONAL_PARAMS = [{'name': 'a', 'default': datetime.date(2026, 3, 29)}]"
        )
        self.assertEqual(event["optional_params"], [{"name": "a", "default": "2026-03-29"}])

    def test_options_from_is_warned_about_when_the_function_cannot_be_called(self) -> None:
        functions = {
            "absent": "has no function absent",
            "plain": "is no function",
            "method": "needs self",
            "other": "needs 'region'",
        }
        keys = ["options_from", "choices_from"] * 2
        entries = [{"name": f"by_{name}", key: name} for name, key in zip(functions, keys)]
        members = "plain = []\ndef method(self): return []\ndef other(region): return []"
        warnings = self.declared(f"OPTIONAL_PARAMS = {entries!r}\n{members}")["warnings"]
        self.assertEqual(len(warnings), 4)
        for warning, (name, part) in zip(warnings, functions.items()):
            self.assertTrue(warning.startswith(f"The choices of 'by_{name}' cannot be looked up: "), warning)
            self.assertIn(part, warning)
        (warning,) = self.declared("REQUIRED_PARAMS = [{'name': 'a', 'options_from': 7}]")["warnings"]
        self.assertIn("must be a name", warning)

    def test_options_from_may_name_the_function_or_be_it(self) -> None:
        event = self.declared(
            "def one(params): return []\n"
            "@staticmethod\ndef two(settings): return []\n"
            "@classmethod\ndef three(cls): return []\n"
            "REQUIRED_PARAMS = [{'name': 'one', 'options_from': one}, {'name': 'two', 'options_from': two}]\n"
            "REQUIRED_PARAMS += [{'name': 'three', 'options_from': three}]\n"
            "OPTIONAL_PARAMS = [{'name': f'n_{name}', 'options_from': name} for name in ('one', 'two', 'three')]"
        )
        found = [entry["options_from"] for key in ("required_params", "optional_params") for entry in event[key]]
        self.assertEqual((found, event["warnings"]), (["one", "two", "three"] * 2, []))

    def test_a_parameter_that_may_be_missing_needs_a_default_in_the_constructor(self) -> None:
        event = self.declared(
            "REQUIRED_PARAMS = ['b', {'name': 'a', 'depends_on': 'b'}]\n"
            "OPTIONAL_PARAMS = ['c', {'name': 'box', 'type': 'checkbox'}, {'name': 'tick', 'default': False}]\n"
            "def __init__(self, settings, b, a, c, box, tick): pass"
        )
        sentence = "The parameter {!r} may be left out, but __init__ has no default for it."
        self.assertEqual(event["warnings"], [sentence.format("a"), sentence.format("c")])

    @unittest.skipUnless(hasattr(__import__("sys"), "stdlib_module_names"), "Python 3.10")
    def test_a_sibling_with_the_name_of_a_module_of_python_is_warned_about(self) -> None:
        (warning,) = self.declared("", calendar="")["warnings"]
        self.assertIn("calendar.py has the name of a module of Python itself", warning)

    def test_get_job_id_is_not_called(self) -> None:
        self.assertEqual(self.declared("def get_job_id(self): raise RuntimeError")["warnings"], [])


if __name__ == "__main__":
    unittest.main()
