//! A Party office sets tests for what stands under its committee, and for nobody else.

use base::Time;
use people::{Actor, Role};
use testkit::TestApp;
use theory::events::PaperId;
use theory::model::Kind;
use theory::paper::{Choice, Wanted, draft, make_paper};
use theory::permissions::Organise;
use theory::set_test::{SetError, Setting, Who, set_test};

use super::{begin, modules, paper, question, terms};

/// A paper of the Party office's own.
fn own_paper(app: &TestApp) -> PaperId {
    let actor = app.world().actor(Role::PartyAffairs);
    app.district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx).unwrap());
            let bank = theory::bank::open_bank(tx, ctx, &proof, "党员应知应会").unwrap();
            let into = theory::bank::Into::Bank(bank);
            let id = theory::bank::write_question(tx, ctx, &proof, &tree, into, question(Kind::Single, 0)).unwrap();
            let choice = Choice::Chosen(vec![(id, 20)]);
            let wanted = Wanted { bank, name: "党员测试".into(), choice, variants: 1, shuffle: false, shuffle_options: false };
            let drawn = draft(tx, ctx, &proof, &tree, &wanted).unwrap();
            Ok::<_, store::StoreError>(make_paper(tx, ctx, &proof, &drawn).unwrap())
        })
        .unwrap()
}

fn sets(app: &TestApp, actor: Actor, paper: PaperId, who: Who) -> Result<theory::events::TestId, SetError> {
    app.district().write_now(move |tx, ctx| {
        let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
        let (opens, closes) = (ctx.now, ctx.now.plus(2 * Time::HOUR));
        let setting = Setting { paper, name: "党员测试".into(), who: who.clone(), opens, closes, terms: terms() };
        set_test(tx, ctx, &proof, &tree, &setting)
    })
}

testkit::on_both! {
    [modules()]

    fn a_party_office_sets_tests_for_its_branches_and_for_nobody_else(app) {
        let world = app.world();
        let (of, office) = (own_paper(app), world.actor(Role::PartyAffairs));
        let id = sets(app, office.clone(), of, Who::Unit(world.branch)).unwrap();
        let cover = format!("/tests/t/{id}");
        let member = app.staff(Role::Member);
        member.follow(begin(&member, &cover)).expect(200);
        let page = app.staff(Role::PartyAffairs);
        page.get("/tests").expect(200).says("党员测试").says("题库");
        page.get(&format!("{cover}/run")).expect(200).says(&world.actor(Role::Member).name);
        // A member sets none; a town's desk sees nothing of it.
        member.get("/tests/new").expect(403);
        member.get("/tests/banks").expect(403);
        app.staff_in(Role::TownDesk, world.towns[0]).get(&format!("{cover}/run")).expect(404);
        app.staff(Role::BranchSecretary).get(&format!("{cover}/run")).expect(404);
        // What stands beside its committee is not the office's to examine: neither units nor people.
        for beside in [world.towns[0], world.district, world.communities[0]] {
            assert!(matches!(sets(app, office.clone(), of, Who::Unit(beside)), Err(SetError::Denied)));
        }
        let stranger = world.member_in(Role::TownStaff, world.towns[0]).person;
        assert!(matches!(sets(app, office.clone(), of, Who::People(vec![stranger])), Err(SetError::Denied)));
        let branch = world.actor(Role::BranchSecretary);
        assert!(matches!(sets(app, branch.clone(), of, Who::Unit(world.party)), Err(SetError::Denied)), "the branch is below");
        assert!(sets(app, branch, of, Who::Unit(world.branch)).is_ok(), "papers of what is above are open to it");
        let towns = paper(app, &[Kind::Single], 1);
        assert!(matches!(sets(app, office, towns, Who::Unit(world.branch)), Err(SetError::Denied)), "a town's paper is not its own");
        let options = page.get("/tests/new").expect(200);
        let units: Vec<String> = options.html().all("select[name=unit] option").iter().map(|option| option.text()).collect();
        assert!(units.iter().any(|unit| unit.contains("东门社区党支部")) && !units.iter().any(|unit| unit.contains("东街街道")), "{units:?}");
    }
}
