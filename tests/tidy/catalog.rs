//! Codes and limits: every one is used, every code is documented.

use crate::expect_none;
use crate::rust::{views, without_tests, words};
use crate::tree::{root, rust_files};
use lockgate::base::{Code, code};
use std::{collections::BTreeMap, env, fmt::Write, fs};

const CODES_PAGE: &str = "docs/codes.md";
const CODES_SOURCE: &str = "src/base/code";
const LIMITS_SOURCE: &str = "src/base/limits.rs";

/// `docs/codes.md`, written from the catalogue.
fn codes_page() -> String {
    let mut areas = BTreeMap::<&str, Vec<&Code>>::new();
    for code in code::all() {
        let area = code.id.split('.').next().unwrap_or_default();
        areas.entry(area).or_default().push(code);
    }
    let mut page = String::from(
        "# Codes\n\n\
        Everything that can go wrong at an edge has a stable code. Over HTTP an error is\n\
        `application/problem+json` with the code in `code`; a verdict's coverage names the code of each\n\
        part that was not inspected; the command line prints it in brackets.\n\n\
        Codes are permanent: a meaning that changes gets a new code. This page is generated from\n\
        `src/base/code/` by `UPDATE=1 cargo test --test tidy`.\n",
    );
    for (area, codes) in areas {
        let _ = write!(
            page,
            "\n## {area}\n\n| code | HTTP | meaning | what to do |\n|---|---|---|---|\n"
        );
        for Code { id, status, title, help } in codes {
            let status = if *status == 0 { "–".to_owned() } else { status.to_string() };
            let _ = writeln!(page, "| `{id}` | {status} | {title} | {help} |");
        }
    }
    page
}

/// Source text outside of `except`, without comments, literals and tests.
fn code_outside(except: &str) -> String {
    let files = rust_files("src").into_iter().filter(|file| !file.path.starts_with(except));
    files.map(|file| without_tests(&views(&file.text).code)).collect()
}

#[test]
fn codes_are_unique_and_well_formed() {
    let mut seen = BTreeMap::new();
    for Code { id, status, title, help } in code::all() {
        assert!(seen.insert(id, title).is_none(), "{id} twice");
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        assert!(id.contains('.') && id.bytes().all(plain), "{id} is not area.name");
        assert!(*status == 0 || (400..600).contains(status), "{id}: status {status} is no error");
        assert!(!title.is_empty() && !help.is_empty(), "{id} says nothing");
        assert!(!title.contains('|') && !help.contains('|'), "{id} would break its table");
    }
    assert!(!seen.is_empty());
}

#[test]
fn codes_are_documented() {
    let path = root().join(CODES_PAGE);
    let page = codes_page();
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).expect("docs can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{CODES_PAGE} is out of date: UPDATE=1 cargo test --test tidy");
}

#[test]
fn codes_are_used() {
    let sources = rust_files(CODES_SOURCE);
    let code = code_outside(CODES_SOURCE);
    let mut complaints = Vec::new();
    let mut count = 0;
    for file in &sources {
        for line in file.text.lines() {
            // One line of the table: `JSON_DEPTH = "payload.json.depth", 422, …`.
            let Some((name, rest)) = line.trim().split_once(" = \"") else { continue };
            let Some((id, _)) = rest.split_once('"') else { continue };
            count += 1;
            if words(&code, name).next().is_none() {
                complaints.push(format!("{}: {name} ({id}) is never reported", file.path));
            }
        }
    }
    assert_eq!(count, code::all().count(), "this test does not see every code");
    expect_none(&complaints, "Report it where it happens, or take it out.");
}

#[test]
fn limits_are_kept() {
    let limits = fs::read_to_string(root().join(LIMITS_SOURCE)).expect("the limits can be read");
    let code = code_outside(LIMITS_SOURCE);
    let names =
        limits.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    let mut complaints = Vec::new();
    let mut count = 0;
    for name in names {
        count += 1;
        if words(&code, name).next().is_none() {
            complaints.push(format!("{LIMITS_SOURCE}: {name} bounds nothing"));
        }
        if !name.ends_with("_MAX") && !name.ends_with("_MIN") {
            complaints.push(format!("{LIMITS_SOURCE}: {name} does not say which way it bounds"));
        }
    }
    assert!(count > 5, "only {count} limits: this test does not see them");
    expect_none(&complaints, "Check against it where input comes in, or take it out.");
}
