//! What is shown of findings, and what must not be: the built-in rules over values everybody may know.

use crate::run::{Folder, pipe};

const EMAIL: &str = "jane.doe@acme-corp.com";

fn card() -> String {
    ["4111 1111", " 1111 1111"].concat()
}

fn key() -> String {
    ["AKIA", "IOSFODNN7EXAMPLE"].concat()
}

/// One line with all three, the e-mail address first.
fn line() -> String {
    format!("mail {EMAIL}, card {}, aws key {} end", card(), key())
}

#[track_caller]
fn keeps_secret(output: &str) {
    for secret in [EMAIL, &card(), &key(), "jane.doe", "acme-corp", "IOSFODNN7", "1111"] {
        assert!(!output.contains(secret), "`{secret}` in:\n{output}");
    }
}

#[test]
fn text_masks_and_marks() {
    let folder = Folder::new();
    folder.file("a.txt", format!("first\n{}\n", line()));
    let ran = folder.run(&["scan", "--color", "never", "a.txt"]).exits(0);
    let shown = ran.stdout();
    keeps_secret(&shown);
    assert!(shown.starts_with("a.txt:2:6: "), "{shown}");
    assert!(shown.contains(" pii.email ("), "{shown}");
    assert!(shown.contains(&format!("2 | mail {}, card ", "*".repeat(EMAIL.len()))), "{shown}");
    assert!(shown.contains(&format!("  |      {}\n", "^".repeat(EMAIL.len()))), "{shown}");
    ran.tells(&["found 3: ", "pii.email 1", "finance.card 1", "credential.aws 1"]);
}

#[test]
fn no_format_shows_a_matched_byte() {
    let folder = Folder::new();
    folder.file("a.txt", line());
    folder.file("b.jsonl", format!("{{\"id\":1,\"text\":\"{}\"}}\n", line()));
    folder.file("c.json", format!("{{\"note\":\"{}\"}}\n", line()));
    for format in ["text", "json", "jsonl", "sarif"] {
        let ran = folder.run(&["scan", "--format", format, "."]).exits(0);
        assert!(ran.stdout().contains("pii.email"), "{format}");
        keeps_secret(&ran.stdout());
        keeps_secret(&ran.stderr());
    }
    let redacted = folder.run(&["scan", "--redact", "a.txt"]).exits(0);
    keeps_secret(&redacted.stdout());
}

#[test]
fn offsets_are_those_of_the_decoded_text() {
    let input = format!("{{\"text\":\"\\ud83d\\ude00\\n{EMAIL}\",\"id\":\"x\"}}\n");
    for (unit, start) in [("bytes", 5), ("code-points", 2), ("utf16", 3)] {
        let args = ["scan", "--input", "jsonl", "--format", "jsonl", "--offsets", unit];
        let lines = pipe(&args, &input).exits(0).lines();
        let finding = &lines[0]["findings"][0];
        assert_eq!(finding["label"], "pii.email");
        assert_eq!(finding["start"], start, "{unit}");
        assert_eq!(finding["end"], start + EMAIL.len(), "{unit}");
        let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["rule", "label", "start", "end", "confidence", "score"]);
        assert_eq!(lines[0]["coverage"]["complete"], true);
        let total = 5 + EMAIL.len();
        assert_eq!(lines[0]["coverage"]["bytes_total"], total);
        assert_eq!(lines[0]["coverage"]["bytes_scanned"], total);
    }
}

#[test]
fn sarif_points_into_the_file() {
    let folder = Folder::new();
    let first = "{\"text\":\"clean\"}\n";
    let second = format!("{{\"text\":\"é {EMAIL}\"}}\n");
    folder.file("a.jsonl", format!("{first}{second}"));
    let log = folder.run(&["scan", "--format", "sarif", "a.jsonl"]).exits(0).json();
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let column = second.chars().position(|char| char == 'j').unwrap() + 1;
    let byte = first.len() + second.find(EMAIL).unwrap();
    assert!(result["properties"]["score"].to_string().len() <= 5, "{}", result["properties"]);
    assert_eq!(region["startLine"], 2);
    assert_eq!(region["startColumn"], column);
    assert_eq!(region["endColumn"], column + EMAIL.len());
    assert_eq!(region["byteOffset"], byte);
    assert_eq!(region["byteLength"], EMAIL.len());
}

#[test]
fn redacted_lines_change_in_their_text_only() {
    let input = format!("{{ \"id\": 1.0, \"text\":\"\\u00e9 {EMAIL}\\n\", \"x\":[]}}\r\n");
    let expect = input.replace(EMAIL, "[pii.email]");
    let args = ["scan", "--redact", "--input", "jsonl", "--style", "placeholder"];
    assert_eq!(pipe(&args, &input).exits(0).stdout(), expect);
    let text = format!("to {EMAIL}.\r\n");
    let args = ["scan", "--redact", "--style", "placeholder"];
    assert_eq!(pipe(&args, &text).exits(0).stdout(), "to [pii.email].\r\n");
}

#[test]
fn fail_on_decides_the_exit_code() {
    let text = format!("aws key {}\n", key());
    pipe(&["scan"], &text).exits(0);
    for level in ["low", "medium", "high"] {
        pipe(&["scan", "--fail-on", level], &text).exits(1);
        pipe(&["scan", "--fail-on", level], "clean").exits(0);
    }
    pipe(&["scan", "--fail-on", "low", "--redact"], &text).exits(1);
}

#[test]
fn bench_reports_latency() {
    let folder = Folder::new();
    folder.file("a.jsonl", format!("{{\"text\":\"{}\"}}\n{{\"text\":\"clean\"}}\n", line()));
    let args = ["bench", "a.jsonl", "--json", "--seconds", "0"];
    let report = folder.run(&args).exits(0).json();
    assert_eq!(report["documents"], 2);
    assert_eq!(report["bytes"], line().len() + 5);
    assert_eq!(report["findings"], 3);
    assert!(report["rules"].as_u64().unwrap() >= 3);
    let latency = |name: &str| report["latency_us"][name].as_f64().unwrap();
    assert!(latency("p50") <= latency("p90") && latency("p99") <= latency("max"));
    assert!(report["mib_per_s"].as_f64().unwrap() > 0.0);
    assert!(report["allocations_per_document"].is_number());
    folder.file("empty.jsonl", "\n");
    folder.run(&["bench", "empty.jsonl"]).exits(2).tells(&["error[cli.bench.empty]"]);
}

#[test]
fn documents_say_where_and_whose_words() {
    let message = format!("{{\"role\":\"user\",\"content\":\"mail {EMAIL}\"}}");
    let folder = Folder::new();
    folder.file("a.json", format!("{{\"model\":\"m\",\"messages\":[{message}]}}"));
    folder.file("b.jsonl", format!("{message}\n{{\"text\":\"mail {EMAIL}\"}}\n"));
    let shown = folder.run(&["scan", "--color", "never", "a.json"]).exits(0).stdout();
    assert!(shown.contains("at /messages/0/content, user text\n"), "{shown}");
    let lines = folder.run(&["scan", "--format", "jsonl", "b.jsonl"]).exits(0).lines();
    let found = |line: usize| lines[line]["findings"][0].clone();
    assert_eq!((&found(0)["pointer"], &found(0)["role"]), (&"/content".into(), &"user".into()));
    assert_eq!(lines[0]["format"], "json");
    assert!(found(1).get("pointer").is_none() && lines[1].get("format").is_none());
    let asked = ["scan", "--payload", "ollama", "--format", "jsonl", "b.jsonl"];
    assert_eq!(folder.run(&asked).exits(0).lines()[0]["format"], "ollama");
    let redacted = folder.run(&["scan", "--redact", "b.jsonl"]).exits(0).stdout();
    keeps_secret(&redacted);
    assert!(
        redacted.starts_with("{\"role\":\"user\",\"content\":\"mail [pii.email]\"}\n"),
        "{redacted}"
    );
}

#[test]
fn a_broken_document_is_scanned_as_far_as_it_goes() {
    let folder = Folder::new();
    folder.file("a.json", format!("{{\"a\":\"\\n{EMAIL}\"; \"b\": \"{EMAIL}\"}}"));
    let ran = folder.run(&["scan", "--format", "jsonl", "a.json"]).exits(0);
    let ran = ran.tells(&["warning[payload.json.syntax]"]);
    let line = &ran.lines()[0];
    assert_eq!(line["findings"].as_array().map(Vec::len), Some(2));
    assert_eq!(line["coverage"]["gaps"][0]["code"], "payload.json.syntax");
}
