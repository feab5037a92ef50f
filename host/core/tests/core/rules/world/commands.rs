//! Carrying commands out, round by round, and applying what they decide.

use stagewright_core::commit::Commit;
use stagewright_core::context::{Actor, OpContext};
use stagewright_core::key::Key;
use stagewright_core::overtaken::Overtaken;
use stagewright_core::read::{Found, Read, Reads};
use stagewright_core::refusal::Refusal;
use stagewright_core::row;
use stagewright_core::tx::{Decision, Halt, Tx, decide};

use super::{TENANT, World};

impl World {
    /// The context of the next command.
    pub(crate) fn ctx(&mut self) -> OpContext {
        self.commands += 1;
        let mut ctx = OpContext::system(TENANT, &["command", &self.commands.to_string()], self.now);

        ctx.actor = Actor::Client { name: "test".into() };
        ctx
    }

    /// Carries a command out.
    pub(crate) fn run<T>(
        &mut self,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<T, Refusal> {
        let ctx = self.ctx();
        self.run_as(&ctx, command)
    }

    /// Carries a command out that must succeed.
    pub(crate) fn ok<T>(
        &mut self,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> T {
        self.run(command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    pub(crate) fn run_as<T>(
        &mut self,
        ctx: &OpContext,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<T, Refusal> {
        self.run_knowing(ctx, &[], command).map(|(answer, _)| answer)
    }

    /// The same where `known` is read before, as the engine does for decisions that follow another.
    /// Gives what was read as well. Ordinary decisions take half the rounds that a decision may
    /// have.
    pub(super) fn run_knowing<T>(
        &mut self,
        ctx: &OpContext,
        known: &[Read],
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<(T, Vec<Read>), Refusal> {
        self.decide_knowing(ctx, known, command).map_err(|halt| match halt {
            Halt::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        })
    }

    /// Decides what is overtaken, and gives by what.
    pub(crate) fn overtaken<T: std::fmt::Debug>(
        &mut self,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Overtaken {
        let ctx = self.ctx();
        match self.decide_knowing(&ctx, &[], command) {
            Err(Halt::Overtaken(by)) => by,
            other => panic!("{other:?}"),
        }
    }

    fn decide_knowing<T>(
        &mut self,
        ctx: &OpContext,
        known: &[Read],
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<(T, Vec<Read>), Halt> {
        let mut reads: Reads = known.iter().map(|read| (read.clone(), self.find(read))).collect();

        for _ in 0..=8 {
            match decide(&reads, |tx| command(tx, ctx)) {
                Decision::Done(commit, answer) => {
                    self.apply(&commit);
                    return Ok((answer, reads.into_keys().collect()));
                }
                Decision::Refused(refusal) => return Err(refusal.into()),
                Decision::Overtaken(by) => return Err(by.into()),
                Decision::Damaged(reason) => panic!("{reason}"),
                Decision::Need(needs) => needs
                    .into_iter()
                    .for_each(|read| drop(reads.insert(read.clone(), self.find(&read)))),
            }
        }

        panic!("the decision wants more than 8 rounds");
    }

    /// Reads for an answer.
    pub(crate) fn look<T>(
        &self,
        ctx: &OpContext,
        read: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> Result<T, Refusal> {
        let mut reads = Reads::new();

        for _ in 0..=8 {
            match decide(&reads, |tx| read(tx, ctx)) {
                Decision::Done(_, answer) => return Ok(answer),
                Decision::Refused(refusal) => return Err(refusal),
                Decision::Overtaken(by) => panic!("{by}"),
                Decision::Damaged(reason) => panic!("{reason}"),
                Decision::Need(needs) => {
                    reads.extend(needs.into_iter().map(|need| (need.clone(), self.find(&need))));
                }
            }
        }

        panic!("the decision wants more than 8 rounds");
    }

    pub(crate) fn find(&self, read: &Read) -> Found {
        let range = match read {
            Read::Row(key) => return Found::Row(self.rows.get(key).cloned()),
            Read::Range(range) => range,
        };

        let guard = self
            .rows
            .get(&Key::guard_of(&range.prefix))
            .map_or(0, |bytes| row::version(bytes).unwrap());

        let inside = |key: &&Key| key.starts_with(&range.prefix);
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter(|(key, _)| inside(key))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();

        if range.newest_first {
            rows.reverse();
        }
        rows.truncate(range.limit);

        Found::Range { rows, guard }
    }

    pub(crate) fn apply(&mut self, commit: &Commit) {
        for (key, expected) in &commit.expects {
            let found = self.rows.get(key).map_or(0, |bytes| row::version(bytes).unwrap());
            assert_eq!(found, *expected, "{key:?}");
        }

        for (key, value) in &commit.writes {
            match value {
                Some(bytes) => self.rows.insert(key.clone(), bytes.clone()),
                None => self.rows.remove(key),
            };
        }

        for (key, steps) in &commit.bumps {
            let found = self.rows.get(key).map_or(0, |bytes| row::version(bytes).unwrap());
            self.rows.insert(key.clone(), row::guard(found + steps));
        }
    }

    /// Carries out what the host does of its own accord.
    pub(super) fn as_host<T>(
        &mut self,
        command: impl Fn(&mut Tx<'_>, &OpContext) -> Result<T, Halt>,
    ) -> T {
        let ctx = OpContext { actor: Actor::System, ..self.ctx() };
        self.run_as(&ctx, command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }
}
