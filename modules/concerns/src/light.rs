//! The light of a deadline: in time, soon, due today, over. Icon, word and colour are the pages' part.

use base::Time;
use base::calendar::Calendar;

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Light {
    /// 蓝: in time.
    Blue,
    /// 黄: one working day or less is left.
    Yellow,
    /// 红: due today.
    Red,
    /// 超期: past.
    Over,
}

impl Light {
    /// The name for a filter's address and a style's class.
    pub fn code(self) -> &'static str {
        match self {
            Light::Blue => "blue",
            Light::Yellow => "yellow",
            Light::Red => "red",
            Light::Over => "over",
        }
    }

    /// The light with this name.
    pub fn from_code(code: &str) -> Option<Light> {
        [Light::Blue, Light::Yellow, Light::Red, Light::Over].into_iter().find(|light| light.code() == code)
    }
}

/// The light of a deadline as it stands now.
pub fn light(calendar: &Calendar, due: Time, now: Time) -> Light {
    if now > due {
        Light::Over
    } else if now.date() == due.date() {
        Light::Red
    } else if calendar.working_days_between(now, due) <= 1 {
        Light::Yellow
    } else {
        Light::Blue
    }
}
