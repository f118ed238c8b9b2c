//! Structural hash of a subtree: equal digest, equal geometry.

use sha2::{Digest as _, Sha256};

use crate::csg::{Kind, NodeRef};

/// 128 bits of SHA-256 over a subtree's kind, parameters, attached bytes and children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

/// The digest of a node of `kind` over `children`. Background children count: the dump shows them.
pub fn digest_of(kind: &Kind, children: &[NodeRef]) -> Digest {
    let mut hasher = Sha256::new();
    feed(&mut hasher, kind);
    for child in children {
        hasher.update([u8::from(child.background)]);
        hasher.update(child.digest.0);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    Digest(digest)
}

/// Every field of the kind, through its `Debug` form, but for attached bytes, which go in as they are.
fn feed(hasher: &mut Sha256, kind: &Kind) {
    match kind {
        Kind::Import { file, .. } | Kind::Surface { file, .. } => {
            if let Some(bytes) = &file.bytes {
                hasher.update(Sha256::digest(bytes));
            }
        }
        _ => {}
    }
    let _ = std::io::Write::write_fmt(&mut HashWriter(hasher), format_args!("{kind:?}"));
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
