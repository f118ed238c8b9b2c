//! The layers, put over one another: defaults, file, environment, flags.

use std::path::Path;

use config::{Config, File, FileFormat, Value, ValueKind};

use crate::config::keys::{KEYS, Kind, default_toml, environment_name};
use crate::config::raw::Raw;
use crate::config::{ConfigError, Settings};

/// What stands over the file: variables of the environment and `key=value` flags.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Variables; those that do not begin with `MAQUETTE_` are passed over.
    pub environment: Vec<(String, String)>,
    /// `section.key=value`, in the order given.
    pub flags: Vec<String>,
}

impl Overrides {
    /// The environment of this process, and these flags.
    pub fn from_process(flags: Vec<String>) -> Self {
        Self { environment: std::env::vars().collect(), flags }
    }
}

/// Variables that are not settings: which file to read, and what tests and build scripts are told.
const NOT_SETTINGS: [&str; 2] = ["MAQUETTE_CONFIG", "MAQUETTE_TEST_"];

/// Reads all layers and checks them.
///
/// # Errors
/// An unreadable file, an unknown key or a value that cannot be used, each by name.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Settings, ConfigError> {
    let unreadable = |error: config::ConfigError| ConfigError::Unreadable(error.to_string());
    let mut builder = Config::builder().add_source(File::from_str(&default_toml(), FileFormat::Toml));
    if let Some(file) = file {
        // read here rather than by the crate: its message does not say which file
        let text = std::fs::read_to_string(file)
            .map_err(|error| ConfigError::Unreadable(format!("{}: {error}", file.display())))?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    for (name, text) in overrides.environment.iter().filter(|(name, _)| name.starts_with("MAQUETTE_")) {
        if NOT_SETTINGS.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let key = KEYS.iter().find(|key| environment_name(key.name) == *name);
        let key = key.ok_or_else(|| unknown(name, "the environment", environment_name))?;
        builder = builder.set_override(key.name, typed(key.kind, text)).map_err(unreadable)?;
    }
    for flag in &overrides.flags {
        let (name, text) = flag.split_once('=').unwrap_or((flag, ""));
        let key = KEYS.iter().find(|key| key.name == name.trim());
        let key = key.ok_or_else(|| unknown(name, "a flag", str::to_owned))?;
        builder = builder.set_override(key.name, typed(key.kind, text.trim())).map_err(unreadable)?;
    }
    let raw: Raw = builder.build().and_then(Config::try_deserialize).map_err(unreadable)?;
    Settings::check(raw)
}

fn typed(kind: Kind, text: &str) -> Value {
    let value = match kind {
        Kind::Text => ValueKind::String(text.to_owned()),
        // what is no number or truth is left as text, and refused with the key's name when it is read
        Kind::Number => text.parse::<i64>().map_or_else(|_| ValueKind::String(text.to_owned()), ValueKind::I64),
        Kind::Bool => text.parse::<bool>().map_or_else(|_| ValueKind::String(text.to_owned()), ValueKind::Boolean),
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            ValueKind::Array(items.map(|item| Value::new(None, ValueKind::String(item.to_owned()))).collect())
        }
    };
    Value::new(None, value)
}

fn unknown(name: &str, from: &str, spelled: impl Fn(&str) -> String) -> ConfigError {
    let nearest = KEYS.iter().map(|key| spelled(key.name)).min_by_key(|known| distance(known, name));
    let near = nearest.filter(|known| distance(known, name) <= 1 + name.len() / 4);
    let suggestion = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    ConfigError::UnknownKey { key: name.to_owned(), from: from.to_owned(), suggestion }
}

/// Levenshtein's distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, character) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, counterpart) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(character != *counterpart);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
