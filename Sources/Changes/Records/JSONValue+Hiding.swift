internal import JSON
internal import VSphere

/// Arguments as the journal and plans have them: without secrets.
extension JSONValue {
    /// The text that stands for a secret.
    static let hidden = PlannedText.secret

    /// The same value with `***` for each text under a secret name, and for each text that is a secret.
    ///
    /// What names an object is left as it is: decisions need it, and no secret is taken there.
    func hiding(_ isSecret: (String) -> Bool) -> JSONValue {
        let named = members.map { JSONValue.object($0.map(\.withoutSecrets)) } ?? self
        return named.hiding(isSecret, under: "")
    }

    private func hiding(_ isSecret: (String) -> Bool, under name: String) -> JSONValue {
        switch self {
        case .string(let text):
            let names = name == "name" || ArgumentMatch.closedNames.contains(name)
            return !names && isSecret(text) ? .string(Self.hidden) : self
        case .array(let elements): return .array(elements.map { $0.hiding(isSecret, under: name) })
        case .object(let members):
            return .object(
                members.map { .init($0.name, $0.value.hiding(isSecret, under: $0.name)) }
            )
        case .null, .boolean, .integer, .double: return self
        }
    }

    /// Whether a secret was left out of it.
    var hidesSecret: Bool {
        switch self {
        case .string(let text): text == Self.hidden
        case .array(let elements): elements.contains(where: \.hidesSecret)
        case .object(let members): members.contains { $0.value.hidesSecret }
        case .null, .boolean, .integer, .double: false
        }
    }
}
