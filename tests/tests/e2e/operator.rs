//! What an operator may get wrong before the server serves: each ends it with one message, which
//! has a stable code and says what to do, and leaves everything as it was.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::Command;

use anyhow::ensure;

use stagewright_tests::api::{Api, Ask};
use stagewright_tests::disk::{Cut, Disk};
use stagewright_tests::host::{Home, Host};
use stagewright_tests::scratch::Scratch;

/// A home and what is around it.
struct Place {
    scratch: Scratch,
    home: Home,
}

/// What a server said that did not start.
struct Refused {
    message: String,
    /// Whether it left everything as it was.
    untouched: bool,
}

impl Place {
    fn new(name: &str) -> anyhow::Result<Self> {
        let scratch = Scratch::new(name)?;
        let home = Home::make(&scratch.path().join("home"))?;
        Ok(Self { scratch, home })
    }

    /// One in which a server has served.
    async fn used(name: &str) -> anyhow::Result<Self> {
        let place = Self::new(name)?;
        place.serves().await?;
        Ok(place)
    }

    fn start(&self) -> anyhow::Result<Host> {
        Host::start(self.home.server()?, &self.scratch.path().join("host.log"))
    }

    /// The server starts, knows its first token, and stops in good order.
    async fn serves(&self) -> anyhow::Result<()> {
        let host = self.start()?;
        Api::new(&host.base, &self.home.first_token()?)?.done(&Ask::get("/v1/tenants")).await?;
        host.stop()
    }

    fn content(&self) -> anyhow::Result<BTreeMap<String, Option<Vec<u8>>>> {
        Ok(Disk::holding(self.home.folder())?.after(Cut::Everything))
    }

    /// The server does not start: it ends with an error of this code and nothing else on standard
    /// error.
    fn refuses(&self, code: &str) -> anyhow::Result<Refused> {
        let before = self.content()?;
        let refused = refused(&mut self.home.server()?, code)?;
        Ok(Refused { message: refused, untouched: self.content()? == before })
    }

    fn configure(&self, text: &str) -> std::io::Result<()> {
        fs::write(self.home.config(), text)
    }
}

fn refused(command: &mut Command, code: &str) -> anyhow::Result<String> {
    let output = command.output()?;
    let (said, message) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    ensure!(output.status.code() == Some(1), "it ended with {}: {message}", output.status);

    let message = message.trim_end();
    ensure!(
        message.starts_with("error: ") && message.contains(&format!("({code})")),
        "it does not say {code}: {message}"
    );

    let more = ["\nerror", "panicked", "ERROR", "WARN", "backtrace"]
        .iter()
        .any(|word| message.contains(word));
    ensure!(said.is_empty() && !more, "it says more than that: {said}{message}");
    Ok(message.to_owned())
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let place = Place::new("port-in-use").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    place.configure(&format!("listen = \"{address}\"")).unwrap();

    let refused = place.refuses("server.port-in-use").unwrap();

    assert!(
        refused.message.contains(&address.to_string()) && refused.message.contains("set `listen`"),
        "{}",
        refused.message
    );
    assert!(refused.untouched);

    drop(taken);
    place.serves().await.unwrap();
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let place = Place::new("other-address").unwrap();
    place.configure("listen = \"192.0.2.1:80\"").unwrap();

    assert!(place.refuses("server.cannot-listen").unwrap().untouched);
}

#[tokio::test]
async fn a_data_folder_in_use_is_left_to_the_host_that_has_it() {
    let place = Place::new("folder-in-use").unwrap();
    let first = place.start().unwrap();

    let refused = place.refuses("storage.locked").unwrap();

    assert!(
        refused.message.contains("another process is using it; stop that one first"),
        "{}",
        refused.message
    );

    let api = Api::new(&first.base, &place.home.first_token().unwrap()).unwrap();
    api.done(&Ask::get("/v1/tenants")).await.unwrap();
    first.stop().unwrap();
    place.serves().await.unwrap();
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_its_place() {
    let place = Place::new("configuration").unwrap();

    for (text, named) in [
        ("listn = \"127.0.0.1:1\"", "listn"),
        ("listen = 8080", "listen = 8080"),
        ("listen = \"somewhere\"", "listen"),
        ("data = [\"data\"]", "data"),
        ("[egress]\nallow = []", "allow"),
        ("[egress]\nallow_private = \"127.0.0.1\"", "allow_private"),
        ("listen = ", "line 1"),
    ] {
        place.configure(text).unwrap();
        let refused = place.refuses("config.invalid").unwrap();
        assert!(refused.message.contains(named) && refused.untouched, "{}", refused.message);
    }

    place.configure("master_key = \"data/master.key\"").unwrap();
    assert!(place.refuses("config.key-in-data").unwrap().untouched);

    fs::remove_file(place.home.config()).unwrap();
    assert!(place.refuses("config.unreadable").unwrap().untouched);
}

#[tokio::test]
async fn data_is_served_under_its_own_master_key_only() {
    let place = Place::used("master-key").await.unwrap();
    let path = place.home.folder().join("master.key");
    let right = fs::read(&path).unwrap();

    fs::remove_file(&path).unwrap();
    let missing = place.refuses("key.missing").unwrap();
    assert!(
        missing.untouched && missing.message.contains("put your copy of it back"),
        "{}",
        missing.message
    );

    fs::write(&path, "11".repeat(32)).unwrap();
    let wrong = place.refuses("key.wrong").unwrap();
    assert!(wrong.message.contains("another master key"), "{}", wrong.message);

    for text in ["", "no digits", "12"] {
        fs::write(&path, text).unwrap();
        assert!(place.refuses("key.invalid").unwrap().untouched);
    }
    fs::write(&path, [0xFF; 64]).unwrap();
    assert!(place.refuses("key.invalid").unwrap().untouched);

    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(place.refuses("key.unusable").unwrap().untouched);

    fs::remove_dir(&path).unwrap();
    fs::write(&path, right).unwrap();
    place.serves().await.unwrap();
}

#[tokio::test]
async fn a_place_that_cannot_hold_the_data_is_refused() {
    let place = Place::new("data-folder").unwrap();
    // A file in its place, and places where nobody may make anything, the superuser included.
    fs::write(place.home.folder().join("data"), "a file").unwrap();
    let refused = place.refuses("storage.folder").unwrap();
    assert!(refused.message.contains("home/data has to be a folder"), "{}", refused.message);

    for data in ["/proc/stagewright", "stagewright.toml/data"] {
        place.configure(&format!("listen = \"127.0.0.1:0\"\ndata = \"{data}\"")).unwrap();
        place.refuses("storage.folder").unwrap();
    }

    place
        .configure(
            "listen = \"127.0.0.1:0\"\nfirst_token = \"/proc/first-token\"\ndata = \"other\"",
        )
        .unwrap();
    let refused = place.refuses("server.first-token").unwrap();
    assert!(refused.message.contains("/proc/first-token"), "{}", refused.message);

    // What was refused stands in nobody's way.
    fs::remove_file(place.home.folder().join("data")).unwrap();
    for data in ["data", "other"] {
        place.configure(&format!("listen = \"127.0.0.1:0\"\ndata = \"{data}\"")).unwrap();
        place.serves().await.unwrap();
        fs::remove_file(place.home.folder().join("first-token")).unwrap();
    }
}

#[tokio::test]
async fn a_first_token_of_other_data_is_not_written_over() {
    let place = Place::new("first-token").unwrap();
    let path = place.home.folder().join("first-token");
    fs::write(&path, "another one").unwrap();

    let refused = place.refuses("server.first-token-exists").unwrap();
    assert!(refused.message.contains("move it away"), "{}", refused.message);
    assert_eq!(fs::read_to_string(&path).unwrap(), "another one");

    fs::remove_file(&path).unwrap();
    place.serves().await.unwrap();
}

#[tokio::test]
async fn damaged_data_is_not_opened_and_the_way_out_is_named() {
    let place = Place::used("damaged").await.unwrap();
    let db = place.home.folder().join("data/rows/db");
    let whole = fs::read(&db).unwrap();
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let mut torn = whole.clone();
    torn[..end].iter_mut().skip(100).step_by(50).for_each(|byte| *byte ^= 0xFF);

    for damaged in [whole[..end / 2].to_vec(), torn, b"no log at all".repeat(1_000)] {
        fs::write(&db, damaged).unwrap();
        let refused = place.refuses("storage.damaged").unwrap();
        for words in ["data/rows", "copy the folder before", "stagewright storage verify"] {
            assert!(refused.message.contains(words), "{}", refused.message);
        }
    }
}

#[test]
fn a_folder_that_is_no_data_folder_is_not_verified() {
    let place = Place::new("verify").unwrap();
    let mut verify = Command::new(stagewright_tests::place::server().unwrap());
    verify.args(["storage", "verify"]).arg(place.home.folder());

    let refused = refused(&mut verify, "storage.no-data").unwrap();

    assert!(refused.contains("name the folder of the configuration's `data`"), "{refused}");
    assert!(!place.home.folder().join("rows").exists());
}
