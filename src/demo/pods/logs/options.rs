//! What a request for a log asks for (`PodLogOptions` of the API).

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::Refusal;

/// A request for a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// Which container; `None` where the pod has one only.
    pub(crate) container: Option<String>,
    /// Go on with what is written from now on.
    pub(crate) follow: bool,
    /// Of the instance before this one.
    pub(crate) previous: bool,
    /// A time before each line.
    pub(crate) timestamps: bool,
    /// So many lines from the end.
    pub(crate) tail: Option<u64>,
    /// So many bytes at most.
    pub(crate) limit: Option<u64>,
    /// Nothing older.
    pub(crate) since: Option<DateTime<Utc>>,
}

impl Options {
    /// Reads the query of a request at `now`: `get` gives a parameter's first value.
    ///
    /// # Errors
    /// 400 for what is no number or time, 422 for what is out of range, as the API server has it.
    pub(crate) fn read<'q>(get: impl Fn(&str) -> Option<&'q str>, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let flag = |name: &str| matches!(get(name), Some("true" | "1" | ""));
        let number = |name: &str, least: i64| {
            let Some(text) = get(name).filter(|text| !text.is_empty()) else { return Ok(None) };
            let number: i64 = text.parse().map_err(|_| unreadable(name, text))?;
            if number < least {
                return Err(out_of_range(name, number, least));
            }
            Ok(Some(number))
        };
        let (seconds, time) = (number("sinceSeconds", 1)?, get("sinceTime").filter(|text| !text.is_empty()));
        let since = match (seconds, time) {
            (Some(_), Some(_)) => {
                let why = "at most one of `sinceTime` or `sinceSeconds` may be specified";
                return Err(invalid(&format!("Forbidden: {why}")));
            }
            (Some(seconds), None) => Some(now - TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX)),
            (None, Some(text)) => {
                Some(DateTime::parse_from_rfc3339(text).map_err(|_| unreadable("sinceTime", text))?.to_utc())
            }
            (None, None) => None,
        };
        Ok(Self {
            container: get("container").filter(|name| !name.is_empty()).map(str::to_owned),
            follow: flag("follow"),
            previous: flag("previous"),
            timestamps: flag("timestamps"),
            tail: number("tailLines", 0)?.map(i64::unsigned_abs),
            limit: number("limitBytes", 1)?.map(i64::unsigned_abs),
            since,
        })
    }
}

fn unreadable(name: &str, text: &str) -> Refusal {
    Refusal::bad_request(format!(
        "unable to decode query parameter {name}: strconv.ParseInt: parsing \"{text}\": invalid syntax"
    ))
}

fn out_of_range(name: &str, number: i64, least: i64) -> Refusal {
    let bound = if least == 0 { "must be greater than or equal to 0" } else { "must be greater than 0" };
    invalid(&format!("{name}: Invalid value: {number}: {bound}"))
}

fn invalid(why: &str) -> Refusal {
    Refusal::new(422, "Invalid", format!("PodLogOptions \"\" is invalid: {why}"))
}
