//! The options as text: `docs/config.md`, `lockgate.example.toml`, and the resolved settings.

use super::Config;
use super::option::{Kind, Setting, Slot, options};
use std::fmt::Write as _;

impl Kind {
    /// What a value must be, as the end of a sentence.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Integer { min, max, unit } => {
                format!("a whole number from {min} to {max} ({unit})")
            }
            Self::Address => "an IP address with a port, such as \"127.0.0.1:8181\"".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::Choice(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
                format!("one of {}", names.join(", "))
            }
            Self::File => "the path of a file".to_owned(),
            Self::Directories => "a list of paths of directories".to_owned(),
            Self::Domains => {
                "a list of domains that somebody has registered, such as \"contoso.com\"".to_owned()
            }
        }
    }
}

/// `docs/config.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Configuration of `lockgate serve`\n\n\
         `lockgate serve --config FILE` reads a TOML file with these options; all are optional. `lockgate serve --check-config` prints\n\
         the settings that result, or every mistake with its line and code. `--listen` on the command line wins over the file, `--rules` adds to it.\n\
         `lockgate.example.toml` holds every option with its default.\n\n\
         Generated from `src/server/config/option.rs`; `UPDATE=1 cargo test --test http` rewrites it.\n",
    );
    let mut defaults = Config::default();
    let mut table = "";
    for option in options() {
        if option.table != table {
            table = option.table;
            let _ = write!(
                out,
                "\n## `[{table}]`\n\n| option | value | default | what it does |\n|---|---|---|---|\n"
            );
        }
        let default = value(option, &mut defaults).unwrap_or_else(|| "none".to_owned());
        let expected = option.kind.expected();
        let _ = writeln!(out, "| `{}` | {expected} | `{default}` | {} |", option.name, option.doc);
    }
    out
}

/// `lockgate.example.toml`: every option with its default, and a comment.
pub fn example() -> String {
    let mut out = String::from(
        "# Settings of `lockgate serve`, with their defaults. docs/config.md explains the file.\n\
         # Generated; `UPDATE=1 cargo test --test http` rewrites it.\n",
    );
    write_file(&mut out, &mut Config::default(), |out, option| {
        let _ = writeln!(out, "\n# {}\n# Value: {}.", option.doc, option.kind.expected());
    });
    out
}

/// The settings as a configuration file.
pub fn resolved(config: &Config) -> String {
    let mut out = String::new();
    write_file(&mut out, &mut config.clone(), |_, _| ());
    out
}

fn write_file(out: &mut String, config: &mut Config, comment: impl Fn(&mut String, &Setting)) {
    let mut table = "";
    for option in options() {
        if option.table != table {
            let gap = if out.is_empty() { "" } else { "\n" };
            table = option.table;
            let _ = writeln!(out, "{gap}[{table}]");
        }
        comment(out, option);
        let _ = match value(option, config) {
            Some(value) => writeln!(out, "{} = {value}", option.name),
            None => writeln!(out, "# {} = \"\"", option.name),
        };
    }
}

/// The value of an option as TOML; `None` if it has none.
fn value(option: &Setting, config: &mut Config) -> Option<String> {
    let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
    Some(match (option.slot)(config) {
        Slot::Integer(number) => number.to_string(),
        Slot::Address(address) => quote(&address.to_string()),
        Slot::Text(text) => quote(text),
        Slot::Choice(choice) => quote(choice.chosen()),
        Slot::File(path) => quote(&path.as_ref()?.to_string_lossy()),
        Slot::Domains(domains) => {
            let names: Vec<_> = domains.names().map(quote).collect();
            format!("[{}]", names.join(", "))
        }
        Slot::Directories(paths) => {
            let paths: Vec<_> = paths.iter().map(|path| quote(&path.to_string_lossy())).collect();
            format!("[{}]", paths.join(", "))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Config {
        Config::parse(text, &|path| std::fs::read(path)).unwrap()
    }

    #[test]
    fn the_example_is_the_default() {
        assert_eq!(parse(&example()), Config::default());
    }

    #[test]
    fn resolved_settings_read_back() {
        let config = Config { workers: 3, rules: vec!["a b".into()], ..Config::default() };
        assert_eq!(parse(&resolved(&config)), config);
    }

    #[test]
    fn defaults_are_in_range() {
        for option in options() {
            if let (Kind::Integer { min, max, .. }, Slot::Integer(value)) =
                (option.kind, (option.slot)(&mut Config::default()))
            {
                assert!((min..=max).contains(value), "{}.{}", option.table, option.name);
            }
        }
    }
}
