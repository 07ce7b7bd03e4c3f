//! Whether a run did about as much as its task usually does.

use super::outcome::Records;
use crate::words::thousands;

/// Fewer earlier runs than this say nothing of what is usual.
const ENOUGH: usize = 5;
/// How many times less or more than usual is far from it.
const FAR: i64 = 4;
/// Differences below this many records are never far: 2 instead of 9 is chance.
const SMALL: i64 = 10;

/// A sentence when a run processed nothing, or far less or more than usual.
///
/// `usual` are the `records_processed` of the task's latest successful runs, up to 20; usual is their median. A task that
/// does not count has nothing unusual, and one that mostly finds nothing to do may find nothing.
pub fn unusual(records: Records, usual: &[i64]) -> Option<String> {
    let processed = records.processed?;
    let median = median(usual);
    match (processed, median) {
        (0, None) => Some("No records were processed.".to_owned()),
        (0, Some(0)) => None,
        (0, Some(median)) => Some(format!("No records were processed; {}.", about(median))),
        (processed, Some(median)) if usual.len() >= ENOUGH && is_far(processed, median) => {
            let counted = match processed {
                1 => "1 record was".to_owned(),
                count => format!("{} records were", thousands(count)),
            };
            Some(format!("{counted} processed; {}.", about(median)))
        }
        _ => None,
    }
}

fn about(median: i64) -> String {
    match median {
        0 => "usually there are none".to_owned(),
        median => format!("usually it is about {}", thousands(median)),
    }
}

fn is_far(processed: i64, median: i64) -> bool {
    let is_other =
        processed < median / FAR + i64::from(median % FAR > 0) || processed > median.saturating_mul(FAR);
    is_other && processed.abs_diff(median) >= SMALL.unsigned_abs()
}

/// The one in the middle; of two the mean, rounded down.
fn median(values: &[i64]) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(lower + (upper - lower) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(processed: i64, usual: &[i64]) -> Option<String> {
        let records = Records {
            processed: Some(processed),
            ..Records::default()
        };
        unusual(records, usual)
    }

    #[test]
    fn nothing_processed_is_told_unless_that_is_usual() {
        assert_eq!(told(0, &[]).as_deref(), Some("No records were processed."));
        assert_eq!(
            told(0, &[120, 110, 130]).as_deref(),
            Some("No records were processed; usually it is about 120.")
        );
        assert_eq!(told(0, &[0, 0, 50]), None);
        assert_eq!(unusual(Records::default(), &[120; 20]), None);
    }

    #[test]
    fn far_from_usual_is_told_from_five_runs_on() {
        let usual = [1300, 1100, 1200, 1250, 1150];
        assert_eq!(
            told(12, &usual).as_deref(),
            Some("12 records were processed; usually it is about 1,200.")
        );
        assert_eq!(
            told(5000, &usual).as_deref(),
            Some("5,000 records were processed; usually it is about 1,200.")
        );
        assert_eq!(told(12, &usual[..4]), None);
        for processed in [300, 1200, 4800] {
            assert_eq!(told(processed, &usual), None, "{processed}");
        }
        assert!(told(299, &usual).is_some() && told(4801, &usual).is_some());
    }

    #[test]
    fn small_numbers_differ_by_chance() {
        assert_eq!(told(1, &[9; 5]), None);
        assert_eq!(
            told(1, &[11; 5]).as_deref(),
            Some("1 record was processed; usually it is about 11.")
        );
        assert_eq!(told(9, &[0; 5]), None);
        assert_eq!(
            told(40, &[0; 5]).as_deref(),
            Some("40 records were processed; usually there are none.")
        );
    }

    #[test]
    fn f29_the_largest_counts_do_not_overflow() {
        assert!(told(i64::MAX, &[1; 5]).is_some());
        assert_eq!(told(i64::MAX, &[i64::MAX; 6]), None);
        assert!(told(1, &[i64::MAX; 5]).is_some());
    }

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_two() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3, 1, 2]), Some(2));
        assert_eq!(median(&[4, 1]), Some(2));
    }
}
