//! Answers that are late, wrong or lost.

use stagewright_core::outside::ConnectError;

use super::super::Script;
use super::{ANNA, World, code, text_to};

#[tokio::test]
async fn an_answer_may_get_lost_though_the_message_was_taken() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::LoseAnswer]);

    let lost = world.post_raw(&text_to(ANNA, "Hello")).await;

    assert!(matches!(lost, Err(ConnectError::Unknown(_))), "{lost:?}");
    assert_eq!(world.standin.accepted().len(), 1);
    assert_eq!(
        world.standin.received().iter().map(|request| request.status).collect::<Vec<_>>(),
        [None]
    );
}

#[tokio::test]
async fn a_request_may_get_lost_before_anything_is_done() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::LoseRequest]);

    let lost = world.post_raw(&text_to(ANNA, "Hello")).await;

    assert!(matches!(lost, Err(ConnectError::Unknown(_))), "{lost:?}");
    assert_eq!(world.standin.accepted(), []);
    assert_eq!(world.standin.received().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_does_not_harm_the_next_one() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::Usual, Script::LoseAnswer]);

    let answers = [
        world.post_raw(&text_to(ANNA, "1")).await,
        world.post_raw(&text_to(ANNA, "2")).await,
        world.post_raw(&text_to(ANNA, "3")).await,
    ];

    assert_eq!(answers.map(|answer| answer.is_ok()), [true, false, true]);
    assert_eq!(world.standin.accepted().len(), 3);
}

#[tokio::test]
async fn an_answer_may_come_late() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::Late(5_000)]);
    let hello = text_to(ANNA, "Hello");
    let mut answer = std::pin::pin!(world.post(&hello));

    let waiting = world.standin.arrived(1);
    tokio::select! {
        _ = &mut answer => panic!("the answer came early"),
        () = waiting => {}
    }

    assert_eq!(world.standin.accepted().len(), 1);
    world.pass(5_000);

    assert_eq!(code(&answer.await), (200, 0));
}

#[tokio::test]
async fn scripted_answers_come_in_order_and_then_all_is_as_usual() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::status(500), Script::busy(30), Script::error(131016)]);
    world.standin.script([Script::Error { code: 130429, retry_after: Some(7) }]);

    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(world.post(&text_to(ANNA, "Hello")).await);
    }

    assert_eq!(
        answers.iter().map(code).collect::<Vec<_>>(),
        [(500, 0), (429, 0), (500, 131016), (429, 130429), (200, 0)]
    );

    let retry_after = |index: usize| {
        let mut headers = answers[index].headers.iter();
        headers
            .find(|header| header.name.eq_ignore_ascii_case("retry-after"))
            .map(|header| header.value.clone())
    };
    assert_eq!(
        [retry_after(0), retry_after(1), retry_after(3)],
        [None, Some("30".into()), Some("7".into())]
    );
    assert_eq!(world.standin.accepted().len(), 1);
}

#[tokio::test]
async fn requests_are_kept_byte_for_byte_in_their_order() {
    let world = World::new().await;
    world.anna_writes();

    world.post(&text_to(ANNA, "Привіт 🙂")).await;
    world.get(&format!("{}/1", world.standin.api_base())).await;

    let received = world.standin.received();
    let told: Vec<_> = received
        .iter()
        .map(|request| (request.number, request.method.as_str(), request.status))
        .collect();
    assert_eq!(told, [(1, "POST", Some(200)), (2, "GET", Some(400))]);

    assert_eq!(received[0].body, text_to(ANNA, "Привіт 🙂").to_string().into_bytes());
    assert_eq!(received[0].json()["text"]["body"], "Привіт 🙂");
    assert_eq!(received[0].header("Authorization"), Some("Bearer EAAJB-stand-in-access-token"));

    let raw = String::from_utf8(received[0].raw()).unwrap();
    assert!(
        raw.starts_with("POST /v21.0/106540352242922/messages HTTP/1.1\r\n") && raw.ends_with('}'),
        "{raw}"
    );
    assert_eq!(world.standin.forgotten(), 0);
}

#[tokio::test]
async fn whoever_waits_for_requests_is_told() {
    let world = World::new().await;
    world.anna_writes();
    world.standin.script([Script::Usual, Script::LoseAnswer]);

    world.post(&text_to(ANNA, "Hello")).await;
    world.post_raw(&text_to(ANNA, "Hello")).await.unwrap_err();

    world.standin.arrived(2).await;
}

#[tokio::test]
async fn a_stand_in_that_is_dropped_answers_nobody() {
    let World { standin, clock, connector } = World::new().await;
    let url = standin.json_url();
    drop(standin);
    let world = World { connector, clock, ..World::new().await };

    let request = stagewright_core::outside::Request {
        method: "POST".into(),
        url,
        headers: Vec::new(),
        body: Vec::new(),
    };

    // The port is given back by another task, so it may take some turns.
    while world.send(request.clone()).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
