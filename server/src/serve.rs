//! Start, serve, stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use app::AppState;
use app::error::AppError;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use engine::{Engine, Running};
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::config::{Options, Roles};
use crate::{assets, layers};

/// Between tries to reach the database.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

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
    let stop = CancellationToken::new();
    let site = Arc::new(OnceLock::new());
    let server = axum::serve(listener, entrance(Arc::clone(&site)))
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    let (engine, running) = tokio::select! {
        started = start(&options) => started?,
        signal = wait_for_signal() => return Ok(signal?),
    };
    // The site first: who reads that it is ready may come at once.
    drop(site.set(routes(engine.clone(), &options)));
    announce(&engine, &options).await?;
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

/// Starts the engine, however long its database is away (fault case F34).
async fn start(options: &Options) -> Result<(Engine, Running), engine::Error> {
    let mut pause = SHORTEST_PAUSE;
    loop {
        let started = async {
            let engine = Engine::open(options.engine()).await?;
            let running = engine.start().await?;
            Ok((engine, running))
        };
        match started.await {
            Err(error) if engine::Error::is_away(&error) => {
                tracing::error!(
                    "the database cannot be reached, next try in {} s: {error}",
                    pause.as_secs()
                );
            }
            started => return started,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Answers from the first moment on: until the site is there, that it is not.
fn entrance(site: Arc<OnceLock<Router>>) -> Router {
    let waiting = layers::wrap(
        files()
            .route("/healthz", get(|| async { "ok" }))
            .fallback(async || AppError::Unavailable),
    );
    Router::new().fallback(async move |request: Request| {
        let site = site.get().unwrap_or(&waiting).clone();
        match site.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    })
}

/// All addresses, with everything a request passes.
fn routes(engine: Engine, options: &Options) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("insightmesh")
        .site_pkg_dir("pkg")
        .build();
    let address = options.address();
    let secure_cookies = address.starts_with("https://");
    layers::wrap(match options.role {
        Roles::Scheduler | Roles::Worker => app::health(engine),
        Roles::All | Roles::Web => {
            let state = AppState {
                engine,
                leptos,
                address,
                secure_cookies,
            };
            let gallery = options.gallery.then(|| app::gallery(state.clone()));
            app::router(state)
                .merge(gallery.unwrap_or_default())
                .merge(files())
        }
    })
}

fn files() -> Router {
    Router::new()
        .route("/main.css", get(assets::find))
        .route("/favicon.svg", get(assets::find))
        .route("/pkg/{*path}", get(assets::find))
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
