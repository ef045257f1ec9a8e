//! Where links may lead, and which way the content travels.

use crate::base::{Direction, Fault};
use crate::policy::links::{Domains, LinkPolicy, Others};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::sync::Arc;

/// Where links may lead, and which way the content travels.
#[derive(Clone, Debug, Default, Args)]
pub struct LinkArgs {
    /// Which way the content travels: links in an answer or in the call of a tool weigh more than links in a prompt
    #[arg(long, value_name = "WAY", value_parser = direction(), help_heading = "Links")]
    pub direction: Option<Direction>,
    /// Do not look at what links to this domain carry; may be repeated
    #[arg(long, value_name = "DOMAIN", help_heading = "Links")]
    pub link_allow: Vec<String>,
    /// Report every link to this domain; may be repeated
    #[arg(long, value_name = "DOMAIN", help_heading = "Links")]
    pub link_deny: Vec<String>,
    /// Report every link to a domain that is not allowed
    #[arg(long, help_heading = "Links")]
    pub link_deny_others: bool,
}

impl LinkArgs {
    /// The policy.
    ///
    /// # Errors
    /// A domain is none.
    pub fn policy(&self) -> Result<Arc<LinkPolicy>, Fault> {
        let others = if self.link_deny_others { Others::Deny } else { Others::Inspect };
        let (allow, deny) = (Domains::new(&self.link_allow)?, Domains::new(&self.link_deny)?);
        Ok(Arc::new(LinkPolicy { allow, deny, others }))
    }
}

fn direction() -> impl TypedValueParser<Value = Direction> {
    let names = Direction::ALL.map(Direction::name);
    PossibleValuesParser::new(names).map(|name| name.parse().unwrap_or_default())
}
