//! Calendars as they are published (iCalendar, RFC 5545), turned into lines that a person can read and change.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use icalendar::{Calendar, CalendarDateTime, Component, DatePerhapsTime, Event};

/// Events that recur are unfolded for so many years; the calendar can be imported again.
const YEARS: u32 = 5;
/// Recurrences of one event at most.
const MOST: u16 = 1000;

/// Why a file is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    /// Not iCalendar.
    #[error("This is not a calendar file. Export the calendar as .ics and choose that file")]
    NotACalendar,
    /// Nothing in it is still to come.
    #[error("No day of this calendar is still to come")]
    Empty,
}

/// The lines for all events from `today` on, soonest first; times by the clock of `zone`.
pub fn lines_of(text: &str, zone: Tz, today: NaiveDate) -> Result<String, IcsError> {
    if !text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_uppercase()
        .starts_with("BEGIN:VCALENDAR")
    {
        return Err(IcsError::NotACalendar);
    }
    let calendar: Calendar = text
        .trim_start_matches('\u{feff}')
        .parse()
        .map_err(|_| IcsError::NotACalendar)?;
    let mut lines = BTreeSet::new();
    for event in calendar.calendar_events() {
        let name = name_of(event.event());
        let Some(span) = Span::of(event.event(), zone) else {
            continue;
        };
        let rule = event.event().property_value("RRULE").map(str::to_ascii_uppercase);
        match rule.as_deref() {
            None => {
                lines.extend(span.line(&name, today));
            }
            Some("FREQ=YEARLY" | "FREQ=YEARLY;INTERVAL=1") if span.is_whole_days => {
                lines.extend(span.yearly(&name));
            }
            Some(_) => {
                let Ok(rule) = event.get_recurrence() else {
                    continue;
                };
                let ours = rrule::Tz::Tz(zone);
                let from = ours_at(today, ours).and_then(|from| from.checked_sub_days(Days::new(31)));
                let until =
                    ours_at(today, ours).and_then(|until| until.checked_add_months(Months::new(12 * YEARS)));
                let (Some(from), Some(until)) = (from, until) else {
                    continue;
                };
                for at in rule.after(from).before(until).all(MOST).dates {
                    lines.extend(span.moved_to(at, zone).line(&name, today));
                }
            }
        }
    }
    if lines.is_empty() {
        return Err(IcsError::Empty);
    }
    Ok(lines.into_iter().collect::<Vec<_>>().join("\n"))
}

fn ours_at(date: NaiveDate, zone: rrule::Tz) -> Option<DateTime<rrule::Tz>> {
    date.and_hms_opt(0, 0, 0)?.and_local_timezone(zone).earliest()
}

/// When an event is.
struct Span {
    from: NaiveDateTime,
    /// The first moment after it.
    until: NaiveDateTime,
    is_whole_days: bool,
}

impl Span {
    fn of(event: &Event, zone: Tz) -> Option<Self> {
        let (start, end) = (event.get_start()?, event.get_end());
        if let DatePerhapsTime::Date(first) = start {
            let until = match end {
                Some(DatePerhapsTime::Date(until)) if until > first => until,
                _ => first.succ_opt()?,
            };
            let midnight = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN);
            return Some(Self {
                from: midnight(first),
                until: midnight(until),
                is_whole_days: true,
            });
        }
        let from = local(start, zone)?;
        // Without an end an event has no length, and nothing can fall into it.
        let until = local(end?, zone).filter(|until| *until > from)?;
        Some(Self {
            from,
            until,
            is_whole_days: false,
        })
    }

    fn moved_to(&self, at: DateTime<rrule::Tz>, zone: Tz) -> Self {
        // Whole days have no zone: their date is the one that is written.
        let from = if self.is_whole_days {
            at.naive_local()
        } else {
            at.with_timezone(&zone).naive_local()
        };
        Self {
            from,
            until: from + (self.until - self.from),
            is_whole_days: self.is_whole_days,
        }
    }

    fn line(&self, name: &str, today: NaiveDate) -> Option<String> {
        if self.until.date() < today {
            return None;
        }
        let first = self.from.date();
        let last = (self.until - TimeDelta::seconds(1)).date();
        let times = match (self.is_whole_days, first == last) {
            (true, true) => first.to_string(),
            (true, false) => format!("{first} to {last}"),
            (false, _) => {
                let moment = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M").to_string();
                format!("{} to {}", moment(self.from), moment(self.until))
            }
        };
        Some(named(&times, name))
    }

    fn yearly(&self, name: &str) -> Option<String> {
        let first = self.from.date().format("%m-%d");
        let last = self.until.date().pred_opt()?.format("%m-%d");
        let times = if self.until - self.from == TimeDelta::days(1) {
            format!("every {first}")
        } else {
            format!("every {first} to {last}")
        };
        Some(named(&times, name))
    }
}

/// The line with a name that cannot be taken for a time.
fn named(times: &str, name: &str) -> String {
    let line = format!("{times} {name}");
    let reads_so = domain::calendar::parse(&line).is_ok_and(|calendar| calendar.periods[0].name == name);
    if reads_so {
        line
    } else {
        format!("{times} closed: {name}")
    }
}

fn local(at: DatePerhapsTime, zone: Tz) -> Option<NaiveDateTime> {
    let at = match at {
        DatePerhapsTime::Date(date) => return date.and_hms_opt(0, 0, 0),
        DatePerhapsTime::DateTime(at) => at,
    };
    let instant: DateTime<Utc> = match at {
        CalendarDateTime::Floating(local) => return Some(local),
        CalendarDateTime::Utc(instant) => instant,
        CalendarDateTime::WithTimezone { date_time, tzid } => match tzid.parse::<Tz>() {
            Ok(zone) => date_time.and_local_timezone(zone).earliest()?.to_utc(),
            // Names such as "W. Europe Standard Time" are Microsoft's; most calendars are of the place they are used in.
            Err(_) => return Some(date_time),
        },
    };
    Some(instant.with_timezone(&zone).naive_local())
}

fn name_of(event: &Event) -> String {
    let words: Vec<&str> = event
        .get_summary()
        .unwrap_or("closed")
        .split_whitespace()
        .collect();
    match words[..] {
        [] => "closed".to_owned(),
        _ => words.join(" ").chars().take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn lines(events: &str) -> Result<String, IcsError> {
        let events: Vec<String> = events
            .split("--")
            .map(|event| {
                format!(
                    "BEGIN:VEVENT\r\nUID:x\r\n{}\r\nEND:VEVENT\r\n",
                    event.trim().replace('\n', "\r\n")
                )
            })
            .collect();
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n",
            events.concat()
        );
        lines_of(&text, Berlin, NaiveDate::from_ymd_opt(2026, 11, 26).unwrap())
    }

    #[test]
    fn days_and_hours_become_lines_in_order() {
        let text = "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas\n--\n\
                    DTSTART:20261205T210000Z\nDTEND:20261206T010000Z\nSUMMARY:Move of the\\, database\n--\n\
                    DTSTART;VALUE=DATE:20261201\nSUMMARY:to be closed\n--\n\
                    DTSTART;VALUE=DATE:20200101\nSUMMARY:Long ago";
        assert_eq!(
            lines(text).unwrap(),
            "2026-12-01 closed: to be closed\n\
             2026-12-05 22:00 to 2026-12-06 02:00 Move of the, database\n\
             2026-12-25 to 2026-12-26 Christmas"
        );
    }

    #[test]
    fn what_recurs_every_year_stays_so_and_other_rules_are_unfolded() {
        let yearly = "DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY\nSUMMARY:Unity";
        assert_eq!(lines(yearly).unwrap(), "every 10-03 Unity");
        let thanksgiving =
            "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving";
        assert!(
            lines(thanksgiving)
                .unwrap()
                .starts_with("2026-11-26 Thanksgiving\n2027-11-25 Thanksgiving")
        );
        let nth = "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=MONTHLY;BYDAY=-1FR\nSUMMARY:Stock";
        let unfolded = lines(nth).unwrap();
        assert!(
            unfolded.starts_with("2026-11-27 Stock\n2026-12-25 Stock\n2027-01-29 Stock"),
            "{unfolded}"
        );
        assert_eq!(unfolded.lines().count(), 60);
    }

    #[test]
    fn what_is_no_calendar_or_has_nothing_to_come_is_refused_in_words() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        assert_eq!(lines_of("<html>", Berlin, today), Err(IcsError::NotACalendar));
        assert_eq!(
            lines("DTSTART;VALUE=DATE:20200101\nSUMMARY:Long ago"),
            Err(IcsError::Empty)
        );
    }
}
