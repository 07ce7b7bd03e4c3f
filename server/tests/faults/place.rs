//! Servers as processes of their own, and a look at their database from beside them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::run::RunStatus;
use domain::schedule::{Plan, Rule};
use engine::Engine;
use engine::runs::{RunFilter, RunSummary};
use tempfile::TempDir;

use crate::common::{config, job, write_task};
use crate::database;

/// Notes that it began, starts a process that leaves its group, and goes on for ever unless there is a file `quick`.
const BODY: &str = r"
import subprocess
def path(name):
    return os.path.join(os.environ['EXTERNAL_TASKS_PATH'], '..', name)
def note(name, text):
    with open(path(name), 'a') as file:
        file.write(f'{text}\n')
note('starts', os.environ['INSIGHTMESH_RUN_ID'])
if os.path.exists(path('quick')):
    return {}
note('pids', os.getpid())
note('pids', subprocess.Popen(['sleep', '600'], start_new_session=True).pid)
print('begun', flush=True)
await asyncio.sleep(600)";

/// A folder with a task `t` and a database, and an engine that looks at it and starts nothing.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) engine: Engine,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_task(&folder, "t", &job(BODY));
        Self::from(folder).await
    }

    /// A folder that was used before.
    pub(crate) async fn from(folder: TempDir) -> Self {
        let engine = Engine::open(config(&folder)).await.unwrap();
        Self { folder, engine }
    }

    /// From now on the task ends at once.
    pub(crate) fn be_quick(&self) {
        std::fs::write(self.folder.path().join("quick"), "").unwrap();
    }

    /// What the task noted, a line each.
    pub(crate) fn notes(&self, name: &str) -> Vec<String> {
        let notes = std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    /// A schedule that is due in so many seconds.
    pub(crate) async fn schedule(&self, in_seconds: i64) -> String {
        let plan = Plan::new(Rule::EveryHours(1), chrono_tz::Tz::UTC);
        let schedule = self.engine.schedules.create("t", plan, "ann").await.unwrap();
        self.set_due(&schedule.id, in_seconds).await;
        schedule.id
    }

    pub(crate) async fn set_due(&self, schedule: &str, in_seconds: i64) {
        let at = database::in_seconds(in_seconds);
        let sql = format!("UPDATE schedules SET next_run_at = {at} WHERE id = ?");
        database::change_in(self.folder.path(), &sql, &[schedule]).await;
    }

    /// Runs of a schedule, newest first.
    pub(crate) async fn runs(&self, schedule: &str) -> Vec<RunSummary> {
        let page = self.engine.runs.list(&RunFilter::default(), 200).await.unwrap();
        let is_of = |run: &RunSummary| run.schedule_id.as_deref() == Some(schedule);
        page.runs.into_iter().filter(is_of).collect()
    }

    /// Waits until the newest run of a schedule is over, and there are so many.
    pub(crate) async fn until_over(&self, schedule: &str, count: usize) -> RunSummary {
        until("the run is over", async || {
            let runs = self.runs(schedule).await;
            let is_over = runs.len() == count && runs.iter().all(|run| run.status.is_final());
            is_over.then(|| runs.into_iter().next()).flatten()
        })
        .await
    }

    /// Waits until a schedule's run has begun.
    pub(crate) async fn until_begun(&self, schedule: &str) -> RunSummary {
        until("the run has begun", async || {
            let runs = self.runs(schedule).await;
            let run = runs.into_iter().find(|run| run.status == RunStatus::Running)?;
            let log = self.engine.logs.tail(&run.run_id, 10).await.unwrap();
            log.lines.iter().any(|line| line.text == "begun").then_some(run)
        })
        .await
    }

    pub(crate) async fn change(&self, sql: &str) {
        database::change_in(self.folder.path(), sql, &[]).await;
    }

    /// How many rows a condition on `task_runs` finds.
    pub(crate) async fn count(&self, condition: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM task_runs WHERE {condition}");
        let rows = database::read_in(self.folder.path(), &sql).await;
        sqlx::Row::get(&rows[0], 0)
    }
}

/// A running program. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    said: Arc<Mutex<String>>,
    pub(crate) port: u16,
}

impl Server {
    /// Starts the program on the place's data folder and waits until it says that it is ready.
    pub(crate) async fn start(place: &Place, changes: &[(&str, &str)]) -> Self {
        let server = Self::launch(place, changes);
        server.until_said("is ready").await;
        server
    }

    /// The same, without waiting.
    pub(crate) fn launch(place: &Place, changes: &[(&str, &str)]) -> Self {
        let folder = place.folder.path();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let own = config(&place.folder);
        let mut child = Command::new(env!("CARGO_BIN_EXE_insightmesh-tasks"))
            .current_dir(folder)
            .env("PORT", port.to_string())
            .env("DATA_DIR", &own.data_dir)
            .env("SECRET_KEY_FILE", own.data_dir.join("secret.key"))
            .env("EXTERNAL_TASKS_PATH", &own.tasks_dir)
            .env("TASK_PYTHON", &own.python)
            .env("TASK_DATABASE_URL", own.database_url.unwrap_or_default())
            .env("SCHEDULER_TIMEZONE", "UTC")
            .env("STOP_GRACE_SECONDS", "1")
            .env("SHUTDOWN_GRACE_SECONDS", "0")
            .envs(changes.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::default();
        listen(child.stdout.take().unwrap(), &said);
        listen(child.stderr.take().unwrap(), &said);
        Self { child, said, port }
    }

    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(crate) async fn until_said(&self, text: &str) {
        until(&format!("it says \"{text}\""), async || {
            self.said().contains(text).then_some(())
        })
        .await;
    }

    /// The whole answer to a question.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut connection = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            connection,
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Whether the program goes on.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends a signal, such as `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) async fn until_exit(&mut self) -> ExitStatus {
        until("the program ends", async || self.child.try_wait().unwrap()).await
    }

    pub(crate) async fn kill(mut self) {
        self.signal("KILL");
        self.until_exit().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the server said:\n{}", self.said());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(pipe: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
