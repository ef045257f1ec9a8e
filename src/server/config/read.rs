//! TOML to [`Config`], against the table of options.

use super::option::{Kind, Setting, Slot, options};
use super::{Config, HashKey, ReadFile};
use crate::base::{Code, Fault, code};
use crate::lineage::is_name;
use crate::policy::links::Domains;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) fn config(text: &str, read_file: ReadFile<'_>) -> Result<Config, Vec<Fault>> {
    let mut reader = Reader { text, config: Config::default(), faults: Vec::new() };
    // Recovering from syntax errors would turn one mistake into a list of consequences, so the first one is enough.
    match DeTable::parse(text) {
        Ok(document) => reader.document(document.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(code::CONFIG_SYNTAX, at, "");
        }
    }
    reader.hash_key(read_file);
    reader.body_limits();
    reader.lineage();
    if reader.faults.is_empty() { Ok(reader.config) } else { Err(reader.faults) }
}

struct Reader<'a> {
    text: &'a str,
    config: Config,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in document.iter() {
            let table = name.get_ref().as_ref();
            match value.get_ref() {
                DeValue::Table(entries) if options().iter().any(|option| option.table == table) => {
                    self.table(table, entries);
                }
                _ => self.fault(code::CONFIG_UNKNOWN, name.span().start, &quoted(table)),
            }
        }
    }

    fn table(&mut self, table: &str, entries: &DeTable<'_>) {
        for (name, value) in entries.iter() {
            let known = options()
                .iter()
                .find(|option| option.table == table && option.name == name.get_ref().as_ref());
            match known {
                Some(option) => self.set(option, value),
                None => {
                    let full = format!("{table}.{}", name.get_ref());
                    self.fault(code::CONFIG_UNKNOWN, name.span().start, &quoted(&full));
                }
            }
        }
    }

    fn set(&mut self, option: &Setting, value: &Spanned<DeValue<'_>>) {
        let taken = match ((option.slot)(&mut self.config), value.get_ref()) {
            (Slot::Integer(slot), DeValue::Integer(number)) => {
                let number = u64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
                number.is_ok_and(|number| in_range(option.kind, number) && put(slot, number))
            }
            (Slot::Address(slot), DeValue::String(text)) => {
                text.parse().is_ok_and(|address| put(slot, address))
            }
            (Slot::Text(slot), DeValue::String(text)) => put(slot, text.as_ref().to_owned()),
            (Slot::Choice(slot), DeValue::String(text)) => slot.choose(text),
            (Slot::File(slot), DeValue::String(text)) => put(slot, Some(PathBuf::from(&**text))),
            (Slot::Directories(slot), DeValue::Array(items)) => {
                let paths = items.iter().map(|item| item.get_ref().as_str().map(PathBuf::from));
                paths.collect::<Option<_>>().is_some_and(|paths: Vec<_>| put(slot, paths))
            }
            (Slot::Domains(slot), DeValue::Array(items)) => {
                let names = items.iter().map(|item| item.get_ref().as_str());
                let names: Option<Vec<_>> = names.collect();
                let domains = names.map(Domains::new);
                domains.and_then(Result::ok).is_some_and(|domains| put(slot, domains))
            }
            _ => false,
        };
        if !taken {
            let detail = format!("{}.{} is {}", option.table, option.name, option.kind.expected());
            self.fault(code::CONFIG_VALUE, value.span().start, &detail);
        }
    }

    fn hash_key(&mut self, read_file: ReadFile<'_>) {
        let Some(path) = self.config.hash_key_file.clone() else { return };
        match hash_key(&path, read_file) {
            Ok(key) => self.config.hash_key = Some(key),
            Err(why) => {
                let detail = format!("redaction.hash-key-file {}: {why}", path.display());
                self.faults.push(Fault::new(code::CONFIG_FILE, detail));
            }
        }
    }

    /// A body that alone is larger than what all may have would never be accepted.
    fn body_limits(&mut self) {
        let Config { max_body_bytes: one, bodies_bytes_max: all, .. } = self.config;
        if one > all {
            let detail = format!(
                "server.bodies-bytes-max is {all}, less than the {one} bytes of server.max-body-bytes"
            );
            self.faults.push(Fault::new(code::CONFIG_VALUE, detail));
        }
    }

    /// A ledger without keys has no tokens, and keys without a ledger no use.
    fn lineage(&mut self) {
        let Config { lineage_directory, lineage_key_file, lineage_tenant, .. } = &self.config;
        let mut wrong = Vec::new();
        if lineage_directory.is_some() != lineage_key_file.is_some() {
            wrong.push("lineage.directory and lineage.key-file need each other");
        }
        if !is_name(lineage_tenant) {
            wrong.push("lineage.tenant is a short name of printable ASCII characters");
        }
        let faults = wrong.into_iter().map(|detail| Fault::new(code::CONFIG_VALUE, detail));
        self.faults.extend(faults);
    }

    fn fault(&mut self, code: Code, at: usize, detail: &str) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let separator = if detail.is_empty() { "" } else { ": " };
        let detail = format!("line {line}, column {column}{separator}{detail}");
        self.faults.push(Fault::new(code, detail));
    }
}

fn in_range(kind: Kind, number: u64) -> bool {
    matches!(kind, Kind::Integer { min, max, .. } if (min..=max).contains(&number))
}

fn put<T>(slot: &mut T, value: T) -> bool {
    *slot = value;
    true
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}

fn hash_key(path: &Path, read_file: ReadFile<'_>) -> Result<HashKey, String> {
    let bytes = read_file(path).map_err(|error| error.to_string())?;
    let wrong = || "a key is 64 hexadecimal digits".to_owned();
    let digits = bytes.trim_ascii();
    if digits.len() != 64 {
        return Err(wrong());
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).ok_or_else(wrong);
        *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).map_err(|_| wrong())?;
    }
    Ok(HashKey(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn parse(text: &str) -> Result<Config, Vec<String>> {
        let read_file = |path: &Path| match path.to_str() {
            Some("good.key") => Ok(format!("{}\n", "0f".repeat(32)).into_bytes()),
            Some("bad.key") => Ok(b"secret".to_vec()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        config(text, &read_file)
            .map_err(|faults| faults.iter().map(|fault| fault.to_string()).collect())
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(parse(""), Ok(Config::default()));
    }

    #[test]
    fn values_are_taken() {
        let config = parse(
            "[server]\nlisten = '[::1]:9000'\nmax-body-bytes = 0x10_000\n[rules]\ndirectories = ['a', 'b']\n\
             [redaction]\nstyle = 'hash'\nhash-key-file = 'good.key'\n[log]\nlevel = 'debug'",
        )
        .unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:9000");
        assert_eq!(config.max_body_bytes, 0x10_000);
        assert_eq!(config.rules, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(config.hash_key, Some(HashKey([15; 32])));
        assert_eq!(config.log_level, super::super::LogLevel::Debug);
        assert_eq!(format!("{:?}", config.hash_key), "Some([key])");
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let faults = parse(
            "top = 1\n[server]\nworkers = 2000\nlisten = 5\nspeed = 'x'\n[extra]\na = 1\n\
             [redaction]\nstyle = 'rot13'\nhash-key-file = 'bad.key'\n",
        )
        .unwrap_err();
        let expect = [
            "config.unknown] line 1, column 1: `top`",
            "config.value] line 3, column 11: server.workers is a whole number from 0 to 1024 (threads)",
            "config.value] line 4, column 10: server.listen is an IP address with a port, such as \"127.0.0.1:8181\"",
            "config.unknown] line 5, column 1: `server.speed`",
            "config.unknown] line 6, column 2: `extra`",
            "config.value] line 9, column 9: redaction.style is one of \"rule\", \"placeholder\", \"numbered\", \"mask\", \"hash\", \"remove\"",
            "config.file] redaction.hash-key-file bad.key: a key is 64 hexadecimal digits",
        ];
        for line in expect {
            let (code, detail) = line.split_once("] ").unwrap();
            let found = faults.iter().any(|fault| fault.ends_with(&format!("{detail} [{code}]")));
            assert!(found, "{line} is not in {faults:#?}");
        }
        assert_eq!(faults.len(), expect.len(), "{faults:#?}");
    }

    #[test]
    fn the_largest_body_must_fit() {
        let faults = parse("[server]\nbodies-bytes-max = 1_000_000").unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("server.bodies-bytes-max is 1000000, less than"), "{faults:?}");
        assert!(parse("[server]\nbodies-bytes-max = 100_000\nmax-body-bytes = 100_000").is_ok());
    }

    #[test]
    fn a_ledger_and_its_key_need_each_other() {
        let faults = parse("[lineage]\ndirectory = 'ledger'\ntenant = ''").unwrap_err();
        assert_eq!(faults.len(), 2);
        assert!(faults[0].contains("need each other"), "{faults:?}");
        assert!(faults[1].contains("lineage.tenant"), "{faults:?}");
        let config = parse("[lineage]\ndirectory = 'ledger'\nkey-file = 'good.key'").unwrap();
        assert_eq!(config.lineage_directory, Some(PathBuf::from("ledger")));
    }

    #[test]
    fn syntax_errors_name_the_line() {
        let faults = parse("[server]\nworkers = = 1\n").unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("line 2, column"), "{faults:?}");
        assert!(parse("a = 1\na = 2").unwrap_err()[0].contains("config.syntax"));
    }

    #[test]
    fn a_missing_key_file_is_an_error() {
        let faults = parse("[redaction]\nhash-key-file = 'gone'").unwrap_err();
        assert!(faults[0].contains("config.file"), "{faults:?}");
    }
}
