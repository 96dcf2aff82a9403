//! `[outbox]` of `lianxin.toml`: what carries notices out of the house. Secrets lie in files of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use notices::carry::smtp::{Security, Smtp};
use notices::carry::webhook::Gateway;
use notices::carry::wecom::{Application, HOUSE, Robot};
use serde::Deserialize;
use web::notice::{Carrier, Outbox};
use web::outside::Http;

use crate::config::secret;

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutboxText {
    /// Where links begin.
    address: Option<String>,
    email: Option<EmailText>,
    sms: Option<SmsText>,
    wecom: Option<WecomText>,
    #[serde(default)]
    robot: Vec<RobotText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailText {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    security: SecurityText,
    from: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecurityText {
    #[default]
    Tls,
    StartTls,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsText {
    url: String,
    secret_file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WecomText {
    corp: String,
    agent: i64,
    secret_file: PathBuf,
    /// Another house than WeCom's own, where a proxy of the machine speaks for it.
    house: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RobotText {
    /// The code of the unit whose group it is.
    unit: String,
    url_file: PathBuf,
}

impl OutboxText {
    /// The carriers, with their secrets read.
    pub(crate) fn read(&self, base: &Path, authorities: Option<&Path>) -> Result<Outbox> {
        let authorities = authorities.map(|path| base.join(path));
        let http = Http::new(authorities.as_deref()).context("authorities")?;
        let mut outbox = Outbox { address: self.address.clone(), ..Outbox::default() };
        if let Some(text) = &self.email {
            let (security, port) = match text.security {
                SecurityText::Tls => (Security::Tls, 465),
                SecurityText::StartTls => (Security::StartTls, 587),
                SecurityText::None => (Security::None, 25),
            };
            let password = text.password_file.as_ref().map(|file| secret(&base.join(file))).transpose()?;
            let login = text.user.clone().zip(password);
            let port = text.port.unwrap_or(port);
            let smtp = Smtp::new(text.host.clone(), port, security, login, text.from.clone(), authorities.as_deref());
            outbox.email = Some(Arc::new(smtp.map_err(anyhow::Error::msg).context("[outbox.email]")?));
        }
        if let Some(text) = &self.sms {
            outbox.sms = Some(Arc::new(Gateway::new(text.url.clone(), &secret(&base.join(&text.secret_file))?, http.clone())));
        }
        if let Some(text) = &self.wecom {
            let house = text.house.clone().unwrap_or_else(|| HOUSE.to_owned());
            let application = Application::new(house, text.corp.clone(), text.agent, secret(&base.join(&text.secret_file))?, http.clone());
            outbox.wecom = Some(Arc::new(application));
        }
        for text in &self.robot {
            let robot: Arc<dyn Carrier> = Arc::new(Robot::new(secret(&base.join(&text.url_file))?, http.clone()));
            outbox.robots.push((text.unit.clone(), robot));
        }
        Ok(outbox)
    }
}
