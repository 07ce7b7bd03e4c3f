//! Values bound to a statement, in the few kinds that columns have.

use chrono::NaiveDateTime;

/// A value for a `?`. The kinds matter even for NULL: PostgreSQL wants to know of what.
#[derive(Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Whole(Option<i64>),
    Decimal(Option<f64>),
    Truth(Option<bool>),
    Instant(Option<NaiveDateTime>),
    Bytes(Option<Vec<u8>>),
}

impl Value {
    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Bytes(Some(bytes)) => bytes.len(),
            _ => 8,
        }
    }
}

/// `$type => $kind`: both the type itself and an `Option` of it.
macro_rules! optional {
    ($($type:ty => $kind:ident),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$kind(Some(value.into()))
            }
        }

        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$kind(value.map(Into::into))
            }
        }
    )+};
}

optional! {
    &str => Text,
    &String => Text,
    String => Text,
    i64 => Whole,
    u32 => Whole,
    f64 => Decimal,
    NaiveDateTime => Instant,
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Truth(Some(value))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}
