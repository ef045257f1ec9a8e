//! Dictionaries of RFC 9651, as far as headers of callers need them: names, and values or lists of values.

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Where it begins, in bytes.
    pub at: usize,
    /// Its name.
    pub key: &'a str,
    /// Its value, or the values of its list. None for a member without a value.
    pub values: Vec<String>,
}

/// The members of a dictionary.
///
/// ```
/// use lockgate::lineage::dictionary;
/// let members = dictionary("tool=mail.send, groups=(eu \"tier 2\")").expect("it is one");
/// assert_eq!((members[1].key, &members[1].values[1][..]), ("groups", "tier 2"));
/// ```
///
/// # Errors
/// A member is damaged: where it begins, in bytes.
pub fn dictionary(text: &str) -> Result<Vec<Member<'_>>, usize> {
    let mut rest = Rest { text, at: 0 };
    let mut members = Vec::new();
    rest.spaces();
    while !rest.is_empty() {
        let at = rest.at;
        let (key, values) = rest.member().ok_or(at)?;
        members.push(Member { at, key, values });
    }
    Ok(members)
}

/// What is left of a dictionary of RFC 9651.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn left(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.left().is_empty()
    }

    fn spaces(&mut self) {
        self.while_(|byte| matches!(byte, b' ' | b'\t'));
    }

    fn while_(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let left = self.left();
        let len = left.bytes().take_while(|byte| wanted(*byte)).count();
        self.at += len;
        // What was counted is ASCII.
        left.get(..len).unwrap_or_default()
    }

    fn eat(&mut self, char: char) -> bool {
        let eaten = self.left().starts_with(char);
        self.at += if eaten { char.len_utf8() } else { 0 };
        eaten
    }

    /// One member, and the comma behind it. A member without a value is true, which says nothing here.
    fn member(&mut self) -> Option<(&'a str, Vec<String>)> {
        let key = self.while_(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        });
        if key.is_empty() {
            return None;
        }
        let mut values = Vec::new();
        if self.eat('=') {
            if self.eat('(') {
                self.spaces();
                while !self.eat(')') {
                    values.push(self.item()?);
                    let before = self.at;
                    self.spaces();
                    if self.at == before && !self.left().starts_with(')') {
                        return None;
                    }
                }
            } else {
                values.push(self.item()?);
            }
        }
        self.parameters()?;
        self.spaces();
        if self.eat(',') {
            self.spaces();
            // A comma at the end is a mistake.
            return (!self.is_empty()).then_some((key, values));
        }
        self.is_empty().then_some((key, values))
    }

    /// A string, or a token, or what else has no spaces: a number, say.
    fn item(&mut self) -> Option<String> {
        let item =
            if self.eat('"') {
                let mut text = String::new();
                loop {
                    text.push_str(self.while_(|byte| {
                        matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')
                    }));
                    if self.eat('"') {
                        break;
                    }
                    if !self.eat('\\') {
                        return None;
                    }
                    match self.left().bytes().next()? {
                        escaped @ (b'"' | b'\\') => text.push(char::from(escaped)),
                        _ => return None,
                    }
                    self.at += 1;
                }
                text
            } else {
                let token = self.while_(|byte| {
                    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/?@".contains(&byte)
                });
                token.to_owned()
            };
        self.parameters()?;
        (!item.is_empty()).then_some(item)
    }

    /// Parameters of an item say nothing here.
    fn parameters(&mut self) -> Option<()> {
        while self.eat(';') {
            self.spaces();
            let key =
                self.while_(|byte| byte.is_ascii_lowercase() || b"0123456789_-.*".contains(&byte));
            if key.is_empty() {
                return None;
            }
            if self.eat('=') {
                self.item()?;
            }
        }
        Some(())
    }
}
