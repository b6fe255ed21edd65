//! Values that mean "no value", in any column.

/// As [`str::trim`]; a look at both ends settles most cells.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if visible(text.as_bytes().first()) && visible(text.as_bytes().last()) { text } else { text.trim() }
}

/// Whether a trimmed cell stands for a missing value: blank, a dash, `n/a`, `NULL`, a spreadsheet error.
pub(crate) fn is_missing(text: &str) -> bool {
    const TOKENS: [&str; 20] = [
        "-", "--", "—", "–", "n/a", "#n/a", "n.a.", "k.a.", "null", "(null)", "<null>", "[null]", "\\n", "#ref!",
        "#div/0!", "#value!", "#name?", "#num!", "tbd", "(blank)",
    ];
    let Some(first) = text.bytes().next() else { return true };
    // `—` and `–` start with 0xE2.
    let possible = text.len() <= 8
        && matches!(first, b'-' | 0xE2 | b'n' | b'N' | b'#' | b'k' | b'K' | b'(' | b'<' | b'[' | b'\\' | b't' | b'T');
    possible && TOKENS.iter().any(|token| text.eq_ignore_ascii_case(token))
}

/// Words that mean "no value" where numbers or dates are expected, and may be real names elsewhere.
pub(crate) fn is_missing_value(text: &str) -> bool {
    const TOKENS: [&str; 7] = ["na", "none", "nat", "unknown", "?", ".", "not available"];
    let possible = text.len() <= 13 && matches!(text.bytes().next(), Some(b'n' | b'N' | b'u' | b'U' | b'?' | b'.'));
    is_missing(text) || possible && TOKENS.iter().any(|token| text.eq_ignore_ascii_case(token))
}

/// Whether a cell says yes or no; `None` if neither.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    const YES: [&str; 13] = ["true", "yes", "y", "1", "t", "ja", "oui", "sí", "si", "wahr", "vrai", "verdadero", "✓"];
    const NO: [&str; 10] = ["false", "no", "n", "0", "f", "nein", "non", "falsch", "faux", "falso"];
    let text = trimmed(text);
    if text.len() > 9 {
        return None;
    }
    if YES.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Some(true);
    }
    NO.iter().any(|word| text.eq_ignore_ascii_case(word)).then_some(false)
}
