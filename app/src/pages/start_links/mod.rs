//! Start links: the addresses with which other systems start a task, and what they answer.

pub mod actions;
pub mod call;
mod list;
pub mod new;
mod reply;

pub use list::StartLinkList;
