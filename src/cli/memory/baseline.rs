//! What was found before: a file with a line per piece, its hash first, and what it holds behind it if that is anything.
//!
//! The first line names the rules and options. A file of other rules says nothing about these, and is not used.

use super::held::Held;
use crate::base::Fault;
use crate::base::code::{FILE_UNREADABLE, MEMORY_BASELINE};
use crate::cli::output::replace_file;
use crate::engine::ContentHash;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// How the file begins; the number is that of the form.
const MAGIC: &str = "lockgate-memory-baseline/1 ";
/// Digits of a hash.
const HASH_DIGITS: usize = 32;

/// Pieces that were inspected before. Nothing is kept for those that hold nothing.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<ContentHash, Option<Box<Held>>>);

/// What a file of a baseline is good for.
#[derive(Debug)]
pub(super) enum Loaded {
    Known(Known),
    /// It was made with other rules or options.
    Other,
    /// There is none yet.
    Absent,
}

impl Known {
    /// What was found in the piece of this hash, if it was inspected.
    pub(super) fn of(&self, hash: ContentHash) -> Option<Option<&Held>> {
        self.0.get(&hash).map(Option::as_deref)
    }

    /// Reads a baseline that was made with the rules of this name.
    pub(super) fn load(path: &Path, name: &str) -> Result<Loaded, Fault> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::Absent),
            Err(error) => {
                let detail = format!("{}: {error}", path.to_string_lossy());
                return Err(Fault::new(FILE_UNREADABLE, detail));
            }
        };
        let wrong = |line: usize| {
            Fault::new(MEMORY_BASELINE, format!("{}, line {line}", path.to_string_lossy()))
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong(1))?;
        let mut lines = text.lines();
        match lines.next().and_then(|line| line.strip_prefix(MAGIC)) {
            Some(made_with) if made_with == name => {}
            Some(_) => return Ok(Loaded::Other),
            None => return Err(wrong(1)),
        }
        let mut known = HashMap::new();
        for (index, line) in lines.enumerate() {
            let (hash, held) = entry(line).ok_or_else(|| wrong(index + 2))?;
            known.insert(hash, held);
        }
        Ok(Loaded::Known(Self(known)))
    }
}

fn entry(line: &str) -> Option<(ContentHash, Option<Box<Held>>)> {
    let (digits, rest) = line.split_at_checked(HASH_DIGITS)?;
    let mut hash = [0; HASH_DIGITS / 2];
    for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    let held = match rest.strip_prefix(' ') {
        Some(json) => Some(serde_json::from_str(json).ok()?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some((ContentHash(hash), held))
}

/// The digits of a hash.
pub(super) fn digits(hash: ContentHash) -> String {
    let mut digits = String::with_capacity(HASH_DIGITS);
    for byte in hash.0 {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// Writes a baseline beside its place first, so that an interrupted run leaves the old one.
pub(super) fn save<'h>(
    path: &Path,
    name: &str,
    pieces: impl Iterator<Item = (ContentHash, Option<&'h Held>)>,
) -> Result<(), Fault> {
    replace_file(path, |out| {
        writeln!(out, "{MAGIC}{name}")?;
        for (hash, held) in pieces {
            out.write_all(digits(hash).as_bytes())?;
            if let Some(held) = held {
                out.write_all(b" ")?;
                serde_json::to_writer(&mut *out, held)?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_known_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("seen");
        let held = Held { scanned: true, ..Held::default() };
        let pieces = [(ContentHash([1; 16]), None), (ContentHash([0xab; 16]), Some(&held))];
        save(&path, "x", pieces.into_iter()).expect("it can be written");
        let Ok(Loaded::Known(known)) = Known::load(&path, "x") else { panic!("it is readable") };
        assert_eq!(known.of(ContentHash([1; 16])), Some(None));
        assert_eq!(known.of(ContentHash([0xab; 16])), Some(Some(&held)));
        assert_eq!(known.of(ContentHash([2; 16])), None);
        assert!(matches!(Known::load(&path, "y"), Ok(Loaded::Other)));
        assert!(matches!(Known::load(&folder.path().join("none"), "x"), Ok(Loaded::Absent)));
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("seen");
        let hash = "00".repeat(16);
        let check = |text: &str, expect: &str| {
            fs::write(&path, text).expect("it can be written");
            let fault = Known::load(&path, "x").expect_err("it is damaged");
            assert_eq!(fault.code, MEMORY_BASELINE);
            assert!(fault.detail.ends_with(expect), "{text}: {}", fault.detail);
        };
        check("", "line 1");
        check("other\n", "line 1");
        check(&format!("{MAGIC}x\n{hash}\nzz\n"), "line 3");
        check(&format!("{MAGIC}x\n{hash} {{\n"), "line 2");
        check(&format!("{MAGIC}x\n{hash}x\n"), "line 2");
        check(&format!("{MAGIC}x\n{}\n", "é".repeat(40)), "line 2");
    }
}
