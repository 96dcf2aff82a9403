//! What the small demonstration leaves empty, filled through the operations of the product, so that the attack finds
//! something to change in every table.

use base::{Ctx, Id, PersonId, UnitId};
use concerns::permissions::Authority;
use people::{Actor, Level, ManageUnits, Permission, Proof, Role};
use scores::appeal::AppealError;
use store::testing::statement;
use store::{StoreError, Tx, p};
use testkit::TestApp;

/// Does all of it, given the receipts of the demonstration: number and secret.
pub(super) fn fill(app: &TestApp, receipts: &[(String, String)]) {
    let staff = everybody(app);
    learned(app);
    asked(app, &staff, receipts);
    evidence(app, &staff);
    appealed(app, &staff);
    written(app, &staff);
    keys(app, &staff);
    units(app, &staff);
}

fn read<T: Send + 'static>(app: &TestApp, f: impl Fn(&mut Tx, &Ctx) -> Result<T, StoreError> + Send + 'static) -> T {
    app.district().read_now(f).unwrap()
}

/// Ids that a test looks for by hand.
fn ids(app: &TestApp, text: &str) -> Vec<Id> {
    let sql = statement(text.to_owned());
    read(app, move |tx, _| tx.all(sql, p![], |row| row.id(0)))
}

/// Everybody who has an account, with the posts they hold.
fn everybody(app: &TestApp) -> Vec<Actor> {
    let all = ids(app, "SELECT person FROM account ORDER BY id");
    read(app, move |tx, ctx| {
        let found: Result<Vec<_>, StoreError> = all.iter().map(|id| people::sign::on_behalf(tx, ctx.now, PersonId(*id))).collect();
        Ok(found?.into_iter().flatten().collect())
    })
}

/// The proofs of everybody who has this permission.
fn proofs<P: Permission>(staff: &[Actor]) -> impl Iterator<Item = Proof<P>> {
    staff.iter().flat_map(|actor| actor.each::<P>())
}

/// Done by whoever of these can do it; what the others tried leaves nothing behind.
fn once<T, I: Clone + Send + 'static, E: From<StoreError> + std::fmt::Debug + Send + 'static>(
    app: &TestApp,
    what: &str,
    tries: impl IntoIterator<Item = I>,
    f: impl Fn(&mut Tx, &Ctx, &I) -> Result<T, E> + Copy + Send + Sync + 'static,
) -> T
where
    T: Send + 'static,
{
    let mut last = None;
    for one in tries {
        match app.district().write_now(move |tx, ctx| f(tx, ctx, &one)) {
            Ok(done) => return done,
            Err(error) => last = Some(error),
        }
    }
    panic!("{what}: nobody could: {last:?}");
}

/// `concern_label`, `concern_model`, `concern_source`.
fn learned(app: &TestApp) {
    let done = app.district().write_now(|tx, ctx| {
        let kind = concerns::catalogue::kinds(tx)?.swap_remove(0);
        let case = concerns::learn::Labelled { head: "路灯".into(), text: "路灯坏了一个月。".into(), label: kind.code };
        let report = concerns::learn::bring_labelled(tx, ctx, Authority::Console, &[case]).unwrap();
        assert_eq!(report.made, 1);
        concerns::bring_in::bring_in(tx, ctx, Authority::Console, &imported(1)).unwrap();
        Ok::<(), StoreError>(())
    });
    done.unwrap();
    assert!(concerns::learn::train(app.district()).unwrap(), "there is something to learn from");
}

/// A row of another system's table.
pub(crate) fn imported(n: i64) -> concerns::bring_in::Imported {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&n.to_be_bytes());
    concerns::bring_in::Imported::new(key, Id([9; 16]), base::Time(1_400_000_000_000_000), format!("第{n}件，水压不足。"))
}

/// `concern_reading`, `concern_lookup`, `concern_telling`, `resident_reading`, `resident_gone`.
fn asked(app: &TestApp, staff: &[Actor], receipts: &[(String, String)]) {
    let concerns = ids(app, "SELECT id FROM concern WHERE reachable = 1 AND confidential = 0 AND state <> 'archived' ORDER BY id");
    let desks: Vec<&Actor> = staff.iter().filter(|actor| actor.is(Role::DistrictDesk) || actor.is(Role::TownDesk)).collect();
    let pairs: Vec<(Actor, Id)> = concerns.iter().flat_map(|id| desks.iter().map(|actor| ((*actor).clone(), *id))).collect();
    once(app, "a contact is opened", pairs.clone(), |tx, ctx, (actor, id)| {
        let concern = concerns::concern::get(tx, concerns::ConcernId(*id))?.ok_or(concerns::StepError::NotFound)?;
        let input = concerns::open_contact::OpenContact { no: concern.no, reason: "核对地址".into() };
        concerns::open_contact::open_contact(tx, ctx, actor, &input).map(drop)
    });
    once(app, "a telephone is looked up", pairs, |tx, ctx, (actor, id)| {
        let concern = concerns::concern::get(tx, concerns::ConcernId(*id))?.ok_or(concerns::StepError::NotFound)?;
        concerns::same_phone::look_up(tx, ctx, actor, &concern.no, "问是否来过电话").map(drop)
    });
    once(app, "a resident wants to be told", receipts.to_vec(), |tx, ctx, (no, secret)| {
        let none = || StoreError::Other("no such receipt, or no telephone".into());
        let holder = concerns::receipt::find(tx, no, secret)?.ok_or_else(none)?;
        concerns::told::set(tx, ctx, &holder, true)?;
        concerns::told::agreed(tx, holder.concern())?.map(drop).ok_or_else(none)
    });
    let residents = ids(app, "SELECT id FROM resident ORDER BY id LIMIT 5");
    let pairs: Vec<(Actor, Id)> = residents.iter().flat_map(|id| staff.iter().map(|actor| (actor.clone(), *id))).collect();
    once(app, "an entry is read", pairs, |tx, ctx, (actor, id)| {
        residents::open(tx, ctx, actor, residents::ResidentId(*id), "上门走访").map(drop)
    });
    once(app, "an entry is removed", ids(app, "SELECT id FROM resident ORDER BY id DESC LIMIT 1"), |tx, ctx, id| {
        residents::remove(tx, ctx, people::Authority::Console, residents::ResidentId(*id), residents::Why::Moved)
    });
}

/// `finding_photo`, `conference_photo`.
fn evidence(app: &TestApp, staff: &[Actor]) {
    let digest = app.district().store().blobs().put(b"a photo of what was done").unwrap();
    let findings = ids(app, "SELECT id FROM finding WHERE state = 'open' ORDER BY id");
    let by: Vec<_> = proofs::<inspections::inspect::Rectify>(staff).collect();
    let pairs: Vec<_> = findings.iter().flat_map(|id| by.iter().map(|proof| (proof.clone(), *id))).collect();
    once(app, "a finding is put right", pairs, move |tx, ctx, (proof, id)| {
        let id = inspections::events::FindingId(*id);
        let finding = inspections::read::finding(tx, id)?.ok_or(inspections::inspect::InspectError::NotFound)?;
        inspections::inspect::rectify(tx, ctx, proof, id, finding.v, "已整改。", &[digest])
    });
    let tasks = ids(app, "SELECT id FROM conference_task WHERE state = 'open' ORDER BY id");
    let by: Vec<_> = proofs::<conferences::permissions::CarryOut>(staff).collect();
    let pairs: Vec<_> = tasks.iter().flat_map(|id| by.iter().map(|proof| (proof.clone(), *id))).collect();
    once(app, "a task is done", pairs, move |tx, ctx, (proof, id)| {
        let task = conferences::read::task(tx, conferences::TaskId(*id))?.ok_or(conferences::hold::ConferenceError::NotFound)?;
        conferences::task::report(tx, ctx, proof, task.id, task.v, "已完成。", &[digest])
    });
}

/// `score_appeal`: the first case of a locked score that its unit may still appeal, and what was decided on it.
fn appealed(app: &TestApp, staff: &[Actor]) {
    let rounds = ids(app, "SELECT id FROM score_round ORDER BY id");
    let by: Vec<_> = proofs::<scores::permissions::Appeal>(staff).collect();
    let pairs: Vec<_> = rounds.iter().flat_map(|id| by.iter().map(|proof| (proof.clone(), *id))).collect();
    let (appeal, unit) = once(app, "a case is appealed", pairs, |tx, ctx, (proof, id)| {
        let round = scores::lock::find(tx, scores::events::RoundId(*id))?.ok_or(AppealError::NotFound)?;
        let cases = measures::cases(tx, "concerns.resolved", proof.unit(), &round.period, None, 1)?;
        let case = cases.first().ok_or(AppealError::NotFound)?;
        let id = scores::appeal::appeal(tx, ctx, proof, round.id, proof.unit(), case.event, "不应计入本单位。")?;
        Ok::<_, AppealError>((id, proof.unit()))
    });
    once(app, "an appeal is decided", staff.to_vec(), move |tx, ctx, actor| {
        let tree = people::tree(tx)?;
        let deciders = scores::appeal::Deciders::find(tx, ctx.now, &tree)?;
        let decider = scores::appeal::decides(actor, &tree, &deciders, unit).ok_or(AppealError::Denied)?;
        scores::appeal::decide(tx, ctx, &decider, appeal, false, "维持原结果。")
    });
}

/// `report_template`, `wall_link`, `map_before`.
fn written(app: &TestApp, staff: &[Actor]) {
    let (paragraphs, _) = reports::loaded(app.app.modules());
    let paragraph = paragraphs.into_iter().find(|paragraph| paragraph.must.is_empty()).unwrap().id;
    let house = app.app.clone();
    let proof = proofs::<reports::permissions::Template>(staff).next().unwrap();
    let change = reports::templates::Change {
        op_key: [3; 16],
        unit: proof.unit(),
        paragraph: paragraph.to_owned(),
        text: Some("{期间}，{单位}。".into()),
    };
    app.district().write_now(move |tx, ctx| reports::templates::change(tx, ctx, house.modules(), &proof, &change)).unwrap();
    let keeper = proofs::<dashboard::permissions::KeepLinks>(staff).next().unwrap();
    let given = app.district().write_now(move |tx, ctx| {
        let tree = people::tree(tx)?;
        let town = tree.of_level(Level::Town).next().map(|town| town.id).unwrap();
        dashboard::link::give(tx, ctx, &keeper, &tree, &[4; 16], town, "一楼大厅")
    });
    given.unwrap();
    // The same map once more: the one before is kept.
    let keeper = proofs::<dashboard::permissions::KeepMap>(staff).next().unwrap();
    let taken = app.district().write_now(move |tx, ctx| {
        let units: Vec<_> = people::tree(tx)?.all().map(|unit| unit.id).collect();
        let shapes = dashboard::map::shapes(tx, &units)?.into_iter().collect();
        dashboard::map::take(tx, ctx, &keeper, &shapes)
    });
    taken.unwrap();
}

/// The SHA-256 of `localhost`, the host that the key is for.
const HOST: [u8; 32] = [
    0x49, 0x96, 0x0d, 0xe5, 0x88, 0x0e, 0x8c, 0x68, 0x74, 0x34, 0x17, 0x0f, 0x64, 0x76, 0x60, 0x5b, 0x8f, 0xe4, 0xae, 0xb9, 0xa2, 0x86,
    0x32, 0xc7, 0x99, 0x5c, 0xf3, 0xba, 0x83, 0x1d, 0x97, 0x63,
];

/// What an authenticator says of a new key, as CBOR: the map of `fmt`, `attStmt` and `authData`, in which the public key
/// (Ed25519) is a map of COSE. Its owner was seen and known.
fn attestation() -> Vec<u8> {
    let key = [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 32][..], &[7; 32]].concat();
    let data = [&HOST[..], &[0x45], &1_u32.to_be_bytes(), &[0; 16], &[0, 4], b"test", &key].concat();
    let length = u8::try_from(data.len()).unwrap();
    [&[0xa3, 0x63][..], b"fmt", &[0x64], b"none", &[0x67], b"attStmt", &[0xa0, 0x68], b"authData", &[0x58, length], &data].concat()
}

/// `passkey`, `outside_identity`.
fn keys(app: &TestApp, staff: &[Actor]) {
    let actor = staff.first().unwrap().clone();
    let linked = actor.clone();
    app.district().write_now(move |tx, ctx| people::link_identity(tx, ctx, &linked, "https://id.example.cn", "zhang.san")).unwrap();
    let done = app.district().write_now(move |tx, ctx| {
        let asked = people::challenge(tx, ctx, Some(actor.account))?;
        let client = format!(
            r#"{{"type":"webauthn.create","challenge":"{}","origin":"http://localhost","crossOrigin":false}}"#,
            people::webauthn::base64url(&asked.bytes)
        );
        let new = people::NewPasskey {
            client: client.into_bytes(),
            attestation: attestation(),
            label: "办公室电脑".into(),
            origin: "http://localhost".into(),
            host: "localhost".into(),
        };
        people::add_passkey(tx, ctx, &actor, &asked.token, &new)
    });
    done.unwrap();
}

/// `unit_was`, `post_was`, `unit_succession`: a department and a post of it have other names, a grid is merged into its neighbour, a community is split.
fn units(app: &TestApp, staff: &[Actor]) {
    let admin = proofs::<ManageUnits>(staff).next().unwrap();
    let by = admin.clone();
    let renamed = app.district().write_now(move |tx, ctx| {
        let tree = people::tree(tx)?;
        let unit = tree.departments().next().unwrap();
        let input = people::ChangeUnit { unit: unit.id, name: "综合行政执法局".into(), phone: unit.phone.clone(), ord: unit.ord };
        let post = people::read::posts_in(tx, ctx.now, unit.id)?.first().unwrap().id;
        people::rename_post(tx, ctx, &by, post, "执法专员").unwrap();
        people::change_unit(tx, ctx, &by, &input)
    });
    renamed.unwrap();
    let (whole, by_split) = (app.app.clone(), admin.clone());
    let merged = app.district().write_now(move |tx, ctx| {
        let tree = people::tree(tx)?;
        let grids: Vec<UnitId> = tree.of_level(Level::Grid).filter(|grid| !grid.is_closed()).map(|grid| grid.id).take(2).collect();
        let pass = |tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &people::Passing| whole.pass(tx, ctx, actor, passing);
        people::merge_units(tx, ctx, &admin, grids[0], grids[1], &pass)
    });
    assert!(merged.unwrap().posts > 0);
    let whole = app.app.clone();
    let split = app.district().write_now(move |tx, ctx| {
        let tree = people::tree(tx)?;
        let wide = |unit: &&people::Unit| tree.children(unit.id).count() > 1;
        let unit = tree.of_level(Level::Community).filter(|unit| !unit.is_closed()).find(wide).unwrap();
        let code = (1..1000).map(|n| format!("{}{n:03}", &unit.code[..9])).find(|code| tree.find_code(code).is_none()).unwrap();
        let parts = tree.children(unit.id).map(|child| child.id).take(1).collect();
        let input = people::Split { unit: unit.id, code, name: "新分社区".into(), parts };
        let pass = |tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &people::Passing| whole.pass(tx, ctx, actor, passing);
        people::split_unit(tx, ctx, &by_split, &input, &pass)
    });
    assert_eq!(split.unwrap().units, 1);
}
