//! Settings: layers, names, units, and that file, documentation and code say the same.

use std::path::{Path, PathBuf};

use maquette::config::{ConfigError, KEYS, Overrides, default_toml, environment_name, load, markdown_table};
use maquette::daemon::telemetry;

use crate::local_aws::Scratch;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn flags(flags: &[&str]) -> Overrides {
    let own = ["queue.url=https://q", "store.bucket=b"].iter().chain(flags);
    Overrides { environment: Vec::new(), flags: own.map(|flag| (*flag).to_owned()).collect() }
}

fn refusal(flag: &str) -> String {
    load(None, &flags(&[flag])).expect_err("the setting is refused").to_string()
}

#[test]
fn the_file_of_defaults_is_the_table() {
    let file = std::fs::read_to_string(root().join("config/default.toml")).expect("the file is there");
    assert_eq!(file, default_toml(), "config/default.toml must be what config::default_toml() says");
}

#[test]
fn the_documentation_has_every_setting_and_metric() {
    let text = std::fs::read_to_string(root().join("docs/operations.md")).expect("the document is there");
    assert!(text.contains(&markdown_table()), "docs/operations.md must hold config::markdown_table()");
    assert!(text.contains(&telemetry::markdown_table()), "docs/operations.md must hold telemetry::markdown_table()");
}

#[test]
fn the_files_in_config_load() {
    for name in ["local.toml", "production.toml"] {
        let path = root().join("config").join(name);
        let settings = load(Some(&path), &Overrides::default());
        assert!(settings.is_ok(), "{name}: {settings:?}");
    }
}

#[test]
fn later_layers_win() {
    let scratch = Scratch::new();
    let file = scratch.path().join("settings.toml");
    std::fs::write(
        &file,
        "[queue]\nurl = \"https://file\"\nwait_seconds = 3\nvisibility_seconds = 33\n[store]\nbucket = \"b\"\n",
    )
    .expect("the file can be written");
    let environment = vec![
        ("MAQUETTE_QUEUE_WAIT_SECONDS".to_owned(), "4".to_owned()),
        ("MAQUETTE_QUEUE_URL".to_owned(), "https://environment".to_owned()),
        ("MAQUETTE_STORE_READ_BUCKETS".to_owned(), "one, two".to_owned()),
        ("HOME".to_owned(), "/root".to_owned()),
    ];
    let overrides = Overrides { environment, flags: vec!["queue.url=https://flag".into()] };
    let settings = load(Some(&file), &overrides).expect("the settings are good");
    assert_eq!(settings.queue.urls, ["https://flag"]);
    assert_eq!(settings.queue.wait.as_secs(), 4);
    assert_eq!(settings.queue.visibility.as_secs(), 33);
    assert_eq!(settings.store.read_buckets, ["one", "two"]);
    assert_eq!(settings.drain_grace.as_secs(), 600);
}

#[test]
fn unknown_keys_are_refused_by_name() {
    let refused = refusal("queue.vait_seconds=3");
    assert!(
        refused.contains("queue.vait_seconds") && refused.contains("did you mean queue.wait_seconds?"),
        "{refused}"
    );
    let environment = vec![("MAQUETTE_QUEUE_URLS".to_owned(), "x".to_owned())];
    let refused = load(None, &Overrides { environment, flags: Vec::new() }).expect_err("refused").to_string();
    assert!(refused.contains("MAQUETTE_QUEUE_URLS") && refused.contains("MAQUETTE_QUEUE_URL?"), "{refused}");
    let scratch = Scratch::new();
    let file = scratch.path().join("settings.toml");
    std::fs::write(&file, "[worker]\nspeed = 9\n").expect("the file can be written");
    let refused = load(Some(&file), &flags(&[])).expect_err("refused").to_string();
    assert!(refused.contains("speed"), "{refused}");
}

#[test]
fn values_that_cannot_be_used_are_refused_by_key() {
    for (flag, words) in [
        ("queue.wait_seconds=21", "queue.wait_seconds = 21: it must be between 0 and 20"),
        ("queue.url=sqs://x", "it must begin with https:// or http://"),
        ("queue.weights=1,2", "one positive whole number for each queue"),
        ("store.prefix=results", "it must be empty or end in a slash"),
        ("log.format=xml", "auto, json or human"),
        ("http.listen=8080", "127.0.0.1:8080"),
        ("http.ui=true", "http.accept"),
        ("worker.jobs=many", "worker.jobs"),
        ("aws.operation_seconds=5", "aws.attempt_seconds"),
    ] {
        let refused = refusal(flag);
        assert!(refused.contains(words), "{flag}: {refused}");
    }
    let nothing = load(None, &Overrides::default());
    assert!(matches!(nothing, Err(ConfigError::Invalid { key: "queue.url", .. })), "{nothing:?}");
}

#[test]
fn every_key_has_a_variable_of_its_own() {
    let mut names: Vec<String> = KEYS.iter().map(|key| environment_name(key.name)).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), KEYS.len());
}
