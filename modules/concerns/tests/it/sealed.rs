//! Confidential callers: who handles their concern reads what the desk wrote for them, and neither the
//! words nor the telephone. Whoever opens a telephone gives a reason, is written down, and is shown.

use concerns::events::Happened;
use concerns::open_contact::{OpenContact, open_contact};
use concerns::read::Detail;
use concerns::redact::{Approve, Redact, approve, redact};
use concerns::submit::Submit;
use concerns::{Photo, StepError};
use people::{Actor, Role};
use store::p;

use crate::town::{Step, TREES, Town};

fn detail(town: &Town, actor: &Actor, no: &str) -> Option<Detail> {
    let (actor, no) = (actor.clone(), no.to_owned());
    town.read(move |tx, ctx| {
        let tree = people::tree(tx)?;
        concerns::read::detail(tx, ctx, &actor, &tree, &no)
    })
}

fn opens(town: &Town, actor: &Actor, no: &str) -> Result<String, StepError> {
    let (actor, no) = (actor.clone(), no.to_owned());
    town.write(move |tx, ctx| {
        let input = OpenContact { no: no.clone(), reason: "约上门时间".into() };
        open_contact(tx, ctx, &actor, &input).map(|contact| contact.phone.to_string())
    })
}

/// Whether a text lies in clear anywhere in what is kept of concerns and of the record.
fn lies_in_clear(town: &Town, text: &'static str) -> bool {
    const TEXTS: &store::Sql = store::sql!("SELECT body FROM concern_text WHERE body IS NOT NULL");
    const TITLES: &store::Sql = store::sql!("SELECT title FROM concern");
    const FACTS: &store::Sql = store::sql!("SELECT facts FROM event");
    const ANSWERS: &store::Sql = store::sql!("SELECT answer FROM op_key");
    town.read(move |tx, _| {
        let mut found = false;
        for sql in [TEXTS, TITLES, FACTS, ANSWERS] {
            found |= tx.all(sql, p![], |row| Ok(row.text(0)?.contains(text)))?.contains(&true);
        }
        Ok(found)
    })
}

store::both_engines! {
    TREES
    fn handlers_read_what_the_desk_wrote_for_them(store) {
        let town = Town::new(store);
        let world = &town.world;
        let [east, _] = world.towns;
        let department = world.departments[0];
        let digest = town.store.blobs().put(b"a photo").unwrap();
        let words = "我是三楼的周某，邻居把垃圾堆在我家门口。";
        let photos = vec![Photo { digest, width: 4, height: 3 }];
        let receipt = town.submit(Submit { words: words.into(), confidential: true, photos, ..town.form(world.grids[0]) });
        let no = receipt.no.as_str();
        assert!(!lies_in_clear(&town, "周某") && !lies_in_clear(&town, "13800001234") && !lies_in_clear(&town, "周女士"));
        assert!(!lies_in_clear(&town, "3 号楼东侧"), "the place gives the caller away too");
        assert_eq!(town.concern(no).title, "");

        let (desk, handler) = (world.actor_in(Role::TownDesk, east), world.actor_in(Role::DepartmentStaff, department));
        assert!(detail(&town, &handler, no).is_none(), "not in its hands yet");
        let refused = town.attempt(&desk, no, 1, &Step::Dispatch(department, "01"));
        assert!(matches!(refused, Some(Err(StepError::NotNow(concerns::NotNow::NoText)))), "{refused:?}");
        // One writes; neither they nor anybody outside the desk approves; given back, it is written anew.
        let text = "有居民反映垃圾清运不及时。";
        let write = |words: &'static str| {
            let (desk, number, key) = (desk.clone(), no.to_owned(), town.key());
            town.write(move |tx, ctx| {
                let proof = desk.has::<concerns::permissions::Desk>().unwrap();
                let input = Redact { op_key: key, no: number.clone(), of: None, handlers: words.into(), share_photos: false };
                redact(tx, ctx, &proof, &input)
            })
        };
        let judge = |actor: &Actor, pass: bool, reason: Option<&'static str>| {
            let (actor, number, key, of) = (actor.clone(), no.to_owned(), town.key(), town.concern(no).redactions.last().unwrap().event);
            town.write(move |tx, ctx| {
                let proof = actor.has::<concerns::permissions::Desk>().unwrap();
                let reason = reason.map(str::to_owned);
                approve(tx, ctx, &proof, &Approve { op_key: key, no: number.clone(), of, pass, reason })
            })
        };
        assert!(matches!(write("  "), Err(StepError::Invalid(_))));
        write("三楼的住户反映垃圾。").unwrap();
        assert!(matches!(judge(&desk, true, None), Err(StepError::NotNow(concerns::NotNow::OwnText))));
        let other_town = world.actor_in(Role::TownDesk, world.towns[1]);
        assert!(matches!(judge(&other_town, true, None), Err(StepError::Denied)));
        let second = world.actor(Role::DistrictDesk);
        assert!(matches!(judge(&second, false, None), Err(StepError::Invalid(_))), "given back without a reason");
        judge(&second, false, Some("楼层仍能认出本人")).unwrap();
        assert!(matches!(judge(&second, true, None), Err(StepError::NotNow(concerns::NotNow::State))), "decided already");
        let refused = town.attempt(&desk, no, 1, &Step::Dispatch(department, "01"));
        assert!(matches!(refused, Some(Err(StepError::NotNow(concerns::NotNow::NoText)))), "{refused:?}");
        write(text).unwrap();
        judge(&second, true, None).unwrap();
        town.step(Role::TownDesk, east, no, Step::Dispatch(department, "01"));
        assert_eq!(town.concern(no).title, "有居民反映垃圾清运不及时。");

        let read = detail(&town, &handler, no).unwrap();
        assert_eq!(read.handlers_text(), Some("有居民反映垃圾清运不及时。"));
        assert!(read.entries[0].words.is_none() && read.entries[0].spot.is_none() && read.entries[0].sealed);
        assert!(read.entries[0].photos.is_empty());
        let event = read.entries[0].event;
        let shot = |actor: &Actor| {
            let (actor, no) = (actor.clone(), no.to_owned());
            town.read(move |tx, _| {
                let tree = people::tree(tx)?;
                concerns::read::photo(tx, &actor, &tree, &no, event, 0)
            })
        };
        assert_eq!((shot(&handler), shot(&desk)), (None, Some(digest)));
        let read = detail(&town, &desk, no).unwrap();
        assert_eq!((read.entries[0].words.as_deref(), read.entries[0].photos.len()), (Some(words), 1));
        assert!(matches!(opens(&town, &handler, no), Err(StepError::Denied)));
        assert_eq!(opens(&town, &desk, no).unwrap(), "13800001234");

        // What the caller adds is sealed too, until the desk passes it on.
        let (holder, key) = (town.holder(&receipt), town.key());
        let add = concerns::reopen::Add { words: Some("我姓周，晚上在家。".into()), photos: vec![] };
        town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &add)).unwrap();
        assert!(!lies_in_clear(&town, "我姓周"));
        let read = detail(&town, &desk, no).unwrap();
        let added = read.entries.iter().find(|entry| matches!(entry.happened, Happened::ConcernAdded(_))).unwrap().event;
        town.redact(no, Some(added), "反映人晚上在家。", true);
        let gone = read.entries.iter().filter(|entry| matches!(entry.happened, Happened::ConcernRedactionReturned(_))).count();
        assert_eq!(gone, 1, "the desk sees what was given back");
        let read = detail(&town, &handler, no).unwrap();
        assert!(read.entries.iter().any(|entry| entry.handlers.as_deref() == Some("反映人晚上在家。")));
        assert!(!read.entries.iter().any(|entry| entry.handlers.as_deref() == Some("三楼的住户反映垃圾。")), "what was given back");
        assert!(!read.entries.iter().any(|entry| matches!(entry.happened, Happened::ConcernRedactionReturned(_))));
        assert_eq!(read.entries[0].photos.len(), 1, "the desk let them see the photos");

        // Who calls back reads the words and the telephone; only then, and not the handler's department.
        let caller = world.actor_in(Role::CallBack, world.call_back);
        assert!(matches!(opens(&town, &caller, no), Err(StepError::Denied)));
        town.step(Role::DepartmentStaff, department, no, Step::Claim);
        town.step(Role::DepartmentStaff, department, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        assert_eq!(opens(&town, &caller, no).unwrap(), "13800001234");
        assert_eq!(detail(&town, &caller, no).unwrap().entries[0].words.as_deref(), Some(words));
        town.assert_clean();
    }

    fn opening_a_telephone_is_written_down_and_shown_to_its_owner(store) {
        let town = Town::new(store);
        let world = &town.world;
        let department = world.departments[0];
        let receipt = town.submit(town.form(world.grids[0]));
        let no = receipt.no.as_str();
        town.step(Role::TownDesk, world.towns[0], no, Step::Dispatch(department, "01"));
        let handler = world.actor_in(Role::DepartmentStaff, department);
        assert_eq!(opens(&town, &handler, no).unwrap(), "13800001234");
        let stranger = world.actor_in(Role::DepartmentStaff, world.departments[1]);
        assert!(matches!(opens(&town, &stranger, no), Err(StepError::NotFound)));
        let leader = world.actor_in(Role::DistrictLeader, world.district);
        let reading = opens(&town, &leader, no);
        assert!(matches!(reading, Err(StepError::Denied)), "who stands above does not call: {reading:?}");
        let (empty, number) = (handler.clone(), no.to_owned());
        let without = town.write(move |tx, ctx| {
            let input = OpenContact { no: number.clone(), reason: "  ".into() };
            open_contact(tx, ctx, &empty, &input).map(drop)
        });
        assert!(matches!(without, Err(StepError::Invalid(_))), "{without:?}");

        const READINGS: &store::Sql = store::sql!("SELECT COUNT(*) FROM concern_reading WHERE person = ?1 AND at > 0");
        let person = handler.person;
        assert_eq!(town.read(move |tx, _| tx.one(READINGS, p![person], |row| row.int(0))), 1);
        let holder = town.holder(&receipt);
        let shown = town.read(move |tx, ctx| concerns::read::tracking(tx, ctx, &holder)).unwrap();
        let looked = shown.entries.iter().filter(|entry| matches!(entry.happened, Happened::ConcernContactOpened(_)));
        assert_eq!(looked.count(), 1, "the resident sees who looked");
        for _ in 1..concerns::open_contact::MOST_A_DAY {
            opens(&town, &handler, no).unwrap();
        }
        assert!(matches!(opens(&town, &handler, no), Err(StepError::NotNow(concerns::NotNow::TooMany))));
        town.clock.advance(base::Time::DAY);
        opens(&town, &handler, no).unwrap();
        town.assert_clean();
    }

    fn a_receipt_is_shown_only_by_who_has_its_secret(store) {
        let town = Town::new(store);
        let (one, other) = (town.submit(town.form(town.world.grids[0])), town.submit(town.form(town.world.grids[0])));
        let find = |no: &str, secret: &str| {
            let (no, secret) = (no.to_owned(), secret.to_owned());
            town.read(move |tx, _| concerns::receipt::find(tx, &no, &secret))
        };
        assert!(find(&one.no, &one.secret).is_some());
        assert!(find(&base::number::show(&one.no), &one.secret.to_lowercase()).is_some(), "as people type it");
        assert!(find(&one.no, &other.secret).is_none() && find(&one.no, "").is_none() && find("1", &one.secret).is_none());
        const KEPT: &store::Sql = store::sql!("SELECT answer FROM op_key");
        let secret = one.secret.clone();
        let kept = town.read(move |tx, _| tx.all(KEPT, p![], |row| Ok(row.text(0)?.contains(&secret))));
        assert!(!kept.contains(&true), "the secret is kept nowhere");
        town.assert_clean();
    }
}
