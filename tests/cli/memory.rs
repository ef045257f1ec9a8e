//! `lockgate memory`: reports, copies, baselines, databases, bad input.

use crate::run::{Folder, Ran};
use rusqlite::Connection;
use std::fs;

const STORE: &str = r#"{"results":[
 {"id":"m1","memory":"Likes tea","created_at":"2025-02-01T00:00:00Z","agent_id":"shop"},
 {"id":"m2","memory":"Mail ann@contoso.com","created_at":"2025-02-02T00:00:00Z","agent_id":"shop"}]}
"#;

fn database(folder: &Folder) {
    let connection = Connection::open(folder.path().join("state.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE checkpoints (thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, type TEXT, \
             checkpoint BLOB, metadata BLOB, PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)); \
             CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT, picture BLOB); \
             INSERT INTO notes VALUES (7, 'mail bob@contoso.com', x'89504e4700ff'), (8, 'clean', NULL);",
        )
        .unwrap();
    // {"ts": …, "channel_values": {"messages": [ext(5, ["m", "HumanMessage", {"content": …}])]}}
    let mut state =
        b"\x82\xa2ts\xb42025-05-01T12:00:00Z\xaechannel_values\x81\xa8messages\x91".to_vec();
    let mut message = b"\x93\xa1m\xacHumanMessage\x81\xa7content\xb5I am ann@contoso.com!".to_vec();
    state.extend_from_slice(&[0xc7, message.len() as u8, 5]);
    state.append(&mut message);
    let row = (
        "t1",
        "",
        "c1",
        "msgpack",
        state,
        br#"{"source": "loop", "writes": "mail eve@contoso.com"}"#.to_vec(),
    );
    connection.execute("INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row).unwrap();
}

fn found(ran: &Ran) -> Vec<String> {
    let lines = ran.lines();
    let records = lines.iter().filter(|line| line.get("summary").is_none());
    records
        .flat_map(|record| {
            let id = record["id"].as_str().unwrap_or("-").to_owned();
            let since = record["since"].as_str().unwrap_or("-").to_owned();
            record["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(move |found| {
                    let label = found["label"].as_str().unwrap();
                    format!("{id} {since} {label} {}", found["pointer"].as_str().unwrap_or("-"))
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn reports_say_which_record_holds_what() {
    let folder = Folder::new();
    folder.file("store.json", STORE);
    let text = folder.run(&["memory", "inspect", "store.json"]).exits(0);
    assert!(
        text.stdout().contains("memory at /results/1 since 2025-02-02T00:00:00Z, from shop, id m2"),
        "{}",
        text.stdout()
    );
    assert!(!text.stdout().contains("ann@") && !text.stderr().contains("ann@"));
    let lines = folder.run(&["memory", "inspect", "--format", "jsonl", "store.json"]).exits(0);
    assert_eq!(found(&lines), ["m2 2025-02-02T00:00:00Z pii.email /results/1/memory"]);
    let json = folder.run(&["memory", "inspect", "--format", "json", "store.json"]).exits(0).json();
    let snapshot = &json["snapshots"][0];
    assert_eq!(snapshot["shape"], "mem0.export");
    let found = &snapshot["records"][0]["findings"][0];
    let span = found["start"].as_u64().unwrap() as usize..found["end"].as_u64().unwrap() as usize;
    assert_eq!(&STORE[span], "ann@contoso.com");
    assert_eq!(json["counts"]["labels"]["pii.email"], 1);
    folder.run(&["memory", "inspect", "--fail-on", "low", "store.json"]).exits(1);
}

#[test]
fn copies_differ_in_what_was_found_only() {
    let folder = Folder::new();
    folder.file("in/store.json", STORE);
    folder.file("in/.claude/notes.md", "mail ann@contoso.com\n");
    folder.file("in/log.jsonl", "{\"a\":1}\r\n\r\n{\"text\":\"\\u00e9 ann@contoso.com\"}");
    folder.run(&["memory", "redact", "--out", "out", "in"]).exits(0);
    let copy = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert_eq!(copy("store.json"), STORE.replace("ann@contoso.com", "[pii.email]"));
    assert_eq!(copy(".claude/notes.md"), "mail [pii.email]\n");
    assert_eq!(copy("log.jsonl"), "{\"a\":1}\r\n\r\n{\"text\":\"\\u00e9 [pii.email]\"}");
    folder
        .run(&["memory", "redact", "--out", "in/copy", "in"])
        .exits(2)
        .tells(&["cli.output.overwrite"]);
    folder
        .run(&["memory", "redact", "--out", "in/store.json", "in/store.json"])
        .exits(2)
        .tells(&["cli.output.overwrite"]);
}

#[test]
fn what_cannot_be_edited_is_told() {
    let folder = Folder::new();
    folder.file("s.json", r#"[{"id":"ann@contoso.com","memory":"mail ann@contoso.com"}]"#);
    let ran = folder.run(&["memory", "redact", "--out", "c.json", "s.json"]).exits(1);
    ran.tells(&["memory.left", "1 findings"]);
    let copy = fs::read_to_string(folder.path().join("c.json")).unwrap();
    assert_eq!(copy, r#"[{"id":"ann@contoso.com","memory":"mail [pii.email]"}]"#);
    let told = folder.run(&["memory", "inspect", "s.json"]).exits(0).stdout();
    assert!(!told.contains("ann@"), "an id that was found is not shown: {told}");
}

#[test]
fn a_baseline_leaves_what_has_not_changed() {
    let folder = Folder::new();
    folder.file("store.json", STORE);
    let args = [
        "memory",
        "inspect",
        "--format",
        "jsonl",
        "--baseline",
        "seen",
        "--save",
        "seen",
        "store.json",
    ];
    let first = folder.run(&args).exits(0);
    let again = folder.run(&args).exits(0);
    assert_eq!(found(&first), found(&again));
    let reused = |ran: &Ran| ran.lines().last().unwrap()["summary"]["records_reused"].clone();
    assert_eq!((reused(&first), reused(&again)), (0.into(), 3.into()));
    let saved = fs::read_to_string(folder.path().join("seen")).unwrap();
    assert!(!saved.contains("contoso") && !saved.contains("tea"), "{saved}");

    folder.file("store.json", STORE.replace("Likes tea", "Likes bob@contoso.com"));
    let changed = folder.run(&args).exits(0);
    assert_eq!(found(&changed).len(), 2);
    assert_eq!(reused(&changed), 2);

    let strict = [&args[..], &["--min-confidence", "high"]].concat();
    folder.run(&strict).exits(0).tells(&["memory.baseline.other"]);
    folder.file("seen", "no baseline");
    folder.run(&args).exits(2).tells(&["memory.baseline"]);
    fs::remove_file(folder.path().join("seen")).unwrap();
    folder
        .run(&["memory", "inspect", "--baseline", "seen", "store.json"])
        .exits(2)
        .tells(&["cli.file.not-found"]);
}

#[test]
fn rows_of_databases_are_records() {
    let folder = Folder::new();
    database(&folder);
    let ran = folder.run(&["memory", "inspect", "--format", "jsonl", "state.db"]).exits(0);
    assert_eq!(
        found(&ran),
        [
            "c1 2025-05-01T12:00:00Z pii.email /row/checkpoint/channel_values/messages/0/value/2/content",
            "c1 2025-05-01T12:00:00Z pii.email /row/metadata#/writes",
            "7 - pii.email /row/note",
        ]
    );
    ran.tells(&["memory.binary", "1 values of table 2"]);
}

#[test]
fn databases_are_edited_in_a_copy() {
    let folder = Folder::new();
    database(&folder);
    folder.run(&["memory", "redact", "--out", "copy.db", "state.db"]).exits(0);
    let copy = fs::read(folder.path().join("copy.db")).unwrap();
    assert_eq!(memchr::memmem::find(&copy, b"contoso"), None, "free pages hold nothing either");
    let ran = folder.run(&["memory", "inspect", "--format", "jsonl", "copy.db"]).exits(0);
    assert_eq!(found(&ran), Vec::<String>::new());
    let connection = Connection::open(folder.path().join("copy.db")).unwrap();
    let ok: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
    let state: Vec<u8> =
        connection.query_row("SELECT checkpoint FROM checkpoints", [], |row| row.get(0)).unwrap();
    let json = lockgate::payload::memory::msgpack::to_json(&state).unwrap();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        r#"{"ts":"2025-05-01T12:00:00Z","channel_values":{"messages":[{"ext":5,"value":["m","HumanMessage",{"content":"I am [pii.email]!"}]}]}}"#
    );
    let metadata: Vec<u8> =
        connection.query_row("SELECT metadata FROM checkpoints", [], |row| row.get(0)).unwrap();
    assert_eq!(metadata, br#"{"source": "loop", "writes": "mail [pii.email]"}"#);
    let (note, picture): (String, Vec<u8>) = connection
        .query_row("SELECT note, picture FROM notes WHERE id = 7", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((note.as_str(), picture.len()), ("mail [pii.email]", 6));
}

#[test]
fn rows_without_ids_are_edited_by_their_keys() {
    let folder = Folder::new();
    let connection = Connection::open(folder.path().join("keys.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE store (prefix TEXT, key TEXT, value TEXT, PRIMARY KEY (prefix, key)) WITHOUT ROWID; \
             CREATE INDEX by_value ON store (value); \
             CREATE TABLE people (mail TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID; \
             INSERT INTO store VALUES ('users', 'a', '{\"mail\": \"ann@contoso.com\"}'), \
             ('users', 'b', '{\"likes\": \"tea\"}'); \
             INSERT INTO people VALUES ('bob@contoso.com', 'knows eve@contoso.com')",
        )
        .unwrap();
    drop(connection);
    let ran = folder.run(&["memory", "inspect", "--format", "jsonl", "keys.db"]).exits(0);
    assert_eq!(found(&ran).len(), 3);
    folder.run(&["memory", "redact", "--out", "copy.db", "keys.db"]).exits(0);
    let bytes = fs::read(folder.path().join("copy.db")).unwrap();
    assert_eq!(memchr::memmem::find(&bytes, b"contoso"), None);
    let copy = Connection::open(folder.path().join("copy.db")).unwrap();
    let ok: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
    let read = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(read("SELECT value FROM store WHERE key = 'a'"), "{\"mail\": \"[pii.email]\"}");
    assert_eq!(read("SELECT value FROM store WHERE key = 'b'"), "{\"likes\": \"tea\"}");
    assert_eq!(read("SELECT note FROM people WHERE mail = '[pii.email]'"), "knows [pii.email]");
}

#[test]
fn what_is_only_in_the_log_of_a_database_is_found() {
    let folder = Folder::new();
    let connection = Connection::open(folder.path().join("live.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection
        .execute_batch("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('ann@contoso.com')")
        .unwrap();
    let ran = folder.run(&["memory", "inspect", "--format", "jsonl", "."]).exits(0);
    assert_eq!(found(&ran), ["1 - pii.email /row/v"]);
    drop(connection);
}

#[test]
fn full_text_tables_of_a_copy_hold_nothing_either() {
    let folder = Folder::new();
    let connection = Connection::open(folder.path().join("fts.db")).unwrap();
    connection
        .execute_batch("CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('mail ann@contoso.com')")
        .unwrap();
    drop(connection);
    folder.run(&["memory", "redact", "--out", "copy.db", "fts.db"]).exits(0);
    let bytes = fs::read(folder.path().join("copy.db")).unwrap();
    assert_eq!(memchr::memmem::find(&bytes, b"contoso"), None, "nor does the index");
    let copy = Connection::open(folder.path().join("copy.db")).unwrap();
    let body: String = copy.query_row("SELECT body FROM f", [], |row| row.get(0)).unwrap();
    assert_eq!(body, "mail [pii.email]");
}

#[test]
fn damaged_files_end_with_a_code() {
    let folder = Folder::new();
    database(&folder);
    let whole = fs::read(folder.path().join("state.db")).unwrap();
    let mut torn = whole.clone();
    torn[4096..].fill(0x5a);
    folder.file("torn.db", torn);
    folder.file("short.db", &whole[..5000]);
    folder.file("magic.db", b"SQLite format 3\0and then something else");
    for name in ["torn.db", "short.db", "magic.db"] {
        folder.run(&["memory", "inspect", name]).exits(2).tells(&["memory.sqlite"]);
        folder.run(&["memory", "redact", "--out", "copy", name]).exits(2).tells(&["memory.sqlite"]);
        assert!(!folder.path().join("copy").exists() && !folder.path().join("copy.part").exists());
    }
    folder.file("utf16.json", b"\xff\xfe{\0}\0");
    folder.run(&["memory", "redact", "--out", "copy", "utf16.json"]).exits(2);
    folder.file("bin", b"a\0b");
    folder.run(&["memory", "inspect", "bin"]).exits(0).tells(&["memory.binary"]);
    folder.run(&["memory", "inspect", "none"]).exits(2).tells(&["cli.file.not-found"]);
    folder.file("large.json", STORE);
    folder
        .run(&["memory", "inspect", "--max-size", "10", "large.json"])
        .exits(2)
        .tells(&["payload.too-large"]);
}
