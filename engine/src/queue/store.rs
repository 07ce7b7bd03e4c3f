//! apalis' `Persistence` over `task_runs`: the queue and the history are the same rows.
//!
//! What reaches apalis is a ticket, the id of a run that this server has already claimed. Retries, orphan recovery and
//! results are ours (`runs::claim`), so apalis' own are not used: see reference/stack.md 1.2.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::persistence::{Persisted, Persistence, TaskEvent};
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_core::worker::context::WorkerContext;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;
use crate::runs::Claims;

/// apalis' own sign of life; a run's lease is renewed by the runner.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// A claimed run on its way to the runner, with the slot it occupies until it ends.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) run_id: String,
    /// Freed when the last clone goes, however the run ends.
    pub(crate) slot: Arc<OwnedSemaphorePermit>,
}

/// The store itself.
#[derive(Clone)]
pub(crate) struct RunStore {
    claims: Claims,
    slots: Arc<Semaphore>,
}

impl RunStore {
    pub(crate) fn new(claims: Claims, slots: Arc<Semaphore>) -> Self {
        Self { claims, slots }
    }

    async fn put_back(&self, tasks: Vec<Task<Ticket>>) -> Result<u64, Error> {
        let run_ids: Vec<String> = tasks.into_iter().map(|task| task.args.run_id).collect();
        self.claims.put_back(&run_ids).await?;
        Ok(run_ids.len() as u64)
    }
}

impl Persistence for RunStore {
    type Compact = Ticket;
    type Response = ();
    type Error = Error;

    async fn register(&mut self, _worker: &WorkerContext) -> Result<(), Error> {
        Ok(())
    }

    async fn heartbeat(&mut self, _worker: &WorkerContext) -> Result<(), Error> {
        Ok(())
    }

    /// Claims as many runs as there are free slots, so that nothing claimed ever waits.
    async fn fetch_next(&mut self, _worker: &WorkerContext) -> Result<Vec<Task<Ticket>>, Error> {
        let mut slots = Vec::new();
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            slots.push(slot);
        }
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let run_ids = self.claims.claim(slots.len()).await?;
        let ticket = |(run_id, slot): (String, _)| {
            let id = TaskId::from_string(run_id.clone());
            TaskBuilder::new(Ticket {
                run_id,
                slot: Arc::new(slot),
            })
            .task_id(id)
            .max_attempts(1)
            .build()
        };
        Ok(run_ids.into_iter().zip(slots).map(ticket).collect())
    }

    async fn reenqueue_abandoned(
        &mut self,
        tasks: Vec<Task<Ticket>>,
        _worker: &WorkerContext,
    ) -> Result<u64, Error> {
        self.put_back(tasks).await
    }

    async fn handle_events(
        &mut self,
        _events: Vec<TaskEvent<()>>,
        _worker: &WorkerContext,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// A ticket names a row that exists, so pushing one means putting the run back.
    async fn push_tasks(&mut self, tasks: Vec<Task<Ticket>>) -> Result<(), Error> {
        self.put_back(tasks).await.map(drop)
    }
}

/// The store as an apalis backend.
pub(crate) struct RunBackend {
    persisted: Persisted<RunStore>,
}

impl RunBackend {
    pub(crate) fn new(store: RunStore) -> Self {
        Self {
            persisted: Persisted::new(store),
        }
    }
}

impl Backend for RunBackend {
    type Task = Task<Ticket>;
    type Error = Error;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Error>> {
        self.persisted.poll_ready(cx, worker, HEARTBEAT)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Error>>> {
        self.persisted.poll_next(cx, worker)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Error>> {
        self.persisted.poll_close(cx, worker)
    }
}

impl BackendConfig for RunBackend {
    type Args = Ticket;
    type Id = String;
    // "Ephemeral" says only that tickets need no codec; the rows behind them are as durable as the database.
    type Kind = Ephemeral;
    type Config = ();
    type Layer = tower_layer::Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _worker: &mut WorkerContext) -> Self::Layer {
        tower_layer::Identity::new()
    }
}
