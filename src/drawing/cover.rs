//! `Cover`: a set of disjoint intervals of one edge, grown one interval at a time.

/// Sorted disjoint intervals.
#[derive(Debug, Clone, Default)]
pub struct Cover {
    spans: Vec<(f64, f64)>,
}

impl Cover {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.spans.clear();
    }

    /// The intervals in order.
    pub fn spans(&self) -> &[(f64, f64)] {
        &self.spans
    }

    /// Whether one interval holds all of `from` to `to`, but for `slack` at its ends.
    pub fn holds(&self, from: f64, to: f64, slack: f64) -> bool {
        let after = self.spans.partition_point(|span| span.0 <= from + slack);
        after > 0 && self.spans[after - 1].1 >= to - slack
    }

    /// Adds an interval; it joins those that it meets or nearly meets.
    pub fn add(&mut self, from: f64, to: f64, slack: f64) {
        let first = self.spans.partition_point(|span| span.1 < from - slack);
        let last = first + self.spans[first..].partition_point(|span| span.0 <= to + slack);
        if first == last {
            self.spans.insert(first, (from, to));
            return;
        }
        let joined = (from.min(self.spans[first].0), to.max(self.spans[last - 1].1));
        self.spans[first] = joined;
        self.spans.drain(first + 1..last);
    }

    /// Adds what two covers share.
    pub fn add_common(&mut self, one: &Self, two: &Self, slack: f64) {
        let (mut i, mut j) = (0, 0);
        while i < one.spans.len() && j < two.spans.len() {
            let (from, to) = (one.spans[i].0.max(two.spans[j].0), one.spans[i].1.min(two.spans[j].1));
            if to > from {
                self.add(from, to, slack);
            }
            if one.spans[i].1 < two.spans[j].1 {
                i += 1;
            } else {
                j += 1;
            }
        }
    }

    /// The gaps between `from` and `to` that are longer than `slack`.
    pub fn gaps(&self, from: f64, to: f64, slack: f64) -> Vec<(f64, f64)> {
        let mut gaps = Vec::new();
        let mut at = from;
        for span in &self.spans {
            if span.0 - at > slack {
                gaps.push((at, span.0.min(to)));
            }
            at = at.max(span.1);
            if at >= to {
                return gaps;
            }
        }
        if to - at > slack {
            gaps.push((at, to));
        }
        gaps
    }
}
