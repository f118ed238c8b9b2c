//! The revision table: what changed from one issue to the next (fields of ISO 7200).

use crate::drawing::spec::{Revision, SheetSpec};
use crate::drawing::table::Table;

/// Older revisions than so many are left out.
const ROWS_MAX: usize = 12;

/// The table above the title block, the newest revision at its top.
pub fn revision_table(revisions: &[Revision]) -> Table {
    let columns = vec![("Rev.", 12.0), ("Change", 100.0), ("Date", 26.0), ("Approved by", 42.0)];
    let newest = &revisions[revisions.len().saturating_sub(ROWS_MAX)..];
    let row = |of: &Revision| vec![of.revision.clone(), of.description.clone(), of.date.clone(), of.approved.clone()];
    Table { columns, rows: newest.iter().map(row).collect() }
}

/// The spec whose title block says the newest revision and its date, where the job leaves them empty.
pub fn with_revision(mut spec: SheetSpec) -> SheetSpec {
    if let Some(last) = spec.revisions.last() {
        for (field, words) in [(&mut spec.title.revision, &last.revision), (&mut spec.title.date, &last.date)] {
            if field.is_empty() {
                field.clone_from(words);
            }
        }
    }
    spec
}
