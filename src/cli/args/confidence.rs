//! From which confidence findings count.

use crate::base::Confidence;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// From which confidence findings count.
#[derive(Clone, Debug, Args)]
pub struct ConfidenceArgs {
    /// Drop findings below this
    #[arg(long, value_name = "LEVEL", value_parser = confidence(), help_heading = "Rules")]
    pub min_confidence: Option<Confidence>,
}

fn confidence() -> impl TypedValueParser<Value = Confidence> {
    PossibleValuesParser::new(Confidence::ALL.map(Confidence::name))
        .try_map(|name| name.parse::<Confidence>())
}
