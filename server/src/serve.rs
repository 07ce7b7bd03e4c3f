//! Start, serve, stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use app::AppState;
use axum::Router;
use axum::routing::get;
use engine::{Engine, Running};
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::Options;
use crate::{assets, layers};

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The engine does not start.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The port is taken or not ours to use.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system answered.
        source: io::Error,
    },
    /// Built without `make`.
    #[error("this program was built without its style and scripts: build it with `make run` or `make build`")]
    NoAssets,
    /// Signals or standard output.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Serves until told to stop.
pub(crate) async fn serve(options: Options) -> Result<(), ServeError> {
    if !assets::are_there() {
        return Err(ServeError::NoAssets);
    }
    let address = SocketAddr::new(options.host, options.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let engine = Engine::open(options.engine()).await?;
    let running = engine.start().await?;
    announce(&engine, &options).await?;
    let stop = CancellationToken::new();
    let server = axum::serve(listener, routes(engine, &options))
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    wait_for_signal().await?;
    tracing::info!(
        "stopping: no new runs; those still going have {} s",
        options.shutdown_grace
    );
    stop.cancel();
    stop_runs(running, Duration::from_secs(options.shutdown_grace)).await?;
    // Live logs keep their connections open for as long as someone looks.
    server.abort();
    Ok(())
}

/// All addresses, with everything a request passes.
fn routes(engine: Engine, options: &Options) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("insightmesh")
        .site_pkg_dir("pkg")
        .build();
    let secure_cookies = options.address().starts_with("https://");
    let files = Router::new()
        .route("/main.css", get(assets::find))
        .route("/favicon.svg", get(assets::find))
        .route("/pkg/{*path}", get(assets::find));
    layers::wrap(
        app::router(AppState {
            engine,
            leptos,
            secure_cookies,
        })
        .merge(files),
    )
}

async fn announce(engine: &Engine, options: &Options) -> Result<(), ServeError> {
    let address = options.address();
    let mut out = io::stdout().lock();
    writeln!(out, "\nInsightMesh Tasks is ready: {address}")?;
    if !engine.accounts.is_set_up().await? {
        let token = engine.accounts.set_up_token();
        writeln!(
            out,
            "First visit: create the administrator at {address}/setup?token={}",
            token.expose()
        )?;
    }
    writeln!(out)?;
    Ok(out.flush()?)
}

/// A second signal cuts the waiting short.
async fn stop_runs(running: Running, patience: Duration) -> Result<(), ServeError> {
    let hurry = CancellationToken::new();
    let stopping = running.stop(patience, hurry.clone());
    tokio::pin!(stopping);
    tokio::select! {
        () = &mut stopping => {}
        signal = wait_for_signal() => {
            signal?;
            hurry.cancel();
            stopping.await;
        }
    }
    Ok(())
}

async fn wait_for_signal() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
