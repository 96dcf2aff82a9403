//! What all requests share: the districts by host, the modules, the configuration.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use record::{NewFold, Reader};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::limit::Limits;
use crate::{District, Limit, Module, PageError, Rates};

/// The state of every handler. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    districts: Vec<Arc<District>>,
    by_host: HashMap<String, usize>,
    modules: Vec<Module>,
    readers: Vec<Arc<dyn Reader>>,
    config: Config,
    limits: Limits,
    uploads: Semaphore,
    decoders: Arc<Semaphore>,
    hashers: Semaphore,
}

/// Whom a demonstration offers to be entered as, read from its store.
pub type DemoEntries = fn(&mut store::Tx) -> Result<Vec<DemoEntry>, store::StoreError>;

/// What whoever runs the program can set. The default is right for one machine behind no proxy.
#[derive(Clone, Debug)]
pub struct Config {
    /// Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub proxies: Vec<Network>,
    /// Whether browsers reach us by TLS in any case (a proxy that says nothing).
    pub always_secure: bool,
    /// The listener takes connections from this machine only.
    pub loopback: bool,
    /// Rate limits.
    pub rates: Rates,
    /// The filing number for the footer, as 京ICP备00000000号; empty for none.
    pub filing: String,
    /// How long a form may take to arrive.
    pub body_timeout: Duration,
    /// How long a form with pictures may take to arrive.
    pub upload_timeout: Duration,
    /// Forms with pictures that are held in memory at once.
    pub uploads: usize,
    /// Pictures that are decoded at once.
    pub decoders: usize,
    /// Passwords that are hashed at once: each takes about 20 MiB and some tens of milliseconds.
    pub hashers: usize,
    /// What hashing a password costs. A demo district always takes the light one: its passwords are no secret.
    pub passwords: people::password::Params,
    /// Whether the three administrators must set up a second factor before they administer anything.
    pub admin_second_factor: bool,
    /// Whoever vouches for staff by OpenID Connect, if anybody does.
    pub house: Option<Arc<crate::outside::House>>,
    /// Folders with fonts for documents, before those of the system.
    pub fonts: Vec<std::path::PathBuf>,
    /// As whom a demonstration offers to be entered; without it, as the first holder of each role.
    pub demo_entries: Option<DemoEntries>,
    /// What carries notices out of the house.
    pub outbox: crate::notice::Outbox,
    /// Outside witnesses of the log.
    pub witnesses: Vec<crate::witnesses::Witness>,
    /// By what they are asked; a client that trusts what the machine trusts where there is none.
    pub witness_http: Option<crate::outside::Http>,
    /// How often they are asked.
    pub witness_every: Duration,
    /// The most rows of a list that leave in one workbook.
    pub export_rows: usize,
}

/// Somebody as whom a demonstration can be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoEntry {
    /// The code of the role, or `resident`.
    pub role: String,
    /// Who; none for a resident.
    pub person: Option<base::PersonId>,
    /// Their name; of a resident, the first words of their concern.
    pub name: String,
    /// Where they work.
    pub unit: String,
    /// The page to begin with.
    pub link: String,
    /// How much waits for them.
    pub waiting: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            proxies: Vec::new(),
            always_secure: false,
            loopback: true,
            rates: Rates::default(),
            filing: String::new(),
            fonts: Vec::new(),
            body_timeout: Duration::from_secs(30),
            upload_timeout: Duration::from_secs(180),
            uploads: 8,
            decoders: 2,
            hashers: 2,
            passwords: people::password::Params::default(),
            admin_second_factor: true,
            house: None,
            demo_entries: None,
            outbox: crate::notice::Outbox::default(),
            witnesses: Vec::new(),
            witness_http: None,
            witness_every: Duration::from_secs(30),
            // A workbook of so many is some 40 MB, and is opened by what offices have.
            export_rows: 200_000,
        }
    }
}

impl App {
    /// An application of districts and modules. A host that two districts claim goes to the first.
    pub fn new(config: Config, districts: Vec<Arc<District>>, modules: Vec<Module>) -> App {
        let mut by_host = HashMap::new();
        for (at, district) in districts.iter().enumerate() {
            for host in district.hosts() {
                by_host.entry(host.to_ascii_lowercase()).or_insert(at);
            }
        }
        let readers = modules.iter().flat_map(|module| (module.readers)(&modules)).collect();
        App(Arc::new(Inner {
            limits: Limits::new(config.rates),
            uploads: Semaphore::new(config.uploads.max(1)),
            decoders: Arc::new(Semaphore::new(config.decoders.max(1))),
            hashers: Semaphore::new(config.hashers.max(1)),
            districts,
            by_host,
            modules,
            readers,
            config,
        }))
    }

    /// The district that a `Host` header asks for. A single district answers to any host unless it names its own.
    pub(crate) fn district(&self, host: &str) -> Option<&Arc<District>> {
        if let [only] = &self.0.districts[..]
            && only.hosts().is_empty()
        {
            return Some(only);
        }
        let name = host_name(host);
        let found = self.0.by_host.get(name).or_else(|| self.0.by_host.get(&name.to_ascii_lowercase()));
        found.and_then(|&at| self.0.districts.get(at))
    }

    /// All districts of this process.
    pub fn districts(&self) -> &[Arc<District>] {
        &self.0.districts
    }

    /// All modules.
    pub fn modules(&self) -> &[Module] {
        &self.0.modules
    }

    /// Lets every module pass on what is in hand: nothing is orphaned when somebody leaves or a unit ends.
    ///
    /// # Errors
    /// The store's.
    pub fn pass(
        &self,
        tx: &mut store::Tx,
        ctx: &base::Ctx,
        actor: record::Actor,
        passing: &people::Passing,
    ) -> Result<i64, store::StoreError> {
        self.0.modules.iter().try_fold(0, |sum, module| Ok(sum + (module.pass)(tx, ctx, actor, passing)?))
    }

    /// What every module says that a unit has in hand, in words.
    ///
    /// # Errors
    /// The store's.
    pub fn in_hand(&self, tx: &mut store::Tx, lang: crate::Lang, unit: base::UnitId) -> Result<Vec<String>, store::StoreError> {
        let mut words = Vec::new();
        for module in &self.0.modules {
            words.extend((module.in_hand)(tx, lang, unit)?);
        }
        Ok(words)
    }

    /// The tables that can be brought in and taken out, the house's own first.
    pub fn brings(&self) -> impl Iterator<Item = &'static crate::bring::Bring> + use<'_> {
        crate::bring::HOUSE.iter().chain(self.0.modules.iter().flat_map(|module| module.brings))
    }

    /// What follows the record, of all modules.
    pub fn readers(&self) -> &[Arc<dyn Reader>] {
        &self.0.readers
    }

    /// What recomputes state from the record, of all modules and of the house.
    pub fn folds(&self) -> Vec<NewFold> {
        let house: [NewFold; 3] = [people::fold, people::fold_tree, people::fold_begun];
        house.into_iter().chain(self.0.modules.iter().flat_map(|module| module.folds.iter().copied())).collect()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn limit(&self, what: Limit, address: IpAddr, now: base::Time) -> Result<(), PageError> {
        self.0.limits.take(what, address, now).map_err(PageError::Limited)
    }

    /// A turn to hold a form with pictures in memory.
    pub(crate) async fn uploads(&self) -> Result<SemaphorePermit<'_>, PageError> {
        let turn = tokio::time::timeout(Duration::from_secs(10), self.0.uploads.acquire()).await;
        turn.map_err(|_| PageError::Busy)?.map_err(|_| PageError::Busy)
    }

    /// Hash or try a password, on a thread where it delays nobody, a few at once.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        district: &District,
        work: impl FnOnce(&people::password::Params) -> T + Send + 'static,
    ) -> Result<T, PageError> {
        let turn = tokio::time::timeout(Duration::from_secs(10), self.0.hashers.acquire()).await;
        let _turn = turn.map_err(|_| PageError::Busy)?.map_err(|_| PageError::Busy)?;
        let params = if district.demo() { people::password::Params::light() } else { self.0.config.passwords };
        tokio::task::spawn_blocking(move || work(&params)).await.map_err(PageError::internal)
    }

    pub(crate) fn decoders(&self) -> &Arc<Semaphore> {
        &self.0.decoders
    }
}

/// The name in a `Host` header, without its port.
pub(crate) fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Addresses that share their first bits, as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address belongs to it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let apart = (ours.to_bits() ^ theirs.to_bits()).leading_zeros();
                apart >= u32::from(self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let apart = (ours.to_bits() ^ theirs.to_bits()).leading_zeros();
                apart >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || format!("`{text}` is not an address or a network such as 10.0.0.0/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| wrong()))?;
        if bits > most { Err(wrong()) } else { Ok(Network { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let ten: Network = "10.0.0.0/8".parse().unwrap();
        assert!(ten.holds("10.255.0.1".parse().unwrap()) && ten.holds("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!ten.holds("11.0.0.1".parse().unwrap()) && !ten.holds("::1".parse().unwrap()));
        assert!("::1".parse::<Network>().unwrap().holds("::1".parse().unwrap()));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().holds("8.8.8.8".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "10.0.0/8", "here", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert_eq!(host_name("[::1]:80"), "[::1]");
        assert_eq!(host_name("a.gov.cn"), "a.gov.cn");
    }
}
