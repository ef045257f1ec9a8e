//! How labelled texts are read.

use crate::base::Fault;
use crate::base::code::FILE_UNREADABLE;
use crate::eval::MappingFile;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

/// How labelled texts are read.
#[derive(Clone, Debug, Args)]
pub struct CorporaArgs {
    /// Labels of the corpora and ours, in TOML; goes before the built-in mapping
    #[arg(long, value_name = "FILE", help_heading = "Corpora")]
    pub map: Vec<PathBuf>,
    /// What a document's label means: LABEL=ours, LABEL=clean or LABEL=ignore
    #[arg(long, value_name = "LABEL=OURS", help_heading = "Corpora")]
    pub document_label: Vec<String>,
    /// Largest line of a corpus, in bytes; longer ones are skipped
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 30), help_heading = "Corpora")]
    pub max_size: u64,
}

impl CorporaArgs {
    /// What labels of the corpora mean, the strongest first.
    pub(in crate::cli) fn mappings(&self) -> Result<Vec<MappingFile>, Fault> {
        let mut mappings = vec![MappingFile::of_documents(&self.document_label)?];
        for path in &self.map {
            mappings.push(read_mapping(path)?);
        }
        Ok(mappings)
    }
}

fn read_mapping(path: &Path) -> Result<MappingFile, Fault> {
    let named = |fault: Fault| {
        Fault::new(fault.code, format!("{}: {}", path.to_string_lossy(), fault.detail))
    };
    let text = fs::read_to_string(path)
        .map_err(|error| named(Fault::new(FILE_UNREADABLE, error.to_string())))?;
    Ok(MappingFile::parse(&text).map_err(named)?.named(path.to_string_lossy()))
}
