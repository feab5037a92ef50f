//! Whose turn it is to be responsible.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use stagewright_core::command::assign::{self, Choice};
use stagewright_core::command::{change_record, put_calendar};
use stagewright_core::context::Actor;
use stagewright_core::model::record::RecordRef;
use stagewright_core::refusal::Refusal;
use stagewright_core::time::Timestamp;

use crate::rules::world::{World, minute};

struct Team {
    world: World,
    item: RecordRef,
    users: Vec<String>,
}

impl Team {
    fn of(size: usize) -> Self {
        let mut world = World::new();
        let users = (0..size)
            .map(|n| world.create("user", json!({"name": format!("User {n}")})).id)
            .collect();
        let item = world.create("deal", json!({"title": "Roof", "pipeline": "sales"}));

        Self { world, item, users }
    }

    fn change(&mut self, user: usize, fields: Value) {
        let (target, fields) =
            (RecordRef::new("user", &self.users[user]), fields.as_object().unwrap().clone());
        self.world.ok(|tx, ctx| change_record::decide(tx, ctx, &target, &fields, None));
    }

    /// Which of the team is chosen, by place.
    fn choose(&mut self, how: &str, more: Value, random: u64) -> Result<usize, Refusal> {
        let mut choice = json!({"users": self.users, "how": how});
        choice.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let choice: Choice = serde_json::from_value(choice).unwrap();

        let mut ctx = self.world.ctx();
        ctx.actor = Actor::Automation { automation: "on-new".into(), robot: "assign".into() };
        let item = self.item.clone();

        let user =
            self.world.run_as(&ctx, |tx, ctx| assign::decide(tx, ctx, &item, &choice, random))?;
        assert_eq!(
            self.world.record(&item).text("responsible"),
            user,
            "who is chosen is responsible"
        );

        Ok(self.users.iter().position(|id| *id == user).unwrap())
    }

    fn in_order(&mut self) -> usize {
        self.choose("in_order", json!({}), 0).unwrap()
    }
}

#[test]
fn everybody_gets_a_turn_in_order() {
    let mut team = Team::of(3);
    let chosen: Vec<usize> = (0..7).map(|_| team.in_order()).collect();
    assert_eq!(chosen, [0, 1, 2, 0, 1, 2, 0]);
}

#[test]
fn turns_stay_fair_whoever_is_away_in_between() {
    let mut team = Team::of(4);
    let mut turns: BTreeMap<usize, u32> = BTreeMap::new();

    for round in 0..400 {
        if round == 100 {
            team.change(2, json!({"absent_from": minute(0), "absent_until": minute(60)}));
        }
        if round == 200 {
            team.world.now = minute(60);
        }
        *turns.entry(team.in_order()).or_default() += 1;
    }

    // Three shared the turns of the one who was away; nobody gets them back.
    assert_eq!(turns.into_values().collect::<Vec<_>>(), [109, 108, 75, 108]);
}

#[test]
fn who_joins_begins_and_who_leaves_the_list_is_forgotten() {
    let mut team = Team::of(2);
    assert_eq!((team.in_order(), team.in_order()), (0, 1));

    let third = team.world.create("user", json!({"name": "User 2"})).id;
    team.users.push(third);
    assert_eq!((team.in_order(), team.in_order()), (2, 0));
}

#[test]
fn who_is_away_or_has_left_is_passed_over() {
    let mut team = Team::of(3);
    team.change(0, json!({"active": false}));
    team.change(1, json!({"absent_from": minute(-10)}));

    assert_eq!(team.in_order(), 2);
    assert_eq!(team.choose("first_available", json!({}), 0), Ok(2));
    assert_eq!(
        team.choose("first_available", json!({"skip_absent": false}), 0),
        Ok(1),
        "who has left is never chosen"
    );

    team.change(2, json!({"absent_until": minute(10)}));
    assert_eq!(team.choose("random", json!({}), 7).unwrap_err().code, "assign.nobody-available");

    team.world.now = minute(10);
    assert_eq!(team.choose("random", json!({}), 7), Ok(2));
}

#[test]
fn the_first_available_works_now_by_the_own_calendar() {
    let mut team = Team::of(2);
    let week = json!({"mon": ["09:00-18:00"]});
    let office = json!({"name": "Office", "time_zone": "UTC", "week": week});

    team.world.ok(|tx, ctx| {
        put_calendar::decide(
            tx,
            ctx,
            "office",
            serde_json::from_value(office.clone()).unwrap(),
            None,
        )
    });
    team.change(0, json!({"calendar": "office"}));

    let monday: Timestamp = "2026-11-23T08:59:59Z".parse().unwrap();
    team.world.now = monday;
    assert_eq!(team.choose("first_available", json!({}), 0), Ok(1));

    team.world.now = monday.plus_ms(1_000);
    assert_eq!(team.choose("first_available", json!({}), 0), Ok(0));
}

#[test]
fn chance_reaches_everybody_and_nobody_else() {
    let mut team = Team::of(3);

    let chosen: Vec<usize> =
        (0..6).map(|random| team.choose("random", json!({}), random).unwrap()).collect();
    assert_eq!(chosen, [0, 1, 2, 0, 1, 2]);
    assert_eq!(team.choose("random", json!({}), u64::MAX), Ok(0));

    team.users.clear();
    assert_eq!(team.choose("random", json!({}), 0).unwrap_err().code, "assign.no-users");
}

#[test]
fn a_person_named_twice_has_one_turn() {
    let mut team = Team::of(2);
    let twice = json!({"users": [team.users[0], team.users[0], team.users[1]]});

    let chosen: Vec<usize> =
        (0..4).map(|_| team.choose("in_order", twice.clone(), 0).unwrap()).collect();

    assert_eq!(chosen, [0, 1, 0, 1]);
}

#[test]
fn who_has_no_own_calendar_works_by_the_tenants() {
    let mut team = Team::of(2);
    let calendar = |team: &mut Team, id: &str, hours: &str| {
        let calendar = json!({"name": id, "time_zone": "UTC", "week": {"mon": [hours]}});
        team.world.ok(|tx, ctx| {
            put_calendar::decide(
                tx,
                ctx,
                id,
                serde_json::from_value(calendar.clone()).unwrap(),
                None,
            )
        });
    };

    calendar(&mut team, "late", "12:00-20:00");
    team.change(1, json!({"calendar": "late"}));
    team.world.now = "2026-11-23T19:00:00Z".parse().unwrap();

    assert_eq!(
        team.choose("first_available", json!({}), 0),
        Ok(0),
        "without any calendar everybody always works"
    );

    calendar(&mut team, "default", "09:00-18:00");
    assert_eq!(team.choose("first_available", json!({}), 0), Ok(1));

    team.world.now = "2026-11-23T10:00:00Z".parse().unwrap();
    assert_eq!(team.choose("first_available", json!({}), 0), Ok(0));

    team.world.now = "2026-11-23T21:00:00Z".parse().unwrap();
    assert_eq!(
        team.choose("first_available", json!({}), 0).unwrap_err().code,
        "assign.nobody-available"
    );
}
