internal import APIIndex
internal import JSON
internal import Text

/// Why a stub was refused.
struct StubError: Error, CustomStringConvertible {
    /// One line for a person.
    let description: String
}

/// An operation of the index, and what it answers.
struct Stub: Sendable {
    /// The operation's full name.
    let operation: String
    /// One at least.
    let answers: [StubTable.Answer]

    /// Reads `{"operation": "vcenter.network.list", "answer": …}`.
    ///
    /// The answer is a value as the operation's result has it, an error `{"error": "not_found", "message": …}`, or
    /// an array of such answers.
    /// - Throws: `StubError` naming the place that does not fit.
    init(_ document: JSONValue) throws(StubError) {
        guard let members = document.members, let name = document["operation"]?.string else {
            throw StubError(description: "a stub is an object with a member \"operation\"")
        }
        for member in members where !["operation", "answer"].contains(member.name) {
            throw StubError(description: "a stub has no member \"\(member.name)\"")
        }
        guard let facts = APIFacts.operation(name) else {
            throw StubError(
                description: "there is no operation \"\(name)\"" + StubReader.hint(Self.guess(name))
            )
        }
        guard facts.service != "cis.session" else {
            throw StubError(description: "\(name) cannot be stubbed: sessions are the simulator's")
        }
        operation = facts.fullName
        let answer = document["answer"] ?? .null
        var answers: [StubTable.Answer] = []
        if let several = Self.several(answer, facts.result) {
            for (index, one) in several.enumerated() {
                answers.append(try Self.read(one, facts.result, "answer[\(index + 1)]"))
            }
        } else {
            answers = [try Self.read(answer, facts.result, "answer")]
        }
        self.answers = answers
    }

    /// The operation that was probably meant: the first word that is wrong put right.
    private static func guess(_ name: String) -> String? {
        let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for (index, word) in words.enumerated() {
            let before = words[..<index]
            let known = APIFacts.children(of: before.joined(separator: ".")).map(\.name)
            if known.contains(word) { continue }
            guard let nearest = Suggestion.nearest(to: word, among: known) else { return nil }
            return (before + [nearest] + words[(index + 1)...]).joined(separator: ".")
        }
        return nil
    }

    /// The answers of an array that is not itself a result; nil where there is one answer.
    private static func several(_ answer: JSONValue, _ result: APIType) -> [JSONValue]? {
        guard let elements = answer.array, !elements.isEmpty else { return nil }
        switch result.unwrapped {
        case .list, .set, .opaque:
            let isAnswer = { (one: JSONValue) in one.array != nil || isError(one) }
            // An empty table of Lua's is written as an object.
            let isAll = elements.allSatisfy { $0 == [:] || isAnswer($0) }
            return isAll && elements.contains(where: isAnswer) ? elements : nil
        default: return elements
        }
    }

    private static func isError(_ answer: JSONValue) -> Bool {
        let names = answer.members?.map(\.name) ?? []
        return answer["error"]?.string != nil
            && names.allSatisfy { ["error", "message"].contains($0) }
    }

    private static func read(
        _ answer: JSONValue,
        _ result: APIType,
        _ path: String
    ) throws(StubError) -> StubTable.Answer {
        if isError(answer) { return .failure(try StubReader.error(answer, path)) }
        return .success(try StubReader.read(answer, as: result, at: path))
    }
}
