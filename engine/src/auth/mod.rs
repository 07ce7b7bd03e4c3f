//! Who may come in: the first administrator, passwords, sessions.
//!
//! Every account is an administrator today; `users.role` holds the place for viewer and operator.

mod accounts;
mod password;
mod throttle;
pub(crate) mod token;

pub use accounts::{Account, Accounts, LoginError, SetUpError};
pub use token::SessionToken;
pub(crate) use token::{hash, random, same};
