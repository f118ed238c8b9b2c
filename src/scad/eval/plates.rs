//! Plates: the modules `mw_plate_1()`, `mw_plate_2()` … and `mw_assembly_view()` that `MakerWorld` calls in place of the top level.
//!
//! **Sources** `MakerWorld`'s Parametric Model Maker: a module of that name and without arguments makes what lies on one plate of a 3MF; the
//! assembly view is for looking at. Programs that follow it make nothing at the top level, or the assembly view.

use std::rc::Rc;
use std::sync::Arc;

use crate::csg::{Kind, Node, NodeRef};
use crate::diag::Span;
use crate::scad::ast::{Modifiers, Name};
use crate::scad::eval::{Frame, Interpreter};
use crate::scad::ir::{ArgumentPlan, Block, Instantiation, InstantiationKind, NONE, Site};
use crate::scad::load::span_of;
use crate::scad::log::Run;
use crate::scad::options::Plates;

/// What one plate holds.
#[derive(Debug, Clone)]
pub struct Plate {
    /// The number in the module's name.
    pub number: u32,
    /// What the module makes.
    pub tree: NodeRef,
}

const PLATE: &str = "mw_plate_";
const ASSEMBLY: &str = "mw_assembly_view";

impl Interpreter<'_> {
    /// What stands for the top level if that made nothing, and what each plate holds, as far as the options ask for them. The main program
    /// must have run; `made` is what came of it.
    pub(in crate::scad) fn run_plates(&mut self, made: &[NodeRef]) -> Run<(Option<NodeRef>, Vec<Plate>)> {
        let wanted = self.options.plates;
        let nothing = wanted != Plates::Off && !made.iter().any(makes_something);
        let assembly = if nothing { self.assembly()? } else { None };
        if wanted != Plates::All && (!nothing || assembly.is_some()) {
            return Ok((assembly, Vec::new()));
        }
        let plates = self.plates()?;
        let together = || {
            let trees = plates.iter().map(|plate| plate.tree.clone()).collect();
            Arc::new(Node::new(Kind::Group, trees, Span::DETACHED))
        };
        let substitute = assembly.or_else(|| (nothing && !plates.is_empty()).then(together));
        let given = if wanted == Plates::All { plates } else { Vec::new() };
        Ok((substitute, given))
    }

    fn plates(&mut self) -> Run<Vec<Plate>> {
        let modules = &self.files[0].names.modules;
        let mut found: Vec<(u32, Name, u32)> =
            modules.iter().filter_map(|(name, module)| Some((plate_number(name)?, name.clone(), *module))).collect();
        found.sort_by_key(|(number, ..)| *number);
        let plate = |(number, name, module)| Ok(Plate { number, tree: self.run_without_arguments(name, module)? });
        found.into_iter().map(plate).collect()
    }

    fn assembly(&mut self) -> Run<Option<NodeRef>> {
        let modules = &self.files[0].names.modules;
        let found = modules.get_key_value(ASSEMBLY).map(|(name, module)| (name.clone(), *module));
        found.map(|(name, module)| self.run_without_arguments(name, module)).transpose()
    }

    /// A call as it would stand at the end of the main program.
    fn run_without_arguments(&mut self, name: Name, module: u32) -> Run<NodeRef> {
        let entry = &self.modules[module as usize];
        let span = span_of(entry.source, entry.syntax.loc);
        let parameters = entry.syntax.whole().parameters.len() as u32;
        let plan = ArgumentPlan {
            arguments: Vec::new(),
            parameters,
            defaults: (0..parameters).collect(),
            notes: Vec::new(),
            plain: true,
        };
        let call = Instantiation {
            kind: InstantiationKind::User { module, plan, enter: NONE, hops: NONE },
            site: Rc::new(Site { name, span }),
            modifiers: Modifiers::default(),
            children: Rc::new(Block::default()),
        };
        let mut nodes = Vec::new();
        self.instantiate(&call, Frame { base: 0, id: NONE }, &mut nodes)?;
        let children = self.marked_root(&nodes).unwrap_or(nodes);
        Ok(Arc::new(Node::new(Kind::Group, children, Span::DETACHED)))
    }
}

/// Whether there is more than groups in it.
fn makes_something(node: &NodeRef) -> bool {
    let mut todo = vec![node];
    while let Some(node) = todo.pop() {
        if !matches!(node.kind, Kind::Group | Kind::Annotation(_)) {
            return true;
        }
        todo.extend(&node.children);
    }
    false
}

/// The number of a plate module: digits without a leading zero.
fn plate_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(PLATE)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}
