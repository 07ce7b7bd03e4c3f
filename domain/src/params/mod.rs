//! Parameters: what a task declares, the form made from it, the validation of what was typed.

mod asked;
mod attention;
mod declare;
mod delivery;
mod fields;
mod form;
mod group;
mod hint;
mod initial;
mod spec;
#[cfg(test)]
mod testing;
mod typed;
mod validate;
mod values;
mod violation;

pub use asked::{asked_for, asked_for_saved};
pub use attention::{Attention, AttentionKind, attention};
pub use declare::{DeclarationProblem, Declared, declare, declare_groups, read_choices};
pub use delivery::delivered;
pub use fields::fields;
pub use form::{ChoiceShown, Control, Field, FieldCondition};
pub use initial::initial_values;
pub use spec::{
    CREDENTIAL_MARK, Choice, Choices, Condition, FILE_MARK, FileRef, FileRules, Limits, NumberRules,
    ParamGroup, ParamKind, ParamSpec, Pattern,
};
pub use typed::Typed;
pub use validate::{Accepted, FieldError, FileChange, SecretChange, validate};
pub use violation::{Expected, Range, Violation};
