//! What the derives and `plugin!` say in the catalogue.

use stagewright_sdk::prelude::*;

#[derive(Settings)]
#[expect(dead_code, reason = "only the catalogue is looked at")]
struct Everything {
    #[setting(kind = "template", required, max = 100)]
    #[label(en = "Text", ru = "Текст", uk = "Текст")]
    #[help(en = "Say it", ru = "Скажите", uk = "Скажіть")]
    text: String,
    #[setting(default = 5, min = 1, max = 10)]
    #[label(en = "Times", ru = "Раз", uk = "Разів")]
    times: u32,
    #[setting(kind = "choice", key = "tone", default = "a \"quoted\" word")]
    #[label(en = "Tone", ru = "Тон", uk = "Тон")]
    #[choice(value = "kind", en = "Kind", ru = "Добрый", uk = "Добрий")]
    #[choice(value = "a \"quoted\" word", en = "Quoted", ru = "В кавычках", uk = "У лапках")]
    voice: String,
    #[setting(kind = "user")]
    #[label(en = "Readers", ru = "Читатели", uk = "Читачі")]
    readers: Vec<String>,
    #[label(en = "More", ru = "Ещё", uk = "Ще")]
    more: Option<Value>,
}

#[derive(Results)]
struct Found {
    #[label(en = "Count", ru = "Число", uk = "Число")]
    count: u64,
    #[result(kind = "user", key = "who")]
    #[label(en = "Who", ru = "Кто", uk = "Хто")]
    user: String,
    #[label(en = "All", ru = "Все", uk = "Усі")]
    all: Vec<String>,
    #[result(kind = "moment")]
    #[label(en = "Until", ru = "До", uk = "До")]
    until: String,
    #[result(kind = "decimal")]
    #[label(en = "Sum", ru = "Сумма", uk = "Сума")]
    sum: String,
}

impl Robot for Everything {
    type Results = Found;
    const ID: &'static str = "everything";
    const NAME: Text = Text::new("Everything", "Всё", "Усе");
    const DESCRIPTION: Text = Text::new("Does it all.", "Делает всё.", "Робить усе.");
    const GROUP: &'static str = "data";
    const KINDS: &'static [&'static str] = &["deal"];

    fn run(&self, _cx: &Run) -> Outcome<Found> {
        let (until, sum) = ("2026-03-02T12:00:00.000Z".into(), "12.50".into());
        done(Found { count: 2, user: "u1".into(), all: vec!["u1".into(), "u2".into()], until, sum })
    }
}

#[derive(Settings)]
struct Always {}

impl Trigger for Always {
    const ID: &'static str = "always";
    const NAME: Text = Text::new("Always", "Всегда", "Завжди");
    const DESCRIPTION: Text = Self::NAME;
    const GROUP: &'static str = "data";
    const EVENTS: &'static [&'static str] = &["record.created"];

    fn evaluate(&self, _cx: &Call, _event: &Event) -> Result<Verdict, Failure> {
        Ok(Verdict::Fire)
    }
}

plugin! { robots: [Everything], triggers: [Always] }

fn setting(index: usize) -> Value {
    catalogue().pointer(&format!("/robots/0/settings/{index}")).cloned().unwrap_or_default()
}

#[test]
fn a_setting_says_everything_that_the_form_needs() {
    let expected = json!({
        "key": "text", "kind": "template", "required": true, "multiple": false, "max": 100,
        "label": { "en": "Text", "ru": "Текст", "uk": "Текст" },
        "help": { "en": "Say it", "ru": "Скажите", "uk": "Скажіть" },
    });

    assert_eq!(setting(0), expected);
}

#[test]
fn the_kind_of_a_number_follows_from_its_type() {
    let times = setting(1);

    assert_eq!(
        (&times["kind"], &times["default"], &times["min"]),
        (&json!("integer"), &json!(5), &json!(1))
    );
}

#[test]
fn a_choice_lists_its_values_and_may_have_another_key() {
    let tone = setting(2);

    assert_eq!((&tone["key"], &tone["default"]), (&json!("tone"), &json!("a \"quoted\" word")));
    assert_eq!(
        tone["choices"][0],
        json!({ "value": "kind", "label": { "en": "Kind", "ru": "Добрый", "uk": "Добрий" } })
    );
}

#[test]
fn a_list_is_multiple_and_an_option_is_not_required() {
    assert_eq!(setting(3)["multiple"], true);
    assert_eq!((&setting(4)["kind"], &setting(4)["required"]), (&json!("json"), &json!(false)));
}

#[test]
fn results_have_a_kind_and_a_key() {
    let results = &catalogue()["robots"][0]["results"];

    let kinds: Vec<(&str, &str)> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["key"].as_str().unwrap(), r["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("count", "integer"),
            ("who", "user"),
            ("all", "json"),
            ("until", "moment"),
            ("sum", "decimal")
        ]
    );
}

#[test]
fn a_bundle_may_hold_robots_and_triggers() {
    let catalogue = catalogue();

    assert_eq!(catalogue["robots"][0]["kinds"], json!(["deal"]));

    let trigger = json!({
        "id": "always", "group": "data", "kinds": [], "events": ["record.created"], "settings": [],
        "name": { "en": "Always", "ru": "Всегда", "uk": "Завжди" },
        "description": { "en": "Always", "ru": "Всегда", "uk": "Завжди" },
    });
    assert_eq!(catalogue["triggers"], json!([trigger]));
    assert_eq!(catalogue["channels"], json!([]));
}

#[test]
fn results_are_written_under_their_keys() {
    let ran =
        stagewright_sdk::test::MockHost::new().run_saved::<Everything>(&json!({ "text": "Hi" }));

    let expected = json!({
        "count": 2, "who": "u1", "all": ["u1", "u2"], "until": "2026-03-02T12:00:00.000Z",
        "sum": "12.50",
    });
    assert_eq!(ran.results(), Some(&expected));
}
