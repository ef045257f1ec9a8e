//! Sets of hosts, named by domain.

use crate::base::Fault;
use crate::base::code::LINK_DOMAIN;
use std::collections::BTreeSet;
use std::sync::Arc;
use url::Host;

/// Domains of one list.
const DOMAINS_MAX: usize = 10_000;

/// A set of domains. A domain stands for itself and everything below it; an IP address for itself. Names are compared as browsers do: in
/// ASCII, lower case, without a dot at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domains(Arc<BTreeSet<String>>);

impl Domains {
    /// The set of these names.
    ///
    /// # Errors
    /// A name is no domain and no IP address, is a suffix under which anybody can register a name (`co.uk`, `github.io`), or there are
    /// more than ten thousand.
    ///
    /// ```
    /// use lockgate::policy::links::Domains;
    /// assert!(Domains::new(["bücher.example", "192.0.2.1"]).is_ok());
    /// assert!(Domains::new(["co.uk"]).is_err());
    /// ```
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, Fault> {
        let mut domains = BTreeSet::new();
        for (number, name) in names.into_iter().enumerate() {
            let wrong = |why| Fault::new(LINK_DOMAIN, format!("domain {}: {why}", number + 1));
            if number == DOMAINS_MAX {
                return Err(wrong("too many"));
            }
            let name = name.as_ref().trim().trim_end_matches('.');
            match Host::parse(name).map_err(|_| wrong("not a host name"))? {
                Host::Domain(domain) if !domain.bytes().all(is_of_name) => {
                    return Err(wrong("not a host name"));
                }
                Host::Domain(domain) if psl::domain(domain.as_bytes()).is_none() => {
                    return Err(wrong("anybody can register a name under it"));
                }
                host => domains.insert(host.to_string()),
            };
        }
        Ok(Self(Arc::new(domains)))
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// True if the host is in the set: itself, or a domain that it lies under.
    pub(super) fn contains(&self, host: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let mut name = host;
        loop {
            if self.0.contains(name) {
                return true;
            }
            match name.split_once('.') {
                Some((_, parent)) => name = parent,
                None => return false,
            }
        }
    }
}

/// What browsers let pass in a host is more than a name can have.
const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_stands_for_itself_and_what_is_below_it() {
        let domains =
            Domains::new(["Contoso.com.", "docs.example.org", "192.0.2.1", "b\u{fc}cher.de"]);
        let domains = domains.expect("all are domains");
        for (host, expect) in [
            ("contoso.com", true),
            ("a.b.contoso.com", true),
            ("evilcontoso.com", false),
            ("contoso.com.evil.org", false),
            ("example.org", false),
            ("docs.example.org", true),
            ("192.0.2.1", true),
            ("192.0.2.10", false),
            ("xn--bcher-kva.de", true),
            ("", false),
        ] {
            assert_eq!(domains.contains(host), expect, "{host}");
        }
    }

    #[test]
    fn what_is_no_domain_of_somebody_is_refused() {
        for name in
            ["", "com", "co.uk", "github.io", "a b.com", "https://contoso.com", "*.contoso.com"]
        {
            let fault = Domains::new(["contoso.com", name]).expect_err(name);
            assert!(fault.to_string().contains("domain 2"), "{fault}");
        }
    }
}
