//! Secrets at rest: XChaCha20-Poly1305 with a key that lives outside the database.
//!
//! A sealed value is `version(1) ‖ nonce(24) ‖ ciphertext+tag`. Its associated data binds it to its row, so a
//! ciphertext moved to another row does not open.

mod key;
mod store;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::secret::Secret;
use rand::RngCore;

pub use store::{SavedSecret, Vault};

use crate::Error;

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals and opens with the key file's key.
#[derive(Clone)]
struct Cipher(XChaCha20Poly1305);

impl Cipher {
    fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    fn seal(&self, plain: &Secret, bound_to: &str) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload {
            msg: plain.expose().as_bytes(),
            aad: bound_to.as_bytes(),
        };
        let ciphertext = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Vault("a value could not be sealed"))?;
        Ok([&[VERSION][..], &nonce, &ciphertext].concat())
    }

    fn open(&self, sealed: &[u8], bound_to: &str) -> Result<Secret, Error> {
        let wrong = || Error::Vault("a sealed value does not open with this key");
        let (version, rest) = sealed.split_first().ok_or_else(wrong)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        if *version != VERSION {
            return Err(Error::Vault("a sealed value was written by a newer version"));
        }
        let payload = Payload {
            msg: ciphertext,
            aad: bound_to.as_bytes(),
        };
        let plain = self
            .0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| wrong())?;
        String::from_utf8(plain).map(Secret::new).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s13_a_sealed_value_opens_only_with_its_key_in_its_place_and_untouched() {
        let cipher = Cipher::new(&[7; 32]);
        let mut sealed = cipher.seal(&Secret::new("hunter2"), "row 1").unwrap();
        assert_eq!(cipher.open(&sealed, "row 1").ok().unwrap().expose(), "hunter2");
        assert!(cipher.open(&sealed, "row 2").is_err());
        assert!(Cipher::new(&[8; 32]).open(&sealed, "row 1").is_err());
        assert!(!sealed.windows(7).any(|part| part == b"hunter2"));
        sealed[30] ^= 1;
        assert!(cipher.open(&sealed, "row 1").is_err());
        assert!(cipher.open(&[], "row 1").is_err());
    }
}
