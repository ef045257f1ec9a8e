//! The shape of every output format.

use crate::run::{Folder, pipe};

#[test]
fn jsonl_gives_one_line_per_document_in_order() {
    let input = "{\"id\":\"a\",\"text\":\"clean\"}\r\n\
                 {\"text\":\"clean\"}\n\
                 {\"id\":{\"k\":[1,null]},\"text\":\"\"}\n\
                 {\"text\":\"clean\",\"id\":12345678901234567890123}\n";
    let ran = pipe(&["scan", "--input", "jsonl", "--format", "jsonl"], input).exits(0);
    let lines = ran.lines();
    let ids: Vec<String> = lines.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!(ids[..3], ["\"a\"", "2", "{\"k\":[1,null]}"]);
    assert!(ran.stdout().contains("{\"id\":12345678901234567890123,\"findings\":[],"));
    for line in &lines {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "findings", "coverage"]);
        let coverage: Vec<&String> = line["coverage"].as_object().unwrap().keys().collect();
        assert_eq!(coverage, ["bytes_total", "bytes_scanned", "complete", "gaps"]);
        assert_eq!(line["coverage"]["complete"], true);
    }
}

#[test]
fn fields_can_be_named() {
    let input = "{\"key\":7,\"body\":{\"text\":1},\"prompt\":\"hello\"}\n";
    let args = ["scan", "--input", "jsonl", "--format", "jsonl", "--text-field", "prompt"];
    let args = [args.as_slice(), &["--id-field", "key"]].concat();
    let ran = pipe(&args, input).exits(0);
    assert_eq!(ran.lines()[0]["id"], 7);
}

#[test]
fn kind_of_input_goes_by_extension() {
    let folder = Folder::new();
    folder.file("a.jsonl", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n");
    folder.file("b.NDJSON", "{\"text\":\"x\"}\n");
    folder.file("c.json", "{\"any\":\"thing\"}");
    folder.file("d.txt", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n");
    folder.run(&["scan", "."]).exits(0).tells(&["scanned 5 documents"]);
    folder.run(&["scan", "--input", "text", "."]).exits(0).tells(&["scanned 4 documents"]);
}

#[test]
fn json_is_one_document() {
    let folder = Folder::new();
    folder.file("a.txt", "clean");
    folder.file("b.jsonl", "{\"id\":\"x\",\"text\":\"clean\"}\n");
    let document = folder.run(&["scan", "--format", "json", "a.txt", "b.jsonl"]).exits(0).json();
    assert_eq!(document["offsets"], "bytes");
    assert_eq!(document["documents"][0]["path"], "a.txt");
    assert_eq!(document["documents"][1]["path"], "b.jsonl");
    assert_eq!(document["documents"][1]["line"], 1);
    assert_eq!(document["documents"][1]["id"], "x");
    let nothing = Folder::new().run(&["scan", "--format", "json", "."]).exits(0).json();
    assert_eq!(nothing["documents"].as_array().unwrap().len(), 0);
}

#[test]
fn sarif_names_what_was_not_scanned() {
    let folder = Folder::new();
    folder.file("a b.jsonl", "{\n");
    let log = folder.run(&["scan", "--format", "sarif", "a b.jsonl"]).exits(2).json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "Lockgate");
    assert_eq!(run["results"].as_array().unwrap().len(), 0);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "cli.jsonl.syntax");
    let place = &notification["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.jsonl");
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn text_says_nothing_about_clean_input() {
    let ran = pipe(&["scan"], "clean").exits(0).tells(&["scanned 1 document, 5 bytes", "found 0"]);
    assert_eq!(ran.stdout(), "");
    assert_eq!(pipe(&["scan", "--quiet"], "clean").exits(0).stderr(), "");
    assert_eq!(pipe(&["scan", "-"], "clean").exits(0).stdout(), "");
}

#[test]
fn help_shows_examples_and_version_the_matcher() {
    for command in ["scan", "bench", "completions", "man"] {
        let help = pipe(&[command, "--help"], "").exits(0).stdout();
        assert!(help.contains("Examples:"), "{command}");
    }
    let version = pipe(&["--version"], "").exits(0).stdout();
    assert!(version.starts_with("lockgate 0."), "{version}");
    assert!(version.contains("hyperscan") || version.contains("portable"), "{version}");
    pipe(&[], "").exits(2);
}

#[test]
fn completions_and_manual_pages_are_generated() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = pipe(&["completions", shell], "").exits(0).stdout();
        assert!(script.contains("text-field"), "{shell}");
    }
    assert!(pipe(&["man"], "").exits(0).stdout().contains(".TH lockgate 1"));
    let folder = Folder::new();
    folder.run(&["man", "--out", "pages"]).exits(0);
    assert!(folder.path().join("pages/lockgate-scan.1").is_file());
}
