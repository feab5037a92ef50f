//! The robot "change the stage": moves the item to another stage of its pipeline.

use stagewright_sdk::prelude::*;

/// Where to.
#[derive(Debug, Settings)]
pub struct ChangeStage {
    /// The stage's id.
    #[setting(kind = "stage", required)]
    #[label(en = "Stage", ru = "Стадия", uk = "Стадія")]
    pub stage: String,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq, Results)]
pub struct Moved {
    /// Whether the item stood elsewhere.
    #[label(en = "Moved", ru = "Перемещён", uk = "Переміщено")]
    pub moved: bool,
}

impl Robot for ChangeStage {
    type Results = Moved;

    const ID: &'static str = "change-stage";
    const NAME: Text = Text::new("Change the stage", "Сменить стадию", "Змінити стадію");
    const DESCRIPTION: Text = Text::new(
        "Moves the item to another stage. What waits on the old one is cancelled, the robots of \
         the new one start.",
        "Переводит элемент на другую стадию. Ожидающие роботы старой отменяются, роботы новой \
         запускаются.",
        "Переводить елемент на іншу стадію. Роботи старої, що чекають, скасовуються, роботи нової \
         запускаються.",
    );
    const GROUP: &'static str = "data";

    fn run(&self, cx: &Run) -> Outcome<Moved> {
        done(Moved { moved: cx.move_to(&self.stage)? })
    }
}

plugin! { robots: [ChangeStage] }
