"""Tests of Google Drive Ingestion that need no Drive: `insightmesh-tasks task check gdrive_ingest`."""

import json
import tempfile
import unittest
from pathlib import Path

from extract import NoText, is_supported, text_of
from google_drive import credentials_of
from job import GoogleDriveIngestJob
from listing import drive_file, in_words
from params import checked_labels, id_in

from config.settings import TasksSettings

CONSENT = json.dumps({"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"})


class ParamsTest(unittest.TestCase):
    def test_an_address_will_do_for_an_id(self) -> None:
        for typed in (
            "1aB-_",
            " https://drive.google.com/drive/folders/1aB-_?usp=sharing",
            "https://docs.google.com/document/d/1aB-_/edit#heading",
            "https://drive.google.com/open?id=1aB-_&x=y",
        ):
            self.assertEqual(id_in(typed, "Folder"), "1aB-_")
        with self.assertRaisesRegex(ValueError, "^Folder"):
            id_in("my folder", "Folder")

    def test_labels_are_flat(self) -> None:
        self.assertEqual(checked_labels({"a": 1}), {"a": 1})
        with self.assertRaisesRegex(ValueError, "^Labels"):
            checked_labels({"a": [1]})

    def test_a_folder_or_a_file_and_not_both(self) -> None:
        for both in ({}, {"folder_id": "a", "file_id": "b"}):
            with self.assertRaisesRegex(ValueError, "either the folder or the file"):
                GoogleDriveIngestJob(TasksSettings({}), google_credential=CONSENT, **both)
        GoogleDriveIngestJob(TasksSettings({}), google_credential=CONSENT, folder_id="a")

    def test_a_credential_of_another_kind_is_refused_without_showing_it(self) -> None:
        for text in ("xoxb-secret", '{"type": "secret-kind"}', '{"type": "service_account"}'):
            with self.assertRaisesRegex(ValueError, "^Google credential"):
                credentials_of(text, None)


class ExtractTest(unittest.TestCase):
    def text(self, content: bytes, mime: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "content"
            path.write_bytes(content)
            return text_of(path, mime)

    def test_text_in_other_encodings_is_read(self) -> None:
        words = "Die Prüfung der Maßnahmen für die Bücher"
        self.assertEqual(self.text(b"\xef\xbb\xbf" + words.encode(), "text/plain"), words)
        self.assertEqual(self.text(words.encode("utf-16"), "text/csv"), words)

    def test_markup_is_left_out_of_html(self) -> None:
        text = self.text(b"<html><script>x()</script><p>One</p><p>Two</p></html>", "text/html")
        self.assertEqual(text.split(), ["One", "Two"])

    def test_a_file_without_text_says_so(self) -> None:
        for mime in ("text/plain", "text/html"):
            with self.assertRaises(NoText):
                self.text(b" ", mime)

    def test_pictures_are_not_supported_and_googles_documents_are(self) -> None:
        self.assertFalse(is_supported("image/png"))
        self.assertTrue(is_supported("application/vnd.google-apps.document"))
        self.assertFalse(is_supported("application/vnd.google-apps.shortcut"))


class ListingTest(unittest.TestCase):
    def test_who_may_see_a_file_is_in_words(self) -> None:
        told = [{"role": "writer", "type": "domain", "domain": "example.org"}, {"role": "reader", "type": "anyone"}]
        self.assertEqual(in_words(told), ["reader: anyone", "writer: example.org"])

    def test_googles_own_kinds_are_told_apart_by_their_version(self) -> None:
        told = {"id": "1", "name": "a", "mimeType": "application/vnd.google-apps.document", "version": "7"}
        self.assertEqual(drive_file(told, "Reports").content, "version:7")
        self.assertEqual(drive_file({**told, "md5Checksum": "m"}, "Reports").content, "md5:m")


if __name__ == "__main__":
    unittest.main()
