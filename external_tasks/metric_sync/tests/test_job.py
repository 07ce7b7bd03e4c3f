"""Tests of Metric Sync that need no Metric: `insightmesh-tasks task check metric_sync`."""

import unittest

from job import MetricSyncJob
from kinds import allocation, employee, project

from config.settings import TasksSettings


class KindsTest(unittest.TestCase):
    def test_what_metric_keeps_in_groups_becomes_fields(self) -> None:
        groups = [{"groupType": "GROUP_TYPE_11", "name": "Engineer"}, {"groupType": "GROUP_TYPE_17", "name": "True"}]
        told = employee({"id": 7, "name": "Ada", "email": "ada@example.org", "groups": groups})
        self.assertEqual((told.id, told.fields["title"], told.fields["on_bench"]), ("7", "Engineer", True))
        self.assertIn("Title: Engineer", told.text)
        self.assertNotIn("ada@example.org", told.text)

    def test_projects_that_are_not_billed_to_a_client_are_left_out(self) -> None:
        client = [{"groupType": "CLIENT", "name": "Acme"}]
        self.assertIsNone(project({"id": 1, "name": "x", "projectType": "INTERNAL", "groups": client}))
        self.assertIsNone(project({"id": 1, "name": "x", "projectType": "BILLABLE", "groups": []}))
        self.assertIn("Client: Acme", project({"id": 1, "name": "x", "projectType": "BILLABLE", "groups": client}).text)

    def test_an_allocation_is_named_after_both(self) -> None:
        told = allocation({"id": 1, "employee": {"id": 2, "name": "Ada"}, "project": {"id": 3, "name": "Apollo"}})
        self.assertEqual(told.name, "Ada on Apollo")


class SettingsTest(unittest.TestCase):
    def test_what_is_missing_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "^Key of Metric"):
            MetricSyncJob(TasksSettings({}))
        unticked = {"sync_employees": False, "sync_projects": False, "sync_clients": False}
        with self.assertRaisesRegex(ValueError, "tick at least one"):
            MetricSyncJob(TasksSettings({}), metric_key="x", **unticked)

    def test_allocations_are_asked_for_year_by_year(self) -> None:
        job = MetricSyncJob(TasksSettings({}), metric_key="x", first_year=2024)
        self.assertEqual(job._years()[0], 'startDate: "2024-01-01", endDate: "2024-12-31"')


if __name__ == "__main__":
    unittest.main()
