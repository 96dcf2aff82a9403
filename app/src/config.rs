//! `lianxin.toml`, and what the command line makes of it: the districts to open and how to serve them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use record::note::Vkey;
use serde::Deserialize;
use store::{Database, OpenError};
use web::outside::{House, Http};
use web::witnesses::Witness;
use web::{Limit, Network, Rate, Rates, fill};

use crate::args::{self, Settings};
use crate::words::{ConfigWords, Words};

/// What is to be served, and how.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The districts.
    pub districts: Vec<Place>,
    /// What the web needs to know.
    pub web: web::Config,
}

/// Where a district lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The hosts by which it is asked for; empty for any.
    pub hosts: Vec<String>,
    /// Its tables.
    pub database: Database,
    /// Its photos and files.
    pub blobs: PathBuf,
    /// Its key file.
    pub keys: PathBuf,
    /// Rule packs of its own: every `.toml` in this directory, in the order of their names.
    pub rules: PathBuf,
    /// Packs that come with the product and that this district adopts, as `beijing`.
    pub profiles: Vec<String>,
    /// Who vouches for its residents, if anybody does.
    pub residents: Option<Vouching>,
}

/// Whoever vouches for the residents of a district by OpenID Connect.
#[derive(Debug, Clone)]
pub(crate) struct Vouching(pub std::sync::Arc<House>);

impl PartialEq for Vouching {
    fn eq(&self, other: &Vouching) -> bool {
        (&self.0.issuer, &self.0.client) == (&other.0.issuer, &other.0.client)
    }
}

impl Eq for Vouching {}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    #[serde(default)]
    proxies: Vec<String>,
    #[serde(default)]
    secure: bool,
    #[serde(default)]
    filing: String,
    #[serde(default)]
    fonts: Vec<PathBuf>,
    #[serde(default)]
    limits: std::collections::BTreeMap<String, RateText>,
    /// A file of certificates that are trusted for what we ask of others; without it those of the machine.
    authorities: Option<PathBuf>,
    sign_in: Option<HouseText>,
    /// For the residents of every district that names nobody else.
    residents_sign_in: Option<HouseText>,
    #[serde(default)]
    district: Vec<DistrictText>,
    #[serde(default)]
    witness: Vec<WitnessText>,
    witness_every: Option<u64>,
    #[serde(default)]
    outbox: crate::outbox::OutboxText,
}

/// Somebody outside who signs the heads of the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessText {
    key: String,
    url: String,
}

/// Whoever vouches for people by OpenID Connect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseText {
    /// What the button says.
    name: String,
    issuer: String,
    client_id: String,
    /// The file that holds the secret, apart from this one; none for a public client.
    client_secret_file: Option<PathBuf>,
}

/// `"off"`, or `{ burst = 60, per_minute = 30 }`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RateText {
    Word(String),
    Rate { burst: u32, per_minute: u32 },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DistrictText {
    hosts: Vec<String>,
    data: PathBuf,
    database: Option<String>,
    schema: Option<String>,
    keys: Option<PathBuf>,
    #[serde(default)]
    profiles: Vec<String>,
    residents_sign_in: Option<HouseText>,
}

/// The plan that the command line and the configuration file make together; the command line wins.
///
/// # Errors
/// In words that name the file and what is wrong in it.
pub(crate) fn plan(settings: &Settings, default_data: &str) -> Result<Plan> {
    let t = ConfigWords::of(settings.lang);
    let (file, base) = match &settings.config {
        None => (File::default(), PathBuf::new()),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let file: File = toml::from_str(&text).map_err(|error| anyhow!(told(t, path, &text, &error)))?;
            (file, path.parent().unwrap_or(Path::new("")).to_owned())
        }
    };
    let listen = settings.listen.or(file.listen).unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080));
    let network = |text: &String| text.parse::<Network>().map_err(|_| anyhow!(fill(t.network, &[("value", text)])));
    let proxies = file.proxies.iter().map(network).collect::<Result<Vec<_>>>()?;
    let web = web::Config {
        proxies,
        always_secure: file.secure,
        loopback: listen.ip().is_loopback(),
        rates: rates(t, &file.limits)?,
        filing: file.filing.clone(),
        fonts: file.fonts.iter().map(|folder| base.join(folder)).collect(),
        decoders: std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 8)),
        witnesses: file.witness.iter().map(|text| witness(t, text)).collect::<Result<_>>()?,
        witness_http: if file.witness.is_empty() { None } else { Some(http(&file, &base)?) },
        witness_every: Duration::from_secs(file.witness_every.unwrap_or(30).clamp(1, 86_400)),
        house: file.sign_in.as_ref().map(|text| house(text, &file, &base)).transpose()?,
        outbox: file.outbox.read(&base, file.authorities.as_deref())?,
        ..web::Config::default()
    };
    let mut districts = Vec::new();
    for text in &file.district {
        if text.hosts.is_empty() && file.district.len() > 1 {
            bail!(t.several_hosts);
        }
        let schema = text.schema.as_deref().map(|name| args::schema(name).ok_or_else(|| OpenError::Schema(name.to_owned())));
        let data = base.join(&text.data);
        districts.push(place(
            text.hosts.clone(),
            &data,
            text.database.clone(),
            schema.transpose()?,
            text.keys.as_ref().map(|k| base.join(k)),
        ));
        if let Some(place) = districts.last_mut() {
            place.profiles.clone_from(&text.profiles);
            place.residents = vouching(text.residents_sign_in.as_ref(), &file, &base)?;
        }
    }
    if districts.is_empty() || settings.data.is_some() || settings.database.is_some() {
        let data = settings.data.clone().unwrap_or_else(|| default_data.into());
        let residents = vouching(None, &file, &base)?;
        districts = vec![Place { residents, ..place(Vec::new(), &data, settings.database.clone(), settings.schema.clone(), None) }];
    }
    Ok(Plan { listen, districts, web })
}

/// The first line of a file that holds a secret.
pub(crate) fn secret(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(text.lines().next().unwrap_or("").trim().to_owned())
}

/// What others are asked with: it trusts the authorities that the file names.
fn http(file: &File, base: &Path) -> Result<Http> {
    Http::new(file.authorities.as_ref().map(|path| base.join(path)).as_deref()).context("authorities")
}

fn house(text: &HouseText, file: &File, base: &Path) -> Result<std::sync::Arc<House>> {
    let http = http(file, base)?;
    let secret = text.client_secret_file.as_ref().map_or(Ok(String::new()), |path| secret(&base.join(path)))?;
    Ok(std::sync::Arc::new(House::new(text.name.clone(), text.issuer.clone(), text.client_id.clone(), secret, http)))
}

/// Who vouches for the residents of a district: whom it names itself, else whom the file names for all.
fn vouching(own: Option<&HouseText>, file: &File, base: &Path) -> Result<Option<Vouching>> {
    let text = own.or(file.residents_sign_in.as_ref());
    text.map(|text| house(text, file, base).context("[residents_sign_in]").map(Vouching)).transpose()
}

fn place(hosts: Vec<String>, data: &Path, database: Option<String>, schema: Option<String>, keys: Option<PathBuf>) -> Place {
    let database = match database {
        Some(url) => Database::Postgres { url, schema: schema.unwrap_or_else(|| "lianxin".into()) },
        None => Database::Sqlite { file: data.join("lianxin.db") },
    };
    Place {
        hosts,
        database,
        blobs: data.join("blobs"),
        keys: keys.unwrap_or_else(|| data.join("keys")),
        rules: data.join("rules"),
        profiles: Vec::new(),
        residents: None,
    }
}

/// What is wrong with the file, by its line.
fn told(t: &ConfigWords, path: &Path, text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let message = error.message();
    let mut named = message.split('`').skip(1).step_by(2);
    let why = match named.next() {
        Some(word) if message.starts_with("unknown field") => {
            fill(t.unknown, &[("word", &word), ("known", &named.collect::<Vec<_>>().join(", "))])
        }
        _ => message.to_owned(),
    };
    fill(t.line, &[("place", &path.display()), ("line", &line), ("why", &why)])
}

fn witness(t: &ConfigWords, text: &WitnessText) -> Result<Witness> {
    let vkey = Vkey::parse(&text.key).ok().filter(Vkey::is_witness);
    let vkey = vkey.ok_or_else(|| anyhow!(fill(t.witness_key, &[("value", &text.key)])))?;
    if !["https://", "http://"].iter().any(|scheme| text.url.starts_with(scheme)) {
        bail!(fill(t.witness_url, &[("value", &text.url)]));
    }
    Ok(Witness { vkey, url: text.url.clone() })
}

fn rates(t: &ConfigWords, texts: &std::collections::BTreeMap<String, RateText>) -> Result<Rates> {
    let mut rates = Rates::default();
    for (name, text) in texts {
        let Some((_, limit)) = Limit::ALL.iter().find(|(known, _)| known == name) else {
            let known: Vec<&str> = Limit::ALL.iter().map(|(name, _)| *name).collect();
            bail!("[limits] {}", fill(t.unknown, &[("word", name), ("known", &known.join(", "))]));
        };
        rates.set(
            *limit,
            match text {
                RateText::Word(word) if word == "off" => Rate::OFF,
                RateText::Word(_) => {
                    bail!(fill(t.limit, &[("name", name), ("off", &"\"off\""), ("rate", &"{ burst = 60, per_minute = 30 }")]))
                }
                RateText::Rate { burst, per_minute } => Rate { burst: *burst, per_minute: *per_minute },
            },
        );
    }
    Ok(rates)
}

impl Plan {
    /// The one district that a command is for.
    ///
    /// # Errors
    /// In words, where it is not clear which.
    pub(crate) fn only(&self, settings: &Settings) -> Result<&Place> {
        let t = Words::of(settings.lang);
        match (&self.districts[..], &settings.host) {
            ([only], None) => Ok(only),
            (_, None) => bail!(t.one_district),
            (all, Some(host)) => {
                let named = all.iter().find(|place| place.hosts.iter().any(|have| have.eq_ignore_ascii_case(host)));
                named.with_context(|| fill(t.no_such_district, &[("host", host)]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(text: &str) -> Result<Plan> {
        let path = std::env::temp_dir().join(format!("lianxin-config-{}-{}.toml", std::process::id(), text.len()));
        std::fs::write(&path, text).unwrap();
        let plan = plan(&Settings { config: Some(path.clone()), ..Settings::default() }, "./data");
        std::fs::remove_file(path).unwrap();
        plan
    }

    #[test]
    fn nothing_given_is_one_district_here() {
        let plan = plan(&Settings::default(), "./data").unwrap();
        assert_eq!(plan.listen.to_string(), "127.0.0.1:8080");
        assert!(plan.web.loopback);
        let [only] = &plan.districts[..] else { panic!() };
        assert_eq!(only.database, Database::Sqlite { file: "./data/lianxin.db".into() });
    }

    #[test]
    fn several_districts_and_limits() {
        let plan = planned(
            "listen = \"0.0.0.0:80\"\nproxies = [\"10.0.0.0/8\"]\nfiling = \"x\"\n[limits]\nsubmit = \"off\"\nsign_in = { burst = 5, per_minute = 1 }\n\
             [[district]]\nhosts = [\"a.gov.cn\"]\ndata = \"a\"\n[[district]]\nhosts = [\"b.gov.cn\"]\ndata = \"b\"\ndatabase = \"postgres://u@h/d\"\nschema = \"b\"\n",
        )
        .unwrap();
        assert!(!plan.web.loopback && plan.districts.len() == 2);
        assert_eq!(plan.web.rates.of(Limit::Submit), Rate::OFF);
        assert_eq!(plan.web.rates.of(Limit::SignIn), Rate { burst: 5, per_minute: 1 });
        let settings = Settings { host: Some("B.gov.cn".into()), ..Settings::default() };
        assert!(matches!(&plan.only(&settings).unwrap().database, Database::Postgres { schema, .. } if schema == "b"));
        assert!(plan.only(&Settings::default()).is_err());
    }

    #[test]
    fn each_district_has_its_own_who_vouch_for_residents() {
        let house = |name: &str| format!("name = \"{name}\"\nissuer = \"https://{name}.example\"\nclient_id = \"lianxin\"\n");
        let text = format!(
            "[residents_sign_in]\n{}[[district]]\nhosts = [\"a.cn\"]\ndata = \"a\"\n[[district]]\nhosts = [\"b.cn\"]\ndata = \"b\"\n[district.residents_sign_in]\n{}",
            house("province"),
            house("city")
        );
        let plan = planned(&text).unwrap();
        let issuers: Vec<&str> = plan.districts.iter().map(|place| place.residents.as_ref().unwrap().0.issuer.as_str()).collect();
        assert_eq!(issuers, ["https://province.example", "https://city.example"]);
        assert!(plan.web.house.is_none(), "who vouches for residents does not for staff");
        let missing = "[residents_sign_in]\nname = \"x\"\nissuer = \"https://x\"\nclient_id = \"y\"\nclient_secret_file = \"nowhere\"\n";
        assert!(format!("{:#}", planned(missing).unwrap_err()).contains("nowhere"));
    }

    #[test]
    fn what_is_not_known_is_refused_in_words() {
        for (text, words) in [
            ("secure = true\nport = 1", "第 2 行：不认识“port”，这里可以写 listen, "),
            ("listen = \"here\"", "第 1 行"),
            ("[limits]\nall = \"off\"", "不认识“all”，这里可以写 "),
            ("[[witness]]\nkey = \"x\"\nurl = \"http://w.example\"", "不是见证公钥：x"),
            ("[limits]\nsubmit = \"no\"", "{ burst = 60, per_minute = 30 }"),
            ("proxies = [\"x\"]", "“x”不是网段"),
            ("[[district]]\nhosts = [\"a\"]\ndata = \"a\"\n[[district]]\nhosts = []\ndata = \"b\"", "每个都要有 hosts"),
            ("[[district]]\nhosts = []", "data"),
        ] {
            let error = format!("{:#}", planned(text).unwrap_err());
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
