//! Getting in and out: the first administrator, signing in, signing out.

pub mod login;
pub mod logout;
pub mod setup;
