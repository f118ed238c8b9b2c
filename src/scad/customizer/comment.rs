//! The comments that say what a parameter may be: `// [0:10]`, `// [a, b:Label]`, `// 0.5`, `/* [Group] */`.

use crate::scad::options::Literal;
use crate::scad::print::quoted_into;
use crate::scad::value::format_number;

/// What a comment behind a parameter says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Annotation {
    /// Nothing about its values.
    Nothing,
    /// One number: a step, or a length.
    Number(f64),
    /// `[min : max]`, `[min : step : max]`
    Range {
        /// Smallest.
        min: f64,
        /// Distance.
        step: Option<f64>,
        /// Largest.
        max: f64,
    },
    /// `[a, b : Label]`: values, each with its label.
    List(Vec<(Literal, Option<String>)>),
}

/// Groups by line, and the line of the first `{`.
pub(super) fn outline(source: &str) -> (Vec<(usize, String)>, usize) {
    let bytes = source.as_bytes();
    let (mut groups, mut line, mut at, mut in_string, mut end) = (Vec::new(), 0, 0, false, None);
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => line += 1,
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'*') => {
                let rest = &source[at + 2..];
                let text = &rest[..rest.find("*/").unwrap_or(rest.len())];
                let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
                line += breaks;
                if breaks == 0
                    && let Some(name) = group_name(text)
                {
                    groups.push((line, name));
                }
                at += text.len() + 4;
                continue;
            }
            b'{' if !in_string && end.is_none() => end = Some(line),
            _ => {}
        }
        at += 1;
    }
    (groups, end.unwrap_or(usize::MAX))
}

/// The names in brackets, joined, with the spaces around them.
fn group_name(text: &str) -> Option<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('[') {
        let Some((name, after)) = after.split_once(']') else { break };
        names.push(name);
        rest = after;
    }
    (!names.is_empty()).then(|| names.join("-"))
}

/// The comment behind the one assignment of a line.
pub(super) fn behind(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let (mut in_string, mut semicolons, mut at) = (false, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => return Some(&line[at + 2..]),
            b';' if !in_string => {
                semicolons += 1;
                if semicolons > 1 {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What a comment says; nothing where it follows no pattern.
pub(super) fn annotation(comment: &str) -> Annotation {
    let tokens = words(comment);
    match tokens.as_slice() {
        [Word::Number(number)] => Annotation::Number(*number),
        [Word::Sign('['), inner @ .., Word::Sign(']')] => bracketed(inner).unwrap_or(Annotation::Nothing),
        _ => Annotation::Nothing,
    }
}

/// What a comment says as an expression, `""` where it follows no pattern: a number, a text, a range, a list of values and of pairs with labels.
pub(super) fn printed(comment: &str) -> String {
    let tokens = words(comment);
    let printed = match tokens.as_slice() {
        [Word::Sign('['), inner @ .., Word::Sign(']')] => printed_list(inner),
        tokens => {
            let unbracketed: Vec<Word> =
                tokens.iter().filter(|token| !matches!(token, Word::Sign('(' | ')'))).cloned().collect();
            joined(&unbracketed).map(|value| printed_literal(&value))
        }
    };
    printed.unwrap_or_else(|| "\"\"".to_owned())
}

fn printed_list(tokens: &[Word]) -> Option<String> {
    let inner = match bracketed(tokens)? {
        Annotation::Range { min, step, max } => {
            let numbers: Vec<String> = [Some(min), step, Some(max)].into_iter().flatten().map(format_number).collect();
            numbers.join(" : ")
        }
        _ => {
            let item = |tokens: &[Word]| {
                let values = tokens.split(|token| *token == Word::Sign(':')).map(joined).collect::<Option<Vec<_>>>()?;
                let values: Vec<String> = values.iter().map(printed_literal).collect();
                Some(if values.len() == 1 { values.concat() } else { format!("[{}]", values.join(", ")) })
            };
            let items = tokens.split(|token| *token == Word::Sign(',')).map(item).collect::<Option<Vec<_>>>()?;
            items.join(", ")
        }
    };
    Some(format!("[{inner}]"))
}

fn printed_literal(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => format_number(*number),
        other => {
            let mut out = String::new();
            quoted_into(&mut out, &text_of(other));
            out
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Word {
    Sign(char),
    Number(f64),
    Text(String),
}

fn bracketed(tokens: &[Word]) -> Option<Annotation> {
    match tokens {
        [Word::Number(min), Word::Sign(':'), Word::Number(max)] => {
            return Some(Annotation::Range { min: *min, step: None, max: *max });
        }
        [Word::Number(min), Word::Sign(':'), Word::Number(step), Word::Sign(':'), Word::Number(max)] => {
            return Some(Annotation::Range { min: *min, step: Some(*step), max: *max });
        }
        _ => {}
    }
    let item = |tokens: &[Word]| {
        let mut parts = tokens.split(|token| *token == Word::Sign(':'));
        let value = joined(parts.next()?)?;
        let label = parts
            .next()
            .map(|tokens| joined(tokens).map(|label| text_of(&label)))
            .map_or(Some(None), |l| l.map(Some))?;
        parts.next().is_none().then_some((value, label))
    };
    let items: Option<Vec<_>> = tokens.split(|token| *token == Word::Sign(',')).map(item).collect();
    items.map(Annotation::List)
}

/// Words that stand beside each other are one text; nothing but numbers is none.
fn joined(tokens: &[Word]) -> Option<Literal> {
    match tokens {
        [] => None,
        [Word::Number(number)] => Some(Literal::Number(*number)),
        tokens if tokens.iter().all(|token| matches!(token, Word::Number(_))) => None,
        tokens => {
            let text = |token: &Word| match token {
                Word::Number(number) => Some(format_number(*number)),
                Word::Text(text) => Some(text.clone()),
                Word::Sign(_) => None,
            };
            tokens.iter().map(text).collect::<Option<Vec<_>>>().map(|texts| Literal::Text(texts.join(" ")))
        }
    }
}

fn text_of(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => format_number(*number),
        Literal::Text(text) => text.clone(),
        _ => String::new(),
    }
}

fn words(comment: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = comment.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '[' | ']' | ',' | ':' | '(' | ')' => {
                words.push(Word::Sign(first));
                1
            }
            '"' => {
                let inner = &rest[1..];
                let length = inner.find('"').unwrap_or(inner.len());
                words.push(Word::Text(inner[..length].to_owned()));
                (length + 2).min(rest.len())
            }
            _ => {
                let ends = |character: char| character.is_whitespace() || "[],:()\"".contains(character);
                let length = rest.find(ends).unwrap_or(rest.len());
                let word = &rest[..length];
                let digits = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
                let number = word.parse::<f64>().ok().filter(|_| digits);
                words.push(number.map_or_else(|| Word::Text(word.to_owned()), Word::Number));
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    words
}
