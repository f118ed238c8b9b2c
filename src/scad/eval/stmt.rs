//! Blocks, modules and children.

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use crate::csg::{Kind, Node, NodeRef};
use crate::diag::Span;
use crate::scad::ast::Modifiers;
use crate::scad::builtin::{BuiltinModule, ModuleArguments, ModuleKind, former};
use crate::scad::eval::expr::echo_or_dots;
use crate::scad::eval::{Frame, FrameEntry, Interpreter};
use crate::scad::ir::{
    ArgumentPlan, Assignment, Block, Instantiation, InstantiationKind, LoopVariable, ModuleBody, NONE, Reach, Site,
    Target,
};
use crate::scad::log::{Run, Stop};
use crate::scad::lower::{lower_file, lower_module};
use crate::scad::nearest::Wanted;
use crate::scad::options::Feature;
use crate::scad::value::{Value, bounded_text, plain_text};

/// OpenSCAD takes ranges of fewer values than this for `children()`.
const CHILDREN_RANGE_MAX: u32 = 10_000;
/// A trace shows values of up to so many bytes.
const TRACED_MAX: usize = 1000;
/// Frames this far out may be among the calls that a trace ends with.
const OUTER_FRAMES: u32 = 32;
/// About what a node of the tree takes, bytes.
const NODE_BYTES: usize = 320;

impl Interpreter<'_> {
    /// Runs the main program.
    pub(in crate::scad) fn run_main(&mut self) -> Run<Vec<NodeRef>> {
        let block = lower_file(self, 0)?;
        self.push_slots(block.1);
        let mut nodes = Vec::new();
        let frame = Frame { base: 0, id: NONE };
        self.run_assignments(&block.0, frame)?;
        for instantiation in &block.0.instantiations {
            self.instantiate(instantiation, frame, &mut nodes)?;
        }
        self.check_view(&block.0);
        Ok(nodes)
    }

    /// OpenSCAD reads the view back from the program's variables, and tells when it cannot.
    fn check_view(&mut self, block: &Block) {
        for (name, triple) in [("$vpr", true), ("$vpt", true), ("$vpd", false), ("$vpf", false)] {
            let assigned = block.assignments.iter().find(|assignment| &*assignment.name == name);
            let Some(Target::Special(id)) = assigned.map(|assignment| assignment.target) else { continue };
            let value = self.specials[id as usize].clone();
            let (vector, number) = (value.as_triple(Some(0.0)), value.as_number());
            match name {
                "$vpr" => self.asked_view.rotation = vector,
                "$vpt" => self.asked_view.target = vector,
                "$vpd" => self.asked_view.distance = number,
                _ => self.asked_view.field = number,
            }
            let fits = if triple { vector.is_some() } else { number.is_some() };
            if !fits {
                let wanted = if triple { "vec3 or vec2 of numbers" } else { "number" };
                let value = echo_or_dots(&value);
                self.warn(Span::DETACHED, format!("Unable to convert {name}={value} to a {wanted}"));
            }
        }
    }

    /// Assignments, then instantiations, or those chosen.
    fn run_block(&mut self, block: &Block, frame: Frame, chosen: Option<&[usize]>, out: &mut Vec<NodeRef>) -> Run<()> {
        let mark = self.undo.len();
        self.run_assignments(block, frame)?;
        match chosen {
            None => {
                for instantiation in &block.instantiations {
                    self.instantiate(instantiation, frame, out)?;
                }
            }
            Some(chosen) => {
                for at in chosen {
                    self.instantiate(&block.instantiations[*at], frame, out)?;
                }
            }
        }
        self.restore_specials(mark);
        Ok(())
    }

    pub(super) fn run_assignments(&mut self, block: &Block, frame: Frame) -> Run<()> {
        for slot in &block.cells {
            let cell = self.new_cell();
            self.stack[(frame.base + slot) as usize] = cell;
        }
        for assignment in &block.assignments {
            if assignment.hides_parameter {
                let message = format!("Parameter \"{}\" is overwritten with a literal", assignment.name);
                self.warn(assignment.span, message);
            }
            let value = self.eval(&assignment.value, frame);
            match value.and_then(|value| self.check_effort(assignment.span).map(|()| value)) {
                Ok(value) => match assignment.target {
                    Target::Global(slot) => self.globals[slot as usize] = value,
                    target => self.assign(target, value, frame),
                },
                Err(mut stop) => {
                    trace_assignment(&mut stop, assignment);
                    return Err(stop);
                }
            }
        }
        Ok(())
    }

    pub(super) fn instantiate(
        &mut self,
        instantiation: &Instantiation,
        frame: Frame,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        self.step(instantiation.site.span)?;
        let done =
            self.instantiate_kind(instantiation, frame, out).and_then(|()| self.check_effort(instantiation.site.span));
        done.map_err(|mut stop| {
            let site = &instantiation.site;
            stop.trace(site.span, || format!("called by '{}'", site.name));
            stop
        })
    }

    /// Small on purpose, as all that modules are nested through: what needs room on the stack has a function of its own.
    fn instantiate_kind(&mut self, instantiation: &Instantiation, frame: Frame, out: &mut Vec<NodeRef>) -> Run<()> {
        match &instantiation.kind {
            InstantiationKind::User { module, plan, enter, hops } => {
                self.user_module(instantiation, (*module, plan, *enter, *hops), frame, out)
            }
            InstantiationKind::Builtin { module, plan } => self.builtin_module(instantiation, module, plan, frame, out),
            InstantiationKind::Children { plan, hops } => self.children(instantiation, plan, *hops, frame, out),
            InstantiationKind::For { variables, intersection } => {
                self.for_module(instantiation, variables, *intersection, frame, out)
            }
            _ => self.instantiate_rarer(instantiation, frame, out),
        }
    }

    #[inline(never)]
    fn for_module(
        &mut self,
        instantiation: &Instantiation,
        variables: &[LoopVariable],
        is_intersection: bool,
        frame: Frame,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let (span, modifiers) = (instantiation.site.span, instantiation.modifiers);
        let mut nodes = Vec::new();
        if !variables.is_empty() {
            self.for_each(variables, span, frame, &mut |job| {
                job.run_block(&instantiation.children, frame, None, &mut nodes)
            })?;
        }
        if is_intersection {
            self.add_node(Kind::Intersection, nodes, span, modifiers, out)
        } else {
            self.add_group(nodes, span, modifiers, out)
        }
    }

    #[inline(never)]
    fn instantiate_rarer(&mut self, instantiation: &Instantiation, frame: Frame, out: &mut Vec<NodeRef>) -> Run<()> {
        let (site, children, modifiers) = (&instantiation.site, &instantiation.children, instantiation.modifiers);
        match &instantiation.kind {
            InstantiationKind::If { condition, otherwise } => {
                let block = if self.eval(condition, frame)?.is_true() { Some(children) } else { otherwise.as_ref() };
                match block {
                    Some(block) => self.group_of(block, frame, site.span, modifiers, out),
                    None => Ok(()),
                }
            }
            InstantiationKind::Let(bindings) => {
                let mark = self.undo.len();
                self.bind_all(bindings, frame)?;
                self.group_of(children, frame, site.span, modifiers, out)?;
                self.restore_specials(mark);
                Ok(())
            }
            InstantiationKind::Echo(arguments) => {
                self.echo(arguments, site.span, frame)?;
                self.group_if_any(children, frame, site.span, modifiers, out)
            }
            InstantiationKind::Assert(assert) => {
                self.assert(assert, frame)?;
                self.group_if_any(children, frame, site.span, modifiers, out)
            }
            InstantiationKind::Unknown(reach) => {
                self.warn_unknown_module(site, reach);
                Ok(())
            }
            // what is left is a feature that is off: all others have been dealt with before
            _ => {
                let name = &site.name;
                self.warn(site.span, format!("Experimental builtin module '{name}' is not enabled"));
                self.warn(site.span, format!("Ignoring unknown module '{name}'"));
                Ok(())
            }
        }
    }

    #[cold]
    fn warn_unknown_module(&mut self, site: &Site, reach: &Reach) {
        let nearest = self.nearest(&site.name, reach, Wanted::Module);
        let message = format!("Ignoring unknown module '{}'", site.name);
        self.warn_unknown_name(site.span, message, &site.name, nearest.as_deref(), Wanted::Module);
    }

    /// Adds a node.
    fn add_node(
        &mut self,
        kind: Kind,
        children: Vec<NodeRef>,
        span: Span,
        modifiers: Modifiers,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        self.count_node(NODE_BYTES + children.len() * 8 + kind_bytes(&kind), span)?;
        let mut node = Node::new(kind, children, span);
        node.highlight = modifiers.highlight;
        node.background = modifiers.background;
        let node = Arc::new(node);
        if modifiers.root {
            self.root_marked.insert(Arc::as_ptr(&node) as usize);
        }
        out.push(node);
        Ok(())
    }

    /// Adds a group, or its members where groups are not wanted.
    fn add_group(
        &mut self,
        children: Vec<NodeRef>,
        span: Span,
        modifiers: Modifiers,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        if !self.options.features.has(Feature::LazyUnion) {
            return self.add_node(Kind::Group, children, span, modifiers, out);
        }
        if modifiers.root && self.root_list.is_none() {
            self.root_list = Some(children.clone());
        }
        if !modifiers.highlight && !modifiers.background {
            out.extend(children);
            return Ok(());
        }
        out.extend(children.iter().map(|child| {
            let mut child = Node::clone(child);
            child.highlight |= modifiers.highlight;
            child.background |= modifiers.background;
            Arc::new(child)
        }));
        Ok(())
    }

    fn group_of(
        &mut self,
        block: &Block,
        frame: Frame,
        span: Span,
        modifiers: Modifiers,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let mut nodes = Vec::new();
        self.run_block(block, frame, None, &mut nodes)?;
        self.add_group(nodes, span, modifiers, out)
    }

    fn group_if_any(
        &mut self,
        block: &Block,
        frame: Frame,
        span: Span,
        modifiers: Modifiers,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let mut nodes = Vec::new();
        self.run_block(block, frame, None, &mut nodes)?;
        if nodes.is_empty() { Ok(()) } else { self.add_group(nodes, span, modifiers, out) }
    }

    /// A module of the program.
    #[inline(never)]
    fn user_module(
        &mut self,
        instantiation: &Instantiation,
        (module, plan, enter, hops): (u32, &ArgumentPlan, u32, u32),
        frame: Frame,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let site = &instantiation.site;
        let outer = self.frame_up(frame, hops);
        if enter != NONE {
            self.enter_file(enter)?;
        }
        let body = match &self.modules[module as usize].body {
            Some(body) => body.clone(),
            None => lower_module(self, module)?,
        };
        if !self.has_stack() || self.is_too_deep() {
            return Err(self.stop_recursion("module", &site.name, body.span));
        }
        let mark = self.undo.len();
        let base = self.push_slots(body.frame_size);
        self.stage(plan, base, frame, site)?;
        let inner = Frame { base: base as u32, id: self.frames.len() as u32 };
        self.frames.push(FrameEntry {
            base: inner.base,
            outer,
            closure: None,
            children: Some(instantiation.children.clone()),
            children_frame: frame,
        });
        self.module_sites.push(site.clone());
        self.fill_defaults(&body.parameters, inner)?;
        let mut nodes = Vec::new();
        self.module_block(&body, inner, &mut nodes)?;
        self.module_sites.pop();
        self.frames.pop();
        self.pop_slots(base);
        self.restore_specials(mark);
        self.add_node(Kind::Group, nodes, site.span, instantiation.modifiers, out)
    }

    fn module_block(&mut self, body: &Rc<ModuleBody>, frame: Frame, out: &mut Vec<NodeRef>) -> Run<()> {
        self.run_assignments(&body.block, frame)?;
        for instantiation in &body.block.instantiations {
            if let Err(mut stop) = self.instantiate(instantiation, frame, out) {
                self.trace_call(&mut stop, body, frame);
                return Err(stop);
            }
        }
        Ok(())
    }

    /// Of a million calls only the first and the last few are shown.
    #[cold]
    #[inline(never)]
    fn trace_call(&self, stop: &mut Stop, body: &ModuleBody, frame: Frame) {
        if self.options.trace_parameters {
            let shown = stop.is_near() || frame.id < OUTER_FRAMES;
            let parameters = if shown { self.parameter_text(body, frame) } else { String::new() };
            stop.trace(body.span, || format!("call of '{}({parameters})'", body.name));
        }
    }

    #[cold]
    fn parameter_text(&self, body: &ModuleBody, frame: Frame) -> String {
        let mut text = String::new();
        for (at, parameter) in body.parameters.iter().enumerate() {
            let value = match parameter.target {
                Target::Special(id) => &self.specials[id as usize],
                _ => &self.stack[frame.base as usize + at],
            };
            let value = match value {
                Value::Cell(cell) => cell.borrow().clone(),
                value => value.clone(),
            };
            let separator = if at > 0 { ", " } else { "" };
            let _ = write!(text, "{separator}{} = {}", parameter.name, trace_text(&value));
        }
        text
    }

    /// A primitive, transform or operator.
    #[inline(never)]
    fn builtin_module(
        &mut self,
        instantiation: &Instantiation,
        module: &'static BuiltinModule,
        plan: &ArgumentPlan,
        frame: Frame,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let site = &instantiation.site;
        let mark = self.undo.len();
        let leaf = matches!(module.kind, ModuleKind::Leaf(_));
        let values = self.module_arguments(instantiation, plan, module.parameters.len(), leaf, frame)?;
        let arguments = ModuleArguments { module, values: &values, span: site.span };
        let (ModuleKind::Leaf(make) | ModuleKind::Operator(make) | ModuleKind::Drawing(make)) = module.kind else {
            return Ok(());
        };
        let kind = make(self, &arguments)?;
        let mut nodes = Vec::new();
        if matches!(module.kind, ModuleKind::Drawing(_)) {
            let drawing = former::drawing(self, &arguments)?;
            self.add_node(drawing, Vec::new(), site.span, Modifiers::default(), &mut nodes)?;
        } else if !leaf {
            if !self.has_stack() {
                return Err(self.stop_recursion("module", &site.name, site.span));
            }
            self.run_block(&instantiation.children, frame, None, &mut nodes)?;
        }
        self.restore_specials(mark);
        self.add_node(kind, nodes, site.span, instantiation.modifiers, out)
    }

    /// The arguments of a built-in module by position; `Unset` where there is none.
    fn module_arguments(
        &mut self,
        instantiation: &Instantiation,
        plan: &ArgumentPlan,
        count: usize,
        leaf: bool,
        frame: Frame,
    ) -> Run<Vec<Value>> {
        let mut values = vec![Value::Unset; count];
        let mut specials = Vec::new();
        for (target, value) in &plan.arguments {
            let value = self.eval(value, frame)?;
            match target {
                Target::Slot(slot) => values[*slot as usize] = value,
                Target::Special(id) => specials.push((*id, value)),
                _ => {}
            }
        }
        let site = &instantiation.site;
        if leaf && !instantiation.children.instantiations.is_empty() {
            self.warn(site.span, format!("module {}() does not support child modules", site.name));
        }
        for note in &plan.notes {
            self.remark(site.span, note);
        }
        for (id, value) in specials {
            self.bind_special(id, value);
        }
        Ok(values)
    }

    /// `children(…)`
    #[inline(never)]
    fn children(
        &mut self,
        instantiation: &Instantiation,
        plan: &ArgumentPlan,
        hops: u32,
        frame: Frame,
        out: &mut Vec<NodeRef>,
    ) -> Run<()> {
        let site = &instantiation.site;
        let mark = self.undo.len();
        let values = self.module_arguments(instantiation, plan, 1, true, frame)?;
        let id = self.frame_up(frame, hops);
        let Some(entry) = self.frames.get(id as usize) else { return Ok(()) };
        let (Some(block), home) = (entry.children.clone(), entry.children_frame) else { return Ok(()) };
        let chosen = match self.chosen_children(&values[0], block.instantiations.len(), site) {
            Ok(chosen) => chosen,
            Err(NoChildren) => return Ok(()),
        };
        if !self.has_stack() {
            return Err(self.stop_recursion("module", &site.name, site.span));
        }
        let mut nodes = Vec::new();
        self.run_block(&block, home, chosen.as_deref(), &mut nodes)?;
        self.restore_specials(mark);
        self.add_group(nodes, site.span, instantiation.modifiers, out)
    }

    /// Which children an argument of `children()` means; `None` for all of them.
    fn chosen_children(
        &mut self,
        argument: &Value,
        count: usize,
        site: &Site,
    ) -> Result<Option<Vec<usize>>, NoChildren> {
        match argument {
            Value::Unset => Ok(None),
            Value::Number(number) => match self.child_index(*number, count, site) {
                Some(at) => Ok(Some(vec![at])),
                None => Err(NoChildren),
            },
            Value::List(list) => {
                let mut chosen = Vec::new();
                for value in list.iter() {
                    if let Value::Number(number) = value {
                        chosen.extend(self.child_index(number, count, site));
                    } else {
                        let value = plain_text(&value).unwrap_or_default();
                        let message = format!(
                            "Bad parameter type ({value}) for children, only accept: empty, number, vector, range."
                        );
                        self.warn(site.span, message);
                    }
                }
                Ok(Some(chosen))
            }
            Value::Range(range) => {
                let steps = range.count();
                if steps >= CHILDREN_RANGE_MAX {
                    let message = format!("Bad range parameter for children: too many elements ({steps})");
                    self.warn(site.span, message);
                    return Err(NoChildren);
                }
                let numbers: Vec<f64> = range.iter().collect();
                Ok(Some(numbers.into_iter().filter_map(|number| self.child_index(number, count, site)).collect()))
            }
            other => {
                let value = echo_or_dots(other);
                let message =
                    format!("Bad parameter type ({value}) for children, only accept: empty, number, vector, range");
                self.warn(site.span, message);
                Err(NoChildren)
            }
        }
    }

    fn child_index(&mut self, number: f64, count: usize, site: &Site) -> Option<usize> {
        let at = number as i32;
        let found = usize::try_from(at).ok().filter(|at| *at < count);
        if found.is_none() {
            self.warn(site.span, format!("Children index ({at}) out of bounds ({count} children)"));
        }
        found
    }

    /// The node marked with `!` that comes first; a warning where there are several.
    pub(in crate::scad) fn marked_root(&mut self, nodes: &[NodeRef]) -> Option<Vec<NodeRef>> {
        if self.root_list.is_some() {
            return self.root_list.take();
        }
        if self.root_marked.is_empty() {
            return None;
        }
        let mut found: Option<NodeRef> = None;
        let mut second = None;
        let mut todo: Vec<&NodeRef> = nodes.iter().rev().collect();
        while let Some(node) = todo.pop() {
            if self.root_marked.contains(&(Arc::as_ptr(node) as usize)) {
                match &found {
                    None => found = Some(node.clone()),
                    Some(first) if first.span != node.span => {
                        second = Some(node.span);
                        break;
                    }
                    Some(_) => {}
                }
            }
            todo.extend(node.children.iter().rev());
        }
        if let Some(span) = second {
            self.warn(span, "More than one Root Modifier (!)");
        }
        found.map(|found| vec![found])
    }
}

/// `children()` makes nothing, not even an empty group.
struct NoChildren;

fn trace_assignment(stop: &mut Stop, assignment: &Assignment) {
    let name = &assignment.name;
    match assignment.overwritten {
        None => stop.trace(assignment.span, || format!("assignment to \"{name}\"")),
        Some(overwritten) => {
            let what = || format!("overwritten assignment to \"{name}\" (this is where the assignment is evaluated)");
            stop.trace(assignment.span, what);
            stop.trace(overwritten, || format!("overwriting assignment to \"{name}\""));
        }
    }
}

/// A value in a trace, dots where it is long: there may be a million calls to tell it for.
fn trace_text(value: &Value) -> String {
    bounded_text(value, TRACED_MAX).unwrap_or_else(|| "...".into())
}

/// Bytes that a node takes for the lists in it.
fn kind_bytes(kind: &Kind) -> usize {
    match kind {
        Kind::Polyhedron { points, faces, .. } => points.len() * 24 + faces.len() * 40,
        Kind::Polygon { points, .. } => points.len() * 16,
        Kind::Text(spec) => spec.text.len() + spec.font.len(),
        _ => 0,
    }
}
