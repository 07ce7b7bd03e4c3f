//! The commands for authors, as a person types them: the real program, real Python.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

struct Terminal {
    folder: TempDir,
}

struct Said {
    is_good: bool,
    text: String,
}

impl Terminal {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tasks")).unwrap();
        Self { folder }
    }

    fn type_in(&self, words: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_insightmesh-tasks"))
            .args(words)
            .current_dir(self.folder.path())
            .env("EXTERNAL_TASKS_PATH", self.folder.path().join("tasks"))
            .env("DATA_DIR", self.folder.path().join("data"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        Said {
            is_good: output.status.success(),
            text: String::from_utf8(said).unwrap(),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join("tasks").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn job(&self, name: &str, body: &str) {
        let code = format!(
            "from jobs.base_job import BaseJob\nclass TestJob(BaseJob):\n    JOB_NAME = 'Test'\n    \
             REQUIRED_PARAMS = [{{'name': 'key', 'label': 'API Key', 'type': 'password'}}]\n    \
             OPTIONAL_PARAMS = [{{'name': 'size', 'type': 'number', 'default': 3}}]\n    \
             async def execute(self):\n        {}\nJob = TestJob\n",
            body.replace('\n', "\n        ")
        );
        self.write(&format!("{name}/job.py"), &code);
    }
}

#[test]
fn a_new_task_passes_its_check_with_its_tests_and_runs() {
    let terminal = Terminal::new();
    let new = terminal.type_in(&["task", "new", "greet_all", "--title", "Greet all"]);
    assert!(new.is_good, "{}", new.text);
    let check = terminal.type_in(&["task", "check", "greet_all"]);
    assert!(check.is_good, "{}", check.text);
    assert!(
        check.text.contains("greet_all loads: \"Greet all\""),
        "{}",
        check.text
    );
    assert!(check.text.contains("Names (names)"), "{}", check.text);
    assert!(check.text.contains("Its tests pass"), "{}", check.text);
    let run = terminal.type_in(&["task", "run", "greet_all", "--set", "names=Ada, Grace"]);
    assert!(run.is_good, "{}", run.text);
    assert!(run.text.contains("Good morning, Grace!"), "{}", run.text);
    assert!(run.text.contains("records_success: 2"), "{}", run.text);
    let again = terminal.type_in(&["task", "new", "greet_all"]);
    assert!(
        !again.is_good && again.text.contains("exists already"),
        "{}",
        again.text
    );
}

#[test]
fn a_broken_task_is_explained_with_its_place() {
    let terminal = Terminal::new();
    terminal.write("broken/job.py", "import json\nimport no_such_package\n");
    for command in ["check", "run", "reload"] {
        let said = terminal.type_in(&["task", command, "broken"]);
        assert!(!said.is_good, "{}", said.text);
        for part in ["broken does not load", "job.py, line 2", "no_such_package"] {
            assert!(said.text.contains(part), "{command}: {}", said.text);
        }
    }
}

#[test]
fn failing_tests_fail_the_check() {
    let terminal = Terminal::new();
    terminal.job("t", "return {}");
    terminal.write(
        "t/tests/test_job.py",
        "import unittest\nfrom job import Job\nclass T(unittest.TestCase):\n    def test_name(self):\n        \
         self.assertEqual(Job.JOB_NAME, 'Other')\n",
    );
    let said = terminal.type_in(&["task", "check", "t"]);
    assert!(
        !said.is_good && said.text.contains("'Test' != 'Other'"),
        "{}",
        said.text
    );
    assert!(terminal.type_in(&["task", "check", "t", "--no-tests"]).is_good);
}

#[test]
fn a_run_by_hand_takes_settings_like_the_form_and_fails_like_the_product() {
    let terminal = Terminal::new();
    terminal.job(
        "t",
        "print('size', self.params['size'], 'key', self.params['key'])\n\
         if self.params['size'] > 5:\n    raise ValueError('too many')\n\
         return {'records_processed': self.params['size']}",
    );
    let none = terminal.type_in(&["task", "run", "t"]);
    assert!(
        !none.is_good && none.text.contains("Enter API Key"),
        "{}",
        none.text
    );
    let wrong = terminal.type_in(&["task", "run", "t", "--set", "key=CANARY-1", "--set", "size=ten"]);
    assert!(
        !wrong.is_good && wrong.text.contains("whole number"),
        "{}",
        wrong.text
    );
    let good = terminal.type_in(&["task", "run", "t", "--set", "key=CANARY-1"]);
    assert!(
        good.is_good && good.text.contains("size 3 key [secret]"),
        "{}",
        good.text
    );
    let bad = terminal.type_in(&["task", "run", "t", "--set", "key=CANARY-1", "--set", "size=6"]);
    assert!(
        !bad.is_good && bad.text.contains("ValueError: too many"),
        "{}",
        bad.text
    );
    // What the run left on the disk is gone with it.
    let benches = terminal
        .folder
        .path()
        .join("cache/insightmesh-tasks-author/benches");
    assert_eq!(fs::read_dir(benches).unwrap().count(), 0);
}

#[test]
fn files_that_a_run_hands_over_are_copied_where_the_author_wants_them() {
    let terminal = Terminal::new();
    terminal.job(
        "t",
        "open('report.csv', 'w').write('a,b\\n')\nself.artifact('report.csv')\nreturn {}",
    );
    let said = terminal.type_in(&["task", "run", "t", "--set", "key=k-12345", "--files", "out"]);
    assert!(said.is_good, "{}", said.text);
    let copy = fs::read_to_string(terminal.folder.path().join("out/report.csv")).unwrap();
    assert_eq!(copy, "a,b\n");
}

#[test]
fn what_is_not_there_is_said() {
    let terminal = Terminal::new();
    let said = terminal.type_in(&["task", "check", "absent"]);
    assert!(
        !said.is_good && said.text.contains("There is no task \"absent\""),
        "{}",
        said.text
    );
    terminal.job("t", "return {}");
    let said = terminal.type_in(&["task", "reload", "t"]);
    assert!(
        said.is_good && said.text.contains("No server runs"),
        "{}",
        said.text
    );
}
