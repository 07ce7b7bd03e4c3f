//! A value that is typed once and never shown again.

/// Secret text. Deliberately without `Debug`, `Display`, `Serialize` or `PartialEq`, so that it cannot slip into a
/// log line, a page, an error or a database row by accident (security rule S14).
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of the typed text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Callers are the vault, the redactor, the password check and the runner's hand-over.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
