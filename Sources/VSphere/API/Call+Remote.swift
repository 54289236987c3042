internal import APIIndex
internal import Buffers
internal import JSON

/// The operations of vmoon as JSON-RPC calls, for a session that speaks nothing else.
extension Call {
    /// A call in JSON-RPC's terms.
    final class Remote {
        let facts: APIOperation
        /// The arguments in canonical form.
        let input: ByteBuffer
        /// The texts among them that are secrets by their type.
        let secrets: [String]

        init(facts: APIOperation, input: ByteBuffer, secrets: [String] = []) {
            self.facts = facts
            self.input = input
            self.secrets = secrets
        }
    }

    /// The call as JSON-RPC; nil for one that is a path.
    /// - Throws: The place and the reason of an argument that the API does not have so.
    func remote() throws(ShapeMismatch) -> Remote? {
        if let written { return written }
        guard let (facts, named) = terms() else { return nil }
        let input = ByteBuffer()
        try APIEncoder(into: input).encode(named.root, of: facts)
        return Remote(facts: facts, input: input)
    }

    /// The operation in the API's terms, and the record of its arguments by name; nil for one that is a path.
    func terms() -> (APIOperation, ValueBuffer)? {
        if let facts = operation.facts {
            let named = ValueBuffer()
            if let argument = argument(0) { named.put(argument) }
            return (facts, named)
        }
        guard let remote = operation.remote else { return nil }
        // What an operation lets choose is part of the name.
        let choice = operation.parameters.firstIndex { !$0.choices.isEmpty }
        let chosen = choice.flatMap { argument($0)?.string } ?? ""
        guard let facts = APIFacts.operation(remote.name(choosing: chosen)) else { return nil }
        let named = ValueBuffer()
        named.putRecord { put(by: remote.keys, of: facts, into: named) }
        return (facts, named)
    }

    /// Writes the arguments by their names in the API.
    /// - Returns: How many.
    private func put(by keys: [String], of facts: APIOperation, into named: ValueBuffer) -> Int {
        var count = 0
        for (index, key) in keys.enumerated() where !key.isEmpty {
            guard let argument = argument(index) else { continue }
            if key == Operation.RemoteName.fields {
                for (name, value) in argument.fields {
                    named.put(name)
                    named.put(value)
                    count += 1
                }
                continue
            }
            count += 1
            if let dot = key.firstIndex(of: ".") {
                named.put(String(key[..<dot]))
                named.putRecord {
                    named.put(String(key[key.index(after: dot)...]))
                    named.put(argument)
                    return 1
                }
            } else {
                named.put(key)
                let type = facts.parameters.first { $0.name == key }?.type.unwrapped
                Self.put(argument, as: type, into: named)
            }
        }
        return count
    }

    /// Copies an argument; in a filter one value stands for a list of one.
    private static func put(_ value: Value, as type: APIType?, into out: ValueBuffer) {
        guard case .structure(let name)? = type, value.kind == .record,
            let structure = APIFacts.structure(name)
        else { return out.put(value) }
        out.putRecord {
            for (key, found) in value.fields {
                out.put(key)
                switch structure[key.string ?? ""]?.type.unwrapped {
                case .list?, .set?:
                    let isOne = found.kind != .array && !found.isTable && !found.isAbsent
                    guard isOne else { fallthrough }
                    out.putArray {
                        out.put(found)
                        return 1
                    }
                default: out.put(found)
                }
            }
            return value.count
        }
    }
}
