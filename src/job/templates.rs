//! The sheets of one's own that a job's drawings name: read once each from its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::budget::{Budget, Exceeded};
use crate::diag::{Code, Diagnostic, FileId, SourceMap, Span};
use crate::drawing::{SheetSpec, Template, TemplateError};
use crate::job::{OutputSpec, Product};
use crate::scad::{Host, Purpose};

/// What the templates of a job hold, or what is wrong with each, by the names that outputs give them.
#[derive(Debug, Default)]
pub struct Templates(BTreeMap<String, (FileId, Result<Arc<Template>, Diagnostic>)>);

impl Templates {
    /// Reads what outputs name, each beside the main program; the files join the sources, for places in them.
    ///
    /// # Errors
    /// [`Exceeded`] when the budget ends.
    pub fn read(
        outputs: &[OutputSpec],
        main: &str,
        host: &dyn Host,
        sources: &mut SourceMap,
        budget: &Budget,
    ) -> Result<Self, Exceeded> {
        let mut all = Self::default();
        let drawings = outputs.iter().filter_map(|output| match &output.product {
            Product::Drawing(_, drawing) => Some(drawing),
            _ => None,
        });
        for file in drawings.flat_map(|drawing| &drawing.sheets).flat_map(|sheet| &sheet.templates) {
            if !all.0.contains_key(&file.name) {
                let entry = template(&file.name, main, host, sources, budget)?;
                all.0.insert(file.name.clone(), entry);
            }
        }
        Ok(all)
    }

    /// Gives a sheet the templates that it names.
    ///
    /// # Errors
    /// What is wrong with one of them, or a field of it that nobody fills.
    pub fn dress(&self, sheet: &mut SheetSpec) -> Result<(), Diagnostic> {
        for file in &mut sheet.templates {
            let Some((id, read)) = self.0.get(&file.name) else { continue };
            let template = read.clone()?;
            if let Some((range, name)) = template.unknown_field(&sheet.title) {
                let message = format!("nobody fills the field {name:?}");
                let known = Template::fields().collect::<Vec<_>>().join(", ");
                return Err(Diagnostic::error(Code::Unsupported, Span::new(*id, range.start, range.end), message)
                    .with_hint(format!("There are {known}; others a job gives in `title.fields`.")));
            }
            file.template = Some(template);
        }
        Ok(())
    }
}

fn template(
    name: &str,
    main: &str,
    host: &dyn Host,
    sources: &mut SourceMap,
    budget: &Budget,
) -> Result<(FileId, Result<Arc<Template>, Diagnostic>), Exceeded> {
    let detached = |message: String| Diagnostic::error(Code::SourceNotFound, Span::DETACHED, message);
    let found = host.resolve(main, name, Purpose::Import).and_then(|path| Ok((host.read(&path)?, path)));
    let (bytes, path) = match found {
        Ok(found) => found,
        Err(error) => return Ok((FileId::NONE, Err(detached(format!("the template {name:?}: {error}"))))),
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Ok((FileId::NONE, Err(detached(format!("the template {name:?} is no UTF-8 text")))));
    };
    let file = sources.add(path, text);
    let read = match Template::read(text, budget) {
        Ok(template) => Ok(Arc::new(template)),
        Err(TemplateError::Exceeded(exceeded)) => return Err(exceeded),
        Err(TemplateError::Wrong { range, what, hint }) => {
            let error = Diagnostic::error(Code::Unsupported, Span::new(file, range.start, range.end), what);
            Err(if hint.is_empty() { error } else { error.with_hint(hint) })
        }
    };
    Ok((file, read))
}
