//! The key file: 32 random bytes in base64, readable by its owner only.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::RngCore;

use crate::Error;

/// Reads the key, or makes one if there is none yet.
pub(super) fn load_or_create(path: &Path) -> Result<[u8; 32], Error> {
    match fs::read_to_string(path) {
        Ok(text) => {
            refuse_if_others_can_read(path)?;
            parse(&text).ok_or(Error::Vault(
                "the key file does not hold a key of 32 bytes in base64",
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => create(path),
        Err(error) => Err(Error::io(format!("read key file {}", path.display()))(error)),
    }
}

fn create(path: &Path) -> Result<[u8; 32], Error> {
    let mut key = [0; 32];
    rand::rng().fill_bytes(&mut key);
    let what = || format!("write key file {}", path.display());
    // create_new: two servers starting at once must not each make a key.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::io(what()))?;
    file.write_all(format!("{}\n", BASE64_STANDARD.encode(key)).as_bytes())
        .map_err(Error::io(what()))?;
    file.sync_all().map_err(Error::io(what()))?;
    Ok(key)
}

fn parse(text: &str) -> Option<[u8; 32]> {
    BASE64_STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn refuse_if_others_can_read(path: &Path) -> Result<(), Error> {
    let mode = fs::metadata(path)
        .map_err(Error::io(format!("inspect key file {}", path.display())))?
        .permissions()
        .mode();
    let for_others = mode & 0o077;
    if for_others == 0 {
        return Ok(());
    }
    Err(Error::Config(format!(
        "Others can read the key file {path} (mode {mode:03o}). Run: chmod 600 {path}",
        path = path.display(),
        mode = mode & 0o777
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let key = load_or_create(&path).unwrap();
        assert_eq!(load_or_create(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            load_or_create(&path)
                .unwrap_err()
                .to_string()
                .contains("chmod 600")
        );
    }

    #[test]
    fn f77_a_damaged_key_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(&path, "garbage").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(load_or_create(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "garbage");
    }
}
