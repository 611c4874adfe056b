//! Passwords: what is taken, hashing and checking, off the threads that answer requests.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::{Error, Field, Problem, Result};

/// The shortest and the longest password, in characters.
pub const LENGTH: std::ops::RangeInclusive<u32> = 8..=128;

/// Each hash takes 19 MB and tens of milliseconds: no more than so many at once.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// Those of at least eight characters that everybody tries first.
const COMMON: &str = " 12345678 123456789 1234567890 12345678910 0123456789 0987654321 987654321 87654321 11111111 00000000 \
    88888888 12341234 12344321 11223344 123123123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qwertyui qwertyuiop qwerty12 qwerty123 \
    qwerty1234 qwertzui qwertzuiop qwertz123 asdfghjk asdfghjkl asdf1234 zxcvbnm1 yxcvbnm1 abcd1234 abc12345 abcdefgh \
    abcdefg1 a1b2c3d4 a1234567 aa123456 aaaaaaaa password password1 password12 password123 password1234 passw0rd \
    p@ssw0rd p@ssword pa55word passwort jelszo123 jelszo12 jelszo1234 jelszo01 jelszavam titok123 titkos123 budapest \
    budapest1 magyarorszag iloveyou iloveyou1 szeretlek szeretlek1 sunshine sunshine1 princess princess1 football \
    football1 baseball baseball1 basketball superman superman1 batman123 starwars pokemon1 pokemon123 charlie1 \
    jennifer michelle jordan23 samsung1 computer computer1 internet whatever trustno1 welcome1 welcome123 letmein1 \
    letmein123 admin123 admin1234 admin12345 administrator adminadmin rootroot changeme changeme1 test1234 testtest \
    monkey123 dragon123 master123 shadow123 michael1 liverpool liverpool1 chocolate butterfly corvette mercedes ferrari1 \
    modulok1 modulok123 minicrm123 ";

/// Refuses what is too short, too long or among the first guesses.
pub fn check(password: &str) -> Result<()> {
    let refused = |problem| Err(Error::invalid(Field::Password, problem));
    let length = password.chars().count();
    if password.is_empty() {
        return refused(Problem::Missing);
    }
    if length < *LENGTH.start() as usize {
        return refused(Problem::TooShort(*LENGTH.start()));
    }
    if length > *LENGTH.end() as usize {
        return refused(Problem::TooLong(*LENGTH.end()));
    }
    let low = password.to_lowercase();
    let one_character = low.chars().all(|c| low.starts_with(c));
    if one_character || (!low.contains(' ') && COMMON.contains(&format!(" {low} "))) {
        return refused(Problem::TooCommon);
    }
    Ok(())
}

/// The hash to be stored, with its salt and parameters in it.
pub async fn hash(password: String) -> Result<String> {
    work(move || match Argon2::default().hash_password(password.as_bytes()) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => {
            tracing::error!(%error, "a password cannot be hashed");
            Err(Error::Server)
        }
    })
    .await
}

/// Whether a password is the stored one. Without a stored one it takes as long and says no.
pub async fn matches(password: String, stored: Option<String>) -> Result<bool> {
    if password.chars().count() > *LENGTH.end() as usize {
        return Ok(false);
    }
    work(move || {
        let argon = Argon2::default();
        let Some(stored) = stored else {
            // The answer's time must not tell whether there is such a user.
            return argon.hash_password(password.as_bytes()).map(|_| false).map_err(|error| {
                tracing::error!(%error, "a password cannot be hashed");
                Error::Server
            });
        };
        let hash = PasswordHash::new(&stored).map_err(|error| {
            tracing::error!(%error, "a stored password hash cannot be read");
            Error::Server
        })?;
        Ok(argon.verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

async fn work<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _permit = PERMITS.acquire().await.map_err(|_| Error::Server)?;
    spawn_blocking(job).await.map_err(|error| {
        tracing::error!(%error, "hashing was interrupted");
        Error::Server
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_guesses_are_refused_and_a_sentence_is_taken() {
        for (password, problem) in [
            ("", Problem::Missing),
            ("short", Problem::TooShort(8)),
            ("Password123", Problem::TooCommon),
            ("zzzzzzzzzz", Problem::TooCommon),
        ] {
            assert_eq!(check(password), Err(Error::invalid(Field::Password, problem)), "{password}");
        }
        assert_eq!(check(&"é".repeat(129)), Err(Error::invalid(Field::Password, Problem::TooLong(128))));
        assert_eq!(check("három sárga lufi"), Ok(()));
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_matches() {
        let stored = hash("három sárga lufi".to_owned()).await.unwrap();
        assert!(matches("három sárga lufi".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!matches("három piros lufi".to_owned(), Some(stored)).await.unwrap());
        assert!(!matches("három sárga lufi".to_owned(), None).await.unwrap());
    }
}
