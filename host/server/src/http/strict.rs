//! JSON read without serde's kindness: an object is an object. Derived types would take a list for
//! one, its entries for the fields in their order, and nobody would notice that the client meant
//! something else.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// A JSON value to be read strictly.
#[derive(Clone, Debug)]
pub(super) struct Strict(pub(super) Value);

impl IntoDeserializer<'_, Error> for Strict {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Strict {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => {
                visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Strict)))
            }
            Value::Object(map) => visitor.visit_map(MapDeserializer::new(
                map.into_iter().map(|(name, value)| (name, Strict(value))),
            )),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::Strict;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Stage {
        id: String,
        #[serde(default)]
        after: Option<i64>,
        #[serde(default)]
        next: Vec<Stage>,
    }

    fn read(value: serde_json::Value) -> Result<Stage, String> {
        Stage::deserialize(Strict(value)).map_err(|e| e.to_string())
    }

    #[test]
    fn objects_are_read() {
        let stage =
            read(json!({"id": "a", "after": 5, "next": [{"id": "b", "after": null}]})).unwrap();

        assert_eq!(
            (stage.after, stage.next[0].id.as_str(), stage.next[0].after),
            (Some(5), "b", None)
        );
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        assert!(read(json!(["a"])).unwrap_err().contains("sequence"));
        assert!(read(json!({"id": "a", "next": [["b"]]})).unwrap_err().contains("sequence"));
    }

    #[test]
    fn unknown_fields_are_refused_at_any_depth() {
        assert!(
            read(json!({"id": "a", "next": [{"id": "b", "nmae": 1}]}))
                .unwrap_err()
                .contains("unknown field `nmae`")
        );
    }
}
