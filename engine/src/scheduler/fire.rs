//! What comes of one schedule that is due, before anything is written.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::calendar::end_of_all;
use domain::run::Trigger;
use domain::schedule::{Closed, Overlap, Policy, decide};

use super::batch::{Known, Open};
use super::row::Schedule;
use crate::runs::NewRun;
use crate::settings::stored;

const STILL_GOING: &str = "The previous run of this schedule was still going, so this one was skipped.";
const ONE_WAITS: &str = "A run of this schedule was waiting already, so this one was skipped.";

/// What is to be written down.
pub(super) struct Fired<'a> {
    pub(super) schedule: &'a Schedule,
    /// Each with its settings.
    pub(super) runs: Vec<(NewRun<'a>, String)>,
    /// Runs that must give way to them.
    pub(super) stop: Option<Open>,
    /// When the schedule is due again.
    pub(super) next: Option<DateTime<Utc>>,
    /// Whether it stops until a person lets it go on.
    pub(super) is_held: bool,
}

/// Where an occurrence stands among its schedule's others.
struct Place {
    open: Open,
    /// What is made up for runs one after the other, whatever the schedule says of overlaps.
    is_one_of_many: bool,
}

/// Decides about a schedule.
pub(super) fn fire<'a>(schedule: &'a Schedule, known: &Known, now: DateTime<Utc>) -> Fired<'a> {
    let mut fired = Fired {
        schedule,
        runs: Vec::new(),
        stop: None,
        next: None,
        is_held: false,
    };
    let Some(due) = schedule.next_run_at else {
        return fired;
    };
    let snapshot = stored(&known.params(schedule));
    let usual = NewRun {
        schedule: Some(&schedule.id),
        due: Some(due),
        priority: schedule.policy.priority,
        ..NewRun::new(&schedule.task_name, Trigger::Scheduler)
    };
    if let Some(problem) = &schedule.problem {
        let skipped = Some(problem.into());
        fired.runs.push((NewRun { skipped, ..usual }, snapshot));
        fired.is_held = true;
        return fired;
    }
    let due = decide(&schedule.timetable, &schedule.policy, due, now);
    fired.next = due.next;
    if let Some(missed) = &due.missed {
        let run = NewRun {
            due: Some(missed.first),
            occurrences: missed.count,
            skipped: Some(missed.describe(schedule.timetable.zone).into()),
            ..usual.clone()
        };
        fired.runs.push((run, snapshot.clone()));
    }
    let attention = known.attention(schedule);
    for (index, at) in due.runs.iter().enumerate() {
        let place = Place {
            open: if index == 0 {
                known.open(&schedule.id)
            } else {
                Open::default()
            },
            is_one_of_many: due.runs.len() > 1,
        };
        let mut run = NewRun {
            due: Some(*at),
            ..usual.clone()
        };
        run.skipped = attention.clone().map(Cow::Owned);
        if run.skipped.is_none() {
            settle(&mut run, schedule, known, &place);
        }
        if run.skipped.is_none() && schedule.policy.overlap == Overlap::Replace {
            fired.stop = Some(place.open).filter(|open| !open.is_empty());
        }
        fired.runs.push((run, snapshot.clone()));
    }
    fired
}

/// Whether the run happens, and when it may start.
fn settle(run: &mut NewRun, schedule: &Schedule, known: &Known, place: &Place) {
    let Policy { overlap, closed, .. } = schedule.policy;
    let Some(at) = run.due else { return };
    let delay = schedule.policy.delay(&schedule.id);
    run.not_before = (!delay.is_zero()).then(|| at + delay);
    run.alone = place.is_one_of_many || matches!(overlap, Overlap::Wait | Overlap::Replace);
    if let Some((sentence, until)) = closed_at(schedule, known, at) {
        match until.filter(|_| closed == Closed::After) {
            None => run.skipped = Some(sentence.into()),
            Some(_) if !place.open.waiting.is_empty() => run.skipped = Some(ONE_WAITS.into()),
            Some(until) => run.not_before = Some(until + delay),
        }
    }
    let skipped = match overlap {
        _ if place.is_one_of_many => None,
        Overlap::Skip if !place.open.running.is_empty() => Some(STILL_GOING),
        Overlap::Skip | Overlap::Wait if !place.open.waiting.is_empty() => Some(ONE_WAITS),
        _ => None,
    };
    if let (None, Some(sentence)) = (&run.skipped, skipped) {
        run.skipped = Some(sentence.into());
    }
}

/// Which of the schedule's calendars an occurrence falls into, in words, and when all of them are over.
fn closed_at(
    schedule: &Schedule,
    known: &Known,
    at: DateTime<Utc>,
) -> Option<(String, Option<DateTime<Utc>>)> {
    let local = schedule.timetable.local(at);
    let own = schedule
        .policy
        .calendars
        .iter()
        .filter_map(|id| known.calendars.get(id));
    let own: Vec<_> = own.collect();
    let (named, within) = own
        .iter()
        .find_map(|named| Some((named, named.calendar.find(local)?)))?;
    let calendars: Vec<_> = own.iter().map(|named| &named.calendar).collect();
    let until = end_of_all(&calendars, local).and_then(|end| schedule.timetable.instant(end));
    let sentence = format!("Not run: {}, by the calendar {}.", within.name, named.name);
    Some((sentence, until))
}
