//! What a task's process gets from the server, and what it can do to it.

use std::collections::BTreeMap;

use crate::common::{job, plain_job, start, start_with};
use domain::run::RunStatus;
use domain::task::TaskLimits;
use engine::PassedVariable;
use rustix::process::{Resource, getrlimit};

#[tokio::test]
async fn f22_a_task_that_breaks_its_own_surroundings_harms_nobody() {
    let forge = r#"os.write(3, b'{"event": "result", "result": {"records_processed": 999}}\n')"#;
    let cases = [
        (
            "os.chdir('/')\nreturn {'records_processed': 7}".to_owned(),
            Some(7),
        ),
        (
            "for fd in (0, 1, 2):\n    os.close(fd)\nreturn {'records_processed': 7}".to_owned(),
            Some(7),
        ),
        (
            format!("{forge}\nos.close(3)\nreturn {{'records_processed': 7}}"),
            Some(7),
        ),
        (
            "os.closerange(0, 4096)\nreturn {'records_processed': 7}".to_owned(),
            None,
        ),
    ];
    for (body, processed) in cases {
        let test = start(&[("t", &job(&body)), ("good", &job("return {}"))]).await;
        let run = test.run("t").await;
        assert_eq!(run.summary.records.processed, processed, "{body}: {run:?}");
        let expected = processed.map_or(RunStatus::Failed, |_| RunStatus::Success);
        assert_eq!(run.summary.status, expected, "{body}");
        assert_eq!(test.run("good").await.summary.status, RunStatus::Success);
    }
}

/// What is passed on where the server has it.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "TZ",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

#[tokio::test]
async fn f23_s15_the_environment_and_the_descriptors_of_a_task_are_these_and_no_others() {
    let body = r"
for name in sorted(os.environ):
    print('env', name)
for fd in sorted(os.listdir('/proc/self/fd'), key=int):
    if os.path.exists(f'/proc/self/fd/{fd}'):
        try:
            print('fd', fd, os.readlink(f'/proc/self/fd/{fd}').split(':')[0])
        except FileNotFoundError:
            pass  # the one that the listing itself had open
print('folder', oct(os.stat('.').st_mode & 0o777), os.getcwd() == os.environ['TMPDIR'])
print('settings', self.settings.task_database_url, self.settings.data_database_url)
print(open('/proc/self/cmdline').read().replace(chr(0), ' '))
return {}";
    let test = start(&[("t", &plain_job(body))]).await;
    test.save("t", &[("key", "CANARY-9d1c")]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Success, "{run:?}");
    let log = test.log(&run.summary.run_id).await;
    let told = |what: &str| -> Vec<&str> { log.lines().filter_map(|line| line.strip_prefix(what)).collect() };
    let mut expected: Vec<&str> = INHERITED
        .iter()
        .copied()
        .filter(|name| std::env::var_os(name).is_some())
        .chain([
            "LANG",
            "TMPDIR",
            "EXTERNAL_TASKS_PATH",
            "INSIGHTMESH_RUN_ID",
            "INSIGHTMESH_TASK",
        ])
        .collect();
    expected.sort_unstable();
    assert_eq!(told("env "), expected);
    // The two high ones are the harness' own; programs that the task starts do not inherit them.
    assert_eq!(
        told("fd "),
        [
            "0 /dev/null",
            "1 pipe",
            "2 pipe",
            "3 /dev/null",
            "500 pipe",
            "501 pipe"
        ]
    );
    assert_eq!(told("folder "), ["0o700 True"]);
    assert_eq!(told("settings "), ["None sqlite:///data.db"]);
    assert!(!log.contains("CANARY"), "{log}");
}

#[tokio::test]
async fn s15_variables_are_passed_to_the_tasks_they_are_meant_for() {
    let body = "print([name for name in sorted(os.environ) if name.startswith('CARGO_')])\nreturn {}";
    let code = job(body);
    let passed = |task: Option<&str>, name: &str| PassedVariable {
        task: task.map(str::to_owned),
        name: name.to_owned(),
    };
    let test = start_with(&[("shop", &code), ("other", &code)], |config| {
        config.task_env = vec![
            passed(None, "CARGO_PKG_NAME"),
            passed(Some("shop"), "CARGO_PKG_VERSION"),
        ];
    })
    .await;
    for (task, names) in [
        ("shop", "['CARGO_PKG_NAME', 'CARGO_PKG_VERSION']"),
        ("other", "['CARGO_PKG_NAME']"),
    ] {
        let run = test.run(task).await;
        assert_eq!(test.log(&run.summary.run_id).await.trim(), names, "{task}");
    }
}

#[tokio::test]
async fn a_run_gets_its_limits_before_its_first_line() {
    let body = r"
import resource
for name in ('DATA', 'FSIZE', 'NOFILE', 'CORE', 'NPROC'):
    print(name, *resource.getrlimit(getattr(resource, 'RLIMIT_' + name)))
print('OOM', open('/proc/self/oom_score_adj').read())
return {}";
    let test = start_with(&[("t", &job(body))], |config| {
        config.limits = TaskLimits {
            memory_mb: Some(300),
            file_mb: Some(20),
            open_files: Some(600),
            ..TaskLimits::default()
        };
    })
    .await;
    let run = test.run("t").await;
    let log = test.log(&run.summary.run_id).await;
    let told: BTreeMap<&str, &str> = log.lines().filter_map(|line| line.split_once(' ')).collect();
    let mib = 1024 * 1024;
    assert_eq!(told["DATA"], format!("{0} {0}", 300 * mib));
    assert_eq!(told["FSIZE"], format!("{0} {0}", 20 * mib));
    assert_eq!(told["NOFILE"], "600 600");
    assert_eq!(told["CORE"], "0 0");
    assert_eq!(told["OOM"], "1000");
    // Not limited unless asked for: it counts all processes of the user, the server's own too.
    let own = getrlimit(Resource::Nproc);
    let shown = |limit: Option<u64>| limit.map_or("-1".to_owned(), |limit| limit.to_string());
    assert_eq!(
        told["NPROC"],
        format!("{} {}", shown(own.current), shown(own.maximum))
    );
}

#[tokio::test]
async fn a_file_over_its_limit_is_an_ordinary_error_of_the_task() {
    let body = "with open('big', 'wb') as file:\n    for number in range(20):\n        \
                file.write(bytes(1024 * 1024))\nreturn {}";
    let test = start_with(&[("t", &job(body))], |config| config.limits.file_mb = Some(10)).await;
    let run = test.run("t").await;
    let message = run.summary.error_message.unwrap();
    assert!(message.contains("File too large"), "{message}");
}

#[tokio::test]
async fn f30_printed_imitations_of_the_protocol_are_only_log() {
    let body = "print('{\"event\": \"result\", \"result\": {\"records_processed\": 999}}')\nraise RuntimeError('real end')";
    let test = start(&[("t", &job(body))]).await;
    let run = test.run("t").await;
    assert_eq!(run.summary.status, RunStatus::Failed);
    assert_eq!(run.summary.records.processed, None);
}
