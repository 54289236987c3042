"""Random arguments and answers of every operation, made of VMware's own classes and as a script spells them.

Fields are set and unset; there are maps, nested structures, times, bytes, errors, and structures of any kind.
"""

import datetime
import json
import random
import sys

from vmware.vapi.bindings import type as bindings
from vmware.vapi.bindings.converter import TypeConverter
from vmware.vapi.bindings.stub import StubConfiguration, VapiInterface
from vmware.vapi.data.serializers.jsonrpc import JsonRpcDictToVapi, VAPIJsonEncoder
from vmware.vapi.data.validator import UnionValidator
from vmware.vapi.data.value import StringValue
from vmware.vapi.lib.converter import Converter

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
import os

_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/api-index")
_loader = SourceFileLoader("api_index", _path)
sys.dont_write_bytecode = True
index = module_from_spec(spec_from_loader("api_index", _loader))
_loader.exec_module(index)

TEXTS = ["a", "vm-12", "ü€😀", "with \"quotes\" and \\", "line\nbreak\ttab", "/", "{}", "\u0001", "true"]


class Unset(Exception):
    """A required value that cannot be made."""


class Maker:
    """Values of a type, twice: as Python's classes take them, and as a script spells them."""

    def __init__(self, chance, structures, errors):
        self.chance = chance
        self.structures = structures
        self.errors = errors

    def text(self):
        return self.chance.choice(TEXTS) + str(self.chance.randrange(10**6))

    def make(self, kind, depth=0):
        kind = index.resolved(kind)
        chance = self.chance
        if isinstance(kind, bindings.OptionalType):
            # Deep structures end: some refer to themselves.
            if chance.random() < (0.5 if depth < 6 else 1):
                return None, None
            return self.make(kind.element_type, depth)
        if isinstance(kind, (bindings.ListType, bindings.SetType)):
            count = chance.randrange(3) if depth < 6 else 0
            made = [self.make(kind.element_type, depth + 1) for _ in range(count)]
            if isinstance(kind, bindings.SetType):
                made = {repr(spelled): (value, spelled) for value, spelled in made}.values()
                values = {value for value, _ in made}
                order = {id(value): spelled for value, spelled in made}
                return values, [order[id(value)] for value in values]
            return [value for value, _ in made], [spelled for _, spelled in made]
        if isinstance(kind, bindings.MapType):
            values, spelled = {}, {}
            for _ in range(chance.randrange(3) if depth < 6 else 0):
                key, key_spelled = self.make(kind.key_type, depth + 1)
                if str(key_spelled) not in spelled:
                    values[key], spelled[str(key_spelled)] = self.make(kind.value_type, depth + 1)
            return values, spelled
        if isinstance(kind, bindings.DynamicStructType):
            return self.dynamic(kind, depth)
        if isinstance(kind, bindings.AnyErrorType):
            return self.named(chance.choice(self.errors), depth)
        if isinstance(kind, bindings.StructType):
            return self.structure(kind, depth)
        if isinstance(kind, bindings.EnumType):
            value = chance.choice(kind.binding_class.get_values())
            return value, str(value)
        if isinstance(kind, bindings.BooleanType):
            value = chance.random() < 0.5
        elif isinstance(kind, bindings.IntegerType):
            value = chance.choice([0, 1, -1, 2**31, 2**53 + 1, -2**63, 2**63 - 1, chance.randrange(10**6)])
        elif isinstance(kind, bindings.DoubleType):
            value = chance.choice([0.0, 1.0, -1.5, 0.1, 1e21, chance.random()])
        elif isinstance(kind, bindings.DateTimeType):
            value = datetime.datetime(2000, 1, 1) + datetime.timedelta(milliseconds=chance.randrange(10**12))
            return value, value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"
        elif isinstance(kind, bindings.URIType):
            value = f"https://example.com/{chance.randrange(10**6)}?a=b%20c"
        elif isinstance(kind, bindings.BlobType):
            value = chance.randbytes(chance.randrange(12))
        elif isinstance(kind, bindings.OpaqueType):
            value = self.text()
            return StringValue(value), value
        elif isinstance(kind, bindings.VoidType):
            value = None
        else:
            value = self.text()
        return value, value

    def structure(self, kind, depth):
        """An instance of a class, or the table of an operation's arguments."""
        fields = {name: self.make(kind.get_field(name), depth + 1) for name in kind.get_field_names()}
        owner = kind.binding_class
        for union in getattr(owner, "_validator_list", None) or []:
            if isinstance(union, UnionValidator):
                self.join(kind, union, fields, depth)
        spelled = {name: value for name, (_, value) in fields.items() if value is not None}
        if owner is None:
            return {Converter.canonical_to_pep(name): value for name, (value, _) in fields.items()}, spelled
        names = {name: owner._get_pep_name(name) for name in fields}
        value = owner(**{names[name]: value for name, (value, _) in fields.items()})
        return value, spelled

    def join(self, kind, union, fields, depth):
        """Makes the fields of a union fit its discriminant."""
        value = fields[union._discriminant_name][0]
        members = dict(union._case_map.get(str(value), [])) if value is not None else {}
        for case in union._case_map.values():
            for name, _ in case:
                if name not in members:
                    fields[name] = (None, None)
        for name, is_required in members.items():
            if is_required and fields[name][0] is None:
                element = index.resolved(kind.get_field(name))
                element = element.element_type if isinstance(element, bindings.OptionalType) else element
                fields[name] = self.make(element, depth + 1)

    def dynamic(self, kind, depth):
        likes = [index.resolved(like) for like in kind.has_fields_of_type or []]

        def fits(candidate):
            return all(
                name in candidate.get_field_names()
                and index.type_text(candidate.get_field(name)) == index.type_text(like.get_field(name))
                for like in likes for name in like.get_field_names())

        is_error = any(isinstance(like, bindings.ErrorType) for like in likes)
        candidates = self.errors if is_error else self.structures
        kind = self.chance.choice([found for found in candidates if fits(found)])
        value, spelled = self.named(kind, depth)
        return TypeConverter.convert_to_vapi(value, kind, None) if is_error else value, spelled

    def named(self, kind, depth):
        value, spelled = self.structure(kind, depth + 2)
        return value, {"@class": index.named(kind), **spelled}


class Case:
    """One call of an operation: its arguments and its answer, as the SDK sends them and as a script has them."""

    def __init__(self, maker, encoder, entry):
        value, self.arguments = maker.make(entry["input_type"])
        self.body = encoder.encode(TypeConverter.convert_to_vapi(value, entry["input_type"], None))
        value, self.result = maker.make(entry["output_type"])
        self.answer = encoder.encode(TypeConverter.convert_to_vapi(value, entry["output_type"], None))
        # The SDK reads it too.
        read = JsonRpcDictToVapi.data_value(json.loads(self.answer))
        TypeConverter.convert_to_python(read, entry["output_type"], None, None)


def operations(seed, count):
    """Every operation with so many cases: service, name, list of cases."""
    configuration = StubConfiguration(index.Connector())
    everything = [found for module in index.modules() for found in index.classes(module, module)]
    kinds = [index.kind_of(found) for found in everything]
    for kind in kinds:
        if isinstance(kind, bindings.StructType):
            index.named(kind)
    # Two structures of one name cannot be told apart by it.
    kinds = [kind for kind in kinds if isinstance(kind, bindings.StructType) and len(index.NAMES[kind.name]) == 1]
    errors = sorted((kind for kind in kinds if isinstance(kind, bindings.ErrorType)), key=lambda kind: kind.name)
    structures = sorted((kind for kind in kinds if not isinstance(kind, bindings.ErrorType)),
                        key=lambda kind: kind.name)
    encoder = VAPIJsonEncoder()
    for found in everything:
        if not issubclass(found, VapiInterface):
            continue
        for name, entry in sorted(found(configuration)._api_interface._operations.items()):
            service = index.short(found._VAPI_SERVICE_ID)
            maker = Maker(random.Random(f"{seed} {service}.{name}"), structures, errors)
            yield service, name, [Case(maker, encoder, entry) for _ in range(count)]
