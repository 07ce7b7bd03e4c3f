//! Moments in time zones. Only the server comes here: see [`super::Placed`].

use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::moment;
use crate::params::violation::Violation;

/// A moment as it is saved, `2026-03-29T09:30:00+02:00[Europe/Paris]` (RFC 9557). An empty zone is the server's.
///
/// A time that the clocks skip in spring is refused; of a time that comes twice in autumn the first is meant.
pub(crate) fn saved(local: NaiveDateTime, zone: &str, server: Tz) -> Result<String, Violation> {
    let zone = match zone.trim() {
        "" => server,
        name => name.parse::<Tz>().map_err(|_| Violation::NotAZone)?,
    };
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Ok(write(&instant)),
        LocalResult::None => Err(Violation::Skipped {
            time: format!("{} on {}", moment::write_time(local.time()), local.date()),
            zone: zone.name().to_owned(),
        }),
    }
}

fn write(instant: &DateTime<Tz>) -> String {
    // Before standard time, offsets had seconds; Python reads them too.
    let has_seconds = instant.offset().fix().local_minus_utc() % 60 != 0;
    let format = if has_seconds {
        "%Y-%m-%dT%H:%M:%S%::z"
    } else {
        "%Y-%m-%dT%H:%M:%S%:z"
    };
    format!("{}[{}]", instant.format(format), instant.timezone().name())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::params::ParamSpec;
    use crate::params::testing::{accept, field, form};

    fn specs() -> [ParamSpec; 1] {
        [field(json!({"type": "datetime"}))]
    }

    fn submit(local: &str, zone: &str) -> Result<serde_json::Value, String> {
        let typed = form(&specs(), &[("x", local), ("x.zone", zone)]);
        accept(&specs(), &typed).map(|accepted| accepted.values["x"].clone())
    }

    #[test]
    fn a_moment_is_saved_with_offset_and_zone() {
        for (local, zone, saved) in [
            ("2026-01-29T09:30", "", "2026-01-29T09:30:00+01:00[Europe/Paris]"),
            (
                "2026-01-29T09:30",
                "America/New_York",
                "2026-01-29T09:30:00-05:00[America/New_York]",
            ),
            ("2026-01-29T09:30", " UTC ", "2026-01-29T09:30:00+00:00[UTC]"),
            // Twice in autumn: the first.
            (
                "2026-10-25T02:30",
                "Europe/Paris",
                "2026-10-25T02:30:00+02:00[Europe/Paris]",
            ),
            (
                "1880-01-01T00:00",
                "Europe/Paris",
                "1880-01-01T00:00:00+00:09:21[Europe/Paris]",
            ),
        ] {
            assert_eq!(submit(local, zone), Ok(json!(saved)));
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused() {
        assert_eq!(
            submit("2026-03-29T02:30", "Europe/Paris"),
            Err(
                "Field must be a time that exists: in Europe/Paris the clocks go forward and skip 02:30 on 2026-03-29"
                    .into()
            )
        );
        assert!(submit("2026-03-29T02:30", "UTC").is_ok());
        // Samoa skipped a whole day.
        assert!(submit("2011-12-30T12:00", "Pacific/Apia").is_err());
    }

    #[test]
    fn f71_a_zone_that_is_none_is_refused() {
        for zone in ["Mars/Olympus", "../etc/passwd", "+02:00"] {
            assert_eq!(
                submit("2026-01-29T09:30", zone),
                Err("The time zone of Field must be a name from the list, like Europe/Paris".into())
            );
        }
    }
}
