//! Which subtrees stand in a tree more than once, and what that does to the form of the results above them.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::csg::{Digest, NodeRef};

/// What a run knows of the subtrees of its tree.
#[derive(Debug, Default)]
pub(super) struct Forms {
    uses: FxHashMap<Digest, u32>,
    /// Only of those that are not their digest.
    forms: FxHashMap<Digest, Digest>,
    seen: FxHashSet<Digest>,
}

impl Forms {
    pub(super) fn of(root: &NodeRef) -> Self {
        let mut forms = Self::default();
        forms.count(root);
        forms.build(root);
        forms
    }

    /// Whether a subtree is needed more than once, and so computed by itself.
    pub(super) fn is_shared(&self, digest: &Digest) -> bool {
        self.uses.get(digest).is_some_and(|uses| *uses > 1)
    }

    /// The same for two subtrees, of whatever trees, where they are alike and the same parts of them are computed by themselves.
    pub(super) fn form(&self, digest: &Digest) -> Digest {
        *self.forms.get(digest).unwrap_or(digest)
    }

    /// Those below a repeated one are counted once.
    fn count(&mut self, node: &NodeRef) {
        let count = self.uses.entry(node.digest()).or_insert(0);
        *count += 1;
        if *count == 1 {
            node.children.iter().for_each(|child| self.count(child));
        }
    }

    fn build(&mut self, node: &NodeRef) {
        if node.children.is_empty() || !self.seen.insert(node.digest()) {
            return;
        }
        node.children.iter().for_each(|child| self.build(child));
        let differs = |child: &NodeRef| self.is_shared(&child.digest()) || self.forms.contains_key(&child.digest());
        if !node.children.iter().any(differs) {
            return;
        }
        let mut written = node.digest().0.to_vec();
        for child in &node.children {
            written.push(u8::from(self.is_shared(&child.digest())));
            written.extend_from_slice(&self.form(&child.digest()).0);
        }
        self.forms.insert(node.digest(), Digest::of(&written));
    }
}
