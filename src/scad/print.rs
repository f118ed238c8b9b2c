//! Expressions as OpenSCAD writes them back: in failed assertions, in function values and in traces.

use std::fmt::Write as _;

use crate::scad::ast::{Argument, BinaryOp, Expr, ExprKind, Function, Parameter, UnaryOp};
use crate::scad::value::format_number;

/// An expression as text.
pub fn print_expr(expr: &Expr) -> String {
    let mut out = String::new();
    expr_into(&mut out, expr);
    out
}

/// `function(a, b = 1) …`
pub fn print_function(function: &Function) -> String {
    let mut out = String::new();
    function_into(&mut out, function);
    out
}

/// A string as it is written in a program.
pub fn quoted_into(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' | '\\' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out.push('"');
}

fn function_into(out: &mut String, function: &Function) {
    out.push_str("function(");
    parameters_into(out, &function.parameters);
    out.push_str(") ");
    expr_into(out, &function.body);
}

pub(super) fn expr_into(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Undef => out.push_str("undef"),
        ExprKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        ExprKind::Number(value) => out.push_str(&format_number(*value)),
        ExprKind::Text(text) => quoted_into(out, text),
        ExprKind::Name(name) => out.push_str(name),
        ExprKind::Unary(op, operand) => {
            out.push_str(match op {
                UnaryOp::Negate => "-",
                UnaryOp::Not => "!",
                UnaryOp::BitNot => "~",
            });
            expr_into(out, operand);
        }
        ExprKind::Binary(op, operands) => {
            out.push('(');
            expr_into(out, &operands.0);
            let _ = write!(out, " {} ", binary_sign(*op));
            expr_into(out, &operands.1);
            out.push(')');
        }
        ExprKind::Ternary(parts) => {
            out.push('(');
            expr_into(out, &parts.0);
            out.push_str(" ? ");
            expr_into(out, &parts.1);
            out.push_str(" : ");
            expr_into(out, &parts.2);
            out.push(')');
        }
        ExprKind::Index(parts) => {
            expr_into(out, &parts.0);
            out.push('[');
            expr_into(out, &parts.1);
            out.push(']');
        }
        ExprKind::Member(object, name) => {
            expr_into(out, object);
            let _ = write!(out, ".{name}");
        }
        ExprKind::Call(callee, arguments) => {
            callee_into(out, callee);
            arguments_into(out, arguments);
        }
        ExprKind::Function(function) => function_into(out, function),
        _ => compound_into(out, &expr.kind),
    }
}

fn callee_into(out: &mut String, callee: &Expr) {
    if let ExprKind::Name(name) = &callee.kind {
        out.push_str(name);
    } else {
        out.push('(');
        expr_into(out, callee);
        out.push(')');
    }
}

/// Ranges, lists, comprehensions, and the forms that look like calls.
fn compound_into(out: &mut String, kind: &ExprKind) {
    match kind {
        ExprKind::Let(arguments, body) => {
            out.push_str("let");
            arguments_into(out, arguments);
            let parenthesised = is_comprehension(body);
            out.push_str(if parenthesised { " (" } else { " " });
            expr_into(out, body);
            out.push_str(if parenthesised { ")" } else { "" });
        }
        ExprKind::Assert(arguments, body) => call_into(out, "assert", arguments, body.as_deref()),
        ExprKind::Echo(arguments, body) => call_into(out, "echo", arguments, body.as_deref()),
        ExprKind::Range(range) => {
            out.push('[');
            expr_into(out, &range.begin);
            for part in range.step.iter().chain([&range.end]) {
                out.push_str(" : ");
                expr_into(out, part);
            }
            out.push(']');
        }
        ExprKind::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                expr_into(out, item);
            }
            out.push(']');
        }
        ExprKind::For(arguments, body) => {
            out.push_str("for");
            arguments_into(out, arguments);
            wrapped_into(out, " (", body);
        }
        ExprKind::ForC(parts) => {
            out.push_str("for(");
            argument_list_into(out, &parts.init);
            out.push(';');
            expr_into(out, &parts.condition);
            out.push(';');
            argument_list_into(out, &parts.step);
            out.push_str(") ");
            expr_into(out, &parts.body);
        }
        ExprKind::Each(body) => wrapped_into(out, "each (", body),
        ExprKind::If(parts) => {
            out.push_str("if(");
            expr_into(out, &parts.0);
            out.push(')');
            wrapped_into(out, " (", &parts.1);
            if let Some(otherwise) = &parts.2 {
                wrapped_into(out, " else (", otherwise);
            }
        }
        _ => {}
    }
}

fn is_comprehension(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::For(..) | ExprKind::ForC(_) | ExprKind::Each(_) | ExprKind::If(_) => true,
        ExprKind::Let(_, body) => is_comprehension(body),
        _ => false,
    }
}

fn wrapped_into(out: &mut String, before: &str, body: &Expr) {
    out.push_str(before);
    expr_into(out, body);
    out.push(')');
}

fn call_into(out: &mut String, name: &str, arguments: &[Argument], body: Option<&Expr>) {
    out.push_str(name);
    arguments_into(out, arguments);
    if let Some(body) = body {
        out.push(' ');
        expr_into(out, body);
    }
}

pub(super) fn arguments_into(out: &mut String, arguments: &[Argument]) {
    out.push('(');
    argument_list_into(out, arguments);
    out.push(')');
}

fn argument_list_into(out: &mut String, arguments: &[Argument]) {
    for (index, argument) in arguments.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        if let Some(name) = &argument.name {
            let _ = write!(out, "{name} = ");
        }
        expr_into(out, &argument.value);
    }
}

pub(super) fn parameters_into(out: &mut String, parameters: &[Parameter]) {
    for (index, parameter) in parameters.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(&parameter.name);
        if let Some(default) = &parameter.default {
            out.push_str(" = ");
            expr_into(out, default);
        }
    }
}

/// An operator as it is written.
pub fn binary_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "||",
        BinaryOp::And => "&&",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::BitOr => "|",
        BinaryOp::BitAnd => "&",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::Power => "^",
    }
}
