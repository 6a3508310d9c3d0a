"""JSON schemas of our records, as `core.shapes.to_json` writes them.

msgspec and litestar describe only what they can also read back, which a fact's value (a decimal,
a date or a text) is not; these schemas describe what is written.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pyarrow as pa

Schema = dict[str, Any]
MONEY: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?(E[+-]?\d+)?$"}
_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: MONEY,
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
    Any: {},
    object: {},
}


class Schemas:
    """Collects the schemas of records by name, each once.

    Of what is written every field stands there. With `is_input`, of what is read, a field that has
    a default may be left out, and none that is not known may be added.

    >>> from ratepress.core.facts import Gap
    >>> Schemas().of(Gap)
    {'$ref': '#/components/schemas/Gap'}
    """

    def __init__(self, *, is_input: bool = False) -> None:
        self._is_input = is_input
        self.named: dict[str, Schema] = {}
        self._kinds: dict[str, type] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of a type: a record, a container of such, or what JSON has."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._annotated(arguments)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (list, tuple, Sequence):
            return self._array(origin, arguments)
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._record(kind)
        if isinstance(kind, type) and issubclass(kind, tuple):  # a NamedTuple
            return {"type": "array"}
        raise TypeError(f"there is no schema of {kind!r}")

    def _annotated(self, arguments: tuple[Any, ...]) -> Schema:
        found = self.of(arguments[0])
        for one in arguments[1:]:
            if isinstance(one, msgspec.Meta):
                found |= meta_schema(one, found.get("type"))
        return found

    def _array(self, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        if origin is tuple and arguments[-1] is not Ellipsis:
            parts = [self.of(one) for one in arguments]
            return {
                "type": "array",
                "prefixItems": parts,
                "minItems": len(parts),
                "maxItems": len(parts),
            }
        return {"type": "array", "items": self.of(arguments[0])}

    def _record(self, kind: type[msgspec.Struct]) -> Schema:
        name = self._name(kind)
        if name not in self.named:
            self.named[name] = {}  # A record may hold others of its kind.
            self.named[name] = self._properties(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _properties(self, kind: type[msgspec.Struct]) -> Schema:
        hints = typing.get_type_hints(kind, include_extras=True)
        config, fields = kind.__struct_config__, msgspec.structs.fields(kind)
        made = {one.encode_name: self.of(hints[one.name]) for one in fields}
        may_lack = self._is_input or config.omit_defaults
        required = [f.encode_name for f in fields if f.required or not may_lack]
        if config.tag is not None:
            made = {str(config.tag_field): {"const": config.tag}, **made}
            required.insert(0, str(config.tag_field))
        shape: Schema = {"type": "object", "properties": made, "required": required}
        return {**shape, "additionalProperties": False} if self._is_input else shape

    def _name(self, kind: type[msgspec.Struct]) -> str:
        """The name of a record; of two of one name, the module stands before the second."""
        if self._kinds.setdefault(kind.__name__, kind) is kind:
            return kind.__name__
        return f"{kind.__module__.rpartition('.')[2].title()}{kind.__name__}"


def meta_schema(meta: msgspec.Meta, kind: str | None = None) -> Schema:
    """The words of a `Meta` as JSON schema has them, for a text or an array where it has a length.

    >>> meta_schema(msgspec.Meta(ge=1, description="How many."))
    {'description': 'How many.', 'minimum': 1}
    """
    of = "Items" if kind == "array" else "Length"
    found: Schema = {
        "description": meta.description,
        "minimum": meta.ge,
        "maximum": meta.le,
        f"min{of}": meta.min_length,
        f"max{of}": meta.max_length,
        "pattern": meta.pattern,
        "examples": meta.examples,
    }
    stated = {name: value for name, value in found.items() if value is not None}
    return stated | (meta.extra_json_schema or {})


def rows_of(schema: pa.Schema) -> Schema:
    """The schema of a list of rows of an Arrow table.

    >>> rows_of(pa.schema([pa.field("code", pa.string())]))["items"]["properties"]
    {'code': {'type': ['string', 'null']}}
    """
    columns = {field.name: _column(field.type) for field in schema}
    return {"items": {"type": "object", "properties": columns, "required": list(columns)}}


def _column(kind: pa.DataType) -> Schema:
    if pa.types.is_list(kind):
        return {"type": ["array", "null"], "items": _column(kind.value_type)}
    if pa.types.is_integer(kind):
        return {"type": ["integer", "null"]}
    if pa.types.is_boolean(kind):
        return {"type": ["boolean", "null"]}
    if pa.types.is_date(kind):
        return {"type": ["string", "null"], "format": "date"}
    return {"type": ["string", "null"]}
