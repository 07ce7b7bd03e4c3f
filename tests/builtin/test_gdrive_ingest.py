"""The task Google Drive Ingestion, through the product."""

from __future__ import annotations

import json
from typing import Any

from tests.builtin.case import OnMariaDb, OnPostgres, OnSqlite, TaskCase
from tests.builtin.documents import MIMES
from tests.builtin.drive import FOLDER, Drive, Item, error, mixed
from tests.builtin.embeddings import KEY, Embeddings
from tests.builtin.service import Answer

VACATION = "Every employee may take thirty days of vacation per year, and may carry five of them into the next year."
NAMES = "SELECT document_name FROM google_drive_documents ORDER BY document_name"


class DriveCase(TaskCase):
    """A Drive with one file of each kind, one of them in a folder inside, and a picture."""

    task = "gdrive_ingest"
    service: Drive

    def start_service(self) -> Drive:
        return Drive()

    def setUp(self) -> None:
        super().setUp()
        self.service.add(Item("inner", "Inner", FOLDER, "root"), Item("png", "p.png", "image/png", "root", "x"))
        for kind in MIMES:
            parent = "inner" if kind == "docx" else "root"
            self.service.add(Item(kind, f"a.{kind}", kind, parent, f"This is the text of the {kind} alone"))
        self.credential = self.server.credential(self.service.service_account())
        self.fill_in()

    def fill_in(self, **typed: Any) -> None:
        settings = {"google_credential": self.credential, "drive_url": f"{self.service.url}/drive/v3/"}
        plain = {"folder_id": "root", "file_id": "", "recursive": True, "dry_run": False, "metadata": ""}
        more = {"data_folder": str(self.data), "collection": "docs", "search_text": "", "embeddings_url": ""}
        more.update(chunk_size="1000", chunk_overlap="200", max_mb="50")
        self.server.fill_in(self.task, **{**settings, **plain, **more, **typed})

    def texts(self) -> dict[str, str]:
        """All that is in the vector store, by the name of the file."""
        found: dict[str, str] = {}
        for point in sorted(self.points("docs"), key=lambda point: point["chunk_index"]):
            found[point["file_name"]] = found.get(point["file_name"], "") + point["text"]
        return found


class FirstRuns:
    """What holds on every database."""

    def test_from_the_first_run_to_files_that_are_gone(self) -> None:
        first = self.succeed()
        self.assertEqual((first["added"], first["records_failed"], first["records_skipped"]), (10, 0, 1))
        texts = self.texts()
        for kind in MIMES:
            self.assertIn(f"the text of the {kind} alone", texts[f"a.{kind}"])
        self.assertIn("left | right", texts["a.docx"])
        self.assertIn("on the second sheet | 42", texts["a.gsheet"])
        self.assertIn("said aloud", texts["a.pptx"])

        before = self.everything("google_drive_documents"), self.points("docs")
        second = self.succeed()
        self.assertEqual((second["unchanged"], second["downloaded"]), (10, 0))
        self.assertIn("Nothing changed", second["details"])
        self.assertEqual((self.everything("google_drive_documents"), self.points("docs")), before)

        self.service.items["md"].rewrite("Another text")
        self.service.items["gdoc"].rewrite("Google's own kind has another text, too")
        moved = self.service.items["txt"]
        moved.name, moved.parent, moved.version = "renamed.txt", "inner", 2
        self.service.items["gslides"].version = 2  # saved again with the same words
        shared = self.service.items["pdf"]
        shared.permissions, shared.version = [{"type": "anyone", "role": "reader"}], 2
        del self.service.items["html"]
        third = self.succeed()
        done = [third[name] for name in ("updated", "moved_or_reshared", "removed", "unchanged", "downloaded")]
        self.assertEqual(done, [2, 3, 1, 4, 3])
        texts = self.texts()
        self.assertEqual((texts["a.md"], "a.html" in texts, "a.txt" in texts), ("Another text", False, False))
        points = {point["file_id"]: point for point in self.points("docs")}
        self.assertEqual(points["txt"]["full_path"], "Reports/Inner/renamed.txt")
        self.assertEqual(points["pdf"]["permissions"], ["reader: anyone"])
        self.assertEqual(points["pdf"]["owner_emails"], ["owner@example.org"])
        self.assertNotIn(("a.html",), self.rows(NAMES))


class Scenarios(FirstRuns):
    """What goes wrong, and what the run after it makes of it."""

    def test_a_document_that_shrank_leaves_no_old_text(self) -> None:
        self.service.items["txt"].rewrite("A long text about nothing. " * 400)
        self.succeed()
        self.assertGreater(len([point for point in self.points("docs") if point["file_id"] == "txt"]), 5)
        self.service.items["txt"].rewrite("Short")
        self.succeed()
        self.assertEqual(self.texts()["a.txt"], "Short")

    def test_a_broken_file_does_not_stop_the_others_and_is_tried_again(self) -> None:
        for kind in ("docx", "xlsx", "pdf"):
            self.service.items[kind].broken = True
        self.service.fail(r"/files/md\?", error(403, "cannotDownloadFile"))
        run = self.run_task()
        self.assertEqual((run.status, run.counts), ("success", (10, 6, 4)))
        self.assertIn("Reports/Inner/a.docx failed", run.log)
        for kind in ("docx", "xlsx", "pdf"):
            self.service.items[kind].broken = False
        again = self.succeed()
        self.assertEqual((again["added"], again["unchanged"], again["downloaded"]), (4, 6, 4))

    def test_a_credential_that_was_revoked_says_so_and_removes_nothing(self) -> None:
        self.succeed()
        self.service.is_revoked = True
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("Google does not accept the credential", run.error)
        self.assertEqual(len(self.texts()), 10)

    def test_a_run_that_was_cancelled_half_way_is_finished_by_the_next(self) -> None:
        self.cancel_at("alt=media|/export", after=5)
        self.assertEqual(len(self.texts()), 5)
        resumed = self.succeed()
        self.assertEqual((resumed["added"], resumed["unchanged"], resumed["downloaded"]), (5, 5, 5))
        self.assertEqual(len(self.texts()), 10)


class DriveOnSqlite(Scenarios, OnSqlite, DriveCase):
    def test_it_passes_its_check_without_a_warning(self) -> None:
        self.assert_passes_its_check()

    def test_two_thousand_files_then_one_changed(self) -> None:
        self.service.add(*mixed(2000))
        first = self.succeed()
        self.assertEqual((first["records_failed"], first["records_skipped"]), (0, 182))
        self.assertEqual(first["added"], 10 + 2000 - 181)
        self.service.items["file01001"].rewrite("Now it is about something else")
        before = self.service.downloads
        second = self.succeed()
        self.assertEqual((second["updated"], second["downloaded"], self.service.downloads - before), (1, 1, 1))
        self.assertEqual(second["unchanged"], first["added"] - 1)

    def test_a_search_finds_the_text_and_no_longer_when_its_file_is_gone(self) -> None:
        self.service.add(Item("rules", "rules.txt", "txt", "inner", VACATION))
        self.service.add(Item("cables", "cables.txt", "txt", "root", "An invoice for network cables and switches."))
        self.fill_in(search_text="How much vacation can an employee take?")
        self.assertIn("no texts to search yet", self.server.check(self.task))
        self.succeed()
        nearest = "Nearest to the text, 1 being the same: Reports/Inner/rules.txt"
        said = self.server.check(self.task)
        self.assertIn("Connected as the service account (client_email in its JSON). Folder: Reports", said)
        self.assertIn(nearest, said)
        del self.service.items["rules"]
        self.succeed()
        self.assertNotIn("rules.txt", self.server.check(self.task))

    def test_one_file_by_its_address_and_a_persons_consent(self) -> None:
        credential = self.server.credential(self.service.consent())
        address = "https://docs.google.com/document/d/gdoc/edit?tab=t.0"
        self.fill_in(folder_id="", file_id=address, google_credential=credential, metadata='{"team": "sales"}')
        self.assertEqual(self.succeed()["added"], 1)
        self.assertEqual(self.points("docs")[0]["metadata"], {"team": "sales"})
        del self.service.items["gdoc"]
        self.assertEqual(self.succeed()["removed"], 1)
        self.assertEqual(self.points("docs"), [])

    def test_the_form_wants_a_folder_or_a_file_and_not_both(self) -> None:
        with self.assertRaisesRegex(AssertionError, "Fill in either the folder or the file"):
            self.fill_in(file_id="gdoc")

    def test_a_shared_drive_is_asked_who_may_see_a_file_only_when_it_changed(self) -> None:
        for kind in MIMES:
            self.service.items[kind].drive_id = "drive"
        self.succeed()
        self.assertEqual(self.service.count("/permissions$"), 10)
        self.assertEqual(self.points("docs")[0]["permissions"], ["reader: reader@example.org"])
        self.assertEqual(self.succeed()["unchanged"], 10)
        self.assertEqual(self.service.count("/permissions$"), 10)
        self.service.items["md"].permissions, self.service.items["md"].version = [], 2
        self.assertEqual(self.succeed()["moved_or_reshared"], 1)

    def test_a_busy_drive_is_asked_again_as_it_says(self) -> None:
        self.service.fail("/files", error(403, "userRateLimitExceeded", Retry_After="0"), 2)
        self.service.fail("alt=media", error(429, "rateLimitExceeded", Retry_After="0"), 3)
        self.service.fail("/export", error(503, "backendError", Retry_After="0"))
        self.assertEqual(self.succeed()["added"], 10)

    def test_a_folder_that_cannot_be_read_takes_nothing_away(self) -> None:
        self.succeed()
        self.service.fail("%27inner%27", error(403, "insufficientFilePermissions"))
        del self.service.items["md"]
        run = self.run_task()
        self.assertEqual((run.status, run.result["removed"], run.result["records_failed"]), ("success", 0, 1))
        self.assertEqual(len(self.texts()), 10)

    def test_a_schedule_runs_it(self) -> None:
        run = self.server.run_of_schedule(self.task)
        self.assertEqual((run.status, run.result["added"]), ("success", 10))

    def test_a_dry_run_downloads_and_writes_nothing(self) -> None:
        self.fill_in(dry_run=True)
        self.assertEqual(self.succeed()["added"], 10)
        self.assertEqual((self.service.downloads, self.rows(NAMES), self.points("docs")), (0, [], []))

    def test_no_result_holds_what_is_personal(self) -> None:
        told = json.dumps(self.run_task().result)
        self.assertNotIn("@", told)
        self.assertNotIn("a.docx", told)

    def test_an_embeddings_service_of_another_size_is_refused_for_the_same_collection(self) -> None:
        embeddings = Embeddings()
        self.addCleanup(embeddings.stop)
        self.succeed()
        embeddings.fail("/v1/embeddings", Answer({}, 429, {"Retry-After": "0"}))
        key = self.server.credential(KEY)
        self.fill_in(embeddings_url=f"{embeddings.url}/v1", embeddings_model="tiny", embeddings_key=key)
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("Choose another collection", run.error)
        self.fill_in(
            collection="other", embeddings_url=f"{embeddings.url}/v1", embeddings_model="tiny", embeddings_key=key
        )
        self.assertEqual(self.succeed()["updated"], 10)
        self.assertEqual(len(self.points("other")), 10)


class DriveOnMariaDb(Scenarios, OnMariaDb, DriveCase):
    pass


class DriveOnPostgres(FirstRuns, OnPostgres, DriveCase):
    pass
