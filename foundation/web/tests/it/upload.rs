//! Pictures, drafts and retries through a page that takes them.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Id, Time};
use testkit::{Answer, Upload};
use web::{App, Fields, Module, Page, PageError, Redirect, Visit, drafts, photos, redirect};

fn module() -> Vec<Module> {
    vec![Module { routes, ..Module::new("trial") }]
}

fn routes() -> Router<App> {
    Router::new()
        .route("/trial/photos", post(take))
        .route("/trial/photos/{digest}", get(show))
        .route("/trial/draft", get(load).post(save))
        .route("/trial/gone", post(discard))
}

async fn take(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    let taken = match photos::take(&visit, &fields, "photos", 3).await {
        Ok(taken) => taken,
        Err(error) => {
            let words = error.words(visit.lang).ok_or(PageError::Busy)?;
            return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, format!("{words}|{}", fields.value("text"))).into_response());
        }
    };
    let text = taken
        .iter()
        .map(|photo| format!("{} {} {}x{}\n", record::hex(&photo.digest), record::hex(&photo.small), photo.width, photo.height))
        .collect::<String>();
    visit
        .write(move |tx, _| {
            for photo in &taken {
                photos::keep(tx, photo, Id([9; 16]))?;
            }
            Ok::<_, PageError>(())
        })
        .await?;
    Ok(text.into_response())
}

async fn show(visit: Visit, Path(digest): Path<String>) -> Result<Response, PageError> {
    photos::serve(&visit.district, photos::parse_digest(&digest).ok_or(PageError::NotFound)?).await
}

async fn save(visit: Visit, fields: Fields) -> Result<Redirect, PageError> {
    let token = drafts::Token::of_or_new(&visit);
    let (saved, typed) = (token.clone(), fields.text("text"));
    visit.write(move |tx, ctx| drafts::save(tx, ctx, &saved, &typed).map_err(PageError::from)).await?;
    Ok(redirect("/trial/draft").draft(&visit, &token))
}

async fn load(visit: Visit) -> Result<String, PageError> {
    let Some(token) = drafts::Token::of(&visit) else { return Ok("no token".into()) };
    let found = visit.read(move |tx, ctx| drafts::load::<String>(tx, ctx, &token).map_err(PageError::from)).await?;
    Ok(found.unwrap_or_else(|| "nothing".into()))
}

async fn discard(visit: Visit, _fields: Fields) -> Result<Redirect, PageError> {
    if let Some(token) = drafts::Token::of(&visit) {
        visit.write(move |tx, _| drafts::discard(tx, &token).map_err(PageError::from)).await?;
    }
    Ok(redirect("/trial/draft").no_draft(&visit))
}

fn page_type(_: Page) {}

/// A JPEG of 60 × 30 with a GPS position in its EXIF block and an orientation of 6.
fn from_a_phone() -> Vec<u8> {
    let mut plain = Vec::new();
    let picture = image::RgbImage::from_fn(60, 30, |x, y| image::Rgb([u8::try_from(x * 4).unwrap(), u8::try_from(y * 8).unwrap(), 90]));
    picture.write_to(&mut std::io::Cursor::new(&mut plain), image::ImageFormat::Jpeg).unwrap();
    let mut exif = b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x02".to_vec();
    exif.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    exif.extend_from_slice(&[0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    exif.extend_from_slice(&[0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(b"N30.2741-E120.1551");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

fn send(app: &testkit::TestApp, files: &[&[u8]]) -> Answer {
    let files: Vec<Upload<'_>> = files.iter().map(|bytes| Upload { field: "photos", name: "a.jpg", bytes }).collect();
    app.client().upload("/trial/photos", &[("text", "路灯")], &files)
}

testkit::on_both! {
    [module()]
    fn a_picture_comes_out_without_its_place(app) {
        let phone = from_a_phone();
        assert!(phone.windows(8).any(|w| w == b"N30.2741"));
        let answer = send(app, &[&phone]).expect(200);
        let line = answer.text().trim().to_owned();
        let mut parts = line.split(' ');
        let (full, small, size) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(size, "30x60");
        for digest in [full, small] {
            let picture = app.client().get(&format!("/trial/photos/{digest}")).expect(200);
            assert_eq!(picture.headers["content-type"], "image/jpeg");
            assert!(picture.bytes.starts_with(&[0xff, 0xd8]));
            assert!(!picture.bytes.windows(8).any(|w| w == b"N30.2741") && !picture.bytes.windows(4).any(|w| w == b"Exif"));
        }
        app.client().get(&format!("/trial/photos/{}", "0".repeat(64))).expect(404);
        app.client().get("/trial/photos/..%2f..%2fkeys").expect(404);
    }

    fn pictures_that_are_none_are_refused_in_words(app) {
        let refused = |files: &[&[u8]], words: &str| {
            let answer = send(app, files).expect(422);
            assert!(answer.text().contains(words) && answer.text().ends_with("|路灯"), "{}", answer.text());
        };
        let phone = from_a_phone();
        refused(&[b"GIF89a not a photo"], "第 1 个文件不是照片");
        refused(&[&phone, b"<script>alert(1)</script>"], "第 2 个文件不是照片");
        refused(&[b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"], "HEIC");
        refused(&[&phone[..phone.len() / 3]], "第 1 张照片不完整");
        refused(&[&phone[..]; 4], "最多 3 张");
        refused(&[&phone[..]; 7], "最多 3 张");
        refused(&[&vec![0xff; web::form::MOST_FILE_BYTES + 1]], "第 1 张超过 12 MB");
        // A browser sends an empty part for a file input that was left alone.
        let none = app.client().upload("/trial/photos", &[], &[Upload { field: "photos", name: "", bytes: b"" }]).expect(200);
        assert_eq!(none.text(), "");
    }

    fn a_draft_lives_a_day_and_only_in_its_browser(app) {
        let browser = app.client();
        assert_eq!(browser.get("/trial/draft").text(), "no token");
        browser.post("/trial/draft", &[("text", "水管漏了")]).leads_to("/trial/draft");
        assert_eq!(browser.get("/trial/draft").text(), "水管漏了");
        let token = browser.cookie("draft").unwrap();
        browser.post("/trial/draft", &[("text", "水管漏了两天")]).expect(303);
        assert_eq!(browser.cookie("draft").unwrap(), token);
        assert_eq!(app.client().get("/trial/draft").text(), "no token");
        let sealed = app.district().read_now(|tx, _| tx.all(store::sql!("SELECT sealed FROM draft"), store::p![], |row| Ok(row.blob(0)?.to_vec()))).unwrap();
        assert!(!sealed[0].windows(6).any(|w| w == "水管".as_bytes()));
        app.clock.advance(25 * Time::HOUR);
        assert_eq!(browser.get("/trial/draft").text(), "nothing");
        app.settle();
        let left: Vec<i64> = app.district().read_now(|tx, _| tx.all(store::sql!("SELECT expires_at FROM draft"), store::p![], |row| row.int(0))).unwrap();
        assert!(left.is_empty());
        browser.post("/trial/draft", &[("text", "x")]).expect(303);
        browser.post("/trial/gone", &[]).expect(303);
        assert_eq!(browser.cookie("draft"), None);
        let _ = page_type;
    }
}

#[test]
fn a_full_queue_is_said_and_the_form_can_be_sent_again() {
    use std::sync::{Arc, Mutex, mpsc};
    let place = std::env::temp_dir().join(format!("lianxin-web-{}", std::process::id()));
    let options = store::Options { queue: 1, blobs: place.join("blobs"), ..store::Options::default() };
    let file = place.join("full.db");
    let opened = store::Store::open(&store::Database::Sqlite { file }, &options, &testkit::trees(&[]), store::testing::NOW).unwrap();
    let app = testkit::TestApp::over(vec![(vec![], opened.clone())], vec![], |_| {});
    let (go, wait) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let held = {
        let store = opened.clone();
        std::thread::spawn(move || {
            store.write_now(move |_| {
                begun.send(()).ok();
                wait.lock().unwrap().recv().ok();
                Ok::<_, store::StoreError>(())
            })
        })
    };
    has_begun.recv().unwrap();
    let browser = app.client();
    let page = browser.get("/complaints").expect(200);
    // Of several more, one may wait; the first that is refused tells that the queue is full.
    let (told, tells) = mpsc::channel();
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let (store, told) = (opened.clone(), told.clone());
            std::thread::spawn(move || told.send(store.write_now(|_| Ok::<_, store::StoreError>(()))).ok())
        })
        .collect();
    assert_eq!(tells.recv().unwrap(), Err(store::StoreError::Busy));
    let answer = browser.submit(&page, "form[action=/complaints]", &[("text", "好")]);
    let refused = answer.expect(503).says("不会重复");
    assert_eq!(refused.headers["retry-after"], "2");
    go.send(()).unwrap();
    held.join().unwrap().unwrap();
    waiting.into_iter().for_each(|thread| drop(thread.join()));
    browser.submit(&page, "form[action=/complaints]", &[("text", "好")]).leads_to("/");
    drop(app);
    drop(opened);
    std::fs::remove_dir_all(place).ok();
}
