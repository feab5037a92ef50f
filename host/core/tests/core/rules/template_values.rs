//! What texts can do with values: numbers, lists, tests.

use serde_json::{Value, json};

use stagewright_core::template::{Unfilled, references, render};

fn facts() -> Value {
    json!({
        "item": {
            "title": "Leaking roof", "amount": "12500", "price": "1250.50", "tenth": "0.1",
            "none": null, "zero": "0.00", "close_at": "2026-11-22T22:30:00.000Z", "active": true,
            "tags": ["b", "A", "a", "c"], "sums": ["9", "10", "-1.5"],
        },
        "robots": {"count": {"total": 7, "rate": 0.1, "big": 1e300}},
        "event": {"body": {"a": 1, "b": ["x", "y"]}}, "now": "2026-11-22T10:00:00.000Z",
        "$zone": "Europe/Kyiv", "$language": "en",
    })
}

fn said(text: &str) -> String {
    render(text, &facts()).unwrap_or_else(|why| panic!("{text}: {why:?}"))
}

fn failure(text: &str) -> String {
    match render(text, &facts()) {
        Err(Unfilled::Failed(message)) => message,
        other => panic!("{text}: {other:?}"),
    }
}

/// Whether `{% if … %}` takes this for true.
fn holds(condition: &str) -> bool {
    said(&format!("{{% if {condition} %}}yes{{% endif %}}")) == "yes"
}

#[test]
fn arithmetic_with_amounts_is_exact() {
    for (text, result) in [
        ("item.amount", "12500"),
        ("item.price", "1250.50"),
        ("item.amount * 2", "25000"),
        ("item.price * 2", "2501.00"),
        ("item.price * 1.5", "1875.75"),
        ("item.tenth + 0.2", "0.3"),
        ("item.tenth * 3", "0.3"),
        ("item.amount + item.price", "13750.50"),
        ("item.amount - 12500.01", "-0.01"),
        ("-item.amount", "-12500"),
        ("item.amount / 4", "3125"),
        ("item.amount / 3", "4166.6666666667"),
        ("2 / 3", "0.6666666667"),
        ("(1 + 2) * 3 - 4", "5"),
        ("9007199254740993 + 0", "9007199254740993"),
        ("robots.count.total * 2", "14"),
        ("robots.count.rate * 3", "0.3"),
        ("item.none * 2", ""),
        ("item.amount * item.missing", ""),
    ] {
        assert_eq!(said(&format!("{{{{ {text} }}}}")), result, "{text}");
    }

    assert_eq!(said("{{ (item.amount * 0.2) | money('UAH') }}"), "₴2,500.00");
    assert!(failure("{{ item.title * 2 }}").contains("`Leaking roof` is no number"));
    assert!(failure("{{ item.amount / item.zero }}").contains("divided by zero"));
    assert!(
        failure("a\n{{ robots.count.big * 2 }}").contains("line 2"),
        "a float beyond all decimals is no number"
    );
}

#[test]
fn amounts_compare_as_numbers_and_dates_as_dates() {
    for yes in [
        "item.amount > 9",
        "item.amount < 1000000",
        "item.amount == 12500.00",
        "item.zero == 0",
        "1000 < item.price < item.amount",
        "item.close_at > now",
        "item.title == 'Leaking roof'",
        "item.title < 'M'",
        "item.none == ''",
        "not item.none > 5",
        "not item.none < 5",
        "item.active == true",
        "12500 in [1, item.amount]",
        "'roof' in item.title",
        "'A' in item.tags and 'z' not in item.tags",
        "item.amount is number and item.title is not number",
        "item.none is undefined and item.title is defined",
        "item.title is startingwith('Leak')",
    ] {
        assert!(holds(yes), "{yes}");
    }

    for no in [
        "item.amount > 1000000",
        "item.title > 5",
        "item.none",
        "item.amount - 12500",
        "item.none in item.tags",
    ] {
        assert!(!holds(no), "{no}");
    }
}

#[test]
fn lists_are_gone_through() {
    for (text, result) in [
        (
            "{% for tag in item.tags %}{{ loop.index }}{{ tag }}{% if not loop.last %}, \
             {% endif %}{% endfor %}",
            "1b, 2A, 3a, 4c",
        ),
        (
            "{% for tag in item.tags if tag != 'a' %}{{ tag }}{{ loop.length }}{% endfor %}",
            "b3A3c3",
        ),
        ("{% for tag in item.none %}{{ tag }}{% else %}none{% endfor %}", "none"),
        (
            "{% for name, value in event.body | items %}{{ name }}={{ value }};{% endfor %}",
            "a=1;b=x, y;",
        ),
        ("{% for name in event.body %}{{ name }}{% endfor %}", "ab"),
        ("{{ item.tags | sort | join }} {{ item.tags | unique | length }}", "A, a, b, c 3"),
        (
            "{{ item.sums | sort | join('/') }} {{ item.sums | first }} {{ item.sums | last }}",
            "-1.5/9/10 9 -1.5",
        ),
        ("{{ item.tags[0] }}{{ item.tags[-1] }}{{ item.tags[9] }}{{ event['body'].b[1] }}", "bcy"),
        ("{{ item.title | reverse | upper }} {{ item.title | length }}", "FOOR GNIKAEL 12"),
        ("{{ 'yes' if item.active else 'no' }}{{ item.none or 'nobody' }}", "yesnobody"),
    ] {
        assert_eq!(said(text), result, "{text}");
    }

    assert!(failure("{% for x in item.title %}{% endfor %}").contains("`Leaking roof` is none"));
}

#[test]
fn a_long_text_is_cut_at_characters_and_ends_with_an_ellipsis() {
    assert_eq!(
        said("{{ item.title | truncate(12) }}|{{ item.title | truncate(9) }}"),
        "Leaking roof|Leaking…"
    );
    assert_eq!(
        said(
            "{{ 'Дах протікає' | truncate(5) }}|{{ 'Дах' | truncate(1) }}|{{ item.none | \
             truncate(3) }}"
        ),
        "Дах…|…|"
    );
}

#[test]
fn what_a_for_names_is_no_reference() {
    let text = "{% for tag in item.tags %}{{ tag.x }}{{ loop.index }}{{ item.title | upper \
        }}{% else %}{{ tag }}{% endfor %}{{ loop }}";
    let found = references(text).unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["item.tags", "item.title", "loop", "tag"]);
}
