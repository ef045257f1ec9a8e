//! Every crate in the tree has a licence from the list. `deny.toml` holds the same list for cargo-deny;
//! this test needs nothing but cargo, and no network.

use crate::{expect_none, tree::root};
use std::{env, process::Command};

/// Permissive licences only: the binary links all of it.
const ALLOWED: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// True if an SPDX expression can be satisfied from the list: any side of an OR, every side of an AND.
fn is_allowed(expression: &str) -> bool {
    // Some old crates write `MIT/Apache-2.0`, which means OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<_> = spaced.split_whitespace().collect();
    let mut at = 0;
    let allowed = any_of(&tokens, &mut at);
    allowed && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize) -> bool {
    let mut allowed = all_of(tokens, at);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        allowed |= all_of(tokens, at);
    }
    allowed
}

fn all_of(tokens: &[&str], at: &mut usize) -> bool {
    let mut allowed = one(tokens, at);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        allowed &= one(tokens, at);
    }
    allowed
}

fn one(tokens: &[&str], at: &mut usize) -> bool {
    let Some(&first) = tokens.get(*at) else { return false };
    *at += 1;
    if first == "(" {
        let allowed = any_of(tokens, at);
        *at += 1;
        return allowed;
    }
    let mut name = first.to_owned();
    if tokens.get(*at) == Some(&"WITH") {
        name.extend([" WITH ", tokens.get(*at + 1).copied().unwrap_or_default()]);
        *at += 2;
    }
    ALLOWED.contains(&name.as_str())
}

/// The tree as built on this machine: other platforms' crates may never have been downloaded.
fn metadata() -> serde_json::Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("-vV").output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("rustc -vV prints text");
    let host =
        version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc has a host");

    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    command.args(["--filter-platform", host]).current_dir(root());
    if !cfg!(feature = "server") {
        command.arg("--no-default-features");
    }
    let output = command.output().expect("cargo runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata failed: {error}");
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn licences_are_on_the_list() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    assert!(packages.len() > 20, "only {} packages", packages.len());
    let mut complaints = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence) {
            let name = package["name"].as_str().unwrap_or_default();
            complaints.push(format!("{name}: licence {licence}"));
        }
    }
    expect_none(&complaints, "Find another crate, or argue for the licence here and in deny.toml.");
}

#[test]
fn expressions_are_understood() {
    for allowed in
        ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0"]
    {
        assert!(is_allowed(allowed), "{allowed}");
    }
    assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
    for denied in ["GPL-3.0", "MIT AND GPL-3.0", "none", "", "(MIT OR ISC) AND AGPL-3.0", "MIT GPL"]
    {
        assert!(!is_allowed(denied), "{denied}");
    }
}
