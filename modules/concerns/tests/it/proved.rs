//! A receipt proves its steps: on its pages, in its file, after a text was erased, and not after one was changed.

use record::receipt::{Receipt, Standing};
use store::{Sql, StoreError, p, sql};
use testkit::{Client, TestApp};

fn sent(app: &TestApp, browser: &Client, who: &[(&str, &str)]) -> String {
    let place = app.world().communities[0].to_string();
    let page = browser.get("/report/all").expect(200);
    let mut typed = vec![("text", "小区东门的路灯不亮，已经三天了"), ("place", place.as_str()), ("about", "none")];
    typed.extend_from_slice(who);
    let to = browser.submit_files(&page, "form", &typed, &[]).leads_to("/r/").location().expect("a receipt");
    to.trim_end_matches("/new").to_owned()
}

fn anonymous() -> Vec<(&'static str, &'static str)> {
    vec![("who", "none")]
}

fn proof(browser: &Client, path: &str) -> Receipt {
    Receipt::parse(browser.get(&format!("{path}/proof.json")).expect(200).text()).unwrap()
}

fn standings(receipt: &Receipt) -> Vec<Standing> {
    receipt.check(None).unwrap().steps.into_iter().map(|step| step.1).collect()
}

/// Changes one row by SQL, looks, and puts it back.
fn while_changed(app: &TestApp, change: &'static Sql, back: &'static Sql, look: impl FnOnce()) {
    let run = |sql: &'static Sql| app.district().write_now(move |tx, _| tx.exec(sql, p![])).map(|rows| assert!(rows > 0)).unwrap();
    run(change);
    look();
    run(back);
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn a_receipt_is_proved_on_its_pages_and_in_its_file(app) {
        let resident = app.client();
        let path = sent(app, &resident, &anonymous());
        // Not sealed yet: it waits, and says so.
        assert!(standings(&proof(&resident, &path)).iter().all(|one| *one == Standing::Waits));
        resident.get(&format!("{path}/proof")).expect(200).says("正在写入公开存证");
        app.settle();
        let receipt = proof(&resident, &path);
        assert!(!receipt.steps.is_empty() && standings(&receipt).iter().all(|one| *one == Standing::Proved));
        assert!(receipt.steps[0].texts.iter().any(|text| text.text.contains("路灯不亮")));
        resident.get(&format!("{path}/proof")).expect(200).says("与公开存证一致").says("在公开存证里");
        let shown = resident.get(&path).expect(200);
        assert!(shown.html().first("[data-proof]").is_some_and(|at| at.attribute("data-proof") == Some(&format!("{path}/proof.json"))));
        let file = resident.get(&format!("{path}/proof.html")).expect(200);
        assert_eq!(Receipt::parse(file.text()).unwrap(), receipt);
        resident.get(&format!("{path}X/proof")).expect(404);
        resident.get("/proof").expect(200).says("公开存证").says("自证");
        let head = resident.get("/checkpoint").expect(200);
        assert_eq!(Some(head.text().to_owned()), receipt.checkpoint);
        resident.get("/tile/0/000").expect(404);
        let size = record::note::Signed::parse(head.text()).unwrap().size;
        resident.get(&format!("/tile/0/000.p/{size}")).expect(200);
        resident.get(&format!("/tile/entries/000.p/{size}")).expect(200);
        resident.get(&format!("/tile/0/000.p/{}", size + 1)).expect(404);
        resident.get("/checkpoint/witnessed").expect(404);
    }

    fn what_is_changed_by_sql_shows_on_the_receipt(app) {
        let resident = app.client();
        let path = sent(app, &resident, &anonymous());
        app.settle();
        while_changed(
            app,
            sql!("UPDATE concern_text SET body = body || '!' WHERE part = 'words'"),
            sql!("UPDATE concern_text SET body = substr(body, 1, length(body) - 1) WHERE part = 'words'"),
            || {
                assert!(standings(&proof(&resident, &path)).contains(&Standing::Wrong(record::receipt::Wrong::Text)));
                resident.get(&format!("{path}/proof")).expect(200).says("文字和当时记下的不一样");
            },
        );
        while_changed(
            app,
            sql!("UPDATE event SET occurred_at = occurred_at - 1 WHERE kind = 'ConcernSubmitted'"),
            sql!("UPDATE event SET occurred_at = occurred_at + 1 WHERE kind = 'ConcernSubmitted'"),
            || {
                assert!(standings(&proof(&resident, &path)).contains(&Standing::Wrong(record::receipt::Wrong::NotInLog)));
                resident.get(&format!("{path}/proof")).expect(200).says("和公开存证对不上");
            },
        );
        assert!(standings(&proof(&resident, &path)).iter().all(|one| *one == Standing::Proved));
    }

    fn what_the_page_shows_otherwise_than_the_record_is_said(app) {
        let resident = app.client();
        let path = sent(app, &resident, &[("who", "phone"), ("phone", "138 0000 1234"), ("name", "李阿姨")]);
        let looks = || {
            let page = resident.get(&format!("{path}/proof")).expect(200).main_text();
            (page, proof(&resident, &path))
        };
        for settled in [false, true] {
            if settled {
                app.settle();
            }
            let (page, receipt) = looks();
            assert!(receipt.differs.is_empty() && !page.contains("不一致"), "{page}");
        }
        // Each column that the page shows, and what is said of it; the row is put back as it was.
        let keep = |sql: &'static Sql| app.district().write_now(move |tx, _| tx.exec(sql, p![])).unwrap();
        keep(sql!("CREATE TABLE kept AS SELECT * FROM concern"));
        let changes: [(&'static Sql, &'static Sql, &str); 11] = [
            (sql!("UPDATE concern SET state = 'in_hand'"), sql!("UPDATE concern SET state = (SELECT state FROM kept)"), "办理状态：存证记录是“正在确定承办单位”，页面上是“办理中”"),
            (sql!("UPDATE concern SET holder = community"), sql!("UPDATE concern SET holder = (SELECT holder FROM kept)"), "现在由谁办：存证记录是"),
            (sql!("UPDATE concern SET assignee = (SELECT id FROM person ORDER BY id LIMIT 1)"), sql!("UPDATE concern SET assignee = NULL"), "经办人：存证记录是“无”"),
            (sql!("UPDATE concern SET due_at = due_at + 86400000000"), sql!("UPDATE concern SET due_at = (SELECT due_at FROM kept)"), "这一步的时限：存证记录是"),
            (sql!("UPDATE concern SET due_at = due_at + 1"), sql!("UPDATE concern SET due_at = (SELECT due_at FROM kept)"), "这一步的时限：和存证记录不一致"),
            (sql!("UPDATE concern SET due_rule = 'concerns.review'"), sql!("UPDATE concern SET due_rule = (SELECT due_rule FROM kept)"), "时限依据：和存证记录不一致"),
            (sql!("UPDATE concern SET resolve_by = due_at"), sql!("UPDATE concern SET resolve_by = NULL"), "答复期限：存证记录是“无”"),
            (sql!("UPDATE concern SET received_at = received_at - 86400000000"), sql!("UPDATE concern SET received_at = (SELECT received_at FROM kept)"), "提交时间：存证记录是"),
            (sql!("UPDATE concern SET place = town"), sql!("UPDATE concern SET place = (SELECT place FROM kept)"), "地点：存证记录是"),
            (sql!("UPDATE concern SET round = 2"), sql!("UPDATE concern SET round = 1"), "其他登记内容：和存证记录不一致"),
            (sql!("UPDATE concern_text SET part = 'shown' WHERE part = 'words'"), sql!("UPDATE concern_text SET part = 'words' WHERE part = 'shown'"), "文字：和存证记录不一致"),
        ];
        for (change, back, words) in changes {
            while_changed(app, change, back, || {
                let (page, receipt) = looks();
                assert!(page.contains(words) && page.contains("页面上显示的内容和存证记录不一致"), "{}: {page}", change.text());
                assert!(receipt.differs.iter().any(|line| line.contains(words)), "{}: {:?}", change.text(), receipt.differs);
                let checked = receipt.check(None).unwrap();
                assert!(!checked.is_good(), "{}", change.text());
                // The file that is saved says it too.
                let file = Receipt::parse(resident.get(&format!("{path}/proof.html")).expect(200).text()).unwrap();
                assert_eq!(file.differs, receipt.differs);
            });
        }
        keep(sql!("DROP TABLE kept"));
        assert!(looks().1.differs.is_empty());
        let english = app.client();
        english.get("/view?lang=en&next=/");
        while_changed(app, sql!("UPDATE concern SET round = 2"), sql!("UPDATE concern SET round = 1"), || {
            english.get(&format!("{path}/proof")).expect(200).says("Something else that was entered: not as in the record");
        });

        // Closed, it shows when and how.
        let desk = app.world().actor_in(people::Role::TownDesk, app.world().towns[0]);
        let no = path.split('/').nth(2).unwrap().to_owned();
        let closed = app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let concern = concerns::concern::find(tx, &no)?.unwrap();
            let desk = desk.require::<concerns::permissions::Desk>(&tree, concern.now.desk).unwrap();
            let (outcome, reason) = (concerns::Outcome::Withdrawn, "居民来电撤回".to_owned());
            let input =
                concerns::archive::Archive { op_key: ctx.salt(), no: concern.no, v: concern.v, outcome, duplicate_of: None, reason, shown: None };
            concerns::archive::archive(tx, ctx, &desk, &input)
        });
        closed.unwrap();
        app.settle();
        let closed_at = [sql!("UPDATE concern SET closed_at = closed_at - 86400000000"), sql!("UPDATE concern SET closed_at = closed_at + 86400000000")];
        while_changed(app, closed_at[0], closed_at[1], || assert!(looks().0.contains("办结时间：存证记录是"), "{}", looks().0));
        let outcome = [sql!("UPDATE concern SET outcome = 'solved'"), sql!("UPDATE concern SET outcome = 'withdrawn'")];
        while_changed(app, outcome[0], outcome[1], || assert!(looks().0.contains("结果：存证记录是“本人撤回”，页面上是“已解决”"), "{}", looks().0));

        // What the resident erases is no difference.
        let page = resident.get(&format!("{path}/info/erase")).expect(200);
        resident.submit(&page, "form", &[("what", "own")]).expect(303);
        app.settle();
        let (page, receipt) = looks();
        assert!(receipt.differs.is_empty() && !page.contains("不一致"), "{page}: {:?}", receipt.differs);
        // What is taken away by SQL is one.
        let kept = sql!("CREATE TABLE kept AS SELECT * FROM concern_text");
        app.district().write_now(move |tx, _| tx.exec(kept, p![])).unwrap();
        while_changed(app, sql!("DELETE FROM concern_text"), sql!("INSERT INTO concern_text SELECT * FROM kept"), || {
            assert!(looks().0.contains("文字：和存证记录不一致"), "{}", looks().0);
        });
        app.district().write_now(move |tx, _| tx.exec(sql!("DROP TABLE kept"), p![])).unwrap();
    }

    fn a_step_that_was_taken_out_shows_on_the_receipt(app) {
        let resident = app.client();
        let path = sent(app, &resident, &anonymous());
        app.settle();
        let run = |sql: &'static Sql| app.district().write_now(move |tx, _| tx.exec(sql, p![])).unwrap();
        run(sql!("CREATE TABLE gone AS SELECT * FROM event WHERE kind = 'ConcernSubmitted'"));
        assert_eq!(run(sql!("DELETE FROM event WHERE kind = 'ConcernSubmitted'")), 1);
        let receipt = proof(&resident, &path);
        assert!(standings(&receipt).contains(&Standing::Wrong(record::receipt::Wrong::Event)));
        assert_eq!(Receipt::parse(resident.get(&format!("{path}/proof.html")).expect(200).text()).unwrap(), receipt);
        resident.get(&format!("{path}/proof")).expect(200).says("第 1 步的记录不见了").says("有 1 个步骤与公开存证对不上");
        assert!(!resident.get(&path).expect(200).says("原话显示不出来").main_text().contains("原话已删除"), "nobody erased it");
        assert_eq!(run(sql!("INSERT INTO event SELECT * FROM gone")), 1);
        run(sql!("DROP TABLE gone"));
        assert!(standings(&proof(&resident, &path)).iter().all(|one| *one == Standing::Proved));
    }

    fn what_is_erased_leaves_every_proof_as_it_was(app) {
        let resident = app.client();
        let path = sent(app, &resident, &[("who", "phone"), ("phone", "138 0000 1234"), ("name", "李阿姨")]);
        app.settle();
        let before = proof(&resident, &path);
        // Words and contact are gone with their salts, as an erasure leaves them. Looked at and taken back, since this test
        // records no erasure, which the fold would want to see.
        let gone: Result<(), StoreError> = app.district().write_now(|tx, _| {
            tx.exec(sql!("DELETE FROM concern_text"), p![])?;
            tx.exec(sql!("DELETE FROM concern_contact"), p![])?;
            let size = record::tree_size(tx)?;
            let head = record::newest(tx)?.unwrap();
            let signed = record::note::Signed::parse(&head.note).unwrap();
            assert_eq!((i64::try_from(signed.size).unwrap(), signed.root), (size.size, size.root));
            let mut events = record::after(tx, 0, 10_000)?;
            for event in &mut events {
                let index = u64::try_from(event.pos.take().unwrap() - 1).unwrap();
                let path = record::tree::inclusion(tx, signed.size, index)?.unwrap();
                assert!(record::tree::includes(&path, signed.size, &signed.root, index, &record::leaf(event)));
            }
            Err(StoreError::Other("taken back".into()))
        });
        assert!(gone.unwrap_err().to_string().contains("taken back"));
        // The file that was saved before is as good as it was, and so is one without the text.
        let mut without = before.clone();
        without.steps.iter_mut().for_each(|step| step.texts.clear());
        assert!(standings(&before).iter().chain(&standings(&without)).all(|one| *one == Standing::Proved));
    }
}
