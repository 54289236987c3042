internal import JSON

/// Why a document is not an inventory.
struct InventoryError: Error, CustomStringConvertible {
    /// One line for a person.
    let description: String

    init(_ description: String) { self.description = description }
}

extension InventoryReader {
    /// An object of the document, with its place for the error text.
    struct Node {
        let value: JSONValue
        private let place: String

        init(_ value: JSONValue, at place: String) {
            self.value = value
            self.place = place
        }

        func wrong(_ name: String, _ what: String) -> InventoryError {
            InventoryError("\(at(name)): \(what)")
        }

        /// The way to a member: `vcenters.vc1.libraries[0].name`; places in lists are counted from 0, as jq does.
        private func at(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

        /// Refuses unknown members: a misspelt one would be ignored silently.
        func check(_ known: String...) throws(InventoryError) {
            for member in value.members ?? [] where !known.contains(member.name) {
                throw wrong(member.name, "is unknown; there are \(known.joined(separator: ", "))")
            }
        }

        func nodes(_ name: String) throws(InventoryError) -> [Node] {
            guard let list = value[name] else { return [] }
            guard let elements = list.array else { throw wrong(name, "must be an array") }
            return elements.enumerated().map { Node($1, at: "\(at(name))[\($0)]") }
        }

        func text(_ name: String) throws(InventoryError) -> String? {
            guard let found = value[name], found != .null else { return nil }
            guard let text = found.string else { throw wrong(name, "must be a string") }
            return text
        }

        func required(_ name: String) throws(InventoryError) -> String {
            guard let text = try text(name) else { throw wrong(name, "is missing") }
            return text
        }

        func integer(_ name: String) throws(InventoryError) -> Int? {
            guard let found = value[name], found != .null else { return nil }
            guard let number = found.integer else { throw wrong(name, "must be an integer") }
            return number
        }

        func boolean(_ name: String) throws(InventoryError) -> Bool? {
            guard let found = value[name], found != .null else { return nil }
            guard let bool = found.boolean else { throw wrong(name, "must be true or false") }
            return bool
        }

        /// An array of strings; empty where it is left out.
        func texts(_ name: String) throws(InventoryError) -> [String] {
            guard let found = value[name], found != .null else { return [] }
            let texts = found.array?.compactMap(\.string)
            guard let texts, texts.count == found.array?.count else {
                throw wrong(name, "must be an array of strings")
            }
            return texts
        }

        /// The privileges of a user; nil for all.
        func role() throws(InventoryError) -> Set<String>? {
            guard let found = value["privileges"], found != .null else { return nil }
            let names = found.array?.compactMap(\.string)
            guard let names, names.count == found.array?.count else {
                throw wrong("privileges", "must be an array of names, or null for all")
            }
            if let problem = names.lazy.compactMap(Privileges.problem).first {
                throw wrong("privileges", problem)
            }
            return Set(names)
        }

        /// Answers by the names of operations.
        func answers(of operations: Operation...) throws(InventoryError) -> Recorded {
            guard let found = value["answers"], found != .null else { return Recorded() }
            guard let members = found.members else { throw wrong("answers", "must be an object") }
            for member in members where !operations.contains(where: { $0.rawValue == member.name })
            {
                let known = operations.map(\.rawValue).joined(separator: ", ")
                throw Node(found, at: at("answers")).wrong(
                    member.name,
                    "is unknown; there are \(known)"
                )
            }
            return Recorded(found)
        }

        func time(_ name: String) throws(InventoryError) -> Instant? {
            guard let text = try text(name) else { return nil }
            guard let moment = Instant(text) else { throw wrong(name, "must be a UTC time stamp") }
            return moment
        }
    }
}
