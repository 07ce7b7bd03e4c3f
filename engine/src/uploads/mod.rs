//! Files uploaded for parameters. Saved settings refer to them; a run gets a copy in its working folder.

mod file_name;
mod store;

pub use store::Uploads;
pub(crate) use store::{find_kept, remove_unused};

use crate::Error;
use crate::db::failed_is_ours;

/// The largest file that is kept, in bytes. It lives in the database, which every backup copies.
pub const MAX_UPLOAD: u64 = 20 * 1024 * 1024;

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Larger than [`MAX_UPLOAD`].
    #[error("The file must be 20 MiB or smaller")]
    TooLarge,
    /// A failure of ours.
    #[error(transparent)]
    Failed(#[from] Error),
}

failed_is_ours!(UploadError);
