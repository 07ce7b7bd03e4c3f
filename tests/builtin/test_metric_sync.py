"""The task Metric Sync, through the product."""

from __future__ import annotations

import json
from typing import Any

from tests.builtin.case import OnMariaDb, OnPostgres, OnSqlite, TaskCase
from tests.builtin.metric import KEY, Metric
from tests.builtin.service import Answer

ACTIVE = "SELECT data_type, COUNT(*) FROM metric_records WHERE is_active GROUP BY data_type ORDER BY data_type"


class FirstRuns:
    """What holds on every database."""

    task = "metric_sync"
    service: Metric

    def start_service(self) -> Metric:
        return Metric()

    def setUp(self) -> None:
        super().setUp()
        self.credential = self.server.credential(KEY)
        self.fill_in()

    def fill_in(self, **typed: Any) -> None:
        settings = {"metric_key": self.credential, "metric_url": f"{self.service.url}/api/"}
        plain = {"data_folder": str(self.data), "sync_employees": True, "sync_projects": True, "sync_clients": True}
        more = {"sync_allocations": True, "first_year": "2020", "page_size": "100", "dry_run": False}
        self.server.fill_in(self.task, **{**settings, **plain, **more, "embeddings_url": "", **typed})

    def test_from_the_first_run_to_records_that_are_gone(self) -> None:
        first = self.succeed()
        self.assertEqual((first["added"], first["records_processed"], first["records_failed"]), (327, 327, 0))
        self.assertEqual(first["by_kind"]["projects"], {"added": 30})
        everything = [("allocation", 40), ("client", 7), ("employee", 250), ("project", 30)]
        self.assertEqual(self.rows(ACTIVE), everything)
        self.assertEqual(len(self.points("metric")), 327)

        before = self.everything("metric_records")
        second = self.succeed()
        self.assertEqual((second["unchanged"], second["added"]), (327, 0))
        self.assertIn("Nothing changed", second["details"])
        self.assertEqual(self.everything("metric_records"), before)

        self.service.lists["employees"][0]["groups"][0]["name"] = "Astronaut"
        self.service.lists["projects"].pop(0)
        third = self.succeed()
        self.assertEqual((third["updated"], third["removed"], third["unchanged"]), (1, 1, 325))
        told = {(point["record_type"], point["name"]): point["text"] for point in self.points("metric")}
        self.assertNotIn(("project", "Project 1"), told)
        self.assertIn("Title: Astronaut", told["employee", "Worker 1"])


class Scenarios(FirstRuns):
    """What goes wrong, and what the run after it makes of it."""

    def test_a_run_that_was_cancelled_half_way_is_finished_by_the_next(self) -> None:
        self.cancel_at("projects")
        self.assertEqual(self.rows(ACTIVE), [("employee", 250)])
        resumed = self.succeed()
        self.assertEqual((resumed["added"], resumed["unchanged"]), (77, 250))
        self.assertEqual(len(self.points("metric")), 327)

    def test_a_key_that_expired_says_so_and_changes_nothing(self) -> None:
        self.succeed()
        self.service.key = "another"
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("does not accept the credential", run.error)
        self.assertEqual(len(self.rows("SELECT id FROM metric_records WHERE is_active")), 327)

    def test_a_list_that_is_refused_and_a_record_that_cannot_be_read_stop_nothing_else(self) -> None:
        self.service.fail("projects", Answer({"errors": [{"message": "internal"}]}), 9)
        self.service.lists["employees"][5] = {"id": 6}
        run = self.run_task()
        self.assertEqual((run.status, run.counts), ("success", (298, 296, 2)))
        self.assertIn("projects: Metric refused a question: internal", run.log)
        self.assertEqual(self.rows(ACTIVE), [("allocation", 40), ("client", 7), ("employee", 249)])


class MetricOnSqlite(Scenarios, OnSqlite, TaskCase):
    def test_it_passes_its_check_without_a_warning(self) -> None:
        self.assert_passes_its_check()

    def test_an_api_that_tells_no_schema_is_read_without_pages(self) -> None:
        self.service.tells_schema = False
        self.assertEqual(self.succeed()["added"], 327)

    def test_no_result_and_no_log_holds_what_is_personal(self) -> None:
        run = self.run_task()
        told = json.dumps(run.result) + run.log
        self.assertNotIn("@example.org", told)
        self.assertNotIn("Worker", told)

    def test_the_settings_can_be_tried_out(self) -> None:
        self.assertIn("Metric answers; the first page has 100 employee records", self.server.check(self.task))

    def test_what_is_not_ticked_is_neither_read_nor_taken_away(self) -> None:
        self.succeed()
        self.service.requests.clear()
        self.fill_in(sync_employees=False, sync_projects=False, sync_allocations=False)
        self.assertEqual(self.succeed()["unchanged"], 7)
        asked = b"".join(request.body for request in self.service.requests)
        self.assertNotIn(b"employees(", asked)
        self.assertEqual(len(self.rows("SELECT id FROM metric_records WHERE is_active")), 327)

    def test_a_year_of_allocations_that_fails_takes_none_away(self) -> None:
        self.succeed()
        self.service.fail("2023-01-01", Answer({"errors": [{"message": "internal"}]}))
        run = self.run_task()
        self.assertEqual((run.status, run.result["removed"], run.result["records_failed"]), ("success", 0, 1))
        self.assertEqual(self.rows(ACTIVE)[0], ("allocation", 40))

    def test_a_busy_metric_is_asked_again_as_it_says(self) -> None:
        self.service.fail("employees", Answer({}, 429, {"Retry-After": "0"}), 2)
        self.service.fail("projects", Answer({}, 503))
        self.assertEqual(self.succeed()["added"], 327)

    def test_a_dry_run_counts_and_writes_nothing(self) -> None:
        self.fill_in(dry_run=True)
        self.assertEqual(self.succeed()["added"], 327)
        self.assertEqual((self.rows(ACTIVE), self.points("metric")), ([], []))


class MetricOnMariaDb(Scenarios, OnMariaDb, TaskCase):
    pass


class MetricOnPostgres(FirstRuns, OnPostgres, TaskCase):
    pass
