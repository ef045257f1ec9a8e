//! Made assignments: secrets, and look-alikes behind names that sound like secrets.
//!
//! What nothing but a name tells apart is decided by how often each is which in code: a digest, revision or UUID behind a name that
//! is only `token` or `api_key` is a look-alike; behind a vendor's name it is that vendor's key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockgate::base::random::SplitMix64;

/// A text, where its value is, and whether that is a secret.
pub(crate) struct Made {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) secret: bool,
}

/// The choices of a generator that is the same everywhere.
pub(crate) struct Random(SplitMix64);

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LOWER36: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER36: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const MARKED: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!@#%^&*_-+=?";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";

const PASSWORDS: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "db password",
    "user password",
    "admin password",
    "smtp password",
    "root password",
    "passphrase",
    "login password",
    "ftp pass",
    "pass",
];
const TOKENS: [&str; 16] = [
    "api key",
    "secret",
    "token",
    "access token",
    "client secret",
    "secret key",
    "auth token",
    "api token",
    "api secret",
    "app secret",
    "deploy token",
    "private key",
    "encryption key",
    "access key",
    "credential",
    "refresh token",
];
const VENDORS: [&str; 20] = [
    "acme",
    "zenith",
    "orbita",
    "northwind",
    "heliox",
    "contoso",
    "quanta",
    "plume",
    "bricklane",
    "datapine",
    "stackbird",
    "mailnest",
    "lumio",
    "payloop",
    "geocrate",
    "fernhill",
    "cloudmoor",
    "inkwell",
    "tidewater",
    "skylark",
];
const TAILS: [&str; 20] = [
    "id", "name", "hash", "url", "path", "length", "field", "type", "header", "file", "policy",
    "count", "label", "version", "expiry", "env", "digest", "column", "param", "status",
];
const WORDS: [&str; 32] = [
    "user",
    "session",
    "request",
    "config",
    "service",
    "manager",
    "default",
    "handler",
    "value",
    "input",
    "reset",
    "login",
    "account",
    "update",
    "create",
    "delete",
    "missing",
    "invalid",
    "required",
    "storage",
    "provider",
    "expired",
    "current",
    "repository",
    "production",
    "local",
    "summer",
    "dragon",
    "harbour",
    "winter",
    "monkey",
    "sunshine",
];

/// What is said of passwords.
const SAID: [&str; 26] = [
    "required",
    "incorrect",
    "wrong",
    "stored",
    "hashed",
    "correct",
    "expired",
    "secure",
    "encrypted",
    "missing",
    "different",
    "optional",
    "obligatorio",
    "falsch",
    "requis",
    "something",
    "OAuth2",
    "2FA",
    "SHA256",
    "UserPassword",
    "reset",
    "manager",
    "v2.1",
    "PBKDF2",
    "Manager1",
    "NoPassword",
];

impl Made {
    fn between(left: &str, value: &str, right: &str, secret: bool) -> Self {
        let (start, end) = (left.len(), left.len() + value.len());
        Self { text: format!("{left}{value}{right}"), start, end, secret }
    }
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    const fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn drawn(&mut self, alphabet: &[u8], least: usize, most: usize) -> String {
        let len = self.between(least, most);
        (0..len).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    fn uuid(&mut self) -> String {
        let mut part = |len| self.drawn(HEX, len, len);
        format!("{}-{}-4{}-a{}-{}", part(8), part(4), part(3), part(3), part(12))
    }

    /// Base64 of so many random bytes.
    fn base64(&mut self, bytes: usize) -> String {
        let full = bytes / 3 * 4;
        let mut text = self.drawn(BASE64, full, full);
        match bytes % 3 {
            1 => text += &(self.drawn(BASE64, 1, 1) + self.of(&["A", "Q", "g", "w"]) + "=="),
            2 => {
                text += &(self.drawn(BASE64, 2, 2) + self.of(&["A", "E", "I", "M", "Q", "U"]) + "=")
            }
            _ => {}
        }
        text
    }

    /// An assignment.
    pub(crate) fn made(&mut self) -> Made {
        let password = self.below(5) < 2;
        let core = if password { self.of(&PASSWORDS) } else { self.of(&TOKENS) };
        let vendor = self.below(3) == 0;
        if password && self.below(5) == 0 {
            return self.sentence();
        }
        if self.below(12) == 0 {
            return self.code(core);
        }
        let tail = self.below(8) == 0;
        let mut name = core.to_owned();
        if vendor {
            name = format!("{} {name}", self.of(&VENDORS));
        }
        if tail {
            name = format!("{name} {}", self.of(&TAILS));
        }
        let (value, secret) = if tail {
            (self.tail_value(), false)
        } else if self.below(2) == 0 {
            (if password { self.password() } else { self.key(vendor) }, true)
        } else {
            self.look_alike(password, vendor)
        };
        let (left, right, encoded) = self.around(&name);
        let value = if encoded { STANDARD.encode(value) } else { value };
        let start = left.len();
        let end = start + value.len();
        Made { text: left + &value + &right, start, end, secret }
    }

    /// A sentence about a password.
    fn sentence(&mut self) -> Made {
        let lead = self.of(&[
            "my password is ",
            "The password was ",
            "password: ",
            "Login: anna, password ",
            "Mein Passwort ist ",
            "Das Passwort lautet ",
            "mot de passe : ",
            "Mon mot de passe est ",
            "mi contraseña es ",
            "a minha senha é ",
            "moje hasło to ",
            "il mio wachtwoord is ",
            "password changed to ",
            "password -> ",
            "use the admin password ",
            "and password ",
            "the login password, ",
            "nutze das Passwort ",
            "La contraseña del servidor es ",
            "Kennwort: ",
            "hasło: ",
            "set SMTP_PASSWORD=",
            "export DB_PASSWORD=",
            "the admin password for staging is now ",
        ]);
        let secret = self.below(2) == 0;
        let value = match (secret, self.below(3)) {
            (true, 0) => capital(self.of(&WORDS)) + &capital(self.of(&WORDS)),
            (true, _) => self.password(),
            (false, 0) => self.of(&SAID).to_owned(),
            (false, 1) => self.of(&WORDS[..26]).to_owned(),
            (false, _) => self.identifier(),
        };
        let plain = value.bytes().all(|byte| byte.is_ascii_lowercase());
        Made::between(
            lead,
            &value,
            self.of(&[", thanks.", "\n", " again", ". Then"]),
            secret && !plain,
        )
    }

    /// Code in which what stands behind the name is no text of a secret.
    fn code(&mut self, core: &str) -> Made {
        let snake = core.replace(' ', "_");
        match self.below(5) {
            0 => {
                let value = self.drawn(DIGITS, 4, 8) + self.of(&["", "u32", "L", "_u64"]);
                Made::between(
                    &format!("const {}_MASK: u32 = ", snake.to_uppercase()),
                    &value,
                    ";\n",
                    false,
                )
            }
            1 => {
                let value = format!("0x{}", self.drawn(HEX, 2, 8));
                Made::between(&format!("    {snake}_FLAG = "), &value, ",\n", false)
            }
            2 => {
                let value = self.identifier();
                Made::between(
                    &format!("['{}', '{snake}', '", self.of(&WORDS)),
                    &value,
                    "', 'x']",
                    false,
                )
            }
            3 => {
                let value = format!("self.{}.{snake}", self.of(&WORDS));
                Made::between(&format!("        {snake} = "), &value, "\n", false)
            }
            _ => {
                let value = capital(self.of(&WORDS)) + &capital(self.of(&WORDS));
                Made::between(&format!("    {snake}: "), &value, ",\n", false)
            }
        }
    }

    fn password(&mut self) -> String {
        let mut word = self.of(&WORDS[26..]).to_owned();
        if self.below(2) == 0 {
            word[..1].make_ascii_uppercase();
        }
        match self.below(10) {
            8 => word + self.of(&WORDS),
            9 => word + self.of(&["-", "_", "$", ".", "!"]) + self.of(&WORDS),
            0 => word + &self.drawn(DIGITS, 1, 4),
            1 => word + self.of(&["!", "@", "#", "_"]) + &self.drawn(DIGITS, 1, 4),
            2 => self.drawn(LOWER36, 6, 12),
            3 => self.drawn(LOWER, 6, 12),
            4 => self.drawn(BASE62, 6, 16),
            5 => self.drawn(DIGITS, 5, 8),
            6 => word.replace('e', "3").replace('o', "0") + &self.drawn(DIGITS, 1, 3),
            _ => self.drawn(MARKED, 8, 24),
        }
    }

    fn key(&mut self, vendor: bool) -> String {
        match self.below(if vendor { 9 } else { 6 }) {
            0 => self.drawn(BASE62, 14, 64),
            1 => {
                self.of(&["sk_", "key-", "tok_", "AK", "pk."]).to_owned()
                    + &self.drawn(BASE62, 16, 40)
            }
            2 => self.drawn(HEX, 32, 32),
            3 => {
                let bytes = self.between(15, 40);
                self.base64(bytes)
            }
            4 => self.drawn(LOWER36, 16, 44),
            5 => self.drawn(MARKED, 12, 40),
            6 => self.uuid(),
            7 => self.drawn(HEX, 40, 40),
            _ => self.drawn(HEX, 64, 64),
        }
    }

    /// What stands behind `token_id` or `password_hash`.
    fn tail_value(&mut self) -> String {
        match self.below(7) {
            0 => self.uuid(),
            1 => self.drawn(HEX, 24, 64),
            2 => self.drawn(DIGITS, 4, 12),
            3 => self.drawn(BASE62, 10, 22),
            4 => format!("https://{}.example.com/{}", self.of(&WORDS), self.of(&WORDS)),
            5 => format!("/etc/{}/{}", self.of(&WORDS), self.of(&WORDS)),
            _ => self.identifier(),
        }
    }

    fn identifier(&mut self) -> String {
        let (a, b) = (self.of(&WORDS), self.of(&WORDS));
        let core = self.of(&["password", "token", "secret", "key", "auth", "credential"]);
        match self.below(6) {
            0 => format!("{a}_{core}_{b}"),
            1 => format!("{a}{}{}", capital(core), capital(b)),
            2 => format!("{a}.{core}.{b}"),
            3 => format!("{}_{}", a.to_uppercase(), core.to_uppercase()),
            4 => format!("{a}-{b}-{core}"),
            _ => format!("{core}{}", self.below(10)),
        }
    }

    fn look_alike(&mut self, password: bool, vendor: bool) -> (String, bool) {
        let value = match self.below(if password || vendor { 12 } else { 18 }) {
            0 => self.identifier(),
            1 => format!("{} {} {}", capital(self.of(&WORDS)), self.of(&WORDS), self.of(&WORDS)),
            2 if self.below(2) == 0 => format!("#{}", self.drawn(HEX, 6, 6)),
            2 => format!("your-{}", self.of(&["token", "key", "secret", "password"])),
            3 => format!("<{}>", self.of(&["secret", "token", "change-me", "password"])),
            4 => format!("${{{}}}", self.identifier().to_uppercase().replace(['.', '-'], "_")),
            5 => {
                self.drawn(UPPER36, 5, 5)
                    + "-"
                    + &self.drawn(UPPER36, 5, 5)
                    + "-"
                    + &self.drawn(UPPER36, 5, 5)
                    + "-"
                    + &self.drawn(UPPER36, 5, 5)
            }
            6 => format!("arn:aws:iam::{}:role/{}", self.drawn(DIGITS, 12, 12), self.of(&WORDS)),
            7 => format!("sha512-{}", self.base64(64)),
            8 => format!("{}@sha256:{}", self.of(&WORDS), self.drawn(HEX, 64, 64)),
            9 => format!("/{}/{}/{}.pem", self.of(&WORDS), self.of(&WORDS), self.of(&WORDS)),
            10 => format!("https://{}.example.com/{}", self.of(&WORDS), self.of(&WORDS)),
            11 => format!("get{}().{}", capital(self.of(&WORDS)), self.identifier()),
            12 | 13 => self.uuid(),
            14 => self.drawn(HEX, 40, 40),
            15 => self.drawn(HEX, 64, 64),
            16 => {
                let bytes = self.between(50, 90);
                self.base64(bytes)
            }
            _ => format!(
                "{} {} with {} {}. {} {}.",
                capital(self.of(&WORDS)),
                self.of(&WORDS),
                self.of(&WORDS),
                self.drawn(BASE62, 24, 48),
                capital(self.of(&WORDS)),
                self.of(&WORDS)
            ),
        };
        (value, false)
    }

    /// The text on both sides of a value of this name.
    /// It may ask for the value in base64.
    fn around(&mut self, name: &str) -> (String, String, bool) {
        let snake = name.replace(' ', "_");
        let upper = snake.to_uppercase();
        let camel: String = name
            .split(' ')
            .enumerate()
            .map(|(place, word)| if place == 0 { word.to_owned() } else { capital(word) })
            .collect();
        let style = [&snake, &camel][self.below(2)];
        let shape = self.below(22);
        let (left, right) = match shape {
            0 => (format!("{upper}="), "\n"),
            1 => (format!("export {upper}=\""), "\"\n"),
            2 => (format!("server:\n  {snake}: "), "\n"),
            3 => (format!("env:\n  {camel}: \""), "\"\n"),
            4 => (format!("{{\n  \"{style}\": \""), "\",\n"),
            5 => (format!("import os\n\n{upper} = \""), "\"\n"),
            6 => (format!("    const {camel} = '"), "';\n"),
            7 => (format!("const {upper}: &str = \""), "\";\n"),
            8 => (format!("    private String {camel} = \""), "\";\n"),
            9 => (format!("\t{camel} := \""), "\"\n"),
            10 => (format!("    '{snake}' => '"), "',\n"),
            11 => (format!("[default]\n{snake} = "), "\n"),
            12 => {
                (format!("variable \"{snake}\" {{\n  type    = string\n  default = \""), "\"\n}\n")
            }
            13 => (format!("FROM alpine\nENV {upper}="), "\nCMD [\"/bin/true\"]\n"),
            14 => (format!("INFO outbound call endpoint=/v1 {snake}="), " status=200\n"),
            15 => {
                (format!("    client.set{}(\"", camel[..1].to_uppercase() + &camel[1..]), "\");\n")
            }
            16 => (format!("  <{camel}>"), "</x>\n"),
            20 => (format!("[{{\"name\":\"{upper}\",\"value\":\""), "\"}]\n"),
            21 => (format!("  <property name=\"{camel}\" value=\""), "\"/>\n"),
            18 | 19 => {
                let kebab = name.replace(' ', "-");
                let head =
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n";
                (format!("{head}  {kebab}: "), "\n")
            }
            _ => (format!("connect(host, {snake}='"), "')\n"),
        };
        (left, right.to_owned(), matches!(shape, 18 | 19))
    }
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    word[..1].make_ascii_uppercase();
    word
}
