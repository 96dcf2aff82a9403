//! A small district with a catalogue, and short ways to do things in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::{Ctx, Env, FixedClock, Time, UnitId};
use concerns::call_back::Answer;
use concerns::catalogue::{Duty, Kind};
use concerns::permissions::{Authority, CallBack, Desk, Handle, Supervise, Whistle};
use concerns::redact::{Approve, Redact, approve, redact};
use concerns::submit::{Contact, Receipt, Submit};
use concerns::{Channel, Concern, Done, Outcome, State, StepError};
use people::testing::World;
use people::{Actor, Permission, Proof, Role};
use store::{Migration, Store, StoreError, Tx};

/// Everything that a district with concerns keeps.
pub(crate) const TREES: [&[Migration]; 3] = [record::MIGRATIONS, people::MIGRATIONS, concerns::MIGRATIONS];

pub(crate) struct Town {
    pub(crate) store: Store,
    pub(crate) env: Env,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) world: World,
    key: AtomicU64,
}

/// A step, with whatever it needs beside the concern.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Dispatch(UnitId, &'static str),
    Object,
    Decide(bool),
    Claim,
    FirstContact,
    Escalate,
    SendDown(UnitId),
    Resolve,
    Review(bool),
    CallBack(Option<bool>),
    Archive(Outcome),
    DispatchAs(UnitId, &'static str, Option<&'static str>, Option<&'static str>),
    Pause,
    Resume,
    Ask,
    Grant(bool),
    Whistle(Vec<UnitId>),
    Arrive,
    Part(bool),
    CloseWhistle,
    Merge(Vec<String>),
    Unmerge,
    Supervise,
    AnswerOrder,
}

impl Town {
    pub(crate) fn new(store: Store) -> Town {
        let (env, clock) = people::testing::env(7);
        let world = people::testing::world(&store, &env);
        Town { store, env, clock, world, key: AtomicU64::new(1) }.stocked()
    }

    /// The district of an application, with a catalogue.
    pub(crate) fn of(app: &testkit::TestApp) -> Town {
        let (store, env) = (app.district().store().clone(), app.district().env().clone());
        Town { store, env, clock: Arc::clone(&app.clock), world: app.world().clone(), key: AtomicU64::new(1) }.stocked()
    }

    fn stocked(self) -> Town {
        let town = self;
        let department = town.world.departments;
        town.write(move |tx, ctx| {
            for (ord, (code, name, keywords)) in (1..).zip([
                ("01", "市容环境", "垃圾 占道"),
                ("0101", "垃圾清运", "垃圾桶"),
                ("02", "住房", "漏水 电梯"),
                ("03", "邻里", "噪音"),
            ]) {
                let parent = (code.len() > 2).then(|| code[..2].to_owned());
                let keywords = keywords.split(' ').map(str::to_owned).collect();
                let kind = Kind { code: code.into(), name: name.into(), parent, ord, keywords };
                concerns::catalogue::enter_kind(tx, ctx, Authority::Console, &kind).unwrap();
            }
            for (kind, unit) in [("01", department[0]), ("02", department[1])] {
                let duty = Duty { kind: kind.into(), unit, document: "三定规定".into() };
                concerns::catalogue::assign_duty(tx, ctx, Authority::Console, &duty).unwrap();
            }
            Ok::<(), StoreError>(())
        })
        .unwrap();
        town
    }

    /// One write, a second later than the one before.
    pub(crate) fn write<T, E>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.clock.advance(Time::SECOND);
        let env = self.env.clone();
        self.store.write_now(move |tx| f(tx, &env.ctx()))
    }

    pub(crate) fn read<T: Send + 'static>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T, StoreError> + Send + 'static) -> T {
        let env = self.env.clone();
        self.store.read_now(move |tx| f(tx, &env.ctx())).unwrap()
    }

    pub(crate) fn key(&self) -> [u8; 16] {
        let n = self.key.fetch_add(1, Ordering::SeqCst);
        let mut key = [7; 16];
        key[..8].copy_from_slice(&n.to_be_bytes());
        key
    }

    /// What a resident who leaves a telephone says about a grid.
    pub(crate) fn form(&self, place: UnitId) -> Submit {
        Submit {
            op_key: self.key(),
            words: "楼下的垃圾桶三天没有人清运，味道很大。".into(),
            spot: Some("3 号楼东侧".into()),
            place: Some(place),
            kind: None,
            about_unit: None,
            about_person: None,
            contact: Some(Contact { name: Some("周女士".into()), phone: base::phone::Phone::parse("13800001234").unwrap() }),
            confidential: false,
            may_publish: false,
            photos: Vec::new(),
        }
    }

    pub(crate) fn submit(&self, form: Submit) -> Receipt {
        self.write(move |tx, ctx| concerns::submit::submit(tx, ctx, &form)).unwrap()
    }

    pub(crate) fn concern(&self, no: &str) -> Concern {
        let no = no.to_owned();
        self.read(move |tx, _| Ok(concerns::concern::find(tx, &no)?.unwrap()))
    }

    pub(crate) fn holder(&self, receipt: &Receipt) -> concerns::receipt::Holder {
        let receipt = receipt.clone();
        self.read(move |tx, _| concerns::receipt::find(tx, &receipt.no, &receipt.secret)).unwrap()
    }

    /// Takes a step with each proof that somebody has for it; `None` if they have none at all.
    pub(crate) fn attempt(&self, actor: &Actor, no: &str, v: i64, step: &Step) -> Option<Result<Done, StepError>> {
        self.attempt_with(actor, no, v, step, self.key())
    }

    pub(crate) fn attempt_with(&self, actor: &Actor, no: &str, v: i64, step: &Step, op_key: [u8; 16]) -> Option<Result<Done, StepError>> {
        fn proofs<P: Permission>(actor: &Actor) -> Vec<Proof<P>> {
            actor.each::<P>().collect()
        }
        let no = no.to_owned();
        let step = step.clone();
        let reason = || "因为需要这样办理".to_owned();
        let mut last = None;
        macro_rules! each {
            ($permission:ty, |$tx:ident, $ctx:ident, $proof:ident| $call:expr) => {
                for $proof in proofs::<$permission>(actor) {
                    let (step, no) = (step.clone(), no.clone());
                    let done = self.write(move |$tx, $ctx| {
                        let _ = &step;
                        let no = no.clone();
                        let _ = &no;
                        $call(no)
                    });
                    let stop = done.is_ok();
                    last = Some(done);
                    if stop {
                        break;
                    }
                }
            };
        }
        match step.clone() {
            Step::DispatchAs(unit, kind, term, exception) => each!(Desk, |tx, ctx, proof| |no| {
                use concerns::dispatch::{Dispatch, dispatch};
                let (term, exception) = (term.map(str::to_owned), exception.map(str::to_owned));
                let kind = kind.to_owned();
                let input = Dispatch { op_key, no, v, unit, kind, shown: None, note: None, term, exception };
                dispatch(tx, ctx, &proof, &input)
            }),
            Step::Pause => each!(Handle, |tx, ctx, proof| |no| {
                concerns::pause::pause(tx, ctx, &proof, &concerns::pause::Pause { op_key, no, v, reason: reason() })
            }),
            Step::Resume => each!(Handle, |tx, ctx, proof| |no| {
                concerns::pause::resume(tx, ctx, &proof, &concerns::pause::Resume { op_key, no, v, note: None })
            }),
            Step::Ask => each!(Handle, |tx, ctx, proof| |no| {
                concerns::extend::ask(tx, ctx, &proof, &concerns::extend::AskExtension { op_key, no, v, reason: reason() })
            }),
            Step::Grant(grant) => each!(Desk, |tx, ctx, proof| |no| {
                concerns::extend::decide(tx, ctx, &proof, &concerns::extend::DecideExtension { op_key, no, v, grant, reason: reason() })
            }),
            Step::Whistle(units) => {
                // Leaked, as a closure that may run again borrows it; a test's process is short.
                let units: &'static [UnitId] = units.leak();
                each!(Whistle, |tx, ctx, proof| |no| {
                    let (lead, units) = (units.first().copied().unwrap_or_default(), units.to_vec());
                    concerns::whistle::call(tx, ctx, &proof, &concerns::whistle::Call { op_key, no, v, lead, units, ask: reason() })
                });
            }
            Step::Arrive => each!(Handle, |tx, ctx, proof| |no| {
                let input = concerns::whistle::Answer { op_key, no, unit: proof.unit(), note: None, warranted: true };
                concerns::whistle::arrive(tx, ctx, &proof, &input)
            }),
            Step::Part(warranted) => each!(Handle, |tx, ctx, proof| |no| {
                let input = concerns::whistle::Answer { op_key, no, unit: proof.unit(), note: Some(reason()), warranted };
                concerns::whistle::part(tx, ctx, &proof, &input)
            }),
            Step::CloseWhistle => each!(Whistle, |tx, ctx, proof| |no| {
                concerns::whistle::close(tx, ctx, &proof, &concerns::whistle::Close { op_key, no, note: reason() })
            }),
            Step::Merge(others) => {
                let others: &'static [String] = others.leak();
                each!(Desk, |tx, ctx, proof| |no| {
                    let others = others.to_vec();
                    concerns::merge::merge(tx, ctx, &proof, &concerns::merge::Merge { op_key, no, v, others, reason: reason() })
                });
            }
            Step::Unmerge => each!(Desk, |tx, ctx, proof| |no| {
                concerns::merge::unmerge(tx, ctx, &proof, &concerns::merge::Unmerge { op_key, no, v, reason: None })
            }),
            Step::Supervise => each!(Supervise, |tx, ctx, proof| |no| {
                concerns::supervise::order(tx, ctx, &proof, &concerns::supervise::Words { op_key, no, text: reason() })
            }),
            Step::AnswerOrder => each!(Handle, |tx, ctx, proof| |no| {
                concerns::supervise::answer(tx, ctx, &proof, &concerns::supervise::Words { op_key, no, text: reason() })
            }),
            Step::Dispatch(unit, kind) => each!(Desk, |tx, ctx, proof| |no| {
                use concerns::dispatch::{Dispatch, dispatch};
                let (kind, note) = (kind.into(), Some(reason()));
                let input = Dispatch { op_key, no, v, unit, kind, shown: None, note, term: None, exception: None };
                dispatch(tx, ctx, &proof, &input)
            }),
            Step::Object => each!(Handle, |tx, ctx, proof| |no| {
                concerns::object::object(tx, ctx, &proof, &concerns::object::Object { op_key, no, v, reason: reason() })
            }),
            Step::Decide(uphold) => each!(Desk, |tx, ctx, proof| |no| {
                let input = concerns::object::Decide { op_key, no, v, uphold, reason: Some(reason()), shown: None };
                concerns::object::decide(tx, ctx, &proof, &input)
            }),
            Step::Claim => {
                each!(Handle, |tx, ctx, proof| |no| { concerns::claim::claim(tx, ctx, &proof, &concerns::claim::Claim { op_key, no, v }) })
            }
            Step::FirstContact => each!(Handle, |tx, ctx, proof| |no| {
                let input = concerns::claim::FirstContact {
                    op_key,
                    no,
                    v,
                    channel: Channel::Phone,
                    shown: Some("约好明天上门。".into()),
                    note: None,
                };
                concerns::claim::first_contact(tx, ctx, &proof, &input)
            }),
            Step::Escalate => each!(Handle, |tx, ctx, proof| |no| {
                concerns::linkage::escalate(tx, ctx, &proof, &concerns::linkage::Escalate { op_key, no, v, reason: reason(), shown: None })
            }),
            Step::SendDown(unit) => each!(Handle, |tx, ctx, proof| |no| {
                let input = concerns::linkage::SendDown { op_key, no, v, unit, reason: reason(), exception: None, shown: None };
                concerns::linkage::send_down(tx, ctx, &proof, &input)
            }),
            Step::Resolve => each!(Handle, |tx, ctx, proof| |no| {
                let no: String = no;
                let term = concerns::concern::find(tx, &no)?.and_then(|concern| concern.now.term);
                let input = concerns::resolve::Resolve {
                    reply: concerns::Reply::of(term.as_deref()).first().copied(),
                    op_key,
                    no,
                    v,
                    answer: "已于今天清运，并改为每日一次。".into(),
                    photos: vec![],
                    note: None,
                };
                concerns::resolve::resolve(tx, ctx, &proof, &input)
            }),
            Step::Review(pass) => each!(Desk, |tx, ctx, proof| |no| {
                let input = concerns::resolve::Review { op_key, no, v, pass, reason: Some(reason()), shown: None };
                concerns::resolve::review(tx, ctx, &proof, &input)
            }),
            Step::CallBack(solved) => each!(CallBack, |tx, ctx, proof| |no| {
                let answer =
                    solved.map(|solved| Answer { contacted: Some(true), solved, satisfied: Some(solved), words: Some("谢谢".into()) });
                let input = concerns::call_back::CallBack { op_key, no, v, channel: Channel::Phone, answer, note: None };
                concerns::call_back::call_back(tx, ctx, &proof, &input)
            }),
            Step::Archive(outcome) => each!(Desk, |tx, ctx, proof| |no| {
                let input = concerns::archive::Archive { op_key, no, v, outcome, duplicate_of: None, reason: reason(), shown: None };
                concerns::archive::archive(tx, ctx, &proof, &input)
            }),
        }
        last
    }

    /// Takes a step that must succeed.
    pub(crate) fn step(&self, role: Role, unit: UnitId, no: &str, step: Step) -> Done {
        let actor = self.world.actor_in(role, unit);
        let v = self.concern(no).v;
        match self.attempt(&actor, no, v, &step) {
            Some(Ok(done)) => done,
            other => panic!("{role:?}: {step:?}: {other:?}"),
        }
    }

    /// The desk writes what handlers of a confidential concern may read, and a second person approves it.
    pub(crate) fn redact(&self, no: &str, of: Option<record::EventId>, handlers: &str, share_photos: bool) {
        let [town, _] = self.world.towns;
        let (writer, second) = (self.world.actor_in(Role::TownDesk, town), self.world.actor(Role::DistrictDesk));
        let (keys, number, text) = ([self.key(), self.key()], no.to_owned(), handlers.to_owned());
        self.write(move |tx, ctx| {
            let desk = writer.has::<Desk>().unwrap();
            let input = Redact { op_key: keys[0], no: number.clone(), of, handlers: text.clone(), share_photos };
            redact(tx, ctx, &desk, &input)
        })
        .unwrap();
        let waits = self.concern(no).redactions.last().unwrap().event;
        let number = no.to_owned();
        self.write(move |tx, ctx| {
            let desk = second.has::<Desk>().unwrap();
            approve(tx, ctx, &desk, &Approve { op_key: keys[1], no: number.clone(), of: waits, pass: true, reason: None })
        })
        .unwrap();
    }

    /// Takes it to the point where its resident is asked.
    pub(crate) fn to_call_back(&self, no: &str) {
        let [town, _] = self.world.towns;
        let department = self.world.departments[0];
        self.step(Role::TownDesk, town, no, Step::Dispatch(department, "01"));
        self.step(Role::DepartmentStaff, department, no, Step::Claim);
        self.step(Role::DepartmentStaff, department, no, Step::Resolve);
        let done = self.step(Role::TownDesk, town, no, Step::Review(true));
        assert_eq!(done.state, State::CallBack);
    }

    /// What the clock brings: all that the tick does, until nothing is left.
    pub(crate) fn tick(&self) {
        self.write(|tx, ctx| {
            while concerns::pause::end_pauses(tx, ctx, 50)? > 0 {}
            while concerns::passed::pass_deadlines(tx, ctx, 50)? > 0 {}
            while concerns::passed::raise_overdue(tx, ctx, 50)? > 0 {}
            while concerns::whistle::pass_arrivals(tx, ctx, 50)? > 0 {}
            while concerns::supervise::pass_orders(tx, ctx, 50)? > 0 {}
            Ok::<(), StoreError>(())
        })
        .unwrap();
    }

    /// What verifying finds.
    pub(crate) fn findings(&self) -> Vec<String> {
        record::sequence_all(&self.store, &self.env).unwrap();
        let report = record::verify(&self.store, &[people::fold, concerns::fold], &[]).unwrap();
        report.findings.iter().map(ToString::to_string).collect()
    }

    /// The end of every test: log, events and tables agree.
    pub(crate) fn assert_clean(&self) {
        let findings = self.findings();
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
