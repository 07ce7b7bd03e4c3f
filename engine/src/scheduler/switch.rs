//! Pausing and resuming several schedules at once, and taking that back.

use uuid::Uuid;

use super::Schedules;
use crate::Error;
use crate::db::{Query, now, persistently, query, to_db};

/// What was done to several schedules at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// With this it is taken back.
    pub id: String,
    /// How many it changed; others were as they should be already.
    pub count: usize,
}

impl Schedules {
    /// Pauses those of these schedules that are not, as [`Schedules::pause`] does.
    pub async fn pause_all(&self, ids: &[String]) -> Result<Switched, Error> {
        let id = Uuid::now_v7().to_string();
        if ids.is_empty() {
            return Ok(Switched { id, count: 0 });
        }
        let update = query(
            "UPDATE schedules SET paused = TRUE, paused_at = ?, next_run_at = NULL, switched_by = ?
             WHERE NOT paused AND id IN ",
        )
        .push_groups(1, ids.len())
        .bind(to_db(now()))
        .bind(&id);
        let changed = ids
            .iter()
            .fold(update, Query::bind)
            .execute(self.db.writer())
            .await?;
        Ok(Switched {
            id,
            count: usize::try_from(changed).unwrap_or(usize::MAX),
        })
    }

    /// Lets those of these schedules go on that are paused, as [`Schedules::resume`] does.
    pub async fn resume_all(&self, ids: &[String]) -> Result<Switched, Error> {
        let id = Uuid::now_v7().to_string();
        let count = persistently!(self.try_to_resume_all(ids, &id))?;
        self.changed().await?;
        Ok(Switched { id, count })
    }

    async fn try_to_resume_all(&self, ids: &[String], switch: &str) -> Result<usize, Error> {
        let mut tx = self.db.begin().await?;
        let mut count = 0;
        for id in ids {
            count += usize::from(self.resume_one(&mut tx, id, Some(switch)).await?);
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Takes back what [`Schedules::pause_all`] or [`Schedules::resume_all`] did, but for schedules that someone has
    /// paused or resumed since. How many it changed.
    pub async fn take_back(&self, switch: &str) -> Result<usize, Error> {
        let rows: Vec<(String, bool)> =
            query("SELECT id, paused FROM schedules WHERE switched_by = ? ORDER BY id")
                .bind(switch)
                .fetch_all(self.db.reader())
                .await?;
        let (paused, active): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, is_paused)| *is_paused);
        let ids = |rows: Vec<(String, bool)>| rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let resumed = self.resume_all(&ids(paused)).await?.count;
        let held = self.pause_all(&ids(active)).await?.count;
        Ok(resumed + held)
    }
}
