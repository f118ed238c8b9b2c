//! Programs as OpenSCAD writes them back (`.ast`): what each file of includes comes to, without comments but those of the customizer.

use std::fmt::Write as _;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diag::FileId;
use crate::scad::ast::{self, Expr, Instantiation, Scope, Statement};
use crate::scad::customizer::{Remarks, remarks};
use crate::scad::eval::Interpreter;
use crate::scad::load::FileInstance;
use crate::scad::print::{arguments_into, expr_into, parameters_into, quoted_into};

/// The main program, once it is loaded: functions, modules, variables with what the customizer reads of them, then what is made.
pub fn program_text(interpreter: &Interpreter<'_>) -> String {
    let mut out = String::new();
    let Some(main) = interpreter.files.first() else { return out };
    let (functions, modules) = main.definitions;
    interpreter.functions[..functions].iter().for_each(|entry| function_into(&mut out, entry.syntax.whole(), 0));
    interpreter.modules[..modules].iter().for_each(|entry| module_into(&mut out, entry.syntax.whole(), 0));
    variables_into(&mut out, interpreter, main);
    main.instantiations.iter().for_each(|(_, syntax)| instantiation_into(&mut out, syntax, 0));
    out
}

fn variables_into(out: &mut String, interpreter: &Interpreter<'_>, main: &FileInstance) {
    let program = FileId(0);
    let offered = interpreter.sources.text(program).map(|text| remarks(text)).unwrap_or_default();
    for variable in &main.assignments {
        // a variable that an included file has the last word on is not offered; one that is set from outside stays so
        let is_own = variable.source == program || interpreter.is_outside(variable.source);
        if let Some(remarks) = offered.get(&*variable.name).filter(|_| is_own) {
            remarks_into(out, remarks);
        }
        assignment_into(out, &variable.name, &variable.value, 0);
    }
}

fn remarks_into(out: &mut String, remarks: &Remarks) {
    for (word, text) in [("Group", &remarks.group), ("Description", &remarks.description)] {
        if !text.is_empty() {
            let _ = write!(out, "//{word}(");
            quoted_into(out, text);
            out.push_str(")\n");
        }
    }
    let _ = writeln!(out, "//Parameter({})", remarks.values);
}

fn scope_into(out: &mut String, scope: &Scope, depth: usize) {
    let mut variables: Vec<(&str, &Expr)> = Vec::new();
    let mut places = FxHashMap::default();
    for statement in &scope.statements {
        match statement {
            Statement::Function(function) => function_into(out, function.whole(), depth),
            Statement::Assignment(assignment) => {
                let at = *places.entry(&*assignment.name).or_insert(variables.len());
                match variables.get_mut(at) {
                    Some(variable) => variable.1 = &assignment.value,
                    None => variables.push((&assignment.name, &assignment.value)),
                }
            }
            _ => {}
        }
    }
    for statement in &scope.statements {
        if let Statement::Module(module) = statement {
            module_into(out, module.whole(), depth);
        }
    }
    variables.iter().for_each(|(name, value)| assignment_into(out, name, value, depth));
    for statement in &scope.statements {
        if let Statement::Instantiation(instantiation) = statement {
            instantiation_into(out, instantiation, depth);
        }
    }
}

fn function_into(out: &mut String, function: &ast::Function, depth: usize) {
    indent(out, depth);
    let _ = write!(out, "function {}(", function.name);
    parameters_into(out, &function.parameters);
    out.push_str(") = ");
    expr_into(out, &function.body);
    out.push_str(";\n");
}

fn module_into(out: &mut String, module: &ast::Module, depth: usize) {
    indent(out, depth);
    let _ = write!(out, "module {}(", module.name);
    parameters_into(out, &module.parameters);
    out.push_str(") {\n");
    scope_into(out, &module.body, depth + 1);
    indent(out, depth);
    out.push_str("}\n");
}

fn assignment_into(out: &mut String, name: &str, value: &Expr, depth: usize) {
    indent(out, depth);
    let _ = write!(out, "{name} = ");
    expr_into(out, value);
    out.push_str(";\n");
}

fn instantiation_into(out: &mut String, instantiation: &Arc<Instantiation>, depth: usize) {
    indent(out, depth);
    out.push_str(&instantiation.name);
    arguments_into(out, &instantiation.arguments);
    children_into(out, &instantiation.children, depth);
    if let Some(otherwise) = &instantiation.otherwise {
        indent(out, depth);
        out.push_str("else");
        children_into(out, otherwise, depth);
    }
}

/// Nothing, the only child on the same line, or several in braces.
fn children_into(out: &mut String, scope: &Scope, depth: usize) {
    match scope.statements.len() {
        0 => out.push_str(";\n"),
        1 => {
            let mut child = String::new();
            scope_into(&mut child, scope, depth);
            out.push(' ');
            out.push_str(child.trim_start_matches('\t'));
        }
        _ => {
            out.push_str(" {\n");
            scope_into(out, scope, depth + 1);
            indent(out, depth);
            out.push_str("}\n");
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n('\t', depth));
}
