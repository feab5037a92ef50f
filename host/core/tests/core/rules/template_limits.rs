//! What a text may cost: texts that were written to take all memory or time, as one that was saved
//! before it was refused.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use stagewright_core::template::{Unfilled, render};

/// Facts as large as they get: a field's longest text, its longest list, and an event's largest
/// payload of entries.
fn facts() -> Value {
    let entries: Vec<u32> = (0..30_000).collect();
    let lists = vec![json!([]); 20_000];

    json!({
        "item": {
            "title": "ы".repeat(20_000), "amount": "9".repeat(40),
            "list": vec!["x".repeat(200); 200], "spaces": " ".repeat(20_000),
        },
        "event": {"entries": entries, "lists": lists, "spaces": [" ".repeat(60_000)]},
        "now": "2026-11-22T10:00:00.000Z", "$zone": "Europe/Kyiv", "$language": "en",
    })
}

/// What becomes of a template, on a stack half as large as that of the host's threads, within a
/// time that none may take.
#[expect(
    clippy::disallowed_methods,
    reason = "the time that a template takes is real, whatever the clock of the product says"
)]
fn tried(text: String) -> Result<String, Unfilled> {
    let (shown, facts) = (text.chars().take(60).collect::<String>(), facts());

    let began = Instant::now();
    let work =
        thread::Builder::new().stack_size(1 << 20).spawn(move || render(&text, &facts)).unwrap();
    let said = work.join().unwrap();
    let took = began.elapsed();

    assert!(took < Duration::from_secs(2), "{shown} took {took:?}");
    assert!(said.as_ref().map_or(0, |text| text.chars().count()) <= 20_000, "{shown}");
    said
}

/// A template around which a statement stands so often.
fn within(opening: &str, times: usize, inner: &str, closing: &str) -> String {
    format!("{}{inner}{}", opening.repeat(times), closing.repeat(times))
}

/// A chain of so many of a thing.
fn chain(first: &str, link: &str, times: usize) -> String {
    format!("{{{{ {first}{} }}}}", link.repeat(times))
}

/// A loop over every entry of a list.
fn every(list: &str) -> String {
    format!("{{% for a in {list} %}}")
}

/// Texts that become longer with every step, until they are too long.
fn texts_that_grow() -> Vec<String> {
    vec![
        within("{% set a = a ~ a %}", 60, "{{ a }}", ""),
        within(
            "{% with a = item.title %}{% with a = a ~ a %}",
            40,
            "{{ a }}",
            "{% endwith %}{% endwith %}",
        ),
        "{{ 'x' * 100000000 }}".into(),
        "{{ item.title * 100000000 }}".into(),
        "{{ item.list * 100000000 }}".into(),
        chain("item.title", "~item.title", 80),
        chain("item.title", "|replace('ы','ыыыыыыыыыыыыыыыыыыыы')", 20),
        chain("item.list", "|join(item.title)", 40),
        chain("item.title", "|upper|lower|title|capitalize", 30),
        chain("item.amount", "*item.amount", 60),
        within(&every("[a ~ a ~ a ~ item.title]"), 40, "{{ a | length }}", "{% endfor %}"),
        within(&every("[[a, a], [a, a]]"), 40, "{{ a }}", "{% endfor %}"),
    ]
}

/// Texts that do little, and that too often.
fn texts_that_repeat() -> Vec<String> {
    vec![
        within(&every("event.entries"), 6, "", "{% endfor %}"),
        within(&every("event.entries"), 3, "x", "{% endfor %}"),
        within(&every("event.lists"), 3, "{{ event.lists }}", "{% endfor %}"),
        within(&every("event.entries if event.entries | length > 5"), 2, "", "{% endfor %}"),
        within(
            &every("event.entries"),
            1,
            "{{ event.entries | sort | unique | reverse | first }}",
            "{% endfor %}",
        ),
        within(
            &every("event.entries"),
            1,
            "{% if event.entries == event.entries %}{% endif %}",
            "{% endfor %}",
        ),
        within(
            &every("event.entries"),
            1,
            "{% if 7 in event.entries %}{% endif %}",
            "{% endfor %}",
        ),
        within(&every("event.entries"), 2, "{% if event == event %}{% endif %}", "{% endfor %}"),
        within(
            &every("event.entries"),
            2,
            "{% if item.spaces == 1 or item.spaces < 1 %}{% endif %}",
            "{% endfor %}",
        ),
        within(&every("event.entries"), 2, "{{ event.spaces | join }}", "{% endfor %}"),
        within(&every("event.entries"), 2, "{{ item.spaces * 2 }}", "{% endfor %}"),
        within(
            &every("event.entries"),
            2,
            "{% if item.amount / 7 / 7 > 1 %}{% endif %}",
            "{% endfor %}",
        ),
        within(&every("event.entries"), 1, "{% if 'x' in item.title %}{% endif %}", "{% endfor %}"),
        within(
            &every("event.entries"),
            1,
            &format!("{{{{ now | date('{}') }}}}", "%A".repeat(400)),
            "{% endfor %}",
        ),
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}".into(),
        "{% for a in item.list recursive %}{{ loop(item.list) }}{% endfor %}".into(),
    ]
}

/// Texts that call for what is large by itself, or what no text may call.
fn texts_that_ask_too_much() -> Vec<String> {
    vec![
        "{{ item | pprint }}{{ item | tojson }}{{ 'x' | indent(100000000) }}{{ '%100000000d' | \
         format(1) }}"
            .into(),
        "{{ item.list | batch(100000000) }}{{ item.list | slice(100000000) }}".into(),
        "{{ dict(a=1) }}{{ namespace() }}{{ debug() }}{{ lipsum(100000) }}{{ joiner() }}".into(),
        "{{ event }}".into(),
    ]
}

#[test]
fn nothing_that_grows_grows_for_long() {
    for text in [texts_that_grow(), texts_that_repeat(), texts_that_ask_too_much()].concat() {
        let said = tried(text.clone());

        assert!(
            matches!(said, Err(Unfilled::Failed(_))),
            "{text:.80}: {:?}",
            said.map(|text| text.len())
        );
    }
}

#[test]
fn what_stands_deep_within_something_else_does_not_end_the_host() {
    let deepest = [
        chain("1", "~1", 490),
        chain("1", "/3", 490),
        chain("item", ".a", 490),
        chain("item", "[0]", 320),
        chain("'a'", "|upper", 160),
        chain("", "-", 980),
        chain("", "not ", 240),
        chain("1", " if 1 else 1", 80),
        chain("1", " is defined", 85),
        chain("1", "<1", 490),
        within("{{ ", 1, &within("(", 490, "1", ")"), " }}"),
        within("{{ ", 1, &within("[", 490, "1", "]"), " }}"),
        within("{{ ", 1, &within("a|default(", 90, "1", ")"), " }}"),
        within("{% if 1 %}", 100, "x", "{% endif %}"),
        within("{% for a in [1] %}", 100, "x", "{% endfor %}"),
        format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(190)),
    ];

    for text in deepest {
        let said = tried(text.clone());
        assert!(!matches!(&said, Err(Unfilled::Required(_) | Unfilled::Skip(_))), "{text:.60}");
    }

    assert_eq!(tried(within("{% if 1 %}", 100, "x", "{% endif %}")), Ok("x".to_owned()));
}

#[test]
fn a_text_may_be_as_long_as_is_allowed_and_no_longer() {
    let all = "{{ item.title }}".to_owned();

    assert_eq!(tried(all.clone()).map(|text| text.chars().count()), Ok(20_000));

    let Err(Unfilled::Failed(message)) = tried(format!("{all}.")) else { panic!() };
    assert!(message.contains("more than 20000 characters"), "{message}");
}
