//! What a figure says: with its unit, and how it moved, in the words of documents.

use super::{Cover, Made, Num, Past, Taken, Way};

impl Taken {
    /// Whether a rate or median is of too few to be told.
    pub fn few(&self, num: Num) -> bool {
        num.of().is_some_and(|n| n < measures::FEW)
    }

    /// As a number to compare: a rate in per cent. None where there is nothing, or too little.
    pub fn number(&self, num: Num) -> Option<f64> {
        if self.few(num) {
            return None;
        }
        match self.made {
            Made::Rate => num.percent(),
            #[expect(clippy::cast_precision_loss, reason = "counts")]
            Made::Count | Made::Median | Made::Named => Some(num.num as f64),
        }
    }

    /// Whether there is something to tell.
    pub fn given(&self) -> bool {
        match self.made {
            Made::Count | Made::Named => self.now.num != 0 || !self.list.is_empty(),
            Made::Rate | Made::Median => !self.few(self.now),
        }
    }

    /// What it was in the period that it is compared with.
    pub fn was(&self, past: Past) -> Option<Num> {
        match past {
            Past::Last => self.last,
            Past::Year => self.year,
        }
    }

    /// How far the record reaches over that period.
    pub fn cover(&self, past: Past) -> Cover {
        match past {
            Past::Last => self.cover_last,
            Past::Year => self.cover_year,
        }
    }

    /// How it moved: above 0 when it rose. None where the two cannot be compared.
    pub fn moved(&self, past: Past) -> Option<f64> {
        let before = self.was(past).filter(|_| self.cover(past) == Cover::Whole)?;
        if before.num == 0 && before.den.is_none() {
            return None;
        }
        Some(self.number(self.now)? - self.number(before)?)
    }

    /// Whether it went the wrong way: against the year before, or where that cannot be told, against the period before.
    pub fn worse(&self) -> bool {
        let moved = self.moved(Past::Year).or_else(|| self.moved(Past::Last)).unwrap_or(0.0);
        match self.better {
            Way::Up => moved < -0.05,
            Way::Down => moved > 0.05,
            Way::None => false,
        }
    }

    /// With its unit: 1,234件, 97.2%.
    pub fn whole(&self, num: Num) -> String {
        match self.made {
            Made::Rate | Made::Median if num.of() == Some(0) => "—".to_owned(),
            Made::Rate if self.few(num) => "样本不足".to_owned(),
            Made::Rate => num.percent().map_or_else(|| "—".to_owned(), |p| format!("{p:.1}%")),
            Made::Median if self.few(num) => "样本不足".to_owned(),
            Made::Count | Made::Median | Made::Named => format!("{}{}", grouped(num.num), self.unit),
        }
    }

    /// The number alone.
    pub fn bare(&self, num: Num) -> String {
        match self.made {
            Made::Rate => self.whole(num),
            Made::Median if self.few(num) => self.whole(num),
            Made::Count | Made::Median | Made::Named => grouped(num.num),
        }
    }

    /// The change in words: 比上年同期增长12.3%. What cannot be compared is said to be so, with why.
    pub fn change(&self, past: Past) -> String {
        let than = past.word();
        let Some(before) = self.was(past) else { return format!("{than}无可比数据") };
        match self.cover(past) {
            Cover::Nothing => return format!("{than}没有记录"),
            Cover::Part => return format!("{than}记录不全，不作比较"),
            Cover::Whole => {}
        }
        if self.few(self.now) {
            return format!("样本不足，不与{than}比较");
        }
        let (Some(now), Some(was)) = (self.number(self.now), self.number(before)) else {
            return if before.of() == Some(0) { format!("{than}没有记录") } else { format!("{than}样本不足，不作比较") };
        };
        let moved = now - was;
        match self.made {
            Made::Rate if moved.abs() < 0.05 => format!("与{than}持平"),
            Made::Rate => format!("比{than}{}{:.1}个百分点", if moved > 0.0 { "提高" } else { "下降" }, moved.abs()),
            Made::Median if moved == 0.0 => format!("与{than}持平"),
            Made::Median => format!("比{than}{}{:.0}{}", if moved > 0.0 { "延长" } else { "缩短" }, moved.abs(), self.unit),
            Made::Count | Made::Named => self.grown(before.num, than),
        }
    }

    /// How a count grew. Of few, and of what grew many times over, per cent would say less than the numbers do.
    fn grown(&self, was: i64, than: &str) -> String {
        let (now, moved) = (self.now.num, self.now.num - was);
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let percent = moved as f64 * 100.0 / was.max(1) as f64;
        if moved == 0 || (was >= measures::FEW && percent.abs() < 0.05) {
            format!("与{than}持平")
        } else if was == 0 {
            format!("{than}为0")
        } else if was < measures::FEW {
            format!("比{than}{}{}{}", if moved > 0 { "增加" } else { "减少" }, grouped(moved.abs()), self.unit)
        } else if now >= was.saturating_mul(10) {
            #[expect(clippy::cast_precision_loss, reason = "counts")]
            let times = now as f64 / was as f64;
            format!("是{than}的{times:.1}倍")
        } else {
            format!("比{than}{}{:.1}%", if moved > 0 { "增长" } else { "下降" }, percent.abs())
        }
    }
}

/// With a comma after each three digits.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(made: Made, now: (i64, Option<i64>), year: Option<(i64, Option<i64>)>) -> Taken {
        let num = |(num, den)| Num { num, den, each: None };
        Taken {
            title: "甲".into(),
            unit: "件".into(),
            made,
            better: if made == Made::Rate { Way::Up } else { Way::Down },
            now: num(now),
            last: None,
            year: year.map(num),
            cover_last: Cover::Whole,
            cover_year: Cover::Whole,
            list: Vec::new(),
            was: Vec::new(),
            pages: Vec::new(),
        }
    }

    #[test]
    fn figures_read_as_people_write_them() {
        let count = taken(Made::Count, (1_234_567, None), Some((1_000_000, None)));
        assert_eq!(count.whole(count.now), "1,234,567件");
        assert_eq!(count.change(Past::Year), "比上年同期增长23.5%");
        assert!(count.worse());
        let grew = |now, was| taken(Made::Count, (now, None), Some((was, None))).change(Past::Year);
        assert_eq!([grew(5, 0), grew(0, 0)], ["上年同期为0", "与上年同期持平"]);
        assert_eq!([grew(5, 2), grew(1, 3)], ["比上年同期增加3件", "比上年同期减少2件"]);
        assert_eq!([grew(18_304, 31), grew(300, 31)], ["是上年同期的590.5倍", "比上年同期增长867.7%"]);
        let rate = taken(Made::Rate, (90, Some(100)), Some((95, Some(100))));
        assert_eq!(rate.whole(rate.now), "90.0%");
        assert_eq!(rate.change(Past::Year), "比上年同期下降5.0个百分点");
        assert!(rate.worse());
    }

    #[test]
    fn what_the_record_does_not_reach_is_not_compared() {
        let rate = taken(Made::Rate, (90, Some(100)), Some((95, Some(100))));
        let of = |cover_year| Taken { cover_year, ..rate.clone() };
        assert_eq!(of(Cover::Part).change(Past::Year), "上年同期记录不全，不作比较");
        assert_eq!(of(Cover::Nothing).change(Past::Year), "上年同期没有记录");
        assert!(!of(Cover::Part).worse() && rate.worse());
        // What was kept before this was looked at reads as it did, and is written as it was.
        let text = serde_json::to_string(&rate).unwrap();
        assert!(!text.contains("cover") && !text.contains("\"was\""), "{text}");
        assert_eq!(serde_json::from_str::<Taken>(&text).unwrap(), rate);
    }

    #[test]
    fn points_of_few_people_are_few() {
        let rate = taken(Made::Rate, (700, Some(1_000)), None);
        let of = |each| Taken { now: Num { each: Some(each), ..rate.now }, ..rate.clone() };
        assert!(rate.given() && of(10).given() && !of(9).given());
        assert_eq!((of(10).whole(of(10).now), of(9).whole(of(9).now)), ("70.0%".to_owned(), "样本不足".to_owned()));
        // What was kept before a rate had an n of its own reads as it did.
        assert_eq!(serde_json::from_str::<Num>("{\"num\":1,\"den\":2}").unwrap(), Num { num: 1, den: Some(2), each: None });
        assert_eq!(serde_json::to_string(&rate.now).unwrap(), "{\"num\":700,\"den\":1000}");
    }

    #[test]
    fn too_few_are_not_compared() {
        let rate = taken(Made::Rate, (1, Some(2)), Some((95, Some(100))));
        assert_eq!(rate.whole(rate.now), "样本不足");
        assert!(!rate.given() && !rate.worse());
        assert_eq!(rate.change(Past::Year), "样本不足，不与上年同期比较");
        let then = taken(Made::Rate, (90, Some(100)), Some((1, Some(2))));
        assert_eq!(then.change(Past::Year), "上年同期样本不足，不作比较");
        let never = taken(Made::Rate, (90, Some(100)), Some((0, Some(0))));
        assert_eq!(
            (never.change(Past::Year).as_str(), never.whole(Num { num: 0, den: Some(0), each: None }).as_str()),
            ("上年同期没有记录", "—")
        );
        assert_eq!(taken(Made::Median, (3, Some(2)), None).bare(Num { num: 3, den: Some(2), each: None }), "样本不足");
    }
}
