//! Workload files: what is measured, what must be found, and what the figures mean.

use crate::texts;
use serde::Deserialize;
use std::{fs, path::Path};

/// One entry of `benches/workloads/*.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Workload {
    /// Name in tables and records.
    pub(crate) name: String,
    /// What is run.
    pub(crate) model: Model,
    /// What it is run on; absent for [`Model::Compile`].
    pub(crate) text: Option<TextSpec>,
    /// Findings in all documents together.
    #[serde(default)]
    pub(crate) findings: usize,
    /// What the project promises.
    #[serde(default)]
    pub(crate) goal: Goal,
    /// Why the figures are what they are.
    pub(crate) analysis: String,
}

/// What is run.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Model {
    /// One scan per document, all rules on.
    Scan,
    /// One inspection of a JSON document through the façade.
    Inspect,
    /// Compile the built-in rules.
    Compile,
}

/// How the documents come about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextSpec {
    /// Name of a generator of `benches/texts/`.
    pub(crate) generator: String,
    /// Size of each document.
    pub(crate) bytes: usize,
    /// How many different ones.
    pub(crate) documents: usize,
}

/// Promises. Those on time are for a quiet machine; the ratios hold anywhere.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the names say what is bounded, and in which unit")]
pub(crate) struct Goal {
    pub(crate) us_per_document_max: Option<f64>,
    pub(crate) us_per_finding_max: Option<f64>,
    pub(crate) mib_per_s_min: Option<f64>,
    pub(crate) floor_ratio_max: Option<f64>,
    pub(crate) one_database_ratio_min: Option<f64>,
    pub(crate) rules4x_ratio_max: Option<f64>,
    pub(crate) ms_max: Option<f64>,
}

impl Workload {
    /// The documents, the same bytes every time.
    pub(crate) fn documents(&self) -> Vec<Vec<u8>> {
        let Some(spec) = &self.text else { return Vec::new() };
        let one = |seed| {
            texts::generate(&spec.generator, spec.bytes, seed)
                .unwrap_or_else(|| panic!("{}: no generator {}", self.name, spec.generator))
        };
        (1..=spec.documents as u64).map(one).collect()
    }
}

/// All workloads whose name contains `filter`, in the order of files and entries.
pub(crate) fn load(filter: &str) -> Vec<Workload> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        workload: Vec<Workload>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads");
    let entries = fs::read_dir(&folder).expect("the workloads are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    let mut workloads = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let text = fs::read_to_string(path).expect("a workload file can be read");
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        workloads.extend(file.workload);
    }
    for workload in &workloads {
        assert!(!workload.analysis.trim().is_empty(), "{}: figures without words", workload.name);
        let has_text = workload.model != Model::Compile;
        assert_eq!(workload.text.is_some(), has_text, "{}: text", workload.name);
    }
    workloads.retain(|workload| workload.name.contains(filter));
    workloads
}
