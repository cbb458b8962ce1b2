//! The moment of a run and the local calendar: data, lent to all who need to know the time.

use chrono::{DateTime, FixedOffset, Offset, TimeZone, Utc};

use crate::facts::Stamp;

/// Two days inside of the years 0 to 9999, so that every offset stays in four digits.
const FIRST: i64 = -62_167_046_400;
const LAST: i64 = 253_402_127_999;

/// Where the local day comes from.
#[derive(Clone, Debug)]
pub enum Zone {
    /// One offset for all times.
    Fixed(FixedOffset),
    /// A time zone file.
    File(tz::TimeZone),
}

/// One reading of the clock with its calendar.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Stamp,
    zone: Zone,
}

impl Clock {
    /// A reading.
    #[must_use]
    pub fn new(now: Stamp, zone: Zone) -> Self {
        Self { now, zone }
    }

    /// A stamp as `2025-11-15 03:08`.
    #[must_use]
    pub fn minute(&self, at: Stamp) -> String {
        self.local(at).format("%Y-%m-%d %H:%M").to_string()
    }

    /// Whether a stamp lies in the local day of the reading, or after it.
    #[must_use]
    pub fn is_today_or_later(&self, at: Stamp) -> bool {
        at >= self.today().0
    }

    /// The moment of the reading.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// A stamp in local time.
    #[must_use]
    pub fn local(&self, at: Stamp) -> DateTime<FixedOffset> {
        let offset = match &self.zone {
            Zone::Fixed(offset) => *offset,
            Zone::File(zone) => zone
                .find_local_time_type(at.secs)
                .ok()
                .and_then(|t| FixedOffset::east_opt(t.ut_offset()))
                .unwrap_or_else(|| Utc.fix()),
        };
        // A hostile file system can hold years that no calendar has: the nearest end will do.
        let secs = at.secs.clamp(FIRST, LAST);
        let utc = Utc.timestamp_opt(secs, at.nanos.min(999_999_999)).single();
        utc.unwrap_or_default().with_timezone(&offset)
    }

    /// When the local day of the reading began, and when the next one begins.
    #[must_use]
    pub fn today(&self) -> (Stamp, Stamp) {
        let day = self.local(self.now).date_naive();
        let start = self.midnight(day);
        let next = day.succ_opt().map_or(start.plus(86_400), |d| self.midnight(d));
        (start, next)
    }

    /// When a local calendar day begins.
    #[must_use]
    pub fn midnight(&self, day: chrono::NaiveDate) -> Stamp {
        let naive = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        // The offset at the guess is the offset at midnight but for changes within that night.
        let offset = self.local(Stamp::at(naive)).offset().local_minus_utc();
        let guess = naive - i64::from(offset);
        let again = self.local(Stamp::at(guess)).offset().local_minus_utc();
        Stamp::at(naive - i64::from(again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_no_calendar_has_are_shown_all_the_same() {
        for zone in [-14, 14] {
            let zone = FixedOffset::east_opt(zone * 3600).unwrap();
            for secs in [i64::MIN, -1_000_000_000_000, 9_000_000_000_000, i64::MAX] {
                let clock = Clock::new(Stamp { secs, nanos: u32::MAX }, Zone::Fixed(zone));
                assert_eq!(clock.minute(clock.now()).len(), "2025-11-15 03:08".len());
                assert!(clock.today().0 < clock.today().1);
            }
        }
    }
}
