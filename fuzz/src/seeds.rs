//! Inputs that are in order, from which mutations start.

use base::{Id, Time};
use sheets::{Export, FileKind, Head, Value};

/// Workbooks, new and old, and CSV in several encodings.
pub fn sheets() -> Vec<Vec<u8>> {
    let heads: Vec<Head> = ["编号", "主题", "时间", "内容", "人数", "是否公开"].into_iter().map(|h| Head::new(h, 12)).collect();
    let mut out = Vec::new();
    for kind in [FileKind::Xlsx, FileKind::Csv] {
        let mut export = Export::new(kind, "留言", Some("汇总表"), &heads).expect("a temporary file");
        for n in 0..4 {
            let row: [Value<'_>; 6] = [
                n.into(),
                "路灯\u{a0}不亮".into(),
                Time(n * Time::DAY).into(),
                "\n\t\t楼道\u{3000}\u{3000}=1+1".into(),
                Value::Decimal(0.5),
                "是".into(),
            ];
            export.row(&row).expect("a row");
        }
        let mut bytes = Vec::new();
        export.finish(&mut bytes).expect("a file");
        out.push(bytes);
    }
    for text in [
        "编号,主题,时间,内容\n1,a,2019.07,b\n2,\"c\"\"d\",201907,\"e\nf\"\n合计,2,,\n填表人：,,,",
        "sep=;\nid;title;time;text\n1;'=x;2019/4/25 9:32:09;—\n",
        "id\ttitle\ttime\ttext\n１\t1.10105E+17\t43590\t无\n",
    ] {
        out.push(text.as_bytes().to_vec());
        out.push([&[0xff, 0xfe][..], &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat());
    }
    // A workbook of Excel 97–2003.
    out.push(include_bytes!("../../foundation/sheets/tests/files/xlwt.xls").to_vec());
    // 编号 and 主题 in GB18030.
    out.push(b"\xb1\xe0\xba\xc5,\xd6\xf7\xcc\xe2\n1,\xc2\xb7\xb5\xc6\n".to_vec());
    out
}

/// Bodies of forms, plain and with files.
pub fn forms() -> Vec<Vec<u8>> {
    vec![
        b"op_key=00112233445566778899aabbccddeeff&words=%E8%B7%AF%E7%81%AF+x&box=a&box=b&empty=&flag&csrf=1&v=2".to_vec(),
        b"--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\n\xe8\xb7\xaf\r\n--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--x--\r\n".to_vec(),
    ]
}

/// Addresses, queries and forms of Open311.
pub fn calls() -> Vec<Vec<u8>> {
    [
        "v2/services/%E8%B7%AF.1.json",
        "v2/requests/26112148271934.xml",
        "service_request_id=26112148271934,26112148271935&service_code=01,02&start_date=2026-11-01T00%3A00%3A00%2B08%3A00&status=open,closed",
        "api_key=0011&service_code=general&description=%E8%B7%AF%E7%81%AF%3C%26%5D%5D%3E+out&lat=36.65&long=117.12&phone=13800001234&attribute%5Bplace%5D=370102001001&attribute%5Bconfidential%5D=yes&media_url=https%3A%2F%2Fa%2Fb.jpg",
        "api_key=0011&service_request_id=26112148271934&update_id=7&description=still+dark&updated_datetime=2026-11-01T00:00:00Z&status=CLOSED",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Encoded events with facts of several kinds.
pub fn events() -> Vec<Vec<u8>> {
    let facts = [
        r#"{"v":2,"unit":"019300ff10207001800000000000abcd","in_time":true,"due":{"at":1,"rule":"concerns.claim"}}"#,
        r#"{"no":"26112148271934","key":"00","desk":"019300ff10207001800000000000abcd","title":"00","texts":{"words":"00"}}"#,
        r#"{"texts":{}}"#,
        "{}",
        "[[[[]]]]",
    ];
    facts
        .into_iter()
        .map(|facts| {
            record::encode(&record::Event {
                pos: None,
                id: record::EventId(Id([7; 16])),
                kind: "ConcernClaimed".into(),
                v: 1,
                recorded_at: Time(1),
                occurred_at: Time(-1),
                actor: record::Actor::System,
                unit: None,
                subject: Id([1; 16]),
                batch: None,
                rules_digest: [3; 32],
                facts: facts.into(),
                salt: [9; 16],
            })
        })
        .collect()
}

/// A signed head, a request to a witness, a receipt, a key, an address.
pub fn proofs() -> Vec<Vec<u8>> {
    let key = record::note::Skey::of_log(&base::Keys::seeded(&base::SeededRandom::new(1)), "a.gov.cn/log").expect("a name");
    let head = key.sign_head(1, [7; 32]).expect("a head");
    let event = events().into_iter().next().unwrap_or_default();
    let receipt = record::receipt::Receipt {
        lianxin_receipt: record::receipt::VERSION,
        no: "26112148271934".into(),
        district: "\u{4e1c}".into(),
        log: Some(key.vkey().to_string()),
        checkpoint: Some(head.clone()),
        witnesses: Vec::new(),
        steps: vec![record::receipt::Step {
            title: "x".into(),
            event: record::note::base64(&event),
            index: Some(0),
            path: vec![record::note::base64(&[1; 32])],
            texts: vec![record::receipt::Text::new("texts.words", &[1; 16], "x")],
        }],
        differs: vec!["x".into()],
    };
    vec![
        head.clone().into_bytes(),
        record::witness::Asked::body(3, &[[1; 32]], &head).into_bytes(),
        receipt.to_json().into_bytes(),
        key.vkey().to_string().into_bytes(),
        b"0/x001/234.p/5".to_vec(),
    ]
}

/// An attestation with a Curve25519 key, what a browser signs for, and broken pieces of both.
pub fn passkeys() -> Vec<Vec<u8>> {
    // {"fmt": "none", "authData": 37 bytes and what follows}, as CBOR writes it.
    let mut data = vec![0x11; 32];
    data.extend([0x45, 0, 0, 0, 7]);
    data.extend([0; 16]);
    data.extend([0, 2, b'i', b'd']);
    data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
    data.extend([0x22; 32]);
    let mut whole = vec![0xa2, 0x63, b'f', b'm', b't', 0x64, b'n', b'o', b'n', b'e', 0x68];
    whole.extend(b"authData");
    whole.extend([0x58, u8::try_from(data.len()).unwrap_or(0)]);
    whole.extend(&data);
    let client = br#"{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://a","crossOrigin":false}"#.to_vec();
    vec![whole, data, client, vec![0x81; 300], vec![0xa0], b"Y2hhbGxlbmdl".to_vec()]
}

/// Key sets and tokens.
pub fn tokens() -> Vec<Vec<u8>> {
    [
        r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"1"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#,
        "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJodHRwczovL2EiLCJzdWIiOiIxIiwiYXVkIjoiYyIsImV4cCI6MSwiaWF0IjowLCJub25jZSI6Im4ifQ.AAAA",
        "..",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Templates of reports, and a paragraph that was edited.
pub fn templates() -> Vec<Vec<u8>> {
    [
        "{单位}{期间}收到{收到}，{收到：同比}。{如果 满意率 有数据}满意率{满意率}（n={满意率：n}）{否则}{{无}}{结束}\n{图：逐月}\n{类别：前5}",
        "{如果 收到 大于 10}{如果 收到 下降}甲{结束}{结束}",
        "2026年收到1,234件，办结12，另有77次。",
        "｛收到：环比｝}}{{",
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

/// Maps of units.
pub fn maps() -> Vec<Vec<u8>> {
    let area = |properties: &str, geometry: &str| {
        format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#)
            .into_bytes()
    };
    let square = r#"{"type":"Polygon","coordinates":[[[150,20,5],[150.1,20],[150.1,20.1],[150,20.1],[150,20]]]}"#;
    let two = r#"{"coordinates":[[[[1,1],[2,1],[2,2]]],[[[3,3],[4,3],[4,4]],[[3.1,3.1],[3.2,3.1],[3.2,3.2]]]],"type":"MultiPolygon"}"#;
    vec![
        area(r#"{"code":"990105001000","name":"东街街道"}"#, square),
        area(r#"{"XZQDM":990105001001,"名称":"东门社区"}"#, two),
        area("null", "null"),
        dashboard::shape::Shape(vec![vec![(150_000_000, 20_000_000), (150_100_000, 20_000_000), (150_000_000, 20_100_000)]]).pack(),
    ]
}

/// A Word document, slides, Markdown with what it should not have.
pub fn lessons() -> Vec<Vec<u8>> {
    use std::io::Write as _;
    let archive = |parts: &[(&str, &str)]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
            zip.write_all(text.as_bytes()).expect("a part");
        }
        zip.finish().expect("an archive").into_inner()
    };
    let pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
               3 0 obj<</Type/Page/Parent 2 0 R/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj\n\
               4 0 obj<</Length 36>>stream\nBT /F 12 Tf 50 700 Td (text.) Tj ET  \nendstream endobj\n\
               5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF";
    vec![
        pdf.as_bytes().to_vec(),
        archive(&[(
            "word/document.xml",
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/><w:numPr/></w:pPr><w:r><w:t>一&amp;二</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:t>a|b</w:t></w:p></w:tc></w:tr></w:tbl>",
        )]),
        archive(&[
            ("ppt/slides/slide1.xml", "<p:sp><p:ph type=\"title\"/><a:p><a:t>题</a:t></a:p></p:sp><p:sp><a:p><a:t>- 点</a:t></a:p></p:sp>"),
            ("ppt/slides/slide2.xml", "<p:sp><a:p><a:t>&lt;script&gt;</a:t></a:p></p:sp>"),
        ]),
        "# 题\n\n<script>alert(1)</script>\n\n[a](javascript:x) ![b](http://x/y) <http://x> <a@b.c>\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: 注".as_bytes().to_vec(),
    ]
}

/// Questions in the layouts that are read.
pub fn questions() -> Vec<Vec<u8>> {
    [
        "一、单选题\n1. 甲是（A）。\nA. 一 B. 二\n2、乙\nA、一\nB、二\n答案：B 难度：易\n解析：因为。",
        "判断题\n1. 丙。（√）\n填空题\n2. 丁是____和____。\n答案：子；丑\n参考答案\n1-2 AB",
        "（3）【多选题】戊 A.一B.二C.三\n【答案】ABC\n【知识点】己",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Word files, and what stands in them.
pub fn words() -> Vec<Vec<u8>> {
    let document = documents::Document {
        title: "题库".into(),
        date: "2026-11-29".into(),
        blocks: vec![documents::Block::Paragraph("1．甲（A）".into()), documents::Block::Paragraph("A．一　B．二".into())],
        ..documents::Document::default()
    };
    let plain = b"<w:document><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>a&amp;b</w:t></w:r></w:p></w:body></w:document>";
    let mut all = vec![plain.to_vec()];
    all.extend(documents::docx(&document));
    all
}
