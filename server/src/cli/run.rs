//! `task run`.

use std::path::Path;
use std::sync::Arc;

use domain::params::Accepted;
use domain::run::{LogLevel, LogStream, RunStatus};
use domain::words;
use engine::author::{Said, Workbench};
use engine::runs::RunDetail;
use engine::settings::CheckOutcome;
use engine::tasks::TaskFolder;
use tokio_util::sync::CancellationToken;

use super::check::explain;
use super::{CliError, fill, load, say, tell};
use crate::config::Options;

/// A task and settings that pass, ready to be used.
type Ready = Option<(Arc<TaskFolder>, Accepted)>;

/// Runs the task. True if it succeeded.
pub(super) async fn run(
    options: &Options,
    name: &str,
    settings: &[(String, String)],
    files: Option<&Path>,
) -> Result<bool, CliError> {
    let bench = Workbench::open(options.engine(), Some(name)).await?;
    let outcome = run_on(&bench, name, settings, files).await;
    bench.close().await;
    outcome
}

/// Only tries the settings out. True if they work.
pub(super) async fn try_out(
    options: &Options,
    name: &str,
    settings: &[(String, String)],
) -> Result<bool, CliError> {
    let bench = Workbench::open(options.engine(), Some(name)).await?;
    let outcome = try_on(&bench, name, settings).await;
    bench.close().await;
    outcome
}

async fn ready(bench: &Workbench, name: &str, settings: &[(String, String)]) -> Result<Ready, CliError> {
    let folder = load(bench, name).await?;
    match &folder.found {
        Ok(info) => {
            let accepted = fill::fill(info, settings, bench.zone())?;
            Ok(accepted.map(|accepted| (folder, accepted)))
        }
        Err(problem) => {
            tell(&format!("{name} does not load."));
            explain(problem);
            Ok(None)
        }
    }
}

async fn try_on(bench: &Workbench, name: &str, settings: &[(String, String)]) -> Result<bool, CliError> {
    let Some((folder, accepted)) = ready(bench, name, settings).await? else {
        return Ok(false);
    };
    let (is_fine, sentence) = match bench.try_settings(&folder, accepted).await? {
        CheckOutcome::Fine(message) => (true, message.unwrap_or_else(|| "The settings work.".to_owned())),
        CheckOutcome::Failed { message } => (false, message),
        CheckOutcome::NotOffered => (
            false,
            "This task has no check() to try its settings with.".to_owned(),
        ),
        CheckOutcome::NeedsAttention(attention) => {
            let sentences: Vec<_> = attention.into_iter().map(|each| each.sentence).collect();
            (false, sentences.join("\n"))
        }
    };
    tell(&sentence);
    Ok(is_fine)
}

async fn run_on(
    bench: &Workbench,
    name: &str,
    settings: &[(String, String)],
    files: Option<&Path>,
) -> Result<bool, CliError> {
    let Some((folder, accepted)) = ready(bench, name, settings).await? else {
        return Ok(false);
    };
    let stop = CancellationToken::new();
    let hear = tokio::spawn({
        let stop = stop.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    let run = bench.run(&folder, accepted, stop, show).await?;
    hear.abort();
    let is_good = tell_run(&run);
    tell_files(bench, &run.summary.run_id, files).await?;
    Ok(is_good)
}

fn show(said: Said) {
    match said {
        Said::Line(stream, level, text) => {
            let mark = match (stream, level) {
                (_, LogLevel::Error) => "ERROR  ",
                (_, LogLevel::Warning) => "WARNING",
                (LogStream::Log, LogLevel::Debug) => "debug  ",
                (LogStream::Log, _) => "info   ",
                _ => "       ",
            };
            say(&format!("{mark} {text}"));
        }
        Said::Progress(progress) => {
            let total = progress.total.map(|total| format!(" of {total}"));
            let text = progress.text.map(|text| format!(" {text}"));
            say(&format!(
                "  ...   {}{}{}",
                progress.done,
                total.unwrap_or_default(),
                text.unwrap_or_default()
            ));
        }
    }
}

fn tell_run(run: &RunDetail) -> bool {
    tell("");
    let status = run.summary.status;
    let took = words::duration(run.summary.duration_ms.unwrap_or_default());
    match run.summary.failure_reason {
        Some(reason) => {
            tell(&format!("Failed after {took}. {}", reason.sentence()));
            tell(run.summary.error_message.as_deref().unwrap_or_default());
            if let Some(traceback) = &run.error_traceback {
                say(traceback.trim_end());
            }
        }
        None => tell(&format!("{} after {took}.", status.label())),
    }
    if let Some(warning) = &run.summary.warning {
        tell(warning);
    }
    for (key, value) in run.result.iter().flatten() {
        tell(&format!("  {key}: {value}"));
    }
    status == RunStatus::Success
}

async fn tell_files(bench: &Workbench, run_id: &str, to: Option<&Path>) -> Result<(), CliError> {
    match to {
        Some(to) => {
            for path in bench.copy_files(run_id, to).await? {
                tell(&format!("  {}", path.display()));
            }
        }
        None => {
            for file in bench.files(run_id).await? {
                let size = words::bytes(u64::try_from(file.size).unwrap_or_default());
                tell(&format!(
                    "  File: {} ({size}); --files FOLDER keeps it",
                    file.name
                ));
            }
        }
    }
    Ok(())
}
