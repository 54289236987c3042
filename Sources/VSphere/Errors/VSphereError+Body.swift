internal import Buffers
internal import JSON
internal import Text

extension VSphereError {
    /// Takes over what a server's error says.
    mutating func read(_ content: Value) {
        messages = content["messages"]?.elements.map(Message.init(reading:)) ?? []
        data = content["data"].flatMap { $0.kind == .null ? nil : JSONValue($0) }
        challenge = content["challenge"]?.string
        let texts = messages.map { $0.localized ?? $0.defaultMessage }.filter { !$0.isEmpty }
        // The stack of causes, outermost first; a line is for reading, `messages` has it all.
        let line = texts.prefix(4).joined(separator: "; because: ")
        let place = data?.argumentPlace.map { ", but names the place: \(Display.escape($0))" }
        message =
            line.isEmpty
            ? "the server gave no reason" + (place ?? "")
            : Display.escape(bytes: Array(line.utf8), limit: 500)
    }
}

extension JSONValue {
    /// The primary place in an `ArgumentLocations`, at whatever depth an envelope puts it.
    fileprivate var argumentPlace: String? { argumentPlace(below: 4) }

    private func argumentPlace(below depth: Int) -> String? {
        if let primary = self["primary"]?.string, !primary.isEmpty {
            let secondary = self["secondary"]?.array?.compactMap(\.string) ?? []
            return ([primary] + secondary).prefix(4).joined(separator: ", ")
        }
        guard depth > 0 else { return nil }
        return (members ?? []).lazy.compactMap { $0.value.argumentPlace(below: depth - 1) }.first
    }
}

extension VSphereError.Message {
    /// Reads an item of `messages`; what is missing stays empty, an error must not fail in turn.
    fileprivate init(reading value: Value) {
        self.init(
            id: value["id"]?.string ?? "",
            defaultMessage: value["default_message"]?.string ?? "",
            arguments: value["args"]?.elements.compactMap(\.string) ?? [],
            localized: value["localized"]?.string,
            parameters: value["params"].flatMap { value in
                value.kind == .null ? nil : Self.parameters(JSONValue(value))
            }
        )
    }

    /// Named arguments as an object, and those of nested messages below them.
    ///
    /// They are a map, so `/rest` has an array of pairs; an error body does not say which dialect it is
    /// in, but an array can only be that.
    private static func parameters(_ value: JSONValue) -> JSONValue {
        var members = value.members ?? []
        for pair in value.array ?? [] {
            guard let key = pair["key"]?.string, let value = pair["value"] else { continue }
            members.append(.init(key, value))
        }
        for index in members.indices {
            guard var nested = members[index].value["l"], let below = nested["params"] else {
                continue
            }
            nested["params"] = parameters(below)
            members[index].value["l"] = nested
        }
        return .object(members)
    }
}
