"""The task Portal Sync, through the product."""

from __future__ import annotations

import json
from typing import Any

from tests.builtin.case import OnMariaDb, OnPostgres, OnSqlite, TaskCase
from tests.builtin.embeddings import KEY, Embeddings
from tests.builtin.portal import SECRET, Portal, employee
from tests.builtin.service import Answer

ACTIVE = "SELECT record_id FROM portal_records WHERE is_active ORDER BY record_id"


class FirstRuns:
    """What holds on every database."""

    task = "portal_sync"
    service: Portal

    def start_service(self) -> Portal:
        return Portal()

    def setUp(self) -> None:
        super().setUp()
        self.credential = self.server.credential(SECRET)
        self.fill_in()

    def fill_in(self, **typed: Any) -> None:
        settings = {"portal_secret": self.credential, "portal_url": self.service.url, "data_folder": str(self.data)}
        plain = {"portal_email": "bot@example.org", "dry_run": False, "write_vectors": True, "collection": "portal"}
        plain["embeddings_url"] = ""
        self.server.fill_in(self.task, **{**settings, **plain, **typed})

    def test_from_the_first_run_to_employees_who_leave(self) -> None:
        first = self.succeed()
        self.assertEqual((first["added"], first["records_processed"], first["records_failed"]), (50, 50, 0))
        self.assertEqual(self.service.count("/employee"), 3)
        self.assertEqual(len(self.points("portal")), 50)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM portal_skills"), [(50,)])

        before = self.everything("portal_records"), self.everything("portal_skills")
        second = self.succeed()
        self.assertEqual((second["unchanged"], second["added"]), (50, 0))
        self.assertIn("Nothing changed", second["details"])
        self.assertEqual((self.everything("portal_records"), self.everything("portal_skills")), before)

        self.service.employees[0]["profile"]["skills"].append({"skill": "Welding", "category": "Domain", "level": 5})
        gone = self.service.employees.pop()
        third = self.succeed()
        self.assertEqual((third["updated"], third["removed"], third["unchanged"]), (1, 1, 48))
        self.assertNotIn((gone["metric_id"],), self.rows(ACTIVE))
        names = {point["name"]: point["text"] for point in self.points("portal")}
        self.assertNotIn(gone["name"], names)
        self.assertIn("Expert in: Welding", names["Employee 1"])
        self.assertEqual(self.rows("SELECT level FROM portal_skills WHERE skill = 'Welding'"), [("5",)])

        self.service.employees.append(gone)
        self.assertEqual(self.succeed()["added"], 1)
        self.assertEqual((len(self.rows(ACTIVE)), len(self.points("portal"))), (50, 50))


class Scenarios(FirstRuns):
    """What goes wrong, and what the run after it makes of it."""

    def test_a_run_that_was_cancelled_half_way_is_finished_by_the_next(self) -> None:
        """While the third hundred is embedded: what was stored before stays stored, and is not embedded again."""
        self.service.employees = [employee(number) for number in range(1, 251)]
        embeddings = Embeddings()
        self.addCleanup(embeddings.stop)
        key = self.server.credential(KEY)
        self.fill_in(embeddings_url=f"{embeddings.url}/v1", embeddings_model="tiny", embeddings_key=key)
        self.cancel_at("/v1/embeddings", after=3, service=embeddings)
        self.assertEqual((len(self.rows(ACTIVE)), len(self.points("portal"))), (200, 200))
        resumed = self.succeed()
        self.assertEqual((resumed["added"], resumed["unchanged"]), (50, 200))
        self.assertEqual((len(self.rows(ACTIVE)), len(self.points("portal"))), (250, 250))

    def test_a_secret_that_is_no_longer_valid_says_so_and_changes_nothing(self) -> None:
        self.succeed()
        self.service.secret = "another secret, of the same good length"
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("does not accept the credential", run.error)
        self.assertEqual(len(self.rows(ACTIVE)), 50)

    def test_an_employee_that_cannot_be_read_stops_nobody_and_is_not_deactivated(self) -> None:
        self.succeed()
        del self.service.employees[3]["name"]
        self.service.employees.pop(0)
        run = self.run_task()
        self.assertEqual((run.status, run.counts), ("success", (50, 49, 1)))
        self.assertIn("Employee 3 on page 1 cannot be read", run.log)
        self.assertEqual(len(self.rows(ACTIVE)), 49)
        self.assertIn(("m4",), self.rows(ACTIVE))


class PortalOnSqlite(Scenarios, OnSqlite, TaskCase):
    def test_it_passes_its_check_without_a_warning(self) -> None:
        self.assert_passes_its_check()

    def test_no_result_and_no_log_holds_what_is_personal(self) -> None:
        run = self.run_task()
        told = json.dumps(run.result) + run.log
        self.assertNotIn("@example.org", told)
        self.assertNotIn("Employee 1", told)

    def test_the_settings_can_be_tried_out(self) -> None:
        self.assertIn("The portal answers", self.server.check(self.task))
        self.service.secret = "another secret, of the same good length"
        self.assertIn("does not accept the credential", self.server.check(self.task))

    def test_another_collection_is_filled_from_the_start(self) -> None:
        self.succeed()
        self.fill_in(collection="other")
        self.assertEqual(self.succeed()["updated"], 50)
        self.assertEqual(len(self.points("other")), 50)
        self.assertEqual(self.succeed()["unchanged"], 50)

    def test_a_busy_portal_is_asked_again_and_an_empty_one_empties_nothing(self) -> None:
        self.service.fail("/employee", Answer({}, 429, {"Retry-After": "0"}), 2)
        self.service.fail("/employee", Answer({}, 502))
        self.assertEqual(self.succeed()["added"], 50)
        self.service.employees = []
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("nothing was taken away", run.error)
        self.assertEqual(len(self.rows(ACTIVE)), 50)

    def test_a_dry_run_counts_and_writes_nothing(self) -> None:
        self.fill_in(dry_run=True)
        self.assertEqual(self.succeed()["added"], 50)
        self.assertEqual((self.rows(ACTIVE), self.points("portal")), ([], []))


class PortalOnMariaDb(Scenarios, OnMariaDb, TaskCase):
    pass


class PortalOnPostgres(FirstRuns, OnPostgres, TaskCase):
    pass
