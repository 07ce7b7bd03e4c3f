//! How a typed value broke its rule, and the sentence for it, after GOV.UK's templates.

use crate::words::{any_of, bytes};

/// How a typed value broke its rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Violation {
    /// Nothing was typed.
    Missing,
    /// Nothing was chosen.
    NotChosen,
    /// No file was chosen.
    NoFile,
    /// A number was expected; holds an example.
    NotANumber(String),
    /// A whole number was expected; holds an example.
    NotWhole(String),
    /// Outside the limits, which are written as a person would type them.
    OutOfRange(Range),
    /// Too early or too late.
    OutOfDates(Range),
    /// Not a multiple of the step.
    OffStep {
        /// The step.
        step: String,
        /// Where counting starts, unless that is 0 or a multiple itself.
        from: Option<String>,
    },
    /// Too few or too many characters.
    Length(Range),
    /// Too few or too many entries.
    Entries(Range),
    /// Not one of the choices.
    NotAChoice,
    /// Longer than 64 KiB.
    TooLong,
    /// Holds a NUL character, which neither databases nor programs take.
    HoldsNul,
    /// Does not fit the author's pattern; holds the author's sentence or what was expected.
    Unlike(Expected),
    /// Not a day of the calendar.
    NotADate,
    /// Not a time of day.
    NotATime,
    /// Not a date with a time.
    NotAMoment,
    /// The time zone is not known.
    NotAZone,
    /// The clocks skipped this time: date and time as words, and the zone.
    Skipped {
        /// `02:30 on 2026-03-29`.
        time: String,
        /// IANA name.
        zone: String,
    },
    /// Not a length of time.
    NotADuration,
    /// A length of time without a unit; holds the number.
    NoUnit(String),
    /// Not an address for mail.
    NotAnEmail,
    /// Not an http or https address.
    NotAUrl,
    /// Not JSON: line and column, counted from 1.
    NotJson {
        /// Line.
        line: usize,
        /// Character in that line.
        column: usize,
    },
    /// JSON that ends before it is complete.
    JsonEnds,
    /// JSON with more than 64 levels.
    TooDeep,
    /// The file has another ending; holds those that are accepted.
    WrongFile(Vec<String>),
    /// The file is larger than this many bytes.
    FileTooBig(u64),
}

/// Smallest and largest as a person would type them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    /// Not less than this.
    pub min: Option<String>,
    /// Not more than this.
    pub max: Option<String>,
}

/// What text should have looked like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The author's own sentence.
    Said(String),
    /// An example that fits.
    Like(String),
    /// The regular expression, for want of anything better.
    Pattern(String),
}

impl Range {
    /// `1 or more`, `500 or less`, `between 1 and 500`; the words for more and less are given.
    fn words(&self, more: &str, less: &str) -> String {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}"),
            (Some(min), Some(max)) => format!("between {min} and {max}"),
            (Some(min), None) => format!("{min} or {more}"),
            (None, Some(max)) => format!("{max} or {less}"),
            (None, None) => "within its limits".to_owned(),
        }
    }

    /// `between 3 and 10 characters`, `1 entry or more`.
    fn counted(&self, one: &str, many: &str) -> String {
        let unit = |count: &str| if count == "1" { one } else { many }.to_owned();
        match (&self.min, &self.max) {
            (Some(min), None) => format!("{min} {} or more", unit(min)),
            (None, Some(max)) => format!("{max} {} or less", unit(max)),
            (_, max) => format!(
                "{} {}",
                self.words("more", "less"),
                unit(max.as_deref().unwrap_or_default())
            ),
        }
    }
}

impl Violation {
    /// The sentence for a field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Missing => format!("Enter {label}"),
            Self::NotChosen => format!("Select {label}"),
            Self::NoFile => format!("Select a file for {label}"),
            Self::NotANumber(example) => format!("{label} must be a number, like {example}"),
            Self::NotWhole(example) => format!("{label} must be a whole number, like {example}"),
            Self::OutOfRange(range) => format!("{label} must be {}", range.words("more", "less")),
            Self::OutOfDates(range) => format!("{label} must be {}", range.words("later", "earlier")),
            Self::OffStep { step, from: None } => format!("{label} must be a multiple of {step}"),
            Self::OffStep {
                step,
                from: Some(from),
            } => format!("{label} must be {from} plus a multiple of {step}"),
            Self::Length(range) => format!("{label} must be {}", range.counted("character", "characters")),
            Self::Entries(range) => format!("{label} must have {}", range.counted("entry", "entries")),
            Self::NotAChoice => format!("{label} must be one of the choices in the list"),
            Self::TooLong => format!("{label} must be 64 KiB or less"),
            Self::HoldsNul => format!("{label} must not contain a NUL character"),
            Self::Unlike(Expected::Said(sentence)) => sentence.clone(),
            Self::Unlike(Expected::Like(example)) => format!("{label} must look like {example}"),
            Self::Unlike(Expected::Pattern(regex)) => format!("{label} must match the pattern {regex}"),
            Self::NotADate => format!("{label} must be a real date, like 2026-03-29"),
            Self::NotATime => format!("{label} must be a time of day, like 09:30"),
            Self::NotAMoment => format!("{label} must be a real date and time, like 2026-03-29 09:30"),
            Self::NotAZone => {
                format!("The time zone of {label} must be a name from the list, like Europe/Paris")
            }
            Self::Skipped { time, zone } => {
                format!("{label} must be a time that exists: in {zone} the clocks go forward and skip {time}")
            }
            Self::NotADuration => {
                format!("{label} must be a length of time, like 90 s, 15 min or 1 h 30 min")
            }
            Self::NoUnit(number) => format!("{label} must have a unit, like {number} s or {number} min"),
            Self::NotAnEmail => format!("{label} must be an address, like ann@example.com"),
            Self::NotAUrl => format!("{label} must be a web address, like https://example.com"),
            Self::NotJson { line, column } => {
                format!("{label} must be JSON: the mistake is at line {line}, column {column}")
            }
            Self::JsonEnds => format!("{label} must be JSON: its end is missing"),
            Self::TooDeep => format!("{label} must have 64 levels or less"),
            Self::WrongFile(endings) => {
                format!("{label} must be a file that ends in {}", any_of(endings))
            }
            Self::FileTooBig(most) => format!("{label} must be {} or less", bytes(*most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(min: Option<&str>, max: Option<&str>) -> Range {
        Range {
            min: min.map(str::to_owned),
            max: max.map(str::to_owned),
        }
    }

    #[test]
    fn limits_read_as_words() {
        let cases = [
            (
                Violation::OutOfRange(range(Some("1"), None)),
                "Size must be 1 or more",
            ),
            (
                Violation::OutOfRange(range(Some("1"), Some("500"))),
                "Size must be between 1 and 500",
            ),
            (
                Violation::Length(range(None, Some("1"))),
                "Size must be 1 character or less",
            ),
            (
                Violation::Length(range(Some("1"), Some("8"))),
                "Size must be between 1 and 8 characters",
            ),
            (
                Violation::Length(range(Some("2"), Some("2"))),
                "Size must be exactly 2 characters",
            ),
            (
                Violation::Entries(range(Some("1"), None)),
                "Size must have 1 entry or more",
            ),
            (
                Violation::Entries(range(None, Some("3"))),
                "Size must have 3 entries or less",
            ),
        ];
        for (violation, sentence) in cases {
            assert_eq!(violation.sentence("Size"), sentence);
        }
    }
}
