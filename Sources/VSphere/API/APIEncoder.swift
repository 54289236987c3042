internal import APIIndex
internal import Buffers
internal import JSON
internal import Text

/// Arguments of the Automation API as JSON-RPC has them: checked against the index, written in canonical form.
///
/// Structures and errors `{"STRUCTURE": {name: {…}}}` and `{"ERROR": …}`, optional values `{"OPTIONAL": v}` (unset ones
/// too), maps as lists of `map-entry` structures, sets as lists, `{"SECRET": …}`, `{"BINARY": Base64}`; all else plain.
/// A structure of any kind names its own in the field `@class`. Source: what VMware's SDK sends.
final class APIEncoder {
    /// The field that names the kind of a structure where the type leaves it open.
    static let className = "@class"

    private let out: ByteBuffer
    /// The texts that are secrets.
    private(set) var secrets: [String] = []

    /// The texts that a script has as secrets only.
    private let revealed: Set<String>

    init(into out: ByteBuffer, revealed: Set<String> = []) {
        self.out = out
        self.revealed = revealed
    }

    /// Appends the arguments of an operation.
    /// - Parameters:
    ///   - arguments: A record by name, or an empty table.
    ///   - operation: The operation.
    /// - Throws: The place and the reason where they do not fit.
    func encode(_ arguments: Value?, of operation: APIOperation) throws(ShapeMismatch) {
        let fields = operation.parameters
        guard arguments?.isTable ?? true else {
            let found = arguments.map(Self.found) ?? ""
            throw ShapeMismatch(problem: "takes one table of parameters by name, got \(found)")
        }
        try structure(
            arguments,
            "operation-input",
            fields,
            operation.unions,
            whole: "parameter",
            depth: 0
        )
    }

    // MARK: - By type

    private func write(_ value: Value?, as type: APIType, depth: Int) throws(ShapeMismatch) {
        guard depth <= JSONParser.defaultDepth else {
            throw ShapeMismatch(problem: "nested too deeply")
        }
        let value = value.flatMap { $0.isAbsent ? nil : $0 }
        if case .optional(let type) = type {
            guard let value else {
                out.append(literal: "{\"OPTIONAL\":null}")
                return
            }
            out.append(literal: "{\"OPTIONAL\":")
            try write(value, as: type, depth: depth)
            out.append(literal: "}")
            return
        }
        guard let value else {
            throw ShapeMismatch(problem: "missing, \(type.expectation) expected")
        }
        switch type {
        case .list(let element), .set(let element):
            try list(value, of: element, as: type, depth: depth)
        case .map(let key, let element):
            try map(value, from: key, to: element, as: type, depth: depth)
        case .structure(let name):
            guard let structure = APIFacts.structure(name) else { throw unsendable(value) }
            try self.structure(value, structure, depth: depth)
        case .dynamic(let names): try dynamic(value, having: names, depth: depth)
        case .error: try dynamic(value, having: [], isError: true, depth: depth)
        case .opaque where value.isTable: try dynamic(value, having: [], depth: depth)
        default: try scalar(value, as: type)
        }
    }

    private func scalar(_ value: Value, as type: APIType) throws(ShapeMismatch) {
        switch type {
        case .blob where value.kind == .string:
            out.append("{\"BINARY\":\"\(Base64.encode(value.bytes ?? []))\"}")
        case .string, .secret, .uri, .time, .identifier, .identifierTyped, .enumeration:
            guard value.kind == .string else { throw mismatch(value, type) }
            guard value.isUTF8 else {
                throw ShapeMismatch(problem: "the text is not valid UTF-8")
            }
            try check(value, as: type)
            guard case .secret = type else { return JSONEncoder().encode(value, into: out) }
            secrets.append(value.string ?? "")
            out.append(literal: "{\"SECRET\":")
            JSONEncoder().encode(value, into: out)
            out.append(literal: "}")
        case .integer where value.wholeNumber != nil, .integer where value.kind == .integer:
            out.append(String(value.integer ?? value.wholeNumber ?? 0))
        case .double where value.number?.isFinite == true:
            // With a fraction even where it is whole: a server tells the two kinds of numbers by that.
            out.append("\(value.number ?? 0)")
        case .opaque where value.kind == .string: try scalar(value, as: .string)
        case .opaque where value.kind == .integer: try scalar(value, as: .integer)
        case .opaque where value.number != nil: try scalar(value, as: .double)
        case .boolean where value.kind == .boolean, .opaque where value.kind == .boolean:
            out.append(value.boolean == true ? "true" : "false")
        default: throw mismatch(value, type)
        }
    }

    private func check(_ value: Value, as type: APIType) throws(ShapeMismatch) {
        switch type {
        case .identifier where value.count == 0, .identifierTyped where value.count == 0:
            throw ShapeMismatch(problem: "an identifier must not be empty")
        case .identifier where revealed.contains(value.string ?? ""),
            .identifierTyped where revealed.contains(value.string ?? ""):
            throw ShapeMismatch(problem: "a secret cannot name an object")
        case .time:
            let text = value.string ?? ""
            guard Timestamp(parsing: text) == nil else { return }
            throw ShapeMismatch(
                problem: "a time such as \"2026-11-21T10:11:12.345Z\" expected, got "
                    + quoted(text)
            )
        case .enumeration(let name):
            let text = value.string ?? ""
            let values = APIFacts.enumeration(name) ?? []
            guard !values.contains(text) else { return }
            let guess = Suggestion.nearest(to: text.uppercased(), among: values)
            throw ShapeMismatch(
                problem: "\(quoted(text)) is none of its values",
                advice: guess.map { "did you mean \"\($0)\"?" } ?? Self.choice(of: values)
            )
        default: break
        }
    }

    // MARK: - Tables

    private func list(
        _ value: Value,
        of element: APIType,
        as type: APIType,
        depth: Int
    ) throws(ShapeMismatch) {
        guard value.kind == .array || value.isEmptyTable else {
            var mismatch = mismatch(value, type)
            mismatch.advice = "write { … } around it"
            throw mismatch
        }
        var seen: Set<String> = []
        out.append(literal: "[")
        for (index, found) in value.elements.enumerated() {
            if index > 0 { out.append(literal: ",") }
            do throws(ShapeMismatch) {
                try write(found, as: element, depth: depth + 1)
                if case .set = type, let text = found.string, !seen.insert(text).inserted {
                    throw ShapeMismatch(
                        problem: "\(quoted(text)) is there twice, and once is enough"
                    )
                }
            } catch {
                throw error.inside("[\(index + 1)]")
            }
        }
        out.append(literal: "]")
    }

    private func map(
        _ value: Value,
        from key: APIType,
        to element: APIType,
        as type: APIType,
        depth: Int
    ) throws(ShapeMismatch) {
        var isFirst = true
        /// One entry; `write` appends the key.
        func entry(
            _ name: String,
            _ found: Value,
            _ write: () throws(ShapeMismatch) -> Void
        ) throws(ShapeMismatch) {
            out.append(literal: isFirst ? "" : ",")
            isFirst = false
            out.append(literal: "{\"STRUCTURE\":{\"map-entry\":{\"key\":")
            do throws(ShapeMismatch) {
                try write()
                out.append(literal: ",\"value\":")
                try self.write(found, as: element, depth: depth + 1)
            } catch {
                throw error.inside(name)
            }
            out.append(literal: "}}}")
        }
        guard value.isTable || (value.kind == .array && key == .integer) else {
            throw mismatch(value, type)
        }
        out.append(literal: "[")
        for (index, found) in value.elements.enumerated() {
            try entry("[\(index + 1)]", found) { () throws(ShapeMismatch) in
                out.append(String(index + 1))
            }
        }
        for (name, found) in value.fields where !found.isAbsent || element.isOptional {
            try entry(name.string ?? "?", found) { () throws(ShapeMismatch) in
                guard key == .integer else { return try scalar(name, as: key) }
                guard let number = name.integer ?? name.string.flatMap({ Int($0) }) else {
                    throw ShapeMismatch(problem: "a key that is an integer expected")
                }
                out.append(String(number))
            }
        }
        out.append(literal: "]")
    }

    private func dynamic(
        _ value: Value,
        having names: [String],
        isError: Bool = false,
        depth: Int
    ) throws(ShapeMismatch) {
        let isError = isError || names.contains { APIFacts.structure($0)?.isError == true }
        let kind = isError ? "an error" : "a structure"
        guard value.isTable else {
            throw ShapeMismatch(problem: "\(kind) expected, got \(Self.found(value))")
        }
        guard let found = value[Self.className], let given = found.string else {
            throw ShapeMismatch(
                path: [Self.className],
                problem: "missing, the name of a structure expected",
                advice: Self.choice(of: names.isEmpty ? ["vapi.std.dynamic_ID"] : names)
            )
        }
        let prefix = APIOperation.prefix
        let name = given.hasPrefix(prefix) ? String(given.dropFirst(prefix.count)) : given
        guard let structure = APIFacts.structure(name), structure.isError == isError else {
            throw ShapeMismatch(
                path: [Self.className],
                problem: "there is no \(isError ? "error" : "structure") \(quoted(given))",
                advice: Self.advice(name, having: names, isError: isError)
            )
        }
        for required in names.flatMap({ APIFacts.structure($0)?.fields ?? [] })
        where required.isRequired && structure[required.name]?.type != required.type {
            throw ShapeMismatch(
                path: [Self.className],
                problem: "\(name) has no field \(required.name), which is needed here"
            )
        }
        try self.structure(value, structure, depth: depth)
    }

    private func structure(
        _ value: Value,
        _ structure: APIStructure,
        depth: Int
    ) throws(ShapeMismatch) {
        try self.structure(
            value,
            structure.wireName,
            structure.fields,
            structure.unions,
            isError: structure.isError,
            whole: "field",
            depth: depth
        )
    }

    private func structure(
        _ value: Value?,
        _ wireName: String,
        _ fields: [APIField],
        _ unions: [APIUnion],
        isError: Bool = false,
        whole word: String,
        depth: Int
    ) throws(ShapeMismatch) {
        if let value {
            guard value.isTable else {
                throw ShapeMismatch(
                    problem: "a table expected, got \(Self.found(value))",
                    advice: Self.choice(of: fields.map(\.name))
                )
            }
            for (key, found) in value.fields where !found.isAbsent {
                guard fields.contains(where: { key.isText($0.name) }) || key.isText(Self.className)
                else {
                    throw Self.unknown(word, key.string ?? "", among: fields.map(\.name))
                }
            }
        }
        for union in unions { try Self.check(union, in: value) }
        out.append(literal: isError ? "{\"ERROR\":{\"" : "{\"STRUCTURE\":{\"")
        out.append(wireName)
        out.append(literal: "\":{")
        for (index, field) in fields.enumerated() {
            out.append(literal: index > 0 ? ",\"" : "\"")
            out.append(field.name)
            out.append(literal: "\":")
            do throws(ShapeMismatch) {
                try write(value?[field.name], as: field.type, depth: depth + 1)
            } catch {
                throw error.inside(field.name)
            }
        }
        out.append(literal: "}}}")
    }

    /// Which fields a union allows and asks for.
    private static func check(_ union: APIUnion, in value: Value?) throws(ShapeMismatch) {
        func isThere(_ name: String) -> Bool { value?[name].map { !$0.isAbsent } ?? false }
        let chosen = value?[union.discriminant]?.string
        let members = chosen.flatMap { union.cases[$0] } ?? []
        let told = chosen.map { "\(union.discriminant) is \(quoted($0))" }
        for member in members where member.isRequired && !isThere(member.name) {
            throw ShapeMismatch(path: [member.name], problem: "missing, where \(told ?? "")")
        }
        let others = Set(union.cases.values.joined().map(\.name)).subtracting(members.map(\.name))
        if let extra = others.sorted().first(where: isThere) {
            let place = told ?? "\(union.discriminant) is not given"
            throw ShapeMismatch(path: [extra], problem: "must not be there, where \(place)")
        }
    }

    // MARK: - Words

    /// The error for a name that is not there.
    static func unknown(_ word: String, _ name: String, among names: [String]) -> ShapeMismatch {
        let spelled = names.first { $0.lowercased() == name.lowercased() }
        let guess = spelled ?? Suggestion.nearest(to: name, among: names)
        return ShapeMismatch(
            path: [name],
            problem: "no such \(word)",
            advice: guess.map { "did you mean \"\($0)\"?" } ?? choice(of: names)
        )
    }

    /// Tells what there is to choose from.
    private static func choice(of names: [String]) -> String {
        guard !names.isEmpty else { return "it takes none" }
        let shown = names.prefix(12).joined(separator: ", ")
        return "it takes \(shown)" + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    /// The structures that would fit; it looks at all of them.
    private static func advice(_ name: String, having names: [String], isError: Bool) -> String? {
        let needed = names.flatMap { APIFacts.structure($0)?.fields ?? [] }.filter(\.isRequired)
        let fitting = APIFacts.structureNames.filter { candidate in
            guard let structure = APIFacts.structure(candidate), structure.isError == isError else {
                return false
            }
            return needed.allSatisfy { structure[$0.name]?.type == $0.type }
        }
        let guess = Suggestion.nearest(to: name, among: fitting)
        // Too many say nothing.
        return guess.map { "did you mean \"\($0)\"?" }
            ?? (fitting.count > 12 ? nil : choice(of: fitting))
    }

    /// A value in a message, as a script sees it.
    private static func found(_ value: Value) -> String {
        switch value.kind {
        case .double: value.number.map { "\($0)" } ?? "a number"
        case .record: "a table with names"
        default: value.kind.phrase
        }
    }

    private func mismatch(_ value: Value, _ type: APIType) -> ShapeMismatch {
        ShapeMismatch(problem: "\(type.expectation) expected, got \(Self.found(value))")
    }

    private func unsendable(_ value: Value) -> ShapeMismatch {
        ShapeMismatch(problem: "\(Self.found(value)) cannot be sent here")
    }
}
