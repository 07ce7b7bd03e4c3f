//! Random tokens: 256 bits, stored only as a hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::secret::Secret;
use rand::RngCore;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A fresh session's token, on its way to the cookie.
pub struct SessionToken(Secret);

impl SessionToken {
    pub(super) fn new() -> Self {
        Self(Secret::new(random()))
    }

    /// For the cookie, nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(super) fn hash(&self) -> String {
        hash(self.expose())
    }
}

/// What the database keeps of a token.
pub(crate) fn hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// 256 random bits, safe in an address.
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Comparison whose time says nothing about where two texts differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
