//! What programs send, read within bounds: addresses, parameters, times. What is not as it should be is refused in words.

use base::Time;
use web::Fields;
use web::form::FormError;

use super::answer::{Format, Problem};

/// Bytes of a body or of a query.
pub(super) const MOST_BYTES: usize = 64 << 10;
/// Bytes of a part of an address.
const MOST_SEGMENT: usize = 240;
/// Values of one parameter that holds a list.
pub(super) const MOST_VALUES: usize = 50;
/// Characters of such a parameter.
const MOST_LIST: usize = 1000;

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Where the interface is.
    Discovery,
    /// All services.
    Services,
    /// What a service asks.
    Service(String),
    /// Requests: a list, or one to be made.
    Requests,
    /// One request.
    Request(String),
    /// The number behind a token.
    Token(String),
    /// What became of requests: a list, or something to be added.
    Updates,
}

impl Wanted {
    /// From the part of the address after `/open311/`, with the format that it ends in.
    pub(super) fn parse(path: &str) -> Option<(Wanted, Format)> {
        let (stem, ending) = path.rsplit_once('.')?;
        let format = Format::of(ending)?;
        let segments: Vec<&str> = stem.split('/').collect();
        let wanted = match segments[..] {
            ["discovery"] => Wanted::Discovery,
            ["v2", "services"] => Wanted::Services,
            ["v2", "services", code] => Wanted::Service(decoded(code)?),
            ["v2", "requests"] => Wanted::Requests,
            ["v2", "requests", no] => Wanted::Request(decoded(no)?),
            ["v2", "tokens", token] => Wanted::Token(decoded(token)?),
            ["v2", "servicerequestupdates"] => Wanted::Updates,
            _ => return None,
        };
        Some((wanted, format))
    }

    /// The methods that it answers to.
    pub(super) fn methods(&self) -> &'static str {
        match self {
            Wanted::Requests | Wanted::Updates => "GET, HEAD, POST",
            _ => "GET, HEAD",
        }
    }
}

/// A part of an address without its escapes: some text without control characters.
fn decoded(segment: &str) -> Option<String> {
    if segment.is_empty() || segment.len() > MOST_SEGMENT {
        return None;
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let [high, low, ..] = tail else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
        bytes.push(digit(*high)? << 4 | digit(*low)?);
        rest = tail.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// The parameters of a request, each at most once.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Fields);

impl Parameters {
    /// From a query or a body.
    ///
    /// # Errors
    /// [`Problem`] where it is too much, no text, or a parameter came twice.
    pub(super) fn parse(bytes: &[u8]) -> Result<Parameters, Problem> {
        if bytes.len() > MOST_BYTES {
            return Err(Problem::TooLarge);
        }
        let fields = Fields::parse(bytes).map_err(|error| match error {
            FormError::TooLong | FormError::TooMany => Problem::TooLarge,
            FormError::Twice(name) => Problem::Twice(name.to_owned()),
            FormError::NotText | FormError::Broken => Problem::NoForm,
        })?;
        let mut names: Vec<&str> = fields.pairs().map(|(name, _)| name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair.first() == pair.get(1)).and_then(|pair| pair.first()) {
            Some(name) => Err(Problem::Twice(base::text::excerpt(name, 40))),
            None => Ok(Parameters(fields)),
        }
    }

    /// A parameter as a text of at most so many characters; none where it is empty or was not sent.
    ///
    /// # Errors
    /// [`Problem::Wrong`] where it is longer.
    pub(super) fn text(&self, name: &'static str, most: usize) -> Result<Option<&str>, Problem> {
        let text = self.0.value(name).trim();
        if text.chars().count() > most {
            return Err(Problem::Wrong(name));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A list of values with commas between them; none where it was not sent. An empty one is not taken for none, which
    /// would answer with everything, and neither is one that nothing can match.
    ///
    /// # Errors
    /// [`Problem::Wrong`] where it is empty, there are too many, or one does not fit.
    pub(super) fn list(&self, name: &'static str, fits: fn(&str) -> bool) -> Result<Option<Vec<String>>, Problem> {
        if !self.0.has(name) {
            return Ok(None);
        }
        let text = self.text(name, MOST_LIST)?.unwrap_or_default();
        let values: Vec<String> = text.split(',').map(|value| value.trim().to_owned()).collect();
        let whole = values.len() <= MOST_VALUES && values.iter().all(|value| fits(value));
        if whole { Ok(Some(values)) } else { Err(Problem::Wrong(name)) }
    }

    /// A moment, as `2026-11-26T17:30:00+08:00`; without a zone it is ours. An empty one is not taken for none: who asks
    /// from a moment on and sends nothing has lost it on the way.
    ///
    /// # Errors
    /// [`Problem::Wrong`] where it is none.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Time>, Problem> {
        let Some(text) = self.text(name, 60)? else {
            return if self.0.has(name) { Err(Problem::Wrong(name)) } else { Ok(None) };
        };
        moment(text).map(Some).ok_or(Problem::Wrong(name))
    }

    /// A part of a place in degrees, in millionths.
    ///
    /// # Errors
    /// [`Problem::Wrong`] where it is no number or beyond the pole.
    pub(super) fn degrees(&self, name: &'static str, most: f64) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name, 40)? else { return Ok(None) };
        let degrees = text.parse::<f64>().ok().filter(|degrees| degrees.is_finite() && degrees.abs() <= most);
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
        let millionths = degrees.map(|degrees| (degrees * 1e6).round() as i64);
        millionths.map(Some).ok_or(Problem::Wrong(name))
    }

    /// Yes or no, of an attribute with two values.
    ///
    /// # Errors
    /// [`Problem::Wrong`] where it is neither.
    pub(super) fn yes(&self, name: &'static str) -> Result<bool, Problem> {
        match self.text(name, 20)? {
            None | Some("no" | "false" | "0") => Ok(false),
            Some("yes" | "true" | "1") => Ok(true),
            Some(_) => Err(Problem::Wrong(name)),
        }
    }
}

/// Reads a moment. A plus sign that was not escaped comes as a space.
fn moment(text: &str) -> Option<Time> {
    let at = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| Time(at.as_microsecond()));
    let here = |text: &str| text.parse::<jiff::civil::DateTime>().ok().map(Time::from_civil);
    at(text).or_else(|| here(text)).or_else(|| at(&text.replace(' ', "+")))
}

/// The entry of the fuzzer: whatever the bytes are, they are read or refused in words, and what is answered with them is
/// in shape.
pub fn fuzz(data: &[u8]) {
    use super::answer::Value;
    if let Ok(path) = std::str::from_utf8(data)
        && let Some((wanted, _)) = Wanted::parse(path)
    {
        assert!(!wanted.methods().is_empty());
    }
    let parameters = match Parameters::parse(data) {
        Ok(parameters) => parameters,
        Err(problem) => {
            assert!(!problem.words(web::Lang::En).is_empty() && problem.status().is_client_error());
            return;
        }
    };
    let _ = super::requests::Asked::of(&parameters, Time(1_764_000_000_000_000));
    let _ = super::create::Sent::of(&parameters);
    let _ = super::updates::Sent::of(&parameters);
    for (_, text) in parameters.0.pairs() {
        let tree = Value::List("request", vec![Value::Map(vec![("description", text.into())])]);
        let read = serde_json::from_str::<serde_json::Value>(&tree.json()).unwrap_or_default();
        assert_eq!(read.pointer("/0/description").and_then(serde_json::Value::as_str), Some(text), "a text changed by being written");
        let xml = tree.xml("requests");
        let inner = xml.split_once("<description>").and_then(|(_, rest)| rest.split_once("</description>")).map_or("", |(inner, _)| inner);
        assert!(!inner.contains(['<', '>']) && !inner.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{inner}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (path, wanted) in [
            ("discovery.xml", Wanted::Discovery),
            ("v2/services.json", Wanted::Services),
            ("v2/services/01.02.json", Wanted::Service("01.02".into())),
            ("v2/services/%E8%B7%AF.xml", Wanted::Service("路".into())),
            ("v2/requests/26112148271934.json", Wanted::Request("26112148271934".into())),
            ("v2/tokens/ABC.xml", Wanted::Token("ABC".into())),
            ("v2/servicerequestupdates.xml", Wanted::Updates),
        ] {
            assert_eq!(Wanted::parse(path).map(|(wanted, _)| wanted), Some(wanted), "{path}");
        }
        for path in [
            "",
            "v2/services",
            "v2/services.html",
            "v2/services/%ff.json",
            "v2/services/%0.xml",
            "v2/services/a/b.xml",
            "v2/requests/%00.xml",
        ] {
            assert_eq!(Wanted::parse(path), None, "{path}");
        }
    }

    #[test]
    fn moments_are_read() {
        let at = |text: &str| Parameters::parse(web::form::encode([("start_date", text)]).as_bytes()).unwrap().time("start_date");
        let noon = at("2026-11-26T12:00:00+08:00").unwrap().unwrap();
        for same in ["2026-11-26T04:00:00Z", "2026-11-26T12:00:00 08:00", "2026-11-26T12:00:00", " 2026-11-26T12:00:00+08:00 "] {
            assert_eq!(at(same), Ok(Some(noon)), "{same}");
        }
        assert_eq!(Parameters::default().time("start_date"), Ok(None));
        for wrong in ["", " ", "yesterday", "2026-13-01T00:00:00Z", "1"] {
            assert_eq!(at(wrong), Err(Problem::Wrong("start_date")), "{wrong}");
        }
    }

    #[test]
    fn bounds_hold() {
        assert_eq!(Parameters::parse(&vec![b'a'; MOST_BYTES + 1]).unwrap_err(), Problem::TooLarge);
        assert_eq!(Parameters::parse(b"lat=1&lat=2").unwrap_err(), Problem::Twice("lat".into()));
        let read = Parameters::parse(b"lat=91&long=180&status=,,&service_code=a,b").unwrap();
        assert_eq!(read.degrees("lat", 90.0), Err(Problem::Wrong("lat")));
        assert_eq!(read.degrees("long", 180.0), Ok(Some(180_000_000)));
        let some = |value: &str| !value.is_empty();
        assert_eq!(read.list("status", some), Err(Problem::Wrong("status")));
        assert_eq!(read.list("service_request_id", some), Ok(None));
        assert_eq!(read.list("service_code", |value| value == "a"), Err(Problem::Wrong("service_code")));
        assert_eq!(read.list("service_code", some), Ok(Some(vec!["a".into(), "b".into()])));
        for wrong in [&b"lat=nan"[..], b"lat=inf", b"lat=x"] {
            assert!(Parameters::parse(wrong).unwrap().degrees("lat", 90.0).is_err());
        }
        fuzz(b"description=%3Cb%3E%26&lat=1&start_date=x");
    }
}
