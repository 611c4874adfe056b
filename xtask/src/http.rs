//! As much of an HTTP/1.1 client as it takes to measure a server on this machine: one connection kept
//! open, cookies kept, nothing between us and the answer.

use std::{
    collections::BTreeMap,
    io::{BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::failure::{Because as _, Failure, Result};

/// An answer that takes longer is a failure, not a slow answer.
const LIMIT: Duration = Duration::from_mins(1);

pub struct Client {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
    cookies: BTreeMap<String, String>,
}

pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> Result<Self> {
        Ok(Self { address, stream: open(address)?, cookies: BTreeMap::new() })
    }

    /// A second connection of the same user.
    pub fn again(&self) -> Result<Self> {
        Ok(Self { address: self.address, stream: open(self.address)?, cookies: self.cookies.clone() })
    }

    /// Asks as a browser does; the body comes compressed and stays so.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[("Accept", "text/html, */*"), ("Accept-Encoding", "br")], &[])
    }

    /// Posts a body as the app's own page would.
    pub fn post(&mut self, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        let origin = format!("http://{}", self.address);
        // Without the first, a server function answers as to a plain form: by leading back to the page.
        let headers = [
            ("Accept", "application/json"),
            ("Content-Type", kind),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.send("POST", path, &headers, body)
    }

    /// Follows redirects within the server; gives the last path with its answer.
    pub fn follow(&mut self, path: &str) -> Result<(String, Answer)> {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let answer = self.get(&path)?;
            if !(300..400).contains(&answer.status) {
                return Ok((path, answer));
            }
            let to =
                answer.header("location").ok_or_else(|| Failure::new(format!("{path} redirects nowhere")))?;
            let own = format!("http://{}", self.address);
            to.strip_prefix(&own).unwrap_or(to).clone_into(&mut path);
        }
        Err(Failure::new(format!("{path}: too many redirects")))
    }

    /// Sends a request and reads the whole answer.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.extend(["Cookie: ", &cookies.join("; "), "\r\n"]);
        }
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        if method != "GET" {
            request.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.stream.get_mut().write_all(&bytes).because(format!("cannot send {method} {path}"))?;

        let answer = read_answer(&mut self.stream).because(format!("no answer to {method} {path}"))?;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = open(self.address)?;
        }
        Ok(answer)
    }
}

fn open(address: SocketAddr) -> Result<BufReader<TcpStream>> {
    let problem = || format!("cannot connect to {address}");
    let stream = TcpStream::connect(address).because(problem())?;
    stream.set_nodelay(true).because(problem())?;
    stream.set_read_timeout(Some(LIMIT)).because(problem())?;
    Ok(BufReader::with_capacity(1 << 16, stream))
}

fn read_answer(stream: &mut impl std::io::BufRead) -> Result<Answer> {
    let first = read_line(stream)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| Failure::new(format!("not HTTP: {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(stream)?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.because(format!("not the size of a chunk: {line:?}"))?;
            read_exact(stream, size, &mut answer.body)?;
            let end = read_line(stream)?;
            if size == 0 {
                break;
            }
            if !end.is_empty() {
                return Err(Failure::new("a chunk is longer than it says"));
            }
        }
    } else if let Some(size) = answer.header("content-length").map(str::parse) {
        let size = size.because("not a content length")?;
        read_exact(stream, size, &mut answer.body)?;
    }
    Ok(answer)
}

fn read_line(stream: &mut impl std::io::BufRead) -> Result<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).because("cannot read")?;
    if read == 0 {
        return Err(Failure::new("the server has closed the connection"));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_exact(stream: &mut impl std::io::BufRead, size: usize, into: &mut Vec<u8>) -> Result {
    let start = into.len();
    into.resize(start + size, 0);
    stream.read_exact(&mut into[start..]).because("cannot read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_chunks_is_put_together() {
        let mut text =
            &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nHTTP"
                [..];
        let answer = read_answer(&mut text).unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"abcde"[..]));
        assert_eq!(text, b"HTTP", "the next answer is left in place");
    }

    #[test]
    fn an_answer_of_a_known_length_ends_there() {
        let mut text = &b"HTTP/1.1 303 See Other\r\nlocation: /m/1\r\ncontent-length: 2\r\n\r\nokHTTP"[..];
        let answer = read_answer(&mut text).unwrap();
        assert_eq!((answer.status, answer.header("Location")), (303, Some("/m/1")));
        assert_eq!((&answer.body[..], text), (&b"ok"[..], &b"HTTP"[..]));
    }

    #[test]
    fn a_closed_connection_is_an_error() {
        assert!(read_answer(&mut &b""[..]).is_err());
        assert!(read_answer(&mut &b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc"[..]).is_err());
    }
}
