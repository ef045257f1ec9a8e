//! The committed corpora of the fuzz targets, as ordinary tests.

#[path = "fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use targets::TARGETS;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

#[test]
fn every_corpus_runs() {
    for (name, run) in TARGETS {
        let corpus = folder().join("corpus").join(name);
        let mut paths: Vec<_> = fs::read_dir(&corpus)
            .unwrap_or_else(|error| panic!("{}: {error}", corpus.display()))
            .map(|entry| entry.expect("an entry of the folder").path())
            .collect();
        paths.sort();
        assert!(!paths.is_empty(), "{} is empty", corpus.display());
        run(&[]);
        for path in paths {
            eprintln!("{name}: {}", path.display());
            run(&fs::read(&path).expect("a file of the corpus"));
        }
    }
}

#[test]
fn every_target_is_a_program_with_a_corpus() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).expect("the manifest is there");
    let manifest: toml::Table = toml::from_str(&manifest).expect("the manifest is TOML");
    let bins = manifest["bin"].as_array().expect("a list of programs");
    let bins = bins.iter().map(|bin| bin["name"].as_str().expect("a name").to_owned());
    assert_eq!(bins.collect::<BTreeSet<_>>(), names, "fuzz/Cargo.toml");
    let corpora = fs::read_dir(folder().join("corpus")).expect("the corpora are there");
    let corpora = corpora.map(|entry| entry.expect("an entry").file_name());
    let corpora = corpora.map(|name| name.into_string().expect("UTF-8"));
    assert_eq!(corpora.collect::<BTreeSet<_>>(), names, "fuzz/corpus");
}
