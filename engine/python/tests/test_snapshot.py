"""A task that is imported from the copies its run keeps, while its author goes on working."""

from __future__ import annotations

import shutil
import unittest
from pathlib import Path

from support import IMPORTS, TaskTest

HEAD = f"{IMPORTS}log = logging.getLogger('task')\n"


class SnapshotTest(TaskTest):
    def keep(self, execute: str, top: str = "", **siblings: str) -> Path:
        """Writes a task and keeps its copies. `top` comes before the class, on one line."""
        body = "\n".join(f"        {line}" for line in execute.strip().splitlines())
        source = f"{HEAD}{top}\nclass Job(BaseJob):\n    async def execute(self):\n{body}\n"
        job_file = self.write_task(source, **siblings)
        self.keep_copies(job_file)
        return job_file

    def overwrite(self, folder: Path) -> None:
        """The author breaks every file."""
        for file in folder.rglob("*.py"):
            file.write_text("raise RuntimeError('edited meanwhile')\n")

    def test_the_copies_are_imported_although_the_authors_files_have_changed(self) -> None:
        job_file = self.keep("import late; return {'values': [helper.VALUE, late.VALUE]}", "from . import helper")
        job_file = self.keep(
            "import late\nreturn {'values': [helper.VALUE, other.VALUE, late.VALUE]}",
            "import helper; from . import helper as other",
            helper="VALUE = 1",
            late="VALUE = 2",
        )
        self.overwrite(job_file.parent)
        self.assertEqual(self.run_task(job_file)["result"], {"values": [1, 1, 2]})

    def test_the_copies_are_imported_although_the_authors_folder_is_gone(self) -> None:
        job_file = self.keep("import late\nreturn {'late': late.VALUE}", late="VALUE = 2")
        shutil.rmtree(job_file.parent)
        self.assertEqual(self.run_task(job_file)["result"], {"late": 2})

    def test_a_module_that_is_imported_late_comes_from_the_copies_of_the_start(self) -> None:
        job_file = self.write_task("", late="VALUE = 'as kept'")
        late = job_file.parent / "late.py"
        job_file = self.keep(f"""
with open({str(late)!r}, "w") as file: file.write("VALUE = 'as edited'")
import late
first = late.VALUE
os.unlink({str(late)!r})
import importlib
importlib.reload(late)
from . import late as dotted
return {{"values": [first, late.VALUE, dotted.VALUE]}}
""")
        self.assertEqual(self.run_task(job_file)["result"], {"values": ["as kept"] * 3})

    def test_packages_and_folders_without_init_are_found_at_any_depth(self) -> None:
        folder = self.write_task("").parent
        for place, text in {
            "pack/__init__.py": "from .inner import deep",
            "pack/inner/__init__.py": "",
            "pack/inner/deep.py": "VALUE = 'deep'",
            "loose/part.py": "VALUE = 'loose'",
        }.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text)
        job_file = self.keep("""
import pack, loose.part
from .pack.inner import deep
from .loose import part
return {"values": [pack.deep.VALUE, deep.VALUE, loose.part.VALUE, part.VALUE], "file": pack.inner.__file__}
""")
        self.overwrite(folder)
        result = self.run_task(job_file)["result"]
        self.assertEqual(result["values"], ["deep", "deep", "loose", "loose"])
        self.assertEqual(result["file"], str(folder / "pack/inner/__init__.py"))

    def test_file_and_path_are_the_authors_so_that_data_files_are_found(self) -> None:
        job_file = self.write_task("")
        (job_file.parent / "pack").mkdir()
        (job_file.parent / "pack" / "__init__.py").write_text("")
        (job_file.parent / "data.txt").write_text("live")
        (job_file.parent / "pack" / "inner.txt").write_text("inside")
        job_file = self.keep("""
import pkgutil, pack, importlib.resources
return {
    "file": __file__,
    "beside": open(os.path.join(os.path.dirname(__file__), "data.txt")).read(),
    "pkgutil": pkgutil.get_data("pack", "inner.txt").decode(),
    "resource": (importlib.resources.files("pack") / "inner.txt").read_text(),
    "path": list(pack.__path__),
}
""")
        self.assertEqual(
            self.run_task(job_file)["result"],
            {
                "file": str(job_file),
                "beside": "live",
                "pkgutil": "inside",
                "resource": "inside",
                "path": [str(job_file.parent / "pack")],
            },
        )

    def test_what_is_not_among_the_copies_is_found_in_the_authors_folder(self) -> None:
        job_file = self.keep("import added\nreturn {'added': added.VALUE}")
        (job_file.parent / "added.py").write_text("VALUE = 'later'")
        self.assertEqual(self.run_task(job_file)["result"], {"added": "later"})

    def test_a_compiled_module_wins_over_a_source_of_its_name_as_in_python(self) -> None:
        import importlib.machinery

        job_file = self.keep("import fast", fast="VALUE = 'slow'")
        (job_file.parent / f"fast{importlib.machinery.EXTENSION_SUFFIXES[0]}").write_bytes(b"no such thing")
        final = self.run_task(job_file)
        self.assertEqual((final["exception"], final["line"]), ("ImportError", 7))

    def test_plug_ins_are_listed_from_the_copies(self) -> None:
        folder = self.write_task("").parent
        (folder / "plugins").mkdir()
        for name in ("__init__", "one", "two"):
            (folder / "plugins" / f"{name}.py").write_text("")
        job_file = self.keep(
            "import pkgutil, plugins\nreturn {'found': [one.name for one in pkgutil.iter_modules(plugins.__path__)]}"
        )
        (folder / "plugins" / "two.py").unlink()
        self.assertEqual(self.run_task(job_file)["result"], {"found": ["one", "two"]})

    def test_a_path_the_task_adds_inside_its_folder_leads_to_the_copies_too(self) -> None:
        folder = self.write_task("").parent
        for place in (folder / "lib", self.tasks / "shared"):
            place.mkdir()
            (place / f"in_{place.name}.py").write_text("VALUE = 'kept'")
        job_file = self.keep("""
import pathlib
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "shared"))
import in_lib, in_shared
return {"values": [in_lib.VALUE, in_shared.VALUE]}
""")
        self.overwrite(folder)
        self.assertEqual(self.run_task(job_file)["result"], {"values": ["kept", "kept"]})

    def test_tracebacks_show_the_lines_that_ran_and_the_authors_file(self) -> None:
        job_file = self.keep(
            """
import inspect, helper
log.info(inspect.getsource(helper.fail).strip())
try: helper.fail()
except ValueError: log.exception("seen")
helper.fail()
""",
            helper="def fail():\n    raise ValueError('as kept')  # the line that ran\n",
        )
        self.overwrite(job_file.parent)
        final = self.run_task(job_file)
        self.assertEqual((final["file"], final["line"]), ("helper.py", 2))
        self.assertIn(f'File "{job_file.parent / "helper.py"}", line 2', final["traceback"])
        for text in (final["traceback"], *self.messages()):
            self.assertIn("raise ValueError('as kept')  # the line that ran", text)
            self.assertNotIn("copies", text)

    def test_a_job_may_load_itself_anew_and_run_a_file_as_a_script(self) -> None:
        job_file = self.keep(
            """
import importlib, runpy
again = importlib.reload(sys.modules[__name__])
script = runpy.run_path(os.path.join(os.path.dirname(__file__), "script.py"))
return {"values": [again.__name__, again.__file__ == __file__, script["VALUE"]]}
""",
            script="VALUE = 'ran'",
        )
        self.assertEqual(self.run_task(job_file).get("result"), {"values": ["external_tasks.sample", True, "ran"]})

    def test_a_syntax_error_in_a_copy_is_told_with_the_authors_file(self) -> None:
        job_file = self.write_task("import helper\n", helper="broken = = 1\n")
        self.keep_copies(job_file)
        shutil.rmtree(job_file.parent)
        event = self.describe(job_file)
        self.assertEqual((event["kind"], event["file"], event["line"]), ("syntax_error", "helper.py", 1))

    def test_a_description_reads_the_copies(self) -> None:
        job_file = self.write_task(
            f"{HEAD}from . import config\nclass Job(BaseJob):\n    JOB_NAME = config.NAME\n"
            "    async def execute(self): return {}\n",
            config="NAME = 'as kept'",
        )
        self.keep_copies(job_file)
        self.overwrite(job_file.parent)
        event = self.describe(job_file)
        self.assertEqual(event["job_name"], "as kept")
        self.assertIn("Rename config.py", " ".join(event["warnings"]))

    def test_processes_that_multiprocessing_starts_afresh_import_the_copies(self) -> None:
        job_file = self.keep(
            """
import multiprocessing
with multiprocessing.get_context("spawn").Pool(1) as pool:
    return {"values": pool.map(double, [1, 2]) + pool.map(helper.double, [3])}
""",
            "from . import helper\ndef double(number): return 2 * number",
            helper="def double(number): return 2 * number",
        )
        self.overwrite(job_file.parent)
        self.assertEqual(self.run_task(job_file).get("result"), {"values": [2, 4, 6]})


if __name__ == "__main__":
    unittest.main()
