//! Sets up a channel.

use super::put_pipeline::{check_id, check_name};
use super::records::check_version;
use crate::context::OpContext;
use crate::key::{Key, Table};
use crate::model::channel::{Channel, Line};
use crate::model::plugin::{Grant, Plugin};
use crate::refusal::Refusal;
use crate::settings;
use crate::tx::{Halt, Tx};

/// Creates or replaces a channel, its settings checked against the plugin's catalogue.
///
/// # Errors
/// `channel.invalid`, `channel.unknown-line`, `plugin.missing`, `plugin.not-enabled`,
/// `plugin.no-such-channel`, what the settings' check refuses, `record.stale`.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &OpContext,
    id: &str,
    channel: Channel,
    expected: Option<u64>,
) -> Result<(Channel, u64), Halt> {
    let mut channel = Channel { id: id.to_owned(), ..channel };
    check_id("channel.invalid", "id", id)?;
    check_name("channel.invalid", "name", &channel.name)?;

    let key = Channel::key(ctx.tenant, id);
    tx.want(&[key.clone(), Plugin::key(&channel.plugin), Grant::key(ctx.tenant, &channel.plugin)])?;

    let version = tx.get::<Channel>(&key)?.map_or(0, |(_, version)| version);
    check_version(expected, version)?;

    let plugin = enabled_plugin(tx, ctx, &channel.plugin)?;
    let Some(info) = plugin.catalogue.channels.iter().find(|info| info.id == channel.channel)
    else {
        let message = format!("plugin `{}` has no channel `{}`", plugin.id, channel.channel);
        return Err(Refusal::invalid("plugin.no-such-channel", "channel", message).into());
    };

    settings::check(&info.settings, &channel.settings, &|_| Ok(()))
        .map_err(|refusal| refusal.inside("settings"))?;

    channel.kind.clone_from(&info.kind);
    channel.free_text_hours = info.free_text_hours;
    channel.settings = settings::with_defaults(&info.settings, &channel.settings);

    if let Some(line) = &channel.line
        && tx.peek::<Line>(&Line::key(ctx.tenant, line))?.is_none()
    {
        let message = format!("there is no line `{line}`; PUT /v1/lines/{line} makes one");
        return Err(Refusal::invalid("channel.unknown-line", "line", message).into());
    }

    // The guard is bumped because sending looks through all channels for the one that fits.
    let range = Key::new(ctx.tenant, Table::Channel, &[]);
    tx.put_indexed(&range, key, &channel)?;
    Ok((channel, version + 1))
}

/// A plugin that is installed and that this tenant enabled.
pub(super) fn enabled_plugin(tx: &mut Tx<'_>, ctx: &OpContext, id: &str) -> Result<Plugin, Halt> {
    tx.want(&[Plugin::key(id), Grant::key(ctx.tenant, id)])?;
    // Preconditions: what is saved was checked against the plugin and the grant that are there when
    // it is written.
    let Some((plugin, _)) = tx.get::<Plugin>(&Plugin::key(id))? else {
        let message =
            format!("plugin `{id}` is not installed; install its bundle with POST /v1/plugins");
        return Err(Refusal::invalid("plugin.missing", "plugin", message).into());
    };

    if tx.get::<Grant>(&Grant::key(ctx.tenant, id))?.is_none() {
        let message = format!(
            "plugin `{id}` is installed but not enabled here; PUT /v1/plugins/{id}/grants enables \
             it"
        );
        return Err(Refusal::invalid("plugin.not-enabled", "plugin", message).into());
    }

    Ok(plugin)
}
