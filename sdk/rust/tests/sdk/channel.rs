//! What a channel says of itself and asks of the host.

use stagewright_sdk::now;
use stagewright_sdk::prelude::*;
use stagewright_sdk::test::MockHost;

#[derive(Settings)]
struct Pigeon {}

impl Channel for Pigeon {
    const ID: &'static str = "pigeon";
    const NAME: Text = Text::new("Pigeon", "Голубь", "Голуб");
    const DESCRIPTION: Text = Self::NAME;
    const KIND: &'static str = "pigeon";
    const FREE_TEXT_HOURS: Option<u32> = Some(24);

    fn authenticate(&self, _incoming: &Incoming) -> Authenticity {
        Authenticity::Reject("pigeons do not ring".into())
    }

    fn receive(&self, _incoming: &Incoming) -> Result<Vec<InboundEvent>, String> {
        Ok(Vec::new())
    }

    fn send(
        &self,
        _job: &Job,
        _state: &[u8],
        _last_response: Option<&Response>,
    ) -> Result<Step, String> {
        Ok(Step::Done(Delivery::Found(json!({ "at": now() }))))
    }
}

plugin! { channel: Pigeon }

#[test]
fn the_catalogue_says_how_long_free_text_is_taken() {
    assert_eq!(catalogue()["channels"][0]["free_text_hours"], 24);
}

#[test]
fn a_channel_reads_the_calls_time() {
    let host = MockHost::new().now("2026-12-31T23:59:59.999Z");

    let step = host.send::<Pigeon>(&json!({ "id": "d1" }), &[], None);

    assert_eq!(step, Ok(Step::Done(Delivery::Found(json!({ "at": "2026-12-31T23:59:59.999Z" })))));
}

#[test]
fn a_look_up_ends_with_what_was_found() {
    assert_eq!(
        Delivery::Found(json!({ "mime": "a/b" })).to_json(),
        json!({ "outcome": "found", "data": { "mime": "a/b" } })
    );
}
