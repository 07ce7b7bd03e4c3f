//! What can be gone to, and which of it the typed words mean.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::error::AppError;
use crate::islands::Found;
use crate::pages::help;
use crate::routes::AppState;

/// Pages: title, address, and words by which they are looked for as well.
const PAGES: [(&str, &str, &str); 15] = [
    ("Home", "/", "start overview"),
    ("Tasks", "/tasks", "list"),
    ("Runs", "/runs", "history log"),
    ("Failed runs", "/runs?status=failed", "error problem wrong"),
    ("Running now", "/runs?status=running", "runs progress"),
    ("Schedules", "/schedules", "pause resume all"),
    ("The coming week", "/week", "next calendar plan"),
    ("Calendars", "/calendars", "holidays days"),
    ("New calendar", "/calendars/new", "holidays add"),
    ("Credentials", "/credentials", "passwords keys secrets"),
    ("New credential", "/credentials/new", "password key secret add"),
    (
        "Connect an account",
        "/credentials/connect",
        "google slack oauth credential add",
    ),
    ("Doctor", "/doctor", "developer folder check packages"),
    ("Help", "/help", "how"),
    (
        "Download the list of runs",
        "/runs/export.csv",
        "csv export table spreadsheet",
    ),
];

/// What has a name that all the words are in, the likeliest first. Without words: the pages.
pub(super) async fn targets(state: &AppState, words: &str, most: usize) -> Result<Vec<Found>, AppError> {
    let wanted = Wanted::new(words);
    let mut found = Ranked::new(&wanted);
    let is_asked = !wanted.words.is_empty();
    let titles = if is_asked {
        state.engine.catalog.titles()
    } else {
        BTreeMap::new()
    };
    for (name, title) in titles {
        found.add(&title, "Task", format!("/tasks/{name}"), &name);
        found.add(
            &format!("Runs of {title}"),
            "Task",
            format!("/runs?task={name}"),
            "history log",
        );
        found.add(
            &format!("Add a schedule to {title}"),
            "Task",
            format!("/tasks/{name}/schedules/new"),
            "new",
        );
    }
    for (title, address, also) in PAGES {
        found.add(title, "Page", address.to_owned(), also);
    }
    if is_asked {
        for credential in state.engine.credentials.list().await? {
            found.add(
                &credential.name,
                "Credential",
                format!("/credentials/{}", credential.id),
                "",
            );
        }
        for calendar in state.engine.calendars.list().await? {
            found.add(
                &calendar.name,
                "Calendar",
                format!("/calendars/{}", calendar.id),
                "",
            );
        }
        for (id, title) in help::topics() {
            found.add(title, "Help", format!("/help#{id}"), "");
        }
    }
    Ok(found.best(most))
}

/// The typed words, in small letters.
struct Wanted {
    text: String,
    words: Vec<String>,
}

impl Wanted {
    fn new(typed: &str) -> Self {
        let text = typed.trim().to_lowercase();
        let words = text.split_whitespace().map(str::to_owned).collect();
        Self { text, words }
    }

    /// How well a title meets them, if all of them are in it or in its further words.
    fn rank(&self, title: &str, also: &str) -> Option<u8> {
        let title = title.to_lowercase();
        let also = also.to_lowercase();
        if !self
            .words
            .iter()
            .all(|word| title.contains(word) || also.contains(word))
        {
            return None;
        }
        let begins_a_word = |word: &String| {
            title
                .split_whitespace()
                .any(|each| each.starts_with(word.as_str()))
        };
        Some(if title == self.text {
            4
        } else if title.starts_with(&self.text) {
            3
        } else if self.words.iter().all(begins_a_word) {
            2
        } else {
            u8::from(self.words.iter().all(|word| title.contains(word)))
        })
    }
}

/// What was found so far.
struct Ranked<'a> {
    wanted: &'a Wanted,
    found: Vec<(u8, Found)>,
}

impl<'a> Ranked<'a> {
    fn new(wanted: &'a Wanted) -> Self {
        Self {
            wanted,
            found: Vec::new(),
        }
    }

    fn add(&mut self, title: &str, kind: &str, address: String, also: &str) {
        if let Some(rank) = self.wanted.rank(title, also) {
            let (title, kind) = (title.to_owned(), kind.to_owned());
            self.found.push((rank, Found { title, kind, address }));
        }
    }

    /// The likeliest first; among equals, in the order in which they were added.
    fn best(mut self, most: usize) -> Vec<Found> {
        self.found.sort_by_key(|(rank, _)| Reverse(*rank));
        self.found
            .into_iter()
            .take(most)
            .map(|(_, found)| found)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(words: &str) -> Vec<String> {
        let wanted = Wanted::new(words);
        let mut found = Ranked::new(&wanted);
        for title in [
            "Send invoices",
            "Invoices",
            "Archive invoices of last year",
            "Voice mail",
        ] {
            found.add(title, "Task", String::new(), "letters");
        }
        found.best(10).into_iter().map(|found| found.title).collect()
    }

    #[test]
    fn the_likeliest_comes_first() {
        assert_eq!(
            titles("invoices"),
            ["Invoices", "Send invoices", "Archive invoices of last year"]
        );
        assert_eq!(titles("voice").first().map(String::as_str), Some("Voice mail"));
    }

    #[test]
    fn all_words_count_in_any_order_and_capitals_do_not() {
        assert_eq!(titles("YEAR inv"), ["Archive invoices of last year"]);
        assert_eq!(titles("letters").len(), 4);
        assert!(titles("invoices tomorrow").is_empty());
    }
}
