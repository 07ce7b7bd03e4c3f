//! The environment of a task process: nothing is inherited but this list (rule S15).

use std::path::Path;

use tokio::process::Command;

/// Where programs, certificates and proxies are found; none of these holds a secret of ours.
const PASSED_ON: &[&str] = &[
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

/// Clears the environment and sets what a task may rely on.
pub(super) fn set(command: &mut Command, run_id: Option<&str>, tasks_dir: &Path, folder: &Path) {
    command.env_clear();
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("LANG", "C.UTF-8")
        .env("TMPDIR", folder)
        .env("EXTERNAL_TASKS_PATH", tasks_dir);
    if let Some(run_id) = run_id {
        command.env("INSIGHTMESH_RUN_ID", run_id);
    }
}
