internal import JSON

/// Checks what an operation is called with, before the operation sees it.
///
/// The order is that of VMware's runtime: types and what is missing, then unions, then what nobody knows, then
/// values. Sources: `vmware.vapi.data.definition`, `.data.validator` and `.bindings.skeleton` of PyPI's
/// vmware-vapi-runtime, which is where the message identifiers come from.
struct InputChecker {
    typealias Message = VAPIError.Message

    /// How maps come in: as arrays of `{key, value}`, or as objects.
    let mapsAreArrays: Bool

    /// Refuses what does not fit.
    /// - Throws: `invalid_argument`, or `unexpected_input` for members that nobody knows.
    func check(_ input: JSONValue, as structure: Structure) throws(VAPIError) {
        let type = InputType.structure(structure)
        if let causes = mismatch(input, type) ?? unionProblem(input, type) {
            throw VAPIError(.invalidArgument, causes)
        }
        if let cause = unexpected(input, type) { throw VAPIError(.unexpectedInput, [cause]) }
        if let cause = wrongValue(input, type) { throw VAPIError(.invalidArgument, [cause]) }
    }

    /// Finds a value of a wrong type, or a required one that is missing: the causes, outermost first.
    private func mismatch(_ value: JSONValue, _ type: InputType) -> [Message]? {
        switch type {
        case .opaque: return nil
        case .dynamic: return value.members == nil ? [.mismatch("STRUCTURE", value)] : nil
        case .indexed(let name): return mismatch(value, Structure.type(indexed: name))
        case .optional(let inner): return value == .null ? nil : mismatch(value, inner)
        case .string, .identifier, .uri, .enumeration:
            return value.string == nil ? [.mismatch("STRING", value)] : nil
        case .blob: return value.string == nil ? [.mismatch("BINARY", value)] : nil
        case .double: return value.number == nil ? [.mismatch("DOUBLE", value)] : nil
        case .integer: return value.integer == nil ? [.mismatch("INTEGER", value)] : nil
        case .boolean: return value.boolean == nil ? [.mismatch("BOOLEAN", value)] : nil
        case .list(let element), .set(let element):
            guard let elements = value.array else { return [.mismatch("LIST", value)] }
            return first(of: elements.enumerated()) { index, found in
                mismatch(found, element).map { [.invalidEntry(index)] + $0 }
            }
        case .map(let element):
            guard let entries = entries(of: value) else {
                return [.mismatch(mapsAreArrays ? "LIST" : "STRUCTURE", value)]
            }
            return first(of: entries) { key, found in
                mismatch(found, element).map { [.invalidField(key, "map-entry")] + $0 }
            }
        case .structure(let structure):
            guard value.members != nil else { return [.mismatch("STRUCTURE", value)] }
            return first(of: structure.members) { member in
                guard let found = value.set(member.name) else {
                    return member.need == .required ? [.missing(member.name, structure.name)] : nil
                }
                return mismatch(found, member.type).map {
                    [.invalidField(member.name, structure.name)] + $0
                }
            }
        }
    }

    /// Finds a member that goes with another value of its tag, or one that is missing for this one.
    private func unionProblem(_ value: JSONValue, _ type: InputType) -> [Message]? {
        if case .structure(let structure) = type.resolved {
            for union in structure.unions {
                let isSet = value.set(union.member) != nil
                if union.isCase(of: value), union.isRequired, !isSet {
                    return [.unionMissing(union.member, structure.name)]
                }
                // Several values of the tag may have a member in common.
                let fits = structure.unions.contains {
                    $0.member == union.member && $0.isCase(of: value)
                }
                if isSet, !fits { return [.unionExtra(union.member, structure.name)] }
            }
        }
        return first(of: parts(of: value, type)) { unionProblem($0.value, $0.type) }
    }

    /// Finds members that nobody knows; those that are unset do no harm.
    private func unexpected(_ value: JSONValue, _ type: InputType) -> Message? {
        if case .structure(let structure) = type.resolved {
            let unknown = (value.members ?? []).filter {
                $0.value != .null && structure[$0.name] == nil
            }
            if !unknown.isEmpty { return .unexpected(unknown.map(\.name), structure.name) }
        }
        return first(of: parts(of: value, type)) { unexpected($0.value, $0.type) }
    }

    /// Finds a value that its enumeration does not have, an element that stands twice in a set, or a key that
    /// does so in a map.
    private func wrongValue(_ value: JSONValue, _ type: InputType) -> Message? {
        switch type {
        case .enumeration(let enumeration):
            guard let text = value.string, !enumeration.values.contains(text) else { return nil }
            return .unknownValue(text, enumeration)
        case .set:
            let texts = (value.array ?? []).compactMap(\.string)
            if let twice = firstRepeated(texts) { return .repeatedElement(twice) }
        case .map:
            if let twice = firstRepeated(entries(of: value)?.map(\.key) ?? []) {
                return .repeatedKey(twice)
            }
        default: break
        }
        return first(of: parts(of: value, type)) { wrongValue($0.value, $0.type) }
    }

    /// Finds what the schema allows to leave out and the server does not.
    ///
    /// Only the operation can refuse it, when it has looked at its objects.
    func unset(in value: JSONValue, _ type: InputType) -> VAPIError? {
        if case .structure(let structure) = type {
            for member in structure.members
            where member.need == .currentlyRequired
                && (value.set(member.name).map { $0 == .string("") } ?? true)
            {
                return .invalid(
                    "spec.field_missing",
                    "The field \(member.name) is currently required.",
                    [member.name]
                )
            }
        }
        return first(of: parts(of: value, type)) { unset(in: $0.value, $0.type) }
    }

    /// The values inside a value that was found to be of its type, with their own types.
    private func parts(
        of value: JSONValue,
        _ type: InputType
    ) -> [(value: JSONValue, type: InputType)] {
        switch type {
        case .list(let element), .set(let element): (value.array ?? []).map { ($0, element) }
        case .map(let element): (entries(of: value) ?? []).map { ($0.value, element) }
        case .structure(let structure):
            structure.members.compactMap { member in
                value.set(member.name).map { ($0, member.type) }
            }
        case .indexed(let name): parts(of: value, Structure.type(indexed: name))
        case .optional(let inner): value == .null ? [] : [(value, inner)]
        default: []
        }
    }

    /// The entries of a map in the form of the dialect; nil where it has another.
    func entries(of value: JSONValue) -> [(key: String, value: JSONValue)]? {
        guard mapsAreArrays else { return value.members?.map { ($0.name, $0.value) } }
        guard let elements = value.array else { return nil }
        var entries: [(key: String, value: JSONValue)] = []
        for element in elements {
            let key = element["key"]
            guard let key = key?.string ?? key?.integer.map(String.init),
                let value = element["value"]
            else { return nil }
            entries.append((key, value))
        }
        return entries
    }

    private func first<S: Sequence, R>(of elements: S, _ find: (S.Element) -> R?) -> R? {
        for element in elements { if let found = find(element) { return found } }
        return nil
    }

    private func firstRepeated(_ texts: [String]) -> String? {
        var seen: Set<String> = []
        return texts.first { !seen.insert($0).inserted }
    }
}

extension JSONValue {
    /// A member that is there, and not null: JSON's null leaves a field unset.
    func set(_ name: String) -> JSONValue? {
        guard let found = self[name], found != .null else { return nil }
        return found
    }
}
