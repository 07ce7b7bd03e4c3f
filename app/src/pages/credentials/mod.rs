//! Credentials: named secrets that several tasks may use. A secret goes in and never comes back to a page.

pub mod actions;
pub mod connected;
pub mod detail;
mod fields;
pub mod list;
pub mod new;
mod secret_cards;
pub mod test;

pub(super) use list::users;

/// What a connected account is, said on its page.
const ACCOUNT: &str =
    "A connected account is a credential that another service hands out, after somebody has consented there.";
/// What a credential is, said where people meet one.
const MEANING: &str =
    "A credential is a key or a password that several tasks can use. Nobody can read it back here.";
