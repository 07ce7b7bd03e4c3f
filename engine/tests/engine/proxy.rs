//! A way to a database server that a test can cut or let stall.

use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::database;

/// Between the servers and their database.
pub(crate) struct Proxy {
    pub(crate) url: String,
    is_open: watch::Sender<bool>,
    /// How often what was open then stalled.
    stalls: watch::Sender<u32>,
}

impl Proxy {
    pub(crate) async fn before(folder: &TempDir) -> Self {
        let url = database::url_for(folder.path()).unwrap();
        let (before, database) = url.rsplit_once('/').unwrap();
        let (before, real) = before.rsplit_once('@').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{before}@{}/{database}", listener.local_addr().unwrap());
        let ((is_open, gate), (stalls, stalled)) = (watch::channel(true), watch::channel(0));
        let real = Arc::<str>::from(real);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                if *gate.borrow() {
                    tokio::spawn(carry(near, Arc::clone(&real), gate.clone(), stalled.clone()));
                }
            }
        });
        Self { url, is_open, stalls }
    }

    /// Nothing gets through, and what is open breaks.
    pub(crate) fn cut(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_open.send_replace(true);
    }

    /// What is open stays so, but nothing gets through on it any more. New connections do.
    pub(crate) fn stall(&self) {
        self.stalls.send_modify(|stalls| *stalls += 1);
    }
}

async fn carry(
    mut near: TcpStream,
    real: Arc<str>,
    mut gate: watch::Receiver<bool>,
    mut stalled: watch::Receiver<u32>,
) {
    let before = *stalled.borrow();
    let Ok(mut far) = TcpStream::connect(&*real).await else {
        return;
    };
    let has_stalled = tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => false,
        _ = gate.wait_for(|is_open| !is_open) => false,
        _ = stalled.wait_for(|stalls| *stalls != before) => true,
    };
    if has_stalled {
        // Both ends stay open.
        std::future::pending::<()>().await;
    }
}
