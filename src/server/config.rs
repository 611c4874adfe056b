//! What the web side of the server is told at its start.

use std::net::IpAddr;

use tokio_util::sync::CancellationToken;

/// Settings of the web side.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The address people use, when a proxy stands before the server: `https://crm.example.com`.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// What `GET /metrics` wants to be shown; without one it answers this machine only.
    pub metrics_token: Option<String>,
    /// Ends the streams, so that the server can stop.
    pub stop: CancellationToken,
}

impl Config {
    /// Whether people come by https: cookies are then for https only.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Who asks: the peer, or whom the last untrusted hop of a trusted proxy's header names.
    pub fn client(&self, peer: IpAddr, forwarded_for: &str) -> IpAddr {
        let trusted = |address: IpAddr| self.trusted_proxies.iter().any(|network| network.contains(address));
        // A socket for both kinds of address writes those of IPv4 as IPv6.
        let mut client = peer.to_canonical();
        for hop in forwarded_for.rsplit(',') {
            if !trusted(client) {
                break;
            }
            match hop.trim().parse() {
                Ok(address) => client = IpAddr::to_canonical(&address),
                Err(_) => break,
            }
        }
        client
    }
}

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("not an address or a range like 10.0.0.0/8: {text}");
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        let config = Config { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..Config::default() };
        let (proxy, stranger, visitor) =
            ([10, 1, 2, 3].into(), [8, 8, 8, 8].into(), IpAddr::from([1, 2, 3, 4]));
        assert_eq!(config.client(stranger, "1.2.3.4"), stranger);
        assert_eq!(config.client(proxy, "6.6.6.6, 1.2.3.4"), visitor);
        assert_eq!(config.client(proxy, "6.6.6.6, 1.2.3.4, 10.9.9.9"), visitor);
        assert_eq!(config.client(proxy, ""), proxy);
        assert_eq!(config.client("::ffff:10.1.2.3".parse().unwrap(), "1.2.3.4"), visitor);
        assert_eq!(Config::default().client(proxy, "1.2.3.4"), proxy);
    }
}
