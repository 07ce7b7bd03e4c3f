//! Parameters: what a task declares, the form made from it, the validation of what was typed.

mod declare;
mod form;
mod spec;
mod validate;

pub use declare::{DeclarationProblem, Declared, declare};
pub use form::{Control, Field, fields, initial_values};
pub use spec::{Choice, ParamKind, ParamSpec};
pub use validate::{Accepted, FieldError, SecretChange, Typed, Violation, validate};
