//! Why a run that waits has not started yet (fault case F61: whoever waits sees where the run stands).

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::run::RunStatus;

use crate::db::{Db, from_db, now, query};
use crate::runs::RunSummary;
use crate::runs::room::{Obstacle, Room};
use crate::{Engine, Error};

/// Runs ahead are counted so far; nobody needs to know more exactly.
const MOST_COUNTED: i64 = 1000;

/// What a waiting run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// A try after a failure waits for its time.
    Until(DateTime<Utc>),
    /// It goes after an older run of its schedule, which has this id.
    Behind(String),
    /// Something about its task.
    Task(Obstacle),
    /// Workers are busy with others: so many are ahead of it, 1000 for all beyond that.
    InLine(usize),
}

impl Engine {
    /// What a run waits for at this moment, as this server sees it; nothing if it does not wait.
    pub async fn find_waiting(&self, run: &RunSummary) -> Result<Option<Waiting>, Error> {
        match run.status {
            RunStatus::Queued => find(&self.db, &self.room(), &run.run_id).await,
            _ => Ok(None),
        }
    }
}

async fn find(db: &Db, room: &Room, run_id: &str) -> Result<Option<Waiting>, Error> {
    type Row = (
        i64,
        String,
        Option<String>,
        bool,
        Option<NaiveDateTime>,
        Option<NaiveDateTime>,
    );
    let row: Option<Row> = query(
        "SELECT id, task_name, schedule_id, alone, not_before, place FROM task_runs
         WHERE run_id = ? AND status = 'queued'",
    )
    .bind(run_id)
    .fetch_optional(db.reader())
    .await?;
    let Some((id, task, schedule, alone, not_before, place)) = row else {
        return Ok(None);
    };
    if let Some(at) = not_before.map(from_db).filter(|at| *at > now()) {
        return Ok(Some(Waiting::Until(at)));
    }
    if let Some(schedule) = schedule.filter(|_| alone)
        && let Some(older) = older_of_schedule(db, &schedule, id).await?
    {
        return Ok(Some(Waiting::Behind(older)));
    }
    if let Some(obstacle) = room.rules().obstacle(&task, db.reader()).await? {
        return Ok(Some(Waiting::Task(obstacle)));
    }
    let ahead: i64 = query(
        "SELECT COUNT(*) FROM (SELECT id FROM task_runs WHERE status = 'queued' AND id <> ?
             AND (place < ? OR (place = ? AND id < ?)) LIMIT ?) AS ahead",
    )
    .bind(id)
    .bind(place)
    .bind(place)
    .bind(id)
    .bind(MOST_COUNTED)
    .fetch_value(db.reader())
    .await?;
    Ok(Some(Waiting::InLine(usize::try_from(ahead).unwrap_or_default())))
}

async fn older_of_schedule(db: &Db, schedule: &str, id: i64) -> Result<Option<String>, Error> {
    let older = query(
        "SELECT run_id FROM task_runs WHERE schedule_id = ? AND id < ? AND status IN ('queued', 'running')
         ORDER BY id LIMIT 1",
    )
    .bind(schedule)
    .bind(id)
    .find_value(db.reader())
    .await?;
    Ok(older)
}
