//! Durations, names and times as people read them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// `max_rows` to `Max rows`.
pub fn humanise(name: &str) -> String {
    let spaced = name.trim_matches('_').replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(
        || name.to_owned(),
        |first| first.to_uppercase().chain(letters).collect(),
    )
}

/// A name as it is kept: one line, no control characters, no space around it and none twice.
pub fn one_line(name: &str) -> String {
    let visible: String = name
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A length of time in at most two units: `0.4 s`, `12 s`, `1 min 12 s`, `3 h 5 min`, `2 d 4 h`.
pub fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let pair = |big: i64, big_unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{big} {big_unit}"),
        small => format!("{big} {big_unit} {small} {small_unit}"),
    };
    match seconds {
        0..10 => {
            let tenths = milliseconds.max(0) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        10..60 => format!("{seconds} s"),
        60..3600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => pair(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// How far an instant is from now: `just now`, `5 minutes ago`, `in 2 days`.
pub fn relative(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (instant - now).num_seconds();
    let (count, unit) = match seconds.unsigned_abs() {
        0..10 => {
            return if seconds > 0 {
                "in a moment".into()
            } else {
                "just now".into()
            };
        }
        count @ 10..60 => (count, "second"),
        count @ 60..3600 => (count / 60, "minute"),
        count @ 3600..86_400 => (count / 3600, "hour"),
        count => (count / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

/// Weekday, date, time and zone: `Mon 2 Mar 2026, 09:00 CET`.
pub fn exact(instant: DateTime<Utc>, zone: Tz) -> String {
    instant
        .with_timezone(&zone)
        .format("%a %-d %b %Y, %H:%M %Z")
        .to_string()
}

/// As [`exact`] with seconds, for runs and log lines.
pub fn exact_seconds(instant: DateTime<Utc>, zone: Tz) -> String {
    instant
        .with_timezone(&zone)
        .format("%a %-d %b %Y, %H:%M:%S %Z")
        .to_string()
}

/// `A`, `A or B`, `A, B or C`.
pub fn any_of<T: AsRef<str>>(words: &[T]) -> String {
    joined(words, "or")
}

/// `A`, `A and B`, `A, B and C`.
pub fn all_of<T: AsRef<str>>(words: &[T]) -> String {
    joined(words, "and")
}

fn joined<T: AsRef<str>>(words: &[T], last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// A size: `300 bytes`, `1.5 KB`, `10 MB`. A KB has 1024 bytes, as file managers mostly count.
pub fn bytes(count: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = KB * KB;
    let tenths = |unit: u64, name: &str| match (count / unit, count % unit * 10 / unit) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, tenth) => format!("{whole}.{tenth} {name}"),
    };
    match count {
        1 => "1 byte".to_owned(),
        0..KB => format!("{count} bytes"),
        KB..MB => tenths(KB, "KB"),
        _ => tenths(MB, "MB"),
    }
}

/// A count with its thousands apart: `1,234,567`.
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = if count < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    #[test]
    fn durations_use_at_most_two_units() {
        let cases = [
            (-5, "0.0 s"),
            (420, "0.4 s"),
            (12_900, "12 s"),
            (72_000, "1 min 12 s"),
            (3_600_000, "1 h"),
            (11_100_000, "3 h 5 min"),
            (187_200_000, "2 d 4 h"),
        ];
        for (milliseconds, words) in cases {
            assert_eq!(duration(milliseconds), words);
        }
    }

    #[test]
    fn relative_times_read_both_ways() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap();
        assert_eq!(relative(now, now), "just now");
        assert_eq!(relative(now - TimeDelta::minutes(1), now), "1 minute ago");
        assert_eq!(relative(now + TimeDelta::days(2), now), "in 2 days");
    }

    #[test]
    fn exact_times_name_their_zone() {
        let instant = Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap();
        assert_eq!(
            exact(instant, chrono_tz::Europe::Paris),
            "Mon 2 Mar 2026, 09:00 CET"
        );
    }

    #[test]
    fn names_become_labels() {
        assert_eq!(humanise("max_rows"), "Max rows");
        assert_eq!(humanise("_"), "_");
    }

    #[test]
    fn lists_sizes_and_counts_read_as_words() {
        assert_eq!(any_of(&["A"]), "A");
        assert_eq!(any_of(&["A", "B", "C"]), "A, B or C");
        assert_eq!(all_of(&["A", "B"]), "A and B");
        assert_eq!(
            [1, 1023, 1536, 10 << 20].map(bytes),
            ["1 byte", "1023 bytes", "1.5 KB", "10 MB"]
        );
        assert_eq!(
            [0, 999, 1000, -1_234_567].map(thousands),
            ["0", "999", "1,000", "-1,234,567"]
        );
    }
}
