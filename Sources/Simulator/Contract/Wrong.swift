/// The ways in which an argument can be wrong, and what each of them gets.
enum Wrong: String, CaseIterable, Sendable {
    case missing
    case unset = "left out"
    case otherType = "another type"
    case unknownMember = "unknown member"
    case unknownValue = "unknown value"
    case twice
    case unionMissing = "lacks its member"
    case unionExtra = "has another's member"
    case unknownObject = "unknown object"

    /// Its explanation in the reference.
    var meaning: String {
        switch self {
        case .missing: "a required one is not there, or null"
        case .unset: "the schema has it as optional, the server currently requires it"
        case .otherType:
            "a number for a text, a text for a structure, a map in the other dialect's form"
        case .unknownMember: "a member or parameter that nobody knows, and that is not null"
        case .unknownValue: "a value that the enumeration does not have"
        case .twice: "an element stands twice in a set (with a map's key: `…map.duplicate.key`)"
        case .unionMissing: "the value of the tag demands a member that is not there"
        case .unionExtra: "a member is there that goes with another value of the tag"
        case .unknownObject: "an identifier of nothing"
        }
    }

    /// The kind and the innermost message of its error; nil where that is the operation's to say.
    var refusal: (kind: VAPIError.Kind, message: String)? {
        switch self {
        case .missing: (.invalidArgument, "vapi.data.structure.field.missing")
        case .unset: (.invalidArgument, VAPIError.prefix + "spec.field_missing")
        case .otherType: (.invalidArgument, "vapi.data.validate.mismatch")
        case .unknownMember: (.unexpectedInput, "vapi.data.structure.field.unexpected")
        case .unknownValue: (.invalidArgument, VAPIError.prefix + "enumeration.unknown_value")
        case .twice: (.invalidArgument, "vapi.bindings.typeconverter.set.duplicate.element")
        case .unionMissing: (.invalidArgument, "vapi.data.structure.union.missing")
        case .unionExtra: (.invalidArgument, "vapi.data.structure.union.extra")
        case .unknownObject: nil
        }
    }
}
