/// A sentence about an outcome: its key, and the facts that it contains.
///
/// The words are made where it is shown, so that a journal does not depend on them.
public struct Detail: Sendable, Equatable, ExpressibleByStringLiteral {
    /// Names the sentence; nil for a text as it came, of a server or of an earlier vmoon.
    public var key: String?
    /// The facts in the sentence; only its text if there is no key.
    public var facts: [String]

    /// Makes one of a sentence's name and of what stands in it.
    public init(key: String?, facts: [String]) {
        self.key = key
        self.facts = facts
    }

    /// Makes one of a text as it came; nil for none.
    public init?(text: String?) {
        guard let text else { return nil }
        self.init(key: nil, facts: [text])
    }

    /// Makes one of words of ours that are not kept.
    public init(stringLiteral text: String) { self.init(key: nil, facts: [text]) }
}
