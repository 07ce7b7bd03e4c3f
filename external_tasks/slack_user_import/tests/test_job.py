"""Tests of Slack User Import that need no Slack: `insightmesh-tasks task check slack_user_import`."""

import unittest

from database import open_database
from job import SlackUserImportJob
from people import row
from slack import bot_token, user_type, workspaces_of

from config.settings import TasksSettings


class UserTypeTest(unittest.TestCase):
    def test_everybody_is_of_the_first_type_that_fits(self) -> None:
        self.assertEqual(user_type({"is_owner": True, "is_admin": True}), "owner")
        self.assertEqual(user_type({"is_bot": True, "is_admin": True}), "bot")
        self.assertEqual(user_type({"id": "USLACKBOT"}), "bot")
        self.assertEqual(user_type({"is_ultra_restricted": True}), "guest")
        self.assertEqual(user_type({"id": "U1"}), "member")

    def test_a_person_may_be_in_several_workspaces(self) -> None:
        self.assertEqual(workspaces_of({"team_id": "T1", "enterprise_user": {"teams": ["T2"]}}), {"T1", "T2"})


class TokenTest(unittest.TestCase):
    def test_the_token_is_the_text_or_stands_in_a_connected_account(self) -> None:
        self.assertEqual(bot_token("xoxb-1"), "xoxb-1")
        self.assertEqual(bot_token('{"type": "connected_account", "token": "xoxb-2"}'), "xoxb-2")
        for text in ("{", '{"type": "service_account"}'):
            self.assertRaisesRegex(ValueError, "neither a token nor a connected account", bot_token, text)


class RowTest(unittest.TestCase):
    def test_long_names_are_cut_and_missing_ones_left_empty(self) -> None:
        told = row({"id": "U1", "profile": {"real_name": "x" * 300, "email": ""}}, "T1")
        self.assertEqual((len(told["real_name"]), told["email_address"], told["is_active"]), (255, None, True))


class DatabaseTest(unittest.TestCase):
    def test_whatever_driver_an_address_names_the_task_uses_its_own(self) -> None:
        for address, driver in (
            ("mysql://a:b@host/db", "mysql+pymysql"),
            ("mysql+mysqldb://a:b@host/db", "mysql+pymysql"),
            ("postgres://host/db", "postgresql+psycopg"),
            ("postgresql+psycopg2://host/db?sslmode=require", "postgresql+psycopg"),
        ):
            self.assertEqual(open_database(address).url.drivername, driver)

    def test_a_file_in_the_folder_of_the_run_would_be_lost(self) -> None:
        with self.assertRaisesRegex(ValueError, "full path"):
            open_database("sqlite:///data.db")
        with self.assertRaisesRegex(ValueError, "full path"):
            open_database(None, "data")
        with self.assertRaisesRegex(ValueError, "oracle is none of"):
            open_database("oracle://host/db")


class SettingsTest(unittest.TestCase):
    def test_what_is_missing_or_wrong_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "^Bot token"):
            SlackUserImportJob(TasksSettings({}))
        with self.assertRaisesRegex(ValueError, "'acme' is no id"):
            SlackUserImportJob(TasksSettings({}), slack_token="x", workspace_filter=["acme"])  # noqa: S106

    def test_the_token_of_the_server_will_do(self) -> None:
        SlackUserImportJob(TasksSettings({"slack_bot_token": "x"}))


if __name__ == "__main__":
    unittest.main()
