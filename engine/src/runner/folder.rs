//! Folders that child processes work in: one each, removed afterwards.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::user::TaskUser;
use crate::Error;

/// For its owner only.
const PRIVATE: u32 = 0o700;
/// Others may pass through, but not look.
const PASSABLE: u32 = 0o711;

/// Where the working folders of a server are.
pub(super) fn all(data_dir: &Path) -> PathBuf {
    data_dir.join("runs")
}

/// Creates the place for working folders, and lets the user of the tasks pass to it.
pub(super) fn lay_out(data_dir: &Path, user: Option<&TaskUser>) -> Result<(), Error> {
    let runs = all(data_dir);
    create(&runs)?;
    if user.is_some() {
        for folder in [data_dir, &runs] {
            fs::set_permissions(folder, Permissions::from_mode(PASSABLE))
                .map_err(Error::io(format!("let others pass through {}", folder.display())))?;
        }
    }
    Ok(())
}

/// Creates a private folder, if it is not there.
pub(super) fn create(folder: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE)
        .create(folder)
        .map_err(Error::io(format!("create {}", folder.display())))
}

/// Removes a working folder with whatever its process left in it.
pub(super) async fn remove(folder: PathBuf) {
    let removed = tokio::task::spawn_blocking(move || {
        let removed = remove_now(&folder);
        (folder, removed)
    });
    if let Ok((folder, Err(error))) = removed.await {
        tracing::warn!("working folder {} not removed: {error}", folder.display());
    }
}

/// Removes what a server that died left behind. Only for the one server that holds the data folder.
pub(crate) fn remove_left_behind(data_dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all(data_dir))? {
        remove_now(&entry?.path())?;
    }
    Ok(())
}

/// The same, at once.
pub(super) fn remove_now(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            // Unpacked archives and package caches hold folders that even their owner may not change.
            open_up(folder)?;
            fs::remove_dir_all(folder)
        }
        removed => removed,
    }
}

/// Makes all folders writable again. Links are not followed.
fn open_up(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(PRIVATE))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_its_task_made_read_only_is_removed_all_the_same() {
        let data = tempfile::tempdir().unwrap();
        let folder = all(data.path()).join("1");
        fs::create_dir_all(folder.join("cache/module")).unwrap();
        fs::write(folder.join("cache/module/file"), "").unwrap();
        for path in ["cache/module", "cache"] {
            fs::set_permissions(folder.join(path), Permissions::from_mode(0o500)).unwrap();
        }
        remove(folder.clone()).await;
        assert!(!folder.exists());
    }

    #[test]
    fn what_a_dead_server_left_behind_is_removed_and_the_place_stays() {
        let data = tempfile::tempdir().unwrap();
        lay_out(data.path(), None).unwrap();
        fs::create_dir_all(all(data.path()).join("1/inputs")).unwrap();
        remove_left_behind(data.path()).unwrap();
        assert_eq!(fs::read_dir(all(data.path())).unwrap().count(), 0);
    }
}
