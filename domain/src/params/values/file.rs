//! Uploaded files: what may be said of one by its name and size.

use crate::params::spec::{FileRef, FileRules};
use crate::params::violation::Violation;

/// Checks the ending of the name and the size.
pub(crate) fn fits(file: &FileRef, rules: &FileRules) -> Result<(), Violation> {
    let name = file.name.to_lowercase();
    if !rules.accept.is_empty() && !rules.accept.iter().any(|ending| name.ends_with(ending)) {
        return Err(Violation::WrongFile(rules.accept.clone()));
    }
    match rules.max_bytes {
        Some(most) if file.size > most => Err(Violation::FileTooBig(most)),
        _ => Ok(()),
    }
}
