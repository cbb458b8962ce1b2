//! The clock and the calendar, read once.

use chrono::{DateTime, FixedOffset, Offset, TimeZone, Utc};

use crate::facts::Stamp;

/// Where the local day comes from.
#[derive(Clone, Debug)]
enum Zone {
    Fixed(FixedOffset),
    File(tz::TimeZone),
}

/// One reading of the clock with the local calendar of `/etc/localtime`; `TZ` does not move it.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Stamp,
    zone: Zone,
}

/// Reads the clock. A build with debug assertions takes it from `test` (RFC 3339), calendar
/// offset included; a release build ignores that.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn read(test: Option<&str>) -> Clock {
    if cfg!(debug_assertions)
        && let Some(at) = test.and_then(|t| DateTime::parse_from_rfc3339(t).ok())
    {
        return Clock { now: stamp(&at.to_utc()), zone: Zone::Fixed(at.offset().fix()) };
    }
    let zone = std::fs::read("/etc/localtime")
        .ok()
        .and_then(|data| tz::TimeZone::from_tz_data(&data).ok())
        .map_or(Zone::Fixed(Utc.fix()), Zone::File);
    Clock { now: stamp(&Utc::now()), zone }
}

fn stamp(at: &DateTime<Utc>) -> Stamp {
    Stamp { secs: at.timestamp(), nanos: at.timestamp_subsec_nanos() }
}

impl Clock {
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
        let utc = Utc.timestamp_opt(at.secs, at.nanos).single();
        utc.unwrap_or(if at.secs < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC })
            .with_timezone(&offset)
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
