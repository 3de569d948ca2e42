//! What is said on a connection: http and counter. It knows nothing of who waits.
use crate::back_end::{Calls, MOST_ITEMS};
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// What a connection wants next, once the replies have been sent.
pub enum Next {
    Input,
    Go,
    Wait(Duration),
    /// The file is opened, and opened() called with its size.
    Open(String),
    /// The back end is called, and called() with what that came to.
    Call(Calls),
    Close,
}

const MOST_HEAD: usize = 8 << 10;
const MOST_MESSAGE: usize = 4 << 20;
const MOST_REPLIES: usize = 64 << 10;

pub trait Protocol: Send {
    /// Takes complete requests from the front of `input` and appends their replies.
    fn take(&mut self, input: &mut Vec<u8>, replies: &mut Vec<u8>) -> Next;

    /// Appends the head for a file of this size, or what is answered where there is none. Returns whether the file
    /// follows it.
    fn opened(&mut self, _size: Option<u64>, _replies: &mut Vec<u8>) -> bool {
        false
    }

    /// The next take() replies with it.
    fn called(&mut self, _came: Asked) {}
}

type Store = Arc<Mutex<HashMap<Vec<u8>, Arc<[u8]>>>>;

/// Makes the protocol of a connection; all of them share one store. Where there is no back end, /call/<k> leads nowhere.
pub fn of(workload: &str, back_end: bool) -> Option<Box<dyn Fn() -> Box<dyn Protocol> + Send>> {
    let store = Store::default();
    match workload {
        "http" => Some(Box::new(move || Box::new(Http { back_end, ..Http::default() }))),
        "counter" => Some(Box::new(move || Box::new(Counter { store: store.clone() }))),
        _ => None,
    }
}

/// What a target asks for: a body, after a wait or so many rounds of work, a file, or calls of the back end.
pub enum Asked {
    Body(u16, Vec<u8>),
    Wait(u64),
    Work(u64),
    File(String),
    Calls(Calls),
}

impl Asked {
    pub fn of(method: &str, target: &str, back_end: bool) -> Asked {
        let path = target.split('?').next().unwrap_or("");
        let asked = if path == "/" {
            Some(Asked::Body(200, "Hello, World!".into()))
        } else if let Some(text) = path.strip_prefix("/id/") {
            number(text, u64::MAX).map(|_| Asked::Body(200, text.into()))
        } else if let Some(text) = path.strip_prefix("/wait/") {
            number(text, 60_000_000).map(Asked::Wait)
        } else if let Some(text) = path.strip_prefix("/work/") {
            number(text, 1_000_000_000).map(Asked::Work)
        } else if let Some(text) = path.strip_prefix("/file/") {
            number(text, u64::MAX).map(|_| Asked::File(text.into()))
        } else if let Some((count, first, at_once)) = calls(path).filter(|_| back_end) {
            let count = number(count, MOST_CALLS).filter(|&count| count > 0);
            let first = number(first, MOST_ITEMS - 1);
            count.zip(first).map(|(count, first)| Asked::Calls(Calls { count, first, at_once }))
        } else {
            return Asked::not_found();
        };
        match asked {
            None => Asked::Body(400, "Bad Request".into()),
            Some(_) if method != "GET" && method != "HEAD" => Asked::Body(405, "Method Not Allowed".into()),
            Some(asked) => asked,
        }
    }

    pub fn not_found() -> Asked {
        Asked::Body(404, "Not Found".into())
    }

    pub fn wait(&self) -> Option<Duration> {
        match self {
            Asked::Wait(us) if *us > 0 => Some(Duration::from_micros(*us)),
            _ => None,
        }
    }

    /// The status and the body, which may have to be worked for; a file and calls have none here.
    pub fn answer(self) -> (u16, Vec<u8>) {
        match self {
            Asked::Body(status, body) => (status, body),
            Asked::Wait(us) => (200, format!("waited {us}").into()),
            Asked::Work(n) => (200, work(n).to_string().into()),
            Asked::File(_) | Asked::Calls(_) => (200, Vec::new()),
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        504 => "Gateway Timeout",
        _ => "Bad Request",
    }
}

const MOST_CALLS: u64 = 16;

/// How often the back end is to be called, for which item first, and whether at once.
fn calls(path: &str) -> Option<(&str, &str, bool)> {
    if let Some(first) = path.strip_prefix("/call/") {
        return Some(("1", first, false));
    }
    let at_once = path.strip_prefix("/calls-at-once/");
    let (count, first) = at_once.or_else(|| path.strip_prefix("/calls/"))?.split_once('/')?;
    Some((count, first, at_once.is_some()))
}

/// Digits without a sign or leading zeros.
fn number(text: &str, most: u64) -> Option<u64> {
    let digits = text.bytes().all(|c| c.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|&value| digits && value <= most)
}

fn work(n: u64) -> u64 {
    let (mut state, mut answer) = (n, n);
    for _ in 0..n {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        answer = (answer ^ z).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    answer
}

/// HTTP/1.1 on the connection itself: requests without a body.
#[derive(Default)]
struct Http {
    back_end: bool, // There is one.
    due: Option<(Asked, Head)>,
    closing: bool,
    searched: usize, // Of the input, without the end of a head.
    second: u64,
    date: String, // Of that second.
}

struct Head {
    with_body: bool,
    old: bool,
    keep: bool,
}

impl Protocol for Http {
    fn opened(&mut self, size: Option<u64>, replies: &mut Vec<u8>) -> bool {
        let (_, head) = match self.due.take() {
            Some(due) => due,
            None => return false,
        };
        self.closing = !head.keep;
        match size {
            None => self.reply(Asked::not_found(), &head, replies),
            Some(size) => self.head(200, size, &head, replies),
        }
        head.with_body && size.is_some()
    }

    fn called(&mut self, came: Asked) {
        if let Some((asked, _)) = &mut self.due {
            *asked = came;
        }
    }

    fn take(&mut self, input: &mut Vec<u8>, replies: &mut Vec<u8>) -> Next {
        if self.closing {
            return Next::Close;
        }
        if let Some((asked, head)) = self.due.take() {
            self.reply(asked, &head, replies);
            if !head.keep {
                return Next::Close;
            }
        }
        let mut begin = 0;
        let next = loop {
            let rest = &input[begin..];
            let from = self.searched.saturating_sub(3);
            let end = rest[from..].windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| from + at);
            self.searched = if end.is_some() { 0 } else { rest.len() };
            if end.unwrap_or(rest.len()) > MOST_HEAD {
                let head = Head { with_body: true, old: false, keep: false };
                self.reply(Asked::Body(431, Vec::new()), &head, replies);
                break Next::Close;
            }
            let end = match end {
                None => break Next::Input,
                Some(end) => end,
            };
            let (asked, head) = read(&String::from_utf8_lossy(&rest[..end]), self.back_end);
            begin += end + 4;
            if let Some(time) = asked.wait() {
                self.due = Some((asked, head));
                break Next::Wait(time);
            }
            if let Asked::File(name) = &asked {
                let name = name.clone();
                self.due = Some((asked, head));
                break Next::Open(name);
            }
            if let Asked::Calls(calls) = asked {
                self.due = Some((asked, head));
                break Next::Call(calls);
            }
            self.reply(asked, &head, replies);
            if !head.keep {
                break Next::Close;
            }
            if replies.len() > MOST_REPLIES {
                break Next::Go;
            }
        };
        input.drain(..begin);
        next
    }
}

impl Http {
    fn reply(&mut self, asked: Asked, head: &Head, replies: &mut Vec<u8>) {
        let (status, body) = asked.answer();
        self.head(status, body.len() as u64, head, replies);
        if head.with_body {
            replies.extend_from_slice(&body);
        }
    }

    fn head(&mut self, status: u16, size: u64, head: &Head, replies: &mut Vec<u8>) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if now != self.second {
            self.second = now;
            self.date = http_date(now);
        }
        let connection = match (head.keep, head.old) {
            (false, _) => "Connection: close\r\n",
            (true, true) => "Connection: keep-alive\r\n",
            (true, false) => "",
        };
        // A Vec takes everything.
        let _ = write!(
            replies,
            "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{}\r\n",
            status,
            reason(status),
            self.date,
            size,
            connection
        );
    }
}

fn read(text: &str, back_end: bool) -> (Asked, Head) {
    let mut lines = text.trim_start_matches("\r\n").split("\r\n");
    let mut words = lines.next().unwrap_or("").split(' ');
    let method = words.next().unwrap_or("");
    let target = words.next().unwrap_or("");
    let version = words.next().unwrap_or("");
    let mut head = Head { with_body: method != "HEAD", old: version == "HTTP/1.0", keep: version == "HTTP/1.1" };
    let mut good = words.next().is_none() && (head.old || head.keep);
    let mut hosts = 0;
    for field in lines {
        let (name, value) = field.split_once(':').unwrap_or((field, ""));
        let value = value.trim();
        if name.eq_ignore_ascii_case("host") {
            hosts += 1;
        } else if name.eq_ignore_ascii_case("connection") {
            head.keep = value.eq_ignore_ascii_case("keep-alive") || head.keep && !value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            || name.eq_ignore_ascii_case("content-length") && value != "0"
        {
            good = false;
        }
    }
    if good && (head.old || hosts == 1) {
        return (Asked::of(method, target, back_end), head);
    }
    head.keep = false;
    (Asked::Body(400, "Bad Request".into()), head)
}

/// The standard library has no calendar: the days since 1970 by Hinnant's civil_from_days.
fn http_date(seconds: u64) -> String {
    let days = seconds / 86400;
    let z = days + 719_468;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = year_of_era + z / 146_097 * 400 + u64::from(month >= 10);
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
        DAYS[(days % 7) as usize],
        day,
        MONTHS[month as usize],
        year,
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings.
struct Counter {
    store: Store,
}

impl Protocol for Counter {
    fn take(&mut self, input: &mut Vec<u8>, replies: &mut Vec<u8>) -> Next {
        let mut begin = 0;
        let next = loop {
            match command(&input[begin..]) {
                Ok(Some((words, length))) => {
                    self.run(&words, replies);
                    begin += length;
                }
                Ok(None) if input.len() - begin <= MOST_MESSAGE + MOST_REPLIES => break Next::Input,
                _ => {
                    replies.extend_from_slice(b"-ERR Protocol error: invalid length\r\n");
                    break Next::Close;
                }
            }
            if replies.len() > MOST_REPLIES {
                break Next::Go;
            }
        };
        input.drain(..begin);
        next
    }
}

type Words<'a> = Vec<&'a [u8]>;

/// The next command and its length; None when it has not come whole.
fn command(input: &[u8]) -> Result<Option<(Words<'_>, usize)>, ()> {
    let (count, mut at) = match length(input, b'*', 1024)? {
        Some(found) => found,
        None => return Ok(None),
    };
    let mut words = Vec::with_capacity(count.min(16));
    for _ in 0..count {
        let (size, head) = match length(&input[at..], b'$', MOST_MESSAGE)? {
            Some(found) => found,
            None => return Ok(None),
        };
        at += head;
        if input.len() < at + size + 2 {
            return Ok(None);
        }
        words.push(&input[at..at + size]);
        at += size + 2;
    }
    Ok(Some((words, at)))
}

/// The number in the line behind `kind`, and the length of the line.
fn length(input: &[u8], kind: u8, most: usize) -> Result<Option<(usize, usize)>, ()> {
    let end = match input.iter().position(|&c| c == b'\n') {
        Some(end) => end,
        None if input.len() < 64 => return Ok(None),
        None => return Err(()),
    };
    let line = std::str::from_utf8(&input[..end]).map_err(|_| ())?.trim_end_matches('\r');
    if line.as_bytes().first() != Some(&kind) {
        return Err(());
    }
    let value = line[1..].parse().map_err(|_| ())?;
    if value > most {
        return Err(());
    }
    Ok(Some((value, end + 1)))
}

fn bulk(value: &[u8], replies: &mut Vec<u8>) {
    let _ = write!(replies, "${}\r\n", value.len());
    replies.extend_from_slice(value);
    replies.extend_from_slice(b"\r\n");
}

impl Counter {
    fn run(&self, words: &[&[u8]], replies: &mut Vec<u8>) {
        let is = |name: &str, arguments: usize| words.len() == 1 + arguments && words[0].eq_ignore_ascii_case(name.as_bytes());
        if words.is_empty() {
        } else if is("PING", 0) {
            replies.extend_from_slice(b"+PONG\r\n");
        } else if is("PING", 1) {
            bulk(words[1], replies);
        } else if is("SET", 2) {
            let (key, value) = (words[1].to_vec(), Arc::from(words[2]));
            self.store.lock().unwrap().insert(key, value);
            replies.extend_from_slice(b"+OK\r\n");
        } else if is("GET", 1) {
            let value = self.store.lock().unwrap().get(words[1]).cloned();
            match value {
                None => replies.extend_from_slice(b"$-1\r\n"),
                Some(value) => bulk(&value, replies),
            }
        } else if is("INCR", 1) {
            match self.increment(words[1]) {
                Ok(number) => {
                    let _ = write!(replies, ":{number}\r\n");
                }
                Err(complaint) => replies.extend_from_slice(complaint.as_bytes()),
            }
        } else if is("FLUSHALL", 0) {
            self.store.lock().unwrap().clear();
            replies.extend_from_slice(b"+OK\r\n");
        } else {
            replies.extend_from_slice(b"-ERR unknown command or wrong number of arguments\r\n");
        }
    }

    fn increment(&self, key: &[u8]) -> Result<i64, &'static str> {
        let mut values = self.store.lock().unwrap();
        let number = match values.get(key) {
            None => 0,
            Some(value) => std::str::from_utf8(value)
                .ok()
                .and_then(|text| text.parse::<i64>().ok().filter(|number| number.to_string() == text))
                .ok_or("-ERR value is not an integer or out of range\r\n")?,
        };
        let next = number.checked_add(1).ok_or("-ERR increment or decrement would overflow\r\n")?;
        let text = Arc::from(next.to_string().into_bytes());
        match values.get_mut(key) {
            Some(value) => *value = text,
            None => {
                values.insert(key.to_vec(), text);
            }
        }
        Ok(next)
    }
}
