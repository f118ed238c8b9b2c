//! Things joined to groups, each known by its first.

/// Some things, each in a group.
#[derive(Debug, Clone)]
pub struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    /// So many things, each alone.
    pub fn alone(count: usize) -> Self {
        Self { parent: (0..count as u32).collect() }
    }

    /// The first of the group that a thing is in.
    pub fn root(&mut self, of: u32) -> u32 {
        let mut at = of;
        while self.parent[at as usize] != at {
            // halve the way for the next one
            let above = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = above;
            at = above;
        }
        at
    }

    /// Makes the groups of two things one.
    pub fn join(&mut self, one: u32, two: u32) {
        let (one, two) = (self.root(one), self.root(two));
        self.parent[one.max(two) as usize] = one.min(two);
    }
}
