internal import JSON

/// One line of a report: what was looked at, and what is to be thought of it.
struct Diagnosis: Equatable, Sendable {
    /// The verdict on it.
    enum Verdict: String, Sendable, CaseIterable {
        case good, odd, wrong
        /// It could not be looked at: neither good nor bad is known.
        case unseen = "not looked at"

        /// The word at the beginning of a line.
        var mark: String { self == .unseen ? "-" : rawValue }
    }

    let topic: String
    let verdict: Verdict
    let text: String
    /// The advice; nil only where nothing is to be done.
    let advice: String?

    static func good(_ topic: String, _ text: String) -> Self {
        Self(topic: topic, verdict: .good, text: text, advice: nil)
    }

    static func odd(_ topic: String, _ text: String, try advice: String) -> Self {
        Self(topic: topic, verdict: .odd, text: text, advice: advice)
    }

    static func wrong(_ topic: String, _ text: String, try advice: String) -> Self {
        Self(topic: topic, verdict: .wrong, text: text, advice: advice)
    }

    static func unseen(_ topic: String, because reason: String) -> Self {
        Self(topic: topic, verdict: .unseen, text: "not looked at, because \(reason)", advice: nil)
    }

    /// Its lines for a person.
    var lines: [String] {
        let head = "  " + verdict.mark.padded(to: 7) + topic.padded(to: 12)
        let advice = advice.map { [String(repeating: " ", count: 21) + "try: \($0)"] } ?? []
        return [head + text] + advice
    }

    /// The same as an object: `{"topic", "verdict", "text", "try"}`.
    var document: JSONValue {
        var members: [JSONValue.Member] = [
            .init("topic", .string(topic)), .init("verdict", .string(verdict.rawValue)),
            .init("text", .string(text)),
        ]
        if let advice { members.append(.init("try", .string(advice))) }
        return .object(members)
    }
}

/// All findings, of this machine and of each vCenter.
struct DoctorReport {
    /// The findings about one thing.
    struct Section {
        let title: String
        let findings: [Diagnosis]
    }

    let version: String
    let machine: [Diagnosis]
    let vcenters: [Section]

    /// Whether anything is wrong.
    var hasWrong: Bool {
        (machine + vcenters.flatMap(\.findings)).contains { $0.verdict == .wrong }
    }

    /// The text for a person.
    var text: String {
        let sections = [Section(title: "this machine", findings: machine)] + vcenters
        return sections.map { section in
            ([section.title] + section.findings.flatMap(\.lines)).map { $0 + "\n" }.joined()
        }.joined()
    }

    /// The same as a document.
    var document: JSONValue {
        [
            "vmoon": .string(version), "is_well": .boolean(!hasWrong),
            "machine": .array(machine.map(\.document)),
            "vcenters": .array(
                vcenters.map {
                    [
                        "vcenter": .string($0.title),
                        "findings": .array($0.findings.map(\.document)),
                    ]
                }
            ),
        ]
    }
}
