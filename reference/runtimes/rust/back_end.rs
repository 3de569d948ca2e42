//! What is said to the back end. It knows nothing of who waits.
use crate::protocol::Asked;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

pub const MOST_ITEMS: u64 = 10_000;
pub const MOST_ANSWER: usize = 64 << 10;

/// What a request asks of the back end: so many items, from the first on.
#[derive(Clone, Copy)]
pub struct Calls {
    pub count: u64,
    pub first: u64,
    pub at_once: bool,
}

impl Calls {
    pub fn items(self) -> Vec<u64> {
        (0..self.count).map(|i| (self.first + i) % MOST_ITEMS).collect()
    }
}

#[derive(Debug)]
pub enum Failure {
    Late,
    NoValue,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Late, // WouldBlock is that of a socket.
            _ => Failure::NoValue,
        }
    }
}

/// What is replied with.
pub fn reply(answers: Result<Vec<Vec<u8>>, Failure>) -> Asked {
    match answers {
        Ok(answers) => Asked::Body(200, answers.join(&b' ')),
        Err(Failure::Late) => Asked::Body(504, "Gateway Timeout".into()),
        Err(Failure::NoValue) => Asked::Body(502, "Bad Gateway".into()),
    }
}

#[derive(Clone, Copy)]
enum Scheme {
    Http,
    Redis,
    Postgres,
}

/// Where the back end is, how it is asked, and how long that may take.
pub struct Address {
    scheme: Scheme,
    pub socket: SocketAddr,
    pub timeout: Duration,
}

impl Address {
    /// The words of a command: the URL, none where there is no back end; and the milliseconds that a call may take.
    pub fn of(url: &str, timeout: &str) -> Option<Address> {
        let (scheme, authority) = url.split_once("://")?;
        let scheme = match scheme {
            "http" => Scheme::Http,
            "redis" => Scheme::Redis,
            "postgres" => Scheme::Postgres,
            _ => panic!("found {scheme}, expected http, redis or postgres"),
        };
        let timeout = Duration::from_millis(timeout.parse().expect("milliseconds"));
        Some(Address { scheme, socket: authority.parse().expect("an address"), timeout })
    }

    pub fn session(&self) -> Session {
        let unopened = matches!(self.scheme, Scheme::Postgres);
        Session { scheme: self.scheme, host: self.socket.to_string(), unopened, parsed: false, ends: false }
    }
}

/// What is said on one connection.
pub struct Session {
    scheme: Scheme,
    host: String,
    unopened: bool,
    parsed: bool,
    pub ends: bool, // The back end closes the connection.
}

type Taken = Result<Option<(Vec<u8>, usize)>, Failure>;

impl Session {
    /// What is sent first on a new connection, and answered; None where a call comes first.
    pub fn opening(&self) -> Option<&'static [u8]> {
        // Its length, the version 3.0, and the parameters.
        self.unopened.then(|| b"\0\0\0\x27\0\x03\0\0user\0bakeoff\0database\0bakeoff\0\0".as_slice())
    }

    pub fn ask(&mut self, item: u64) -> Vec<u8> {
        match self.scheme {
            Scheme::Http => format!("GET /id/{item} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).into(),
            Scheme::Redis => {
                let key = format!("item:{item}");
                format!("*2\r\n$3\r\nGET\r\n${}\r\n{key}\r\n", key.len()).into()
            }
            Scheme::Postgres => {
                let text = item.to_string();
                let mut out = Vec::new();
                if !self.parsed {
                    message(&mut out, b'P', b"item\0SELECT value FROM items WHERE id = $1\0\0\0");
                    self.parsed = true;
                }
                let length = (text.len() as u32).to_be_bytes();
                message(&mut out, b'B', &[b"\0item\0\0\0\0\x01", &length[..], text.as_bytes(), b"\0\0"].concat());
                message(&mut out, b'E', b"\0\0\0\0\0");
                message(&mut out, b'S', b"");
                out
            }
        }
    }

    /// The answer at the beginning of what has come, from which it is removed; None when it has not come whole.
    pub fn take(&mut self, pending: &mut Vec<u8>) -> Result<Option<Vec<u8>>, Failure> {
        let taken = match self.scheme {
            Scheme::Http => self.take_response(pending),
            Scheme::Redis => take_bulk(pending),
            Scheme::Postgres => self.take_row(pending),
        }?;
        if taken.is_none() && pending.len() > 2 * MOST_ANSWER {
            return Err(Failure::NoValue);
        }
        Ok(taken.map(|(answer, length)| {
            pending.drain(..length);
            answer
        }))
    }

    fn take_response(&mut self, pending: &[u8]) -> Taken {
        let end = match pending.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            Some(end) => end,
            None => return Ok(None),
        };
        let head = String::from_utf8_lossy(&pending[..end]);
        let mut lines = head.split("\r\n");
        if !lines.next().map_or(false, |line| line.starts_with("HTTP/1.1 200 ")) {
            return Err(Failure::NoValue);
        }
        let mut length = None;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(size(value.trim())?);
            } else if name.eq_ignore_ascii_case("connection") {
                self.ends = value.trim().eq_ignore_ascii_case("close");
            }
        }
        let stop = end + 4 + length.ok_or(Failure::NoValue)?;
        Ok(pending.get(end + 4..stop).map(|body| (body.to_vec(), stop)))
    }

    /// The value of the row; that of the opening is empty.
    fn take_row(&mut self, pending: &[u8]) -> Taken {
        let mut value = self.unopened.then(Vec::new);
        let mut at = 0;
        while let Some(&[kind, a, b, c, d]) = pending.get(at..at + 5) {
            let size = u32::from_be_bytes([a, b, c, d]) as usize;
            if size < 4 || size > MOST_ANSWER {
                return Err(Failure::NoValue);
            }
            let content = match pending.get(at + 5..at + 1 + size) {
                Some(content) => content,
                None => return Ok(None),
            };
            at += 1 + size;
            match (kind, value.take()) {
                (b'Z', Some(value)) => {
                    self.unopened = false;
                    return Ok(Some((value, at)));
                }
                // One column, its length, which is -1 for a null, and the value.
                (b'D', None) => match content {
                    [0, 1, a, b, c, d, text @ ..] if u32::from_be_bytes([*a, *b, *c, *d]) as usize == text.len() => {
                        value = Some(text.to_vec());
                    }
                    _ => return Err(Failure::NoValue),
                },
                (b'R', none) if self.unopened && content == [0; 4] => value = none, // No password is asked for.
                (b'K', none) if self.unopened => value = none,
                (b'1' | b'2' | b'C', some) if !self.unopened => value = some,
                (b'N' | b'S', some) => value = some,
                _ => return Err(Failure::NoValue), // An error, or no row before the end.
            }
        }
        Ok(None)
    }
}

fn take_bulk(pending: &[u8]) -> Taken {
    let end = match pending.windows(2).position(|bytes| bytes == b"\r\n") {
        Some(end) => end,
        None => return Ok(None),
    };
    let line = String::from_utf8_lossy(&pending[..end]);
    let begin = end + 2;
    let stop = begin + size(line.strip_prefix('$').ok_or(Failure::NoValue)?)?;
    match pending.get(stop..stop + 2) {
        None => Ok(None),
        Some(b"\r\n") => Ok(Some((pending[begin..stop].to_vec(), stop + 2))),
        Some(_) => Err(Failure::NoValue),
    }
}

fn size(digits: &str) -> Result<usize, Failure> {
    digits.parse().ok().filter(|&size| size <= MOST_ANSWER).ok_or(Failure::NoValue)
}

/// PostgreSQL's: a kind, the length without the kind, and the content.
fn message(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&(4 + content.len() as u32).to_be_bytes());
    out.extend_from_slice(content);
}
