//! Single facts out of an event's JSON without reading all of it: what counting millions of events
//! needs. It takes JSON as the record writes it, and finds nothing in what is none.

use std::borrow::Cow;

/// The value of a field as it stands, quotes and all; a dot leads into a nested object.
pub(crate) fn field<'a>(json: &'a str, path: &str) -> Option<&'a str> {
    match path.split_once('.') {
        Some((first, rest)) => field(one(json, first)?, rest),
        None => one(json, path),
    }
}

/// The text of a value; a number or a truth value as it is written, nothing for `null` and for what is nested.
pub(crate) fn text(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes().first()? {
        b'"' => {
            let inner = value.get(1..value.len().checked_sub(1)?)?;
            if inner.contains('\\') { serde_json::from_str(value).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
        }
        b'n' | b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn one<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let bytes = json.as_bytes();
    let mut at = blank(bytes, 0);
    if *bytes.get(at)? != b'{' {
        return None;
    }
    at = blank(bytes, at + 1);
    loop {
        if *bytes.get(at)? != b'"' {
            return None;
        }
        let key_end = string(bytes, at)?;
        let key = bytes.get(at + 1..key_end - 1)?;
        at = blank(bytes, key_end);
        if *bytes.get(at)? != b':' {
            return None;
        }
        at = blank(bytes, at + 1);
        let end = value(bytes, at)?;
        if key == name.as_bytes() {
            return json.get(at..end);
        }
        at = blank(bytes, end);
        match bytes.get(at)? {
            b',' => at = blank(bytes, at + 1),
            _ => return None,
        }
    }
}

fn blank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// The place after the string that begins here.
fn string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The place after the value that begins here.
fn value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string(bytes, at),
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, at);
            loop {
                match bytes.get(at)? {
                    b'"' => {
                        at = string(bytes, at)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        _ => {
            let rest = bytes.get(at..)?;
            rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r')).map(|n| at + n).filter(|end| *end > at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn facts_are_found_where_they_are() {
        let json = r#"{"no":"2611","due":{"at":12,"rule":"concerns.claim"},"texts":{"solved":"x{"},"solved":true,"unit":null,"q":"a\"b","list":[1,{"v":9}],"v":2}"#;
        assert_eq!(field(json, "solved"), Some("true"));
        assert_eq!(field(json, "due.rule").and_then(text).as_deref(), Some("concerns.claim"));
        assert_eq!(field(json, "v"), Some("2"));
        assert_eq!(field(json, "q").and_then(text).as_deref(), Some("a\"b"));
        assert_eq!(field(json, "unit").and_then(text), None);
        assert_eq!(
            (field(json, "nothing"), field("", "v"), field("[]", "v"), field("{\"v\"", "v"), field("{\"v\":", "v")),
            (None, None, None, None, None)
        );
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_same_as_a_whole_reader_finds(value in json(), path in "[a-d](\\.[a-d])?") {
            let written = value.to_string();
            let whole = path.split('.').try_fold(&value, |at, name| at.get(name));
            let found = field(&written, &path).map(|raw| serde_json::from_str::<Value>(raw).unwrap());
            prop_assert_eq!(found.as_ref(), whole);
        }

        #[test]
        fn whatever_is_given_it_ends(text in "[\\[\\]{}\":,a-d\\\\0-9 ]{0,40}", path in "[a-d](\\.[a-d])?") {
            let _ = field(&text, &path);
        }
    }
}
