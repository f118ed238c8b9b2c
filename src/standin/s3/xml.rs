//! XML out and in, as little as S3 needs.

use std::fmt::Write;

use crate::standin::s3::error::S3Error;

/// `text` with what XML reserves written as references.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            control if control < ' ' => drop(write!(escaped, "&#x{:X};", u32::from(control))),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `<name>text</name>`.
pub fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A document with `root` around `content`.
pub fn document(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{content}</{root}>"
    )
}

/// Parses a request's document.
pub fn parse(body: &[u8]) -> Result<roxmltree::Document<'_>, S3Error> {
    let malformed = || S3Error::bad("MalformedXML", "The XML you provided was not well-formed or did not validate");
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    roxmltree::Document::parse(text).map_err(|_| malformed())
}

/// The text of the child `name`.
pub fn child<'a>(node: roxmltree::Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.tag_name().name() == name).map(|child| child.text().unwrap_or_default())
}
