//! Who may import whom: only downward, and siblings of one layer never each other.

use crate::paths::{Named, paths};
use crate::rust::{views, without_tests, words};
use crate::tree::{File, rust_files};
use crate::{Complaint, expect_none};

/// Folder and layer. `docs/ARCHITECTURE.md` says what each owns.
const LAYERS: [(&str, u8); 21] = [
    ("base", 0),
    ("text", 1),
    ("syntax", 1),
    ("payload", 1),
    ("matcher", 2),
    ("validate", 2),
    ("classify", 2),
    ("lists", 2),
    ("rules", 3),
    ("scan", 4),
    ("policy", 5),
    ("redact", 5),
    ("lineage", 5),
    ("vault", 5),
    ("engine", 6),
    ("audit", 7),
    ("server", 7),
    ("batch", 7),
    ("eval", 7),
    ("corpus", 7),
    ("cli", 8),
];

/// The first layer that may touch the world outside.
const WORLDLY: u8 = 7;

/// Paths that belong to the world outside, and why the core stays without them.
const WORLD: [(&[&str], &str); 8] = [
    (&["tokio"], "the core is synchronous"),
    (&["axum"], "only the server speaks HTTP"),
    (&["std", "fs"], "the core reads no files"),
    (&["std", "env"], "settings come through arguments"),
    (&["std", "process"], "the core starts and ends no process"),
    (&["std", "thread"], "the caller owns the threads"),
    (&["std", "time", "Instant"], "the core reads no clock"),
    (&["std", "time", "SystemTime"], "the core reads no clock"),
];

/// Names that give the same away when they come through an import of their module. Not all of `std::net`:
/// an address is plain data.
const WORLD_WORDS: [(&str, &str); 11] = [
    ("TcpStream", "the core opens no sockets"),
    ("TcpListener", "the core opens no sockets"),
    ("UdpSocket", "the core opens no sockets"),
    ("ToSocketAddrs", "the core resolves no names"),
    ("Instant", "the core reads no clock"),
    ("SystemTime", "the core reads no clock"),
    ("println", "only the command line prints"),
    ("eprintln", "only the command line prints"),
    ("print", "only the command line prints"),
    ("eprint", "only the command line prints"),
    ("dbg", "only the command line prints"),
];

fn layer_of(folder: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == folder).map(|(_, layer)| *layer)
}

/// Segments of the module a file under `src/` holds: `["scan", "overlap"]`. Empty for the roots.
fn module_of(path: &str) -> Vec<&str> {
    let inner = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs"));
    let mut segments: Vec<_> = inner.unwrap_or_default().split('/').collect();
    if segments.last() == Some(&"mod") {
        segments.pop();
    }
    if matches!(segments[..], ["lib" | "main"]) {
        segments.pop();
    }
    segments
}

/// Test code may look wherever it likes.
fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The top-level module that `path`, named in the module `here`, leads to.
fn target<'p>(path: &'p Named, here: &[&'p str]) -> Option<&'p str> {
    let segments: Vec<_> = path.segments.iter().map(String::as_str).collect();
    let supers = segments.iter().take_while(|segment| **segment == "super").count();
    match segments[..] {
        ["crate" | "lockgate", top, ..] => Some(top),
        _ if supers > 0 && supers == here.len() => segments.get(supers).copied(),
        _ => None,
    }
}

fn check_imports(file: &File) -> Vec<Complaint> {
    let here = module_of(&file.path);
    let Some((&folder, _)) = here.split_first() else { return Vec::new() };
    let Some(layer) = layer_of(folder) else {
        return vec![format!("{}: {folder} has no layer", file.path)];
    };
    let code = without_tests(&views(&file.text).code);
    let mut complaints = Vec::new();
    for path in paths(&code) {
        let Some(top) = target(&path, &here).filter(|top| *top != folder) else { continue };
        // A name that is no folder is something `lib.rs` re-exports: it lies above every layer.
        let below = layer_of(top);
        if below.is_none_or(|below| below >= layer) {
            let below = below.map_or_else(|| "the root".to_owned(), |below| format!("L{below}"));
            let place = file.place(path.offset);
            complaints.push(format!("{place}: {folder} (L{layer}) imports {top} ({below})"));
        }
    }
    complaints
}

fn check_world(file: &File) -> Vec<Complaint> {
    let here = module_of(&file.path);
    let layer = here.first().and_then(|folder| layer_of(folder));
    if layer.is_none_or(|layer| layer >= WORLDLY) {
        return Vec::new();
    }
    let code = without_tests(&views(&file.text).code);
    let mut complaints = Vec::new();
    for path in paths(&code) {
        for (banned, why) in WORLD {
            if path
                .segments
                .iter()
                .map(String::as_str)
                .take(banned.len())
                .eq(banned.iter().copied())
            {
                let place = file.place(path.offset);
                complaints.push(format!("{place}: {} below L{WORLDLY}: {why}", banned.join("::")));
            }
        }
    }
    for (word, why) in WORLD_WORDS {
        for at in words(&code, word) {
            complaints.push(format!("{}: {word} below L{WORLDLY}: {why}", file.place(at)));
        }
    }
    complaints
}

fn sources() -> impl Iterator<Item = File> {
    rust_files("src").into_iter().filter(|file| !is_test_file(&file.path))
}

#[test]
fn imports_go_down() {
    let complaints: Vec<_> = sources().flat_map(|file| check_imports(&file)).collect();
    expect_none(
        &complaints,
        "Move what is shared down a layer; docs/ARCHITECTURE.md has the table.",
    );
}

#[test]
fn the_core_does_not_touch_the_world() {
    let complaints: Vec<_> = sources().flat_map(|file| check_world(&file)).collect();
    expect_none(&complaints, "Hand it in from the server or the command line.");
}

#[track_caller]
fn check(path: &str, text: &str, expect: &[&str]) {
    let file = File { path: path.to_owned(), text: text.to_owned() };
    let found: Vec<_> = check_imports(&file).into_iter().chain(check_world(&file)).collect();
    assert_eq!(found, expect, "{path}: {text}");
}

#[test]
fn a_planted_upward_import_is_caught() {
    check(
        "src/scan/mod.rs",
        "//! x\nuse crate::engine::Engine;",
        &["src/scan/mod.rs:2: scan (L4) imports engine (L6)"],
    );
    check(
        "src/base/span.rs",
        "use crate::{\n    base::Span,\n    rules::{Rule, Rules},\n};",
        &[
            "src/base/span.rs:3: base (L0) imports rules (L3)",
            "src/base/span.rs:3: base (L0) imports rules (L3)",
        ],
    );
    check(
        "src/text/mod.rs",
        "fn f(x: crate::scan::Scratch) {}",
        &["src/text/mod.rs:1: text (L1) imports scan (L4)"],
    );
    check(
        "src/text/view.rs",
        "use super::super::cli::main;",
        &["src/text/view.rs:1: text (L1) imports cli (L8)"],
    );
    check(
        "src/rules/a.rs",
        "use crate::Engine;",
        &["src/rules/a.rs:1: rules (L3) imports Engine (the root)"],
    );
}

#[test]
fn a_planted_sibling_import_is_caught() {
    check(
        "src/redact/mod.rs",
        "use crate::policy::Policy;",
        &["src/redact/mod.rs:1: redact (L5) imports policy (L5)"],
    );
}

#[test]
fn a_planted_clock_is_caught() {
    check(
        "src/engine/mod.rs",
        "use std::time;\nfn f() { time::Instant::now(); }",
        &["src/engine/mod.rs:2: Instant below L7: the core reads no clock"],
    );
    check(
        "src/rules/mod.rs",
        "use std::{env, fs::File};",
        &[
            "src/rules/mod.rs:1: std::env below L7: settings come through arguments",
            "src/rules/mod.rs:1: std::fs below L7: the core reads no files",
        ],
    );
}

#[test]
fn what_is_allowed_passes() {
    check("src/scan/mod.rs", "use crate::{base::Span, rules::Rules, scan::Scratch};", &[]);
    check("src/scan/overlap.rs", "use super::Scratch; use super::super::base::Span;", &[]);
    check(
        "src/base/span.rs",
        "/// [`Rules`](crate::rules::Rules)\nconst X: &str = \"std::fs\";",
        &[],
    );
    check("src/base/span.rs", "#[cfg(test)]\nmod tests {\n    use crate::engine::Engine;\n}", &[]);
    check("src/cli/mod.rs", "use std::fs; use crate::server::serve; fn f() { println!(); }", &[]);
    check("src/validate/network.rs", "use std::net::Ipv6Addr;", &[]);
    check("src/lib.rs", "pub use crate::engine::Engine;", &[]);
}
