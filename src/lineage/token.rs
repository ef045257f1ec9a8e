//! Tokens of values, handles of tokens, markers with handles.
//!
//! A *value token* is the same wherever a tenant's value occurs in an epoch, so it stays in the ledger. A *handle* is the token as one flow
//! sees it: two flows have different handles for the same value, so that an answer cannot be used to look values up. A *marker* carries a
//! handle in text, in place of the value, with a check that only the keys can make.

use super::canon::{Form, VERSION};
use super::ids::FlowId;
use super::keys::{Epoch, TenantKeys};
use crate::base::base32;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Bytes of a token: 128 bits, so that a billion values of one tenant share none.
pub const TOKEN_BYTES: usize = 16;
/// Bytes of a handle: 96 bits, 20 letters.
pub const HANDLE_BYTES: usize = 12;
/// Letters of the check of a marker: 20 bits.
const CHECK_LETTERS: usize = 4;
/// Longest label in a marker, in bytes.
const MARKER_LABEL_BYTES_MAX: usize = 64;
/// Longest marker, in bytes.
pub const MARKER_BYTES_MAX: usize = MARKER_OPEN.len()
    + MARKER_LABEL_BYTES_MAX
    + ":".len()
    + base32::letters(HANDLE_BYTES)
    + CHECK_LETTERS
    + "]".len();
const MARKER_OPEN: &str = "[dl1:";

/// A value of a tenant in an epoch, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueToken(pub [u8; TOKEN_BYTES]);

impl fmt::Display for ValueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ValueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for ValueToken {
    type Err = super::ids::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut token = [0; TOKEN_BYTES];
        if text.len() != 2 * TOKEN_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(super::ids::NotAnId);
        }
        for (byte, pair) in token.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| super::ids::NotAnId)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| super::ids::NotAnId)?;
        }
        Ok(Self(token))
    }
}

impl Serialize for ValueToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ValueToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A token as one flow sees it, written `dl1.`, two letters of the epoch, `.` and 20 letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    /// The epoch of its keys.
    pub epoch: Epoch,
    /// The handle itself.
    pub bytes: [u8; HANDLE_BYTES],
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = (base32::symbol(self.epoch.0 >> 5), base32::symbol(self.epoch.0));
        let mut letters = String::with_capacity(base32::letters(HANDLE_BYTES));
        base32::encode(&self.bytes, &mut letters);
        write!(f, "dl1.{high}{low}.{letters}")
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TenantKeys {
    /// The token of a value; `None` if nothing of it is left in its canonical form. `scratch` is memory to reuse.
    pub fn token(&self, form: Form, value: &[u8], scratch: &mut Vec<u8>) -> Option<ValueToken> {
        form.write(value, scratch);
        if scratch.is_empty() {
            return None;
        }
        let mac = self.value.mac(&[&[VERSION, form as u8, 0x1f], scratch]);
        // What was a value must not be found in memory later.
        zeroize::Zeroize::zeroize(scratch.as_mut_slice());
        scratch.clear();
        Some(ValueToken(first(&mac)))
    }

    /// The handle of a token in a flow.
    pub fn handle(&self, flow: FlowId, token: ValueToken) -> Handle {
        let mac = self.wire.mac(&[&flow.0, &token.0]);
        Handle { epoch: self.epoch(), bytes: first(&mac) }
    }

    /// The text that stands for a value in a flow: `[dl1:pii.email:…]`. Letters, digits, `.`, `-` and `_` of the label stay.
    ///
    /// ```
    /// use lockgate::lineage::{Epoch, FlowId, FlowSource, Form, Keyring, Marker};
    /// let keyring = Keyring::new([1; 32]);
    /// keyring.add(Epoch(19), [2; 32]);
    /// let keys = keyring.tenant(Epoch(19), "acme").expect("the epoch was added");
    /// let token = keys.token(Form::Email, b"jane@example.com", &mut Vec::new()).expect("a value");
    /// let flow = FlowId::new("acme", FlowSource::Session("one"));
    /// let text = format!("write to {}", keys.marker("pii.email", keys.handle(flow, token)));
    /// let marker = Marker::find_all(text.as_bytes()).next().expect("there is one");
    /// assert!(keys.verifies(&marker));
    /// ```
    pub fn marker(&self, label: &str, handle: Handle) -> String {
        let label = printable(label);
        let mut text = format!("{MARKER_OPEN}{label}:");
        base32::encode(&handle.bytes, &mut text);
        text.push_str(&self.check(&label, &handle.bytes));
        text.push(']');
        text
    }

    /// True if a marker was made with these keys. One that was not is text like any other.
    pub fn verifies(&self, marker: &Marker<'_>) -> bool {
        let expect = self.check(marker.label, &marker.handle);
        let differences = expect.bytes().zip(marker.check.bytes());
        // No early end: how long it takes says nothing about the check.
        differences.fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
    }

    fn check(&self, label: &str, handle: &[u8; HANDLE_BYTES]) -> String {
        let mac = self.mark.mac(&[label.as_bytes(), &[0], handle]);
        mac.iter().take(CHECK_LETTERS).map(|byte| base32::symbol(u32::from(*byte))).collect()
    }
}

/// A text that looks like a marker. Only [`TenantKeys::verifies`] says that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker<'t> {
    /// What the value meant.
    pub label: &'t str,
    /// The handle.
    pub handle: [u8; HANDLE_BYTES],
    check: &'t str,
    /// Where it stands, in bytes.
    pub span: crate::base::Span,
}

impl<'t> Marker<'t> {
    /// All texts in a text that look like markers, in their order. Linear in the length of the text.
    pub fn find_all(text: &'t [u8]) -> impl Iterator<Item = Self> + 't {
        memchr::memmem::find_iter(text, MARKER_OPEN).filter_map(|at| Self::at(text, at))
    }

    fn at(text: &'t [u8], at: usize) -> Option<Self> {
        let inner = text.get(at + MARKER_OPEN.len()..)?;
        let inner = &inner[..inner.len().min(MARKER_BYTES_MAX - MARKER_OPEN.len())];
        let end = memchr::memchr(b']', inner)?;
        let inner = std::str::from_utf8(&inner[..end]).ok()?;
        let (label, letters) = inner.split_once(':')?;
        if label.is_empty() || label.len() > MARKER_LABEL_BYTES_MAX || !label.chars().all(is_plain)
        {
            return None;
        }
        let (handle, check) = letters.split_at_checked(base32::letters(HANDLE_BYTES))?;
        let handle = base32::decode(handle)?;
        let span = crate::base::Span::new(at, at + MARKER_OPEN.len() + end + 1);
        (check.len() == CHECK_LETTERS).then_some(Self { label, handle, check, span })
    }
}

const fn is_plain(char: char) -> bool {
    matches!(char, 'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_')
}

/// A label as it may stand in a marker: labels come from files that anyone may write.
fn printable(label: &str) -> String {
    let plain = label.chars().map(|char| if is_plain(char) { char } else { '_' });
    plain.take(MARKER_LABEL_BYTES_MAX).collect()
}

fn first<const N: usize>(mac: &[u8; 32]) -> [u8; N] {
    const { assert!(N <= 32) };
    std::array::from_fn(|i| mac[i])
}

#[cfg(test)]
mod tests {
    use super::super::ids::FlowSource;
    use super::super::keys::Keyring;
    use super::*;
    use std::sync::Arc;

    fn keys(tenant: &str) -> Arc<TenantKeys> {
        let keyring = Keyring::new(std::array::from_fn(|i| i as u8));
        keyring.add(Epoch(681), [0x42; 32]);
        keyring.tenant(Epoch(681), tenant).unwrap()
    }

    fn form(name: &str) -> Form {
        *Form::ALL.iter().find(|form| form.name() == name).unwrap()
    }

    /// The published vectors: whoever computes tokens elsewhere compares with these.
    #[test]
    fn the_published_vectors_hold() {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Vectors {
            #[serde(rename = "root")]
            _root: String,
            #[serde(rename = "salt")]
            _salt: String,
            #[serde(rename = "epoch")]
            _epoch: u32,
            tenant: String,
            session: String,
            vector: Vec<Vector>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Vector {
            form: String,
            value: String,
            canonical: String,
            token: String,
            handle: String,
            marker: String,
        }
        let vectors: Vectors = toml::from_str(include_str!("canon-v1.toml")).unwrap();
        let keys = keys(&vectors.tenant);
        let flow = FlowId::new(&vectors.tenant, FlowSource::Session(&vectors.session));
        assert!(vectors.vector.len() >= Form::ALL.len());
        let mut wrong = String::new();
        for vector in &vectors.vector {
            let form = form(&vector.form);
            let mut canonical = Vec::new();
            form.write(vector.value.as_bytes(), &mut canonical);
            let canonical = String::from_utf8(canonical).unwrap();
            let token = keys.token(form, vector.value.as_bytes(), &mut Vec::new()).unwrap();
            let handle = keys.handle(flow, token);
            let marker = keys.marker(form.name(), handle);
            let got = [canonical, token.to_string(), handle.to_string(), marker];
            let expect = [&vector.canonical, &vector.token, &vector.handle, &vector.marker];
            if got.iter().zip(expect).any(|(got, expect)| got != expect) {
                wrong.push_str(&format!("{} {:?}: {got:#?}\n", vector.form, vector.value));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn tokens_depend_on_tenant_and_form_and_handles_on_the_flow() {
        let [acme, other] = ["acme", "other"].map(keys);
        let mut scratch = Vec::new();
        let token = acme.token(Form::Alnum, b"4111 1111 1111 1111", &mut scratch).unwrap();
        assert_eq!(Some(token), acme.token(Form::Alnum, b"4111111111111111", &mut scratch));
        assert_ne!(Some(token), acme.token(Form::Text, b"4111111111111111", &mut scratch));
        assert_ne!(Some(token), other.token(Form::Alnum, b"4111111111111111", &mut scratch));
        assert_eq!(acme.token(Form::Alnum, b" - ", &mut scratch), None);
        let flow = |name| FlowId::new("acme", FlowSource::Session(name));
        let [one, two] = ["one", "two"].map(|name| acme.handle(flow(name), token));
        assert_ne!(one, two);
        assert!(!one.to_string().contains(&token.to_string()[..8]));
        assert_eq!(one, acme.handle(flow("one"), token));
        assert_eq!(one.to_string().len(), "dl1.xx.".len() + 20);
    }

    #[test]
    fn the_value_does_not_stay_in_scratch_memory() {
        let mut scratch = Vec::with_capacity(64);
        keys("acme").token(Form::Alnum, b"4111111111111111", &mut scratch).unwrap();
        assert!(scratch.is_empty());
        scratch.resize(16, b'x');
        assert_eq!(scratch, [b'x'; 16]);
    }

    #[test]
    fn only_the_keys_make_markers() {
        let [acme, other] = ["acme", "other"].map(keys);
        let token = acme.token(Form::Email, b"jane@example.com", &mut Vec::new()).unwrap();
        let handle = acme.handle(FlowId::new("acme", FlowSource::Session("one")), token);
        let marker = acme.marker("pii.email", handle);
        let text = format!("{marker}{marker}");
        let found: Vec<_> = Marker::find_all(text.as_bytes()).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].span.range(), marker.len()..2 * marker.len());
        assert!(found.iter().all(|marker| acme.verifies(marker) && !other.verifies(marker)));
        for at in "[dl1:".len()..marker.len() - 1 {
            let mut changed = marker.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let real = Marker::find_all(&changed).any(|marker| acme.verifies(&marker));
            assert!(!real, "byte {at} was changed");
        }
        assert_eq!(acme.marker("a]b\u{e9}", handle).matches(']').count(), 1);
        let long = acme.marker(&"x".repeat(100), handle);
        assert_eq!(long.len(), MARKER_BYTES_MAX);
        assert!(Marker::find_all(long.as_bytes()).any(|marker| acme.verifies(&marker)));
    }

    #[test]
    fn what_only_looks_like_a_marker_is_none() {
        let check = |text: &str| assert_eq!(Marker::find_all(text.as_bytes()).count(), 0, "{text}");
        check("[dl1:");
        check("[dl1:]");
        check("[dl1::000000000000000000000000]");
        check("[dl1:a:00000000000000000000000]");
        check("[dl1:a:0000000000000000000000000]");
        check("[dl1:a:u00000000000000000000000]");
        check("[dl1:a b:000000000000000000000000]");
        check(&format!("[dl1:{}", "a".repeat(10_000)));
        assert_eq!(Marker::find_all(b"[dl1:a:000000000000000000000000]").count(), 1);
    }

    #[test]
    fn tokens_read_back() {
        let token = ValueToken(std::array::from_fn(|i| i as u8 * 17));
        assert_eq!(token.to_string().parse(), Ok(token));
        assert!("0".repeat(31).parse::<ValueToken>().is_err());
        assert!("é".repeat(16).parse::<ValueToken>().is_err());
    }
}
