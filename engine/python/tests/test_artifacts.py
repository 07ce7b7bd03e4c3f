"""`self.artifact`: files that are kept with a run."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from support import TaskTest

from harness_parts.artifacts import safe_name


class ArtifactTest(TaskTest):
    def kept(self, file: str) -> bytes:
        return (self.folder / ".artifacts" / file).read_bytes()

    def test_files_are_copied_as_they_are_and_told_by_name_and_size(self) -> None:
        self.assert_result(
            f"""
        os.chdir({str(self.folder)!r})
        with open("report.csv", "w") as file: file.write("a,b")
        paths = [self.artifact("report.csv"), self.artifact(os.path.abspath("report.csv"), name="Größe.csv")]
        with open("report.csv", "w") as file: file.write("later")
        return {{"seen": [str(path) for path in paths]}}
        """,
            ["report.csv", str(self.folder / "report.csv")],
        )
        expected = [{"file": "1", "name": "report.csv", "size": 3}, {"file": "2", "name": "Größe.csv", "size": 3}]
        self.assertEqual(self.events("artifact"), expected)
        self.assertEqual((self.kept("1"), self.kept("2")), (b"a,b", b"a,b"))

    def test_a_text_is_kept_without_a_file(self) -> None:
        self.run_execute("self.artifact_text('list.txt', 'ä\\n'); return {}")
        self.assertEqual(self.events("artifact"), [{"file": "1", "name": "list.txt", "size": 3}])
        self.assertEqual(self.kept("1"), "ä\n".encode())

    def test_a_link_of_the_tasks_own_is_followed(self) -> None:
        (self.folder / "target").write_bytes(b"content")
        (self.folder / "link").symlink_to("target")
        self.run_execute(f"self.artifact({str(self.folder / 'link')!r}); return {{}}")
        self.assertEqual(self.events("artifact")[0]["name"], "link")
        self.assertFalse((self.folder / ".artifacts" / "1").is_symlink())

    def test_names_become_safe(self) -> None:
        for name, expected in {
            "../../etc/passwd": "passwd",
            "C:\\temp\\a.txt": "a.txt",
            "..": "artifact-1",
            "a/": "artifact-1",
            "  ": "artifact-1",
            "a\nb\x00\u202e\ud800c.txt": "abc.txt",
            ".hidden": ".hidden",
            Path("folder/a.txt"): "a.txt",
            "x" * 300 + ".tar.gz": "x" * 197 + ".gz",
            "x." + "y" * 300: "x." + "y" * 19,
        }.items():
            self.assertEqual(safe_name(name, "artifact-1"), expected)
        self.run_execute("self.artifact_text('../a', 'b'); return {}")
        self.assertEqual(self.events("artifact")[0]["name"], "a")

    def test_what_is_no_file_is_named(self) -> None:
        os.mkfifo(self.folder / "pipe")
        cases = {
            "absent": "FileNotFoundError: the artifact {} does not exist",
            "": "ValueError: the artifact {} is a folder",
            "pipe": "ValueError: the artifact {} is no regular file",
            "pipe/below": "ValueError: the artifact {} cannot be read",
        }
        for name, error in cases.items():
            path = str(self.folder / name)
            final = self.run_execute(f"self.artifact({path!r})")
            self.assertIn(error.format(path), f"{final['exception']}: {final['message']}")
            self.assertEqual((final["file"], self.logs), ("job.py", []))
        self.assertIn("no regular file", self.run_execute("self.artifact('/dev/zero')")["message"])

    def test_the_limits_are_kept_and_leave_nothing_behind(self) -> None:
        big = self.folder / "big.bin"
        with open(big, "wb") as file:
            file.truncate(100 * 1024 * 1024 + 1)  # sparse: it takes no room
        final = self.run_execute(f"self.artifact_text('a', ''); self.artifact({str(big)!r})")
        self.assertEqual(final["message"], "big.bin is not kept: an artifact may have 100 MiB")
        self.assertEqual([entry.name for entry in (self.folder / ".artifacts").iterdir()], ["1"])

        final = self.run_execute("for number in range(101): self.artifact_text(f'{number}.txt', '')")
        self.assertEqual(final["message"], "100.txt is not kept: a run may have 100 artifacts")
        self.assertEqual(len(self.events("artifact")), 100)

    def test_the_limit_for_all_together_is_kept(self) -> None:
        final = self.run_execute("""
        from harness_parts import artifacts
        artifacts.TOTAL_LIMIT = 2 << 20
        for number in range(3): self.artifact_text(f"{number}.txt", "x" * (1 << 20))
        """)
        self.assertEqual(final["message"], "2.txt is not kept: the artifacts of a run may have 2 MiB")
        self.assertEqual(len(self.events("artifact")), 2)

    def test_it_works_after_the_task_deleted_its_working_folder(self) -> None:
        self.run_execute(f"""
        import shutil
        os.chdir({str(self.folder)!r})
        shutil.rmtree({str(self.folder)!r})
        self.artifact_text("a.txt", "kept")
        return {{}}
        """)
        self.assertEqual(self.kept("1"), b"kept")

    def test_threads_get_numbers_of_their_own(self) -> None:
        self.run_execute("""
        threads = [threading.Thread(target=self.artifact_text, args=(f"{n}.txt", str(n))) for n in range(20)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        return {}
        """)
        for event in self.events("artifact"):
            self.assertEqual(self.kept(event["file"]).decode() + ".txt", event["name"])
        self.assertEqual(len(self.events("artifact")), 20)

    def test_a_process_that_the_task_started_is_told_that_it_cannot(self) -> None:
        self.assert_result(
            """
        import multiprocessing
        self.artifact_text("a", "b")
        with multiprocessing.get_context("fork").Pool(1) as pool:
            try: pool.apply(self.artifact_text, ("c", "d"))
            except RuntimeError as error: return {"seen": str(error)}
        """,
            "artifacts can be kept by the task's own process only, not by one that it started",
        )


if __name__ == "__main__":
    unittest.main()
