//! Who asks, and from where: [`Visit`] for anybody, [`Staff`] for who is signed in.
//!
//! A page does all its reading in one job on a reader thread: session, posts, query and the rendering itself.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use base::{Ctx, Purpose};
use people::sign::{self, SignedPerson, Token};
use people::{Actor, SessionId, Tree};
use store::{StoreError, Tx};

use crate::shell::{Flash, SignedIn};
use crate::{App, District, Lang, Limit, PageError, Shell};

const CSRF: Purpose = Purpose("web.csrf");

/// One request: the district it is for, the reader's language, whether a session comes with it. Cheap to clone.
#[derive(Clone)]
pub struct Visit(Arc<Seen>);

/// What a request brings. Read it through [`Visit`].
pub struct Seen {
    /// The application.
    pub app: App,
    /// The district that the host asks for.
    pub district: Arc<District>,
    /// The reader's language.
    pub lang: Lang,
    /// The reader chose the elder version.
    pub elder: bool,
    /// htmx asks for a fragment.
    pub htmx: bool,
    /// The browser reaches us by TLS.
    pub secure: bool,
    /// The browser and we are on one machine, and it calls us by a name of this machine.
    pub local: bool,
    /// The host by which the browser calls us, with its port.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// What the last request did.
    pub flash: Option<Flash>,
    pub(crate) token: Option<Token>,
    pub(crate) draft: Option<String>,
    pub(crate) address: IpAddr,
    pub(crate) route: OnceLock<MatchedPath>,
    pub(crate) checked: AtomicBool,
    pub(crate) touch: OnceLock<SessionId>,
}

impl Deref for Visit {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.0
    }
}

impl Visit {
    pub(crate) fn new(seen: Seen) -> Visit {
        Visit(Arc::new(seen))
    }

    /// The visit of a request, for extractors.
    pub(crate) fn of(request: &Request) -> Result<Visit, PageError> {
        request.extensions().get::<Visit>().cloned().ok_or_else(|| PageError::internal("a request without a visit"))
    }

    /// Read in one snapshot.
    ///
    /// # Errors
    /// What `f` answers, or the store's own.
    pub async fn read<T, E>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.district.read(f).await
    }

    /// Write in one transaction, on disk when this returns.
    ///
    /// # Errors
    /// What `f` answers (then nothing was written), or the store's own.
    pub async fn write<T, E>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.district.write(f).await
    }

    /// Take a token of a rate limit.
    ///
    /// # Errors
    /// [`PageError::Limited`] when there is none left for this address.
    pub fn limit(&self, what: Limit) -> Result<(), PageError> {
        self.app.limit(what, self.address, self.district.env().clock.now())
    }

    /// Take a token of a rate limit that counts for something else than an address: for a program, whichever machine of
    /// its owner's it runs on.
    ///
    /// # Errors
    /// [`PageError::Limited`] when there is none left.
    pub fn limit_of(&self, what: Limit, whose: base::Id) -> Result<(), PageError> {
        // Buckets are kept by network, which are the first eight bytes: those of an id that are drawn come last.
        let mut bytes = whose.0;
        bytes.reverse();
        self.app.limit(what, IpAddr::from(bytes), self.district.env().clock.now())
    }

    /// A key for a form, to be sent back in its hidden field `op_key`: a retry is then known.
    pub fn op_key(&self) -> String {
        self.district.env().ctx().id::<base::Id>().to_string()
    }

    /// The whole address of a path of ours, as the browser reaches us: for QR codes and links to keep.
    pub fn link(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.secure { "https" } else { "http" }, self.host)
    }

    /// What surrounds a page for somebody who need not be signed in.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        Shell {
            district: self.district.name().to_string(),
            path: self.path.clone(),
            elder: self.elder,
            demo: self.district.demo(),
            filing: self.app.config().filing.clone(),
            flash: self.flash.clone(),
            ..Shell::new(self.lang, title)
        }
    }

    /// The token that the forms of this session carry.
    pub(crate) fn csrf(&self) -> String {
        match &self.token {
            Some(token) => record::hex(&self.district.env().keys.blind(CSRF, token.to_string().as_bytes())),
            None => String::new(),
        }
    }

    /// Compare the token of a form with the session's.
    pub(crate) fn check_token(&self, sent: &str) -> Result<(), PageError> {
        if self.token.is_none() || !crate::secure::equal(self.csrf().as_bytes(), sent.as_bytes()) {
            return Err(PageError::CrossSite);
        }
        self.checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a demo district may be entered without a password from here: the store was made as a demonstration,
    /// we listen on loopback only, and the browser is on this machine and names it so.
    pub fn may_play(&self) -> bool {
        self.district.demo() && self.app.config().loopback && self.local
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Visit, PageError> {
        let visit = parts.extensions.get::<Visit>().cloned().ok_or_else(|| PageError::internal("a request without a visit"))?;
        if let Some(route) = parts.extensions.get::<MatchedPath>() {
            let _ = visit.route.set(route.clone());
        }
        Ok(visit)
    }
}

/// Marks a request whose handler acts for somebody signed in: its form must carry the session's token.
#[derive(Clone, Copy)]
pub(crate) struct ByStaff;

/// A visit with a session. Whether the session still holds is looked up in the transaction of each read and write.
#[derive(Clone)]
pub struct Staff {
    visit: Visit,
    token: Token,
    safe: bool,
}

impl Deref for Staff {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Staff, PageError> {
        let visit = Visit::from_request_parts(parts, app).await?;
        let safe = parts.method.is_safe();
        let token = visit.token.ok_or_else(|| sign_in(&visit, safe))?;
        parts.extensions.insert(ByStaff);
        Ok(Staff { visit, token, safe })
    }
}

/// After signing in, a page is come back to; what a form would have done is not.
fn sign_in(visit: &Visit, safe: bool) -> PageError {
    PageError::SignIn(if safe { visit.path.clone() } else { "/work".into() })
}

impl Staff {
    /// Read in one snapshot, as who is signed in.
    ///
    /// # Errors
    /// What `f` answers, [`PageError::SignIn`], or the store's own.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx, &Ctx, &Signed) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, PageError> {
        let staff = self.clone();
        let job = move |tx: &mut Tx, ctx: &Ctx| {
            let signed = staff.signed(tx, ctx)?;
            f(tx, ctx, &signed)
        };
        let answer = self.visit.district.read(job).await;
        self.touch().await;
        answer
    }

    /// Write in one transaction, as who is signed in; on disk when this returns. Refused in a GET, and in a handler
    /// that did not read the form through [`crate::form::Fields`], which checks the session's token.
    ///
    /// # Errors
    /// What `f` answers (then nothing was written), [`PageError::SignIn`], or the store's own.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx, &Ctx, &Signed) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, PageError> {
        self.may_write()?;
        let staff = self.clone();
        let job = move |tx: &mut Tx, ctx: &Ctx| {
            let signed = staff.signed(tx, ctx)?;
            f(tx, ctx, &signed)
        };
        self.visit.district.write(job).await
    }

    /// As [`Staff::write`], for a page that shows its form again with what the operation refused: the operation's own
    /// error is the inner answer. Nothing was written then.
    ///
    /// # Errors
    /// What has nothing to do with the operation: nobody signed in, a busy store.
    pub async fn attempt<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        &self,
        f: impl Fn(&mut Tx, &Ctx, &Signed) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, PageError> {
        self.may_write()?;
        let staff = self.clone();
        let answer = self.visit.district.write(move |tx, ctx| {
            let signed = staff.signed(tx, ctx).map_err(Attempt::Page)?;
            f(tx, ctx, &signed).map_err(Attempt::Operation)
        });
        match answer.await {
            Ok(done) => Ok(Ok(done)),
            Err(Attempt::Operation(error)) => Ok(Err(error)),
            Err(Attempt::Page(error)) => Err(error),
        }
    }

    /// Write in one transaction as somebody signed in, for what needs no post: the posts and the units are not read, so that
    /// thousands can do it at the same second. The sight of the session is written with it.
    ///
    /// # Errors
    /// What `f` answers (then nothing was written), [`PageError::SignIn`], or the store's own.
    pub async fn write_as_person<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx, &Ctx, &SignedPerson) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, PageError> {
        self.may_write()?;
        let staff = self.clone();
        let job = move |tx: &mut Tx, ctx: &Ctx| {
            let person = staff.person(tx, ctx)?;
            if person.touch {
                sign::touch(tx, ctx.now, person.session)?;
            }
            f(tx, ctx, &person)
        };
        self.visit.district.write(job).await
    }

    /// Read in one snapshot as somebody signed in, likewise.
    ///
    /// # Errors
    /// What `f` answers, [`PageError::SignIn`], or the store's own.
    pub async fn read_as_person<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx, &Ctx, &SignedPerson) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, PageError> {
        let staff = self.clone();
        self.visit
            .district
            .read(move |tx, ctx| {
                let person = staff.person(tx, ctx)?;
                f(tx, ctx, &person)
            })
            .await
    }

    fn person(&self, tx: &mut Tx, ctx: &Ctx) -> Result<SignedPerson, PageError> {
        let person = sign::person(tx, ctx.now, &self.token)?.ok_or_else(|| sign_in(&self.visit, self.safe))?;
        if person.password_old && !crate::pages::may_with_old_password(&self.visit.path) {
            return Err(PageError::NewPassword);
        }
        Ok(person)
    }

    /// The visit itself.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// The token of the session, as [`people::sign`] wants it.
    pub(crate) fn token(&self) -> Option<Token> {
        self.visit.token
    }

    fn may_write(&self) -> Result<(), PageError> {
        if self.safe || !self.visit.checked.load(Ordering::Relaxed) {
            return Err(PageError::internal("a write for staff whose form was not checked"));
        }
        Ok(())
    }

    /// Write that the session was seen, about once a minute. A store that is busy just then loses no page by it.
    async fn touch(&self) {
        if let Some(&session) = self.visit.touch.get()
            && let Err(error) = self.visit.district.write(move |tx, ctx| sign::touch(tx, ctx.now, session)).await
        {
            tracing::debug!(%error, "a session was not touched");
        }
    }

    /// Whether this is an administrator without the second factor that the district asks of them. A passkey is two by itself.
    fn lacks_second_factor(&self, actor: &Actor) -> bool {
        let wanted = self.visit.app.config().admin_second_factor && !self.visit.district.demo();
        wanted && actor.is_admin() && !actor.has_totp && actor.way != sign::Way::Passkey
    }

    fn signed(&self, tx: &mut Tx, ctx: &Ctx) -> Result<Signed, PageError> {
        let actor = sign::actor(tx, ctx.now, &self.token)?.ok_or_else(|| sign_in(&self.visit, self.safe))?;
        if actor.password_old && !crate::pages::may_with_old_password(&self.visit.path) {
            return Err(PageError::NewPassword);
        }
        if self.lacks_second_factor(&actor) && !crate::pages::may_without_second_factor(&self.visit.path) {
            return Err(PageError::SecondFactor);
        }
        if actor.touch {
            let _ = self.visit.touch.set(actor.session);
        }
        Ok(Signed { actor, tree: people::tree(tx)?, visit: self.visit.clone() })
    }
}

enum Attempt<E> {
    Page(PageError),
    Operation(E),
}

impl<E> From<StoreError> for Attempt<E> {
    fn from(error: StoreError) -> Attempt<E> {
        Attempt::Page(error.into())
    }
}

/// Who is signed in, in one transaction. It is a [`people::Actor`] for all operations.
pub struct Signed {
    actor: Actor,
    /// The units as they stand.
    pub tree: Arc<Tree>,
    visit: Visit,
}

impl Deref for Signed {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl Signed {
    /// What surrounds a page of staff: menu, name, the token for forms.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let (actor, tree, lang) = (&self.actor, &*self.tree, self.visit.lang);
        let modules = self.visit.app.modules().iter().flat_map(|module| (module.menu)(actor, tree, lang));
        let tables = crate::bring::menu(&self.visit.app, actor, tree, lang);
        // Who administers begins with that; nobody else has places there.
        let (top, menu) = crate::pages::admin::menu(actor, lang).into_iter().chain(modules).chain(tables).partition(|item| item.at_the_top);
        let post = actor.posts.first().map(|held| format!("{} {}", tree.full_name(held.unit), held.title)).unwrap_or_default();
        Shell { csrf: self.visit.csrf(), who: Some(SignedIn { name: actor.name.clone(), post }), menu, top, ..self.visit.shell(title) }
    }

    /// The visit: language, district, a key for a form.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }
}
