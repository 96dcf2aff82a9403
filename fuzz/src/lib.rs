//! What is fuzzed: everything that reads bytes from outside. Each target takes any bytes, must end
//! without a panic, and checks what must hold of whatever was read.

pub mod mutate;
pub mod seeds;

use sheets::{Column, Kind, Limits, Record, map_headers};

/// A target: its name, its entry, its seeds.
pub struct Target {
    /// As `cargo fuzz run` calls it.
    pub name: &'static str,
    /// Takes any bytes.
    pub run: fn(&[u8]),
    /// Inputs from which mutations start.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Another way to vary an input than by its bytes, for formats that a changed byte only breaks.
    pub vary: Option<fn(&base::SeededRandom, &[u8]) -> Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "sheet", run: sheet, seeds: seeds::sheets, vary: Some(mutate::inside_zip) },
    Target { name: "stream", run: stream, seeds: seeds::sheets, vary: Some(mutate::inside_zip) },
    Target { name: "form", run: form, seeds: seeds::forms, vary: None },
    Target { name: "template", run: template, seeds: seeds::templates, vary: None },
    Target { name: "event", run: event, seeds: seeds::events, vary: None },
    Target { name: "proof", run: proof, seeds: seeds::proofs, vary: None },
    Target { name: "passkey", run: passkey, seeds: seeds::passkeys, vary: None },
    Target { name: "token", run: token, seeds: seeds::tokens, vary: None },
    Target { name: "geojson", run: geojson, seeds: seeds::maps, vary: None },
    Target { name: "open311", run: open311, seeds: seeds::calls, vary: None },
    Target { name: "lesson", run: lesson, seeds: seeds::lessons, vary: Some(mutate::inside_zip) },
    Target { name: "questions", run: questions, seeds: seeds::questions, vary: None },
    Target { name: "word", run: word, seeds: seeds::words, vary: Some(mutate::inside_zip) },
];

const COLUMNS: &[Column] = &[
    Column { key: "no", header: "编号", also: &["id"], required: true, kind: Kind::Code },
    Column { key: "title", header: "主题", also: &["title"], required: true, kind: Kind::Line },
    Column { key: "at", header: "时间", also: &["time"], required: false, kind: Kind::Moment },
    Column { key: "text", header: "内容", also: &["text"], required: true, kind: Kind::Text },
    Column { key: "n", header: "人数", also: &["count"], required: false, kind: Kind::Decimal },
    Column { key: "ok", header: "是否公开", also: &[], required: false, kind: Kind::YesNo },
];

/// A spreadsheet: read within small limits, checked cell by cell, its bad rows written and read again.
pub fn sheet(data: &[u8]) {
    let limits = Limits { file: 1 << 20, unpacked: 8 << 20, rows: 2_000, columns: 60, cell: 10_000, cells: 50_000, text: 4 << 20 };
    let sheet = match sheets::read_with(data, COLUMNS, None, &limits) {
        Ok(sheet) => sheet,
        Err(error) => {
            assert!(!error.zh().is_empty() && !error.to_string().is_empty(), "an error without words");
            return;
        }
    };
    assert!(sheet.rows.len() <= limits.rows, "more rows than the limit");
    assert!(sheet.rows.iter().all(|row| row.cells.len() <= limits.columns), "more columns than the limit");
    assert!(sheet.rows.windows(2).all(|pair| pair[0].number <= pair[1].number), "rows out of order");
    let mapping = map_headers(&sheet, COLUMNS);
    let mut errors = Vec::new();
    for row in &sheet.rows {
        let mut record = Record::new(&sheet, &mapping, row);
        record.check(COLUMNS);
        errors.extend(record.into_errors());
    }
    for error in &errors {
        assert!(error.zh().contains('：') && error.column.is_none_or(|at| at < limits.columns), "{error:?}");
    }
    // Workbooks are slow to write: a bounded one shows what a large one would.
    errors.truncate(50);
    let mut book = Vec::new();
    let written = sheets::write_errors(&sheet, &errors, &mut book).expect("a workbook of errors can always be written");
    if written > 0 {
        let again = sheets::read(&book, COLUMNS).expect("a workbook of errors can be read");
        assert!(again.headers.iter().any(|header| header == sheets::REASON) || again.rows.is_empty(), "{:?}", again.headers);
    }
}

/// The same file row by row, as registers are read: what comes is what comes at once.
pub fn stream(data: &[u8]) {
    let _ = base::id_number::IdNumber::parse(&String::from_utf8_lossy(data)).map(|number| assert_eq!(number.as_str().len(), 18));
    let limits = Limits { file: 1 << 20, unpacked: 8 << 20, rows: 2_000, columns: 60, cell: 10_000, cells: 50_000, text: 4 << 20 };
    let Ok(mut stream) = sheets::open(data.to_vec(), COLUMNS, &limits) else { return };
    let mut rows = Vec::new();
    loop {
        match stream.take(7) {
            Ok(some) if some.is_empty() => break,
            Ok(some) => rows.extend(some),
            Err(error) => {
                assert!(!error.zh().is_empty());
                return;
            }
        }
    }
    assert!(rows.len() <= limits.rows, "more rows than the limit");
    assert!(rows.iter().all(|row| row.cells.len() <= limits.columns), "more columns than the limit");
}

/// A form as a browser, or anybody else, sends it.
pub fn form(data: &[u8]) {
    web::form::fuzz(data);
}

/// What a browser sends when a passkey is made or used.
pub fn passkey(data: &[u8]) {
    people::webauthn::fuzz(data);
}

/// What another house sends: its keys and its tokens.
pub fn token(data: &[u8]) {
    web::outside::token::fuzz(data);
}

/// An event's bytes, and its facts as each kind of event reads them.
pub fn event(data: &[u8]) {
    let Ok(mut event) = record::decode_any(data) else {
        return;
    };
    assert_eq!(record::encode(&event), data, "an event changed by being read and written");
    for kind in concerns::events::KINDS {
        event.kind = kind.name.to_owned();
        // Whether the facts fit does not matter; that it is said without a panic does.
        let _ = (kind.check)(&event);
        event.v = kind.v;
        let _ = (kind.check)(&event);
    }
}

/// What comes from outside around the log: heads with signatures, requests to a witness, receipts, addresses of tiles.
pub fn proof(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(head) = record::note::Signed::parse(text) {
        assert!(text.starts_with(head.text()), "the signed text is not what was sent");
    }
    if let Ok(asked) = record::witness::Asked::parse(text) {
        assert!(asked.path.len() <= 64);
    }
    if let Ok(vkey) = record::note::Vkey::parse(text) {
        assert_eq!(record::note::Vkey::parse(&vkey.to_string()), Ok(vkey));
    }
    if let Ok(receipt) = record::receipt::Receipt::parse(text) {
        let _ = receipt.check(None);
        let again = record::receipt::Receipt::parse(&receipt.to_json());
        assert_eq!(again.as_ref(), Ok(&receipt), "a receipt changed by being written and read");
    }
    let _ = record::tree::Wanted::parse(text);
}

/// A template of a report: read or refused in words with a place in it, and an edited paragraph linked again to its figures.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let vocabulary = reports::template::Vocabulary {
        words: list(&["单位", "期间"]),
        figures: list(&["收到", "满意率"]),
        lists: list(&["类别"]),
        exhibits: list(&["逐月"]),
        must: Vec::new(),
    };
    if let Err(wrong) = reports::template::parse(&text, &vocabulary) {
        assert!(wrong.line >= 1 && wrong.line <= text.lines().count().max(1) + 1, "{wrong:?}");
        for lang in web::Lang::ALL {
            assert!(!reports::template::words(lang, &wrong).is_empty());
        }
    }
    let piece = |text: &str, figure: Option<&str>| reports::body::Piece { text: text.into(), figure: figure.map(str::to_owned) };
    let given = [piece("2026年，收到", None), piece("1,234件", Some("m:a")), piece("，办结", None), piece("12", Some("m:b"))];
    let spans = reports::body::link(&text, &given);
    assert_eq!(spans.iter().map(|span| span.text.as_str()).collect::<String>(), text, "a paragraph lost a character");
    assert!(spans.iter().all(|span| !(span.typed && span.figure.is_some())));
}

/// What programs of others send: addresses, queries and forms.
pub fn open311(data: &[u8]) {
    concerns::open311::fuzz(data);
}

/// A map of units: read within its bounds, made smaller, packed and read again, drawn.
pub fn geojson(data: &[u8]) {
    // The bytes of a shape as the store might hold them after somebody changed them.
    if let Some(shape) = dashboard::shape::Shape::unpack(data) {
        assert_eq!(dashboard::shape::Shape::unpack(&shape.pack()).as_ref(), Some(&shape), "a shape changed by being packed");
    }
    match dashboard::geojson::read(data) {
        Err(wrong) => {
            let told = (1..=dashboard::geojson::MOST_TOLD).contains(&wrong.len());
            assert!(told && wrong.iter().all(|error| !error.zh().is_empty() && !error.to_string().is_empty()), "an error without words");
        }
        Ok(features) => {
            assert!(!features.is_empty() && features.len() <= dashboard::geojson::MOST_FEATURES, "a number of areas out of bounds");
            for feature in features {
                assert!(feature.rings.iter().all(|ring| ring.len() >= 3), "a ring of fewer than three points");
                let shape = dashboard::shape::Shape::of(&feature.rings);
                assert_eq!(dashboard::shape::Shape::unpack(&shape.pack()).as_ref(), Some(&shape), "a shape changed by being packed");
                if let Some(bounds) = shape.bounds() {
                    let projection = dashboard::shape::Projection::fit(bounds, 1000.0, 760.0);
                    let path = projection.path(&shape);
                    assert!(!path.contains("NaN") && !path.contains("inf"), "a point that is nowhere");
                    let _ = projection.label(&shape);
                }
            }
        }
    }
}

/// Content for a lesson: Word, PowerPoint and Markdown become HTML in which nothing does anything.
pub fn lesson(data: &[u8]) {
    learning::import::fuzz(data);
    learning::markdown::fuzz(data);
}

/// Questions as teachers lay them out: read, and what was found well is written and read again to the same.
pub fn questions(data: &[u8]) {
    let lines: Vec<String> = String::from_utf8_lossy(data).lines().map(str::to_owned).collect();
    for found in theory::layout::read(&lines, "") {
        assert!(found.wrong.is_some() || found.question.clone().checked().as_ref() == Ok(&found.question), "checked twice, it changed");
    }
}

/// A Word file: lines or words, whatever the bytes are.
pub fn word(data: &[u8]) {
    theory::docx::fuzz(data);
}
