//! The calendars, as a list of future runs needs them.

use chrono::{DateTime, Utc};
use domain::calendar::{self, Calendar};
use domain::schedule::{Closed, Policy, Timetable};

use crate::error::AppError;
use crate::routes::AppState;

/// All calendars: id, name, content.
#[derive(Clone, Default)]
pub(crate) struct Calendars(pub(super) Vec<(String, String, Calendar)>);

impl Calendars {
    pub(crate) async fn load(state: &AppState) -> Result<Self, AppError> {
        let calendars = state.engine.calendars.list().await?;
        let read = calendars.into_iter().filter_map(|calendar| {
            let content = calendar::parse(&calendar.content).ok()?;
            Some((calendar.id, calendar.name, content))
        });
        Ok(Self(read.collect()))
    }

    /// Id and name of each.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        self.0
            .iter()
            .map(|(id, name, _)| (id.clone(), name.clone()))
            .collect()
    }

    /// What keeps a schedule from running at an instant.
    pub(crate) fn reason(&self, policy: &Policy, timetable: &Timetable, at: DateTime<Utc>) -> Option<String> {
        let own = self.0.iter().filter(|(id, _, _)| policy.calendars.contains(id));
        let name = own
            .filter_map(|(_, _, calendar)| calendar.find(timetable.local(at)))
            .map(|within| within.name)
            .next()?;
        Some(match policy.closed {
            Closed::Skip => format!("does not run: {name}"),
            Closed::After => format!("runs afterwards: {name}"),
        })
    }
}
