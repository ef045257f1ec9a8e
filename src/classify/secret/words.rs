//! The words that names of values are made of, and what each says about the value.

/// What a word of a name says about the value that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A password: `passwd`, `kennwort`.
    Password,
    /// A secret by its name: `secret`, `credential`.
    Secret,
    /// A token: `token`, `bearer`.
    Token,
    /// A key, which may be one to a door or to a map.
    Key,
    /// What often stands before those: `api`, `access`, `client`.
    Qualifier,
    /// A digest or a revision: `sha256`, `commit`.
    Digest,
    /// An identifier: `uuid`, `request`.
    Identifier,
    /// Something about a value rather than the value: `name`, `length`, `header`.
    About,
    /// Meant to be seen: `public`, `license`.
    Public,
    /// A stand-in: `example`, `test`.
    Example,
}

/// Number of kinds.
pub(super) const KINDS: usize = 10;

const WORDS: [(Kind, &[&[u8]]); KINDS] = [
    (
        Kind::Password,
        &[
            b"password",
            b"passwords",
            b"passwd",
            b"pwd",
            b"pass",
            b"passphrase",
            b"passcode",
            b"pw",
            b"psw",
            b"pswd",
            b"passwort",
            b"kennwort",
            b"contrasena",
            b"senha",
            b"motdepasse",
            b"mdp",
            b"haslo",
            b"wachtwoord",
            b"parola",
            b"losenord",
            b"adgangskode",
            b"heslo",
            b"clave",
            b"userpass",
            b"dbpass",
            b"dbpassword",
            b"mypassword",
            b"rootpass",
            b"sshpass",
            b"authpass",
            b"userpwd",
            b"dbpwd",
            b"pin",
        ],
    ),
    (
        Kind::Secret,
        &[
            b"secret",
            b"secrets",
            b"credential",
            b"credentials",
            b"cred",
            b"creds",
            b"private",
            b"signing",
            b"encryption",
            b"encrypt",
            b"master",
            b"clientsecret",
            b"appsecret",
            b"secretkey",
            b"privatekey",
            b"apisecret",
            b"sharedsecret",
            b"hmac",
            b"cipher",
            b"aes",
            b"salt",
            b"seed",
            b"pepper",
        ],
    ),
    (
        Kind::Token,
        &[
            b"token",
            b"tokens",
            b"bearer",
            b"jwt",
            b"authtoken",
            b"accesstoken",
            b"apitoken",
            b"oauth",
            b"refreshtoken",
            b"bottoken",
            b"authorization",
            b"authorisation",
            b"pat",
            b"sas",
        ],
    ),
    (
        Kind::Key,
        &[
            b"key",
            b"keys",
            b"apikey",
            b"apikeys",
            b"accesskey",
            b"authkey",
            b"accountkey",
            b"appkey",
            b"sharedaccesskey",
            b"secretaccesskey",
        ],
    ),
    (
        Kind::Qualifier,
        &[
            b"api",
            b"access",
            b"client",
            b"auth",
            b"app",
            b"account",
            b"service",
            b"admin",
            b"user",
            b"db",
            b"database",
            b"smtp",
            b"root",
            b"login",
            b"deploy",
            b"registry",
            b"webhook",
            b"session",
            b"refresh",
            b"bot",
            b"authentication",
            b"personal",
            b"storage",
            b"aws",
            b"shared",
            b"mysql",
            b"redis",
            b"postgres",
            b"ftp",
            b"ssh",
            b"mail",
            b"email",
            b"ldap",
            b"proxy",
            b"rest",
            b"prod",
            b"production",
            b"staging",
            b"live",
            b"application",
            b"consumer",
            b"system",
            b"integration",
        ],
    ),
    (
        Kind::Digest,
        &[
            b"hash",
            b"hashes",
            b"hashed",
            b"sha",
            b"md",
            b"digest",
            b"digests",
            b"checksum",
            b"checksums",
            b"integrity",
            b"fingerprint",
            b"thumbprint",
            b"crc",
            b"etag",
            b"commit",
            b"commits",
            b"rev",
            b"revision",
            b"sum",
            b"blob",
            b"tree",
            b"signature",
            b"sig",
            b"mac",
            b"blake",
            b"sri",
            b"git",
            b"image",
            b"cksum",
        ],
    ),
    (
        Kind::Identifier,
        &[
            b"id",
            b"ids",
            b"uuid",
            b"guid",
            b"uid",
            b"identifier",
            b"request",
            b"trace",
            b"span",
            b"correlation",
            b"cursor",
            b"page",
            b"next",
            b"continuation",
            b"tenant",
            b"object",
            b"message",
            b"event",
            b"job",
            b"order",
            b"tracking",
            b"transaction",
            b"invoice",
            b"batch",
            b"build",
            b"run",
            b"version",
            b"serial",
            b"number",
            b"handle",
            b"device",
            b"resource",
            b"arn",
            b"ref",
            b"code",
            b"etcd",
            b"document",
            b"ticket",
        ],
    ),
    (
        Kind::About,
        &[
            b"name",
            b"names",
            b"field",
            b"fields",
            b"label",
            b"type",
            b"types",
            b"column",
            b"header",
            b"headers",
            b"url",
            b"uri",
            b"path",
            b"paths",
            b"file",
            b"filename",
            b"dir",
            b"folder",
            b"prompt",
            b"text",
            b"title",
            b"hint",
            b"pattern",
            b"regex",
            b"regexp",
            b"format",
            b"policy",
            b"length",
            b"len",
            b"size",
            b"min",
            b"max",
            b"count",
            b"index",
            b"expiry",
            b"expires",
            b"ttl",
            b"status",
            b"error",
            b"errors",
            b"err",
            b"class",
            b"selector",
            b"env",
            b"var",
            b"variable",
            b"enabled",
            b"required",
            b"property",
            b"prop",
            b"attribute",
            b"attr",
            b"option",
            b"flag",
            b"arg",
            b"param",
            b"params",
            b"parameter",
            b"provider",
            b"manager",
            b"store",
            b"cache",
            b"sort",
            b"primary",
            b"foreign",
            b"partition",
            b"input",
            b"output",
            b"description",
            b"desc",
            b"msg",
            b"icon",
            b"color",
            b"style",
            b"mode",
            b"kind",
            b"scope",
            b"algorithm",
            b"alg",
            b"encoding",
            b"method",
            b"function",
            b"callback",
            b"handler",
            b"factory",
            b"helper",
            b"util",
            b"utils",
            b"module",
            b"package",
            b"import",
            b"enum",
            b"state",
            b"action",
            b"role",
            b"host",
            b"port",
            b"endpoint",
            b"domain",
            b"data",
            b"content",
            b"body",
            b"node",
            b"item",
            b"tag",
            b"link",
            b"widget",
            b"view",
            b"form",
            b"page",
            b"screen",
            b"dialog",
            b"button",
            b"placeholder",
            b"strategy",
            b"reset",
            b"change",
            b"forgot",
            b"confirm",
            b"manual",
            b"help",
            b"reason",
            b"question",
            b"map",
            b"list",
            b"array",
            b"table",
            b"row",
            b"set",
            b"dict",
        ],
    ),
    (
        Kind::Public,
        &[
            b"public",
            b"pub",
            b"publishable",
            b"license",
            b"licence",
            b"product",
            b"activation",
            b"site",
            b"open",
            b"known",
            b"author",
            b"copyright",
            b"measurement",
            b"analytics",
        ],
    ),
    (
        Kind::Example,
        &[
            b"example",
            b"examples",
            b"sample",
            b"test",
            b"tests",
            b"testing",
            b"demo",
            b"dummy",
            b"mock",
            b"mocks",
            b"fake",
            b"fixture",
            b"stub",
            b"expected",
            b"expect",
            b"assert",
            b"todo",
            b"your",
            b"invalid",
            b"wrong",
            b"bad",
            b"nonce",
            b"placeholder",
            b"template",
            b"docs",
            b"default",
        ],
    ),
];

/// Endings that tell what a run of small letters names: `mydbpassword`.
const ENDINGS: [(Kind, &[u8]); 7] = [
    (Kind::Password, b"password"),
    (Kind::Password, b"passwd"),
    (Kind::Password, b"passwort"),
    (Kind::Secret, b"secret"),
    (Kind::Token, b"token"),
    (Kind::Key, b"apikey"),
    (Kind::Key, b"accesskey"),
];

/// Places of the hash table; at most half of them are taken.
const PLACES: usize = 1024;

/// Hash table of the words: kind and number in its list, by the first free place behind the hash.
static TABLE: [Option<(Kind, u8)>; PLACES] = table();

const fn table() -> [Option<(Kind, u8)>; PLACES] {
    let mut table = [None; PLACES];
    let mut list = 0;
    while list < WORDS.len() {
        let (kind, words) = WORDS[list];
        let mut number = 0;
        while number < words.len() {
            let mut place = hash(words[number]);
            while table[place].is_some() {
                place = (place + 1) % PLACES;
            }
            table[place] = Some((kind, number as u8));
            number += 1;
        }
        list += 1;
    }
    table
}

/// FNV-1a of the letters without regard to case, as a place of the table.
const fn hash(word: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < word.len() {
        hash = (hash ^ word[at].to_ascii_lowercase() as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ hash >> 15) as usize % PLACES
}

fn listed(word: &[u8]) -> Option<Kind> {
    let mut place = hash(word);
    while let Some((kind, number)) = TABLE[place] {
        if WORDS[kind as usize].1[usize::from(number)].eq_ignore_ascii_case(word) {
            return Some(kind);
        }
        place = (place + 1) % PLACES;
    }
    None
}

/// What the word says; the case of letters does not matter.
pub(super) fn kind(word: &[u8]) -> Option<Kind> {
    listed(word).or_else(|| {
        let ends = |ending: &[u8]| {
            let at = word.len().checked_sub(ending.len());
            at.and_then(|at| word.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        ENDINGS.iter().find(|(_, ending)| ends(ending)).map(|(kind, _)| *kind)
    })
}

/// The words of a name or of prose: letters, cut where a small letter is followed by a capital, or at `HTTPKey`.
pub(super) fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.iter().position(u8::is_ascii_alphabetic)?;
        let word = &rest[start..];
        let end = (1..word.len()).find(|&at| is_end(word, at)).unwrap_or(word.len());
        rest = &word[end..];
        Some(&word[..end])
    })
}

fn is_end(word: &[u8], at: usize) -> bool {
    let (last, next) = (word[at - 1], word[at]);
    if !next.is_ascii_alphabetic() {
        return true;
    }
    let hump = last.is_ascii_lowercase() && next.is_ascii_uppercase();
    let acronym = last.is_ascii_uppercase()
        && next.is_ascii_uppercase()
        && word.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    hump || acronym
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_into_words() {
        let check = |name: &str, expect: &[&str]| {
            let words: Vec<_> = split(name.as_bytes()).map(String::from_utf8_lossy).collect();
            assert_eq!(words, expect, "{name}");
        };
        check("dbPassword", &["db", "Password"]);
        check("AWS_SECRET_ACCESS_KEY", &["AWS", "SECRET", "ACCESS", "KEY"]);
        check("HTTPApiKey2x", &["HTTP", "Api", "Key", "x"]);
        check("--", &[]);
        check("", &[]);
    }

    #[test]
    fn words_are_known_in_any_case_and_by_their_end() {
        assert_eq!(kind(b"Token"), Some(Kind::Token));
        assert_eq!(kind(b"mydbpassword"), Some(Kind::Password));
        assert_eq!(kind(b"compass"), None);
        assert_eq!(kind(b"uuid"), Some(Kind::Identifier));
    }

    #[test]
    fn kinds_are_listed_in_their_order() {
        for (place, (kind, _)) in WORDS.iter().enumerate() {
            assert_eq!(*kind as usize, place);
        }
    }
}
