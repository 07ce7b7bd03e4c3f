"""The task Slack User Import, through the product."""

from __future__ import annotations

import json
from typing import Any

from tests.builtin.case import OnMariaDb, OnPostgres, OnSqlite, TaskCase
from tests.builtin.service import Answer
from tests.builtin.slack import TOKEN, Slack, person

PEOPLE = "SELECT slack_user_id, email_address, user_type, is_active FROM slack_users ORDER BY slack_user_id"


class FirstRuns:
    """What holds on every database."""

    task = "slack_user_import"
    service: Slack

    def start_service(self) -> Slack:
        return Slack()

    def setUp(self) -> None:
        super().setUp()
        self.credential = self.server.credential(TOKEN)
        self.fill_in()

    def fill_in(self, **typed: Any) -> None:
        settings = {
            "slack_token": self.credential,
            "slack_url": f"{self.service.url}/api/",
            "data_folder": str(self.data),
        }
        plain = {"user_types": ["member", "guest", "admin", "owner"], "workspace_filter": "", "dry_run": False}
        self.server.fill_in(self.task, **{**plain, "include_deactivated": False, **settings, **typed})

    def test_from_the_first_run_to_people_who_leave(self) -> None:
        first = self.succeed()
        self.assertEqual((first["added"], first["records_processed"], first["records_skipped"]), (448, 448, 2))
        people = self.rows(PEOPLE)
        self.assertEqual(people[0], ("U00001", "person1@example.org", "owner", True))
        self.assertEqual([row[2] for row in people[1:3]], ["admin", "guest"])
        self.assertEqual(self.service.count("users.list"), 3)

        before = self.everything("slack_users")
        second = self.succeed()
        self.assertEqual((second["unchanged"], second["added"], second["updated"]), (448, 0, 0))
        self.assertIn("Nothing changed", second["details"])
        self.assertEqual(self.everything("slack_users"), before)

        self.service.people[9]["profile"]["email"] = "new@example.org"
        self.service.people[10]["deleted"] = True
        gone = self.service.people.pop(11)
        third = self.succeed()
        self.assertEqual((third["updated"], third["deactivated"], third["unchanged"]), (1, 2, 445))
        active = {row[0]: row[3] for row in self.rows(PEOPLE)}
        self.assertEqual([id for id, is_active in active.items() if not is_active], ["U00011", gone["id"]])
        self.assertIn(("U00010", "new@example.org", "member", True), self.rows(PEOPLE))

        self.service.people.append(gone)
        self.assertEqual(self.succeed()["updated"], 1)
        self.assertTrue(dict((row[0], row[3]) for row in self.rows(PEOPLE))[gone["id"]])


class Scenarios(FirstRuns):
    """What goes wrong, and what the run after it makes of it."""

    def test_a_credential_that_expired_says_so_and_changes_nothing(self) -> None:
        self.succeed()
        before = self.everything("slack_users")
        self.service.token = "xoxb-another"
        run = self.run_task()
        self.assertEqual(run.status, "failed")
        self.assertIn("does not accept the bot token", run.error)
        self.assertEqual(self.everything("slack_users"), before)
        self.server.replace_credential(self.credential, "xoxb-another")
        self.assertEqual(self.succeed()["unchanged"], 448)

    def test_one_person_that_cannot_be_read_does_not_stop_the_others(self) -> None:
        self.service.people[20]["profile"] = None
        run = self.run_task()
        self.assertEqual((run.status, run.counts), ("success", (448, 447, 1)))
        self.assertIn("about U00021 cannot be read", run.log)

    def test_a_run_that_was_cancelled_half_way_is_finished_by_the_next(self) -> None:
        self.cancel_at("users.list", after=2)
        self.assertEqual(len(self.rows(PEOPLE)), 398)
        resumed = self.succeed()
        self.assertEqual((resumed["added"], resumed["unchanged"]), (50, 398))


class SlackOnSqlite(Scenarios, OnSqlite, TaskCase):
    def test_it_passes_its_check_without_a_warning(self) -> None:
        self.assert_passes_its_check()

    def test_the_settings_can_be_tried_out(self) -> None:
        self.assertIn("Connected to Acme as importer", self.server.check(self.task))
        self.service.token = "xoxb-another"
        self.assertIn("does not accept the bot token", self.server.check(self.task))

    def test_no_result_and_no_log_holds_what_is_personal(self) -> None:
        run = self.run_task()
        self.assertEqual(run.counts, (448, 448, 0))
        told = json.dumps(run.result) + run.log
        self.assertNotIn("@example.org", told)
        self.assertNotIn("Person", told)
        page = self.server.page_of(run.id)
        self.assertIn("Were added: 448", page)

    def test_a_busy_slack_is_waited_for_as_it_asks(self) -> None:
        self.service.fail("users.list", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"}), 2)
        self.service.fail("auth.test", Answer({"ok": False}, 503))
        self.assertEqual(self.succeed()["added"], 448)
        self.assertEqual(self.service.count("users.list"), 5)

    def test_a_list_that_breaks_off_deactivates_nobody(self) -> None:
        self.succeed()
        self.service.fail("cursor=page%3A400|cursor=page:400", Answer({"ok": False, "error": "internal_error"}), 9)
        self.assertEqual(self.run_task().status, "failed")
        self.assertEqual(len([row for row in self.rows(PEOPLE) if row[3]]), 448)

    def test_only_whom_the_settings_ask_for_is_imported(self) -> None:
        self.fill_in(user_types=["owner", "bot"])
        self.assertEqual(self.succeed()["added"], 2)
        self.assertEqual([row[2] for row in self.rows(PEOPLE)], ["owner", "bot"])

    def test_the_filter_of_workspaces_filters(self) -> None:
        self.service.people[30]["team_id"] = "T0002"
        self.service.people[31]["enterprise_user"] = {"teams": ["T0002", "T0003"]}
        self.fill_in(workspace_filter="T0002")
        self.assertEqual(self.succeed()["added"], 2)

    def test_a_token_of_an_organisation_lists_one_workspace_after_the_other(self) -> None:
        self.service.is_organisation = True
        self.service.people = [person(1), person(2), {**person(3), "team_id": "T0002"}]
        self.fill_in(workspace_filter="T0001\nT0002")
        self.assertEqual(self.succeed()["added"], 3)
        self.service.people.pop(0)
        self.assertEqual(self.succeed()["deactivated"], 1)

    def test_a_dry_run_counts_and_writes_nobody(self) -> None:
        self.fill_in(dry_run=True)
        result = self.succeed()
        self.assertEqual(result["added"], 448)
        self.assertIn("Would be added: 448", result["details"])
        self.assertEqual(self.rows(PEOPLE), [])


class SlackOnMariaDb(Scenarios, OnMariaDb, TaskCase):
    pass


class SlackOnPostgres(FirstRuns, OnPostgres, TaskCase):
    pass
