//! Looking around for what other servers on the same database did, where nothing tells: a stop asked for at another
//! server, a run that moved on there, work that came in.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::db::Db;
use crate::runs::Claims;
use crate::signals::Signals;

/// How long a person waits at most for what another server knows.
const EVERY: Duration = Duration::from_secs(1);

/// Looks around for as long as the server lives. A database that no other server uses is left alone.
pub(crate) async fn keep_looking_around(db: Db, claims: Claims, signals: Signals, stop: CancellationToken) {
    if !db.is_shared() {
        return;
    }
    let mut is_away = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        // PostgreSQL tells by itself; a look costs little.
        signals.queue().notify_one();
        signals.schedules().notify_one();
        signals.all_watched_moved();
        match claims.list_asked_to_stop().await {
            Ok(run_ids) => {
                is_away = false;
                for run_id in run_ids {
                    signals.stop_token(&run_id).cancel();
                }
            }
            // Once, not every second.
            Err(error) if !is_away => {
                is_away = true;
                tracing::warn!("runs to stop were not looked for: {error}");
            }
            Err(_) => {}
        }
    }
}
