//! Lockgate: an inline data-loss-prevention engine for AI traffic.
//!
//! Rule sets are compiled once into SIMD multi-pattern matchers ([`rules::Compiler`] → [`rules::Rules`]), shared, and scanned with
//! by an [`engine::Engine`], which answers with a [`base::Verdict`]: an action, exact edits, findings and coverage.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
pub mod base;
pub mod classify;
pub mod engine;
pub mod lineage;
pub mod lists;
pub mod matcher;
pub mod payload;
pub mod policy;
pub mod redact;
pub mod rules;
pub mod scan;
pub mod syntax;
pub mod text;
pub mod validate;
pub mod vault;

#[cfg(feature = "cli")]
pub mod batch;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod corpus;
#[cfg(feature = "cli")]
pub mod eval;
#[cfg(feature = "server")]
pub mod server;
