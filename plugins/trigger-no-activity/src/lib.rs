//! The trigger "no activity": moves the item once nobody has touched it for a while.

use stagewright_sdk::prelude::*;

/// For how long.
#[derive(Debug, Settings)]
pub struct NoActivity {
    /// How long nobody must have touched the item.
    #[setting(kind = "duration", default = "3d")]
    #[label(
        en = "Without activity for",
        ru = "Нет активности в течение",
        uk = "Немає активності протягом"
    )]
    pub duration: String,
}

impl Trigger for NoActivity {
    const ID: &'static str = "no-activity";
    const NAME: Text = Text::new(
        "No activity",
        "Отследить отсутствие активности",
        "Відстежити відсутність активності",
    );
    const DESCRIPTION: Text = Text::new(
        "Fires when nobody has touched the item for the chosen time.",
        "Срабатывает, когда с элементом ничего не происходит в течение выбранного времени.",
        "Спрацьовує, коли з елементом нічого не відбувається протягом вибраного часу.",
    );
    const GROUP: &'static str = "employee-control";
    const EVENTS: &'static [&'static str] = &["item.idle"];
    const IDLE_AFTER: Option<&'static str> = Some("duration");

    fn evaluate(&self, _cx: &Call, event: &Event) -> Result<Verdict, Failure> {
        let wanted_ms =
            duration_ms(&self.duration).map_err(|failure| failure.in_setting("duration"))?;
        let idle_ms = event.payload.get("idle_ms").and_then(Value::as_i64).unwrap_or(0);

        // The host tells each duration that some trigger waits for by an event of its own.
        Ok(Verdict::fire_if(idle_ms == wanted_ms, || {
            format!(
                "nobody touched it for {} minutes, this trigger waits for {}",
                idle_ms / 60_000,
                self.duration
            )
        }))
    }
}

plugin! { triggers: [NoActivity] }
