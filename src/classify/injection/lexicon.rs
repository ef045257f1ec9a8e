//! Words by what they do in an attack on a model, or in talk about one.
//!
//! Word pairs are rare in training data; pairs of *kinds* of words are not: `scrap those older orders` is told from
//! `ignore previous instructions` by no table of words, but has the same kinds in the same order.

/// The number that stands for a word's kind; 0 is no kind.
pub(super) type Kind = u8;

/// Slots of the table. A power of two, more than twice the words.
const SLOTS: usize = 2048;

/// Words of each kind, in lower case; kinds count from 1.
const WORDS: [&str; 15] = [
    // Overriding.
    "ignore ignoring disregard disregarding forget forgetting override overrides overriding bypass bypassing overlook \
     neglect discard skip circumvent unlearn cancel cancelled revoke revoked void nullify suspend dismiss abandon erase \
     drop scrap supersede supersedes superseded deactivate disable disabled ignoriere ignorieren ignorier vergiss vergesst \
     missachte ignora ignorar olvida olvide olvidar descarta oublie oubliez ignorez dimentica ignori esquece negeer vergeet",
    // Earlier.
    "previous previously prior above earlier preceding former foregoing original originally initial existing old older past \
     before vorherigen vorige bisherigen obigen vorangegangenen anteriores anterior previas previos \
     precedenti precedente precedentes eerdere vorige",
    // Rules.
    "instruction instructions rule rules guideline guidelines directive directives prompt prompts command commands policy \
     policies constraint constraints restriction restrictions limitation limitations filter filters safeguard safeguards \
     programming training order orders directions ethics ethical moral morals safety anweisungen anweisung regeln befehle \
     instrucciones reglas consignes istruzioni regole instru regras instructies",
    // Revealing.
    "reveal reveals print show repeat output display leak dump disclose expose recite echo quote paste tell give translate \
     summarize encode verbatim zeige verrate wiederhole muestra revela affiche montre mostra rivela toon",
    // Hidden.
    "system hidden secret secrets confidential password passwords passphrase key keys credential credentials token tokens \
     internal developer configuration context conversation passwort geheim clave secreto secreta passe segreto sistema systeme",
    // Unbound.
    "dan jailbreak jailbroken jailbreaking unrestricted unfiltered uncensored unlimited limitless unbound unchained evil \
     amoral immoral unethical illegal freed liberated malicious rogue sudo god root admin omnipotent stan dude aim",
    // Playing.
    "pretend act acting roleplay role play simulate simulation simulated imagine behave impersonate become persona character \
     mode hypothetical fictional scenario game spiel rolle finge fingir actua jouer agis",
    // Models.
    "ai assistant chatbot chatgpt gpt openai anthropic claude gemini llm llms model models bot agent agents ki ia",
    // Concealing.
    "secretly silently quietly covertly discreetly invisible unnoticed inform informing mention mentioning notify notifying alert \
     acknowledge acknowledging asking confirmation",
    // From here on.
    "now henceforth onwards onward instead new following below next must adhere comply obey strictly ab jetzt nun ahora \
     maintenant ora adesso agora",
    // Refusing.
    "refuse refuses refusal refusing decline apologize apologise sorry warn warning warnings disclaimer disclaimers moralize \
     lecture cannot can't unable content openai's",
    // Talking about it.
    "explain what how why describe paper research researchers article study history detect detects detecting detection prevent \
     prevents preventing prevention defend defends defense protect protects mitigate mitigation example examples difference \
     attack attacks attacker attackers meaning means definition vulnerability vulnerabilities scanner classifier dataset blog \
     documentation discuss talk owasp blocks blocked flagged report ticket test tests log logs",
    // People.
    "user users human humans operator operators customer customers anyone nobody owner admin's",
    // Urging.
    "important urgent attention immediately critical note notice override emergency alert wichtig achtung importante atencion \
     attenzione p.s",
    // Negation.
    "not don't dont never no without any nicht keine ohne nunca sin sans senza sem jamais",
];

static TABLE: [(u64, Kind); SLOTS] = table();

/// First value of a word's hash.
pub(super) const HASH_START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of a word that goes on with `byte`.
#[inline]
pub(super) const fn hash_next(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The kind of the word with this hash.
#[inline]
pub(super) fn kind(hash: u64) -> Kind {
    let mut slot = slot_of(hash);
    loop {
        let (word, kind) = TABLE[slot];
        if word == hash {
            return kind;
        }
        if word == 0 {
            return 0;
        }
        slot = (slot + 1) % SLOTS;
    }
}

const fn slot_of(hash: u64) -> usize {
    (hash >> 40) as usize % SLOTS
}

/// Open addressing; a word that is there twice keeps its first kind.
const fn table() -> [(u64, Kind); SLOTS] {
    let mut table = [(0, 0); SLOTS];
    let mut kind = 0;
    while kind < WORDS.len() {
        let bytes = WORDS[kind].as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let mut hash = HASH_START;
            while at < bytes.len() && bytes[at] != b' ' {
                hash = hash_next(hash, bytes[at]);
                at += 1;
            }
            insert(&mut table, hash, kind as Kind + 1);
            while at < bytes.len() && bytes[at] == b' ' {
                at += 1;
            }
        }
        kind += 1;
    }
    table
}

const fn insert(table: &mut [(u64, Kind); SLOTS], hash: u64, kind: Kind) {
    let mut slot = slot_of(hash);
    while table[slot].0 != 0 && table[slot].0 != hash {
        slot = (slot + 1) % SLOTS;
    }
    if table[slot].0 == 0 {
        table[slot] = (hash, kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(word: &str) -> Kind {
        kind(word.bytes().fold(HASH_START, hash_next))
    }

    #[test]
    fn words_have_their_first_kind() {
        assert_eq!(kind_of("ignore"), 1);
        assert_eq!(kind_of("override"), 1);
        assert_eq!(kind_of("instructions"), 3);
        assert_eq!(kind_of("sem"), 15);
        assert_eq!(kind_of("carrot"), 0);
        assert_eq!(kind_of(""), 0);
    }

    #[test]
    fn the_table_has_room() {
        let used = TABLE.iter().filter(|(hash, _)| *hash != 0).count();
        assert!(used * 2 < SLOTS, "{used} of {SLOTS}");
    }
}
