//! The query of a URL.

/// Names and values in the order of the URL, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads `a=1&b=%2F`; what is not UTF-8 after decoding is replaced.
    pub fn parse(text: &str) -> Query {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name, true), decode(value, true))
        };
        Query { pairs: text.split('&').filter(|part| !part.is_empty()).map(pair).collect() }
    }

    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the first value of this name is `true` or `1`, as Go's ParseBool has it.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "t" | "T" | "true" | "TRUE" | "True"))
    }

    /// The first value of this name when it is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

/// Undoes percent encoding; with `plus`, a plus is a space.
pub(super) fn decode(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match (bytes[at], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_repeated_names_are_kept_in_order() {
        let query = Query::parse("labelSelector=app%3Dshop%2Ctier+in+%28a%29&command=sh&command=-c&watch=1&x");
        assert_eq!(query.get("labelSelector"), Some("app=shop,tier in (a)"));
        assert_eq!(query.all("command").collect::<Vec<_>>(), ["sh", "-c"]);
        assert!(query.flag("watch") && !query.flag("x") && query.text("x").is_none());
        assert_eq!(decode("100%+a%2", false), "100%+a%2");
    }
}
