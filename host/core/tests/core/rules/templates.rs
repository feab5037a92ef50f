//! Texts that robots say.

use serde_json::{Value, json};

use stagewright_core::command::preview_template::preview;
use stagewright_core::command::step::{Planned, plan};
use stagewright_core::key::Queue;
use stagewright_core::model::due::Due;
use stagewright_core::model::record::RecordRef;
use stagewright_core::template::{Unfilled, render};

use crate::rules::world::{World, robot};

/// What saving a robot with this text is refused for.
fn refused(text: &str) -> (&'static str, String) {
    let refusal =
        World::new().save("new", json!([robot("one", text, json!({}))]), json!([])).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("robots[0].settings.text"), "{refusal}");
    (refusal.code, refusal.message)
}

#[test]
fn what_cannot_work_is_refused_when_it_is_saved() {
    for (text, code) in [
        ("{{ item.title | shout }}", "template.unknown-filter"),
        ("{% if item.title %}{{ item.amount | mony }}{% endif %}", "template.unknown-filter"),
        ("{{ item.title | replace('a') }}", "template.wrong-argument"),
        ("{{ item.close_at | date('%Q') }}", "template.wrong-argument"),
        ("{{ item.close_at | date(zone='Mars/Olympus') }}", "template.wrong-argument"),
        ("{{ item.close_at | date(tz='Europe/Kyiv') }}", "template.wrong-argument"),
        ("{{ item.amount | money(language='de') }}", "template.wrong-argument"),
        ("{{ item.title | date }}", "template.wrong-filter"),
        ("{{ item.title | money }}", "template.wrong-filter"),
        ("{{ item.title.upper() }}", "template.no-functions"),
        ("{{ item.titel }}", "automation.unknown-reference"),
        ("{{ contact.fone }}", "automation.unknown-reference"),
        ("{{ responsible.boss }}", "automation.unknown-reference"),
        ("{{ weather.today }}", "automation.unknown-reference"),
        ("{% include 'x' %}", "template.invalid"),
        ("{% set a = 'x' %}", "template.unknown-statement"),
        ("{% set a %}x{% endset %}", "template.unknown-statement"),
        ("{% with a = 'x' %}{{ a }}{% endwith %}", "template.unknown-statement"),
        ("{% filter upper %}x{% endfilter %}", "template.unknown-statement"),
        ("{% autoescape true %}x{% endautoescape %}", "template.unknown-statement"),
        ("{% do range(3) %}", "template.unknown-statement"),
        (
            "{% for a in contact.phones recursive %}{{ loop(a) }}{% endfor %}",
            "template.unknown-statement",
        ),
        ("{% for a in range(9) %}x{% endfor %}", "template.no-functions"),
        ("{{ dict(a=1) }}", "template.no-functions"),
        ("{{ contact.phones[1:] }}", "template.wrong-operator"),
        ("{{ {'a': 1}.a }}", "template.wrong-operator"),
        ("{{ 2 ** 9 }}", "template.wrong-operator"),
        ("{{ item.amount // 2 }}", "template.wrong-operator"),
        ("{{ item.amount % 2 }}", "template.wrong-operator"),
        ("{{ item.amount / 0 }}", "template.wrong-operator"),
        ("{{ 'x' * 100000000 }}", "template.wrong-operator"),
        ("{{ item.title | default('x' * 100000000) }}", "template.wrong-operator"),
        ("{{ item.title + contact.name }}", "template.wrong-operator"),
        ("{{ -item.title }}", "template.wrong-operator"),
        ("{{ item.amount * 1e9 }}", "template.invalid"),
        ("{{ item.title | indent(9) }}", "template.unknown-filter"),
        ("{{ item.title | truncate(0) }}", "template.wrong-argument"),
        ("{{ item.title | truncate('a') }}", "template.wrong-argument"),
        ("{{ item.title | replace('', 'a') }}", "template.wrong-argument"),
        ("{% if item.title is nosuchtest %}x{% endif %}", "template.unknown-test"),
        ("{% if item.title is startingwith %}x{% endif %}", "template.wrong-argument"),
        ("{{ item.title", "template.invalid"),
    ] {
        assert_eq!(refused(text).0, code, "{text}");
    }

    assert!(refused("{{ contact.fone }}").1.contains("phones"), "it lists what there is");
    for (path, right) in [
        ("item.contact.name", "write `contact.name`"),
        ("item.responsible.name", "write `responsible.name`"),
        ("responsible.supervisor.name", "write `supervisor.name`"),
        ("item.title.x", "`item.title` is a text and has nothing below it"),
        ("contact.company.name", "`contact.company` is an id and has nothing below it"),
        ("contact.phones.first", "write `contact.phones[0]`"),
    ] {
        let (code, message) = refused(&format!("{{{{ {path} }}}}"));
        assert_eq!(
            (code, message.contains(right)),
            ("automation.unknown-reference", true),
            "{message}"
        );
    }
}

/// Texts that lead whoever walks their tree a long way down.
fn chains() -> [String; 5] {
    let links = |link: &str| link.repeat(9_000 / link.len());
    [
        format!("{{{{ item.title{} }}}}", "~1".repeat(9_000)),
        format!("{{{{ item.title{} }}}}", links("|upper")),
        format!("{{{{ item{} }}}}", links(".title")),
        format!("{{{{ {}item.active }}}}", links("not ")),
        format!("{{% if item.title %}}{}{{% endif %}}", "{%elif 1%}".repeat(5_000)),
    ]
}

#[test]
fn a_text_that_is_too_long_a_chain_is_refused_and_does_not_end_the_host() {
    let mut world = World::new();
    let item = furnished(&mut world);
    let mut tried = |text: &str| {
        world.run(|tx, ctx| preview(tx, ctx, &item, text)).map(|shown| shown.outcome.unwrap())
    };

    for text in chains().into_iter().chain(["x".repeat(20_001)]) {
        let refusal = tried(&text).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("template.too-complex", Some("template")),
            "{text:.40}"
        );
    }

    let longest = format!("{{{{ item.title{} }}}}", "~1".repeat(490));
    assert_eq!(tried(&longest).unwrap(), format!("Roof{}", "1".repeat(490)));
}

#[test]
fn a_chain_that_was_saved_before_there_was_a_limit_fails_its_step() {
    let facts = json!({"item": {"title": "Roof"}});
    for text in chains() {
        let Err(Unfilled::Failed(message)) = render(&text, &facts) else { panic!("{text:.40}") };
        assert!(message.contains("characters") || message.contains("{% … %}"), "{message}");
    }
}

/// A deal with everything around it.
fn furnished(world: &mut World) -> RecordRef {
    let boss = world.create("user", json!({"name": "Olena Boss"}));
    let department = world.create("department", json!({"name": "Sales", "head": boss.id}));
    let ivan = world.create("user", json!({"name": "Ivan Petrenko", "department": department.id}));
    let company = world.create("company", json!({"name": "Roofs Ltd"}));
    let contact =
        world.create("contact", json!({"name": "Maria Client", "phones": ["+380671234567"]}));

    let fields = json!({
        "title": "Roof", "pipeline": "sales", "amount": "1250.5", "currency": "UAH",
        "responsible": ivan.id, "contact": contact.id, "company": company.id,
        "close_at": "2026-11-22T22:30:00Z",
    });
    world.create("deal", fields)
}

fn previewed(world: &mut World, item: &RecordRef, text: &str) -> Result<String, Unfilled> {
    let ctx = world.ctx();
    world.look(&ctx, |tx, ctx| preview(tx, ctx, item, text)).unwrap().outcome
}

#[test]
fn a_text_sees_the_item_and_everybody_around_it() {
    // S4-08, S4-13, S4-18
    let mut world = World::new();
    let item = furnished(&mut world);

    let text = "{{ responsible.name | first_name }} ({{ responsible.department_name }}), {{ \
        supervisor.name }}: {{ item.title }} for \
                {{ contact.name }} of {{ company.name }}, {{ item.amount | money(item.currency) \
                }} by {{ item.close_at | date }}, \
                {{ contact.phones | join }}{{ robots.x.y }}";

    let said = previewed(&mut world, &item, text);
    assert_eq!(
        said,
        Ok("Ivan (Sales), Olena Boss: Roof for Maria Client of Roofs Ltd, ₴1,250.50 by 23 Nov \
            2026, +380671234567"
            .into())
    );
}

#[test]
fn a_records_amount_is_a_number_in_texts() {
    let mut world = World::new();
    let item = furnished(&mut world);

    let text = "{{ item.amount }} {{ item.amount * 2 }} \
        {% if item.amount > 1000000 %}large{% elif item.amount > 999 %}middle{% endif %}";
    assert_eq!(previewed(&mut world, &item, text), Ok("1250.5 2501.0 middle".into()));

    assert_eq!(
        previewed(&mut world, &item, "{{ robots.x.y * 2 }}{{ item.amount * robots.x.y }}"),
        Ok(String::new())
    );
}

#[test]
fn a_preview_shows_values_and_what_would_happen() {
    let mut world = World::new();
    let item = furnished(&mut world);

    let shown = world.ok(|tx, ctx| {
        preview(tx, ctx, &item, "{{ item.title }} {{ conversation.address | required }}")
    });
    assert_eq!(shown.outcome, Err(Unfilled::Required("conversation.address".into())));
    assert_eq!(
        shown.references,
        vec![("conversation.address".into(), Value::Null), ("item.title".into(), json!("Roof"))]
    );

    let skipped =
        previewed(&mut world, &item, "{{ item.comment | skip_if_empty('nothing to say') }}");
    assert_eq!(skipped, Err(Unfilled::Skip("nothing to say".into())));

    let refused = world.run(|tx, ctx| preview(tx, ctx, &item, "{{ item.titel }}")).unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        ("automation.unknown-reference", Some("template"))
    );

    let contact = RecordRef::new("contact", "x");
    assert_eq!(
        world.run(|tx, ctx| preview(tx, ctx, &contact, "x")).unwrap_err().code,
        "record.not-an-item"
    );
}

/// What becomes of a robot that says this.
fn planned(text: &str) -> Planned {
    let mut world = World::new();
    world.automate("new", json!([robot("one", text, json!({}))]), json!([]));
    furnished(&mut world);
    world.dispatch_quietly();

    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };
    world.ok(|tx, ctx| plan(tx, ctx, &run, &step))
}

#[test]
fn what_is_empty_says_nothing_fails_or_skips_as_the_text_asks() {
    let Planned::Call(called) = planned("[{{ item.comment }}]") else { panic!() };
    assert_eq!(called.context.settings["text"], json!("[]"));

    let Planned::Impossible(code, message) = planned("{{ item.comment | required }}") else {
        panic!()
    };
    assert_eq!(code, "template.required");
    assert!(message.starts_with("text: `item.comment` is empty"), "{message}");

    let Planned::Skipped(reason, None) = planned("{{ item.comment | skip_if_empty }}") else {
        panic!()
    };
    assert_eq!(reason, "item.comment is empty");

    let Planned::Impossible(code, message) = planned("{{ event.stage | date }}") else { panic!() };
    assert_eq!(
        (code.as_str(), message.contains("`new` is no date")),
        ("template.failed", true),
        "{message}"
    );
}

#[test]
fn a_robot_in_a_deep_organisation_needs_no_more_reading_than_a_decision_has() {
    // S0-22: the head of the tenth department up is the supervisor; the world allows eight rounds.
    let mut world = World::new();
    let boss = world.create("user", json!({"name": "Boss"}));
    let mut department = world.create("department", json!({"name": "Top", "head": boss.id}));
    for level in 0..10 {
        department = world.create(
            "department",
            json!({"name": format!("Level {level}"), "parent": department.id}),
        );
    }
    let user = world.create("user", json!({"name": "Ivan", "department": department.id}));

    let text = "{{supervisor.name}} {{responsible.supervisor}} {{responsible.department_name}} \
        {{event.kind}}";
    world.automate("new", json!([robot("one", text, json!({}))]), json!([]));
    world.create("deal", json!({"title": "Roof", "pipeline": "sales", "responsible": user.id}));
    world.dispatch_quietly();

    let (_, Due::Step { run, step, .. }) = world.due(Queue::Step).into_iter().next().unwrap()
    else {
        panic!()
    };
    let Planned::Call(called) = world.ok(|tx, ctx| plan(tx, ctx, &run, &step)) else { panic!() };

    assert_eq!(
        called.context.settings["text"],
        json!(format!("Boss {} Level 9 item.created", boss.id))
    );
}
