//! InsightMesh Tasks: one program that serves the pages, keeps the schedules and runs the tasks.

mod assets;
mod cli;
mod config;
mod layers;
mod serve;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::config::Options;

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = Options::parse();
    let command = options.command.take();
    // A command tells what is wrong with a task by itself.
    let usual = if command.is_some() {
        "error"
    } else {
        "info,sqlx=warn,apalis=warn"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    if let Some(command) = command {
        return cli::carry_out(command, &options).await;
    }
    match serve::serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
