//! How long runs usually take.

use std::collections::BTreeMap;

use domain::run::UsualDuration;

use super::store::Runs;
use crate::Error;
use crate::db::query;

/// So many successful runs tell what is usual.
const USUAL_RUNS: i64 = 50;

impl Runs {
    /// What is usual for these tasks, by task; nothing for one that never succeeded. A question for each, sent as one.
    pub async fn usual_durations<'a>(
        &self,
        tasks: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, UsualDuration>, Error> {
        let mut statement = query("");
        let mut is_first = true;
        for task in tasks {
            if !is_first {
                statement = statement.push(" UNION ALL ");
            }
            is_first = false;
            statement = statement
                .push(
                    "SELECT task_name, duration_seconds FROM (SELECT task_name, duration_seconds FROM task_runs
                     WHERE task_name = ? AND status = 'success' AND duration_seconds IS NOT NULL
                     ORDER BY id DESC LIMIT ?) AS latest",
                )
                .bind(task)
                .bind(USUAL_RUNS);
        }
        if is_first {
            return Ok(BTreeMap::new());
        }
        let rows: Vec<(String, f64)> = statement.fetch_all(self.db.reader()).await?;
        let mut by_task: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (task, seconds) in rows {
            by_task.entry(task).or_default().push(milliseconds(seconds));
        }
        Ok(by_task
            .into_iter()
            .filter_map(|(task, all)| Some((task, UsualDuration::of(all)?)))
            .collect())
    }
}

fn milliseconds(seconds: f64) -> i64 {
    // Runs do not last for ages; what does not fit is cut off.
    #[allow(clippy::cast_possible_truncation)]
    let whole = (seconds * 1000.0).round() as i64;
    whole
}
