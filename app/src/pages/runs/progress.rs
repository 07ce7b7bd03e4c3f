//! How far a run is, in words.

use engine::runs::{Progress, RunSummary};

use crate::islands::WireProgress;

/// What the page of a run shows: a run that succeeded has nothing left to tell.
pub(super) fn shown(run: &RunSummary) -> Option<WireProgress> {
    use domain::run::RunStatus::{Cancelled, Failed, Running};
    let progress = run.progress.as_ref()?;
    match run.status {
        Running => Some(wire(progress)),
        Failed | Cancelled => {
            let wire = wire(progress);
            Some(WireProgress {
                words: format!("Stopped at: {}", wire.words),
                ..wire
            })
        }
        _ => None,
    }
}

/// Progress as it travels.
pub(super) fn wire(progress: &Progress) -> WireProgress {
    let total = progress.total.filter(|total| *total > 0.0);
    let count = match total {
        Some(total) => format!("{} of {}", progress.done, total),
        None => progress.done.to_string(),
    };
    let words = match progress.text.as_deref() {
        Some(text) if progress.done == 0.0 && total.is_none() => text.to_owned(),
        Some(text) => format!("{count}. {text}"),
        None => count,
    };
    WireProgress {
        share: total.map(|total| per_mille(progress.done / total)),
        words,
    }
}

fn per_mille(share: f64) -> u16 {
    // Between 0 and 1000 after the clamp, so nothing is cut off.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_with_as_much_as_the_task_knows() {
        let told = |done: f64, total: Option<f64>, text: Option<&str>| {
            let wire = wire(&Progress {
                done,
                total,
                text: text.map(str::to_owned),
            });
            (wire.share, wire.words)
        };
        assert_eq!(
            told(30.0, Some(120.0), Some("Reading March")),
            (Some(250), "30 of 120. Reading March".to_owned())
        );
        assert_eq!(told(7.5, None, None), (None, "7.5".to_owned()));
        assert_eq!(
            told(0.0, None, Some("Signing in")),
            (None, "Signing in".to_owned())
        );
        assert_eq!(told(5.0, Some(0.0), None), (None, "5".to_owned()));
        assert_eq!(told(9.0, Some(3.0), None), (Some(1000), "9 of 3".to_owned()));
    }
}
