//! What the caller says about a content: who sends it, what it belongs to, what it was made from.
//!
//! It comes in headers: `traceparent` and `baggage` as W3C has them, and `dlp-lineage`, a dictionary of RFC 9651. What is said is a claim;
//! whether to believe it is decided where the caller was authenticated.

use super::dictionary::{Member, dictionary};
use super::ids::{ArtifactId, FlowId, FlowSource};
use crate::base::code::{LINEAGE_HEADER, LINEAGE_PARENTS};
use crate::base::limits::LINEAGE_PARENTS_MAX;
use crate::base::{Fault, is_name, is_spiffe};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Name of our header, of requests and of answers.
pub const HEADER: &str = "dlp-lineage";
/// Name of our member of `baggage`.
pub const BAGGAGE: &str = "dlp.lineage";

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trace {
    /// The trace.
    pub id: [u8; 16],
    /// The span within it that sent the content.
    pub span: [u8; 8],
}

impl Trace {
    /// Reads a `traceparent`; `None` if it is not one, which the standard wants ignored.
    ///
    /// ```
    /// use lockgate::lineage::Trace;
    /// let trace = Trace::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    /// assert_eq!(trace.map(|trace| trace.span[0]), Some(0xb7));
    /// ```
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.trim().split('-');
        let (version, id, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (version, _flags): ([u8; 1], [u8; 1]) = (hex(version)?, hex(flags)?);
        let trace = Self { id: hex(id)?, span: hex(span)? };
        // Version 0 ends here; later ones may say more.
        let ends = version != [0] || parts.next().is_none();
        (version != [0xff] && ends && trace.id != [0; 16] && trace.span != [0; 8]).then_some(trace)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("-")?;
        self.span.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Trace {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        let read = text
            .split_once('-')
            .and_then(|(id, span)| Some(Self { id: hex(id)?, span: hex(span)? }));
        read.ok_or_else(|| serde::de::Error::custom("not a trace"))
    }
}

/// Exactly `N` bytes in lower-case hexadecimal digits.
fn hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digits.len() != 2 * N || !digits.bytes().all(lower) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// What a caller says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Whose data it is. Tokens of two tenants are never the same.
    pub tenant: Option<String>,
    /// Which workload sends it: a SPIFFE id.
    pub actor: Option<String>,
    /// Name of the agent, as it calls itself.
    pub agent: Option<String>,
    /// The session or conversation.
    pub session: Option<String>,
    /// The place in a trace.
    pub trace: Option<Trace>,
    /// What the content was made from.
    pub parents: Vec<ArtifactId>,
}

impl Caller {
    /// Reads one header; others than the three are ignored.
    ///
    /// ```
    /// use lockgate::lineage::Caller;
    /// let mut caller = Caller::default();
    /// caller.header("dlp-lineage", "session=\"conv 7\", actor=spiffe://example.org/agent/support")?;
    /// assert_eq!(caller.session.as_deref(), Some("conv 7"));
    /// # Ok::<(), lockgate::base::Fault>(())
    /// ```
    ///
    /// # Errors
    /// `dlp-lineage` cannot be read, or there are too many parents. Mistakes in the headers of others are ignored, as their standards say.
    pub fn header(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        if name.eq_ignore_ascii_case("traceparent") {
            self.trace = Trace::parse(value);
        } else if name.eq_ignore_ascii_case("baggage") {
            baggage(value).try_for_each(|parent| self.parent(parent))?;
        } else if name.eq_ignore_ascii_case(HEADER) {
            self.dictionary(value)?;
        }
        Ok(())
    }

    /// The flow that the content belongs to.
    pub fn flow(&self, tenant: &str, artifact: ArtifactId) -> FlowId {
        let source = match (&self.session, self.trace) {
            (Some(session), _) => FlowSource::Session(session),
            (None, Some(trace)) => FlowSource::Trace(trace.id),
            (None, None) => FlowSource::Artifact(artifact),
        };
        FlowId::new(tenant, source)
    }

    fn parent(&mut self, parent: ArtifactId) -> Result<(), Fault> {
        if self.parents.contains(&parent) {
            return Ok(());
        }
        if self.parents.len() >= LINEAGE_PARENTS_MAX {
            return Err(Fault::new(LINEAGE_PARENTS, format!("the limit is {LINEAGE_PARENTS_MAX}")));
        }
        self.parents.push(parent);
        Ok(())
    }

    fn dictionary(&mut self, text: &str) -> Result<(), Fault> {
        let wrong =
            |at: usize, what: &str| Fault::new(LINEAGE_HEADER, format!("{what} at byte {at}"));
        let members = dictionary(text).map_err(|at| wrong(at, "a member is damaged"))?;
        for Member { at, key, values } in members {
            let wrong = |what: &str| wrong(at, what);
            let one = || match &values[..] {
                [value] if is_name(value) => Ok(Some(value.clone())),
                _ => Err(wrong("a member needs one short value")),
            };
            match key {
                "tenant" => self.tenant = one()?,
                "session" => self.session = one()?,
                "agent" => self.agent = one()?,
                "actor" => match &values[..] {
                    [id] if is_spiffe(id) => self.actor = Some(id.clone()),
                    _ => return Err(wrong("actor is no SPIFFE id")),
                },
                // What an answer called its artifact is the parent of what is made from it.
                "parents" | "artifact" => {
                    for value in &values {
                        let parent = value.parse();
                        self.parent(parent.map_err(|_| wrong("a parent is no id"))?)?;
                    }
                }
                // The standard wants members that are not known ignored.
                _ => {}
            }
        }
        Ok(())
    }
}

/// The artifacts that a `baggage` names.
fn baggage(header: &str) -> impl Iterator<Item = ArtifactId> {
    header.split(',').filter_map(|member| {
        let (key, value) = member.split(';').next()?.split_once('=')?;
        if key.trim() == BAGGAGE { value.trim().parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::LINEAGE_NAME_BYTES_MAX;

    const A: &str = "dla1_05zj5rksp1yc7664vg60r1sshw";

    fn read(header: &str) -> Result<Caller, Fault> {
        let mut caller = Caller::default();
        caller.header("DLP-Lineage", header).map(|()| caller)
    }

    #[test]
    fn traces_are_read_as_the_standard_says() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        let check = |header: String, expect: bool| {
            assert_eq!(Trace::parse(&header).is_some(), expect, "{header}");
        };
        check(format!("00-{id}-b7ad6b7169203331-01"), true);
        check(format!("cc-{id}-b7ad6b7169203331-01-later"), true);
        check(format!("00-{id}-b7ad6b7169203331-01-more"), false);
        check(format!("ff-{id}-b7ad6b7169203331-01"), false);
        check(format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)), false);
        check(format!("00-{id}-0000000000000000-01"), false);
        check(format!("00-{}-b7ad6b7169203331-01", id.to_uppercase()), false);
        check(format!("00-{id}-b7ad6b71692033-01"), false);
        check(String::new(), false);
        check("00-é".to_owned(), false);
    }

    #[test]
    fn our_header_says_who_and_from_where() {
        let header = format!(
            "parents=({A};q=1  {A}), session=\"a \\\"b\\\"\", agent=support;v=\"2\",\tactor=spiffe://example.org/a/b, tenant=acme, new, more=?1"
        );
        let caller = read(&header).unwrap();
        assert_eq!(caller.parents, [A.parse().unwrap()]);
        assert_eq!(caller.session.as_deref(), Some("a \"b\""));
        assert_eq!(caller.agent.as_deref(), Some("support"));
        assert_eq!(caller.actor.as_deref(), Some("spiffe://example.org/a/b"));
        assert_eq!(caller.tenant.as_deref(), Some("acme"));
        assert_eq!(read(""), Ok(Caller::default()));
        let again = read(&format!("artifact={A}, flow=dlf1_x, tokens=3")).unwrap();
        assert_eq!(again.parents.len(), 1);
    }

    #[test]
    fn damaged_headers_are_refused_without_being_quoted() {
        for header in [
            "=",
            "session",
            "session=",
            "session=\"x",
            "session=\"\\x\"",
            "session=a b",
            "session=a,",
            "session=(a b)",
            "session=é",
            "parents=(x)",
            "parents=(",
            "parents=(a\"b\")",
            "actor=spiffe://Example.org",
            "actor=me",
            "Session=a",
            "a=;",
            ",",
            "tenant=\"\"",
        ] {
            let fault = read(header).unwrap_err();
            assert_eq!(fault.code, LINEAGE_HEADER, "{header}");
            assert!(header.len() < 2 || !fault.detail.contains(header), "{fault}");
        }
        let long = format!("session={}", "x".repeat(LINEAGE_NAME_BYTES_MAX + 1));
        assert_eq!(read(&long).unwrap_err().code, LINEAGE_HEADER);
    }

    #[test]
    fn parents_have_a_limit() {
        let parents = |count: u64| {
            let ids: Vec<_> = (0..count).map(|i| ArtifactId::new(i, [0; 10]).to_string()).collect();
            read(&format!("parents=({})", ids.join(" ")))
        };
        assert!(parents(LINEAGE_PARENTS_MAX as u64).is_ok());
        let fault = parents(LINEAGE_PARENTS_MAX as u64 + 1).unwrap_err();
        assert_eq!(fault.code, LINEAGE_PARENTS);
    }

    #[test]
    fn baggage_of_others_does_not_matter() {
        let mut caller = Caller::default();
        let header = format!("userId=alice,dlp.lineage={A};l=2;v=1, dlp.lineage=nonsense, x");
        caller.header("baggage", &header).unwrap();
        assert_eq!(caller.parents, [A.parse().unwrap()]);
    }

    #[test]
    fn spiffe_ids_follow_their_standard() {
        let check = |id: &str, expect| assert_eq!(is_spiffe(id), expect, "{id}");
        check("spiffe://example.org/agent/support", true);
        check("spiffe://example.org", true);
        check("spiffe://example.org/", false);
        check("spiffe://example.org/a//b", false);
        check("spiffe://example.org/a/../b", false);
        check("spiffe://example.org/a%20b", false);
        check("spiffe://user@example.org/a", false);
        check("spiffe:///a", false);
        check("https://example.org/a", false);
        check(&format!("spiffe://example.org/{}", "a".repeat(2048)), false);
    }

    #[test]
    fn the_flow_is_the_session_or_else_the_trace() {
        let artifact = ArtifactId::new(1, [0; 10]);
        let trace = Trace { id: [1; 16], span: [2; 8] };
        let caller = |session: Option<&str>, trace| Caller {
            session: session.map(str::to_owned),
            trace,
            ..Caller::default()
        };
        let flows = [
            caller(Some("s"), Some(trace)).flow("t", artifact),
            caller(None, Some(trace)).flow("t", artifact),
            caller(None, None).flow("t", artifact),
        ];
        assert_eq!(flows[0], caller(Some("s"), None).flow("t", artifact));
        assert!(flows[0] != flows[1] && flows[1] != flows[2] && flows[0] != flows[2]);
    }
}
