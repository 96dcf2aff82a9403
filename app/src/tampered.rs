//! The whole demonstration under attack: every column of every table of every module is changed by SQL, on both engines.
//! A table that is new is tried here without anybody's doing; one that no event tells of says so below.

pub(crate) mod filled;
mod holidays;
mod reopened;

use testkit::tampered::{Attacks, Spared, every_column};
use testkit::{Engine, TestApp};

use crate::open;
use crate::small::demonstration;

/// What no event tells of, and why.
const SPARED: &[Spared] = &[
    ("account", "hash", "a password: whoever puts another there has a key, and what is done with it is recorded"),
    ("account", "password_at", "when it was set last: only makes it be changed sooner or later"),
    ("account", "totp_step", "the last code that was used, so that none is used twice"),
    ("blob_hold", "*", "who holds which file, counted again by erasure"),
    ("burden_request", "fields", "counted from the names of the fields wherever it is read"),
    ("burden_request", "known", "as `fields`"),
    ("concern_photo", "width", "how large it is drawn; the picture itself is found by its digest"),
    ("concern_photo", "height", "as `width`"),
    ("data_check", "*", "what a check found last: the next tick counts it anew"),
    ("draft", "*", "what somebody is typing"),
    ("holding", "acting", "a name for a post held for a time: from when until when is compared"),
    ("job", "*", "work in hand"),
    ("lesson_position", "*", "where somebody left off in a recording: working state"),
    ("migration", "*", "the store's own, checked by digest when it is opened"),
    ("op_key", "*", "answers that were given, kept for sixty days"),
    ("password_past", "*", "passwords that may not come again"),
    ("picture", "*", "small pictures, made again from the large ones"),
    ("outside_identity", "issuer", "a name beside the identity, which is a digest of issuer and subject and is compared"),
    ("outside_identity", "made_at", "when it was linked: the event has it"),
    ("passkey", "counter", "how often it signed, so that a copy is refused at the next sign-in"),
    ("passkey", "label", "what its owner calls it"),
    ("passkey", "made_at", "when it was added: the event has it"),
    ("passkey", "used_at", "when it was used last: signing in is recorded"),
    ("post", "successor", "where what it had in hand went: the events of that are compared"),
    ("recount", "*", "how far open deadlines were counted anew: each that moves is an event"),
    ("reader_cursor", "*", "how far readers are: rebuilding compares what they made"),
    ("resident", "batch", "which import made it, for undoing"),
    ("resident", "v", "as `batch`"),
    ("search_doc", "n", "the order of the index"),
    ("tick", "*", "when something is done next"),
    ("unit_version", "*", "by which a tree in memory is known to be old"),
    ("concern_kind_version", "*", "by which a catalogue in memory is known to be old"),
    ("challenge", "*", "a minute of signing in"),
    ("invitation", "*", "codes that open an account once: opening it is recorded"),
    ("outside_visit", "*", "a minute of signing in"),
    ("recovery_code", "*", "used once, which is recorded"),
    ("session", "*", "who is signed in: signing in and out is recorded"),
    ("setup_code", "*", "used once, on the first day"),
    ("sign_in_guard", "*", "wrong passwords of the last minutes"),
    ("totp_offer", "*", "a second factor that nobody confirmed yet"),
    ("origin", "*", "whether it is a demonstration"),
    ("complaint", "*", "sealed words about the product itself"),
    ("brought", "*", "imports in hand; what they made are rows of other tables"),
    ("brought_row", "*", "as `brought`, for undoing"),
    ("brought_wrong", "*", "as `brought`"),
    ("concern_claim", "*", "what a resident added to their own list"),
    ("attempt", "saved_at", "when an answer was kept last: the answers are compared once they are handed in"),
    ("typed_sheet", "*", "what one of two has typed in"),
    ("question_import", "*", "as `brought`"),
    ("question_import_row", "*", "as `brought`"),
    ("question_import_file", "*", "as `brought`"),
    ("concern_import", "*", "as `brought`"),
    ("concern_import_note", "*", "as `brought`"),
    ("concern_import_seen", "*", "as `brought`"),
    ("concern_pass", "*", "an hour of a resident's signing in"),
    ("delivery", "*", "the ledger of messages: what left the house is no event"),
    ("notice", "*", "what somebody is to be told of, noted from the record for a month"),
    ("notice_address", "*", "where somebody of the staff wants to be told"),
    ("notice_for", "*", "as `notice`, in whose list it stands"),
    ("notice_seen", "*", "up to when somebody has seen their list"),
    ("visitor", "*", "a number with which a resident signs in"),
    ("visitor_code", "*", "ten minutes of signing in"),
    ("visitor_identity", "*", "who a resident is elsewhere, for signing in"),
    ("visitor_session", "*", "a resident who is signed in"),
];

/// Tables of the log, tried in `record` with everything that `verify` looks at.
const LOG: &[&str] = &[
    "checkpoint",
    "cosignature",
    "event",
    "log",
    "log_head",
    "log_origin",
    "log_tile",
    "log_tree",
    "pending_event",
    "quarantined_event",
    "witness",
];

/// Tables that stay empty in this district, and why.
const EMPTY: &[(&str, &str)] = &[
    ("resident_reminder", "written when the term of entries is ending, years from now: tried in `residents`"),
    ("search_posting", "written when 1,024 documents are full: tried below in a district that has so many"),
];

fn attacked(engine: Engine) {
    let Some((app, made)) = demonstration(engine, 1) else { return };
    filled::fill(&app, &made.receipts);
    holidays::bring_in(&app);
    let empty: Vec<&str> = EMPTY.iter().map(|(table, _)| *table).collect();
    every_column(&app, &Attacks { spared: SPARED, log: LOG, empty: &empty, only: &[], every: 1 });
}

/// A search index whose first segment is full.
fn attacked_index(engine: Engine) {
    let Some(app) = TestApp::new(engine, open::modules()) else { return };
    for piece in 0..11_i64 {
        let done = app.district().write_now(move |tx, ctx| {
            for n in piece * 100..(piece + 1) * 100 {
                concerns::bring_in::bring_in(tx, ctx, concerns::permissions::Authority::Console, &filled::imported(n)).unwrap();
            }
            Ok::<(), store::StoreError>(())
        });
        done.unwrap();
    }
    every_column(&app, &Attacks { spared: SPARED, log: LOG, empty: &[], only: &["search_doc", "search_posting"], every: 1 });
}

#[test]
fn a_full_index_is_watched_on_sqlite() {
    attacked_index(Engine::Sqlite);
}

#[test]
fn a_full_index_is_watched_on_postgres() {
    attacked_index(Engine::Postgres);
}

#[test]
fn every_column_is_watched_on_sqlite() {
    attacked(Engine::Sqlite);
}

#[test]
fn every_column_is_watched_on_postgres() {
    attacked(Engine::Postgres);
}
