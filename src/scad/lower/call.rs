//! Calls: who is called, and which argument goes where.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::scad::ast::{self, Argument, ExprKind, Name};
use crate::scad::builtin;
use crate::scad::ir::{ArgumentPlan, Ask, BuiltinCall, Call, DynamicCall, Expr, Otherwise, Question, Site, Target};
use crate::scad::log::{Remark, Run};
use crate::scad::lower::names::{Definition, Missing};
use crate::scad::lower::{Lowerer, is_special};
use crate::scad::nearest::nearest_name;
use crate::scad::print::print_expr;
use crate::scad::token::Loc;
use crate::scad::value::Value;

impl Lowerer<'_, '_> {
    /// A call.
    pub(super) fn call(&mut self, callee: &ast::Expr, arguments: &[Argument], loc: Loc) -> Run<Expr> {
        let span = self.span(loc);
        let ExprKind::Name(name) = &callee.kind else {
            let name = Name::from(format!("({})", print_expr(callee)));
            let candidates = vec![self.expr(callee)?];
            let arguments = self.values(arguments)?;
            let site = Rc::new(Site { name, span });
            return Ok(dynamic(candidates, Otherwise::NotFunction, arguments, site));
        };
        let site = Rc::new(Site { name: name.clone(), span });
        if &**name == "is_undef"
            && let [Argument { value: ast::Expr { kind: ExprKind::Name(variable), .. }, .. }] = arguments
        {
            return self.is_undef_call(variable, arguments, site);
        }
        let (candidates, definition) = self.function_candidates(name, span);
        let known = match definition {
            Some(definition) => Some(self.known_call(&definition, arguments, &site)?),
            None => self.builtin_call(name, arguments, &site)?,
        };
        if candidates.is_empty()
            && let Some(known) = known
        {
            return Ok(known);
        }
        let otherwise = match known {
            Some(call) => Otherwise::Call(call),
            None => Otherwise::Unknown(self.reach()),
        };
        let arguments = self.values(arguments)?;
        Ok(dynamic(candidates, otherwise, arguments, site))
    }

    /// `is_undef(name)` says nothing where the name is unknown.
    fn is_undef_call(&mut self, variable: &Name, arguments: &[Argument], site: Rc<Site>) -> Run<Expr> {
        let (candidates, definition) = self.function_candidates(&Name::from("is_undef"), site.span);
        let value = self.variable(variable, site.span, Missing::Silent);
        let (None, Some(function), true) = (definition, builtin::function("is_undef"), candidates.is_empty()) else {
            let arguments = self.values(arguments)?;
            return Ok(dynamic(candidates, Otherwise::Unknown(self.reach()), arguments, site));
        };
        Ok(self.builtin_or_ask(function, vec![(None, value)], site))
    }

    fn known_call(&mut self, definition: &Definition, arguments: &[Argument], site: &Rc<Site>) -> Run<Expr> {
        let syntax = self.job.functions[definition.entry as usize].syntax.whole().clone();
        let inline = self.may_inline(definition)?;
        let used = self.frame().used;
        if inline {
            // the arguments keep off the slots that the ones before them may be put into
            for _ in arguments {
                self.frame().new_slot();
            }
        }
        let plan = self.plan(arguments, &syntax.parameters);
        self.frame().used = used;
        let (mut plan, extras) = plan?;
        let entry = &mut self.job.functions[definition.entry as usize];
        if add_extras(&mut plan, extras, &mut entry.extras) {
            entry.body = None;
        }
        if inline && is_simple(&plan) {
            return self.inlined(definition, plan, site.clone());
        }
        let (function, enter, hops) = (definition.entry, definition.enter, definition.hops);
        Ok(Expr::Call(Box::new(Call { function, plan, enter, hops, site: site.clone() })))
    }

    fn builtin_call(&mut self, name: &str, arguments: &[Argument], site: &Rc<Site>) -> Run<Option<Expr>> {
        let Some(function) = builtin::function(name) else { return Ok(None) };
        let arguments = self.values(arguments)?;
        Ok(Some(self.builtin_or_ask(function, arguments, site.clone())))
    }

    /// A call of a built-in function; what asks what a value is has a form of its own, and of a literal it is known.
    fn builtin_or_ask(
        &self,
        function: &'static builtin::BuiltinFunction,
        mut arguments: Vec<(Option<Name>, Expr)>,
        site: Rc<Site>,
    ) -> Expr {
        let question = if arguments.len() == 1 { Question::of(function.name) } else { None };
        match (question, arguments.pop()) {
            (Some(question), Some((_, Expr::Const(value)))) => Expr::Const(Value::from(question.holds(&value))),
            (Some(question), Some((_, operand))) => Expr::Ask(Box::new(Ask { question, operand, site })),
            (_, last) => {
                arguments.extend(last);
                Expr::Builtin(Box::new(BuiltinCall { function, arguments, site }))
            }
        }
    }

    /// Which argument goes to which parameter of the program's own functions and modules.
    /// Arguments beyond them are told with their place in the call: OpenSCAD warns of them, and the callee sees them all the same.
    pub(super) fn plan(
        &mut self,
        arguments: &[Argument],
        parameters: &[ast::Parameter],
    ) -> Run<(ArgumentPlan, Vec<(usize, Name)>)> {
        let names: Vec<&str> = parameters.iter().map(|parameter| &*parameter.name).collect();
        let plan = self.plan_for(arguments, &names)?;
        let dropped = plan.arguments.iter().zip(arguments).enumerate();
        let dropped = dropped.filter(|(_, ((target, _), _))| *target == Target::Dropped);
        let extras = dropped.filter_map(|(at, (_, argument))| argument.name.clone().map(|name| (at, name)));
        let extras = extras.collect();
        Ok((plan, extras))
    }

    /// Which argument goes to which parameter of a built-in module: slot n for the one at position n.
    pub(super) fn builtin_plan(&mut self, arguments: &[Argument], parameters: &[&str]) -> Run<ArgumentPlan> {
        self.plan_for(arguments, parameters)
    }

    fn plan_for(&mut self, arguments: &[Argument], parameters: &[&str]) -> Run<ArgumentPlan> {
        let mut plan = ArgumentPlan {
            arguments: Vec::new(),
            parameters: parameters.len() as u32,
            defaults: Vec::new(),
            notes: Vec::new(),
            plain: true,
        };
        let mut matching = Matching::new(parameters);
        for argument in arguments {
            let value = self.expr(&argument.value)?;
            let target = match &argument.name {
                Some(name) => match matching.named_target(name, &mut plan.notes) {
                    None if is_special(name) => Target::Special(self.job.special_id(name)),
                    target => self.target_of(target, parameters),
                },
                None => {
                    let target = matching.next_target(&mut plan.notes);
                    self.target_of(target, parameters)
                }
            };
            plan.plain &= matches!(target, Target::Slot(_));
            plan.arguments.push((target, value));
        }
        let unfilled = matching.filled.iter().enumerate().filter(|(_, filled)| !**filled);
        plan.defaults = unfilled.map(|(at, _)| at as u32).collect();
        plan.plain &= plan.defaults.iter().all(|at| !is_special(parameters[*at as usize]));
        Ok(plan)
    }

    fn target_of(&mut self, parameter: Option<usize>, parameters: &[&str]) -> Target {
        match parameter {
            None => Target::Dropped,
            Some(at) if is_special(parameters[at]) => Target::Special(self.job.special_id(&Name::from(parameters[at]))),
            Some(at) => Target::Slot(at as u32),
        }
    }
}

/// How far the arguments of one call were matched with parameters.
pub(in crate::scad) struct Matching<'a> {
    parameters: &'a [&'a str],
    /// Where to find them, where there are too many to look through.
    index: FxHashMap<&'a str, usize>,
    named: NameSet,
    filled: Vec<bool>,
    next: usize,
    told: bool,
}

/// Names that one looks through, or finds where there are more.
#[derive(Default)]
struct NameSet {
    few: Vec<Name>,
    many: FxHashSet<Name>,
}

/// Names that one looks through.
const FEW: usize = 16;

impl NameSet {
    fn contains(&self, name: &str) -> bool {
        self.few.iter().any(|few| **few == *name) || self.many.contains(name)
    }

    fn insert(&mut self, name: Name) {
        if self.few.len() < FEW {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
    }
}

impl<'a> Matching<'a> {
    /// Nothing matched so far.
    pub(in crate::scad) fn new(parameters: &'a [&'a str]) -> Self {
        let filled = vec![false; parameters.len()];
        let mut index = FxHashMap::default();
        if parameters.len() > FEW {
            // of several parameters with one name the first is the variable
            index.extend(parameters.iter().enumerate().rev().map(|(at, name)| (*name, at)));
        }
        Self { parameters, index, named: NameSet::default(), filled, next: 0, told: false }
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.parameters.len() > FEW {
            return self.index.get(name).copied();
        }
        self.parameters.iter().position(|parameter| *parameter == name)
    }

    /// The parameter of that name, and OpenSCAD's warnings about it.
    pub(in crate::scad) fn named_target(&mut self, name: &Name, notes: &mut Vec<Remark>) -> Option<usize> {
        let target = self.position(name);
        if self.named.contains(name) {
            notes.push(remark(format!("argument \"{name}\" supplied more than once"), None));
        } else if target.is_some_and(|at| self.filled[at]) {
            notes.push(remark(format!("argument \"{name}\" overrides positional argument"), None));
        } else if target.is_none() && !is_special(name) {
            let hint = match nearest_name(name, self.parameters.iter().copied()) {
                Some(near) => Some(format!("Did you mean '{near}'?")),
                None => self.takes(),
            };
            notes.push(remark(format!("variable \"{name}\" not specified as parameter"), hint));
        }
        self.named.insert(name.clone());
        if let Some(at) = target {
            self.filled[at] = true;
        }
        target
    }

    /// The next parameter that was not named so far.
    pub(in crate::scad) fn next_target(&mut self, notes: &mut Vec<Remark>) -> Option<usize> {
        while self.next < self.parameters.len() {
            let at = self.next;
            self.next += 1;
            if !self.named.contains(self.parameters[at]) {
                let at = self.position(self.parameters[at]).unwrap_or(at);
                self.filled[at] = true;
                return Some(at);
            }
        }
        if !self.told {
            self.told = true;
            let one_value = if (1..=2).contains(&self.parameters.len()) { BRACKETS } else { "" };
            let hint = self.takes().map(|takes| takes + one_value);
            notes.push(remark("Too many unnamed arguments supplied".into(), hint));
        }
        None
    }

    /// The parameters, in words; none where there are too many to be read.
    fn takes(&self) -> Option<String> {
        match self.parameters {
            [] => Some("It takes no arguments.".into()),
            few if few.len() <= SHOWN => Some(format!("It takes {}.", few.join(", "))),
            _ => None,
        }
    }
}

/// Parameters that a hint names at most.
const SHOWN: usize = 12;
/// For `translate(1, 2, 3)`.
const BRACKETS: &str = " Several numbers that are one value stand in brackets: [x, y, z].";

fn remark(message: String, hint: Option<String>) -> Remark {
    Remark { message, hint }
}

/// Whether each argument goes to a parameter, and there is nothing to say.
fn is_simple(plan: &ArgumentPlan) -> bool {
    let to_parameter = |(target, _): &(Target, Expr)| matches!(target, Target::Slot(slot) if *slot < plan.parameters);
    plan.plain && plan.notes.is_empty() && plan.arguments.iter().all(to_parameter)
}

/// Gives arguments beyond the parameters places behind them; whether one of these is new, so that the callee must be lowered anew.
pub(super) fn add_extras(plan: &mut ArgumentPlan, extras: Vec<(usize, Name)>, known: &mut Vec<Name>) -> bool {
    if extras.is_empty() {
        return false;
    }
    let before = known.len();
    let mut index: FxHashMap<Name, usize> = known.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
    for (at, name) in extras {
        let place = *index.entry(name.clone()).or_insert_with(|| {
            known.push(name);
            known.len() - 1
        });
        plan.arguments[at].0 = Target::Slot(plan.parameters + place as u32);
    }
    known.len() > before
}

fn dynamic(candidates: Vec<Expr>, otherwise: Otherwise, arguments: Vec<(Option<Name>, Expr)>, site: Rc<Site>) -> Expr {
    Expr::Dynamic(Box::new(DynamicCall { candidates, otherwise, arguments, site }))
}
