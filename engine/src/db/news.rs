//! News between servers that share a database. PostgreSQL carries it at once; for the others `elsewhere` looks around.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use super::{Db, Link, Pools, WriteTx, query};
use crate::signals::Signals;
use crate::{Error, trial};

const CHANNEL: &str = "insightmesh_tasks";
/// After a failure, so that a lost database is not hammered.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// What other servers may want to know.
#[derive(Clone, Copy)]
pub(crate) enum News {
    /// A run waits.
    Queue,
    /// A schedule was added or changed.
    Schedules,
}

impl News {
    const ALL: [Self; 2] = [Self::Queue, Self::Schedules];

    fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Schedules => "schedules",
        }
    }

    fn pass_on(self, signals: &Signals) {
        match self {
            Self::Queue => signals.queue().notify_one(),
            Self::Schedules => signals.schedules().notify_one(),
        }
    }
}

/// Tells the other servers, from within a transaction when it is committed. A hint: they look by themselves, too.
pub(crate) async fn tell(link: impl Into<Link<'_>>, news: News) -> Result<(), Error> {
    let link = link.into();
    if let News::Queue = news {
        trial::point("occurrence written");
    }
    if matches!(link, Link::Postgres(_) | Link::Open(WriteTx::Postgres(_))) {
        query("SELECT pg_notify('insightmesh_tasks', ?)")
            .bind(news.word())
            .execute(link)
            .await?;
    }
    Ok(())
}

/// Hears what other servers tell, for as long as this one lives.
pub(crate) async fn keep_listening(db: Db, signals: Signals, stop: CancellationToken) {
    let Pools::Postgres { pool, .. } = &db.pools else {
        return;
    };
    loop {
        let heard = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(CHANNEL).await?;
            loop {
                // None: the connection was lost and is back, so anything may have been missed.
                let heard = listener.try_recv().await?;
                let word = heard.as_ref().map(sqlx::postgres::PgNotification::payload);
                for news in News::ALL {
                    if word.is_none_or(|word| word == news.word()) {
                        news.pass_on(&signals);
                    }
                }
            }
        };
        let ended: Result<(), sqlx::Error> = tokio::select! {
            () = stop.cancelled() => return,
            ended = heard => ended,
        };
        if let Err(error) = ended {
            tracing::warn!("news from other servers: {error}");
        }
        tokio::time::sleep(AFTER_ERROR).await;
    }
}
