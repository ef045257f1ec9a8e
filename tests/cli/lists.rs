//! Stored lists: what builds them, and what is refused.

use super::run::Folder;
use serde_json::Value;

const TABLE: &str = "number,name,sex\n\
    KD-4711-08,Okonkwo,f\nKD-4712-15,van der Berg,m\nKD-4713-22,Müller,f\nKD-4714-39,Lindqvist,f\n";

const RULE: &str = "family = 'x.customers'\ntitle = 'X'\n[[rule]]\nid = 'row'\ntitle = 'R'\nsince = '0.1.0'\n\
    labels = ['pii.person.name']\nconfidence = 'high'\nwhy = 'w'\nexact-data = { file = 'customers.edm' }\n";

const BUILD_EDM: [&str; 9] = [
    "edm",
    "build",
    "customers.csv",
    "--primary",
    "number",
    "--supporting",
    "name",
    "-o",
    "customers.edm",
];

#[test]
fn bad_terms_are_named_by_line_or_left_out() {
    let folder = Folder::new();
    folder.file("words.txt", "\u{feff}blue heron\n\nC++\nnight owl\r\nx\n");
    let build = ["dictionary", "build", "words.txt", "-o", "words.dict"];
    let refused = folder.run(&build).exits(2).stderr();
    assert!(refused.contains("error[list.terms]") && refused.contains("line 3"), "{refused}");
    assert!(!refused.contains("C++"), "a term is told: {refused}");
    assert!(!folder.path().join("words.dict").exists());
    let skipped = folder.run(&[&build[..], &["--skip"]].concat()).exits(0);
    assert!(skipped.stderr().contains("left out 2 of 5 lines"), "{}", skipped.stderr());
    let shown = folder.run(&["dictionary", "show", "words.dict", "--json"]).exits(0).stdout();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["kind"], &shown["terms"]), (&"dictionary".into(), &2.into()));
    folder.file("latin1.txt", b"caf\xe9\n");
    let refused = folder.run(&["dictionary", "build", "latin1.txt", "-o", "x"]).exits(2).stderr();
    assert!(refused.contains("list.utf8"), "{refused}");
    folder.file("empty.txt", "\n\n");
    let refused = folder.run(&["dictionary", "build", "empty.txt", "-o", "x"]).exits(2).stderr();
    assert!(refused.contains("list.empty"), "{refused}");
}

#[test]
fn bad_tables_are_refused_without_a_value() {
    let folder = Folder::new();
    folder.file("customers.csv", TABLE);
    folder.file("ragged.csv", "number,name\n123456,a,b\n");
    folder.file("twice.csv", "number,name\nKD-4711-08,Okonkwo\nkd471108,Berg\n");
    folder.file("table.parquet", "PAR1");
    let build = |table: &str, primary: &str, supporting: &str| {
        let line = [
            "edm",
            "build",
            table,
            "-o",
            "x.edm",
            "--primary",
            primary,
            "--supporting",
            supporting,
        ];
        let told = folder.run(&line).exits(2).stderr();
        assert!(!told.contains("Okonkwo") && !told.contains("KD-"), "a value is told: {told}");
        told
    };
    for (table, primary, supporting, code) in [
        ("customers.csv", "number", "nothing", "list.column]"),
        ("customers.csv", "number", "number", "list.columns]"),
        ("customers.csv", "sex", "name", "list.column.short]"),
        ("customers.csv", "number", "sex", "list.column.empty]"),
        ("twice.csv", "number", "name", "list.column.duplicate]"),
        ("ragged.csv", "number", "name", "list.table]"),
        ("table.parquet", "number", "name", "list.parquet]"),
        ("none.csv", "number", "name", "cli.file.unreadable]"),
    ] {
        let told = build(table, primary, supporting);
        assert!(told.contains(code), "{table} {primary} {supporting}: {told}");
    }
}

#[test]
fn a_table_with_a_key_needs_it() {
    let folder = Folder::new();
    folder.file("customers.csv", TABLE);
    folder.file("rules.toml", RULE);
    folder.file("note.txt", "call Okonkwo, kd471108\n");
    folder.file("edm.key", "0f".repeat(32));
    folder.file("other.key", [7; 32]);
    folder.file("bad.key", "0f");
    folder.run(&[&BUILD_EDM[..], &["--key-file", "edm.key"]].concat()).exits(0);
    let scan = ["scan", "--quiet", "--rules", "rules.toml", "note.txt"];
    for keys in [&[][..], &["--list-key-file", "other.key"], &["--list-key-file", "bad.key"]] {
        let told = folder.run(&[&scan[..], keys].concat()).exits(2).stderr();
        assert!(told.contains("R110"), "{keys:?}: {told}");
    }
    let found =
        folder.run(&[&scan[..], &["--list-key-file", "edm.key"]].concat()).exits(0).stdout();
    assert!(found.contains("note.txt:1:15: high"), "{found}");
    folder.run(&["edm", "show", "customers.edm"]).exits(2);
    folder.run(&["edm", "show", "customers.edm", "--key-file", "edm.key"]).exits(0);
    folder.run(&["rules", "check", "rules.toml", "--list-key-file", "edm.key"]).exits(0);
}

#[test]
fn the_same_table_gives_the_same_file() {
    let folder = Folder::new();
    folder.file("customers.csv", TABLE);
    let built = || {
        folder.run(&BUILD_EDM).exits(0);
        std::fs::read(folder.path().join("customers.edm")).unwrap()
    };
    let first = built();
    assert_eq!(first, built());
    folder.file("customers.csv", format!("{TABLE}KD-4715-46,Novak,m\n"));
    let other = built();
    // Behind the hashes stand a row number and a masked value for each of the four rows.
    let hashes = &first[first.len() - 4 * 16..first.len() - 4 * 8];
    let shared = hashes.chunks(8).any(|hash| other.windows(8).any(|bytes| bytes == hash));
    assert!(!shared, "a hash is in both files");
}

#[test]
fn lists_are_read_beside_their_rules_only() {
    let folder = Folder::new();
    folder.file("customers.csv", TABLE);
    folder.run(&BUILD_EDM).exits(0);
    folder.file("deep/rules.toml", RULE.replace("customers.edm", "../customers.edm"));
    let told = folder.run(&["rules", "check", "deep"]).exits(1).stdout();
    assert!(told.contains("error[R067]") && !told.contains("R110"), "{told}");
    folder.file("rules.toml", RULE);
    folder.run(&["rules", "check", "rules.toml"]).exits(0);
    let file = std::fs::read(folder.path().join("customers.edm")).unwrap();
    for (damaged, why) in [
        (&file[..file.len() - 1], "list.length"),
        (&b"not a list at all"[..], "list.format"),
        (&[&file[..60], b"x", &file[61..]].concat(), "list.checksum"),
        (&[], "list.format"),
    ] {
        folder.file("customers.edm", damaged);
        let told = folder.run(&["rules", "check", "rules.toml"]).exits(1).stdout();
        assert!(told.contains("error[R110]") && told.contains(why), "{told}");
    }
}

#[test]
fn documents_without_text_of_their_own_are_refused() {
    let folder = Folder::new();
    folder.file("short.txt", "Too short.");
    folder.file("binary.txt", b"\0\0\0");
    for (file, code) in [("short.txt", "list.document"), ("binary.txt", "payload.binary")] {
        let told = folder.run(&["fingerprint", "build", file, "-o", "x.fpr"]).exits(2).stderr();
        assert!(told.contains(code) && told.contains(file), "{told}");
    }
}
